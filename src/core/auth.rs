//! Sign-in at one terminal: passphrase and face events in, one verdict out. `now` is an argument of everything.
//!
//! Here: passphrase after a restart, five failed faces, growing delays, idle lock, a shift of 12 hours. The PIN and the
//! liveness challenge are absent in this version: the passphrase stands where a PIN will, and a moved photograph passes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{audit::Method, id::StaffId, time::Millis};

/// A shift: after this the passphrase is asked again.
pub const SHIFT: Millis = 12 * 60 * 60 * 1000;
/// Without a key press for this long the terminal locks.
pub const IDLE: Millis = 5 * 60 * 1000;
/// Failed faces before the passphrase is asked.
pub const MAX_FACES: u32 = 5;
/// The first delay after [`MAX_FACES`] failures; it doubles with each further one.
pub const FIRST_DELAY: Millis = 30_000;
/// The longest delay.
pub const MAX_DELAY: Millis = 15 * 60 * 1000;
/// The score of a face comparison (cosine) for a false accept rate of 1e-5 a comparison; `models/README.md`.
pub const FACE_THRESHOLD: f32 = 0.472;

/// What the terminal says to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Signed in.
    Granted(StaffId),
    /// Nobody enrolled here looks like this.
    NotRecognised {
        /// Attempts left before the passphrase is asked.
        left: u32,
    },
    /// The person must give their passphrase: first time since the start, shift over, or too many failures.
    PassphraseNeeded,
    /// Wrong passphrase.
    Wrong,
    /// Nothing is tried before this time.
    Wait {
        /// When the next attempt counts.
        until: Millis,
    },
}

/// What happened at the terminal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A passphrase opened this person's key.
    PassphraseOk(StaffId),
    /// A passphrase opened nothing.
    PassphraseWrong,
    /// The best enrolled match of a face and its score.
    Face {
        /// Who, if anybody is enrolled.
        best: Option<StaffId>,
        /// Cosine similarity.
        score: f32,
    },
}

impl Event {
    /// How the person tried.
    pub fn method(&self) -> Method {
        match self {
            Event::Face { .. } => Method::Face,
            _ => Method::Passphrase,
        }
    }
}

/// The sign-in machine of one terminal.
#[derive(Clone, Debug, Default)]
pub struct Terminal {
    /// Until when each person's key is held, by passphrase.
    shifts: BTreeMap<StaffId, Millis>,
    faces_failed: u32,
    wrong: u32,
    wait_until: Millis,
    /// The latest time seen: a clock set back gives nothing.
    latest: Millis,
}

impl Terminal {
    /// Takes one attempt and decides.
    pub fn attempt(&mut self, event: Event, now: Millis) -> Verdict {
        let now = self.clock(now);
        if now < self.wait_until {
            return Verdict::Wait { until: self.wait_until };
        }
        match event {
            Event::PassphraseOk(who) => {
                self.shifts.insert(who, now.saturating_add(SHIFT));
                (self.faces_failed, self.wrong) = (0, 0);
                Verdict::Granted(who)
            }
            Event::PassphraseWrong => {
                self.wrong = self.wrong.saturating_add(1);
                if self.wrong >= MAX_FACES {
                    self.delay(self.wrong - MAX_FACES, now);
                }
                Verdict::Wrong
            }
            Event::Face { .. } if self.faces_failed >= MAX_FACES => Verdict::PassphraseNeeded,
            Event::Face { best: Some(who), score } if score >= FACE_THRESHOLD => {
                if self.on_shift(who, now) {
                    self.faces_failed = 0;
                    Verdict::Granted(who)
                } else {
                    Verdict::PassphraseNeeded
                }
            }
            Event::Face { .. } => {
                self.faces_failed += 1;
                if self.faces_failed >= MAX_FACES {
                    self.delay(0, now);
                    return Verdict::PassphraseNeeded;
                }
                Verdict::NotRecognised { left: MAX_FACES - self.faces_failed }
            }
        }
    }

    /// True while nothing may be tried: asked before a passphrase is hashed, so that guessing stays slow.
    pub fn waiting(&self, now: Millis) -> Option<Millis> {
        (now.max(self.latest) < self.wait_until).then_some(self.wait_until)
    }

    /// True when the person's key is held: face alone can sign them in.
    pub fn on_shift(&self, who: StaffId, now: Millis) -> bool {
        self.shifts.get(&who).is_some_and(|until| now.max(self.latest) < *until)
    }

    /// True while the face alone may still sign someone in.
    pub fn face_possible(&self, now: Millis) -> bool {
        let now = now.max(self.latest);
        self.faces_failed < MAX_FACES && self.shifts.values().any(|until| now < *until)
    }

    /// Those whose shift is over: their keys must be dropped.
    pub fn expired(&mut self, now: Millis) -> Vec<StaffId> {
        let now = self.clock(now);
        let over: Vec<_> = self.shifts.iter().filter(|(_, u)| **u <= now).map(|(w, _)| *w).collect();
        for w in &over {
            self.shifts.remove(w);
        }
        over
    }

    fn delay(&mut self, doublings: u32, now: Millis) {
        let d = FIRST_DELAY.saturating_mul(1 << doublings.min(10)).min(MAX_DELAY);
        self.wait_until = now.saturating_add(d);
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
}

impl Session {
    /// True when nobody has touched the terminal for [`IDLE`].
    pub fn idle(&self, now: Millis) -> bool {
        now.saturating_sub(self.active) >= IDLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: StaffId = StaffId([1; 16]);
    const MATCH: Event = Event::Face { best: Some(A), score: 0.8 };
    const OTHER: Event = Event::Face { best: Some(A), score: 0.1 };

    #[test]
    fn a_face_signs_nobody_in_before_their_passphrase_since_the_start() {
        let mut t = Terminal::default();
        assert_eq!(t.attempt(MATCH, 1), Verdict::PassphraseNeeded);
        assert_eq!(t.attempt(Event::PassphraseOk(A), 2), Verdict::Granted(A));
        assert_eq!(t.attempt(MATCH, 3), Verdict::Granted(A));
        assert_eq!(t.attempt(MATCH, 2 + SHIFT), Verdict::PassphraseNeeded);
    }

    #[test]
    fn five_failed_faces_ask_for_the_passphrase_and_wait() {
        let mut t = Terminal::default();
        t.attempt(Event::PassphraseOk(A), 0);
        for left in (1..MAX_FACES).rev() {
            assert_eq!(t.attempt(OTHER, 1), Verdict::NotRecognised { left });
        }
        assert_eq!(t.attempt(OTHER, 1), Verdict::PassphraseNeeded);
        assert_eq!(t.attempt(MATCH, 2), Verdict::Wait { until: 1 + FIRST_DELAY });
        let later = 1 + FIRST_DELAY;
        assert_eq!(t.attempt(MATCH, later), Verdict::PassphraseNeeded, "the right face no longer counts");
        assert_eq!(t.attempt(Event::PassphraseOk(A), later), Verdict::Granted(A));
        assert_eq!(t.attempt(MATCH, later + 1), Verdict::Granted(A));
    }

    #[test]
    fn wrong_passphrases_wait_longer_each_time() {
        let mut t = Terminal::default();
        let mut now = 0;
        for _ in 0..MAX_FACES {
            assert_eq!(t.attempt(Event::PassphraseWrong, now), Verdict::Wrong);
        }
        let mut last = 0;
        for _ in 0..8 {
            let until = t.waiting(now).unwrap();
            assert!(until - now >= last && until - now <= MAX_DELAY);
            last = until - now;
            assert_eq!(t.attempt(Event::PassphraseOk(A), now), Verdict::Wait { until });
            now = until;
            assert_eq!(t.attempt(Event::PassphraseWrong, now), Verdict::Wrong);
        }
        assert_eq!(last, MAX_DELAY);
    }

    #[test]
    fn a_clock_set_back_gives_nothing() {
        let mut t = Terminal::default();
        t.attempt(Event::PassphraseOk(A), 1_000);
        t.attempt(OTHER, 1_000 + SHIFT);
        assert_eq!(t.attempt(MATCH, 1_001), Verdict::PassphraseNeeded);
        assert!(!t.on_shift(A, 1_001));
    }

    #[test]
    fn idle_locks() {
        let s = Session { staff: A, active: 10 };
        assert!(!s.idle(10 + IDLE - 1));
        assert!(s.idle(10 + IDLE));
        assert!(!s.idle(0), "a clock set back is not idleness");
    }
}
