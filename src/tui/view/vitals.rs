//! One measurement over time: its values as points and lines, what is normal, and what lies under the cursor.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
};

use crate::{
    core::reference::{Place, Reference, Source},
    node::api::Chart,
};

use super::{
    super::{
        model::{ChartPage, Load},
        plot::{Plot, scale},
        sheet::{Sheet, Target},
        theme::Theme,
        vitals::{Measure, Point, VitalsPage, normal, points},
        widgets::{clean, pad, panel, placeholder, width, words},
        words::{Words, say, vital},
    },
    absent,
    chart::who,
};

/// Columns of the list of measurements, and of a name in it.
const LIST: u16 = 34;
const NAME: usize = 15;
/// Points by set and by how they lie to what is normal: below, within, above.
const MARKS: [[char; 3]; 2] = [['▼', '●', '▲'], ['▽', '○', '△']];
/// What is normal ends here.
const EDGE: &str = "┄";

pub(super) fn draw(c: &ChartPage, v: &VitalsPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let Load::Ready(chart) = &c.chart else {
        let inner = panel(frame, theme, area, &c.name);
        return absent(&c.chart, w, theme, frame, inner);
    };
    let [left, right] = Layout::horizontal([Constraint::Length(LIST), Constraint::Min(0)]).areas(area);
    let inner = panel(frame, theme, left, &chart.patient.name);
    let rows = Measure::ALL.len() as u16;
    let [list, _, legend] =
        Layout::vertical([Constraint::Length(rows), Constraint::Length(1), Constraint::Min(0)]).areas(inner);
    names(chart, v.measure, w, theme, frame, list);
    let points = points(chart, v.measure());
    words(frame, legend, ranges(chart, v, &points, w, theme));
    let title =
        say!("vitals-title", name = w.text(v.measure().name()), unit = v.measure().unit(), n = points.len());
    let inner = panel(frame, theme, right, &w.text(title));
    if points.is_empty() {
        return placeholder(frame, theme.muted, inner, &w.text("vitals-never"));
    }
    let [field, axis, below] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(1), Constraint::Length(3)]).areas(inner);
    let picture = Picture::new(chart, v, &points, field);
    picture.draw(w, theme, frame);
    days(picture.time, w, theme, frame, Rect { x: picture.field.x, width: picture.field.width, ..axis });
    if let Some(p) = v.current(&points) {
        words(frame, below, under_cursor(chart, v.measure(), p, w, theme));
    }
}

/// How the values of a point lie to what was normal then, by set.
fn places(chart: &Chart, measure: Measure, p: &Point<'_>) -> [Option<Place>; 2] {
    let mut out = [None; 2];
    for ((place, vital), value) in out.iter_mut().zip(measure.vitals()).zip(p.values) {
        *place = value.zip(normal(*vital, chart, p.at)).map(|(v, r)| r.place(v));
    }
    out
}

/// The mark of a value; where nothing is known to be normal, that of one within.
fn mark(set: usize, place: Option<Place>) -> char {
    MARKS[set][match place {
        Some(Place::Below) => 0,
        Some(Place::Within) | None => 1,
        Some(Place::Above) => 2,
    }]
}

fn outside(place: Option<Place>) -> bool {
    matches!(place, Some(Place::Below | Place::Above))
}

/// Values as people say them: 118/76 mmHg.
fn value(measure: Measure, p: &Point<'_>, w: &Words) -> String {
    format!("{} {}", numbers(measure, p, |milli| w.milli(milli)), measure.unit())
}

fn numbers(measure: Measure, p: &Point<'_>, number: impl Fn(i64) -> String) -> String {
    let sets = &p.values[..measure.vitals().len()];
    let each = sets.iter().map(|v| v.map_or_else(|| "–".to_owned(), &number));
    each.collect::<Vec<_>>().join("/")
}

/// The same in so many columns: a number that is cut would be another number, so it is rounded, and says so.
fn value_within(room: usize, measure: Measure, p: &Point<'_>, w: &Words) -> String {
    let whole = |milli: i64| w.milli(milli.saturating_add(500).div_euclid(1_000) * 1_000);
    let rounded = format!("≈{} {}", numbers(measure, p, whole), measure.unit());
    let ways = [value(measure, p, w), numbers(measure, p, |milli| w.milli(milli)), rounded];
    ways.into_iter().find(|text| width(text) <= room).unwrap_or_else(|| "…".into())
}

/// The measurements with their keys and last values.
fn names(chart: &Chart, chosen: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    for (i, (measure, y)) in Measure::ALL.into_iter().zip(area.y..area.bottom()).enumerate() {
        let row = Rect { y, height: 1, ..area };
        let points = points(chart, measure);
        let name = format!("{} {}", i + 1, pad(&w.text(measure.name()), NAME));
        let strange = points.last().map_or([None; 2], |p| places(chart, measure, p));
        let worst = strange.iter().enumerate().find(|(_, p)| outside(**p));
        let flag = worst.map_or_else(String::new, |(set, p)| format!(" {}", mark(set, *p)));
        let room = usize::from(row.width).saturating_sub(width(&name) + width(&flag));
        let (text, plain) = match points.last() {
            Some(p) => (value_within(room, measure, p, w), theme.text),
            None => ("–".to_owned(), theme.muted),
        };
        let (plain, warn) =
            if i == chosen { (theme.selection, theme.selection) } else { (plain, theme.warning) };
        frame.target(row, Target::Row(i));
        frame.render_widget(ratatui::widgets::Block::new().style(plain), row);
        let style = if worst.is_some() { warn } else { plain };
        let spans = vec![Span::styled(name, plain), Span::styled(format!("{text}{flag}"), style)];
        frame.render_widget(Line::from(spans), row);
    }
}

/// What is normal for this patient at the time under the cursor, and who says so.
fn ranges<'a>(
    chart: &Chart,
    v: &VitalsPage,
    points: &[Point<'_>],
    w: &Words,
    theme: &Theme,
) -> Vec<Line<'a>> {
    let mut lines = vec![Line::styled(who(&chart.patient, w), theme.muted), Line::from("")];
    let Some(p) = v.current(points) else { return lines };
    let measure = v.measure();
    lines.push(Line::styled(format!("{EDGE} {}", w.text("vitals-reference")), theme.good));
    let mut sources = Vec::new();
    for (set, which) in measure.vitals().iter().enumerate() {
        let range = normal(*which, chart, p.at);
        let said = match range {
            Some(r) => w.text(range_words(r, measure.unit(), w)),
            None => w.text("vitals-no-range"),
        };
        let label = match measure.vitals().len() {
            1 => String::new(),
            _ => format!("{} {}: ", mark(set, None), w.text(vital(*which))),
        };
        lines.push(Line::styled(format!("{label}{said}"), theme.text));
        sources.extend(range.map(|r| r.source).filter(|s| !sources.contains(s)));
    }
    lines.extend(sources.into_iter().map(|s| Line::styled(w.text(source(s)), theme.muted)));
    lines
}

fn range_words(r: Reference, unit: &'static str, w: &Words) -> crate::tui::words::Saying {
    match (r.low, r.high) {
        (Some(low), Some(high)) => {
            say!("vitals-between", low = w.milli(low), high = w.milli(high), unit = unit)
        }
        (Some(low), None) => say!("vitals-at-least", low = w.milli(low), unit = unit),
        (None, Some(high)) => say!("vitals-at-most", high = w.milli(high), unit = unit),
        (None, None) => "vitals-no-range".into(),
    }
}

/// The message with who says what is normal.
fn source(s: Source) -> &'static str {
    match s {
        Source::News2 => "vitals-source-news",
        Source::WhoPressure => "vitals-source-who",
        Source::Pals => "vitals-source-pals",
        Source::Form => "vitals-source-form",
    }
}

/// The values under the cursor in words, when, and in which visit.
fn under_cursor<'a>(
    chart: &Chart,
    measure: Measure,
    p: &Point<'_>,
    w: &Words,
    theme: &Theme,
) -> Vec<Line<'a>> {
    let places = places(chart, measure, p);
    let worst = places.iter().find(|p| outside(**p)).or(places.first()).copied().flatten();
    let verdict = match worst {
        Some(Place::Below) => w.text("vitals-below"),
        Some(Place::Within) => w.text("vitals-within"),
        Some(Place::Above) => w.text("vitals-above"),
        None => String::new(),
    };
    let style = if outside(worst) { theme.warning } else { theme.good };
    let first = format!("{}  ", w.time(p.at));
    let visit = match p.visit {
        Some(v) => format!("{} · {}, {}", v.reason, v.author, v.org),
        None => w.text("chart-names-no-visit"),
    };
    vec![
        Line::from(vec![Span::styled(first, theme.text), Span::styled(value(measure, p, w), theme.accent)]),
        Line::styled(verdict, style),
        Line::styled(clean(&visit), theme.muted),
    ]
}

/// The first and the last day that are seen, and one between where there is room.
fn days((from, to): (i64, i64), w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let (first, last) = (w.day(from), w.day(to));
    let middle = w.day(from.saturating_add(to.saturating_sub(from) / 2));
    let (room, all) = (usize::from(area.width), width(&first) + width(&last));
    let text = match room.checked_sub(all + width(&middle)) {
        Some(gap) if gap >= 4 => {
            format!("{first}{}{middle}{}{last}", " ".repeat(gap / 2), " ".repeat(gap - gap / 2))
        }
        _ => format!("{first}{}{last}", " ".repeat(room.saturating_sub(all))),
    };
    frame.render_widget(Line::styled(text, theme.muted), area);
}

/// What is drawn in the field: its axes, and the values on them.
struct Picture<'a, 'v> {
    chart: &'a Chart,
    page: &'a VitalsPage,
    points: &'a [Point<'v>],
    /// Without the room for the numbers on its left.
    field: Rect,
    gutter: Rect,
    time: (i64, i64),
    values: (i64, i64),
    step: i64,
}

impl<'a, 'v> Picture<'a, 'v> {
    fn new(chart: &'a Chart, page: &'a VitalsPage, points: &'a [Point<'v>], area: Rect) -> Self {
        const GUTTER: u16 = 7;
        let [gutter, field] =
            Layout::horizontal([Constraint::Length(GUTTER), Constraint::Min(0)]).areas(area);
        let time = page.window(points);
        let measure = page.measure();
        let of = |p: &Point| p.values.into_iter().flatten().collect::<Vec<_>>();
        let seen = points.iter().filter(|p| (time.0..=time.1).contains(&p.at));
        let mut all: Vec<i64> = seen.flat_map(of).collect();
        for at in [time.0, time.1] {
            let ranges = measure.vitals().iter().filter_map(|v| normal(*v, chart, at));
            all.extend(ranges.flat_map(|r| [r.low, r.high]).flatten());
        }
        if all.is_empty() {
            // Nothing was measured in the time that is seen, and nothing is known to be normal.
            all.extend(points.iter().flat_map(of));
        }
        let (low, high) = (all.iter().min().copied().unwrap_or(0), all.iter().max().copied().unwrap_or(0));
        let step = nice((high - low) / 5);
        let (bottom, top) = (low.div_euclid(step) * step, (high + step - 1).div_euclid(step) * step);
        let values = if bottom < top { (bottom, top) } else { (bottom - step, top + step) };
        Self { chart, page, points, field, gutter, time, values, step }
    }

    fn dots(&self) -> (usize, usize) {
        (usize::from(self.field.width) * 2, usize::from(self.field.height) * 4)
    }

    fn x(&self, at: i64) -> usize {
        scale(at, self.time, self.dots().0)
    }

    /// Dots from above: the highest value is at the top.
    fn y(&self, value: i64) -> usize {
        let down = self.dots().1;
        down.saturating_sub(1) - scale(value, self.values, down)
    }

    fn draw(&self, w: &Words, theme: &Theme, frame: &mut Sheet) {
        if self.field.is_empty() {
            return;
        }
        let measure = self.page.measure();
        self.numbers(w, theme, frame);
        self.edges(theme, frame);
        let cursor = self.page.current(self.points).filter(|p| self.sees(p.at));
        if let Some(p) = cursor {
            let x = self.field.x + (self.x(p.at) / 2) as u16;
            for y in self.field.y..self.field.bottom() {
                put(frame, x, y, '┊', theme.muted);
            }
        }
        let mut plot = Plot::new(self.field.width.into(), self.field.height.into());
        for set in 0..measure.vitals().len() {
            self.course(set, &mut plot);
        }
        for (row, y) in (self.field.y..self.field.bottom()).enumerate() {
            for (column, x) in (self.field.x..self.field.right()).enumerate() {
                if let Some(c) = plot.cell(column, row) {
                    put(frame, x, y, c, theme.accent);
                }
            }
        }
        for p in self.points.iter().filter(|p| self.sees(p.at)) {
            let here = cursor.is_some_and(|c| std::ptr::eq(c, p));
            for (set, place) in places(self.chart, measure, p).into_iter().enumerate() {
                let Some(value) = p.values[set] else { continue };
                let style = match (here, outside(place)) {
                    (true, _) => theme.selection,
                    (false, true) => theme.warning,
                    (false, false) => theme.text,
                };
                let (x, y) = (self.x(p.at) / 2, self.y(value) / 4);
                put(frame, self.field.x + x as u16, self.field.y + y as u16, mark(set, place), style);
            }
        }
    }

    fn sees(&self, at: i64) -> bool {
        (self.time.0..=self.time.1).contains(&at)
    }

    /// The numbers at the left.
    fn numbers(&self, w: &Words, theme: &Theme, frame: &mut Sheet) {
        let mut value = self.values.0;
        while value <= self.values.1 {
            let y = self.gutter.y + (self.y(value) / 4) as u16;
            let text = w.milli(value);
            let room = usize::from(self.gutter.width).saturating_sub(1);
            let text = format!("{}{text}", " ".repeat(room.saturating_sub(width(&text))));
            frame.render_widget(Line::styled(text, theme.muted), Rect { y, height: 1, ..self.gutter });
            value += self.step;
        }
    }

    /// Where what is normal ends, column by column: it changes as a child grows.
    fn edges(&self, theme: &Theme, frame: &mut Sheet) {
        let columns = i64::from(self.field.width.max(2) - 1);
        for (i, x) in (0i64..).zip(self.field.x..self.field.right()) {
            let at = self.time.0.saturating_add(self.time.1.saturating_sub(self.time.0) / columns * i);
            for which in self.page.measure().vitals() {
                let Some(r) = normal(*which, self.chart, at) else { continue };
                for end in [r.low, r.high].into_iter().flatten() {
                    let y = self.field.y + (self.y(end) / 4) as u16;
                    frame.render_widget(Span::styled(EDGE, theme.good), Rect { x, y, width: 1, height: 1 });
                }
            }
        }
    }

    /// Lines from value to value, as far as they are seen.
    fn course(&self, set: usize, plot: &mut Plot) {
        let known: Vec<(i64, i64)> =
            self.points.iter().filter_map(|p| p.values[set].map(|v| (p.at, v))).collect();
        for pair in known.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            if b.0 < self.time.0 || a.0 > self.time.1 {
                continue;
            }
            let end = |at: i64| {
                let at = at.clamp(self.time.0, self.time.1);
                (self.x(at), self.y(between(a, b, at)))
            };
            plot.line(end(a.0), end(b.0));
        }
    }
}

/// The value at a time on the straight line between two.
fn between(a: (i64, i64), b: (i64, i64), at: i64) -> i64 {
    let [at, from, to] = [at, a.0, b.0].map(i128::from);
    if to <= from {
        return a.1;
    }
    let value = i128::from(a.1) + i128::from(b.1 - a.1) * (at - from) / (to - from);
    // Between two of them, so it is one.
    i64::try_from(value).unwrap_or(a.1)
}

/// The next of 0.1, 0.2, 0.5, 1, 2, 5 … units above.
pub(super) fn nice(milli: i64) -> i64 {
    let mut step = 100;
    loop {
        for times in [1, 2, 5] {
            if step * times >= milli || step >= 1_000_000 {
                return step * times;
            }
        }
        step *= 10;
    }
}

/// One character in one cell.
pub(super) fn put(frame: &mut Sheet, x: u16, y: u16, c: char, style: Style) {
    let symbol = c.encode_utf8(&mut [0; 4]).to_owned();
    frame.render_widget(Span::styled(symbol, style), Rect { x, y, width: 1, height: 1 });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_numbers() {
        assert_eq!([0, 90, 101, 600, 2_100, 26_000].map(nice), [100, 100, 200, 1_000, 5_000, 50_000]);
    }

    #[test]
    fn a_line_that_leaves_the_picture_goes_on_in_its_direction() {
        assert_eq!(between((0, 100), (10, 200), 5), 150);
        assert_eq!(between((5, 7), (5, 9), 5), 7);
        assert_eq!(between((i64::MIN, 0), (i64::MAX, 100), 0), 50);
    }
}
