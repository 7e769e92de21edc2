//! The check itself: a pure machine from sights and times to prompts and an end.

use super::challenge::{Challenge, Move};
use super::limits::*;
use super::neutral::Neutral;
use super::outcome::{LivenessFailure, Prompt, Step};
use super::relief::{self, Shape};
use super::sight::{Face, Sight};
use super::trail::{Trail, Transition};
use crate::core::time::Millis;
use crate::face::{Detection, Embedding};

/// One attempt. Feed every frame to [`Liveness::step`] until it passes or fails.
#[derive(Debug)]
pub struct Liveness {
    challenge: Challenge,
    person: Person,
    phase: Phase,
    /// When the present phase began.
    since: Millis,
    /// The latest time given: a clock that is set back gives nothing.
    latest: Millis,
    trail: Trail,
    /// Since when there have been several faces.
    crowded: Option<Millis>,
    /// Sights so far that turned as a plane.
    flat: usize,
    /// When a face that looks ahead was last compared with the templates.
    tried: Option<Millis>,
}

/// Whom the face must be.
#[derive(Debug)]
struct Person {
    templates: Vec<Embedding>,
    threshold: f32,
}

impl Person {
    fn score(&self, face: &Embedding) -> f32 {
        self.templates.iter().map(|t| t.cosine(face)).fold(-1.0, f32::max)
    }
}

#[derive(Debug)]
enum Phase {
    /// Looking ahead until still and recognised.
    Ahead { still: Vec<(Shape, Millis)>, first: Option<Neutral> },
    /// The move at this index is asked for.
    Turning { at: usize, neutral: Neutral, held: Held, astray: Held, strikes: usize },
    /// It is done; back to the middle.
    Returning { at: usize, neutral: Neutral, held: Held },
    /// Passed or failed.
    Ended(Step),
}

/// Sights in a row that show the same thing.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    frames: usize,
    since: Millis,
    what: Option<Move>,
}

impl Held {
    /// Another sight that shows `what`; true once it has lasted.
    fn lasts(&mut self, what: Option<Move>, now: Millis, hold: Millis) -> bool {
        if self.frames == 0 || self.what != what {
            *self = Self { frames: 0, since: now, what };
        }
        self.frames += 1;
        self.frames >= FRAMES && now >= self.since + hold
    }
}

impl Liveness {
    /// An attempt that begins `now`: `templates` are those of the person whom the face must be, `threshold` the cosine
    /// that a frontal view must reach with one of them.
    pub fn new(challenge: Challenge, templates: &[Embedding], threshold: f32, now: Millis) -> Self {
        Self {
            challenge,
            person: Person { templates: templates.to_vec(), threshold },
            phase: Phase::Ahead { still: Vec::new(), first: None },
            since: now,
            latest: now,
            trail: Trail::default(),
            crowded: None,
            flat: 0,
            tried: None,
        }
    }

    /// What was asked for.
    pub fn challenge(&self) -> &Challenge {
        &self.challenge
    }

    /// Takes in one frame at `now`. `embed` is called at most once, and only for frames at which identity is checked.
    pub fn step(&mut self, sight: &Sight, embed: impl FnOnce(&Detection) -> Embedding, now: Millis) -> Step {
        self.latest = self.latest.max(now);
        if let Phase::Ended(step) = self.phase {
            return step;
        }
        if let Err(failure) = self.judge(sight, embed) {
            self.phase = Phase::Ended(Step::Failed(failure));
        }
        self.tell(sight)
    }

    fn judge(
        &mut self,
        sight: &Sight,
        embed: impl FnOnce(&Detection) -> Embedding,
    ) -> Result<(), LivenessFailure> {
        let now = self.latest;
        let begun = !matches!(self.phase, Phase::Ahead { .. });
        if now >= self.deadline() {
            return Err(match self.phase {
                Phase::Ahead { .. } => LivenessFailure::NotRecognised,
                Phase::Returning { .. } => LivenessFailure::FaceChanged,
                _ if self.flat >= PLANE_VIEWS / 4 => LivenessFailure::Flat,
                _ => LivenessFailure::TimedOut,
            });
        }
        self.crowded = if sight.faces > 1 { self.crowded.or(Some(now)) } else { None };
        if begun && self.crowded.is_some_and(|since| now >= since + CROWD) {
            return Err(LivenessFailure::SeveralFaces);
        }
        let Some(face) = sight.face.as_ref().filter(|_| sight.faces == 1) else {
            self.interrupt();
            return if begun && self.trail.gone(now) { Err(LivenessFailure::FaceLost) } else { Ok(()) };
        };
        let Some(shape) = relief::shape(&face.detection) else {
            self.interrupt();
            return Ok(());
        };
        if begun {
            match self.trail.follow(&face.detection, now) {
                Transition::Smooth => {}
                Transition::Doubtful => {
                    self.interrupt();
                    return Ok(());
                }
                Transition::Cut => return Err(LivenessFailure::Jumped),
            }
        } else {
            self.trail.restart(&face.detection, now);
        }
        let phase = std::mem::replace(&mut self.phase, Phase::Ended(Step::Failed(LivenessFailure::TimedOut)));
        let began = std::mem::discriminant(&phase);
        self.phase = match phase {
            Phase::Ahead { still, first } => self.ahead(face, shape, still, first, embed),
            Phase::Turning { at, neutral, held, astray, strikes } => {
                self.turning(face, Turning { at, neutral, held, astray, strikes }, embed)?
            }
            Phase::Returning { at, neutral, held } => self.returning(face, at, neutral, held, embed)?,
            ended @ Phase::Ended(_) => ended,
        };
        if std::mem::discriminant(&self.phase) != began {
            self.since = now;
        }
        Ok(())
    }

    /// What was held is held no longer.
    fn interrupt(&mut self) {
        match &mut self.phase {
            Phase::Ahead { still, first } => {
                still.clear();
                *first = None;
            }
            Phase::Turning { held, astray, .. } => (*held, *astray) = Default::default(),
            Phase::Returning { held, .. } => *held = Held::default(),
            Phase::Ended(_) => {}
        }
    }

    fn ahead(
        &mut self,
        face: &Face,
        shape: Shape,
        mut still: Vec<(Shape, Millis)>,
        first: Option<Neutral>,
        embed: impl FnOnce(&Detection) -> Embedding,
    ) -> Phase {
        let now = self.latest;
        let again = |still, first| Phase::Ahead { still, first };
        if !looks_ahead(&shape) || face.detection.eye_distance() < EYES {
            return again(Vec::new(), None);
        }
        still.push((shape, now));
        let Some(first) = first else {
            if self.tried.is_some_and(|at| now < at + AGAIN) {
                return again(Vec::new(), None);
            }
            // The first still view: what later ones are registered against.
            self.tried = Some(now);
            let embedding = embed(&face.detection);
            if self.person.score(&embedding) < self.person.threshold {
                return again(Vec::new(), None);
            }
            return again(still, Some(Neutral::new(face, shape, embedding)));
        };
        let shapes: Vec<Shape> = still.iter().map(|(s, _)| *s).collect();
        let moved = shapes.iter().any(|s| relief::distance(s, &shape) > 0.09);
        let alike = first.view(face, None).map_or(0.0, |v| v.alike);
        if moved || alike < NEUTRAL_LIKENESS {
            return again(Vec::new(), None);
        }
        if still.len() < 3 || now < still[0].1 + STILL {
            return again(still, Some(first));
        }
        let Some(neutral) = relief::median(&shapes) else { return again(still, Some(first)) };
        let neutral = first.settled(face, neutral, alike);
        Phase::Turning { at: 0, neutral, held: Held::default(), astray: Held::default(), strikes: 0 }
    }

    fn turning(
        &mut self,
        face: &Face,
        turning: Turning,
        embed: impl FnOnce(&Detection) -> Embedding,
    ) -> Result<Phase, LivenessFailure> {
        let Turning { at, mut neutral, mut held, mut astray, mut strikes } = turning;
        let now = self.latest;
        let asked = self.challenge.moves()[at];
        let Some(view) = neutral.follow(face) else {
            return Ok(Phase::Turning { at, neutral, held: Held::default(), astray, strikes });
        };
        match self.trail.turn(&view, now) {
            Transition::Smooth => {}
            Transition::Doubtful => {
                return Ok(Phase::Turning { at, neutral, held: Held::default(), astray, strikes });
            }
            Transition::Cut => return Err(LivenessFailure::Jumped),
        }
        if view.flat() {
            self.flat += 1;
            if self.flat >= PLANE_VIEWS {
                return Err(LivenessFailure::Flat);
            }
        }
        let shown = Move::ALL.into_iter().find(|m| view.shows(*m));
        if shown != Some(asked) {
            held = Held::default();
            let other = Move::ALL.into_iter().find(|m| *m != asked && view.insists_on(*m));
            if other.is_none() {
                astray = Held::default();
            } else if astray.lasts(other, now, HOLD) {
                return Err(LivenessFailure::WrongMove);
            }
            return Ok(Phase::Turning { at, neutral, held, astray, strikes });
        }
        if now < self.since + REACTION {
            return Err(LivenessFailure::TooSoon);
        }
        if held.frames == 0 {
            // Identity is checked on the first frame that shows the move: the face is turned least then.
            // Without the comparison with the neutral view, one face in a hundred swapped in midway got through.
            let embedding = embed(&face.detection);
            let alike = self.person.score(&embedding).min(neutral.embedding.cosine(&embedding));
            if alike < TURNED {
                strikes += 1;
                if strikes == STRIKES {
                    return Err(LivenessFailure::FaceChanged);
                }
                return Ok(Phase::Turning { at, neutral, held, astray: Held::default(), strikes });
            }
        }
        if held.lasts(shown, now, HOLD) {
            return Ok(Phase::Returning { at, neutral, held: Held::default() });
        }
        Ok(Phase::Turning { at, neutral, held, astray: Held::default(), strikes })
    }

    fn returning(
        &mut self,
        face: &Face,
        at: usize,
        mut neutral: Neutral,
        mut held: Held,
        embed: impl FnOnce(&Detection) -> Embedding,
    ) -> Result<Phase, LivenessFailure> {
        let now = self.latest;
        let Some(view) = neutral.follow(face) else {
            return Ok(Phase::Returning { at, neutral, held: Held::default() });
        };
        match self.trail.turn(&view, now) {
            Transition::Smooth => {}
            Transition::Doubtful => return Ok(Phase::Returning { at, neutral, held: Held::default() }),
            Transition::Cut => return Err(LivenessFailure::Jumped),
        }
        if !view.middle() {
            return Ok(Phase::Returning { at, neutral, held: Held::default() });
        }
        if !held.lasts(None, now, 0) {
            return Ok(Phase::Returning { at, neutral, held });
        }
        let score = self.person.score(&embed(&face.detection));
        if score < self.person.threshold {
            return Ok(Phase::Returning { at, neutral, held: Held::default() });
        }
        if at + 1 == self.challenge.moves().len() {
            return Ok(Phase::Ended(Step::Passed { score }));
        }
        Ok(Phase::Turning { at: at + 1, neutral, held: Held::default(), astray: Held::default(), strikes: 0 })
    }

    fn deadline(&self) -> Millis {
        let time = match self.phase {
            Phase::Ahead { .. } => AHEAD,
            Phase::Turning { .. } => MOVE,
            Phase::Returning { .. } => BACK,
            Phase::Ended(_) => 0,
        };
        self.since + time
    }

    fn tell(&self, sight: &Sight) -> Step {
        let (what, done) = match &self.phase {
            Phase::Ended(step) => return *step,
            Phase::Ahead { .. } if sight.faces > 1 => (Prompt::OnlyOne, 0),
            Phase::Ahead { .. } if sight.face.as_ref().is_some_and(|f| f.detection.eye_distance() < EYES) => {
                (Prompt::ComeCloser, 0)
            }
            Phase::Ahead { .. } => (Prompt::LookAhead, 0),
            Phase::Turning { at, .. } => (Prompt::Turn(self.challenge.moves()[*at]), *at),
            Phase::Returning { at, .. } => (Prompt::BackToMiddle, at + 1),
        };
        Step::Prompt { what, done, of: self.challenge.moves().len(), deadline: self.deadline() }
    }
}

/// The state of [`Phase::Turning`].
struct Turning {
    at: usize,
    neutral: Neutral,
    held: Held,
    astray: Held,
    strikes: usize,
}

/// True when the nose lies between the eyes and half way to the mouth.
fn looks_ahead(shape: &Shape) -> bool {
    let mouth = (shape[3][1] + shape[4][1]) / 2.0;
    let [across, down] = shape[2];
    across.abs() < 0.18 && (0.7..1.7).contains(&mouth) && (0.25..0.8).contains(&(down / mouth))
}
