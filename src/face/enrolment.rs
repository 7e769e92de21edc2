//! Guided enrolment: several poses of one and the same person, each from a frame that is good enough.
//!
//! A pure machine: frames' observations and the time go in, what to ask of the person comes out.

use super::embed::Embedding;
use super::engine::Observation;
use super::quality::Quality;
use crate::core::time::Millis;

/// A pose that is asked for, as the person does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pose {
    /// Straight into the camera.
    Ahead,
    /// A little to their left.
    Left,
    /// A little to their right.
    Right,
    /// Chin up a little.
    Up,
    /// Chin down a little.
    Down,
}

impl Pose {
    /// What to say.
    pub fn words(self) -> &'static str {
        match self {
            Pose::Ahead => "look straight into the camera",
            Pose::Left => "turn your head a little to the left",
            Pose::Right => "turn your head a little to the right",
            Pose::Up => "raise your chin a little",
            Pose::Down => "lower your chin a little",
        }
    }
}

/// What is asked for, in this order; frames ahead come first, since the others are measured against them.
pub const POSES: [Pose; 6] = [Pose::Ahead, Pose::Ahead, Pose::Left, Pose::Right, Pose::Up, Pose::Down];
/// Frames ahead that no enrolment goes without.
const AHEAD: usize = 2;
/// The fewest templates: someone who can't move their head much is enrolled all the same.
const FEWEST: usize = 3;
/// How long one pose is waited for.
const POSE_TIME: Millis = 10_000;
/// How long the frames ahead are waited for.
const AHEAD_TIME: Millis = 30_000;
/// Turn that counts, as the nose's way along the eye line over the eye distance, against the frames ahead. Turned
/// further, a face is no longer compared ([`super::quality`]).
const TURN: f32 = 0.10;
/// Nod that counts, as the nose's way from eyes to mouth, against the frames ahead.
const NOD: f32 = 0.05;
/// Ahead: at most this much off the middle.
const STRAIGHT: f32 = 0.15;

/// Below this score two faces are two people's (half of what one stranger in 1,000 reaches): a head turned as far as the
/// quality limits allow stays above it.
const ANOTHER: f32 = 0.18;

/// Why an enrolment ended without templates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentFailure {
    /// No frame was good enough.
    #[error("the face could not be enrolled: {0}, then try again")]
    NoGoodFrame(String),
    /// Somebody else stepped in.
    #[error("two different faces were seen: one person alone before the camera, then try again")]
    AnotherFace,
    /// Too few poses.
    #[error("too few good pictures: sit facing the camera in even light, then try again")]
    TooFew,
}

/// Where an enrolment stands after a frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// This pose is asked for.
    Wanted {
        /// Which.
        pose: Pose,
        /// What keeps the last frame from being used.
        hint: Option<String>,
        /// Poses done.
        done: usize,
    },
    /// Enough.
    Done(Vec<Embedding>),
}

/// One person's enrolment.
#[derive(Debug)]
pub struct Enrolment {
    /// Score at which two embeddings are of one person.
    same: f32,
    kept: Vec<Embedding>,
    /// Position in [`POSES`].
    at: usize,
    /// Since when this pose is asked for.
    since: Millis,
    /// Turn and nod of the frames ahead.
    straight: Option<(f32, f32)>,
    hint: Option<String>,
    others: u32,
}

impl Enrolment {
    /// Begins; `same` is the score that a face must reach at this terminal.
    pub fn new(same: f32, now: Millis) -> Self {
        Self { same, kept: Vec::new(), at: 0, since: now, straight: None, hint: None, others: 0 }
    }

    /// The pose that the next frame should show.
    pub fn wanted(&self) -> Pose {
        POSES[self.at.min(POSES.len() - 1)]
    }

    /// Takes one frame's observation.
    ///
    /// # Errors
    /// The enrolment is over, without templates.
    pub fn step(&mut self, seen: &Observation, now: Millis) -> Result<Stage, EnrolmentFailure> {
        self.hint = seen.advice();
        if let Observation::Face { quality, embedding, .. } = seen {
            self.take(quality, embedding, now)?;
        }
        let waited = now.saturating_sub(self.since);
        if self.at < AHEAD && waited >= AHEAD_TIME {
            let hint = self.hint.take().unwrap_or_else(|| Pose::Ahead.words().into());
            return Err(EnrolmentFailure::NoGoodFrame(hint));
        }
        if (AHEAD..POSES.len()).contains(&self.at) && waited >= POSE_TIME {
            // Not everybody can do everything: go on with the next pose.
            (self.at, self.since) = (self.at + 1, now);
        }
        if self.at < POSES.len() {
            return Ok(Stage::Wanted { pose: self.wanted(), hint: self.hint.clone(), done: self.at });
        }
        if self.kept.len() < FEWEST {
            return Err(EnrolmentFailure::TooFew);
        }
        Ok(Stage::Done(std::mem::take(&mut self.kept)))
    }

    fn take(
        &mut self,
        quality: &Quality,
        embedding: &Embedding,
        now: Millis,
    ) -> Result<(), EnrolmentFailure> {
        let alike = self.kept.iter().map(|k| k.cosine(embedding)).max_by(f32::total_cmp);
        if alike.is_some_and(|score| score < ANOTHER) {
            self.hint = Some("one person at a time in front of the camera".into());
            self.others += 1;
            // A single odd frame is a blink or a yawn; several are somebody else.
            return if self.others >= 5 { Err(EnrolmentFailure::AnotherFace) } else { Ok(()) };
        }
        self.others = 0;
        if alike.is_some_and(|score| score < self.same) {
            // The same person, turned so far that it isn't sure: no template.
            self.hint = Some("a little less".into());
            return Ok(());
        }
        if !self.shows(self.wanted(), quality) {
            return Ok(());
        }
        if self.at < AHEAD {
            self.straight = Some((quality.yaw, quality.pitch));
        }
        self.kept.push(embedding.clone());
        (self.at, self.since) = (self.at + 1, now);
        Ok(())
    }

    fn shows(&self, pose: Pose, q: &Quality) -> bool {
        let (yaw, pitch) = self.straight.unwrap_or((0.0, q.pitch));
        // The camera sees the person's left on its right: their nose moves there.
        match pose {
            Pose::Ahead => q.yaw.abs() <= STRAIGHT,
            Pose::Left => q.yaw - yaw >= TURN,
            Pose::Right => yaw - q.yaw >= TURN,
            Pose::Up => pitch - q.pitch >= NOD,
            Pose::Down => q.pitch - pitch >= NOD,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::auth::FACE_THRESHOLD;
    use crate::face::{Detection, QualityProblem};

    const DETECTION: Detection =
        Detection { bbox: [0.0, 0.0, 90.0, 120.0], landmarks: [[0.0; 2]; 5], score: 0.9 };

    fn quality(yaw: f32, pitch: f32) -> Quality {
        Quality {
            eye_distance: 60.0,
            outside: 0.0,
            light: 120.0,
            contrast: 40.0,
            side_light: 0.1,
            sharpness: 0.05,
            yaw,
            pitch,
            roll: 0.0,
        }
    }

    /// Person 0 or 1: two directions at a right angle, and a little of a third that differs each time.
    fn face(person: usize, n: usize, yaw: f32, pitch: f32) -> Observation {
        let mut values = [0.0; 128];
        values[person] = 1.0;
        values[2 + n % 100] = 0.3;
        let embedding = Embedding::new(values).unwrap();
        Observation::Face { detection: DETECTION, quality: quality(yaw, pitch), embedding }
    }

    fn poor(problem: QualityProblem) -> Observation {
        Observation::Poor { detection: DETECTION, quality: quality(0.0, 0.5), problem }
    }

    const MOVES: [(f32, f32); 6] =
        [(0.02, 0.5), (0.03, 0.5), (0.2, 0.5), (-0.2, 0.5), (0.0, 0.42), (0.0, 0.6)];

    #[test]
    fn six_poses_become_six_templates() {
        let mut e = Enrolment::new(FACE_THRESHOLD, 0);
        for (n, (yaw, pitch)) in MOVES.into_iter().enumerate() {
            assert_eq!(e.wanted(), POSES[n]);
            // A frame that doesn't show the pose changes nothing.
            if n >= AHEAD {
                let stage = e.step(&face(0, n, 0.02, 0.5), 100).unwrap();
                assert_eq!(stage, Stage::Wanted { pose: POSES[n], hint: None, done: n });
            }
            match e.step(&face(0, n, yaw, pitch), 100).unwrap() {
                Stage::Wanted { done, .. } => assert_eq!(done, n + 1),
                Stage::Done(kept) => assert_eq!((n, kept.len()), (5, 6)),
            }
        }
    }

    #[test]
    fn what_keeps_a_frame_from_being_used_is_said() {
        let mut e = Enrolment::new(FACE_THRESHOLD, 0);
        let stage = e.step(&poor(QualityProblem::BadLight), 0).unwrap();
        let hint = Some("more light from the front".to_owned());
        assert_eq!(stage, Stage::Wanted { pose: Pose::Ahead, hint, done: 0 });
        let end = e.step(&poor(QualityProblem::TooFar), AHEAD_TIME).unwrap_err();
        assert_eq!(end, EnrolmentFailure::NoGoodFrame("come closer".into()));
    }

    #[test]
    fn whoever_cannot_move_their_head_is_enrolled_with_fewer() {
        let mut e = Enrolment::new(FACE_THRESHOLD, 0);
        let mut now = 0;
        let mut step = |e: &mut Enrolment, n, yaw, pitch| {
            now += 2_000;
            e.step(&face(0, n, yaw, pitch), now)
        };
        step(&mut e, 0, 0.0, 0.5).unwrap();
        step(&mut e, 1, 0.0, 0.5).unwrap();
        step(&mut e, 2, 0.2, 0.5).unwrap();
        let end = (3..40).map(|n| step(&mut e, n, 0.0, 0.5).unwrap()).find_map(|s| match s {
            Stage::Done(kept) => Some(kept.len()),
            Stage::Wanted { .. } => None,
        });
        assert_eq!(end, Some(3));
        let mut e = Enrolment::new(FACE_THRESHOLD, 0);
        let end = (0..40u64).find_map(|n| e.step(&face(0, n as usize, 0.0, 0.5), n * 2_000).err());
        assert_eq!(end, Some(EnrolmentFailure::TooFew));
    }

    #[test]
    fn a_second_person_ends_it_and_a_single_odd_frame_does_not() {
        let mut e = Enrolment::new(FACE_THRESHOLD, 0);
        e.step(&face(0, 0, 0.0, 0.5), 0).unwrap();
        for n in 0..4 {
            let Stage::Wanted { hint, .. } = e.step(&face(1, n, 0.0, 0.5), 1).unwrap() else { panic!() };
            assert!(hint.unwrap().contains("one person"));
        }
        e.step(&face(0, 1, 0.0, 0.5), 1).unwrap();
        let end = (0..5).find_map(|n| e.step(&face(1, n, 0.0, 0.5), 1).err());
        assert_eq!(end, Some(EnrolmentFailure::AnotherFace));
    }
}
