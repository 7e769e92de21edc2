//! One terminal with whoever works at it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use aidpost::{
    core::{
        id::PatientId,
        policy::Purpose,
        record::{Body, Vital},
    },
    demo::generator::Generator,
    node::{
        CameraChoice, Node, Options,
        api::{ClinicClient, Fault, Passphrase, Since, VisitDraft},
        clock,
        origin::Origin,
        server::local_from,
    },
};
use tarpc::{
    client::RpcError,
    context::{self, Context},
};

/// Of so many visits one is by somebody new.
const NEW: u64 = 5;

pub(crate) fn within() -> Context {
    let mut c = context::current();
    c.deadline = Instant::now() + Duration::from_secs(1_200);
    c
}

pub(crate) fn secret(login: &str) -> Passphrase {
    Passphrase(format!("the passphrase of {login}"))
}

/// The answer of a call that must work.
pub(crate) fn ok<T>(r: Result<Result<T, Fault>, RpcError>) -> T {
    r.unwrap().unwrap()
}

pub(crate) fn node(data: &Path) -> Arc<Node> {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    Node::new(Options { data: data.into(), listen, camera: CameraChoice::None }).unwrap()
}

/// What a day at one terminal came to.
pub(crate) struct Done {
    pub(crate) records: u64,
    pub(crate) visits: u64,
    /// Time in which visits were written, each durable before the next begins.
    pub(crate) visiting: Duration,
}

/// A terminal, its admin or first person, and a nurse.
pub(crate) struct Site {
    pub(crate) data: PathBuf,
    pub(crate) node: Arc<Node>,
    pub(crate) admin: ClinicClient,
    pub(crate) nurse: ClinicClient,
    admin_login: String,
    nurse_login: String,
    generator: Generator,
    patients: Vec<PatientId>,
    names: Vec<String>,
    backups: u32,
    turn: usize,
}

impl Site {
    /// The terminal in this folder; `admin` is signed in there.
    pub(crate) async fn new(
        data: PathBuf,
        node: Arc<Node>,
        admin: (&str, ClinicClient),
        nurse: &str,
    ) -> Self {
        let client = local_from(&node, Origin::Here);
        ok(client.unlock(within(), nurse.into(), secret(nurse)).await);
        let seed = data.as_os_str().len() as u64 + nurse.bytes().map(u64::from).sum::<u64>();
        Self {
            data,
            node,
            admin: admin.1,
            nurse: client,
            admin_login: admin.0.into(),
            nurse_login: nurse.into(),
            generator: Generator::new(seed, clock::now()),
            patients: Vec::new(),
            names: Vec::new(),
            backups: 0,
            turn: 0,
        }
    }

    /// Registers, opens charts and writes visits.
    pub(crate) async fn day(&mut self, visits: u64) -> Done {
        let mut done = Done { records: 0, visits: 0, visiting: Duration::ZERO };
        for n in 0..visits {
            let new = n % NEW == 0 || self.patients.is_empty();
            let of = if new {
                let patient = self.generator.patient();
                self.names.push(patient.name.clone());
                let id = ok(self.nurse.register(within(), patient).await);
                self.patients.push(id);
                done.records += 1;
                id
            } else {
                self.somebody()
            };
            ok(self.nurse.chart(within(), of, Purpose::Treatment).await);
            let draft = draft(self.generator.visit(clock::now()));
            let start = Instant::now();
            ok(self.nurse.write_visit(within(), of, draft).await);
            done.visiting += start.elapsed();
            done.records += 1;
            done.visits += 1;
        }
        done
    }

    /// One of those registered here, each as often as another.
    fn somebody(&mut self) -> PatientId {
        // A step that has no divisor in common with most lengths goes through all of them.
        self.turn = (self.turn + 7_919) % self.patients.len();
        self.patients[self.turn]
    }

    /// Continues the last one.
    pub(crate) async fn weekly_backup(&mut self) {
        let since = if self.backups == 0 { Since::Beginning } else { Since::Last };
        let file = self.data.with_extension(format!("backup-{}", self.backups));
        ok(self.admin.backup(within(), file, since).await);
        self.backups += 1;
    }

    /// Bytes of a whole one, which is then removed.
    pub(crate) async fn whole_backup(&mut self, file: &Path) -> u64 {
        let made = ok(self.admin.backup(within(), file.into(), Since::Beginning).await);
        std::fs::remove_file(file).unwrap();
        // The weekly ones can't continue one that is gone.
        self.backups = 0;
        std::fs::read_dir(self.data.parent().unwrap()).unwrap().flatten().for_each(|f| {
            let ours = f.path().with_extension("") == self.data && f.path() != self.data;
            if ours && f.path().is_file() {
                std::fs::remove_file(f.path()).unwrap();
            }
        });
        made.bytes
    }

    pub(crate) async fn searches(&mut self, n: usize) -> Vec<Duration> {
        let mut took = Vec::new();
        for i in 0..n {
            let name: String = self.names[i * 13 % self.names.len()].chars().take(2 + i % 6).collect();
            let start = Instant::now();
            ok(self.nurse.patients(within(), name).await);
            took.push(start.elapsed());
        }
        took
    }

    pub(crate) async fn charts(&mut self, n: usize) -> Vec<Duration> {
        let mut took = Vec::new();
        for _ in 0..n {
            let of = self.somebody();
            let start = Instant::now();
            ok(self.nurse.chart(within(), of, Purpose::Treatment).await);
            took.push(start.elapsed());
        }
        took
    }

    pub(crate) async fn admin_signs_in(&self) {
        ok(self.admin.unlock(within(), self.admin_login.clone(), secret(&self.admin_login)).await);
    }

    /// Switches the terminal off and on: from the passphrase to the first list.
    pub(crate) async fn reopened(&mut self) -> Duration {
        self.node.close().await;
        let start = Instant::now();
        ok(self.nurse.unlock(within(), self.nurse_login.clone(), secret(&self.nurse_login)).await);
        ok(self.nurse.patients(within(), String::new()).await);
        let took = start.elapsed();
        self.admin_signs_in().await;
        ok(self.admin.link(within(), true).await);
        took
    }
}

/// A visit as somebody types it.
fn draft(visit: Body) -> VisitDraft {
    let Body::Visit { encounter, observations } = visit else { unreachable!("the generator makes visits") };
    let typed = |v: &Vital| {
        observations
            .iter()
            .find(|o| o.vital == *v)
            .map_or_else(String::new, |o| format!("{}.{}", o.milli / 1_000, o.milli % 1_000 / 100))
    };
    VisitDraft {
        reason: encounter.reason,
        note: encounter.note,
        vitals: Vital::ALL.iter().map(typed).collect(),
        ..VisitDraft::default()
    }
}
