//! Every screen as a reviewed picture, at 80x24 and at 160x48, in several languages and two themes.

use crossterm::event::KeyCode;
use jiff::tz::TimeZone;
use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::{Buffer, Cell},
    style::{Color, Style},
};

use crate::{
    core::{
        auth::Verdict,
        id::{BlockId, RecordId},
    },
    node::api::{Arrow, CardLook, Code, ConflictRow, ItemRow, LinkedRow, Look, Met, VerifyReport},
};

use super::{
    super::{
        fixtures::{
            ABEBA, Driver, chart, consent, doubtful, emergency, ledger, look, mesh, moving, refused_chart,
            refused_id, reviews, staffed, status,
        },
        keymap::{Binding, Place, TABLE, hints},
        msg::Answer,
        theme::{Depth, Theme},
        update::{
            card_tests::issued,
            sign_in_tests::{enrol_look, on_people},
        },
        widgets::width,
        words::{Language, Words},
    },
    view,
};

pub(super) fn draw(d: &Driver, theme: &str, size: (u16, u16)) -> Buffer {
    draw_in(Language::English, d, theme, size)
}

pub(super) fn draw_in(language: Language, d: &Driver, theme: &str, size: (u16, u16)) -> Buffer {
    let words = Words::new(language, TimeZone::UTC);
    let theme = Theme::choose(Some(theme), false, Depth::Exact).unwrap();
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| drop(view(&d.model, &words, &theme, frame))).unwrap();
    terminal.backend().buffer().clone()
}

pub(super) fn text(buffer: &Buffer) -> String {
    let mut backend = TestBackend::new(buffer.area.width, buffer.area.height);
    let cells = buffer.content.iter().enumerate().map(|(i, c)| {
        let (x, y) = buffer.pos_of(i);
        (x, y, c)
    });
    ratatui::backend::Backend::draw(&mut backend, cells).unwrap();
    let lines = backend.to_string();
    lines.lines().map(|l| l.trim_matches('"').trim_end()).collect::<Vec<_>>().join("\n")
}

/// The letters of the styles, nearest meaning first.
fn roles(t: &Theme) -> [(char, Style); 13] {
    [
        ('.', t.text),
        ('m', t.muted),
        ('a', t.accent),
        ('g', t.good),
        ('w', t.warning),
        ('d', t.danger),
        ('s', t.selection),
        ('b', t.border),
        ('t', t.title),
        ('f', t.field),
        ('c', t.focus),
        ('k', t.key),
        ('D', t.demo),
    ]
}

/// How a picture is styled: for each line its runs, each a letter of a meaning and a length. '?' is a colour of the
/// camera's picture or of a card's code.
fn marks(buffer: &Buffer, theme: &str) -> String {
    let theme = Theme::choose(Some(theme), false, Depth::Exact).unwrap();
    let look = |s: Style| (s.fg.unwrap_or_default(), s.bg.unwrap_or_default(), s.add_modifier);
    let known =
        roles(&theme).map(|(letter, role)| (letter, look(Style::new().patch(theme.text).patch(role))));
    let letter = |c: &Cell| {
        let cell = (c.fg, c.bg, c.modifier);
        known.iter().find(|(_, style)| *style == cell).map_or('?', |(l, _)| *l)
    };
    let mut lines = Vec::new();
    for row in buffer.content.chunks(usize::from(buffer.area.width)) {
        let mut runs: Vec<(char, usize)> = Vec::new();
        for l in row.iter().map(letter) {
            match runs.last_mut() {
                Some((last, n)) if *last == l => *n += 1,
                _ => runs.push((l, 1)),
            }
        }
        lines.push(runs.iter().map(|(l, n)| format!("{l}{n}")).collect::<Vec<_>>().join(" "));
    }
    lines.join("\n")
}

/// Nothing goes down in windows that are too small for it.
pub(super) fn fits_any_window(d: &Driver) {
    for size in [(1, 1), (10, 3), (20, 9), (40, 10), (79, 23), (300, 90)] {
        draw(d, "dark", size);
    }
}

/// Both sizes under one name: the words in two languages, the styles in two themes.
pub(super) fn shot(name: &str, d: &Driver) {
    if let Some(place) = super::places_tests::pictured(name) {
        assert_eq!(Place::of(&d.model), place, "{name} is a picture of that place");
    }
    for size in [(80, 24), (160, 48)] {
        let mut seen = String::new();
        // The narrow ones in all languages: there it shows what has no room.
        let languages = if size.0 == 80 { &Language::ALL[..] } else { &Language::ALL[..2] };
        for language in languages.iter().copied() {
            let picture = text(&draw_in(language, d, "dark", size));
            seen.push_str(&format!("== {} ==\n{picture}\n", language.code()));
        }
        for theme in ["dark", "light"] {
            seen.push_str(&format!("== {theme} ==\n{}\n", marks(&draw(d, theme, size), theme)));
        }
        insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), seen);
    }
}

/// The keys at the bottom as they are shown in 80 columns.
#[test]
fn the_keys_fit_in_every_language() {
    for language in Language::ALL {
        let words = Words::new(language, TimeZone::UTC);
        for b in TABLE {
            let (near, far) = hints(b.place);
            let fit = |all: &[&Binding]| {
                let mut used = 0;
                let fits = |b: &&&Binding| {
                    used += width(&b.key()) + width(&words.text(b.words)) + 3;
                    used <= 80
                };
                all.iter().take_while(fits).count()
            };
            // The list of patients has more to offer than one line holds: the menu has the rest.
            let needed = if b.place == Place::Patients { 4 } else { near.len() };
            assert!(fit(&near) >= needed, "{} {:?}: {}", language.code(), b.place, fit(&near));
            let needed = far.len().min(5);
            assert!(fit(&far) >= needed, "{} {:?}", language.code(), b.place);
        }
    }
}

#[test]
fn the_menu() {
    let mut d = Driver::chart();
    d.press(KeyCode::F(10));
    shot("menu", &d);
    d.keys("zz");
    shot("menu_nothing", &d);
}

#[test]
fn cards() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(8));
    let look = CardLook { preview: crate::tui::fixtures::preview(), code: None };
    d.answer(Answer::LookForCard(Ok(look.clone())));
    shot("card_look", &d);
    d.answer(Answer::LookForCard(Ok(CardLook { code: Some(Code("AIDCARD0".into())), ..look })));
    d.keys("2749");
    shot("card_pin", &d);
    let mut d = Driver::consent();
    d.keys("K274913");
    d.press(KeyCode::Enter);
    d.keys("27");
    shot("card_choose", &d);
    d.answer(Answer::IssueCard(Ok(issued())));
    shot("card_made", &d);
    let small = text(&draw(&d, "dark", (80, 20)));
    assert!(small.contains("Make the window larger"), "{small}");
    assert!(!text(&draw(&d, "mono", (80, 24))).contains("AIDCARD"));
    d.ctrl('q');
    shot("card_leave", &d);
    fits_any_window(&d);
}

#[test]
fn sign_in_by_passphrase() {
    let mut d = Driver::start(status(true, false));
    d.keys("amina");
    d.press(KeyCode::Tab);
    d.keys("not shown");
    shot("sign_in_passphrase", &d);
}

#[test]
fn sign_in_by_face() {
    let mut d = Driver::start(status(false, true));
    d.answer(Answer::Look(Ok(look())));
    shot("sign_in_face", &d);
    let verdict = Some(Verdict::NotRecognised { left: 3 });
    d.answer(Answer::Look(Ok(Look { hint: None, verdict, ..look() })));
    shot("sign_in_face_not_recognised", &d);
}

#[test]
fn sign_in_moving() {
    for (arrow, words) in [
        (Arrow::Left, "turn your head to the left"),
        (Arrow::Up, "raise your chin"),
        (Arrow::Ahead, "look straight into the camera"),
    ] {
        let mut d = Driver::start(staffed(true));
        d.answer(Answer::Look(Ok(moving(arrow, words, 1))));
        shot(&format!("sign_in_moving_{arrow:?}"), &d);
    }
}

#[test]
fn sign_in_by_pin() {
    let mut d = Driver::start(staffed(false));
    shot("sign_in_pin", &d);
    d.keys("be2749");
    shot("sign_in_pin_typed", &d);
    d.keys("zz");
    shot("sign_in_pin_nobody", &d);
}

#[test]
fn people() {
    let mut d = on_people();
    shot("people", &d);
    d.keys("d");
    shot("people_forget", &d);
    d.keys("n");
    d.keys("e");
    let staff = crate::core::id::StaffId([3; 16]);
    d.answer(Answer::Enrol(staff, Ok(enrol_look(Arrow::Right, "turn your head a little to the right", 3))));
    shot("people_enrol", &d);
}

#[test]
fn pins() {
    let mut d = on_people();
    d.keys("p");
    d.keys("274913");
    d.press(KeyCode::Enter);
    d.keys("2749");
    shot("new_pin", &d);
    d.press(KeyCode::Esc);
    d.model.inside().unwrap().proof = None;
    d.keys("p");
    d.keys("2749");
    shot("ask_pin", &d);
    let mut d = Driver::start(staffed(true));
    let verdict = Some(Verdict::Granted(crate::tui::fixtures::who().staff));
    let who = Some(crate::tui::fixtures::who());
    d.answer(Answer::Look(Ok(Look { verdict, who, refresh: true, ..look() })));
    shot("refresh_face", &d);
}

#[test]
fn patients() {
    let mut d = Driver::inside();
    d.press(KeyCode::Down);
    shot("patients", &d);
}

#[test]
fn a_list_that_is_cut_says_so() {
    let mut d = Driver::inside();
    let row = crate::tui::fixtures::patients().remove(0);
    d.keys("a");
    d.answer(Answer::Patients("a".into(), Ok(vec![row; crate::node::api::MOST_ROWS])));
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("The first 200 who fit"), "{shown}");
}

#[test]
fn who_may_be_here_already() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(2));
    d.keys("Abeba Tesfay");
    d.press(KeyCode::Tab);
    d.keys("1991");
    d.wait(500);
    let asked = crate::tui::fixtures::asked(&d);
    d.answer(Answer::Likely(asked, Ok(crate::tui::fixtures::likely())));
    shot("register_likely", &d);
}

#[test]
fn versions_side_by_side() {
    let mut d = crate::tui::fixtures::deciding();
    shot("conflict", &d);
    d.press(KeyCode::Down);
    d.press(KeyCode::Right);
    shot("conflict_taken", &d);
}

#[test]
fn the_archive() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(9));
    d.answer(Answer::Archived(String::new(), Ok(crate::tui::fixtures::patients())));
    shot("archive", &d);
    d.press(KeyCode::Enter);
    let mut away = crate::tui::fixtures::opened();
    away.chart.shelved.since = Some(d.now);
    d.answer(Answer::Chart(ABEBA, Ok(away)));
    shot("archive_chart", &d);
}

#[test]
fn who_is_due() {
    let mut d = Driver::inside();
    d.ctrl('n');
    let mut rows = crate::tui::fixtures::patients();
    rows.retain(|r| r.due.is_some_and(|d| d.state != crate::core::expected::Due::Later));
    d.answer(Answer::Due(String::new(), Ok(rows)));
    shot("due", &d);
}

#[test]
fn register() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(2));
    d.keys("Amara");
    d.press(KeyCode::Tab);
    d.keys("19x7");
    d.ctrl('s');
    shot("register", &d);
}

#[test]
fn chart_open() {
    shot("chart", &Driver::chart());
}

#[test]
fn chart_refused() {
    shot("chart_refused", &refused_chart());
}

#[test]
fn an_emergency() {
    let mut d = refused_chart();
    d.keys("b");
    d.press(KeyCode::Tab);
    d.keys("found at the market");
    shot("emergency_glass", &d);
    d.ctrl('s');
    d.answer(Answer::Emergency(refused_id(), Ok(emergency())));
    shot("emergency", &d);
    let mut d = Driver::inside();
    d.press(KeyCode::F(7));
    d.answer(Answer::Reviews(Ok(reviews())));
    shot("reviews", &d);
    d.keys("u");
    d.keys("patient was awake and asked for nothing");
    shot("review", &d);
}

#[test]
fn a_doubtful_ledger() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(4));
    d.answer(Answer::Ledger(Ok(doubtful())));
    d.press(KeyCode::Down);
    shot("ledger_doubtful", &d);
}

#[test]
fn visit_form() {
    let mut d = Driver::visit();
    d.keys("fever again");
    d.press(KeyCode::Tab);
    d.keys("40.1");
    d.press(KeyCode::Tab);
    d.keys("1100");
    d.press(KeyCode::BackTab);
    d.press(KeyCode::BackTab);
    shot("visit_impossible", &d);
    d.press(KeyCode::Tab);
    d.press(KeyCode::Tab);
    d.press(KeyCode::Backspace);
    for _ in 0..7 {
        d.press(KeyCode::Tab);
    }
    d.keys("b54");
    d.press(KeyCode::Enter);
    d.press(KeyCode::Tab);
    d.keys("3d");
    d.press(KeyCode::Tab);
    d.keys("Fever came back after the third day. Second rapid test positive. Referred to Lake Hospital.");
    d.ctrl('s');
    shot("visit_asks", &d);
}

#[test]
fn codes_of_a_visit() {
    let mut d = Driver::visit();
    d.keys("fever again");
    for _ in 0..9 {
        d.press(KeyCode::Tab);
    }
    d.keys("allerg pen");
    shot("visit_find", &d);
    d.press(KeyCode::Enter);
    d.keys("malar");
    d.press(KeyCode::Enter);
    d.press(KeyCode::Tab);
    d.keys("soon");
    d.press(KeyCode::Tab);
    shot("visit_found", &d);
    d.press(KeyCode::BackTab);
    d.press(KeyCode::BackTab);
    for what in ["cough", "bcg", "artem lum"] {
        d.keys(what);
        d.press(KeyCode::Enter);
    }
    let small = text(&draw(&d, "dark", (80, 24)));
    assert!(small.contains("… 3 more") && small.contains("Medicine: "), "{small}");
    assert!(!text(&draw(&d, "dark", (160, 48))).contains("more"), "there is room for all");
}

#[test]
fn consent_screen() {
    let mut d = Driver::consent();
    shot("consent", &d);
    d.keys("s");
    shot("consent_stop", &d);
    d.keys("n");
    d.keys("g");
    d.press(KeyCode::Tab);
    shot("consent_grant", &d);
}

#[test]
fn what_the_patient_must_be_told_stands_over_who_read() {
    let mut d = Driver::consent();
    let mut view = consent();
    view.emergency = crate::core::consent::EmergencySummary::OptedOut;
    view.emergencies = reviews();
    d.answer(Answer::Consent(ABEBA, Ok(view)));
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("No emergency summary for other organisations."), "{shown}");
    assert_eq!(shown.matches("TELL THE PATIENT").count(), 2, "{shown}");
    assert!(shown.contains("Dr. Okello"), "{shown}");
}

#[test]
fn ledger_screen() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(4));
    d.answer(Answer::Ledger(Ok(ledger())));
    d.press(KeyCode::Down);
    shot("ledger", &d);
    d.keys("p");
    shot("ledger_prove", &d);
    d.press(KeyCode::Esc);
    d.keys("v");
    let report = VerifyReport {
        pages: 412,
        blocks: 58,
        damage: vec!["page 17 of the store: the seal is broken".into()],
    };
    d.answer(Answer::Verify(Ok(report)));
    shot("ledger_damaged", &d);
}

#[test]
fn mesh_screen() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(5));
    d.answer(Answer::Mesh(Ok(mesh())));
    d.keys("s");
    let met =
        Met { peer: "hospital-ward".into(), sent: 3, received: 5, millis: 84, bytes: 9_120, problem: None };
    d.answer(Answer::Sync(Ok(vec![met])));
    shot("mesh", &d);
    d.keys("t");
    shot("mesh_ticket", &d);
    d.press(KeyCode::Esc);
    d.keys("k");
    shot("mesh_reach", &d);
    d.press(KeyCode::Esc);
    d.keys("o");
    d.keys("/media/stick");
    shot("mesh_courier", &d);
}

#[test]
fn help() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(1));
    shot("help", &d);
}

#[test]
fn themes_differ_in_colour_only_and_mono_has_none() {
    let mut d = Driver::start(status(false, true));
    d.answer(Answer::Look(Ok(look())));
    let chart = Driver::chart();
    let (dark, light) = (draw(&chart, "dark", (80, 24)), draw(&chart, "light", (80, 24)));
    assert_eq!(text(&dark), text(&light));
    assert_ne!(dark, light);
    for d in [&d, &chart, &Driver::consent(), &Driver::visit()] {
        let mono = draw(d, "mono", (80, 24));
        assert!(mono.content.iter().all(|c| (c.fg, c.bg) == (Color::Reset, Color::Reset)));
        assert!(!text(&mono).contains('▀'));
    }
}

#[test]
fn a_preview_is_drawn_in_half_blocks_with_a_frame_round_the_face() {
    let mut d = Driver::start(status(false, true));
    d.answer(Answer::Look(Ok(look())));
    let b = draw(&d, "dark", (80, 24));
    let halves: Vec<_> = b.content.iter().filter(|c| c.symbol() == "▀").collect();
    assert!(halves.len() > 400, "{}", halves.len());
    assert!(halves.iter().any(|c| c.fg == Color::Rgb(205, 160, 130)));
    let accent = Theme::choose(Some("dark"), false, Depth::Exact).unwrap().accent.fg;
    assert!(halves.iter().any(|c| Some(c.fg) == accent));
}

#[test]
fn a_passphrase_is_never_on_the_screen() {
    let mut d = Driver::start(status(true, false));
    d.keys("amina");
    d.press(KeyCode::Tab);
    d.keys("xyzzy");
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("amina") && shown.contains("•••••") && !shown.contains("xyzzy"));
}

#[test]
fn what_came_from_elsewhere_is_seen_before_anything_is_given() {
    let mut c = chart();
    let item = |kind: &str, text: &str, status: &str| ItemRow {
        kind: kind.into(),
        text: text.into(),
        at: None,
        status: status.into(),
        record: RecordId([1; 16]),
        patient: ABEBA,
        apart: false,
        observations: Vec::new(),
    };
    c.items = vec![
        item("Condition", "Hypertension", "active"),
        item("Condition", "Sprain of ankle", "resolved"),
        item("AllergyIntolerance", "Allergy to penicillin", "active"),
        item("MedicationRequest", "Amlodipine 5 MG Oral Tablet", "active"),
        item("MedicationRequest", "Ibuprofen 200 MG Oral Tablet", "stopped"),
    ];
    c.linked = vec![LinkedRow { id: ABEBA, name: "Abeba T.".into() }];
    c.conflicts = vec![ConflictRow {
        patient: ABEBA,
        record: RecordId([2; 16]),
        kind: "Encounter".into(),
        by_field: true,
        versions: Vec::new(),
    }];
    let mut d = Driver::chart();
    let opened = super::super::msg::Opened { chart: c, draft: None, known: Vec::new() };
    d.answer(Answer::Chart(ABEBA, Ok(opened)));
    for size in [(80, 24), (160, 48)] {
        let shown = text(&draw(&d, "dark", size));
        assert!(
            shown.contains("Allergies: Allergy to penicillin") && !shown.contains("Ibuprofen"),
            "{shown}"
        );
    }
    shot("chart_from_elsewhere", &d);
}

#[test]
fn what_is_strange_fits_any_window() {
    let mut evil = chart();
    evil.patient.name = "Eve\u{1b}[2J\u{202e}\n".repeat(40);
    evil.visits[0].note = "咳嗽 ".repeat(900);
    evil.unreadable = vec!["damaged".into()];
    evil.visits[0].block = BlockId([0; 32]);
    let mut d = Driver::chart();
    let opened = super::super::msg::Opened { chart: evil, draft: None, known: Vec::new() };
    d.answer(Answer::Chart(ABEBA, Ok(opened)));
    for size in [(1, 1), (10, 3), (40, 10), (79, 23), (300, 90)] {
        let shown = text(&draw(&d, "dark", size));
        assert!(!shown.contains('\u{1b}'));
    }
    let mut d = Driver::consent();
    d.answer(Answer::Consent(ABEBA, Ok(consent())));
    d.keys("g");
    for size in [(1, 1), (10, 3), (40, 10)] {
        draw(&d, "dark", size);
    }
    let mut d = Driver::visit();
    d.keys(&"long ".repeat(30));
    for size in [(1, 1), (10, 3), (20, 9), (40, 10)] {
        draw(&d, "dark", size);
    }
}
