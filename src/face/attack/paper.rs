//! Pictures held before the camera: prints and screens, flat, bent or folded, by somebody who follows the prompts.

use super::actor::{Actor, Motion, angles, between};
use super::portrait::Portrait;
use super::scene::{Exposure, Pose, Prop, render};
use super::surface::Surface;
use crate::core::time::Millis;
use crate::face::Frame;
use crate::face::liveness::Prompt;
use rand::RngExt;
use rand::rngs::SmallRng;

/// What somebody does with a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handling {
    /// Moved about, turned little.
    Moved,
    /// Turned in the direction of the prompt, further and further.
    Rotated,
    /// Tilted in its plane and turned askew.
    Tilted,
    /// Brought near and taken away while turned: the strongest perspective.
    Zoomed,
    /// A screen whose brightness jumps, with a reflection that wanders.
    Flicker,
    /// Bent round a cylinder and turned.
    Bent,
    /// Folded along the nose and turned.
    Folded,
}

/// A picture in somebody's hands.
pub struct Paper {
    portrait: Portrait,
    handling: Handling,
    /// How it is shaped while looking ahead, and when turned.
    surfaces: [Surface; 2],
    motion: Motion,
    rest: Pose,
    /// Greatest turn in degrees, and how long one sweep up to it takes.
    reach: f32,
    sweep: f32,
    askew: [f32; 3],
    exposure: Exposure,
    since: (Prompt, Millis),
    bend: f32,
}

impl Paper {
    /// A print of, or a screen with, `portrait`.
    pub fn new(portrait: &Portrait, handling: Handling, rng: &mut SmallRng) -> Self {
        let rest = Pose {
            yaw: between(rng, -6.0, 6.0),
            pitch: between(rng, -6.0, 6.0),
            roll: between(rng, -5.0, 5.0),
            shift: [between(rng, -0.5, 0.5), between(rng, -0.3, 0.3)],
            distance: between(rng, 4.5, 8.0),
        };
        let flat = [Surface::Flat; 2];
        let upright = rng.random_bool(0.75);
        let early = rng.random_bool(0.5);
        let shaped = |surface| if early { [surface; 2] } else { [Surface::Flat, surface] };
        let surfaces = match handling {
            Handling::Bent => shaped(Surface::Cylinder { radius: between(rng, 0.5, 1.3), upright }),
            Handling::Folded => shaped(Surface::Fold { angle: between(rng, 15.0, 50.0), upright }),
            _ => flat,
        };
        let reach = match handling {
            Handling::Moved => between(rng, 5.0, 15.0),
            _ => between(rng, 20.0, 62.0),
        };
        let crooked = match handling {
            Handling::Tilted => 35.0,
            Handling::Moved => 8.0,
            _ => 12.0,
        };
        let noise = if rng.random_bool(0.25) { between(rng, 4.0, 10.0) } else { between(rng, 1.0, 4.0) };
        Self {
            portrait: portrait.clone(),
            handling,
            surfaces,
            motion: Motion::new(rest, between(rng, 50.0, 160.0), 0.8, rng),
            rest,
            reach,
            sweep: between(rng, 0.8, 2.5),
            askew: [0; 3].map(|_| between(rng, -crooked, crooked)),
            exposure: Exposure {
                light: between(rng, 0.8, 1.2),
                noise,
                blur: if rng.random_bool(0.25) { rng.random_range(1..4) } else { 0 },
                ..Exposure::default()
            },
            since: (Prompt::LookAhead, 0),
            bend: 0.0,
        }
    }

    fn target(&self, prompt: Prompt, now: Millis) -> Pose {
        let mut target = self.rest;
        let Prompt::Turn(m) = prompt else { return target };
        let seconds = (now - self.since.1) as f32 / 1000.0;
        // Up to the full turn and back, again and again: somewhere on the way the picture is at its best.
        let share = 0.55 - 0.45 * (seconds / self.sweep * std::f32::consts::PI).cos();
        let (yaw, pitch) = angles(m, self.reach * share);
        (target.yaw, target.pitch) = (target.yaw + yaw, target.pitch + pitch);
        let [a, b, c] = self.askew;
        match self.handling {
            Handling::Moved => {
                let (x, y) = angles(m, 1.2 * share);
                target.shift = [target.shift[0] + x, target.shift[1] - y];
                target.roll += a;
            }
            Handling::Tilted => {
                target.roll += a * 2.0 * share;
                (target.yaw, target.pitch) = (target.yaw + 0.6 * b, target.pitch + 0.6 * c);
            }
            Handling::Zoomed => target.distance = 3.0 + 5.0 * (seconds * 1.9).sin().abs(),
            Handling::Rotated | Handling::Flicker | Handling::Bent | Handling::Folded => {
                if m.sideways() {
                    target.pitch += a
                } else {
                    target.yaw += a
                }
            }
        }
        target
    }
}

impl Actor for Paper {
    fn show(&mut self, prompt: Prompt, now: Millis, rng: &mut SmallRng) -> Frame {
        if self.since.0 != prompt {
            self.since = (prompt, now);
        }
        let target = self.target(prompt, now);
        let pose = self.motion.towards(target, now);
        let turning = matches!(prompt, Prompt::Turn(_));
        // Paper is bent within a third of a second.
        self.bend = (self.bend + if turning { 0.25 } else { -0.25 }).clamp(0.0, 1.0);
        let surface = self.surfaces[0].towards(&self.surfaces[1], self.bend);
        let mut exposure = self.exposure;
        if self.handling == Handling::Flicker {
            exposure.light *= [0.55, 0.8, 1.0, 1.25, 1.6][rng.random_range(0..5)];
            let seconds = now as f32 / 1000.0;
            exposure.glare =
                Some(([160.0 + 60.0 * (seconds * 2.1).sin(), 120.0 + 40.0 * (seconds * 1.3).cos()], 110.0));
        }
        render(&[Prop { portrait: &self.portrait, surface, pose }], exposure, rng)
    }
}
