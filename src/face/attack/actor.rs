//! Who stands before the camera: something that sees the prompts and shows frames.

use super::portrait::Portrait;
use super::scene::{Exposure, Pose, Prop, render};
use super::surface::Surface;
use crate::core::time::Millis;
use crate::face::Frame;
use crate::face::liveness::{Move, Prompt};
use rand::RngExt;
use rand::rngs::SmallRng;

/// Something before the camera. It sees the prompt, as an attacker does, and may answer as it likes.
pub trait Actor {
    /// The frame at `now`, the prompt before it being `prompt`.
    fn show(&mut self, prompt: Prompt, now: Millis, rng: &mut SmallRng) -> Frame;
}

/// A number between two.
pub(super) fn between(rng: &mut SmallRng, low: f32, high: f32) -> f32 {
    low + (high - low) * rng.random::<f32>()
}

/// A move as degrees of (yaw, pitch), see [`Pose`].
pub(super) fn angles(m: Move, degrees: f32) -> (f32, f32) {
    match m {
        Move::Left => (degrees, 0.0),
        Move::Right => (-degrees, 0.0),
        Move::Up => (0.0, degrees),
        Move::Down => (0.0, -degrees),
    }
}

/// A pose that goes towards a target at a limited speed, with the tremor of a hand or a neck.
#[derive(Clone, Copy, Debug)]
pub(super) struct Motion {
    pub(super) now: Pose,
    /// Degrees a second.
    pub(super) speed: f32,
    pub(super) tremor: f32,
    phase: f32,
    last: Millis,
}

impl Motion {
    pub(super) fn new(start: Pose, speed: f32, tremor: f32, rng: &mut SmallRng) -> Self {
        Self { now: start, speed, tremor, phase: between(rng, 0.0, 6.3), last: 0 }
    }

    /// Steps to `now` and gives the pose, tremor included.
    pub(super) fn towards(&mut self, target: Pose, now: Millis) -> Pose {
        let seconds = if self.last == 0 { 0.0 } else { (now - self.last) as f32 / 1000.0 };
        self.last = now;
        let step = self.speed * seconds;
        let go = |from: &mut f32, to: f32, most: f32| *from += (to - *from).clamp(-most, most);
        go(&mut self.now.yaw, target.yaw, step);
        go(&mut self.now.pitch, target.pitch, step);
        go(&mut self.now.roll, target.roll, step);
        // One eye distance is moved in the time of 40 degrees.
        go(&mut self.now.shift[0], target.shift[0], step / 40.0);
        go(&mut self.now.shift[1], target.shift[1], step / 40.0);
        go(&mut self.now.distance, target.distance, step / 25.0);
        let wave = |k: f32| self.tremor * (now as f32 / 1000.0 * k + self.phase * k).sin();
        Pose {
            yaw: self.now.yaw + wave(1.7),
            pitch: self.now.pitch + wave(1.3),
            roll: self.now.roll + wave(0.9),
            shift: [self.now.shift[0] + 0.03 * wave(1.1), self.now.shift[1] + 0.03 * wave(1.9)],
            distance: self.now.distance,
        }
    }
}

/// How long somebody holds a turn before trying harder.
const PATIENCE: Millis = 1_800;
/// How much further they turn then, in degrees a second, and at most.
const EFFORT: f32 = 6.0;
/// See [`EFFORT`].
const MOST: f32 = 14.0;

/// A living head, rendered: it turns when it has read the prompt, holds, and comes back.
pub struct Head {
    portrait: Portrait,
    surface: Surface,
    motion: Motion,
    rest: Pose,
    /// How far it turns to a side, and up or down, in degrees.
    reach: [f32; 2],
    reaction: Millis,
    exposure: Exposure,
    seen: (Prompt, Millis),
    /// What it does now.
    doing: Prompt,
}

impl Head {
    /// Somebody whose face `portrait` shows.
    pub fn new(portrait: &Portrait, rng: &mut SmallRng) -> Self {
        let rest = Pose {
            yaw: between(rng, -4.0, 4.0),
            pitch: between(rng, -5.0, 5.0),
            roll: between(rng, -6.0, 6.0),
            shift: [between(rng, -0.6, 0.6), between(rng, -0.4, 0.4)],
            distance: between(rng, 5.5, 8.0),
        };
        Self {
            portrait: portrait.clone(),
            surface: Surface::Head { nose: between(rng, 0.85, 1.15) },
            motion: Motion::new(rest, between(rng, 50.0, 110.0), 0.6, rng),
            rest,
            reach: [between(rng, 26.0, 38.0), between(rng, 24.0, 36.0)],
            reaction: between(rng, 280.0, 650.0) as Millis,
            exposure: Exposure {
                light: between(rng, 0.8, 1.15),
                noise: between(rng, 1.0, 4.0),
                ..Exposure::default()
            },
            seen: (Prompt::LookAhead, 0),
            doing: Prompt::LookAhead,
        }
    }

    /// The prop at this moment; the same head serves recordings and scenes with two.
    pub(super) fn prop(&mut self, prompt: Prompt, now: Millis) -> Prop<'_> {
        if self.seen.0 != prompt {
            self.seen = (prompt, now);
        }
        if now >= self.seen.1 + self.reaction {
            self.doing = prompt;
        }
        let mut target = self.rest;
        if let Prompt::Turn(m) = self.doing {
            // Whoever sees that the prompt stays turns further.
            let waited = now.saturating_sub(self.seen.1 + PATIENCE) as f32 / 1000.0;
            let further = (EFFORT * waited).min(MOST);
            let (yaw, pitch) = angles(m, self.reach[usize::from(!m.sideways())] + further);
            (target.yaw, target.pitch) = (self.rest.yaw + yaw, self.rest.pitch + pitch);
        }
        let pose = self.motion.towards(target, now);
        Prop { portrait: &self.portrait, surface: self.surface, pose }
    }

    /// From now on it turns so many degrees to a side, and up or down.
    pub fn reach(&mut self, degrees: [f32; 2]) {
        self.reach = degrees;
    }

    /// Where it rests.
    pub(super) fn rest_at(mut self, rest: Pose) -> Self {
        (self.rest, self.motion.now) = (rest, rest);
        self
    }

    pub(super) fn exposure(&self) -> Exposure {
        self.exposure
    }
}

impl Actor for Head {
    fn show(&mut self, prompt: Prompt, now: Millis, rng: &mut SmallRng) -> Frame {
        let exposure = self.exposure;
        render(&[self.prop(prompt, now)], exposure, rng)
    }
}
