//! An invented clinic for the tests of update and view.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::TimeZone;

use crate::{
    core::{
        block::Kind,
        consent::{Ended, Grant, Grantee, Standing},
        expected::Due,
        governance::Role,
        id::{BlockId, ConsortiumId, DeviceId, GrantId, OrgId, PatientId, RecordId, StaffId},
        policy::Purpose,
        record::{Compartment, Gender, Observation, Patient, Vital},
        rights::{Reason, Verdict},
        summary::BloodGroup,
        time::{DAY, Hlc, Millis},
        trust::{Bracket, Doubt},
    },
    node::api::{
        AccessRow, Arrow, BlockRow, Chart, ClockRow, ConsentView, DoubtRow, DueRow, EmergencyChart,
        EmergencyRow, FaceStatus, Fault, FaultKind, GapRow, GrantRow, LedgerView, LinkPolicy, LogRow, Look,
        MeshView, OpenStatus, PatientRow, PeerRow, PersonHere, Preview, Prompt, ReviewRow, Saved, Status,
        SummaryDraft, SummaryRow, TrustView, VisitRow, Who,
    },
};

use super::{
    model::Model,
    msg::{Answer, Call, Effect, Msg, Opened},
    update::update,
    words::{Language, Words},
};

mod attaching;
mod auditing;
mod children;
mod courses;
mod deciding;
mod desk;
mod editing;
mod elsewhere;
mod governing;
mod inviting;
mod rights;
mod tasks;
mod turns;

pub(crate) use attaching::{attached, on_attachments, paper_look};
pub(crate) use auditing::{audit, log, on_audit};
pub(crate) use children::{child, on_growth};
pub(crate) use courses::{long_course, on_vitals};
pub(crate) use deciding::{asked, deciding, likely};
pub(crate) use desk::{checks, kit, on_health, on_retention, on_slots, plan, retention, slots};
pub(crate) use editing::{coded, history, pairs, struck};
pub(crate) use elsewhere::elsewhere;
pub(crate) use governing::{governing, joining, lost, overview};
pub(crate) use inviting::{invitation, joiner};
pub(crate) use rights::{asked_rows, claim, counts, erasing, erasures, extracted, no, requests, sharing};
pub(crate) use tasks::work;
pub(crate) use turns::{handed_over, own_record, reading};

/// 2026-03-02 08:30 UTC.
pub(crate) const NOW: Millis = 1_772_440_200_000;
pub(crate) const ABEBA: PatientId = PatientId([0xab; 16]);
pub(crate) const HOSPITAL: OrgId = OrgId([2; 16]);

pub(crate) fn who() -> Who {
    Who { staff: StaffId([3; 16]), name: "Amina Diallo".into(), role: Role::Nurse }
}

pub(crate) fn status(sealed: bool, face_possible: bool) -> Status {
    let open = OpenStatus {
        consortium: "Lake Valley Health".into(),
        fingerprint: ConsortiumId([9; 32]),
        demo: true,
        org: "Kibuye Health Post".into(),
        org_id: OrgId([1; 16]),
        device: "kibuye-1".into(),
        device_id: DeviceId([5; 16]),
        blocks: 58,
        forks: 0,
        equivocations: 0,
        quarantined: 0,
        gaps: 0,
        clocks_wrong: 0,
        withheld: 0,
        waiting: 0,
        reviews_due: 0,
        only_here: 3,
        enrolled: 4,
        peers: 2,
        refused: Vec::new(),
        last_met: None,
        last_backup: None,
        kit_printed: false,
        written: 0,
        others_wrote: 0,
        ticket: None,
        others: mesh().peers,
        links: LinkPolicy::default(),
        next_round: None,
    };
    Status {
        version: "0.1.0".into(),
        sealed,
        open: (!sealed).then_some(open),
        signed_in: None,
        camera: Some("demo frames".into()),
        face_possible,
        people: Vec::new(),
        faces: (!sealed).then(faces),
    }
}

/// Four people enrolled.
pub(crate) fn faces() -> FaceStatus {
    FaceStatus {
        enrolled: 4,
        threshold: crate::core::auth::FACE_THRESHOLD,
        fmr: 1e-5,
        fmr_attempt: 4e-5,
        raised: false,
        infrared: false,
        bound: None,
        problem: None,
    }
}

/// The node open, and these people have given their passphrase since the start.
pub(crate) fn staffed(face_possible: bool) -> Status {
    let person = |n: u8, name: &str, on_shift| PersonHere {
        staff: StaffId([n; 16]),
        name: name.into(),
        pin: true,
        on_shift,
    };
    let people = vec![
        person(3, "Amina Diallo", true),
        person(4, "Bela Mwangi", true),
        person(5, "Dr David Okoye", false),
    ];
    Status { people, ..status(false, face_possible) }
}

/// A face before a wall, in 64×48 pixels.
pub(crate) fn preview() -> Preview {
    let mut rgb = Vec::new();
    for y in 0..48i32 {
        for x in 0..64i32 {
            let face = (x - 32).pow(2) * 2 + (y - 24).pow(2) < 260;
            rgb.extend(if face { [205, 160, 130] } else { [40, (60 + y) as u8, 90] });
        }
    }
    Preview { width: 64, height: 48, rgb, face: Some([19, 7, 26, 34]) }
}

pub(crate) fn look() -> Look {
    Look {
        preview: preview(),
        prompt: None,
        hint: Some("come closer".into()),
        verdict: None,
        because: None,
        who: None,
        took: None,
        refresh: false,
    }
}

/// Recognised, and asked to turn.
pub(crate) fn moving(arrow: Arrow, words: &str, done: u8) -> Look {
    let prompt = Some(Prompt { words: words.into(), arrow, done, of: 4 });
    Look { prompt, hint: None, ..look() }
}

fn row(n: u8, name: &str, born: Option<u16>, village: &str, own: bool, days: Option<u64>) -> PatientRow {
    PatientRow {
        id: PatientId([n; 16]),
        name: name.into(),
        birth_year: born,
        village: village.into(),
        custodian: if own { "Kibuye Health Post" } else { "Lake Hospital" }.into(),
        own,
        last_visit: days.map(|d| NOW - d * DAY),
        shared_with: if n == 0xab { vec!["Lake Hospital".into()] } else { Vec::new() },
        due: match n {
            2 => Some(DueRow { day: NOW + 9 * DAY, state: Due::Later }),
            3 => Some(DueRow { day: NOW, state: Due::Today }),
            5 => Some(DueRow { day: NOW - 6 * DAY, state: Due::Overdue }),
            _ => None,
        },
    }
}

pub(crate) fn patients() -> Vec<PatientRow> {
    vec![
        row(0xab, "Abeba Tesfaye", Some(1991), "Upper Kibuye", true, Some(3)),
        row(2, "Jean-Baptiste Nkurunziza", Some(1958), "Rusenge", true, Some(12)),
        row(3, "Nyota", None, "Fishermen's quarter", true, None),
        row(4, "Trần Thị Hồng", Some(2019), "Upper Kibuye", false, Some(40)),
        row(5, "Mohamed Salah Ould Abdallah", Some(1979), "Market", true, Some(97)),
    ]
}

fn visit(n: u8, days: u64, reason: &str, note: &str, vitals: &[(Vital, i64)]) -> VisitRow {
    VisitRow {
        at: (NOW - days * DAY) as i64,
        reason: reason.into(),
        note: note.into(),
        observations: vitals
            .iter()
            .map(|(vital, milli)| Observation { vital: *vital, milli: *milli })
            .collect(),
        author: "Amina Diallo".into(),
        org: "Kibuye Health Post".into(),
        block: BlockId([n; 32]),
        only_here: n == 0x41,
        held_by: if n == 0x41 { Vec::new() } else { vec!["hospital-ward".into()] },
        patient: ABEBA,
        record: RecordId([n; 16]),
        versions: Vec::new(),
        edited: false,
        done: Vec::new(),
        written: true,
    }
}

pub(crate) fn chart() -> Chart {
    use Vital::{Diastolic, HeartRate, OxygenSaturation, Systolic, Temperature, Weight};
    let long = "Fever for two days, no cough. Rapid test for malaria positive. Artemether-lumefantrine for three \
                days, to come back if not better.";
    Chart {
        id: ABEBA,
        patient: Patient {
            name: "Abeba Tesfaye".into(),
            birth_year: Some(1991),
            birth_estimated: true,
            gender: Gender::Female,
            village: "Upper Kibuye".into(),
            phone: "+250 788 000 111".into(),
        },
        custodian: "Kibuye Health Post".into(),
        own: true,
        versions: Vec::new(),
        edited: false,
        items: Vec::new(),
        attachments: Vec::new(),
        conflicts: Vec::new(),
        linked: Vec::new(),
        struck: Vec::new(),
        visits: vec![
            visit(
                0x41,
                3,
                "fever",
                long,
                &[(Temperature, 39_400), (HeartRate, 104_000), (Systolic, 118_000), (Diastolic, 76_000)],
            ),
            visit(
                0x30,
                60,
                "pregnancy check",
                "26 weeks, all well.",
                &[
                    (Temperature, 36_800),
                    (HeartRate, 82_000),
                    (Systolic, 122_000),
                    (Diastolic, 80_000),
                    (Weight, 61_500),
                ],
            ),
            visit(
                0x21,
                120,
                "pregnancy check",
                "18 weeks.",
                &[(Temperature, 36_600), (HeartRate, 78_000), (OxygenSaturation, 98_000), (Weight, 58_200)],
            ),
        ],
        because: vec!["staff who give care read what their own organisation wrote".into()],
        recorded: BlockId([0x50; 32]),
        unreadable: Vec::new(),
        shelved: Default::default(),
        born_on: None,
        guardian: None,
    }
}

pub(crate) fn opened() -> Opened {
    Opened { chart: chart(), draft: None, known: vec![BlockId([0x41; 32])] }
}

fn grant(n: u8, org: &str, to: Grantee, until: Option<Millis>, ended: Option<Ended>) -> GrantRow {
    let grant = Grant {
        id: GrantId([n; 16]),
        to,
        purpose: Purpose::Treatment,
        compartments: vec![Compartment::General],
        from: NOW - 9 * DAY,
        until,
        delegable: false,
        parent: None,
    };
    let recorded = Hlc { millis: NOW - 9 * DAY, count: 0 };
    GrantRow {
        standing: Standing {
            grant,
            custodians: vec![OrgId([1; 16])],
            by_card: false,
            recorder: OrgId([1; 16]),
            by: crate::core::consent::By::Patient,
            recorded,
            ended,
        },
        org: org.into(),
    }
}

pub(crate) fn consent() -> ConsentView {
    let access = |days: u64, staff: &str, org: &str, allowed| AccessRow {
        at: NOW - days * DAY,
        staff: staff.into(),
        org: org.into(),
        purpose: Purpose::Treatment,
        allowed,
        grants: Vec::new(),
        compartments: vec![Compartment::General],
        exported: false,
    };
    ConsentView {
        patient: ABEBA,
        grants: vec![
            grant(1, "Lake Hospital", Grantee::Org(HOSPITAL), Some(NOW + 21 * DAY), None),
            grant(
                2,
                "Insurer Union",
                Grantee::Role(OrgId([4; 16]), Role::Clinician),
                None,
                Some(Ended::Revoked),
            ),
        ],
        accesses: vec![
            access(0, "Amina Diallo", "Kibuye Health Post", true),
            access(2, "Dr. Okello", "Lake Hospital", true),
            access(5, "Clerk Mbeki", "Insurer Union", false),
        ],
        others: vec![(HOSPITAL, "Lake Hospital".into()), (OrgId([4; 16]), "Insurer Union".into())],
        changes: 3,
        emergency: crate::core::consent::EmergencySummary::Shared,
        emergencies: Vec::new(),
        own_readings: vec![NOW - 4 * DAY],
    }
}

fn block(n: u8, kind: Kind, seq: u64) -> BlockRow {
    BlockRow {
        id: BlockId([n; 32]),
        device: if n % 2 == 1 { "kibuye-1" } else { "hospital-ward" }.into(),
        org: if n % 2 == 1 { "Kibuye Health Post" } else { "Lake Hospital" }.into(),
        seq,
        kind,
        at: NOW - u64::from(0x60 - n) * 3_600_000,
        bytes: 300 + u32::from(n) * 7,
        only_here: n > 0x4e,
        held_by: if n > 0x4e { Vec::new() } else { vec!["hospital-ward".into(), "union-desk".into()] },
    }
}

pub(crate) fn ledger() -> LedgerView {
    let log = |device: &str, org: &str, blocks| LogRow {
        device: device.into(),
        org: org.into(),
        blocks,
        last: NOW - blocks * 60_000,
    };
    LedgerView {
        blocks: vec![
            block(0x51, Kind::Audit, 31),
            block(0x50, Kind::Audit, 19),
            block(0x41, Kind::Records, 30),
            block(0x40, Kind::Consent, 18),
            block(0x31, Kind::Keys, 29),
            block(0x30, Kind::Records, 17),
            block(0x21, Kind::Governance, 28),
        ],
        total: 58,
        logs: vec![
            log("kibuye-1", "Kibuye Health Post", 32),
            log("hospital-ward", "Lake Hospital", 20),
            log("union-desk", "Insurer Union", 6),
        ],
        forks: Vec::new(),
        trust: "3 organisations: under four, no dishonest one is tolerated.".into(),
        doubts: Default::default(),
    }
}

/// The same with something of everything that can be doubtful.
pub(crate) fn doubtful() -> LedgerView {
    let time = Bracket { after: Some(NOW - 2 * DAY), said: NOW + 300 * DAY, before: Some(NOW) };
    let mut v = ledger();
    let doubted = |b: &BlockRow, ours| DoubtRow {
        id: b.id,
        device: b.device.clone(),
        org: b.org.clone(),
        seq: b.seq,
        kind: b.kind,
        doubt: Doubt::Cutoff,
        time: Bracket { after: Some(NOW - 2 * DAY), said: b.at, before: None },
        ours,
    };
    v.forks = vec!["union-desk (Insurer Union) wrote two different blocks with number 4".into()];
    v.doubts = TrustView {
        equivocations: vec!["Insurer Union approved two proposals in one round".into()],
        quarantine: vec![doubted(&v.blocks[1], true), doubted(&v.blocks[3], false)],
        quarantined: 2,
        withheld: 0,
        gaps: vec![GapRow {
            device: "union-desk".into(),
            org: "Insurer Union".into(),
            held: 6,
            known: 9,
            by: "Lake Hospital".into(),
        }],
        clocks: vec![ClockRow {
            device: "hospital-ward".into(),
            org: "Lake Hospital".into(),
            blocks: 3,
            time,
        }],
    };
    v
}

/// Somebody whose record another organisation keeps.
pub(crate) fn refused_id() -> PatientId {
    PatientId([2; 16])
}

/// The chart of somebody whose record may not be read.
pub(crate) fn refused_chart() -> Driver {
    let mut d = Driver::inside();
    d.press(KeyCode::Down);
    d.press(KeyCode::Enter);
    let fault = Fault::new(
        FaultKind::Locked,
        "no consent in force lets this organisation read for treatment: ask the patient",
    );
    d.answer(Answer::Chart(refused_id(), Err(fault)));
    d
}

/// What an emergency opened.
pub(crate) fn emergency() -> EmergencyChart {
    EmergencyChart {
        patient: refused_id(),
        summaries: vec![SummaryRow {
            org: "Lake Hospital".into(),
            author: "Dr. Okello".into(),
            at: NOW - 40 * DAY,
            summary: SummaryDraft {
                allergies: vec!["penicillin: swelling of the face".into()],
                medicines: vec!["insulin".into(), "metformin".into()],
                problems: Vec::new(),
                blood_group: Some(BloodGroup::ONegative),
            },
        }],
        visits: vec![visit(0x21, 120, "foot ulcer", "Dressed, to come back in a week.", &[])],
        left: 30 * 60_000,
        recorded: BlockId([0x52; 32]),
        unreadable: Vec::new(),
    }
}

/// What waits for a review, and what was reviewed.
pub(crate) fn reviews() -> Vec<EmergencyRow> {
    let row = |n: u8, ours, overdue, reviews: Vec<ReviewRow>| EmergencyRow {
        block: BlockId([n; 32]),
        patient: PatientId([n; 16]),
        name: (n == 2).then(|| "Jean-Baptiste Nkurunziza".into()),
        at: NOW - u64::from(n) * DAY,
        staff: "Dr. Okello".into(),
        org: "Lake Hospital".into(),
        reason: Reason::CannotAnswer,
        note: Some("found at the market".into()),
        ours,
        overdue,
        told: !reviews.is_empty(),
        reviews,
    };
    let done = ReviewRow {
        verdict: Verdict::Justified,
        staff: "Dr. Uwase".into(),
        org: "Kibuye Health Post".into(),
        at: NOW - DAY,
        note: Some("ambulance report seen".into()),
    };
    vec![row(2, true, false, Vec::new()), row(9, true, true, Vec::new()), row(12, false, false, vec![done])]
}

pub(crate) fn mesh() -> MeshView {
    MeshView {
        addresses: vec!["192.168.1.20:4711".into()],
        ticket: "aidpost-endpoint-4f2a".into(),
        peers: vec![
            PeerRow {
                device: DeviceId([6; 16]),
                name: "hospital-ward".into(),
                org: "Lake Hospital".into(),
                address: Some("192.168.1.31:4711".into()),
                last_met: Some(NOW - DAY),
                lacks: 3,
                headers_only: 0,
                bytes_left: 41_200,
                rate: Some(5_100),
                seconds_left: Some(9),
                suspended: false,
            },
            PeerRow {
                device: DeviceId([7; 16]),
                name: "union-desk".into(),
                org: "Insurer Union".into(),
                address: None,
                last_met: None,
                lacks: 58,
                headers_only: 0,
                bytes_left: 2_310_000,
                rate: None,
                seconds_left: None,
                suspended: false,
            },
        ],
        only_here: 3,
        waiting: 0,
        links: LinkPolicy { up: Some(44), down: Some(64), ..LinkPolicy::default() },
        next_round: None,
    }
}

pub(crate) fn saved() -> Saved {
    Saved { block: BlockId([0x77; 32]), seq: 32, bytes: 612 }
}

/// A model driven like the real one, without a terminal.
pub(crate) struct Driver {
    pub(crate) model: Model,
    pub(crate) now: Millis,
    /// In which the menu is searched.
    pub(crate) words: Words,
}

impl Driver {
    /// The workstation at its start, the node's status known.
    pub(crate) fn start(status: Status) -> Self {
        let mut d = Self {
            model: Model::new(TimeZone::UTC, NOW),
            now: NOW,
            words: Words::new(Language::English, TimeZone::UTC),
        };
        d.send(Msg::Start);
        d.answer(Answer::Status(Ok(status)));
        d
    }

    /// Somebody signed in and the patients listed.
    pub(crate) fn inside() -> Self {
        let mut d = Self::start(status(false, false));
        d.keys("amina");
        d.press(KeyCode::Enter);
        d.keys("secret");
        d.press(KeyCode::Enter);
        d.answer(Answer::Unlock(Ok(who())));
        d.answer(Answer::Patients(String::new(), Ok(patients())));
        d
    }

    /// A chart open.
    pub(crate) fn chart() -> Self {
        let mut d = Self::inside();
        d.press(KeyCode::Enter);
        d.answer(Answer::Chart(ABEBA, Ok(opened())));
        d
    }

    /// A visit form open.
    pub(crate) fn visit() -> Self {
        let mut d = Self::chart();
        d.keys("n");
        d
    }

    /// The consent of a patient.
    pub(crate) fn consent() -> Self {
        let mut d = Self::chart();
        d.keys("c");
        d.answer(Answer::Consent(ABEBA, Ok(consent())));
        d
    }

    pub(crate) fn send(&mut self, msg: Msg) -> Vec<Effect> {
        update(&mut self.model, self.now, &self.words, msg)
    }

    /// The answer to a call of the present session.
    pub(crate) fn answer(&mut self, answer: Answer) -> Vec<Effect> {
        let session = self.model.session;
        self.send(Msg::Answer { session, answer: Box::new(answer) })
    }

    pub(crate) fn press(&mut self, code: KeyCode) -> Vec<Effect> {
        self.send(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    pub(crate) fn ctrl(&mut self, c: char) -> Vec<Effect> {
        self.send(Msg::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)))
    }

    /// Types a text; the effects of all keys together.
    pub(crate) fn keys(&mut self, text: &str) -> Vec<Effect> {
        text.chars().flat_map(|c| self.press(KeyCode::Char(c))).collect()
    }

    /// Time passes and is told.
    pub(crate) fn wait(&mut self, millis: Millis) -> Vec<Effect> {
        self.now += millis;
        self.send(Msg::Tick)
    }

    /// The words of the message bar.
    pub(crate) fn notice(&self) -> String {
        self.model.notice.as_ref().map_or_else(String::new, |n| self.words.text(n.text.clone()))
    }
}

/// The calls among effects.
pub(crate) fn calls(effects: &[Effect]) -> Vec<&Call> {
    effects
        .iter()
        .filter_map(|e| match e {
            Effect::Call { call, .. } => Some(call),
            Effect::Suspend | Effect::TakeAgain | Effect::Quit | Effect::GiveUp(_) => None,
        })
        .collect()
}
