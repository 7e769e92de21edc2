//! Sign-in at one terminal: passphrase, PIN and face events in, one verdict out. `now` is an argument of everything.
//!
//! The rules (DESIGN.md §7): a passphrase once a person after every start of the node, since it unseals their key; then a
//! PIN each shift, after five failed faces, and for what must not happen behind somebody's back ([`Session::proven`]);
//! within a shift a live face is enough. Failures wait longer and longer, each door by itself: whoever guesses at one
//! person's PIN keeps nobody else out. A PIN never needs a camera.
//!
//! `now` must come from a clock that counts through sleep and that nobody can set; should it go back all the same,
//! that gives nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{audit::Method, id::StaffId, time::Millis};

/// A shift: after this the PIN is asked again.
pub const SHIFT: Millis = 12 * 60 * 60 * 1000;
/// Without a key press for this long the terminal locks.
pub const IDLE: Millis = 5 * 60 * 1000;
/// A patient who reads their own record for so long without a key is done.
pub const TURN_IDLE: Millis = 2 * 60 * 1000;
/// The longest that a patient's turn at the terminal lasts, once it was handed over.
pub const TURN: Millis = 15 * 60 * 1000;
/// A PIN or passphrase given this long ago still counts as given for administration, consent and export.
pub const STEP_UP: Millis = 5 * 60 * 1000;
/// Failures before a door waits, or before faces need a PIN (NIST SP 800-63B-4 §3.2.3: at most 5).
pub const MAX_FAILURES: u32 = 5;
/// Wrong PINs of one person, in a row, before only their passphrase helps.
pub const MAX_PINS: u32 = 10;
/// The fewest digits of a PIN.
pub const MIN_DIGITS: usize = 6;
/// The most digits of a PIN.
pub const MAX_DIGITS: usize = 12;
/// The first delay after [`MAX_FAILURES`]; it doubles with each further failure.
pub const FIRST_DELAY: Millis = 30_000;
/// The longest delay.
pub const MAX_DELAY: Millis = 15 * 60 * 1000;
/// The score of a face comparison (cosine) for a false match rate of 1e-5 a comparison; `models/thresholds.toml` (a test
/// holds the two together).
pub const FACE_THRESHOLD: f32 = 0.472;
/// Doors that passphrases are counted at: login names are spread over them, so that no answer tells which exist.
const LOGIN_DOORS: u8 = 64;
/// Doors that the PINs of patients' cards are counted at.
const CARD_DOORS: u8 = 64;

/// What an attempt knocks at; each has its own failures and its own delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// Passphrases of the login names that share this number.
    Login(u8),
    /// One person's PIN.
    Pin(StaffId),
    /// PINs of the patients' cards that share this number.
    Card(u8),
}

impl Door {
    /// The door of a login name's hash.
    pub fn of_login(tag: &[u8; 16]) -> Self {
        Door::Login(tag[0] % LOGIN_DOORS)
    }

    /// The door of the patients' cards with this serial number.
    pub fn of_serial(serial: [u8; 4]) -> Self {
        Door::Card(serial[0] % CARD_DOORS)
    }

    /// The number that failures at this door are kept under; those at people's PINs aren't kept.
    fn number(self) -> Option<u8> {
        match self {
            Door::Login(n) => Some(n),
            Door::Card(n) => Some(LOGIN_DOORS + n),
            Door::Pin(_) => None,
        }
    }

    /// The reverse of [`Door::number`], of whatever number.
    fn numbered(n: u8) -> Self {
        match n % (LOGIN_DOORS + CARD_DOORS) {
            n if n < LOGIN_DOORS => Door::Login(n),
            n => Door::Card(n - LOGIN_DOORS),
        }
    }
}

/// What the terminal says to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Signed in.
    Granted(StaffId),
    /// Nobody enrolled here looks like this.
    NotRecognised {
        /// Attempts left before a PIN is asked.
        left: u32,
    },
    /// Somebody enrolled, but the movements asked for were not seen.
    NotLive {
        /// Attempts left before a PIN is asked.
        left: u32,
    },
    /// A PIN is asked: a new shift, or too many failed faces.
    PinNeeded(Option<StaffId>),
    /// Only a passphrase helps: first time since the start, or too many wrong PINs.
    PassphraseNeeded,
    /// Wrong passphrase or PIN.
    Wrong,
    /// Nothing is tried for this long.
    Wait {
        /// Milliseconds.
        left: Millis,
    },
}

/// What happened at the terminal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A passphrase opened this person's key.
    PassphraseOk(Door, StaffId),
    /// A passphrase opened nothing.
    PassphraseWrong(Door),
    /// This person's PIN.
    PinOk(StaffId),
    /// Not this person's PIN.
    PinWrong(StaffId),
    /// A face looks like this person, who isn't on shift: no challenge is worth their time, since it can't be enough.
    Recognised(StaffId),
    /// The enrolled person most like a face, after the challenge.
    Face {
        /// Who, if anybody is enrolled.
        best: Option<StaffId>,
        /// Cosine similarity.
        score: f32,
        /// The movements asked for were seen, by one and the same face.
        live: bool,
    },
}

impl Event {
    /// How the person tried.
    pub fn method(&self) -> Method {
        match self {
            Event::Face { .. } | Event::Recognised(_) => Method::Face,
            Event::PinOk(_) | Event::PinWrong(_) => Method::Pin,
            _ => Method::Passphrase,
        }
    }
}

/// Failures at one door of login names or cards, as they are kept when the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFailures {
    /// Number of the door.
    pub door: u8,
    /// How many in a row.
    pub count: u32,
    /// Nothing is tried before this, by the clock that the machine was given.
    pub until: Millis,
}

/// How long a door waits after so many failures in a row.
pub fn delay(failures: u32) -> Millis {
    match failures.checked_sub(MAX_FAILURES) {
        Some(beyond) => FIRST_DELAY.saturating_mul(1 << beyond.min(10)).min(MAX_DELAY),
        None => 0,
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    count: u32,
    until: Millis,
}

/// The sign-in machine of one terminal.
#[derive(Clone, Debug)]
pub struct Terminal {
    /// Who gave their passphrase since the start, and until when their shift lasts.
    shifts: BTreeMap<StaffId, Millis>,
    doors: BTreeMap<Door, Failures>,
    faces_failed: u32,
    threshold: f32,
    /// The latest time seen.
    latest: Millis,
}

impl Default for Terminal {
    fn default() -> Self {
        Self {
            shifts: BTreeMap::new(),
            doors: BTreeMap::new(),
            faces_failed: 0,
            threshold: FACE_THRESHOLD,
            latest: 0,
        }
    }
}

impl Terminal {
    /// Takes one attempt and decides.
    pub fn attempt(&mut self, event: Event, now: Millis) -> Verdict {
        let now = self.clock(now);
        match event {
            Event::PassphraseOk(door, who) => self.open(door, who, now),
            Event::PinOk(who) if self.shifts.contains_key(&who) => self.open(Door::Pin(who), who, now),
            Event::PinOk(_) => Verdict::PassphraseNeeded,
            Event::PassphraseWrong(door) => self.refuse(door, now),
            Event::PinWrong(who) => self.refuse(Door::Pin(who), now),
            Event::Recognised(who) if self.pin_possible(who) => Verdict::PinNeeded(Some(who)),
            Event::Recognised(_) => Verdict::PassphraseNeeded,
            Event::Face { best, score, live } => {
                self.face(best.filter(|_| score >= self.threshold), live, now)
            }
        }
    }

    fn open(&mut self, door: Door, who: StaffId, now: Millis) -> Verdict {
        if let Some(left) = self.waiting(door, now) {
            return Verdict::Wait { left };
        }
        self.shifts.insert(who, now.saturating_add(SHIFT));
        self.doors.remove(&door);
        self.doors.remove(&Door::Pin(who));
        self.faces_failed = 0;
        Verdict::Granted(who)
    }

    fn refuse(&mut self, door: Door, now: Millis) -> Verdict {
        if let Some(left) = self.waiting(door, now) {
            return Verdict::Wait { left };
        }
        let f = self.doors.entry(door).or_default();
        f.count = f.count.saturating_add(1);
        if f.count >= MAX_FAILURES {
            f.until = now.saturating_add(delay(f.count));
        }
        match door {
            Door::Pin(who) if f.count >= MAX_PINS => {
                self.forget(who);
                Verdict::PassphraseNeeded
            }
            _ => Verdict::Wrong,
        }
    }

    fn face(&mut self, who: Option<StaffId>, live: bool, now: Millis) -> Verdict {
        if self.faces_failed >= MAX_FAILURES {
            return Verdict::PinNeeded(who);
        }
        match who {
            Some(who) if live => {
                self.faces_failed = 0;
                match self.shifts.get(&who) {
                    Some(until) if now < *until => Verdict::Granted(who),
                    Some(_) => Verdict::PinNeeded(Some(who)),
                    None => Verdict::PassphraseNeeded,
                }
            }
            _ => {
                self.faces_failed += 1;
                let left = MAX_FAILURES - self.faces_failed;
                match who {
                    _ if left == 0 => Verdict::PinNeeded(who),
                    Some(_) => Verdict::NotLive { left },
                    None => Verdict::NotRecognised { left },
                }
            }
        }
    }

    /// How long nothing is tried at this door: asked before a passphrase or PIN is hashed, so that guessing stays slow.
    pub fn waiting(&self, door: Door, now: Millis) -> Option<Millis> {
        let until = self.doors.get(&door)?.until;
        until.checked_sub(now.max(self.latest)).filter(|left| *left > 0)
    }

    /// What was typed at this door was right: its failures are forgotten.
    pub fn forgive(&mut self, door: Door) {
        self.doors.remove(&door);
    }

    /// The failures at the doors of login names and cards, to be kept across restarts.
    pub fn failures(&self) -> Vec<KeptFailures> {
        let kept = |(door, f): (&Door, &Failures)| {
            Some(KeptFailures { door: door.number()?, count: f.count, until: f.until })
        };
        self.doors.iter().filter_map(kept).collect()
    }

    /// Takes over what was kept: what this process, or another one beside it, has counted. No wait is longer than
    /// [`MAX_DELAY`] from now.
    pub fn remember(&mut self, kept: &[KeptFailures], now: Millis) {
        let now = self.clock(now);
        self.doors.retain(|d, _| d.number().is_none());
        for k in kept {
            let until = k.until.min(now.saturating_add(MAX_DELAY));
            self.doors.insert(Door::numbered(k.door), Failures { count: k.count, until });
        }
    }

    /// True within the person's shift: a live face alone can sign them in, and their key is held open.
    pub fn on_shift(&self, who: StaffId, now: Millis) -> bool {
        self.shifts.get(&who).is_some_and(|until| now.max(self.latest) < *until)
    }

    /// True when the person's passphrase was given since the start: their PIN can sign them in.
    pub fn pin_possible(&self, who: StaffId) -> bool {
        self.shifts.contains_key(&who)
    }

    /// True while a face alone may still sign someone in.
    pub fn face_possible(&self, now: Millis) -> bool {
        let now = now.max(self.latest);
        self.faces_failed < MAX_FAILURES && self.shifts.values().any(|until| now < *until)
    }

    /// Those of `held` whose shift is over: their open keys must be dropped.
    pub fn over(&mut self, held: impl Iterator<Item = StaffId>, now: Millis) -> Vec<StaffId> {
        let now = self.clock(now);
        held.filter(|who| !self.on_shift(*who, now)).collect()
    }

    /// Only a passphrase lets this person in again.
    pub fn forget(&mut self, who: StaffId) {
        self.shifts.remove(&who);
    }

    /// The score that a face must reach; never below [`FACE_THRESHOLD`].
    pub fn set_threshold(&mut self, score: f32) {
        // Also a score that is no number leaves the shipped threshold.
        self.threshold = score.max(FACE_THRESHOLD);
    }

    /// The score that a face must reach.
    pub fn threshold(&self) -> f32 {
        self.threshold
    }

    fn clock(&mut self, now: Millis) -> Millis {
        self.latest = self.latest.max(now);
        self.latest
    }
}

/// One signed-in person at one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub staff: StaffId,
    /// Last key press.
    pub active: Millis,
    /// When this person last gave a PIN or passphrase at this client; none after a sign-in by face.
    pub proof: Option<Millis>,
}

impl Session {
    /// True when nobody has touched the terminal for [`IDLE`].
    pub fn idle(&self, now: Millis) -> bool {
        now.saturating_sub(self.active) >= IDLE
    }

    /// True when this person gave a PIN or passphrase a moment ago: enough to administer, to export, and to record consent
    /// on a patient's behalf. A clock set back proves nothing.
    pub fn proven(&self, now: Millis) -> bool {
        self.proof.is_some_and(|at| now.checked_sub(at).is_some_and(|age| age < STEP_UP))
    }
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
