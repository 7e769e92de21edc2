//! The growth charts of a child under five.

use super::{
    super::{
        growth::{ALL, GrowthPage, spots},
        keymap::Action,
        model::{Model, Page, Tone},
        msg::Effect,
    },
    chart, moved, set_page,
};

/// Opens them from the patient's chart, which has been read already.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(chart) = model.chart().and_then(|c| c.chart.ready()) else { return Vec::new() };
    let Some(page) = GrowthPage::new(chart) else {
        model.say(Tone::Info, "notice-no-growth");
        return Vec::new();
    };
    match chart::take(model) {
        Some(c) => set_page(model, Page::Growth(c, Box::new(page)), Vec::new()),
        None => Vec::new(),
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Page::Growth(c, g)) = model.page() else { return Vec::new() };
    let n = ALL.len();
    match action {
        Action::Back => {
            return match chart::take(model) {
                Some(c) => set_page(model, Page::Chart(c), Vec::new()),
                None => Vec::new(),
            };
        }
        Action::Choose => (g.which, g.back) = ((g.which + 1) % n, 0),
        Action::ChooseBack => (g.which, g.back) = ((g.which + n - 1) % n, 0),
        moving => {
            let many = c.chart.ready().map_or(0, |chart| spots(chart, g.indicator()).len());
            g.back = moved(g.back, many, moving);
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use crate::tui::{
        fixtures::{Driver, calls, on_growth},
        model::Page,
    };

    #[test]
    fn indicators_and_measurements_are_walked_through_and_the_chart_comes_back() {
        let mut d = on_growth();
        let at = |d: &mut Driver| match d.model.page() {
            Some(Page::Growth(_, g)) => (g.which, g.back),
            other => panic!("growth, not {other:?}"),
        };
        d.press(KeyCode::Down);
        assert_eq!(at(&mut d), (0, 1));
        d.press(KeyCode::Left);
        assert_eq!(at(&mut d), (2, 0), "round and round");
        assert!(calls(&d.press(KeyCode::Esc)).is_empty(), "nothing is read again");
        assert!(matches!(d.model.page(), Some(Page::Chart(_))));
        let mut d = Driver::chart();
        d.keys("g");
        assert!(d.notice().contains("under five"), "{}", d.notice());
    }
}
