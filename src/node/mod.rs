//! The running service: owns store, keys, mesh and camera; everything else is its client.
//!
//! No policy lives here: `core` decides, this room translates, executes and reports.

pub mod api;
mod archive;
mod attempts;
mod audits;
mod backup;
pub mod backup_folder;
mod calls;
mod checking;
mod client;
pub mod clock;
mod consenting;
mod courier;
mod credentials;
pub mod device;
pub mod doctor;
mod emergency;
mod enrol;
mod erasing;
pub mod estimate;
mod eye;
mod fault;
mod governing;
pub mod joining;
mod ledger;
mod links;
mod losing;
mod master_key;
mod meeting;
pub mod origin;
mod papers;
mod patient_cards;
mod people;
mod proving;
mod reach;
mod records;
mod refusals;
mod requests;
pub mod restore;
mod rights;
pub mod server;
mod serving;
mod settings;
pub mod setup;
mod shares;
mod sharing;
mod sign_in;
mod sync;
pub mod text;
mod transport;
mod trust;
mod turn;
mod waiting;

pub(crate) use attempts::open_slots;
pub(crate) use master_key::in_use;

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
    time::{Duration, Instant},
};

use tokio::sync::{Mutex as AsyncMutex, Notify};

use self::{
    api::{Change, Changes, Checking, Fault, FaultKind, LinkPolicy, Working},
    calls::Calls,
    device::Device,
    eye::Watching,
    joining::Invitation,
    refusals::Refusals,
    settings::Settings,
};
use crate::{
    core::{
        auth::Terminal,
        governance::Role,
        id::{PatientId, StaffId},
        keys::Sealed,
        policy::{Action, Ask, Decision, Purpose},
        sign::PublicKey,
        time::Millis,
    },
    face::CameraId,
    mesh::{
        door::Door,
        endpoint::Link,
        limit::{Lanes, Meter},
        places::Places,
    },
    store::{Store, templates::Templates},
    vault::{Secret, pin::StaffKeys, slots::Slots},
};

/// Where frames come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameraChoice {
    /// No camera: passphrases only.
    None,
    /// Recorded frames of a folder; only in a consortium founded as a demonstration.
    Frames(PathBuf),
    /// A V4L2 device.
    Device(PathBuf),
}

impl CameraChoice {
    /// `none`, `frames:DIR` or a device file.
    pub fn parse(s: &str) -> Self {
        match s.strip_prefix("frames:") {
            Some(dir) => Self::Frames(dir.into()),
            None if s == "none" => Self::None,
            None => Self::Device(s.into()),
        }
    }

    fn name(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Frames(_) => Some("demo frames".into()),
            Self::Device(d) => Some(d.display().to_string()),
        }
    }
}

/// How a node runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder with `slots` and `store`.
    pub data: PathBuf,
    /// Where it answers.
    pub listen: SocketAddr,
    /// Where frames come from.
    pub camera: CameraChoice,
}

impl Options {
    /// The key slot file.
    pub fn slots(&self) -> PathBuf {
        self.data.join("slots")
    }

    /// The sealed face templates.
    pub fn faces(&self) -> PathBuf {
        self.data.join("faces")
    }

    /// The sealed database.
    pub fn store(&self) -> PathBuf {
        self.data.join("store")
    }
}

/// The keys of a person who gave their passphrase since the start.
enum Held {
    /// Within their shift.
    Open(Box<StaffKeys>),
    /// Between shifts: only their PIN gives them back.
    Away(Sealed),
}

impl Held {
    fn open(&self) -> Option<&StaffKeys> {
        match self {
            Held::Open(keys) => Some(keys),
            Held::Away(_) => None,
        }
    }
}

/// What is there once a passphrase has opened the store.
struct Open {
    store: Store,
    master: Mutex<Secret>,
    slots: Mutex<Slots>,
    device: Mutex<Device>,
    people: Mutex<BTreeMap<StaffId, Held>>,
    templates: Mutex<Templates>,
    /// Why there are none to compare with, when their file is damaged.
    templates_problem: Option<String>,
    settings: Mutex<Settings>,
    links: Mutex<LinkPolicy>,
    /// Records opened in an emergency, and until when by the steady clock: not longer than the node runs.
    glass: Mutex<BTreeMap<(StaffId, PatientId), Millis>>,
    demo: bool,
}

impl Open {
    /// The master key that the store is sealed under now.
    fn master(&self) -> Secret {
        locked(&self.master).clone()
    }
}

/// The node. Clients reach it through [`server::Server`].
pub struct Node {
    options: Options,
    auth: Mutex<Terminal>,
    open: AsyncMutex<Option<Arc<Open>>>,
    link: AsyncMutex<Option<Link>>,
    /// Where terminals knock that want to join.
    door: Door,
    /// What an admin has opened it for.
    invitation: Mutex<Option<Invitation>>,
    /// What all meetings together may send and receive.
    lanes: Lanes,
    /// Meetings that are under way, and how fast they are.
    meters: Mutex<BTreeMap<PublicKey, Meter>>,
    /// Held while a metered link is up.
    metered_turn: AsyncMutex<()>,
    /// When a metered link comes up next.
    next_round: Mutex<Option<Instant>>,
    /// Terminals that are being called.
    calls: Calls,
    /// Who was heard on a switch lately, where, and when.
    heard: Mutex<BTreeMap<PublicKey, (Vec<SocketAddr>, Instant)>>,
    /// When a meeting with a terminal last came to its end.
    whole: Mutex<BTreeMap<PublicKey, Instant>>,
    places: Places,
    refusals: Refusals,
    eye: Arc<Mutex<Option<Watching>>>,
    camera: Mutex<CameraChoice>,
    /// The camera that the chosen device was when it was first opened.
    bound: Arc<Mutex<Option<CameraId>>>,
    /// Where the link comes up: the same port again after it was down, so that tickets stay good.
    listen: Mutex<SocketAddr>,
    /// The link should be up whenever the store is open.
    wanted: AtomicBool,
    changes: Mutex<(u64, VecDeque<(u64, Change)>)>,
    changed: Notify,
    /// How far a check of everything has come, while one runs.
    checking: Arc<Mutex<Option<Checking>>>,
    /// Long work that is under way, for whoever asks.
    working: Mutex<Option<Working>>,
    /// When somebody who is signed in last asked for something.
    used: Mutex<Option<Instant>>,
    /// Held while the store is sealed anew.
    resealing: AsyncMutex<()>,
    /// Somebody asked to seal the terminal: whoever runs the node ends it.
    pub(crate) seal: Notify,
}

/// Changes remembered for clients that poll; one that is further behind reloads everything.
const REMEMBERED: usize = 256;
/// How long a poll waits for something to change.
const POLL: Duration = Duration::from_secs(8);

/// A lock whose data stays valid when a holder panicked: every holder leaves it whole at each step.
fn locked<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Node {
    /// A sealed node over a data folder.
    ///
    /// # Errors
    /// No store there.
    pub fn new(options: Options) -> Result<Arc<Self>, Fault> {
        // Says early, and without a passphrase, that the folder holds no store.
        Slots::read(&options.slots()).map_err(|e| setup::no_store(&options.data, e))?;
        Ok(Arc::new(Self {
            camera: Mutex::new(options.camera.clone()),
            listen: Mutex::new(options.listen),
            wanted: AtomicBool::new(true),
            options,
            auth: Mutex::default(),
            open: AsyncMutex::new(None),
            link: AsyncMutex::new(None),
            door: Door::default(),
            invitation: Mutex::default(),
            lanes: Lanes::default(),
            meters: Mutex::default(),
            metered_turn: AsyncMutex::default(),
            next_round: Mutex::default(),
            calls: Calls::default(),
            heard: Mutex::default(),
            whole: Mutex::default(),
            places: Places::default(),
            refusals: Refusals::default(),
            eye: Arc::default(),
            bound: Arc::default(),
            changes: Mutex::default(),
            changed: Notify::new(),
            checking: Arc::default(),
            working: Mutex::default(),
            used: Mutex::default(),
            resealing: AsyncMutex::default(),
            seal: Notify::new(),
        }))
    }

    /// The open store.
    async fn opened(&self) -> Result<Arc<Open>, Fault> {
        self.open.lock().await.clone().ok_or_else(|| {
            Fault::new(FaultKind::Locked, "the terminal is sealed: sign in with your passphrase first")
        })
    }

    /// Says how far long work is; none when it is over.
    fn work(&self, w: Option<Working>) {
        *locked(&self.working) = w;
    }

    fn announce(&self, change: Change) {
        let mut c = locked(&self.changes);
        c.0 += 1;
        let n = c.0;
        c.1.push_back((n, change));
        if c.1.len() > REMEMBERED {
            c.1.pop_front();
        }
        drop(c);
        self.changed.notify_waiters();
    }

    async fn poll(&self, since: u64) -> Changes {
        let collect = || {
            let c = locked(&self.changes);
            let mut changes: Vec<Change> = c.1.iter().filter(|(n, _)| *n > since).map(|(_, c)| *c).collect();
            changes.dedup();
            Changes { next: c.0, changes }
        };
        let notified = self.changed.notified();
        let first = collect();
        if first.next > since {
            return first;
        }
        // Nothing changed is an answer too.
        let _ = tokio::time::timeout(POLL, notified).await;
        collect()
    }

    /// Changes the camera, as `--camera` names it; none leaves it as it is.
    pub async fn watch_with(&self, camera: Option<&str>) {
        if let Some(c) = camera {
            *locked(&self.camera) = CameraChoice::parse(c);
            *locked(&self.bound) = None;
            self.close_eye().await;
        }
    }

    /// The data folder.
    pub fn data(&self) -> &std::path::Path {
        &self.options.data
    }

    /// Waits for the next line about a terminal that was refused or dropped.
    pub async fn next_refusal(&self) -> String {
        let row = self.refusals.next().await;
        format!("{}: {} (refused {} times since the start)", row.who, row.why, row.times)
    }

    /// Closes the store and takes the link down.
    pub async fn close(&self) {
        self.shut_door();
        let link = self.link.lock().await.take();
        if let Some(link) = link {
            link.down().await;
        }
        if self.open.lock().await.take().is_some() {
            tracing::info!("the store is closed");
        }
        *locked(&self.auth) = Terminal::default();
    }
}

/// A question about which nothing more is known.
fn asked(role: Role, action: Action, purpose: Purpose, own: bool, granted: bool) -> Ask {
    Ask { role, action, purpose, own, granted, proven: false, opted_out: false }
}

fn denied(d: &Decision) -> Fault {
    Fault::new(FaultKind::Locked, format!("not allowed: {}", d.reasons.join("; ")))
}
