//! Passes of the networks on demand, for `scripts/bench-face`: one command a line in, one answer a line out.
//!
//! | command | answer |
//! |---|---|
//! | `inputs` | the aligned face (112x112) and the picture (320x256) as RGB bytes in hexadecimal |
//! | `embedding` | 128 values for the aligned face |
//! | `sface N`, `yunet N` | the milliseconds of N passes |

use crate::inputs::{Inputs, models};
use crate::measure::milliseconds;
use aidpost::face::Engine;
use aidpost::nn::{sface::SFace, yunet::YuNet};
use std::hint::black_box;
use std::io::Write;
use std::io::{BufRead, stdin, stdout};
use std::time::Instant;

/// Answers until the input ends.
pub(crate) fn serve(inputs: &Inputs) {
    let crop = inputs.crop(&mut Engine::load(&models()).expect("models of this checkout"));
    let mut sface = SFace::load(&models()).expect("models of this checkout");
    let mut yunet = YuNet::load(&models()).expect("models of this checkout");
    for line in stdin().lock().lines() {
        let line = line.expect("commands are text");
        let (command, count) = line.split_once(' ').unwrap_or((&line, "0"));
        let count = count.parse().expect("a number of passes");
        let answer = match command {
            "inputs" => format!("{} {}", hex::encode(crop.rgb()), hex::encode(inputs.picture.rgb())),
            "embedding" => words(&sface.forward(crop.rgb())),
            "sface" => times(count, || sface.forward(crop.rgb())),
            "yunet" => times(count, || yunet.forward(inputs.picture.rgb(), 320, 256, 0.6).len()),
            other => panic!("no command {other}"),
        };
        println!("{answer}");
        stdout().flush().expect("somebody reads the answers");
    }
}

fn times<T>(count: usize, mut pass: impl FnMut() -> T) -> String {
    let time = |_| {
        let start = Instant::now();
        black_box(pass());
        milliseconds(start)
    };
    words(&(0..count).map(time).collect::<Vec<_>>())
}

fn words<T: ToString>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}
