//! What stands before the story's recorded camera: a portrait turned into a head that does as it is told, or the same
//! portrait as the photograph that it is.
//!
//! The heads are rendered with the depth of a head (`face::attack`): they stand in for people, whom no repository can hold.

use std::{fs, path::Path};

use rand::{SeedableRng, rngs::SmallRng};

use super::sites::failed;
use crate::{
    face::{
        Engine, Frame,
        attack::{
            actor::{Actor, Head},
            portrait::Portrait,
        },
        liveness::{Move, Prompt},
        portrait::moved_portrait,
        recorded::Cue,
    },
    node::api::Fault,
};

/// Frames looking ahead.
const AHEAD: u64 = 16;
/// Frames until the head does as told; the recorded camera has a reaction of its own.
const REACTION: u64 = 10;
/// Frames of a turn, from ahead to as far as it goes.
const TURN: u64 = 30;
/// How far it turns to a side, and up or down, in degrees a frame: at first to [`EASY`], then slowly on to [`FAR`], as
/// people do who see that the prompt stays.
const FURTHER: f32 = 1.2;
/// See [`FURTHER`].
const EASY: [f32; 2] = [26.0, 22.0];
/// See [`FURTHER`].
const FAR: [f32; 2] = [46.0, 40.0];
/// Frames to get to [`EASY`].
const EASILY: u64 = 10;
/// Milliseconds between frames, as the recorded camera shows them.
const PACE: u64 = 66;
/// Frames of a photograph.
const FRAMES: usize = 24;

/// Somebody who looks ahead, and turns when told to.
pub(super) fn living(folder: &Path, picture: &Frame, seed: u64) -> Result<(), Fault> {
    let mut engine = Engine::load(&Engine::find_models()?)?;
    let portrait = Portrait::find(&mut engine, picture).ok_or_else(|| failed("no face in the portrait"))?;
    empty(folder)?;
    for (n, frame) in played(&portrait, seed, Prompt::LookAhead).iter().enumerate() {
        save(folder, n, frame)?;
    }
    for (m, (_, name)) in Move::ALL.into_iter().zip(Cue::TURNS) {
        let folder = folder.join(name);
        fs::create_dir_all(&folder).map_err(|e| failed(format!("{}: {e}", folder.display())))?;
        for (n, frame) in played(&portrait, seed, Prompt::Turn(m)).iter().enumerate() {
            save(&folder, n, frame)?;
        }
    }
    Ok(())
}

/// The same head from its rest, doing one thing.
fn played(portrait: &Portrait, seed: u64, prompt: Prompt) -> Vec<Frame> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut head = Head::new(portrait, &mut rng);
    let (first, count) = if prompt == Prompt::LookAhead { (0, AHEAD) } else { (REACTION, TURN) };
    let all = (0..first + count).map(|n| {
        let further = FURTHER * n.saturating_sub(first + EASILY) as f32;
        head.reach([0, 1].map(|axis| (EASY[axis] + further).min(FAR[axis])));
        head.show(prompt, 1_000 + n * PACE, &mut rng)
    });
    all.skip(first as usize).collect()
}

/// A photograph, moved about before the camera.
pub(super) fn photograph(folder: &Path, picture: &Frame, seed: u64) -> Result<(), Fault> {
    empty(folder)?;
    for (n, frame) in moved_portrait(picture, FRAMES, seed).iter().enumerate() {
        save(folder, n, frame)?;
    }
    Ok(())
}

/// Empties the recording's folder.
fn empty(folder: &Path) -> Result<(), Fault> {
    let bad = |e: std::io::Error| failed(format!("{}: {e}", folder.display()));
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(bad)?;
    }
    fs::create_dir_all(folder).map_err(bad)
}

fn save(folder: &Path, n: usize, frame: &Frame) -> Result<(), Fault> {
    let path = folder.join(format!("{n:03}.jpg"));
    image::save_buffer(&path, frame.rgb(), frame.width(), frame.height(), image::ColorType::Rgb8)
        .map_err(|e| failed(format!("{}: {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::auth::FACE_THRESHOLD;
    use crate::face::{
        Camera,
        liveness::{Challenge, Liveness, Step},
        portrait::nurse,
    };

    #[test]
    fn the_storys_nurse_does_every_move_as_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut engine = Engine::load(&Engine::find_models().unwrap()).unwrap();
        let portrait = Portrait::find(&mut engine, &nurse()).unwrap();
        living(folder.path(), &nurse(), 5).unwrap();
        let mut camera = Camera::open_frames(folder.path()).unwrap();
        for order in [[Move::Left, Move::Down, Move::Right], [Move::Up, Move::Right, Move::Down]] {
            let start = std::time::Instant::now();
            let mut liveness = Liveness::new(Challenge::of(&order), portrait.templates(), FACE_THRESHOLD, 0);
            let mut cue = Cue::Ahead;
            let end = loop {
                camera.cue(cue);
                let frame = camera.next().unwrap();
                let now = start.elapsed().as_millis() as u64;
                match engine.watch(&frame, &mut liveness, now) {
                    Step::Prompt { what: Prompt::Turn(m), .. } => cue = cue_of(m),
                    Step::Prompt { .. } => cue = Cue::Ahead,
                    end => break end,
                }
            };
            assert!(matches!(end, Step::Passed { .. }), "{order:?}: {end:?}, told {cue:?}");
        }
    }

    fn cue_of(wanted: Move) -> Cue {
        Move::ALL.into_iter().zip(Cue::TURNS).find(|(m, _)| *m == wanted).map(|(_, (cue, _))| cue).unwrap()
    }
}
