//! The chart of vital signs.

use super::{
    super::{
        keymap::Action,
        model::{Model, Page, Tone},
        msg::Effect,
        vitals::{VitalsPage, points},
    },
    chart, set_page,
};

/// Opens it from the patient's chart, which has been read already.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(chart) = model.chart().and_then(|c| c.chart.ready()) else { return Vec::new() };
    if chart.measured().is_empty() {
        model.say(Tone::Info, "notice-nothing-measured");
        return Vec::new();
    }
    let page = Box::new(VitalsPage::new(chart));
    match chart::take(model) {
        Some(c) => set_page(model, Page::Vitals(c, page), Vec::new()),
        None => Vec::new(),
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Page::Vitals(c, v)) = model.page() else { return Vec::new() };
    if action == Action::Back {
        return match chart::take(model) {
            Some(c) => set_page(model, Page::Chart(c), Vec::new()),
            None => Vec::new(),
        };
    }
    let points = c.chart.ready().map_or_else(Vec::new, |chart| points(chart, v.measure()));
    match action {
        Action::Choose => v.step(true),
        Action::ChooseBack => v.step(false),
        Action::Measure(which) => v.choose(which.into()),
        Action::Down => v.walk(&points, true),
        Action::Up => v.walk(&points, false),
        Action::ZoomIn => v.zoom(&points, true),
        Action::ZoomOut => v.zoom(&points, false),
        Action::WholeTime => v.whole(),
        Action::PageDown => v.pan(&points, true),
        Action::PageUp => v.pan(&points, false),
        _ => {}
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use crate::tui::{
        fixtures::{ABEBA, Driver, calls, long_course, on_vitals, opened},
        model::Page,
        msg::{Answer, Call},
        vitals::Measure,
    };

    fn shown(d: &mut Driver) -> (Measure, usize) {
        match d.model.page() {
            Some(Page::Vitals(_, v)) => (v.measure(), v.back),
            other => panic!("vital signs, not {other:?}"),
        }
    }

    #[test]
    fn a_measurement_is_chosen_by_arrows_by_number_and_by_name() {
        let mut d = on_vitals(long_course());
        assert_eq!(shown(&mut d).0, Measure::Temperature);
        d.press(KeyCode::Left);
        assert_eq!(shown(&mut d).0, Measure::Height, "round and round");
        d.press(KeyCode::Right);
        d.keys("4");
        d.press(KeyCode::Down);
        assert_eq!(shown(&mut d), (Measure::Pressure, 1));
        d.press(KeyCode::F(10));
        d.keys("weight");
        d.press(KeyCode::Enter);
        assert_eq!(shown(&mut d), (Measure::Weight, 0), "the menu finds it by name");
    }

    #[test]
    fn the_chart_comes_back_as_it_was_and_is_not_read_again() {
        let mut d = on_vitals(long_course());
        assert!(calls(&d.press(KeyCode::Esc)).is_empty());
        assert!(matches!(d.model.page(), Some(Page::Chart(c)) if c.chart.ready().is_some()));
        let mut none = opened();
        none.chart.visits.iter_mut().for_each(|v| v.observations.clear());
        d.answer(Answer::Chart(ABEBA, Ok(none)));
        d.keys("v");
        assert!(d.notice().contains("no vital sign"), "{}", d.notice());
        assert!(matches!(d.model.page(), Some(Page::Chart(_))));
        assert_eq!(calls(&d.keys("r")), [&Call::Chart(ABEBA)]);
        assert!(d.keys("v").is_empty(), "nothing before it is read");
    }
}
