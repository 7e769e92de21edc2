//! Small drawn things that several screens use.

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Position, Rect},
    style::{Color, Style},
    text::{Line, Span},
    widgets::{Block, Clear, Paragraph, Table, TableState, Wrap},
};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::{node::api::Preview, qr::Code};

use super::{
    input::Input,
    keymap::Action,
    sheet::{Sheet, Target},
    theme::{Pictures, Theme, indexed},
    words::{Words, say},
};

/// Columns between the two answers to a question.
const ANSWERS_APART: usize = 5;

/// Text as it may be shown: what others wrote can neither move the cursor nor turn the direction of reading.
pub(crate) fn clean(text: &str) -> String {
    let shown = |c: char| {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c == '\n' || c == '\t' { Some(' ') } else { (!c.is_control() && !turns).then_some(c) }
    };
    text.chars().filter_map(shown).collect()
}

/// The first few of some names.
pub(crate) fn some(names: &[String], w: &Words) -> String {
    const MOST: usize = 3;
    let first = names.iter().take(MOST).map(|n| clean(n)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => first,
        more => w.text(say!("names-more", names = first, n = more)),
    }
}

/// The columns that a text takes: those of its graphemes, as they are drawn one by one. Taken as a whole, some scripts
/// would be narrower than what is drawn.
pub(crate) fn width(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// A text with spaces behind it up to so many columns, and at least one.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text)).max(1)))
}

/// A text in so many columns; a sign at its end tells that it goes on.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 0);
    for g in text.graphemes(true) {
        used += width(g);
        if used + 1 > columns {
            break;
        }
        out.push_str(g);
    }
    format!("{}…", out.trim_end())
}

/// A framed part of the screen; gives the room inside.
pub(crate) fn panel(frame: &mut Sheet, theme: &Theme, area: Rect, title: &str) -> Rect {
    let title = Span::styled(format!(" {} ", clean(title)), theme.accent);
    let block = Block::bordered().border_style(theme.border).title(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    // One column of air on both sides.
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// A framed part in the middle, over what is there.
pub(crate) fn popup(frame: &mut Sheet, theme: &Theme, area: Rect, title: &str, size: (u16, u16)) -> Rect {
    let [area] =
        Layout::horizontal([Constraint::Length(size.0)]).flex(ratatui::layout::Flex::Center).areas(area);
    let [area] =
        Layout::vertical([Constraint::Length(size.1)]).flex(ratatui::layout::Flex::Center).areas(area);
    frame.cover(area);
    frame.render_widget(Clear, area);
    frame.render_widget(Block::new().style(theme.text), area);
    panel(frame, theme, area, title)
}

/// A table under a heading, of so many rows; one of them is selected, and a click selects another.
pub(crate) fn list(frame: &mut Sheet, table: Table, area: Rect, selected: usize, rows: usize) {
    let mut state = TableState::new().with_selected(selected);
    frame.render_stateful_widget(table, area, &mut state);
    for (y, row) in (area.y.saturating_add(1)..area.bottom()).zip(state.offset()..rows) {
        frame.target(Rect { y, height: 1, ..area }, Target::Row(row));
    }
}

/// A QR code in the corner of a part of the screen, black on white on every terminal; the room that it took. None: it
/// doesn't fit, and nothing was drawn.
pub(crate) fn code(frame: &mut Sheet, theme: &Theme, area: Rect, code: &Code) -> Option<Rect> {
    let (width, height) = code.cells();
    if area.width < width || area.height < height {
        return None;
    }
    // Without colours the light modules are drawn: right where the background is dark.
    let (style, lines) = match theme.pictures != Pictures::None {
        true => (Style::new().fg(Color::Indexed(16)).bg(Color::Indexed(231)), code.cell_lines(true)),
        false => (Style::new(), code.cell_lines(false)),
    };
    let paper = Rect { width, height, ..area };
    for (i, line) in lines.into_iter().enumerate() {
        let at = Rect { y: paper.y + i as u16, height: 1, ..paper };
        frame.render_widget(Line::styled(line, style), at);
    }
    Some(paper)
}

/// Lines, wrapped at words.
pub(crate) fn words<'a>(frame: &mut Sheet, area: Rect, lines: Vec<Line<'a>>) {
    let room = usize::from(area.width).max(1);
    let lines: Vec<Line> = lines.into_iter().flat_map(|l| broken(l, room)).collect();
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), area);
}

/// A long line with characters that are wider or narrower than a column, in rows that fit: ratatui's own rows of such may be
/// a column too long, with half a character outside.
fn broken(line: Line<'_>, room: usize) -> Vec<Line<'_>> {
    let [one] = &line.spans[..] else { return vec![line] };
    let odd = one.content.graphemes(true).any(|g| g.width() != 1);
    if !odd || width(&one.content) <= room {
        return vec![line];
    }
    let row = |(from, to): (usize, usize)| {
        let span = Span::styled(one.content[from..to].to_owned(), one.style);
        Line { spans: vec![span], ..line.clone() }
    };
    wrap(&one.content, room).into_iter().map(row).collect()
}

/// A question that `y` and `n` answer, each a place to click too: what it means, and what either does. Below each other where
/// they don't fit side by side.
pub(crate) fn ask<'a>(
    frame: &mut Sheet,
    theme: &Theme,
    area: Rect,
    lines: Vec<Line<'a>>,
    (yes, no): (String, String),
) {
    let room = usize::from(area.width).max(1);
    let above: usize = lines.iter().map(|l| wrap(&l.to_string(), room).len()).sum();
    words(frame, area, lines);
    let (yes, no) = (clean(&format!("y {yes}")), clean(&format!("n {no}")));
    let beside = width(&yes) + ANSWERS_APART;
    let (x, down) = if beside + width(&no) <= room { (beside, 0) } else { (0, 1) };
    for (text, x, y, action) in [(yes, 0, above + 1, Action::Yes), (no, x, above + 1 + down, Action::Back)] {
        // A window this small has no room: nothing is drawn outside it.
        let (x, y) = (u16::try_from(x).unwrap_or(u16::MAX), u16::try_from(y).unwrap_or(u16::MAX));
        let wide = u16::try_from(width(&text)).unwrap_or(u16::MAX);
        let at = Rect { x: area.x.saturating_add(x), y: area.y.saturating_add(y), width: wide, height: 1 };
        let at = at.intersection(area);
        frame.target(at, Target::Key(action));
        frame.render_widget(Line::styled(text, theme.key), at);
    }
}

/// A line in the middle of an otherwise empty part.
pub(crate) fn placeholder(frame: &mut Sheet, style: Style, area: Rect, text: &str) {
    words(frame, area, vec![Line::from(""), Line::styled(clean(text), style)]);
}

/// The course of some values as a row of bars, from the lowest to the highest among them.
pub(crate) fn sparkline(values: &[i64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let (Some(low), Some(high)) = (values.iter().min(), values.iter().max()) else { return String::new() };
    let bar = |v: &i64| match high - low {
        0 => BARS[3],
        span => BARS[usize::try_from((v - low) * 7 / span).unwrap_or(0).min(7)],
    };
    values.iter().map(bar).collect()
}

/// A text field of one line; the cursor stays visible in a text longer than the field.
pub(crate) fn field(frame: &mut Sheet, theme: &Theme, area: Rect, input: &Input, focused: bool) {
    let room = usize::from(area.width).saturating_sub(1);
    let before = &input.text()[..input.cursor()];
    let mut start = 0;
    while width(&before[start..]) > room {
        start += before[start..].graphemes(true).next().map_or(1, str::len);
    }
    let style = if focused { theme.focus } else { theme.field };
    frame.render_widget(Block::new().style(style), area);
    // Where nobody types, the beginning tells more than the end.
    let shown = match focused {
        true => input.text()[start..].to_owned(),
        false => cut(input.text(), usize::from(area.width)),
    };
    frame.render_widget(Line::styled(shown, style), area);
    if focused {
        let x = area.x + u16::try_from(width(&before[start..])).unwrap_or(0);
        frame.set_cursor_position(Position::new(x.min(area.right().saturating_sub(1)), area.y));
    }
}

/// A text field of several lines, scrolled so that the cursor is visible.
pub(crate) fn text_area(frame: &mut Sheet, theme: &Theme, area: Rect, input: &Input, focused: bool) {
    let style = if focused { theme.focus } else { theme.field };
    frame.render_widget(Block::new().style(if focused { style } else { theme.text }), area);
    let rows = wrap(input.text(), usize::from(area.width).saturating_sub(1).max(1));
    let at = rows.iter().rposition(|(from, _)| *from <= input.cursor()).unwrap_or(0);
    let first = (at + 1).saturating_sub(usize::from(area.height));
    for (row, y) in rows[first..].iter().zip(area.y..area.bottom()) {
        let line = Line::styled(&input.text()[row.0..row.1], style);
        frame.render_widget(line, Rect { y, height: 1, ..area });
    }
    if focused && area.height > 0 {
        let (from, to) = rows[at];
        let x = u16::try_from(width(&input.text()[from..input.cursor().min(to)])).unwrap_or(0);
        let y = area.y + u16::try_from(at - first).unwrap_or(0);
        frame.set_cursor_position(Position::new(area.x + x, y));
    }
}

/// Breaks a text into rows of at most `room` columns, at spaces where there are any. Byte ranges; never empty.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<(usize, usize)> {
    let mut rows = Vec::new();
    let mut from = 0;
    for line in text.split('\n') {
        let end = from + line.len();
        let mut start = from;
        while width(&text[start..end]) > room {
            let (mut cut, mut used, mut behind_space) = (start, 0, None);
            for g in text[start..end].graphemes(true) {
                used += width(g);
                if cut > start && used > room {
                    break;
                }
                cut += g.len();
                if g == " " {
                    behind_space = Some(cut);
                }
            }
            let at = behind_space.unwrap_or(cut);
            rows.push((start, at));
            start = at;
        }
        rows.push((start, end));
        from = end + 1;
    }
    rows
}

/// The camera's picture with a frame round the face: in pixels where the terminal draws them, else in half blocks. False: it
/// can't be shown.
pub(crate) fn picture(frame: &mut Sheet, theme: &Theme, area: Rect, preview: &Preview) -> bool {
    let pixels = usize::from(preview.width) * usize::from(preview.height);
    if theme.pictures == Pictures::None || pixels == 0 || preview.rgb.len() < pixels * 3 || area.is_empty() {
        return false;
    }
    if !frame.picture(area, preview) {
        blocks(frame.buffer_mut(), theme, area, preview);
    }
    true
}

/// A picture of at least one pixel in half blocks.
fn blocks(buffer: &mut Buffer, theme: &Theme, area: Rect, preview: &Preview) {
    let (pw, ph) = (u32::from(preview.width), u32::from(preview.height));
    // A cell shows two pixels, one over the other; the picture keeps its proportions.
    let (max_w, max_h) = (u32::from(area.width), u32::from(area.height) * 2);
    let (w, h) =
        if max_w * ph <= max_h * pw { (max_w, (max_w * ph / pw).max(2)) } else { (max_h * pw / ph, max_h) };
    let on_face = |x: u32, y: u32| {
        let Some([fx, fy, fw, fh]) = preview.face.map(|f| f.map(u32::from)) else { return false };
        let (left, right) = (fx * w / pw, (fx + fw) * w / pw);
        let (top, bottom) = (fy * h / ph, (fy + fh) * h / ph);
        let (across, down) = ((left..=right).contains(&x), (top..=bottom).contains(&y));
        across && down && (x == left || x == right || y == top || y == bottom)
    };
    let colour = |x: u32, y: u32| {
        if on_face(x, y) {
            return theme.accent.fg.unwrap_or(Color::White);
        }
        let (sx, sy) = ((x * pw / w).min(pw - 1), (y * ph / h).min(ph - 1));
        let at = (sy * pw + sx) as usize * 3;
        let [r, g, b] = [preview.rgb[at], preview.rgb[at + 1], preview.rgb[at + 2]];
        if theme.pictures == Pictures::Exact { Color::Rgb(r, g, b) } else { indexed(r, g, b) }
    };
    let left = area.x + u16::try_from((max_w - w) / 2).unwrap_or(0);
    for y in 0..h / 2 {
        for x in 0..w {
            let at = Position::new(left + x as u16, area.y + y as u16);
            if let Some(cell) = buffer.cell_mut(at) {
                cell.set_symbol("▀").set_fg(colour(x, y * 2)).set_bg(colour(x, y * 2 + 1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::{Terminal, backend::TestBackend};

    use super::*;
    use crate::tui::{painting::Painting, theme::Depth};

    #[test]
    fn what_others_wrote_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\nc\u{202e}d"), "a[2Jb cd");
    }

    #[test]
    fn a_course_is_drawn_from_its_lowest_to_its_highest() {
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[5, 5]), "▄▄");
        assert_eq!(sparkline(&[0, 50, 100]), "▁▄█");
    }

    #[test]
    fn rows_break_at_spaces_and_wide_characters_count_twice() {
        let rows = |t: &str, w| wrap(t, w).into_iter().map(|(a, b)| t[a..b].to_owned()).collect::<Vec<_>>();
        assert_eq!(rows("one two three", 8), ["one two ", "three"]);
        assert_eq!(rows("abcdefgh\n", 4), ["abcd", "efgh", ""]);
        assert_eq!(rows("咳嗽咳嗽", 5), ["咳嗽", "咳嗽"]);
        assert_eq!(rows("e\u{301}e\u{301}e\u{301}", 2), ["e\u{301}e\u{301}", "e\u{301}"]);
        assert_eq!(rows("नमस्ते", 1).concat(), "नमस्ते");
    }

    #[test]
    fn a_picture_that_is_shorter_than_it_says_is_not_drawn() {
        let theme = Theme::choose(Some("dark"), false, Depth::Exact).unwrap();
        let area = Rect::new(0, 0, 10, 5);
        let painting = Painting::default();
        let mut terminal = Terminal::new(TestBackend::new(10, 5)).unwrap();
        let mut drawn = |theme: &Theme, p: &Preview| {
            let mut shown = false;
            terminal
                .draw(|frame| shown = picture(&mut Sheet::new(frame, &painting), theme, area, p))
                .unwrap();
            shown
        };
        let mut p = Preview { width: 4, height: 4, rgb: vec![9; 47], face: None };
        assert!(!drawn(&theme, &p));
        p.rgb.push(9);
        p.face = Some([3, 3, 400, 400]);
        assert!(drawn(&theme, &p));
        let mono = Theme::choose(Some("mono"), false, Depth::Exact).unwrap();
        assert!(!drawn(&mono, &p));
    }
}
