//! The face looking ahead, and how other views of it differ from that.

use super::bent;
use super::challenge::Move;
use super::limits::{
    ASIDE, BENT, HALF_PLANE, MIDDLE, ONE_PLANE, PLANE_TURN, SIDEWAYS, SQUEEZE, TURNED_PLANE, UPRIGHT,
};
use super::registration::Template;
use super::relief::{self, Relief, Shape};
use super::sight::Face;
use super::warp::{Point, Warp};
use crate::face::Embedding;

/// A face looking ahead, whole and in halves, to be found in other views.
#[derive(Debug)]
struct Pattern {
    shape: Shape,
    whole: Template,
    /// Left, right, upper and lower.
    halves: [Template; 4],
}

impl Pattern {
    fn new(face: &Face, shape: Shape) -> Self {
        // The nose's tip lies half an eye distance below the eyes.
        let halves: [fn(Point) -> bool; 4] =
            [|[x, _]| x < 0.0, |[x, _]| x > 0.0, |[_, y]| y < 0.5, |[_, y]| y > 0.5];
        Self {
            shape,
            whole: Template::new(&face.patch, &face.detection, shape, |_| true),
            halves: halves.map(|half| Template::new(&face.patch, &face.detection, shape, half)),
        }
    }
}

/// The face looking ahead, as this attempt began.
#[derive(Debug)]
pub(super) struct Neutral {
    pattern: Pattern,
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
    /// The same of the half of the face that fits a plane best: left, right, upper or lower. Folded paper has a plane
    /// half. 0 when it shows no move anyway.
    pub half: f64,
    /// The same laid on it as paper bent round or folded along an upright axis. 0 when it shows no turn to a side anyway.
    pub bent: f64,
    /// The likeness, −1..1, without that comparison.
    pub(super) alike: f64,
    warp: Warp,
}

impl Neutral {
    /// From the first view that looks ahead.
    pub(super) fn new(face: &Face, shape: Shape, embedding: Embedding) -> Self {
        Self { pattern: Pattern::new(face, shape), likeness: 1.0, last: None, embedding }
    }

    /// The same face once it has kept still: with the median shape, and with the latest view to compare with.
    pub(super) fn settled(self, face: &Face, shape: Shape, likeness: f64) -> Self {
        Self { pattern: Pattern::new(face, shape), likeness, last: None, ..self }
    }

    /// How a view differs; looks for the face where `last` has it as well as where its landmarks are.
    pub(super) fn view(&self, face: &Face, last: Option<Warp>) -> Option<View> {
        View::between(&self.pattern, self.likeness, face, last)
    }

    /// The same, remembering where the face was.
    pub(super) fn follow(&mut self, face: &Face) -> Option<View> {
        let view = self.view(face, self.last)?;
        self.last = Some(view.warp);
        Some(view)
    }
}

impl View {
    fn between(pattern: &Pattern, likeness: f64, face: &Face, last: Option<Warp>) -> Option<Self> {
        let relief = Relief::between(&pattern.shape, &face.detection)?;
        let found = pattern.whole.find(&face.patch, &face.detection, last)?;
        let likeness = likeness.max(f64::MIN_POSITIVE);
        let view = Self {
            relief,
            likeness: found.alike / likeness,
            half: 0.0,
            bent: 0.0,
            alike: found.alike,
            warp: found.warp,
        };
        let Some(shown) = Move::ALL.into_iter().find(|m| view.shows(*m)) else { return Some(view) };
        // Only now does it matter whether it may be paper.
        let halves =
            pattern.halves.iter().filter_map(|h| h.find(&face.patch, &face.detection, Some(found.warp)));
        let half = halves.map(|h| h.alike / likeness).fold(0.0, f64::max);
        // A head that is raised or lowered is too much like bent paper for this to tell them apart.
        let bent = if shown.sideways() {
            bent::likeness(&pattern.whole, &face.patch, &found) / likeness
        } else {
            0.0
        };
        Some(Self { half, bent, ..view })
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
        let paper = self.likeness > ONE_PLANE || self.half > HALF_PLANE || self.bent > BENT;
        way >= least && clear && SQUEEZE.contains(&self.relief.squeeze) && !paper
    }

    /// True when it shows the end of this move beyond doubt, so that it is held against who was asked for another: the small
    /// turns on the way to the right one, and those that go along with it, are not.
    pub(super) fn insists_on(&self, m: Move) -> bool {
        let [across, down] = self.relief.affine;
        let clear = if m.sideways() {
            across.abs() > 1.25 * SIDEWAYS && across.abs() > 2.0 * down.abs()
        } else {
            down.abs() > 2.0 * UPRIGHT && down.abs() > across.abs()
        };
        clear && self.shows(m)
    }

    /// True when it looks ahead again.
    pub(super) fn middle(&self) -> bool {
        self.relief.affine.iter().zip(MIDDLE).all(|(way, limit)| way.abs() <= limit)
            && self.likeness > ONE_PLANE
    }

    /// True when it has clearly turned, as a plane: a head that has turned so far is no plane any more.
    pub(super) fn flat(&self) -> bool {
        // The face's middle lies half an eye distance below the eyes.
        self.likeness > TURNED_PLANE && self.warp.foreshortening([0.0, 0.5]) < PLANE_TURN
    }
}

/// How `face` differs from `ahead`, the same face looking ahead; `None` when the landmarks of one are no face's.
pub fn compare(ahead: &Face, face: &Face) -> Option<View> {
    let shape = relief::shape(&ahead.detection)?;
    View::between(&Pattern::new(ahead, shape), 1.0, face, None)
}
