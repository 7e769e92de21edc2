//! Recorded head turns, played so that they answer the prompts.

use super::actor::{Actor, Reader};
use crate::core::time::Millis;
use crate::face::liveness::{Face, Move, Prompt, Sight, View, compare};
use crate::face::{Embedding, Engine, Frame};
use image::AnimationDecoder;
use rand::rngs::SmallRng;
use std::io::Cursor;

/// Most frames taken from a clip.
const MAX_FRAMES: usize = 2_000;

/// A clip of one face: its frames in order, and which of them show which move.
#[derive(Clone, Debug)]
pub struct Clip {
    frames: Vec<Frame>,
    faces: Vec<Face>,
    /// By move in the order of [`Move::ALL`]: the frame that shows it best.
    ends: [Option<usize>; 4],
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

    /// The longest stretch of frames that show one face; `None` if there is none.
    pub fn new(engine: &mut Engine, frames: Vec<Frame>) -> Option<Self> {
        let seen = frames.into_iter().map(|frame| match engine.sight(&frame) {
            Sight { faces: 1, face: Some(face) } => Some((frame, face)),
            _ => None,
        });
        let seen: Vec<_> = seen.collect();
        let stretch = seen.split(Option::is_none).max_by_key(|stretch| stretch.len())?;
        let (frames, faces): (Vec<Frame>, Vec<Face>) = stretch.iter().flatten().cloned().unzip();
        // The nose's way from the middle between the eyes, over the eye distance.
        let askew = |k: &usize| {
            let [a, b, nose, ..] = faces[*k].detection.landmarks;
            let eyes = faces[*k].detection.eye_distance().max(1.0);
            let along = (nose[0] - a[0].midpoint(b[0])) * (b[0] - a[0])
                + (nose[1] - a[1].midpoint(b[1])) * (b[1] - a[1]);
            (along / (eyes * eyes)).abs()
        };
        let ahead = (0..frames.len()).min_by(|a, b| askew(a).total_cmp(&askew(b)))?;
        let template = engine.embed(&frames[ahead], &faces[ahead].detection);
        let ends = Move::ALL.map(|m| {
            let views = faces.iter().map(|face| compare(&faces[ahead], face));
            let shown =
                views.enumerate().filter_map(|(k, v)| v.filter(|v| v.shows(m)).map(|v| (k, way(&v, m))));
            shown.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(k, _)| k)
        });
        Some(Self { frames, faces, ends, ahead, template })
    }

    /// The face looking ahead.
    pub fn template(&self) -> &Embedding {
        &self.template
    }

    /// The moves that the clip shows.
    pub fn moves(&self) -> Vec<Move> {
        Move::ALL.into_iter().zip(self.ends).filter(|(_, end)| end.is_some()).map(|(m, _)| m).collect()
    }

    /// The view that shows a move best.
    pub fn best(&self, m: Move) -> Option<View> {
        let (_, end) = Move::ALL.into_iter().zip(self.ends).find(|(other, _)| *other == m)?;
        compare(&self.faces[self.ahead], &self.faces[end?])
    }

    /// The frame that shows a move best; looking ahead if none does.
    fn end_of(&self, m: Move) -> usize {
        Move::ALL
            .into_iter()
            .zip(self.ends)
            .find(|(other, _)| *other == m)
            .and_then(|(_, end)| end)
            .unwrap_or(self.ahead)
    }
}

/// How far a view goes in the direction of a move.
fn way(view: &View, m: Move) -> f64 {
    view.relief.along(usize::from(!m.sideways())) * m.sign()
}

/// A clip played forwards and backwards, one recorded frame after its neighbour, to where the prompt wants the head, after
/// the time that a person needs to read it.
pub struct Player<'a> {
    clip: &'a Clip,
    at: usize,
    reader: Reader,
    doing: Prompt,
}

impl<'a> Player<'a> {
    /// From where the head looks ahead.
    pub fn new(clip: &'a Clip, rng: &mut SmallRng) -> Self {
        Self { clip, at: clip.ahead, reader: Reader::new(rng), doing: Prompt::LookAhead }
    }
}

impl Actor for Player<'_> {
    fn show(&mut self, prompt: Prompt, now: Millis, _: &mut SmallRng) -> Frame {
        self.doing = self.reader.read(prompt, now).unwrap_or(self.doing);
        let goal = match self.doing {
            Prompt::Turn(m) => self.clip.end_of(m),
            _ => self.clip.ahead,
        };
        self.at = match self.at.cmp(&goal) {
            std::cmp::Ordering::Less => self.at + 1,
            std::cmp::Ordering::Greater => self.at - 1,
            std::cmp::Ordering::Equal => self.at,
        };
        self.clip.frames[self.at].clone()
    }
}
