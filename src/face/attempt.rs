//! One attempt to sign in by face: from the first frame to an outcome that `core::auth` decides on.
//!
//! First somebody enrolled must be recognised in two frames; then they do what the challenge asks. A face that isn't
//! recognised in a few good frames ends the attempt, so that a moment's blink or shadow doesn't count as a failure.
//! A pure machine: what frames showed and the time go in.

use super::detect::Detection;
use super::embed::Embedding;
use super::gallery::Match;
use super::liveness::{Liveness, LivenessFailure, Prompt, Sight, Step};
use crate::core::time::Millis;

/// Good frames that must show the same enrolled person.
const AGREEING: u32 = 2;
/// Good frames that show nobody enrolled, before the attempt has failed.
const STRANGE: u32 = 6;

/// Where an attempt stands.
#[derive(Debug)]
enum Phase {
    Looking { agreeing: u32, strange: u32 },
    Moving { who: Match, since: Millis, liveness: Box<Liveness> },
    Over,
}

/// One attempt.
#[derive(Debug)]
pub struct Attempt {
    started: Millis,
    phase: Phase,
    /// The best match so far, whatever its score.
    best: Option<Match>,
    challenge: Millis,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The enrolled person most like the face, and how alike.
    pub best: Option<Match>,
    /// What the challenge said; none when it didn't come to one.
    pub live: Option<Result<(), LivenessFailure>>,
    /// Milliseconds from the first frame to here, without the challenge.
    pub machine: Millis,
    /// Milliseconds of the challenge.
    pub challenge: Millis,
}

/// What a frame led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Nobody is recognised yet.
    Looking,
    /// This person is: begin a challenge ([`Attempt::challenge`]) or end the attempt.
    Recognised(Match),
    /// The person is asked to move.
    Moving {
        /// What to do.
        prompt: Prompt,
        /// Moves done.
        done: usize,
        /// Moves in all.
        of: usize,
    },
    /// It is over.
    Over(Outcome),
}

impl Attempt {
    /// Begins.
    pub fn new(now: Millis) -> Self {
        let phase = Phase::Looking { agreeing: 0, strange: 0 };
        Self { started: now, phase, best: None, challenge: 0 }
    }

    /// True once a challenge has begun: frames go to [`Attempt::moved`].
    pub fn moving(&self) -> bool {
        matches!(self.phase, Phase::Moving { .. })
    }

    /// Takes the best match of a good frame; `threshold` is the score at which it counts.
    pub fn compared(&mut self, found: Option<Match>, threshold: f32, now: Millis) -> Progress {
        let Phase::Looking { agreeing, strange } = &mut self.phase else { return Progress::Looking };
        let before = self.best.map(|m| m.who);
        if found.is_some_and(|f| self.best.is_none_or(|b| f.score > b.score || b.score < threshold)) {
            self.best = found;
        }
        match found.filter(|m| m.score >= threshold) {
            Some(m) if *agreeing == 0 || before == Some(m.who) => {
                *agreeing += 1;
                if *agreeing >= AGREEING {
                    return Progress::Recognised(self.best.unwrap_or(m));
                }
            }
            // Two people in turn: begin with the new one.
            Some(m) => (*agreeing, self.best) = (1, Some(m)),
            None => {
                (*agreeing, *strange) = (0, *strange + 1);
                if *strange >= STRANGE {
                    return Progress::Over(self.end(None, now));
                }
            }
        }
        Progress::Looking
    }

    /// Puts the person who was recognised to a challenge.
    pub fn challenge(&mut self, who: Match, liveness: Liveness, now: Millis) {
        self.best = Some(who);
        self.phase = Phase::Moving { who, since: now, liveness: Box::new(liveness) };
    }

    /// Takes what a frame of the challenge showed; `embed` as in [`Liveness::step`].
    pub fn moved(
        &mut self,
        sight: &Sight,
        embed: impl FnOnce(&Detection) -> Embedding,
        now: Millis,
    ) -> Progress {
        let Phase::Moving { since, liveness, .. } = &mut self.phase else { return Progress::Looking };
        self.challenge = now.saturating_sub(*since);
        match liveness.step(sight, embed, now) {
            Step::Prompt { what, done, of, .. } => Progress::Moving { prompt: what, done, of },
            Step::Passed { .. } => Progress::Over(self.end(Some(Ok(())), now)),
            Step::Failed(why) => Progress::Over(self.end(Some(Err(why)), now)),
        }
    }

    /// Ends the attempt where it stands.
    pub fn end(&mut self, live: Option<Result<(), LivenessFailure>>, now: Millis) -> Outcome {
        let machine = now.saturating_sub(self.started).saturating_sub(self.challenge);
        if let Phase::Moving { who, .. } = self.phase {
            self.best = Some(who);
        }
        self.phase = Phase::Over;
        Outcome { best: self.best, live, machine, challenge: self.challenge }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::gallery::StaffKey;

    const A: StaffKey = [1; 16];
    const B: StaffKey = [2; 16];

    fn found(who: StaffKey, score: f32) -> Option<Match> {
        Some(Match { who, score })
    }

    #[test]
    fn two_good_frames_of_one_person_are_needed() {
        let mut a = Attempt::new(0);
        assert_eq!(a.compared(found(A, 0.7), 0.5, 10), Progress::Looking);
        assert_eq!(a.compared(found(A, 0.6), 0.5, 20), Progress::Recognised(Match { who: A, score: 0.7 }));
        let mut a = Attempt::new(0);
        for n in 0..8 {
            let who = if n % 2 == 0 { A } else { B };
            assert_eq!(a.compared(found(who, 0.9), 0.5, 10), Progress::Looking, "two people in turn");
        }
    }

    #[test]
    fn a_shadow_costs_nothing_and_a_stranger_is_told_after_a_few_frames() {
        let mut a = Attempt::new(100);
        assert_eq!(a.compared(found(A, 0.3), 0.5, 110), Progress::Looking);
        assert_eq!(a.compared(found(A, 0.7), 0.5, 120), Progress::Looking);
        assert_eq!(a.compared(found(A, 0.7), 0.5, 130), Progress::Recognised(Match { who: A, score: 0.7 }));
        let mut a = Attempt::new(100);
        for _ in 1..STRANGE {
            assert_eq!(a.compared(found(A, 0.2), 0.5, 150), Progress::Looking);
        }
        let over = a.compared(found(B, 0.3), 0.5, 160);
        let best = found(B, 0.3);
        assert_eq!(over, Progress::Over(Outcome { best, live: None, machine: 60, challenge: 0 }));
    }

    #[test]
    fn with_nobody_enrolled_every_face_is_a_stranger() {
        let mut a = Attempt::new(0);
        let last = (0..STRANGE).map(|_| a.compared(None, 0.5, 1)).last();
        assert!(matches!(last, Some(Progress::Over(Outcome { best: None, live: None, .. }))));
    }
}
