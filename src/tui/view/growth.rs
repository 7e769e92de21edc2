//! A child's weight and stature on the curves of the WHO standards, and what the z-scores mean.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
};

use crate::{
    core::growth::{Indicator, Sex, Verdict, lms, verdict},
    node::api::Chart,
};

use super::{
    super::{
        growth::{ALL, GrowthPage, Spot, latest, shown, spots},
        model::{ChartPage, Load},
        plot::{Plot, scale},
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{clean, pad, panel, placeholder, width, words},
        words::{Words, say},
    },
    absent,
    chart::who,
    vitals::{nice, put},
};

/// Columns of the list of indicators.
const LIST: u16 = 34;
/// The lines that are drawn: standard deviations from the median.
const LINES: [i8; 5] = [-3, -2, 0, 2, 3];
/// Columns of the numbers at the left, and of the lines' names at the right.
const GUTTER: u16 = 6;
const NAMES: u16 = 3;

pub(super) fn draw(c: &ChartPage, g: &GrowthPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let Load::Ready(chart) = &c.chart else {
        let inner = panel(frame, theme, area, &c.name);
        return absent(&c.chart, w, theme, frame, inner);
    };
    let [left, right] = Layout::horizontal([Constraint::Length(LIST), Constraint::Min(0)]).areas(area);
    let inner = panel(frame, theme, left, &chart.patient.name);
    list(chart, g, w, theme, frame, inner);
    let spots = spots(chart, g.indicator());
    let inner = panel(frame, theme, right, &w.text(name(g.indicator())));
    let (Some(current), Some(sex)) = (g.current(&spots), Sex::of(chart.patient.gender)) else {
        let why = if chart.born_on.is_none() { "growth-no-birth-date" } else { "growth-never" };
        return placeholder(frame, theme.muted, inner, &w.text(why));
    };
    let [field, axis, below] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(1), Constraint::Length(2)]).areas(inner);
    let picture = Picture::new(sex, current, &spots, field);
    picture.draw(w, theme, frame);
    picture.axis(g.indicator(), w, theme, frame, axis);
    words(frame, below, under_cursor(g.indicator(), current, w, theme));
}

/// The message with an indicator's name.
fn name(i: Indicator) -> &'static str {
    match i {
        Indicator::WeightForStature => "growth-weight-for-stature",
        Indicator::WeightForAge => "growth-weight-for-age",
        Indicator::StatureForAge => "growth-stature-for-age",
    }
}

/// The message with what a z-score means.
fn meaning(v: Verdict) -> &'static str {
    match v {
        Verdict::Implausible => "growth-implausible",
        Verdict::SeverelyWasted => "growth-severely-wasted",
        Verdict::Wasted => "growth-wasted",
        Verdict::SeverelyUnderweight => "growth-severely-underweight",
        Verdict::Underweight => "growth-underweight",
        Verdict::SeverelyStunted => "growth-severely-stunted",
        Verdict::Stunted => "growth-stunted",
        Verdict::Normal => "growth-normal",
        Verdict::RiskOfOverweight => "growth-risk",
        Verdict::Overweight => "growth-overweight",
        Verdict::Obese => "growth-obese",
        Verdict::SeeWeightForStature => "growth-see-stature",
    }
}

fn style(v: Verdict, theme: &Theme) -> Style {
    match v {
        Verdict::Normal | Verdict::SeeWeightForStature => theme.good,
        Verdict::SeverelyWasted | Verdict::SeverelyUnderweight | Verdict::SeverelyStunted => theme.danger,
        _ => theme.warning,
    }
}

/// A z-score in hundredths, and what it means: -2.40: moderately underweight.
fn judged(i: Indicator, z: i32, w: &Words) -> String {
    let sign = if z < 0 { "-" } else { "" };
    let number = w.decimals(&format!("{sign}{}.{:02}", z.unsigned_abs() / 100, z.unsigned_abs() % 100));
    format!("{number}: {}", w.text(meaning(verdict(i, z))))
}

/// What of a child's growth must be seen in the chart: what isn't normal.
pub(super) fn warnings<'a>(chart: &Chart, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let line = |(i, z): (Indicator, i32)| {
        let v = verdict(i, z);
        let text = format!("! {} {}", w.text(name(i)), judged(i, z, w));
        (!matches!(v, Verdict::Normal | Verdict::SeeWeightForStature))
            .then(|| Line::styled(text, style(v, theme)))
    };
    latest(chart).into_iter().filter_map(line).collect()
}

fn list(chart: &Chart, g: &GrowthPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let rows = ALL.len() as u16 * 2;
    let [top, _, rest] =
        Layout::vertical([Constraint::Length(rows), Constraint::Length(1), Constraint::Min(0)]).areas(area);
    for (i, indicator) in ALL.into_iter().enumerate() {
        let at = |line: u16| Rect { y: top.y + i as u16 * 2 + line, height: 1, ..top }.intersection(top);
        let last = spots(chart, indicator).last().and_then(|s| s.z);
        let (text, plain) = match last {
            Some(z) => (judged(indicator, z, w), style(verdict(indicator, z), theme)),
            None => ("–".to_owned(), theme.muted),
        };
        let title = if i == g.which { theme.selection } else { theme.text };
        let both = Rect { height: 2, ..at(0) }.intersection(top);
        frame.target(both, Target::Row(i));
        frame
            .render_widget(Line::styled(pad(&w.text(name(indicator)), usize::from(top.width)), title), at(0));
        frame.render_widget(Line::styled(format!("  {text}"), plain), at(1));
    }
    let mut lines = vec![Line::styled(who(&chart.patient, w), theme.muted), Line::from("")];
    lines.push(Line::styled(w.text("growth-source"), theme.muted));
    words(frame, rest, lines);
}

/// The measurement under the cursor in words.
fn under_cursor<'a>(i: Indicator, s: &Spot, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let months = || s.at / 30_437;
    let measured = match i {
        Indicator::WeightForStature => {
            say!("growth-at-stature", weight = w.milli(s.value), stature = w.milli(s.at))
        }
        Indicator::WeightForAge => {
            say!("growth-weight-at-age", weight = w.milli(s.value), n = months().unsigned_abs())
        }
        Indicator::StatureForAge => {
            say!("growth-stature-at-age", stature = w.milli(s.value), n = months().unsigned_abs())
        }
    };
    let first = format!("{}  {}", w.day(s.when), w.text(measured));
    let second = match s.z {
        Some(z) => Line::styled(judged(i, z, w), style(verdict(i, z), theme)),
        None => Line::styled(w.text("growth-outside"), theme.muted),
    };
    vec![Line::from(clean(&first)), second]
}

/// The curves of one table, and the child's measurements on them.
struct Picture<'s> {
    sex: Sex,
    current: &'s Spot,
    spots: &'s [Spot],
    gutter: Rect,
    field: Rect,
    names: Rect,
    across: (i64, i64),
    up: (i64, i64),
    step: i64,
}

impl<'s> Picture<'s> {
    fn new(sex: Sex, current: &'s Spot, spots: &'s [Spot], area: Rect) -> Self {
        let columns = [Constraint::Length(GUTTER), Constraint::Min(0), Constraint::Length(NAMES)];
        let [gutter, field, names] = Layout::horizontal(columns).areas(area);
        let across = shown(current.curve, spots);
        let end = |at: i64, z: i8| lms(current.curve, sex, at).map(|r| r.value(z));
        let mut all: Vec<i64> = [end(across.0, -3), end(across.1, 3)].into_iter().flatten().collect();
        all.extend(spots.iter().map(|s| s.value));
        let (low, high) = (all.iter().min().copied().unwrap_or(0), all.iter().max().copied().unwrap_or(1));
        let step = nice((high - low) / 4);
        let up = (low.div_euclid(step) * step, (high + step - 1).div_euclid(step) * step);
        Self { sex, current, spots, gutter, field, names, across, up, step }
    }

    /// The dot of a place on the curve.
    fn dot(&self, at: i64, value: i64) -> (usize, usize) {
        let (wide, high) = (usize::from(self.field.width) * 2, usize::from(self.field.height) * 4);
        (scale(at, self.across, wide), high.saturating_sub(1) - scale(value, self.up, high))
    }

    fn draw(&self, w: &Words, theme: &Theme, frame: &mut Sheet) {
        if self.field.is_empty() {
            return;
        }
        let mut value = self.up.0;
        while value <= self.up.1 {
            let y = self.gutter.y + (self.dot(self.across.0, value).1 / 4) as u16;
            let text = w.milli(value);
            let room = usize::from(self.gutter.width).saturating_sub(1 + width(&text));
            let line = Line::styled(format!("{}{text}", " ".repeat(room)), theme.muted);
            frame.render_widget(line, Rect { y, height: 1, ..self.gutter });
            value += self.step;
        }
        for z in LINES {
            let style = match z {
                0 => theme.good,
                -2 | 2 => theme.warning,
                _ => theme.danger,
            };
            self.curve(z, style, frame);
        }
        for s in self.spots {
            let (x, y) = self.dot(s.at, s.value);
            let mark = match s.z {
                Some(..-200) => '▼',
                Some(201..) => '▲',
                _ => '●',
            };
            let style = if std::ptr::eq(s, self.current) { theme.selection } else { theme.text };
            put(frame, self.field.x + (x / 2) as u16, self.field.y + (y / 4) as u16, mark, style);
        }
    }

    /// One line of the table, and its name at the right.
    fn curve(&self, z: i8, style: Style, frame: &mut Sheet) {
        let mut plot = Plot::new(self.field.width.into(), self.field.height.into());
        let steps = i64::from(self.field.width) * 2;
        let place = |i: i64| self.across.0 + (self.across.1 - self.across.0) * i / steps;
        let dots: Vec<(usize, usize)> = (0..=steps)
            .filter_map(|i| Some(self.dot(place(i), lms(self.current.curve, self.sex, place(i))?.value(z))))
            .collect();
        for pair in dots.windows(2) {
            plot.line(pair[0], pair[1]);
        }
        for (row, y) in (self.field.y..self.field.bottom()).enumerate() {
            for (column, x) in (self.field.x..self.field.right()).enumerate() {
                if let Some(c) = plot.cell(column, row) {
                    put(frame, x, y, c, style);
                }
            }
        }
        if let Some((_, y)) = dots.last() {
            let y = self.names.y + (y / 4) as u16;
            let name = Span::styled(format!("{z:+}").replace("+0", " 0"), style);
            frame.render_widget(name, Rect { y, height: 1, ..self.names }.intersection(self.names));
        }
    }

    /// Centimetres or months, at both ends and in the middle.
    fn axis(&self, i: Indicator, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
        let area = Rect { x: self.field.x, width: self.field.width, ..area };
        let middle = (self.across.0 + self.across.1) / 2;
        let said = |at: i64| match i {
            Indicator::WeightForStature => w.text(say!("growth-cm", n = w.milli(at / 1_000 * 1_000))),
            _ => w.text(say!("growth-months", n = (at / 30_437).unsigned_abs())),
        };
        let [first, half, last] = [self.across.0, middle, self.across.1].map(said);
        let room = usize::from(area.width).saturating_sub(width(&first) + width(&half) + width(&last));
        let text = format!("{first}{}{half}{}{last}", " ".repeat(room / 2), " ".repeat(room - room / 2));
        frame.render_widget(Line::styled(text, theme.muted), area);
    }
}
