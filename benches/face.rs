//! Medians of the face networks' and the whole pipeline's times: `cargo bench --bench face`, for one core with
//! `RAYON_NUM_THREADS=1`.

use aidpost::face::portrait::{moved_portrait, nurse};
use aidpost::face::{Engine, Frame};
use aidpost::nn::{sface::SFace, yunet::YuNet};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

fn median(name: &str, mut pass: impl FnMut()) {
    for _ in 0..5 {
        pass();
    }
    let time = |_| {
        let start = Instant::now();
        pass();
        start.elapsed()
    };
    let mut times: Vec<Duration> = (0..61).map(time).collect();
    times.sort();
    let ms = |at: usize| times[at].as_secs_f64() * 1000.0;
    println!("{name:<28} {:7.2} ms (fastest {:.2}, slowest tenth {:.2})", ms(30), ms(0), ms(55));
}

fn main() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let mut sface = SFace::load(&models).expect("models of this checkout");
    let mut yunet = YuNet::load(&models).expect("models of this checkout");
    let crop = Frame::from_fn(112, 112, |x, y| [x as u8, y as u8, (x ^ y) as u8]);
    median("SFace 112x112", || drop(black_box(sface.forward(crop.rgb()).to_vec())));
    for (width, height) in [(320, 256), (640, 480)] {
        let picture = Frame::from_fn(width, height, |x, y| [x as u8, y as u8, (x ^ y) as u8]);
        let (width, height) = (width as usize, height as usize);
        let pass = || drop(black_box(yunet.forward(picture.rgb(), width, height, 0.6)));
        median(&format!("YuNet {width}x{height}"), pass);
    }
    let mut engine = Engine::load(&models).expect("models of this checkout");
    let frame = moved_portrait(&nurse(), 1, 1).remove(0);
    median("detect in 640x480", || drop(black_box(engine.detect(&frame))));
    median("observe 640x480", || drop(black_box(engine.observe(&frame))));
}
