//! The check over rendered heads and pictures, through detector and embedder.

use super::{Challenge, Liveness, LivenessFailure, Move, Prompt, Step};
use crate::core::auth::FACE_THRESHOLD;
use crate::core::time::Millis;
use crate::face::attack::actor::{Actor, Head};
use crate::face::attack::paper::{Handling, Paper};
use crate::face::attack::portrait::Portrait;
use crate::face::attack::scene::{Exposure, Pose, Prop, render};
use crate::face::attack::staged::{Replay, Swapped, TwoFaces};
use crate::face::attack::surface::Surface;
use crate::face::{Engine, Frame, portrait};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use std::path::Path;

fn engine() -> Engine {
    Engine::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models")).unwrap()
}

fn people(engine: &mut Engine) -> [Portrait; 2] {
    [portrait::nurse(), portrait::stranger()].map(|frame| Portrait::find(engine, &frame).unwrap())
}

fn challenge() -> Challenge {
    Challenge::of(&[Move::Left, Move::Up, Move::Right])
}

fn attempt(who: &Portrait) -> Liveness {
    Liveness::new(challenge(), who.templates(), FACE_THRESHOLD, 0)
}

/// Plays to the end; the last step and the time it took.
fn play(
    engine: &mut Engine,
    mut liveness: Liveness,
    actor: &mut dyn Actor,
    interval: Millis,
    seed: u64,
) -> (Step, Millis) {
    let mut rng = SmallRng::seed_from_u64(seed);
    let (mut now, mut prompt) = (0, Prompt::LookAhead);
    loop {
        now += interval;
        let frame = actor.show(prompt, now, &mut rng);
        match engine.watch(&frame, &mut liveness, now) {
            Step::Prompt { what, done, of, deadline } => {
                assert!(done <= of && deadline > now, "{what} {done} {of} {deadline}");
                prompt = what;
            }
            end => return (end, now),
        }
    }
}

/// A surface whose yaw and pitch (degrees) are a function of the prompt and the time since it appeared.
struct Puppet<F> {
    portrait: Portrait,
    surface: Surface,
    pose: F,
    seen: (Prompt, Millis),
}

impl<F: FnMut(Prompt, Millis) -> (f32, f32)> Actor for Puppet<F> {
    fn show(&mut self, prompt: Prompt, now: Millis, rng: &mut SmallRng) -> Frame {
        if prompt != self.seen.0 {
            self.seen = (prompt, now);
        }
        let (yaw, pitch) = (self.pose)(prompt, now - self.seen.1);
        let pose = Pose { yaw, pitch, distance: 6.0, ..Pose::default() };
        render(&[Prop { portrait: &self.portrait, surface: self.surface, pose }], Exposure::default(), rng)
    }
}

const HEAD: Surface = Surface::Head { nose: 1.0 };

fn puppet(who: &Portrait, surface: Surface, pose: impl FnMut(Prompt, Millis) -> (f32, f32)) -> impl Actor {
    Puppet { portrait: who.clone(), surface, pose, seen: (Prompt::LookAhead, 0) }
}

#[test]
fn a_head_passes_at_any_frame_rate() {
    let mut engine = engine();
    let [nurse, _] = people(&mut engine);
    for interval in [33, 100, 200] {
        let mut head = Head::new(&nurse, &mut SmallRng::seed_from_u64(3));
        let (end, took) = play(&mut engine, attempt(&nurse), &mut head, interval, 1);
        assert!(matches!(end, Step::Passed { score } if score >= FACE_THRESHOLD), "{interval} ms: {end:?}");
        assert!(took < 20_000, "{took}");
    }
}

#[test]
fn pictures_do_not_pass_however_they_are_handled() {
    use Handling::*;
    let mut engine = engine();
    let [nurse, _] = people(&mut engine);
    for handling in [Moved, Rotated, Tilted, Zoomed, Flicker, Bent, Folded] {
        let mut paper = Paper::new(&nurse, handling, &mut SmallRng::seed_from_u64(5));
        let (end, _) = play(&mut engine, attempt(&nurse), &mut paper, 200, 2);
        assert!(matches!(end, Step::Failed(_)), "{handling:?} {end:?}");
    }
}

#[test]
fn a_picture_that_turns_is_told_from_a_head_that_does_not() {
    let mut engine = engine();
    let [nurse, _] = people(&mut engine);
    let turned = |prompt, since: Millis| match prompt {
        Prompt::Turn(_) => (40.0 * (since as f32 / 500.0).min(1.0), 0.0),
        _ => (0.0, 0.0),
    };
    let (end, _) = play(&mut engine, attempt(&nurse), &mut puppet(&nurse, Surface::Flat, turned), 100, 2);
    // Which of the two depends on how many of its frames show enough to be judged; neither lets it in.
    use LivenessFailure::{Flat, TimedOut};
    assert!(matches!(end, Step::Failed(Flat | TimedOut)), "{end:?}");
    let (end, _) = play(&mut engine, attempt(&nurse), &mut puppet(&nurse, HEAD, |_, _| (0.0, 0.0)), 200, 2);
    assert_eq!(end, Step::Failed(LivenessFailure::TimedOut));
}

#[test]
fn another_move_than_the_one_asked_for_is_refused() {
    let mut engine = engine();
    let [nurse, _] = people(&mut engine);
    let mut replay =
        Replay::new(&nurse, &Challenge::of(&[Move::Left, Move::Right]), &mut SmallRng::seed_from_u64(4));
    let (end, _) = play(&mut engine, attempt(&nurse), &mut replay, 100, 1);
    assert_eq!(end, Step::Failed(LivenessFailure::WrongMove));
}

#[test]
fn a_move_before_the_prompt_can_have_been_seen_is_refused() {
    let mut engine = engine();
    let [nurse, _] = people(&mut engine);
    // 35 degrees in less than a fifth of a second, at once.
    let mut hasty = puppet(&nurse, HEAD, |prompt, since| match prompt {
        Prompt::Turn(_) => (35.0 * (since as f32 / 180.0).min(1.0), 0.0),
        _ => (0.0, 0.0),
    });
    let (end, _) = play(&mut engine, attempt(&nurse), &mut hasty, 33, 1);
    assert!(matches!(end, Step::Failed(LivenessFailure::TooSoon | LivenessFailure::Jumped)), "{end:?}");
}

#[test]
fn a_cut_to_a_turned_head_is_refused() {
    let mut engine = engine();
    let [nurse, _] = people(&mut engine);
    let mut cut = puppet(&nurse, HEAD, |prompt, since| match prompt {
        Prompt::Turn(Move::Left) if since > 600 => (40.0, 0.0),
        _ => (0.0, 0.0),
    });
    let (end, _) = play(&mut engine, attempt(&nurse), &mut cut, 33, 1);
    assert_eq!(end, Step::Failed(LivenessFailure::Jumped));
}

#[test]
fn somebody_else_does_not_pass() {
    let mut engine = engine();
    let [nurse, stranger] = people(&mut engine);
    let mut head = Head::new(&stranger, &mut SmallRng::seed_from_u64(3));
    let (end, took) = play(&mut engine, attempt(&nurse), &mut head, 200, 1);
    assert_eq!(end, Step::Failed(LivenessFailure::NotRecognised));
    assert!((8_000..8_300).contains(&took), "{took}");
}

#[test]
fn a_swapped_face_and_a_second_one_do_not_pass() {
    let mut engine = engine();
    let [nurse, stranger] = people(&mut engine);
    for seed in 0..3 {
        let rng = &mut SmallRng::seed_from_u64(seed);
        let (end, _) = play(&mut engine, attempt(&nurse), &mut Swapped::new(&nurse, &stranger, rng), 160, 1);
        assert!(matches!(end, Step::Failed(_)), "{end:?}");
        let (end, _) = play(&mut engine, attempt(&nurse), &mut TwoFaces::new(&nurse, &stranger, rng), 160, 1);
        assert!(matches!(end, Step::Failed(_)), "{end:?}");
    }
}

#[test]
fn a_clock_set_back_gives_no_time_and_an_end_stays_the_end() {
    let mut engine = engine();
    let [nurse, _] = people(&mut engine);
    let mut liveness = attempt(&nurse);
    let wall = Frame::from_fn(320, 240, |_, _| [120; 3]);
    assert!(matches!(
        engine.watch(&wall, &mut liveness, 7_999),
        Step::Prompt { what: Prompt::LookAhead, .. }
    ));
    assert!(matches!(engine.watch(&wall, &mut liveness, 0), Step::Prompt { deadline: 8_000, .. }));
    let end = engine.watch(&wall, &mut liveness, 8_000);
    assert_eq!(end, Step::Failed(LivenessFailure::NotRecognised));
    assert_eq!(engine.watch(&wall, &mut liveness, 0), end);
}

#[test]
fn nobody_enrolled_is_recognised() {
    let mut engine = engine();
    let [nurse, _] = people(&mut engine);
    let liveness = Liveness::new(challenge(), &[], FACE_THRESHOLD, 0);
    let (end, _) =
        play(&mut engine, liveness, &mut Head::new(&nurse, &mut SmallRng::seed_from_u64(3)), 200, 1);
    assert_eq!(end, Step::Failed(LivenessFailure::NotRecognised));
}

#[test]
fn prompts_and_failures_say_what_to_do() {
    for prompt in
        [Prompt::LookAhead, Prompt::ComeCloser, Prompt::OnlyOne, Prompt::LessFar, Prompt::BackToMiddle]
    {
        assert!(!prompt.to_string().is_empty());
    }
    assert_eq!(Prompt::Turn(Move::Left).to_string(), "turn your head to your left");
    assert!(LivenessFailure::Flat.to_string().contains("your own face"));
}
