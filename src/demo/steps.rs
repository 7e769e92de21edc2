//! Steps 2 to 8. Each does its part through the node's service and checks what it tells.

use std::time::Instant;

use super::{
    camera,
    sites::{self, NURSE, NURSE_PIN, Sites, failed, ok, within},
    tamper,
};
use crate::{
    core::{
        auth::Verdict,
        policy::Purpose,
        record::{Compartment, Gender, Patient, Vital},
    },
    face::portrait,
    node::api::{ClinicClient, Fault, FaultKind, GrantAsk, Look, Pin, VisitDraft},
};

type Lines = Result<Vec<String>, Fault>;

/// What must hold for the story to go on.
fn check(holds: bool, what: impl FnOnce() -> String) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(failed(what())) }
}

/// The most frames of one attempt.
const ATTEMPT: u32 = 400;

/// One attempt to sign in by face: its last look, and how many frames it took.
async fn look(client: &ClinicClient) -> Result<(Look, u32), Fault> {
    for n in 1..=ATTEMPT {
        let l = ok(client.look(within(), n == 1).await)?;
        if l.verdict.is_some() {
            return Ok((l, n));
        }
    }
    Err(failed(format!("no decision within {ATTEMPT} frames")))
}

/// What an attempt came to, for a story that went wrong.
fn told(l: &Look) -> String {
    format!("{:?} {}", l.verdict, l.because.as_deref().unwrap_or_default())
}

fn visit(reason: &str, note: &str, vitals: &[(Vital, &str)]) -> VisitDraft {
    let typed = |v: &Vital| vitals.iter().find(|(x, _)| x == v).map_or("", |(_, t)| *t).to_string();
    VisitDraft {
        reason: reason.into(),
        note: note.into(),
        vitals: Vital::ALL.iter().map(typed).collect(),
        ..VisitDraft::default()
    }
}

fn ask(s: &Sites) -> GrantAsk {
    GrantAsk {
        org: s.hospital_org,
        role: None,
        purpose: Purpose::Treatment,
        compartments: vec![Compartment::General],
        parent: None,
        delegable: false,
        guardian: None,
        days: Some(90),
    }
}

/// Step 2.
pub(super) async fn sign_in(s: &mut Sites) -> Lines {
    let start = Instant::now();
    let (client, who) = sites::sign_in(&s.clinic.node, &NURSE).await?;
    let mut lines = vec![format!(
        "{} signed in by passphrase (Argon2id) in {} ms",
        who.name,
        start.elapsed().as_millis()
    )];
    ok(client.lock(within()).await)?;
    let refused = client.patients(within(), String::new()).await.map_err(failed)?;
    check(refused.is_err(), || "a locked terminal answered".into())?;

    camera::living(&s.frames(), &portrait::nurse(), 2)?;
    let (l, frames) = look(&client).await?;
    let granted = matches!(l.verdict, Some(Verdict::Granted(w)) if w == who.staff);
    check(granted, || format!("the nurse's own face was not accepted: {}", told(&l)))?;
    let took = l.took.unwrap_or_default();
    lines.push(format!(
        "locked, then {} signed in by face: {} ms of machine time with camera and networks opened, and {:.1} s of turning her head as asked, {frames} frames",
        who.name,
        took.machine,
        took.challenge as f64 / 1e3
    ));
    let pin = client.set_pin(within(), Pin(NURSE_PIN.into())).await.map_err(failed)?;
    check(pin.is_err_and(|f| f.kind == FaultKind::Proof), || {
        "a face alone was enough to choose a PIN".into()
    })?;
    ok(client.lock(within()).await)?;

    camera::living(&s.frames(), &portrait::stranger(), 3)?;
    let start = Instant::now();
    let (l, _) = look(&client).await?;
    let Some(Verdict::NotRecognised { left }) = l.verdict else {
        return Err(failed(format!("a stranger's face was not refused: {}", told(&l))));
    };
    lines.push(format!(
        "a second person's face was refused in {} ms; {left} tries left",
        start.elapsed().as_millis()
    ));
    ok(client.lock(within()).await)?;

    camera::photograph(&s.frames(), &portrait::nurse(), 4)?;
    let (l, _) = look(&client).await?;
    let Some(Verdict::NotLive { left }) = l.verdict else {
        return Err(failed(format!("a photograph of the nurse was not refused: {}", told(&l))));
    };
    let because = l.because.unwrap_or_default();
    lines.push(format!(
        "a photograph of {} was recognised, and refused: {because}; {left} tries left",
        who.name
    ));
    ok(client.lock(within()).await)?;

    ok(client.unlock(within(), NURSE.login.into(), NURSE.secret()).await)?;
    ok(client.set_pin(within(), Pin(NURSE_PIN.into())).await)?;
    ok(client.lock(within()).await)?;
    let start = Instant::now();
    ok(client.pin(within(), who.staff, Pin(NURSE_PIN.into())).await)?;
    lines.push(format!(
        "{} chose a PIN, and signed in with it in {} ms",
        who.name,
        start.elapsed().as_millis()
    ));
    camera::living(&s.frames(), &portrait::nurse(), 5)?;
    s.clinic.client = client;
    Ok(lines)
}

/// Step 3.
pub(super) async fn first_visit(s: &mut Sites) -> Lines {
    let patient = Patient {
        name: "Meera Devi".into(),
        birth_year: Some(1988),
        birth_estimated: true,
        gender: Gender::Female,
        village: "Kothapalli".into(),
        phone: "080-555-0142".into(),
    };
    let start = Instant::now();
    let id = ok(s.clinic.client.register(within(), patient).await)?;
    let registered = start.elapsed();
    s.patient = Some(id);
    let draft = visit(
        "fever and cough since three days",
        "Chest clear. Paracetamol, fluids. Return if breathing gets fast.",
        &[
            (Vital::Temperature, "38.6"),
            (Vital::HeartRate, "104"),
            (Vital::RespiratoryRate, "22"),
            (Vital::Systolic, "118"),
            (Vital::Diastolic, "76"),
            (Vital::OxygenSaturation, "97"),
            (Vital::Weight, "52.4"),
        ],
    );
    let start = Instant::now();
    let saved = ok(s.clinic.client.write_visit(within(), id, draft).await)?;
    Ok(vec![
        format!("registered patient {} in {:.1} ms", id.short(), registered.as_secs_f64() * 1e3),
        format!(
            "visit with 7 vitals: {} bytes sealed, block {} ({}), one durable transaction of {:.1} ms",
            saved.bytes,
            saved.seq,
            saved.block.short(),
            start.elapsed().as_secs_f64() * 1e3
        ),
    ])
}

async fn links(s: &Sites, up: bool) -> Result<(), Fault> {
    for site in [&s.clinic, &s.outreach, &s.hospital] {
        ok(site.client.link(within(), up).await)?;
    }
    Ok(())
}

/// Step 4.
pub(super) async fn apart(s: &mut Sites) -> Lines {
    // The second terminal of the clinic knows the patient before it leaves.
    Sites::meet(&s.outreach, &s.clinic).await?;
    links(s, false).await?;
    let cut = s.clinic.client.sync(within()).await.map_err(failed)?;
    check(cut.is_err_and(|f| f.kind == FaultKind::Unreachable), || "the link was not cut".into())?;
    let patient = s.patient()?;
    let grant = ok(s.clinic.client.grant(within(), patient, ask(s)).await)?;
    let draft = visit(
        "control after fever",
        "Better. Appetite back.",
        &[(Vital::Temperature, "36.9"), (Vital::HeartRate, "82"), (Vital::Weight, "52.1")],
    );
    let second = ok(s.clinic.client.write_visit(within(), patient, draft).await)?;
    let own = Patient {
        name: "Tomas Abebe".into(),
        birth_year: Some(1971),
        birth_estimated: false,
        gender: Gender::Male,
        village: "Bela town".into(),
        phone: String::new(),
    };
    let theirs = ok(s.hospital.client.register(within(), own).await)?;
    let draft = visit(
        "hypertension control",
        "Continue amlodipine 5 mg.",
        &[(Vital::Systolic, "142"), (Vital::Diastolic, "88")],
    );
    ok(s.hospital.client.write_visit(within(), theirs, draft).await)?;
    Ok(vec![
        format!(
            "clinic: grant {} to the hospital (an automerge change in a block), visit in block {}",
            grant.short(),
            second.seq
        ),
        format!("hospital: registered its own patient {} and wrote a visit", theirs.short()),
        "neither can reach the other: sync says so".into(),
    ])
}

/// The newest identifiers of both ledgers are the same.
async fn same(a: &ClinicClient, b: &ClinicClient) -> Result<Option<u64>, Fault> {
    let (x, y) = (ok(a.ledger(within(), 1_000).await)?, ok(b.ledger(within(), 1_000).await)?);
    let ids = |v: &crate::node::api::LedgerView| {
        let mut i: Vec<_> = v.blocks.iter().map(|b| b.id).collect();
        i.sort();
        i
    };
    Ok((x.total == y.total && ids(&x) == ids(&y)).then_some(x.total))
}

/// Step 5.
pub(super) async fn together(s: &mut Sites) -> Lines {
    let patient = s.patient()?;
    let before = s.hospital.client.chart(within(), patient, Purpose::Treatment).await.map_err(failed)?;
    check(before.is_err(), || "the hospital read before it had met the clinic".into())?;
    links(s, true).await?;
    let met = Sites::meet(&s.hospital, &s.clinic).await?;
    let total = same(&s.hospital.client, &s.clinic.client).await?;
    let total = total.ok_or_else(|| failed("the two ledgers differ after they met"))?;
    let mut lines = vec![format!(
        "met over iroh on loopback: sent {}, received {} blocks, {} bytes, {} ms; both hold the same {total} blocks",
        met.sent, met.received, met.bytes, met.millis
    )];

    let start = Instant::now();
    let chart = ok(s.hospital.client.chart(within(), patient, Purpose::Treatment).await)?;
    check(chart.patient.name == "Meera Devi" && chart.visits.len() == 2, || {
        format!("the hospital sees {} visits of {}", chart.visits.len(), chart.patient.name)
    })?;
    lines.push(format!(
        "the hospital reads {} visits of {} in {:.1} ms, because {}",
        chart.visits.len(),
        chart.patient.name,
        start.elapsed().as_secs_f64() * 1e3,
        chart.because.join("; ")
    ));
    Sites::meet(&s.hospital, &s.clinic).await?;
    let consent = ok(s.clinic.client.consent(within(), patient).await)?;
    let read = consent.accesses.iter().find(|a| a.allowed && a.org == "Bela Hospital");
    let read = read.ok_or_else(|| failed("the read is not on the clinic's ledger"))?;
    lines.push(format!(
        "the read is on the ledger: the clinic sees that {} ({}) read for {}",
        read.staff,
        read.org,
        read.purpose.word()
    ));
    Ok(lines)
}

/// Step 6.
pub(super) async fn revoke(s: &mut Sites) -> Lines {
    let patient = s.patient()?;
    Sites::meet(&s.outreach, &s.clinic).await?;
    links(s, false).await?;
    let stop = ok(s.clinic.client.stop_sharing(within(), patient, s.hospital_org).await)?;
    let regrant = ok(s.outreach.client.grant(within(), patient, ask(s)).await)?;
    links(s, true).await?;
    // The hospital meets the granting terminal first: arrival order must not matter.
    Sites::meet(&s.hospital, &s.outreach).await?;
    Sites::meet(&s.outreach, &s.clinic).await?;
    Sites::meet(&s.hospital, &s.clinic).await?;
    Sites::meet(&s.outreach, &s.clinic).await?;
    let refused = s.hospital.client.chart(within(), patient, Purpose::Treatment).await.map_err(failed)?;
    let Err(f) = refused else {
        return Err(failed("the hospital still reads after sharing was stopped"));
    };
    check(f.kind == FaultKind::Locked, || f.to_string())?;
    let listed = ok(s.hospital.client.patients(within(), "Meera".into()).await)?;
    check(listed.is_empty(), || "the hospital still lists the patient".into())?;
    for site in [&s.clinic, &s.outreach] {
        let c = ok(site.client.consent(within(), patient).await)?;
        check(c.grants.len() == 2 && c.grants.iter().all(|g| g.standing.ended.is_some()), || {
            format!(
                "{} of {} grants still stand",
                c.grants.iter().filter(|g| g.standing.ended.is_none()).count(),
                c.grants.len()
            )
        })?;
    }
    Ok(vec![
        format!("front desk: stop sharing with the hospital (block {})", stop.seq),
        format!("outreach tablet, apart and at the same time: a new grant {}", regrant.short()),
        format!("after they met, the hospital is refused: {f}"),
        "what it had read before it may have kept: nobody can take that back, and we say so".into(),
    ])
}

/// Step 7.
pub(super) async fn damage(s: &mut Sites) -> Lines {
    let clean = ok(s.clinic.client.verify(within()).await)?;
    check(clean.damage.is_empty(), || clean.damage.join("; "))?;
    let mut lines =
        vec![format!("the clinic's store is whole: {} pages, {} blocks", clean.pages, clean.blocks)];
    let (login, pass) = (NURSE.login, NURSE.passphrase);
    let (from, folder) = (s.clinic.data.clone(), s.folder.clone());
    let work = move || {
        let b = tamper::block(&from, &folder.join("damaged-block"), login, pass)?;
        let p = tamper::page(&from, &folder.join("damaged-page"), login, pass)?;
        Ok::<_, Fault>((b, p))
    };
    let ((name, block), (at, page)) = tokio::task::spawn_blocking(work).await.map_err(failed)??;
    check(block.damage.iter().any(|d| d.starts_with(&name)), || {
        format!("verify did not name {name}: {:?}", block.damage)
    })?;
    lines.push(format!("one byte of a stored block flipped in a copy; verify: {}", block.damage.join("; ")));
    check(page.damage.len() == 1, || format!("{} damages for one flipped byte", page.damage.len()))?;
    lines.push(format!("byte {at} of the file flipped in a copy; verify: {}", page.damage.join("; ")));
    Ok(lines)
}

/// Step 8.
pub(super) async fn stick(s: &mut Sites) -> Lines {
    let patient = s.patient()?;
    // The patient decides anew; a grant made after the revocation, knowing of it, counts.
    let grant = ok(s.clinic.client.grant(within(), patient, ask(s)).await)?;
    links(s, false).await?;
    let draft = visit(
        "ankle twisted on the way to the field",
        "No fracture signs. Bandage, rest for a week.",
        &[(Vital::Temperature, "36.7"), (Vital::HeartRate, "76"), (Vital::Weight, "52.6")],
    );
    ok(s.clinic.client.write_visit(within(), patient, draft).await)?;
    let stick = s.folder.join("stick");
    std::fs::create_dir_all(&stick).map_err(failed)?;
    let folder = stick.display().to_string();
    let out = ok(s.clinic.client.courier_out(within(), folder.clone()).await)?;
    let read = ok(s.hospital.client.courier_in(within(), folder.clone()).await)?;
    let new: u64 = read.iter().map(|c| c.count).sum();
    let chart = ok(s.hospital.client.chart(within(), patient, Purpose::Treatment).await)?;
    check(chart.visits.len() == 3, || format!("the hospital sees {} visits", chart.visits.len()))?;
    let mut lines = vec![
        format!("the patient grants anew ({}), the link is off, a third visit is written", grant.short()),
        format!("courier out: {} blocks sealed to {} terminals, {} bytes", out.blocks, out.count, out.bytes),
        format!("courier in at the hospital: {new} new blocks; it reads {} visits", chart.visits.len()),
    ];
    let before = ok(s.clinic.client.mesh(within()).await)?.only_here;
    ok(s.hospital.client.courier_out(within(), folder.clone()).await)?;
    ok(s.clinic.client.courier_in(within(), folder).await)?;
    let after = ok(s.clinic.client.mesh(within()).await)?.only_here;
    check(after < before, || format!("{after} blocks only here after the stick came home, {before} before"))?;
    lines.push(format!(
        "the stick comes home with the receipt: blocks not yet anywhere else {before} → {after}"
    ));
    links(s, true).await?;
    Ok(lines)
}
