//! The face looking ahead, and how other views of it differ from that.

use super::challenge::Move;
use super::limits::{ASIDE, MIDDLE, ONE_PLANE, SIDEWAYS, SQUEEZE, UPRIGHT};
use super::registration::Template;
use super::relief::{self, Relief, Shape};
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
pub struct View {
    /// What the landmarks say.
    pub relief: Relief,
    /// Likeness to the neutral view laid on it as a plane, over the likeness of two neutral views: about 1 for a plane.
    pub likeness: f64,
    /// The same, −1..1, without that comparison.
    pub(super) alike: f64,
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
        View::between(&self.shape, &self.template, self.likeness, face, last)
    }

    /// The same, remembering where the face was.
    pub(super) fn follow(&mut self, face: &Face) -> Option<View> {
        let view = self.view(face, self.last)?;
        self.last = Some(view.warp);
        Some(view)
    }
}

impl View {
    fn between(
        shape: &Shape,
        template: &Template,
        likeness: f64,
        face: &Face,
        last: Option<Warp>,
    ) -> Option<Self> {
        let relief = Relief::between(shape, &face.detection)?;
        let found = template.find(&face.patch, &face.detection, last)?;
        Some(Self { relief, alike: found.alike, likeness: found.alike / likeness, warp: found.warp })
    }

    /// True when it shows the end of this move by a head: the nose left the plane in the direction of the move, and the
    /// whole face is no plane's view.
    pub fn shows(&self, m: Move) -> bool {
        let [across, down] = [0, 1].map(|axis| self.relief.along(axis));
        let (way, least, clear) = if m.sideways() {
            (across * m.sign(), SIDEWAYS, across.abs() >= down.abs())
        } else {
            (down * m.sign(), UPRIGHT, self.relief.affine[0].abs() < ASIDE)
        };
        way >= least && clear && SQUEEZE.contains(&self.relief.squeeze) && self.likeness <= ONE_PLANE
    }

    /// True when it looks ahead again.
    pub(super) fn middle(&self) -> bool {
        self.relief.affine.iter().zip(MIDDLE).all(|(way, limit)| way.abs() <= limit)
            && self.likeness > ONE_PLANE
    }

    /// True when it has clearly turned, as a plane.
    pub(super) fn flat(&self) -> bool {
        !(0.9..=1.12).contains(&self.relief.squeeze) && self.likeness > 0.95
    }
}

/// How `face` differs from `ahead`, the same face looking ahead; `None` when the landmarks of one are no face's.
pub fn compare(ahead: &Face, face: &Face) -> Option<View> {
    let shape = relief::shape(&ahead.detection)?;
    let template = Template::new(&ahead.patch, &ahead.detection, shape);
    View::between(&shape, &template, 1.0, face, None)
}
