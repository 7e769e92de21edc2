//! Letting one terminal join over the network: the ticket as text and code, then the code to be compared.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use crate::{
    node::api::{InvitationView, Joiner, Welcomed},
    qr::Code,
};

use super::super::{
    inviting::{Door, InvitePage},
    sheet::Sheet,
    theme::Theme,
    widgets::{clean, code, panel, placeholder, words},
    words::{Saying, Words, org_kind, role, say},
};

pub(super) fn draw(p: &InvitePage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text("invite-title"));
    match &p.door {
        Door::Opening => placeholder(frame, theme.muted, inner, &w.text("frame-loading")),
        Door::Open(v) => match p.joiner() {
            Some(j) => compare(p, j, w, theme, frame, inner),
            None => ticket(v, w, theme, frame, inner),
        },
        Door::Shut(why) => {
            let mut lines = vec![Line::styled(w.text("invite-shut"), theme.warning)];
            lines.extend(why.iter().map(|why| Line::from(w.node(why))));
            words(frame, inner, lines);
        }
        Door::In(done, org) => words(frame, inner, welcomed(done, (*org, p.written), w, theme)),
    }
}

/// The ticket, for another terminal to read or for somebody to type.
fn ticket(v: &InvitationView, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let drawn = Code::new(&v.ticket.0).ok().map(|c| (c.cells(), code(frame, theme, area, &c)));
    let beside = match &drawn {
        Some((_, Some(paper))) if paper.width + 24 <= area.width => {
            let x = paper.right() + 2;
            Rect { x, width: area.right() - x, ..area }
        }
        // There is no room for words beside it: they are what is needed.
        Some((_, Some(paper))) => {
            let [_, below] =
                Layout::vertical([Constraint::Length(paper.height), Constraint::Min(0)]).areas(area);
            below
        }
        _ => area,
    };
    let mut lines = vec![
        Line::styled(w.text("invite-how"), theme.accent),
        Line::from(""),
        Line::from(clean(&v.ticket.0)),
        Line::from(""),
        Line::from(w.text(say!(
            "invite-left",
            minutes = v.seconds_left.div_ceil(60),
            n = u64::from(v.attempts_left)
        ))),
    ];
    if let Some(((wide, high), None)) = drawn {
        let small = say!("invite-too-small", wide = u32::from(wide) + 4, high = u32::from(high) + 6);
        lines.push(Line::styled(w.text(small), theme.muted));
    }
    if let Some(why) = &v.last {
        lines.push(Line::styled(w.text(say!("invite-last", why = w.node(why))), theme.warning));
    }
    words(frame, beside, lines);
}

/// Who is there, and the code that must be on their screen too.
fn compare(p: &InvitePage, j: &Joiner, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let who = match &j.org {
        Some((org, kind)) => {
            say!("invite-org", org = org, kind = Saying::from(org_kind(*kind)), device = &j.device)
        }
        None => say!("invite-terminal", device = &j.device),
    };
    let digits = j.code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let mut lines = vec![
        Line::from(w.text(who)),
        Line::from(w.text(say!("invite-person", name = &j.name, role = Saying::from(role(j.role))))),
        Line::from(""),
        Line::styled(format!("      {digits}"), theme.accent),
        Line::from(""),
    ];
    if p.asks() {
        lines.extend([
            Line::styled(w.text("invite-same"), theme.warning),
            Line::from(w.text("invite-why")),
            Line::from(""),
            Line::styled(format!("y {}     n {}", w.text("invite-yes"), w.text("invite-no")), theme.key),
        ]);
    } else if p.welcoming {
        lines.push(Line::styled(w.text("invite-letting-in"), theme.accent));
    } else {
        lines.push(Line::styled(w.text("invite-other-yes"), theme.accent));
    }
    words(frame, area, lines);
}

fn welcomed<'a>(done: &Welcomed, (org, written): (bool, bool), w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let first = match (done.delivered, org) {
        (false, _) if written => Line::styled(w.text("invite-carried"), theme.good),
        (true, true) => Line::styled(w.text(say!("invite-admitted", name = &done.name)), theme.good),
        (true, false) => Line::styled(w.text(say!("invite-certified", name = &done.name)), theme.good),
        (false, true) => Line::styled(w.text("invite-org-unheard"), theme.warning),
        (false, false) => Line::styled(w.text("invite-undelivered"), theme.warning),
    };
    vec![first, Line::from(""), Line::from(w.text("invite-stay"))]
}
