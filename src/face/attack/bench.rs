//! Runs attacks and bona fide presentations through detector, embedder and liveness check, frame by frame.

use super::actor::{Actor, Head, between};
use super::clip::Player;
use super::material::Material;
use super::paper::{Handling, Paper};
use super::report::{Report, Tally};
use super::staged::{Replay, Swapped, TwoFaces};
use crate::core::auth::FACE_THRESHOLD;
use crate::core::time::Millis;
use crate::face::liveness::{Challenge, Liveness, LivenessFailure, Move, Prompt, Step};
use crate::face::{Embedding, Engine};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most frames of one attempt: longer than any challenge at 30 frames a second.
const MAX_FRAMES: usize = 2_000;

/// A presentation attack instrument species (ISO/IEC 30107-3), or a kind of bona fide presentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Species {
    /// A picture in somebody's hands.
    Paper(Handling),
    /// A recording of another challenge.
    ReplayOther,
    /// A face swapped in on the way.
    Swap,
    /// Two faces at once.
    TwoFaces,
    /// A recording of the very same challenge.
    ReplaySame,
    /// A living head, rendered.
    RenderedHead,
    /// A recorded head turn, played so that it answers.
    Clip,
}

impl Species {
    /// Of which none may pass.
    pub const REFUSED: [Self; 8] = [
        Self::Paper(Handling::Moved),
        Self::Paper(Handling::Rotated),
        Self::Paper(Handling::Tilted),
        Self::Paper(Handling::Zoomed),
        Self::Paper(Handling::Flicker),
        Self::ReplayOther,
        Self::Swap,
        Self::TwoFaces,
    ];
    /// Reported apart.
    pub const SHAPED: [Self; 2] = [Self::Paper(Handling::Bent), Self::Paper(Handling::Folded)];

    /// In a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper(Handling::Moved) => "photo moved",
            Self::Paper(Handling::Rotated) => "photo rotated",
            Self::Paper(Handling::Tilted) => "photo tilted",
            Self::Paper(Handling::Zoomed) => "photo zoomed",
            Self::Paper(Handling::Flicker) => "screen with flicker",
            Self::Paper(Handling::Bent) => "photo on a cylinder",
            Self::Paper(Handling::Folded) => "photo folded",
            Self::ReplayOther => "replay, other challenge",
            Self::Swap => "face swapped midway",
            Self::TwoFaces => "two faces",
            Self::ReplaySame => "replay, same challenge",
            Self::RenderedHead => "rendered heads",
            Self::Clip => "recorded head turns",
        }
    }
}

/// One attempt to run.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    species: Species,
    seed: u64,
    /// Which clip, for [`Species::Clip`].
    clip: usize,
}

/// How one attempt ended.
#[derive(Clone, Debug)]
struct Ended {
    challenge: Challenge,
    passed: bool,
    failure: Option<LivenessFailure>,
    frames: usize,
}

/// Runs `attacks` attacks, a fifth as many replays of the same challenge and as many rendered heads, and every clip ten
/// times, on as many threads as `engines`. `progress` hears the number done and of how many.
///
/// The attempts depend on `seed` only, not on the threads.
pub fn run(
    material: &Material,
    engines: Vec<Engine>,
    attacks: usize,
    seed: u64,
    progress: impl Fn(usize, usize) + Sync,
) -> Report {
    let attempts = plan(material, attacks, seed);
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let worker = |mut engine: Engine| {
        let mut ended = Vec::new();
        while let Some(attempt) = attempts.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(end) = attempt.run(material, &mut engine) {
                ended.push((attempt.species, end));
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, attempts.len());
        }
        ended
    };
    let ended: Vec<(Species, Ended)> = std::thread::scope(|scope| {
        let threads: Vec<_> = engines.into_iter().map(|engine| scope.spawn(|| worker(engine))).collect();
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    summary(&ended)
}

fn plan(material: &Material, attacks: usize, seed: u64) -> Vec<Attempt> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut attempts = Vec::new();
    let mut add = |species, clip, n: usize| {
        attempts.extend((0..n).map(|_| Attempt { species, seed: rng.random(), clip }));
    };
    let species: Vec<Species> = Species::REFUSED.into_iter().chain(Species::SHAPED).collect();
    for (k, one) in species.iter().enumerate() {
        // The first ones take what doesn't divide evenly.
        add(*one, 0, (attacks + species.len() - 1 - k) / species.len());
    }
    let fifth = attacks.div_ceil(5);
    add(Species::ReplaySame, 0, fifth);
    add(Species::RenderedHead, 0, fifth);
    for clip in 0..material.clips.len() {
        add(Species::Clip, clip, fifth.min(10));
    }
    attempts
}

impl Attempt {
    /// `None` when the material has nothing for it.
    fn run(&self, material: &Material, engine: &mut Engine) -> Option<Ended> {
        let mut rng = SmallRng::seed_from_u64(self.seed);
        let rng = &mut rng;
        if self.species == Species::Clip {
            let clip = &material.clips.get(self.clip)?.1;
            let challenge = along(&clip.moves(), rng)?;
            let mut player = Player::new(clip, rng);
            return Some(self.play(
                &mut player,
                challenge,
                std::slice::from_ref(clip.template()),
                engine,
                rng,
            ));
        }
        let person = rng.random_range(0..material.people.len());
        let right = material.people[person].choose(rng)?;
        let mut another = rng.random_range(0..material.people.len() - 1);
        another += usize::from(another >= person);
        let other = material.people[another].choose(rng)?;
        let challenge = Challenge::draw(rng);
        let mut actor: Box<dyn Actor> = match self.species {
            Species::Paper(handling) => Box::new(Paper::new(right, handling, rng)),
            Species::ReplayOther => {
                let recorded = std::iter::repeat_with(|| Challenge::draw(rng))
                    .find(|c| !c.moves().starts_with(challenge.moves()))?;
                Box::new(Replay::new(right, &recorded, rng))
            }
            Species::ReplaySame => Box::new(Replay::new(right, &challenge, rng)),
            Species::Swap => Box::new(Swapped::new(right, other, rng)),
            Species::TwoFaces => Box::new(TwoFaces::new(right, other, rng)),
            Species::RenderedHead => Box::new(Head::new(right, rng)),
            Species::Clip => return None,
        };
        Some(self.play(actor.as_mut(), challenge, right.templates(), engine, rng))
    }

    fn play(
        &self,
        actor: &mut dyn Actor,
        challenge: Challenge,
        templates: &[Embedding],
        engine: &mut Engine,
        rng: &mut SmallRng,
    ) -> Ended {
        // Cameras of 7 to 15 frames a second, as in poor light; the check itself is tested at up to 30.
        let interval = between(rng, 80.0, 150.0);
        let mut now: Millis = 1_000;
        let mut liveness = Liveness::new(challenge.clone(), templates, FACE_THRESHOLD, now);
        let mut prompt = Prompt::LookAhead;
        let mut ended = Ended { challenge, passed: false, failure: None, frames: 0 };
        while ended.frames < MAX_FRAMES {
            // One frame in twenty is lost.
            now += (interval * if rng.random_bool(0.05) { 2.0 } else { 1.0 }) as Millis;
            let frame = actor.show(prompt, now, rng);
            ended.frames += 1;
            match engine.watch(&frame, &mut liveness, now) {
                Step::Prompt { what, .. } => prompt = what,
                Step::Passed { .. } => {
                    ended.passed = true;
                    break;
                }
                Step::Failed(failure) => {
                    ended.failure = Some(failure);
                    break;
                }
            }
        }
        ended
    }
}

/// Three or four of these moves, no two neighbours the same; `None` when there is only one.
fn along(moves: &[Move], rng: &mut SmallRng) -> Option<Challenge> {
    if moves.len() < 2 {
        return None;
    }
    let mut order: Vec<Move> = Vec::new();
    for _ in 0..rng.random_range(3..5) {
        let others: Vec<Move> = moves.iter().copied().filter(|m| order.last() != Some(m)).collect();
        order.push(*others.choose(rng)?);
    }
    Some(Challenge::of(&order))
}

fn summary(ended: &[(Species, Ended)]) -> Report {
    let tally = |species: Species| {
        let of = || ended.iter().filter(move |(s, _)| *s == species).map(|(_, e)| e);
        let mut reasons = std::collections::BTreeMap::new();
        for failure in of().filter_map(|e| e.failure) {
            *reasons.entry(format!("{failure:?}")).or_insert(0) += 1;
        }
        Tally::new(species.name(), of().count(), of().filter(|e| e.passed).count(), reasons)
    };
    let challenges: HashSet<&Challenge> =
        ended.iter().filter(|(s, _)| *s != Species::Clip).map(|(_, e)| &e.challenge).collect();
    Report {
        refused: Species::REFUSED.map(tally).to_vec(),
        shaped: Species::SHAPED.map(tally).to_vec(),
        same: tally(Species::ReplaySame),
        bona_fide: [Species::RenderedHead, Species::Clip].map(tally).to_vec(),
        challenges: Challenge::COUNT,
        drawn: challenges.len(),
        frames: ended.iter().map(|(_, e)| e.frames).sum(),
    }
}
