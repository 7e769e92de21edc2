//! A portrait with the place of its face: what attacks are made of.

use super::scene::{Exposure, Pose, Prop, render};
use super::surface::Surface;
use crate::core::auth::FACE_THRESHOLD;
use crate::face::align::bilinear;
use crate::face::liveness::Sight;
use crate::face::resize::Shrink;
use crate::face::{Detection, Embedding, Engine, Frame};
use rand::SeedableRng;
use rand::rngs::SmallRng;

/// Largest eye distance kept, in pixels: rendered faces have about 45.
const EYES: f32 = 72.0;
/// Largest part of a portrait that is rendered, in eye distances from between the eyes: left and right, up, down.
const REACH: [f32; 3] = [2.6, 2.4, 3.6];

/// A portrait whose face was found. Face coordinates as in [`super::scene`].
#[derive(Clone, Debug)]
pub struct Portrait {
    picture: Frame,
    face: Detection,
    templates: Vec<Embedding>,
}

impl Portrait {
    /// The only face of a picture; `None` when there is none that looks ahead and can be enrolled, or another beside it.
    pub fn find(engine: &mut Engine, picture: &Frame) -> Option<Self> {
        let only = |engine: &mut Engine, picture: &Frame| match engine.sight(picture) {
            Sight { faces: 1, face: Some(face) } => Some(face.detection),
            _ => None,
        };
        let mut picture = picture.clone();
        let mut face = only(engine, &picture)?;
        let photo = engine.embed(&picture, &face);
        if face.eye_distance() > EYES {
            let scale = EYES / face.eye_distance();
            let size = |side: u32| ((side as f32 * scale) as usize).max(1);
            let from = (picture.width() as usize, picture.height() as usize);
            let to = (size(picture.width()), size(picture.height()));
            // `to` is no larger than `from`, which is in bounds.
            let mut smaller = Vec::new();
            Shrink::default().apply(picture.rgb(), from, to, &mut smaller);
            picture = Frame::new(to.0 as u32, to.1 as u32, smaller).ok()?;
            face = only(engine, &picture)?;
        }
        let mut portrait = Self { picture, face, templates: vec![photo] };
        (portrait.ahead() && portrait.enrol(engine)).then_some(portrait)
    }

    /// What is enrolled: the picture itself, and its head rendered in the poses that enrolment asks for.
    pub fn templates(&self) -> &[Embedding] {
        &self.templates
    }

    /// False when guided enrolment would refuse one of the poses: somebody else in view, or not surely the same person.
    fn enrol(&mut self, engine: &mut Engine) -> bool {
        let mut rng = SmallRng::seed_from_u64(0);
        for (yaw, pitch, distance) in
            [(15.0, 0.0, 5.5), (-15.0, 0.0, 6.5), (0.0, 12.0, 7.0), (0.0, -12.0, 8.0)]
        {
            let pose = Pose { yaw, pitch, distance, ..Pose::default() };
            let head = Prop { portrait: self, surface: Surface::Head { nose: 1.0 }, pose };
            let frame = render(&[head], Exposure::default(), &mut rng);
            let Sight { faces: 1, face: Some(face) } = engine.sight(&frame) else { return false };
            let template = engine.embed(&frame, &face.detection);
            if self.templates[0].cosine(&template) < FACE_THRESHOLD {
                return false;
            }
            self.templates.push(template);
        }
        true
    }

    /// True when the face looks at the camera.
    fn ahead(&self) -> bool {
        let nose = self.face(self.face.landmarks[2]);
        nose[0].abs() < 0.12 && (0.3..0.75).contains(&nose[1]) && (0.8..1.5).contains(&self.mouth_height())
    }

    /// Height of the nose's tip below the eyes.
    pub fn nose_height(&self) -> f32 {
        self.face(self.face.landmarks[2])[1]
    }

    /// Height of the mouth below the eyes.
    pub fn mouth_height(&self) -> f32 {
        let [.., a, b] = self.face.landmarks;
        (self.face(a)[1] + self.face(b)[1]) / 2.0
    }

    /// Left, top, right and bottom of the part that is rendered.
    pub fn bounds(&self) -> [f32; 4] {
        // Tilt is small in portraits that look ahead; what a corner lacks is cut off.
        let [a, b] =
            [self.face([0.0, 0.0]), self.face([self.picture.width() as f32, self.picture.height() as f32])];
        [a[0].max(-REACH[0]), a[1].max(-REACH[1]), b[0].min(REACH[0]), b[1].min(REACH[2])]
    }

    /// Portrait pixels of a point of the face.
    pub fn texture(&self, x: f32, y: f32) -> [f32; 2] {
        let ([ox, oy], [ex, ey]) = self.axes();
        [ox + x * ex - y * ey, oy + x * ey + y * ex]
    }

    /// The portrait between its pixels; its border goes on beyond it.
    pub fn sample(&self, u: f32, v: f32) -> [f32; 3] {
        let inside = |v: f32, side: u32| f64::from(v.clamp(0.0, (side - 1) as f32));
        bilinear(&self.picture, inside(u, self.picture.width()), inside(v, self.picture.height()))
            .map(|c| c as f32)
    }

    /// The middle between the eyes, and the way from eye to eye, in portrait pixels.
    fn axes(&self) -> ([f32; 2], [f32; 2]) {
        let [a, b, ..] = self.face.landmarks;
        ([a[0].midpoint(b[0]), a[1].midpoint(b[1])], [b[0] - a[0], b[1] - a[1]])
    }

    /// Face coordinates of a portrait pixel.
    fn face(&self, [u, v]: [f32; 2]) -> [f32; 2] {
        let ([ox, oy], [ex, ey]) = self.axes();
        let square = ex * ex + ey * ey;
        let (x, y) = (u - ox, v - oy);
        [(x * ex + y * ey) / square, (y * ex - x * ey) / square]
    }
}
