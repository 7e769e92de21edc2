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

/// Somebody who reads the prompts, and takes time to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    reaction: Millis,
    prompt: Prompt,
    since: Millis,
}

impl Reader {
    pub(super) fn new(rng: &mut SmallRng) -> Self {
        Self { reaction: between(rng, 280.0, 650.0) as Millis, prompt: Prompt::LookAhead, since: 0 }
    }

    /// The prompt, once it has stood for as long as reading it takes.
    pub(super) fn read(&mut self, prompt: Prompt, now: Millis) -> Option<Prompt> {
        if self.prompt != prompt {
            (self.prompt, self.since) = (prompt, now);
        }
        (now >= self.since + self.reaction).then_some(prompt)
    }
}

/// How long somebody holds a turn before trying harder.
const PATIENCE: Millis = 1_800;
/// How much further they turn then, in degrees a second, and at most.
const EFFORT: f32 = 6.0;
/// See [`EFFORT`].
const MOST: f32 = 14.0;
/// How much less far it turns at most when told that it went too far, in degrees.
const EASE: f32 = 16.0;

/// A living head, rendered: it turns when it has read the prompt, holds, and comes back.
pub struct Head {
    portrait: Portrait,
    surface: Surface,
    motion: Motion,
    rest: Pose,
    /// How far it turns to a side, and up or down, in degrees.
    reach: [f32; 2],
    reader: Reader,
    exposure: Exposure,
    /// What it does now.
    doing: Prompt,
    /// How much less far, in degrees, since it was told to.
    eased: f32,
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
            reader: Reader::new(rng),
            exposure: Exposure {
                light: between(rng, 0.8, 1.15),
                noise: between(rng, 1.0, 4.0),
                ..Exposure::default()
            },
            doing: Prompt::LookAhead,
            eased: 0.0,
        }
    }

    /// The prop at this moment; the same head serves recordings and scenes with two.
    pub(super) fn prop(&mut self, prompt: Prompt, now: Millis) -> Prop<'_> {
        match self.reader.read(prompt, now) {
            // What it did it goes on doing, less far.
            Some(Prompt::LessFar) => self.eased = (self.eased + EASE / 4.0).min(EASE),
            Some(turn @ Prompt::Turn(_)) => self.doing = turn,
            Some(other) => (self.doing, self.eased) = (other, 0.0),
            None => {}
        }
        let mut target = self.rest;
        if let Prompt::Turn(m) = self.doing {
            // Whoever sees that the prompt stays turns further.
            let waited =
                if prompt == self.doing { now.saturating_sub(self.reader.since + PATIENCE) } else { 0 };
            let waited = waited as f32 / 1000.0;
            let further = (EFFORT * waited).min(MOST);
            let (yaw, pitch) = angles(m, self.reach[usize::from(!m.sideways())] + further - self.eased);
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
