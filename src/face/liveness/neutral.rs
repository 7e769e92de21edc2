//! The face looking ahead, and how other views of it differ from that.

use super::challenge::Move;
use super::limits::{MIDDLE, ONE_PLANE, SIDEWAYS, SQUEEZE, UPRIGHT};
use super::registration::Template;
use super::relief::{Relief, Shape};
use super::sight::Face;
use super::warp::Warp;
use crate::face::Embedding;

/// The face looking ahead, as this attempt began.
#[derive(Debug)]
pub(super) struct Neutral {
    shape: Shape,
    template: Template,
    /// Likeness of two views of it.
    likeness: f64,
    /// Where the face was last found as a plane.
    last: Option<Warp>,
    /// Who it is.
    pub(super) embedding: Embedding,
}

/// One view against the neutral one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct View {
    /// What the landmarks say.
    pub(super) relief: Relief,
    /// Likeness to the neutral view laid on it as a plane, −1..1.
    pub(super) alike: f64,
    /// [`View::alike`] over the likeness of two neutral views.
    likeness: f64,
    warp: Warp,
}

impl Neutral {
    /// From the first view that looks ahead.
    pub(super) fn new(face: &Face, shape: Shape, embedding: Embedding) -> Self {
        let template = Template::new(&face.patch, &face.detection, shape);
        Self { shape, template, likeness: 1.0, last: None, embedding }
    }

    /// The same face once it has kept still: with the median shape, and with the latest view to compare with.
    pub(super) fn settled(self, face: &Face, shape: Shape, likeness: f64) -> Self {
        let template = Template::new(&face.patch, &face.detection, shape);
        Self { shape, template, likeness, last: None, ..self }
    }

    /// How a view differs; looks for the face where `last` has it as well as where its landmarks are.
    pub(super) fn view(&self, face: &Face, last: Option<Warp>) -> Option<View> {
        let relief = Relief::between(&self.shape, &face.detection)?;
        let found = self.template.find(&face.patch, &face.detection, last)?;
        Some(View { relief, alike: found.alike, likeness: found.alike / self.likeness, warp: found.warp })
    }

    /// The same, remembering where the face was.
    pub(super) fn follow(&mut self, face: &Face) -> Option<View> {
        let view = self.view(face, self.last)?;
        self.last = Some(view.warp);
        Some(view)
    }
}

impl View {
    /// True when it shows the end of this move by a head: the nose left the plane in the direction of the move, more than
    /// across it, and the whole face is no plane's view.
    pub(super) fn shows(&self, m: Move) -> bool {
        let (axis, least) = if m.sideways() { (0, SIDEWAYS) } else { (1, UPRIGHT) };
        // Ways are compared in units of what each axis asks for: up and down show less than the sides.
        let scaled = |axis: usize| self.relief.affine[axis].abs() / [SIDEWAYS, UPRIGHT][axis];
        let way = self.relief.along(axis) * m.sign();
        way >= least
            && scaled(axis) >= scaled(1 - axis)
            && SQUEEZE.contains(&self.relief.squeeze)
            && self.likeness <= ONE_PLANE
    }

    /// True when it looks ahead again.
    pub(super) fn middle(&self) -> bool {
        self.relief.affine.iter().zip(MIDDLE).all(|(way, limit)| way.abs() <= limit) && self.likeness > ONE_PLANE
    }

    /// True when it has clearly turned, as a plane.
    pub(super) fn flat(&self) -> bool {
        !(0.9..=1.12).contains(&self.relief.squeeze) && self.likeness > 0.95
    }
}
