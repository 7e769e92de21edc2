//! Names in any script: no screen splits a character, draws half of a wide one, or writes over its frame.

use crossterm::event::KeyCode;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::{
    core::governance::Role,
    node::api::{AuditReader, InvitationStage},
};

use super::{
    super::{
        admin_calls::AdminAnswer,
        desk_calls::DeskAnswer,
        fixtures::{self, ABEBA, Driver},
        keymap::Place,
        model::Room,
        msg::{Answer, Opened},
        record_calls::RecordAnswer,
        rights_calls::RightsAnswer,
        update::sign_in_tests::on_people,
        words::Language,
    },
    tests::draw_in,
};

/// Devanagari with conjuncts, Chinese, Arabic with its ligature and marks, Thai, Tamil, Hangul by letters, accents that
/// combine (several on one letter), emoji of several signs, flags, and joiners that stand alone.
const PIECES: [&str; 20] = [
    "नमस्ते",
    "क्षत्रिय",
    "阿里巴巴",
    "咳",
    "محمد",
    "لا إِلَٰه",
    "ภูมิใจ",
    "நித்யா",
    "\u{1112}\u{1161}\u{11ab}",
    "e\u{301}",
    "o\u{302}\u{323}",
    "Ngo\u{302} Thi\u{323}",
    "👩‍⚕️",
    "👨‍👩‍👧‍👦",
    "🇷🇼",
    "❤️",
    "\u{200d}",
    "\u{301}",
    " ",
    "Amina",
];

fn name() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..14)
        .prop_map(|p| format!("A{}", p.concat()))
}

/// Each cell holds a whole character that has room, and the frame at the right edge stands, where there is one.
fn sound(buffer: &Buffer, framed: bool, name: &str) {
    let area = buffer.area;
    for y in 0..area.height {
        let mut skip = 0;
        for x in 0..area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip > 0 {
                skip -= 1;
                assert!(symbol.trim().is_empty(), "{name:?} at {x},{y}: {symbol:?} over half of a character");
                continue;
            }
            assert!(symbol.graphemes(true).count() <= 1, "{name:?} at {x},{y}: {symbol:?}");
            // A mark that would hang on whatever stands to the left of it was split off its letter.
            let alone = format!("a{symbol}").graphemes(true).count() == 2;
            assert!(symbol.is_empty() || alone, "{name:?} at {x},{y}: {symbol:?} is half a character");
            skip = u16::try_from(symbol.width()).unwrap().saturating_sub(1);
            assert!(x + skip < area.width, "{name:?} at {x},{y}: {symbol:?} does not fit");
        }
        // Title, message and keys have no frame.
        if framed && (1..area.height.saturating_sub(5)).contains(&y) {
            let edge = buffer[(area.width - 1, y)].symbol();
            assert!("│┐┘ ".contains(edge), "{name:?} in line {y}: {edge:?} on the frame");
        }
    }
}

/// Every screen on which a name, a place or a text of people stands.
fn screens(name: &str) -> Vec<Driver> {
    let mut all = Vec::new();
    let mut status = fixtures::staffed(false);
    status.people[0].name = name.into();
    if let Some(open) = &mut status.open {
        (open.consortium, open.org, open.device) = (name.into(), name.into(), name.into());
    }
    let mut d = Driver::start(status);
    d.keys(name);
    all.push(d);
    let mut d = Driver::inside();
    let mut rows = fixtures::patients();
    for r in &mut rows {
        (r.name, r.village, r.custodian, r.own) = (name.into(), name.into(), name.into(), false);
        r.shared_with = vec![name.into()];
    }
    d.model.inside().unwrap().who.name = name.into();
    d.answer(Answer::Patients(String::new(), Ok(rows)));
    all.push(d);
    let mut d = Driver::inside();
    d.press(KeyCode::F(2));
    d.keys("Abeba ");
    d.keys(name);
    d.wait(500);
    let asked = fixtures::asked(&d);
    let mut likely = fixtures::likely();
    likely[0].name = name.into();
    likely[1].village = name.into();
    d.answer(Answer::Likely(asked, Ok(likely)));
    all.push(d);
    let mut chart = fixtures::chart();
    chart.patient.name = name.into();
    chart.patient.village = name.into();
    chart.custodian = name.into();
    for v in &mut chart.visits {
        (v.reason, v.note, v.author, v.org) = (name.into(), name.repeat(9), name.into(), name.into());
    }
    let mut d = Driver::chart();
    d.answer(Answer::Chart(ABEBA, Ok(Opened { chart, draft: None, known: Vec::new() })));
    all.push(d);
    let mut d = Driver::visit();
    d.keys(name);
    d.press(KeyCode::Left);
    d.press(KeyCode::BackTab);
    d.keys(&name.repeat(6));
    all.push(d);
    let mut view = fixtures::consent();
    view.grants[0].org = name.into();
    view.accesses[0].staff = name.into();
    view.others[0].1 = name.into();
    let mut d = Driver::consent();
    d.answer(Answer::Consent(ABEBA, Ok(view.clone())));
    d.keys("s");
    all.push(d);
    let mut d = Driver::consent();
    d.answer(Answer::Consent(ABEBA, Ok(view)));
    d.keys("g");
    all.push(d);
    let mut d = Driver::inside();
    d.press(KeyCode::F(7));
    let mut rows = fixtures::reviews();
    for r in &mut rows {
        (r.name, r.staff, r.note) = (Some(name.into()), name.into(), Some(name.into()));
    }
    d.answer(Answer::Reviews(Ok(rows)));
    all.push(d);
    let mut d = Driver::inside();
    d.press(KeyCode::F(4));
    let mut ledger = fixtures::doubtful();
    ledger.blocks[0].device = name.into();
    (ledger.logs[0].device, ledger.logs[0].org) = (name.into(), name.into());
    (ledger.forks[0], ledger.trust) = (name.into(), name.into());
    d.answer(Answer::Ledger(Ok(ledger)));
    all.push(d);
    let mut d = Driver::inside();
    d.press(KeyCode::F(5));
    let mut mesh = fixtures::mesh();
    (mesh.peers[0].name, mesh.peers[0].org) = (name.into(), name.into());
    d.answer(Answer::Mesh(Ok(mesh)));
    d.keys("o");
    d.keys(name);
    all.push(d);
    let mut d = on_people();
    if let Some(people) = d.model.people()
        && let crate::tui::model::Load::Ready(rows) = &mut people.rows
    {
        rows[0].name = name.into();
    }
    all.push(d);
    let mut d = fixtures::requests();
    let mut asked = fixtures::asked_rows();
    for row in &mut asked.rows {
        (row.staff, row.org) = (name.into(), name.into());
    }
    asked.rows[0].answers = vec![crate::node::api::AnswerRow {
        org: name.into(),
        allow: true,
        because: name.into(),
        at: fixtures::NOW,
    }];
    asked.names.values_mut().for_each(|n| *n = name.into());
    d.answer(Answer::Rights(RightsAnswer::Requests(Ok(asked))));
    all.push(d);
    let mut d = fixtures::requests();
    if let Some(s) = d.model.page().and_then(crate::tui::model::Page::subject).and_then(Option::as_mut) {
        s.name = name.into();
    }
    d.keys("n");
    all.push(d);
    let mut claim = fixtures::claim();
    claim.name = name.into();
    claim.visits[0].reason = name.into();
    let mut d = fixtures::sharing(Role::Insurer, 2);
    d.answer(Answer::Rights(RightsAnswer::Claim(Ok(claim))));
    all.push(d);
    let mut d = fixtures::erasing();
    let mut erasures = fixtures::erasures();
    (erasures[0].org, erasures[0].waiting) = (name.into(), vec![name.into()]);
    d.answer(Answer::Rights(RightsAnswer::Erasures(Ok(erasures))));
    d.keys("o");
    d.press(KeyCode::Tab);
    d.keys(name);
    all.push(d);
    let mut d = fixtures::governing(Role::Admin);
    let mut overview = fixtures::overview();
    (overview.terminals[2].name, overview.proposals[0].words) = (name.into(), name.into());
    overview.proposals[0].approved = vec![name.into(), name.into()];
    d.answer(Answer::Admin(AdminAnswer::Overview(Ok(overview))));
    d.keys("a");
    all.push(d);
    let mut d = fixtures::deciding();
    d.model.chart().unwrap().name = name.into();
    all.push(d);
    let mut d = fixtures::refused_chart();
    d.answer(Answer::Emergency(fixtures::refused_id(), Ok(fixtures::emergency())));
    if let Some(crate::tui::model::Page::Emergency(e)) = d.model.page() {
        e.name = name.into();
        e.chart.summaries[0].summary.allergies = vec![name.into()];
    }
    all.push(d);
    all
}

/// The screens about one patient's record that are not in [`screens`].
fn of_a_record(name: &str) -> Vec<Driver> {
    let mut all = Vec::new();
    let mut chart = fixtures::coded();
    (chart.patient.name, chart.patient.village, chart.custodian) = (name.into(), name.into(), name.into());
    chart.visits.iter_mut().flat_map(|v| &mut v.done).for_each(|i| i.text = name.into());
    chart.items.iter_mut().for_each(|i| i.text = name.into());
    chart.attachments = fixtures::attached();
    chart.attachments.iter_mut().for_each(|a| a.name = name.into());
    let on = |keys: &str| {
        let mut d = Driver::chart();
        let opened = Opened { chart: chart.clone(), draft: None, known: Vec::new() };
        d.answer(Answer::Chart(ABEBA, Ok(opened)));
        d.model.chart().unwrap().name = name.into();
        d.keys(keys);
        d
    };
    // Files, curves, what stands and its end, papers, a correction, a reason.
    for keys in ["f", "v", "o", "p", "i", "e", "x"] {
        all.push(on(keys));
    }
    let mut d = on("o");
    d.press(KeyCode::Enter);
    d.press(KeyCode::Enter);
    all.push(d);
    let mut d = on("x");
    d.keys(name);
    all.push(d);
    let mut d = on("i");
    d.keys(name);
    d.press(KeyCode::Esc);
    all.push(d);
    let mut d = fixtures::on_growth();
    d.model.chart().unwrap().name = name.into();
    all.push(d);
    let mut versions = fixtures::history();
    for v in &mut versions.versions {
        (v.author, v.org) = (name.into(), name.into());
        for d in &mut v.differences {
            (d.first, d.second) = (name.into(), name.into());
        }
    }
    let mut d = on("h");
    let of = Some(crate::core::id::RecordId([0x41; 16]));
    d.answer(Answer::Record(RecordAnswer::History(ABEBA, of, Ok(versions))));
    all.push(d);
    let mut pairs = fixtures::pairs();
    for p in &mut pairs {
        (p.first.name, p.second.name) = (name.into(), name.into());
    }
    let mut d = on("s");
    d.answer(Answer::Record(RecordAnswer::Alike(vec![ABEBA], Ok(pairs.split_off(1)))));
    all.push(d);
    let mut d = Driver::consent();
    d.model.chart().unwrap().name = name.into();
    d.keys("K");
    all.push(d);
    let mut record = fixtures::own_record();
    (record.chart.patient.name, record.chart.custodian) = (name.into(), name.into());
    for v in &mut record.chart.visits {
        (v.reason, v.note, v.org) = (name.into(), name.repeat(4), name.into());
    }
    record.consent.grants.iter_mut().for_each(|g| g.org = name.into());
    for a in &mut record.consent.accesses {
        (a.staff, a.org) = (name.into(), name.into());
    }
    for page in 0..3 {
        let mut d = fixtures::handed_over();
        let code = Some(crate::node::api::Code("AIDCARD0".into()));
        let look = crate::node::api::CardLook { preview: fixtures::preview(), code };
        d.answer(Answer::LookForCard(Ok(look)));
        d.keys("274913");
        d.press(KeyCode::Enter);
        d.answer(Answer::OwnRecord(Ok(Box::new(record.clone()))));
        (0..page).for_each(|_| drop(d.press(KeyCode::Right)));
        all.push(d);
    }
    all
}

/// The screens about this terminal and its organisation that are not in [`screens`].
fn of_the_terminal(name: &str) -> Vec<Driver> {
    let mut all = Vec::new();
    let mut work = fixtures::work();
    work.drafts.iter_mut().for_each(|r| (r.name, r.village) = (name.into(), name.into()));
    for e in &mut work.emergencies {
        (e.name, e.staff, e.org) = (Some(name.into()), name.into(), name.into());
    }
    work.requests.iter_mut().for_each(|r| r.org = name.into());
    let mut d = Driver::inside();
    d.model.inside().unwrap().who.role = Role::Clinician;
    d.ctrl('w');
    d.answer(Answer::Work(Ok(Box::new(work))));
    all.push(d);
    for whole in [false, true] {
        let mut part = fixtures::audit();
        for r in &mut part.rows {
            r.reader = AuditReader::Staff { name: name.into(), org: name.into() };
            (r.name, r.custodians) = (Some(name.into()), vec![name.into()]);
        }
        let mut d = Driver::inside();
        d.ctrl('y');
        d.answer(Answer::Audit(Default::default(), Ok(part)));
        if whole {
            d.press(KeyCode::Enter);
        } else {
            d.keys(name);
        }
        all.push(d);
    }
    let mut view = fixtures::retention();
    view.schedules[0].by = name.into();
    view.holds.iter_mut().for_each(|h| (h.by, h.reason) = (name.into(), Some(name.into())));
    let mut d = fixtures::on_retention();
    d.answer(Answer::Desk(DeskAnswer::Retention(Ok(view))));
    d.keys("h");
    d.press(KeyCode::Tab);
    d.keys(name);
    all.push(d);
    let mut slots = fixtures::slots();
    slots[0].name = Some(name.into());
    slots[2].login = Some(name.into());
    let mut d = fixtures::on_slots();
    d.answer(Answer::Desk(DeskAnswer::Slots(Ok(slots))));
    all.push(d);
    let mut checks = fixtures::checks();
    checks.iter_mut().for_each(|c| c.found = name.into());
    let mut d = fixtures::on_health();
    d.answer(Answer::Desk(DeskAnswer::Health(Ok(checks))));
    all.push(d);
    let mut joiner = fixtures::joiner(false);
    (joiner.device, joiner.name) = (name.into(), name.into());
    joiner.org = Some((name.into(), crate::core::governance::OrgKind::Clinic));
    let mut d = fixtures::governing(Role::Admin);
    d.keys("o");
    let there = fixtures::invitation(InvitationStage::Comparing(joiner));
    d.answer(Answer::Desk(DeskAnswer::Invitation(Ok(Some(there)))));
    all.push(d);
    let mut extracted = fixtures::extracted();
    (extracted.path, extracted.because) = (name.into(), vec![name.into()]);
    let mut d = fixtures::sharing(Role::Researcher, 0);
    d.press(KeyCode::Enter);
    d.answer(Answer::Rights(RightsAnswer::Extract(Ok(extracted))));
    all.push(d);
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn names_in_any_script_stay_whole_and_in_their_frame(name in name(), width in 44u16..100, height in 20u16..34) {
        let all = screens(&name).into_iter().chain(of_a_record(&name)).chain(of_the_terminal(&name));
        for d in all {
            // A patient's own screen has large words and no frame.
            let framed = !matches!(d.model.room, Room::Turn(_));
            for size in [(80, 24), (160, 48), (width, height)] {
                let at = format!("{name} on {:?}, {size:?}", Place::of(&d.model));
                sound(&draw_in(Language::English, &d, "mono", size), framed, &at);
            }
        }
    }
}
