//! Attacks with more than one picture: recordings played again, faces swapped, two faces at once.

use super::actor::{Actor, Head, Motion, between};
use super::portrait::Portrait;
use super::scene::{Exposure, Pose, Prop, render};
use super::surface::Surface;
use crate::core::time::Millis;
use crate::face::Frame;
use crate::face::liveness::{Challenge, Prompt};
use rand::RngExt;
use rand::rngs::SmallRng;

/// Counts the moves asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Moves {
    begun: usize,
    last: Option<Prompt>,
}

impl Moves {
    /// How many have begun, `prompt` being the newest word. To turn less far is no other move.
    fn begun(&mut self, prompt: Prompt) -> usize {
        if prompt != Prompt::LessFar && self.last != Some(prompt) {
            self.begun += usize::from(matches!(prompt, Prompt::Turn(_)));
            self.last = Some(prompt);
        }
        self.begun
    }
}

/// A recording of the right head doing a challenge, shown by somebody who stops it in the middle until the next prompt: the
/// most that a player with a pause key can do.
pub struct Replay {
    head: Head,
    recorded: Vec<Prompt>,
    moves: Moves,
}

impl Replay {
    /// The head of `portrait`, recorded doing `challenge`.
    pub fn new(portrait: &Portrait, challenge: &Challenge, rng: &mut SmallRng) -> Self {
        let recorded = challenge.moves().iter().map(|m| Prompt::Turn(*m)).collect();
        Self { head: Head::new(portrait, rng), recorded, moves: Moves::default() }
    }
}

impl Actor for Replay {
    fn show(&mut self, prompt: Prompt, now: Millis, rng: &mut SmallRng) -> Frame {
        let begun = self.moves.begun(prompt);
        let played = match prompt {
            // After its last move the recording looks ahead; what it shows heeds no word about how far.
            Prompt::Turn(_) | Prompt::LessFar => begun.checked_sub(1).map_or(Prompt::LookAhead, |at| {
                self.recorded.get(at).copied().unwrap_or(Prompt::BackToMiddle)
            }),
            other => other,
        };
        self.head.show(played, now, rng)
    }
}

/// When one face gives way to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// The right person looks ahead, as a photo; somebody else's head does the moves.
    PhotoAhead,
    /// The right person's head begins; after some moves somebody else's goes on.
    Midway,
    /// The right person's photo is shown to begin with; somebody else's head goes on to the end.
    PhotoFirst,
}

/// A face swapped in during the challenge, in one place and without a gap.
pub struct Swapped {
    right: Head,
    photo: Portrait,
    other: Head,
    swap: Swap,
    after: usize,
    moves: Moves,
    rest: Pose,
}

impl Swapped {
    /// `right` is whom the check looks for.
    pub fn new(right: &Portrait, other: &Portrait, rng: &mut SmallRng) -> Self {
        let rest = Pose {
            shift: [between(rng, -0.3, 0.3), 0.0],
            distance: between(rng, 5.5, 7.5),
            ..Pose::default()
        };
        let swap = [Swap::PhotoAhead, Swap::Midway, Swap::PhotoFirst][rng.random_range(0..3)];
        Self {
            right: Head::new(right, rng).rest_at(rest),
            photo: right.clone(),
            other: Head::new(other, rng).rest_at(rest),
            swap,
            after: rng.random_range(1..3),
            moves: Moves::default(),
            rest,
        }
    }
}

impl Actor for Swapped {
    fn show(&mut self, prompt: Prompt, now: Millis, rng: &mut SmallRng) -> Frame {
        let begun = self.moves.begun(prompt);
        let exposure = self.other.exposure();
        let other = self.other.prop(prompt, now);
        let right = self.right.prop(prompt, now);
        let photo = Prop { portrait: &self.photo, surface: Surface::Flat, pose: self.rest };
        let shown = match self.swap {
            Swap::PhotoAhead => {
                // The head shows only while it is turned.
                if other.pose.yaw.abs().max(other.pose.pitch.abs()) > 8.0 { other } else { photo }
            }
            Swap::Midway => {
                if begun > self.after {
                    other
                } else {
                    right
                }
            }
            Swap::PhotoFirst => {
                if begun > 0 {
                    other
                } else {
                    photo
                }
            }
        };
        render(&[shown], exposure, rng)
    }
}

/// Somebody's head doing the moves beside a photo of the right person, now one nearer, now the other.
pub struct TwoFaces {
    photo: Portrait,
    other: Head,
    held: Motion,
    /// Distance of the photo while looking ahead, and while the head turns.
    near: [f32; 2],
}

impl TwoFaces {
    /// `right` is whom the check looks for.
    pub fn new(right: &Portrait, other: &Portrait, rng: &mut SmallRng) -> Self {
        let head = Pose { shift: [1.9, 0.0], distance: between(rng, 7.5, 9.5), ..Pose::default() };
        let near = [between(rng, 4.5, 8.0), between(rng, 8.0, 14.0)];
        let start = Pose { shift: [-1.9, 0.0], distance: near[0], ..Pose::default() };
        Self {
            photo: right.clone(),
            other: Head::new(other, rng).rest_at(head),
            held: Motion::new(start, between(rng, 80.0, 200.0), 0.5, rng),
            near,
        }
    }
}

impl Actor for TwoFaces {
    fn show(&mut self, prompt: Prompt, now: Millis, rng: &mut SmallRng) -> Frame {
        let turn = matches!(prompt, Prompt::Turn(_));
        let target = Pose { shift: [-1.9, 0.0], distance: self.near[usize::from(turn)], ..Pose::default() };
        let pose = self.held.towards(target, now);
        let photo = Prop { portrait: &self.photo, surface: Surface::Card, pose };
        render(&[self.other.prop(prompt, now), photo], Exposure::default(), rng)
    }
}
