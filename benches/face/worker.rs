//! Passes of the networks on demand, for `scripts/bench-face`: one command a line in, one answer a line out.
//!
//! | command | answer |
//! |---|---|
//! | `inputs` | the aligned face (112x112) and the picture (320x256) as RGB bytes in hexadecimal |
//! | `embedding` | 128 values for the aligned face |
//! | `sface N`, `yunet N` | the milliseconds of N passes |
//! | `products N` | the same for SFace's 13 pointwise products alone, by dfdx's matmul, operands and results left where they are |

use crate::inputs::{Inputs, models};
use crate::measure::milliseconds;
use aidpost::face::Engine;
use aidpost::nn::{sface::SFace, yunet::YuNet};
use dfdx::prelude::{Cache, Cpu, OnesTensor, Tensor, TryMatMul};
use std::hint::black_box;
use std::io::Write;
use std::io::{BufRead, stdin, stdout};
use std::time::Instant;

/// Answers until the input ends.
pub(crate) fn serve(inputs: &Inputs) {
    let crop = inputs.crop(&mut Engine::load(&models()).expect("models of this checkout"));
    let mut sface = SFace::load(&models()).expect("models of this checkout");
    let mut yunet = YuNet::load(&models()).expect("models of this checkout");
    let products = products();
    for line in stdin().lock().lines() {
        let line = line.expect("commands are text");
        let (command, count) = line.split_once(' ').unwrap_or((&line, "0"));
        let count = count.parse().expect("a number of passes");
        let answer = match command {
            "inputs" => format!("{} {}", hex::encode(crop.rgb()), hex::encode(inputs.picture.rgb())),
            "embedding" => words(&sface.forward(crop.rgb())),
            "sface" => times(count, || sface.forward(crop.rgb())),
            "yunet" => times(count, || yunet.forward(inputs.picture.rgb(), 320, 256, 0.6).len()),
            "products" => times(count, || {
                let each = products.iter().map(|(weight, map)| weight.clone().matmul(map.clone()));
                each.for_each(|product| drop(black_box(product)));
            }),
            other => panic!("no command {other}"),
        };
        println!("{answer}");
        stdout().flush().expect("somebody reads the answers");
    }
}

type Matrix = Tensor<(usize, usize), f32, Cpu>;

/// Weight and map of each of SFace's pointwise layers.
fn products() -> Vec<(Matrix, Matrix)> {
    let dev = Cpu::default();
    dev.enable_cache();
    let (early, middle) =
        ([(32, 64, 112), (64, 128, 56), (128, 128, 56), (128, 256, 28), (256, 256, 28)], (512, 512, 14));
    let last = [(512, 1024, 7), (1024, 1024, 7)];
    let layers = early.into_iter().chain([(256, 512, 14)]).chain([middle; 5]).chain(last);
    layers
        .map(|(input, output, side)| (dev.ones_like(&(output, input)), dev.ones_like(&(input, side * side))))
        .collect()
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
