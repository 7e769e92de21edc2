//! A terminal that is founded for the bench and used through the API that screens and commands use.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    cli::open::{answer, within},
    core::{
        governance::{OrgKind, Role},
        id::{PatientId, StaffId},
        record::{Gender, Patient},
    },
    demo::generator::Generator,
    face::{Engine, portrait},
    node::{
        CameraChoice, Node, Options,
        api::{ClinicClient, Fault, FaultKind, Passphrase, Pin, VisitDraft},
        clock, server,
        setup::{self, Newcomer},
        text::{self, Certificate, Invite},
    },
    vault::slots::Cost,
};

const ADMIN: &str = "bench passphrase of the admin";
const NURSE: &str = "bench passphrase of the nurse";
const PIN: &str = "580274";
/// Sign-ins of a kind.
const SIGN_INS: u32 = 5;
/// Frames of the face.
const FRAMES: u32 = 10;
/// Searches.
const SEARCHES: usize = 200;
/// A call that takes long.
const LONG: u64 = 600;

/// A node with its admin and its nurse, each with a client of their own.
pub(super) struct Terminal {
    node: Arc<Node>,
    admin: ClinicClient,
    nurse: ClinicClient,
    who: StaffId,
}

/// What a meeting carried, and how long it took.
pub(super) struct Carried {
    pub(super) bytes: u64,
    pub(super) blocks: u64,
    pub(super) seconds: f64,
}

fn secret(s: &str) -> Passphrase {
    Passphrase(s.into())
}

fn node(data: &Path) -> Result<Arc<Node>, Fault> {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    Node::new(Options { data: data.into(), listen, camera: CameraChoice::None })
}

fn newcomer<'a>(data: &'a Path, login: &'a str, passphrase: &'a Passphrase) -> Newcomer<'a> {
    Newcomer { data, device: "bench", login, name: "Bench", passphrase, cost: Cost::of_this_machine() }
}

impl Terminal {
    pub(super) async fn found(data: &Path) -> Result<Self, Fault> {
        let passphrase = secret(ADMIN);
        let new = newcomer(data, "admin", &passphrase);
        setup::found(&new, "Bench", "Bench", OrgKind::Clinic, false, &mut rand::rng())?;
        let node = node(data)?;
        let admin = server::local(&node);
        answer(admin.unlock(within(60), "admin".into(), secret(ADMIN)).await)?;
        answer(admin.link(within(20), true).await)?;
        let add = admin.add_staff(within(60), "nurse".into(), "Nurse".into(), Role::Nurse, secret(NURSE));
        let who = answer(add.await)?;
        let nurse = server::local(&node);
        answer(nurse.unlock(within(60), "nurse".into(), secret(NURSE)).await)?;
        answer(nurse.set_pin(within(60), Pin(PIN.into())).await)?;
        Ok(Self { node, admin, nurse, who })
    }

    /// Seconds of a sign-in by passphrase, and by PIN.
    pub(super) async fn sign_ins(&self) -> Result<(f64, f64), Fault> {
        let start = Instant::now();
        for _ in 0..SIGN_INS {
            answer(self.nurse.unlock(within(60), "nurse".into(), secret(NURSE)).await)?;
        }
        let passphrase = start.elapsed().as_secs_f64() / f64::from(SIGN_INS);
        let start = Instant::now();
        for _ in 0..SIGN_INS {
            answer(self.nurse.pin(within(60), self.who, Pin(PIN.into())).await)?;
        }
        Ok((passphrase, start.elapsed().as_secs_f64() / f64::from(SIGN_INS)))
    }

    /// Somebody to write about.
    pub(super) async fn register(&self) -> Result<PatientId, Fault> {
        let patient = Patient {
            name: "Bench Patient".into(),
            birth_year: Some(1988),
            birth_estimated: false,
            gender: Gender::Female,
            village: "Bench".into(),
            phone: String::new(),
        };
        answer(self.nurse.register(within(60), patient).await)
    }

    /// Visits, each durable before the next begins: how many in how many seconds.
    pub(super) async fn visits(&self, of: PatientId, span: Duration) -> Result<(u32, f64), Fault> {
        let (start, mut n) = (Instant::now(), 0);
        while start.elapsed() < span {
            let note = format!("Visit {n}. Chest clear. Fluids and rest. Back if fever or fast breathing.");
            let draft = VisitDraft { reason: "cough for three days".into(), note, ..VisitDraft::default() };
            answer(self.nurse.write_visit(within(60), of, draft).await)?;
            n += 1;
        }
        Ok((n, start.elapsed().as_secs_f64()))
    }

    /// Resources a second from a file, and seconds of a search among those patients.
    pub(super) async fn town(&self, file: &Path, patients: usize) -> Result<(f64, f64), Fault> {
        let mut generator = Generator::new(8, clock::now());
        let mut lines = String::new();
        let mut names = Vec::new();
        for n in 0..patients {
            let p = generator.patient();
            // A String takes whatever is written; names are letters and spaces.
            let _ = writeln!(
                lines,
                "{{\"resourceType\":\"Patient\",\"id\":\"bench-{n}\",\"name\":[{{\"text\":\"{}\"}}],\"birthDate\":\"{}\",\"address\":[{{\"city\":\"{}\"}}]}}",
                p.name,
                p.birth_year.unwrap_or(1990),
                p.village
            );
            names.push(p.name);
        }
        let bad = |e: std::io::Error| {
            Fault::new(
                FaultKind::of_io(&e),
                format!("{}: {e}: choose another folder with --folder", file.display()),
            )
        };
        std::fs::write(file, lines).map_err(bad)?;
        let file = std::path::absolute(file).map_err(bad)?.display().to_string();
        let start = Instant::now();
        answer(self.admin.import_file(within(LONG), file, "bench".into()).await)?;
        let taken = patients as f64 / start.elapsed().as_secs_f64();
        // The first one builds what the others use.
        answer(self.nurse.patients(within(60), "a".into()).await)?;
        let start = Instant::now();
        for n in 0..SEARCHES {
            let name: String = names[n * 13 % names.len()].chars().take(2 + n % 6).collect();
            answer(self.nurse.patients(within(60), name).await)?;
        }
        Ok((taken, start.elapsed().as_secs_f64() / SEARCHES as f64))
    }

    /// A second terminal of the organisation gets everything that is here.
    pub(super) async fn meeting(&self, data: &Path) -> Result<Carried, Fault> {
        let invite: Invite = text::read(&answer(self.admin.invite(within(60)).await)?)?;
        let passphrase = secret(NURSE);
        let new = newcomer(data, "second", &passphrase);
        let request = setup::join_terminal(&new, &invite, Role::Nurse, &mut rand::rng())?;
        let certificate = answer(self.admin.certify(within(60), text::write(&request)).await)?;
        let certificate: Certificate = text::read(&certificate)?;
        setup::take_certificate(data, "second", &passphrase, &certificate)?;
        let other = node(data)?;
        // The invitation says where the first one answers.
        let (_, met) = other.first_meeting("second", &passphrase, None).await?;
        let seconds = met.iter().map(|m| m.millis).sum::<u64>() as f64 / 1e3;
        other.close().await;
        let bytes = met.iter().map(|m| m.bytes).sum();
        Ok(Carried { bytes, blocks: met.iter().map(|m| m.received).sum(), seconds })
    }

    /// Blocks a second of a check of everything.
    pub(super) async fn verified(&self) -> Result<f64, Fault> {
        let start = Instant::now();
        let report = answer(self.admin.verify(within(LONG)).await)?;
        Ok(report.blocks as f64 / start.elapsed().as_secs_f64())
    }

    pub(super) async fn end(self) {
        self.node.close().await;
    }
}

/// Seconds of one frame from picture to comparison; none without the models.
pub(super) fn face() -> Result<Option<f64>, Fault> {
    let Ok(models) = Engine::find_models() else { return Ok(None) };
    let mut engine = Engine::load(&models)?;
    let frame = portrait::nurse();
    let start = Instant::now();
    for _ in 0..FRAMES {
        let Some(face) = engine.detect(&frame).into_iter().next() else {
            return Err(Fault::new(
                FaultKind::Damaged,
                "no face is found in the demonstration's portrait: reinstall the package",
            ));
        };
        engine.embed(&frame, &face);
    }
    Ok(Some(start.elapsed().as_secs_f64() / f64::from(FRAMES)))
}
