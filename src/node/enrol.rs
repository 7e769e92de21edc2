//! Signing in by face, and enrolling, refreshing and destroying faces.

use std::sync::{Arc, Mutex};

use super::{
    Node, Open,
    api::{Arrow, EnrolLook, Enrolled, FaceStatus, Fault, FaultKind, Look, Preview, Prompt, Took, Who},
    clock,
    eye::{Eye, preview},
    locked,
};
use crate::{
    core::{
        audit::Credential,
        auth::{Event, Verdict},
        id::StaffId,
        policy::Action,
        time::Millis,
    },
    face::{
        Detection, Embedding, Frame, Gallery, Observation,
        attempt::{Attempt, Outcome, Progress},
        enrolment::{Enrolment, EnrolmentFailure, POSES, Pose, Stage},
        gallery::Match,
        liveness::{self, Challenge, Liveness, Move},
        threshold::SiteThreshold,
    },
    store::templates::{MOST, Template},
};

/// A match with less than this to spare asks for a fresh template.
const WEAK: f32 = 0.08;
/// How long a template that was offered waits for a yes.
const OFFER: Millis = 5 * 60 * 1000;

/// One client's business with the camera.
#[derive(Default)]
pub(super) struct Camerawork {
    attempt: Option<Attempt>,
    enrolment: Option<(StaffId, Enrolment)>,
    cue: Option<Arrow>,
    /// A template of whoever has just signed in, kept for their yes.
    offered: Option<(StaffId, Embedding, Millis)>,
    last: Option<Embedding>,
}

impl Camerawork {
    /// An enrolment of this person is under way.
    pub(super) fn enrolling(&self, staff: StaffId) -> bool {
        self.enrolment.as_ref().is_some_and(|(who, _)| *who == staff)
    }
}

/// What one frame did to an attempt.
struct Looked {
    preview: Preview,
    hint: Option<String>,
    progress: Progress,
}

fn bbox(seen: &Observation) -> Option<[f32; 4]> {
    match seen {
        Observation::Face { detection, .. } | Observation::Poor { detection, .. } => Some(detection.bbox),
        _ => None,
    }
}

/// One frame of an attempt.
fn look(eye: &mut Eye, frame: &Frame, work: &mut Camerawork, gallery: &Gallery, threshold: f32) -> Looked {
    let attempt = work.attempt.get_or_insert_with(|| Attempt::new(clock::steady()));
    if attempt.moving() {
        let sight = eye.engine.sight(frame);
        let bbox = sight.face.as_ref().map(|f| f.detection.bbox);
        let last = &mut work.last;
        let embed = |face: &Detection| last.insert(eye.engine.embed(frame, face)).clone();
        let progress = attempt.moved(&sight, embed, clock::steady());
        return Looked { preview: preview(frame, bbox), hint: None, progress };
    }
    let seen = eye.engine.observe(frame);
    let progress = match &seen {
        Observation::Face { embedding, .. } => {
            attempt.compared(gallery.best(embedding), threshold, clock::steady())
        }
        _ => Progress::Looking,
    };
    Looked { preview: preview(frame, bbox(&seen)), hint: seen.advice(), progress }
}

fn arrow(m: Move) -> Arrow {
    match m {
        Move::Left => Arrow::Left,
        Move::Right => Arrow::Right,
        Move::Up => Arrow::Up,
        Move::Down => Arrow::Down,
    }
}

fn prompt(what: liveness::Prompt, done: usize, of: usize) -> Prompt {
    let arrow = match what {
        liveness::Prompt::Turn(m) => arrow(m),
        _ => Arrow::Ahead,
    };
    // A challenge has a handful of moves.
    Prompt { words: what.to_string(), arrow, done: done as u8, of: of as u8 }
}

fn pose(p: Pose, done: usize) -> Prompt {
    let arrow = match p {
        Pose::Ahead => Arrow::Ahead,
        Pose::Left => Arrow::Left,
        Pose::Right => Arrow::Right,
        Pose::Up => Arrow::Up,
        Pose::Down => Arrow::Down,
    };
    Prompt { words: p.words().into(), arrow, done: done as u8, of: POSES.len() as u8 }
}

fn failed(e: EnrolmentFailure) -> Fault {
    Fault::new(FaultKind::Failed, e)
}

impl Node {
    /// One frame of an attempt to sign in by face.
    pub(super) async fn look(
        &self,
        work: &Arc<Mutex<Camerawork>>,
        fresh: bool,
    ) -> Result<(Look, Option<StaffId>), Fault> {
        let open = self.opened().await?;
        if let Some(problem) = &open.templates_problem {
            return Err(Fault::new(FaultKind::Damaged, problem));
        }
        if fresh {
            *locked(work) = Camerawork::default();
        }
        let cue = locked(work).cue.unwrap_or(Arrow::Ahead);
        let (gallery, threshold) = (locked(&open.templates).gallery(), locked(&self.auth).threshold());
        let also = Arc::clone(work);
        let looked = self
            .through_eye(&open, cue, move |eye, frame| {
                look(eye, frame, &mut locked(&also), &gallery, threshold)
            })
            .await?;
        let mut answer = Look {
            preview: looked.preview,
            prompt: None,
            hint: looked.hint,
            verdict: None,
            because: None,
            who: None,
            took: None,
            refresh: false,
        };
        match looked.progress {
            Progress::Looking => Ok((answer, None)),
            Progress::Moving { prompt: what, done, of } => {
                let p = prompt(what, done, of);
                locked(work).cue = Some(p.arrow);
                answer.prompt = Some(p);
                Ok((answer, None))
            }
            Progress::Recognised(m) => self.recognised(&open, work, m, answer).await,
            Progress::Over(outcome) => self.over(&open, work, outcome, answer).await,
        }
    }

    /// Somebody enrolled: a challenge, unless a face can't be enough anyway.
    async fn recognised(
        &self,
        open: &Open,
        work: &Mutex<Camerawork>,
        m: Match,
        mut answer: Look,
    ) -> Result<(Look, Option<StaffId>), Fault> {
        let (who, now) = (StaffId(m.who), clock::steady());
        if !locked(&self.auth).on_shift(who, now) {
            *locked(work) = Camerawork::default();
            self.close_eye().await;
            answer.verdict = Some(self.attempt(Event::Recognised(who), false).await?);
            return Ok((answer, None));
        }
        let templates: Vec<Embedding> =
            locked(&open.templates).of(who).iter().map(|t| t.embedding.clone()).collect();
        let challenge = Challenge::draw(&mut rand::rng());
        let threshold = locked(&self.auth).threshold();
        let mut work = locked(work);
        if let Some(attempt) = &mut work.attempt {
            attempt.challenge(m, Liveness::new(challenge, &templates, threshold, now), now);
        }
        Ok((answer, None))
    }

    async fn over(
        &self,
        open: &Open,
        work: &Mutex<Camerawork>,
        outcome: Outcome,
        mut answer: Look,
    ) -> Result<(Look, Option<StaffId>), Fault> {
        let now = clock::steady();
        let last = std::mem::take(&mut *locked(work)).last;
        self.close_eye().await;
        let event = Event::Face {
            best: outcome.best.map(|m| StaffId(m.who)),
            score: outcome.best.map_or(0.0, |m| m.score),
            live: outcome.live == Some(Ok(())),
        };
        let verdict = self.attempt(event, false).await?;
        let recorded = clock::steady().saturating_sub(now);
        answer.verdict = Some(verdict);
        answer.because = outcome.live.and_then(Result::err).map(|e| e.to_string());
        answer.took = Some(Took { machine: outcome.machine + recorded, challenge: outcome.challenge });
        let Verdict::Granted(who) = verdict else { return Ok((answer, None)) };
        answer.who = Some(self.who(open, who).await?);
        let spare = outcome.best.map_or(0.0, |m| m.score) - locked(&self.auth).threshold();
        if spare < WEAK
            && let Some(embedding) = last
        {
            locked(work).offered = Some((who, embedding, now));
            answer.refresh = true;
        }
        Ok((answer, Some(who)))
    }

    /// One frame of an enrolment.
    pub(super) async fn enrol(
        &self,
        admin: &Who,
        work: &Arc<Mutex<Camerawork>>,
        staff: StaffId,
        fresh: bool,
    ) -> Result<EnrolLook, Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        if let Some(problem) = &open.templates_problem {
            return Err(Fault::new(FaultKind::Damaged, problem));
        }
        self.who(&open, staff).await?;
        let same = locked(&self.auth).threshold();
        let cue = {
            let mut work = locked(work);
            if fresh {
                work.enrolment = Some((staff, Enrolment::new(same, clock::steady())));
            }
            work.enrolment.as_ref().map_or(Pose::Ahead, |(_, e)| e.wanted())
        };
        let also = Arc::clone(work);
        let step = move |eye: &mut Eye, frame: &Frame| {
            let seen = eye.engine.observe(frame);
            let mut work = locked(&also);
            let stage = work.enrolment.as_mut().map(|(_, e)| e.step(&seen, clock::steady()));
            (preview(frame, bbox(&seen)), stage)
        };
        let (preview, stage) = self.through_eye(&open, pose(cue, 0).arrow, step).await?;
        let stage = stage.unwrap_or(Err(EnrolmentFailure::TooFew));
        match stage {
            Ok(Stage::Wanted { pose: wanted, hint, done }) => {
                Ok(EnrolLook { preview, prompt: pose(wanted, done), hint, enrolled: None })
            }
            Ok(Stage::Done(kept)) => {
                self.close_eye().await;
                locked(work).enrolment = None;
                let enrolled = Some(self.keep(&open, admin, staff, kept).await?);
                Ok(EnrolLook { preview, prompt: pose(Pose::Ahead, POSES.len()), hint: None, enrolled })
            }
            Err(e) => {
                self.close_eye().await;
                locked(work).enrolment = None;
                Err(failed(e))
            }
        }
    }

    /// Keeps the templates of an enrolment, unless the face is somebody else's already.
    async fn keep(
        &self,
        open: &Open,
        admin: &Who,
        staff: StaffId,
        kept: Vec<Embedding>,
    ) -> Result<Enrolled, Fault> {
        let threshold = locked(&self.auth).threshold();
        let mut others = (*locked(&open.templates).gallery()).clone();
        others.remove(&staff.0);
        let alike = kept.iter().filter_map(|e| others.best(e)).max_by(|a, b| a.score.total_cmp(&b.score));
        if let Some(m) = alike.filter(|m| m.score >= threshold) {
            let name =
                self.who(open, StaffId(m.who)).await.map_or_else(|_| "someone else".into(), |w| w.name);
            return Err(Fault::new(
                FaultKind::Conflict,
                format!("this face is already enrolled as {name}: check who sits before the camera"),
            ));
        }
        let taken = clock::now();
        let template = |embedding| Template { taken, refreshed: false, embedding };
        let templates: Vec<Template> = kept.into_iter().map(template).collect();
        let count = templates.len() as u32;
        self.credential(open, staff, admin.staff, Credential::FaceEnrolled).await?;
        locked(&open.templates).set(staff, templates, &mut rand::rng())?;
        let site = self.set_threshold(open);
        let warning = if site.raised {
            let near = match alike {
                Some(m) => self.who(open, StaffId(m.who)).await.map_or_else(|_| "someone".into(), |w| w.name),
                None => "someone".into(),
            };
            Some(format!(
                "two people enrolled here look alike ({near} is the nearest): the score that a face must reach is now {:.3}, so some sign-ins may need a PIN",
                site.score
            ))
        } else {
            None
        };
        Ok(Enrolled { templates: count, warning })
    }

    /// Adds the template that the last sign-in offered.
    pub(super) async fn refresh_face(
        &self,
        who: &Who,
        work: &Mutex<Camerawork>,
        yes: bool,
    ) -> Result<(), Fault> {
        let open = self.opened().await?;
        let offered = locked(work).offered.take();
        let fresh = offered
            .filter(|(staff, _, at)| *staff == who.staff && clock::steady().saturating_sub(*at) < OFFER);
        let Some((staff, embedding, _)) = fresh.filter(|_| yes) else { return Ok(()) };
        let mut templates = locked(&open.templates).of(staff).to_vec();
        if templates.is_empty() {
            return Ok(());
        }
        // Those of the enrolment stay, so that refreshing never wanders off to another face.
        templates.retain(|t| !t.refreshed);
        templates.truncate(MOST - 1);
        templates.push(Template { taken: clock::now(), refreshed: true, embedding });
        self.credential(&open, staff, staff, Credential::FaceRefreshed).await?;
        locked(&open.templates).set(staff, templates, &mut rand::rng())?;
        self.set_threshold(&open);
        Ok(())
    }

    /// Destroys a person's templates.
    pub(super) async fn forget_face(&self, by: &Who, staff: StaffId) -> Result<(), Fault> {
        if by.staff != staff {
            self.require_proven(by.role, Action::Administer).await?;
        }
        let open = self.opened().await?;
        if locked(&open.templates).of(staff).is_empty() {
            return Err(Fault::new(
                FaultKind::Usage,
                "no face of that person is enrolled at this terminal: 'aidpost staff list' shows whose are",
            ));
        }
        locked(&open.templates).set(staff, Vec::new(), &mut rand::rng())?;
        self.set_threshold(&open);
        self.credential(&open, staff, by.staff, Credential::FaceForgotten).await
    }

    /// The templates of somebody who signs in no more under that identifier, if there are any.
    pub(super) async fn forget_templates(&self, open: &Open, staff: StaffId) -> Result<(), Fault> {
        if !locked(&open.templates).of(staff).is_empty() {
            locked(&open.templates).set(staff, Vec::new(), &mut rand::rng())?;
            self.set_threshold(open);
        }
        Ok(())
    }

    /// Takes the score that a face must reach here.
    pub(super) fn set_threshold(&self, open: &Open) -> SiteThreshold {
        let site = locked(&open.templates).site();
        locked(&self.auth).set_threshold(site.score);
        site
    }

    pub(super) async fn face_status(&self) -> Option<FaceStatus> {
        let open = self.opened().await.ok()?;
        let (gallery, site) = {
            let templates = locked(&open.templates);
            (templates.gallery(), templates.site())
        };
        let settings = locked(&open.settings).clone();
        Some(FaceStatus {
            enrolled: gallery.len() as u32,
            threshold: site.score,
            fmr: site.far_per_comparison,
            fmr_attempt: site.far_per_attempt,
            raised: site.raised,
            infrared: settings.infrared,
            bound: settings.camera.map(|c| c.to_string()),
            problem: open.templates_problem.clone(),
        })
    }
}
