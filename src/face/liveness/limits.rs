//! The numbers that decide. What they were chosen on is in `models/README.md`, "Liveness"; the bench prints for which
//! range of each nothing would change (`aidpost face attack-bench`).

use crate::core::time::Millis;

/// Least way of the nose against the plane at the end of a turn to a side, in eye distances. Heads pass it at 15 to 20°.
pub const SIDEWAYS: f64 = 0.12;
/// The same for up and down, where the detector's landmarks follow less; they tell the direction, and that it is a head
/// is told by the likeness.
pub const UPRIGHT: f64 = 0.03;
/// Way to a side at which a head has turned to that side, however far it is raised or lowered as well.
pub const ASIDE: f64 = 0.10;
/// Greatest likeness of a face at the end of a move to the neutral one laid on it as a plane, over the likeness of two
/// neutral views. Flat portraits keep 0.99, under a strong reflection 0.95; paper round a cylinder 0.86 to 0.95.
pub const ONE_PLANE: f64 = 0.86;
/// Likeness from which a view counts as that of a plane, if it is foreshortened to less than [`PLANE_TURN`].
pub const TURNED_PLANE: f64 = 0.95;
/// The cosine of 30 degrees: a head turned that far has a likeness below [`ONE_PLANE`].
pub const PLANE_TURN: f64 = 0.866;
/// Views that turned as a plane, in one attempt, after which it is refused; a quarter of them explain a move not seen.
pub const PLANE_VIEWS: usize = 12;
/// The same of the half of a face that fits a plane best. Paper folded along the nose, upright or level, has a half of 0.97
/// and more, bent paper one of 0.88 to 1.00, nine turned heads in ten less than 0.96.
pub const HALF_PLANE: f64 = 0.965;
/// The same as paper bent round an upright axis, for turns to a side: bent paper has 0.84 to 0.97, turned heads 0.81 half of
/// the time at 24 to 34° and less further on, the recorded head turn 0.76 to 0.87.
pub const BENT: f64 = 0.87;
/// Likeness of two neutral views below which the picture is too poor to judge.
pub const NEUTRAL_LIKENESS: f64 = 0.75;
/// Largest way of the nose against the plane in the middle: to a side, and up or down.
pub const MIDDLE: [f64; 2] = [0.08, 0.06];
/// Smallest and largest width over height, against the neutral pose, at which a face still shows both eyes.
pub const SQUEEZE: std::ops::RangeInclusive<f64> = 0.3..=1.6;
/// Least distance between the eyes of a face that looks ahead, in frame pixels.
pub const EYES: f32 = 28.0;
/// Cosine with the nearest template, the turned ones among them, that a turned face must reach: one false match in 1,000
/// comparisons of faces that look ahead. Turned faces of one person had at least 0.47 (ORL, 40 people).
pub const TURNED: f32 = 0.364;
/// And with the neutral pose of the same attempt, from which it may be turned by 40 degrees and more.
pub const SAME_TURNED: f32 = 0.30;

/// Turned views that may fail to be recognised in one move: a head turned too far, on its way back.
pub const STRIKES: usize = 24;

/// Frames in a row at the end of a move, and in the middle after it.
pub const FRAMES: usize = 2;
/// How long the end of a move must last.
pub const HOLD: Millis = 130;
/// Nobody turns sooner than this after the prompt: it takes 200 ms to see it.
pub const REACTION: Millis = 200;
/// Time to be recognised looking ahead.
pub const AHEAD: Millis = 8_000;
/// Time between two tries to recognise a face that looks ahead.
pub const AGAIN: Millis = 250;
/// Time for one move.
pub const MOVE: Millis = 5_000;
/// Time to come back to the middle.
pub const BACK: Millis = 4_000;
/// How long no face may be found during a challenge.
pub const GONE: Millis = 2_000;
/// How long until whoever turns is told that no face is seen.
pub const UNSEEN: Millis = 400;
/// How long several faces may be found: the detector errs for a frame or two.
pub const CROWD: Millis = 400;
/// How long the neutral pose must last.
pub const STILL: Millis = 250;

/// Longest way of a face between two frames, in eye distances: this, and so much more a second.
pub const WAY: (f64, f64) = (0.7, 6.0);
/// Greatest change of its size between two frames, as a logarithm: this, and so much more a second.
pub const GROWTH: (f64, f64) = (0.25, 2.0);
/// Greatest change of the nose's way against the plane between two frames: this, and so much more a second (a head
/// turns by up to 200° a second).
pub const JUMP: (f64, f64) = (0.09, 2.0);
/// Greatest change of the likeness to the neutral view between two frames: this, and so much more a second.
pub const SWITCH: (f64, f64) = (0.25, 4.0);
