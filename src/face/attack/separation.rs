//! What tells heads from pictures, measured on still views, and how far the limits lie from both.

use super::material::Material;
use super::scene::{Exposure, Pose, Prop, render};
use super::surface::Surface;
use crate::face::Engine;
use crate::face::liveness::limits::{ONE_PLANE, SIDEWAYS, UPRIGHT};
use crate::face::liveness::{Face, Move, View, compare};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde::Serialize;

/// Portraits measured.
const PORTRAITS: usize = 20;
/// Turns of flat portraits, in degrees.
const FLAT: [f32; 4] = [20.0, 30.0, 40.0, 50.0];
/// Turn of heads, in degrees: what people reach who are asked to turn further.
const HEAD: f32 = 35.0;

/// Extremes over some views, each turned in the direction of a move.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Extremes {
    /// The nose's way against the plane when turned to a side, in eye distances: least and most.
    pub aside: (f64, f64),
    /// The same when raised or lowered.
    pub upright: (f64, f64),
    /// Likeness to the neutral view laid on it as a plane: least and most.
    pub likeness: (f64, f64),
}

impl Extremes {
    fn of(views: &[(Move, View)]) -> Self {
        let range = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
        };
        let way = |m: &Move, v: &View| v.relief.along(usize::from(!m.sideways())) * m.sign();
        let of = |sideways: bool| views.iter().filter(move |(m, _)| m.sideways() == sideways);
        Self {
            aside: range(&mut of(true).map(|(m, v)| way(m, v))),
            upright: range(&mut of(false).map(|(m, v)| way(m, v))),
            likeness: range(&mut views.iter().map(|(_, v)| v.likeness)),
        }
    }
}

/// The separation.
#[derive(Clone, Debug, Serialize)]
pub struct Separation {
    /// Flat portraits turned by 20 to 50 degrees.
    pub flat: Extremes,
    /// The same portraits as heads, turned by 35 degrees.
    pub heads: Extremes,
    /// Recorded head turns where they go furthest, by name.
    pub clips: Vec<(String, Extremes)>,
    /// The limits in force: aside, upright, likeness.
    pub limits: [f64; 3],
    /// For each clip, left out: the limits of likeness that tell all other heads, clips and flat portraits right, and
    /// whether the one in force lies among them and tells this clip right.
    pub folds: Vec<Fold>,
}

/// One clip left out.
#[derive(Clone, Debug, Serialize)]
pub struct Fold {
    /// The clip.
    pub without: String,
    /// Limits of likeness that the others allow: above every head's, below every flat portrait's.
    pub allowed: (f64, f64),
    /// True when the limit in force is one of them.
    pub same: bool,
    /// True when the clip left out is told right by it.
    pub passes: bool,
}

/// Measures portraits and clips.
pub fn separation(material: &Material, engine: &mut Engine) -> Separation {
    let (mut flat, mut heads) = (Vec::new(), Vec::new());
    for person in material.people.iter().take(PORTRAITS) {
        let mut rng = SmallRng::seed_from_u64(1);
        let mut see = |surface, yaw, pitch| -> Option<Face> {
            let pose = Pose { yaw, pitch, distance: 6.0, ..Pose::default() };
            engine
                .sight(&render(
                    &[Prop { portrait: &person[0], surface, pose }],
                    Exposure::default(),
                    &mut rng,
                ))
                .face
        };
        let head = Surface::Head { nose: 1.0 };
        for (surface, turns, views) in
            [(Surface::Flat, &FLAT[..], &mut flat), (head, &[HEAD][..], &mut heads)]
        {
            let Some(ahead) = see(surface, 0.0, 0.0) else { continue };
            for (m, degrees) in Move::ALL.into_iter().flat_map(|m| turns.iter().map(move |t| (m, *t))) {
                let (yaw, pitch) = super::actor::angles(m, degrees);
                let view = see(surface, yaw, pitch).and_then(|face| compare(&ahead, &face));
                views.extend(view.map(|v| (m, v)));
            }
        }
    }
    let best = |clip: &super::clip::Clip| -> Vec<(Move, View)> {
        Move::ALL.into_iter().filter_map(|m| clip.best(m).map(|v| (m, v))).collect()
    };
    let (flat, heads) = (Extremes::of(&flat), Extremes::of(&heads));
    let clips: Vec<(String, Extremes)> =
        material.clips.iter().map(|(name, clip)| (name.clone(), Extremes::of(&best(clip)))).collect();
    let fold = |(without, own): &(String, Extremes)| {
        let others = clips.iter().filter(|(name, _)| name != without).map(|(_, e)| e.likeness.1);
        let allowed = (others.fold(heads.likeness.1, f64::max), flat.likeness.0);
        Fold {
            without: without.clone(),
            allowed,
            same: allowed.0 < ONE_PLANE && ONE_PLANE < allowed.1,
            passes: own.likeness.1 <= ONE_PLANE && own.aside.0 >= SIDEWAYS,
        }
    };
    let folds = clips.iter().map(fold).collect();
    Separation { flat, heads, clips, limits: [SIDEWAYS, UPRIGHT, ONE_PLANE], folds }
}

impl Separation {
    /// A few lines.
    pub fn words(&self) -> String {
        let range = |(low, high): (f64, f64)| {
            if low > high { "none".to_owned() } else { format!("{low:.2} to {high:.2}") }
        };
        let line = |name: &str, e: &Extremes| {
            format!("  {name:<28} {:<15} {:<15} {}\n", range(e.aside), range(e.upright), range(e.likeness))
        };
        let mut out = "separation                     aside           up or down      likeness\n".to_owned();
        out += &line("flat portraits, 20 to 50°", &self.flat);
        out += &line("rendered heads, 35°", &self.heads);
        for (name, extremes) in &self.clips {
            let short: String = name.chars().rev().take(28).collect::<Vec<_>>().into_iter().rev().collect();
            out += &line(&short, extremes);
        }
        let [aside, upright, likeness] = self.limits;
        out += &format!(
            "  {:<28} {:<15} {:<15} {likeness:.2}\n",
            "limit",
            format!("{aside:.2}"),
            format!("{upright:.2}")
        );
        for fold in &self.folds {
            out += &format!(
                "  without {}: a likeness of {} tells the others right; the limit {}, and {}\n",
                fold.without,
                range(fold.allowed),
                if fold.same { "is one of these" } else { "is none of these" },
                if fold.passes { "it tells this one right" } else { "it tells this one wrong" },
            );
        }
        out
    }
}
