//! Recorded head turns, played so that they answer the prompts.

use super::actor::Actor;
use crate::core::time::Millis;
use crate::face::liveness::{Move, Prompt, Sight};
use crate::face::{Embedding, Engine, Frame};
use image::AnimationDecoder;
use rand::rngs::SmallRng;
use std::io::Cursor;

/// Most frames taken from a clip.
const MAX_FRAMES: usize = 2_000;

/// A clip of one face: its frames in order, and how far the head is turned in each.
#[derive(Clone, Debug)]
pub struct Clip {
    frames: Vec<Frame>,
    /// The nose's way from the middle of the eyes along and across the eye line, in eye distances.
    nose: Vec<[f32; 2]>,
    ahead: usize,
    template: Embedding,
}

impl Clip {
    /// Decodes an animated GIF; `None` when it can't be decoded.
    pub fn frames(bytes: &[u8]) -> Option<Vec<Frame>> {
        let decoder = image::codecs::gif::GifDecoder::new(Cursor::new(bytes)).ok()?;
        let mut frames = Vec::new();
        for frame in decoder.into_frames().take(MAX_FRAMES) {
            let picture = image::DynamicImage::ImageRgba8(frame.ok()?.into_buffer()).into_rgb8();
            frames.push(Frame::new(picture.width(), picture.height(), picture.into_raw()).ok()?);
        }
        Some(frames)
    }

    /// A clip in which every frame shows one face; `None` otherwise.
    pub fn new(engine: &mut Engine, frames: Vec<Frame>) -> Option<Self> {
        let mut nose = Vec::new();
        for frame in &frames {
            let Sight { faces: 1, face: Some(face) } = engine.sight(frame) else { return None };
            let [a, b, n, ..] = face.detection.landmarks;
            let (ex, ey) = (b[0] - a[0], b[1] - a[1]);
            let (x, y) = (n[0] - a[0].midpoint(b[0]), n[1] - a[1].midpoint(b[1]));
            let square = ex * ex + ey * ey;
            nose.push([(x * ex + y * ey) / square, (y * ex - x * ey) / square]);
        }
        let ahead = (0..frames.len()).min_by(|a, b| nose[*a][0].abs().total_cmp(&nose[*b][0].abs()))?;
        let face = engine.sight(&frames[ahead]).face?;
        let template = engine.embed(&frames[ahead], &face.detection);
        Some(Self { frames, nose, ahead, template })
    }

    /// The face looking ahead.
    pub fn template(&self) -> &Embedding {
        &self.template
    }

    /// The moves that the clip shows: the head turns by at least `least` from where it looks ahead.
    pub fn moves(&self, least: f32) -> Vec<Move> {
        let way = |k: usize, axis: usize| self.nose[k][axis] - self.nose[self.ahead][axis];
        let shown = |m: &Move| {
            let axis = usize::from(!m.sideways());
            (0..self.frames.len()).any(|k| way(k, axis) * m.sign() as f32 >= least)
        };
        Move::ALL.into_iter().filter(shown).collect()
    }

    /// The frame at which a move has gone furthest.
    fn end_of(&self, m: Move) -> usize {
        let axis = usize::from(!m.sideways());
        let way = |k: &usize| self.nose[*k][axis] * m.sign() as f32;
        // Never empty: `new` found a frame that looks ahead.
        (0..self.frames.len()).max_by(|a, b| way(a).total_cmp(&way(b))).unwrap_or(self.ahead)
    }
}

/// A clip played forwards and backwards, one recorded frame after its neighbour, to where the prompt wants the head.
pub struct Player<'a> {
    clip: &'a Clip,
    at: usize,
    /// Frames shown at the goal, for the small movements of the pause.
    waited: usize,
}

impl<'a> Player<'a> {
    /// From where the head looks ahead.
    pub fn new(clip: &'a Clip) -> Self {
        Self { clip, at: clip.ahead, waited: 0 }
    }
}

impl Actor for Player<'_> {
    fn show(&mut self, prompt: Prompt, _: Millis, _: &mut SmallRng) -> Frame {
        let goal = match prompt {
            Prompt::Turn(m) => self.clip.end_of(m),
            _ => self.clip.ahead,
        };
        match self.at.cmp(&goal) {
            std::cmp::Ordering::Less => self.at += 1,
            std::cmp::Ordering::Greater => self.at -= 1,
            std::cmp::Ordering::Equal => self.waited += 1,
        }
        self.clip.frames[self.at].clone()
    }
}
