use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::*;
use crate::qr::draw::Code;

const TEXT: &str = "AIDCARD07W1 $7W1 $A%69 VD92EX0UJCLQE7W581QED8WEX0BB8%69 VD92EX0UJCLQE7W581QED8WEX0BB8%69 VD92EX0UJCLQE7W581QED8WEX0BB8/:.";

/// How a printed code is held before a camera of 640 by 480 pixels.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// Turned in the plane of the picture, in degrees.
    turned: f64,
    /// Tilted backwards and sideways, in degrees.
    tilted: (f64, f64),
    /// Pixels from edge to edge, border included.
    size: f64,
    /// Pixels over which the lens smears.
    blur: usize,
    /// Noise of the sensor, in grey levels.
    noise: f64,
    /// How much darker the right side is.
    shade: f64,
    /// Grey levels of ink and paper.
    ink: (f64, f64),
}

const STEADY: Held = Held {
    turned: 0.0,
    tilted: (0.0, 0.0),
    size: 300.0,
    blur: 0,
    noise: 0.0,
    shade: 0.0,
    ink: (20.0, 230.0),
};

/// A square of `side` modules, seen through a lens.
fn photographed(h: &Held, dark: &[Vec<bool>], seed: u64) -> Frame {
    const W: u32 = 640;
    const H: u32 = 480;
    /// The camera stands so many times the code's width away.
    const AWAY: f64 = 3.0;
    let (z, x, y) = (h.turned.to_radians(), h.tilted.0.to_radians(), h.tilted.1.to_radians());
    let turn = |[a, b, c]: [f64; 3]| {
        // About the vertical, the horizontal, then the line of sight.
        let [a, b, c] = [a * y.cos() + c * y.sin(), b, -a * y.sin() + c * y.cos()];
        let [a, b, c] = [a, b * x.cos() - c * x.sin(), b * x.sin() + c * x.cos()];
        [a * z.cos() - b * z.sin(), a * z.sin() + b * z.cos(), c]
    };
    let (right, down) = (turn([1.0, 0.0, 0.0]), turn([0.0, 1.0, 0.0]));
    let focal = h.size * AWAY;
    let side = dark.len() as f64;
    // Where the line of sight of a picture point meets the paper, in modules: two equations in two unknowns.
    let module = |px: f64, py: f64| {
        let (u, v) = ((px - f64::from(W) / 2.0) / focal, (py - f64::from(H) / 2.0) / focal);
        let (a, b) = (right[0] - u * right[2], down[0] - u * down[2]);
        let (c, d) = (right[1] - v * right[2], down[1] - v * down[2]);
        let (e, f) = (u * AWAY, v * AWAY);
        let det = a * d - b * c;
        let (s, t) = ((e * d - b * f) / det, (a * f - e * c) / det);
        ((s + 0.5) * side, (t + 0.5) * side)
    };
    let paper = |px: f64, py: f64| {
        let (i, j) = module(px, py);
        match (i >= 0.0 && j >= 0.0).then(|| dark.get(j as usize).and_then(|row| row.get(i as usize))) {
            Some(Some(true)) => h.ink.0,
            Some(Some(false)) => h.ink.1,
            // The table below.
            _ => 120.0,
        }
    };
    let mut rng = StdRng::seed_from_u64(seed);
    let mut sharp: Vec<f64> = Vec::new();
    for py in 0..H {
        for px in 0..W {
            // Four samples a pixel, as a sensor gathers light.
            let at = |dx, dy| paper(f64::from(px) + dx, f64::from(py) + dy);
            let light = (at(0.25, 0.25) + at(0.75, 0.25) + at(0.25, 0.75) + at(0.75, 0.75)) / 4.0;
            sharp.push(light * (1.0 - h.shade * f64::from(px) / f64::from(W)));
        }
    }
    let r = h.blur as i64;
    Frame::from_fn(W, H, |px, py| {
        let (mut sum, mut n) = (0.0, 0.0);
        for (dx, dy) in (-r..=r).flat_map(|dy| (-r..=r).map(move |dx| (dx, dy))) {
            let (x, y) = (i64::from(px) + dx, i64::from(py) + dy);
            if (0..i64::from(W)).contains(&x) && (0..i64::from(H)).contains(&y) {
                sum += sharp[(y * i64::from(W) + x) as usize];
                n += 1.0;
            }
        }
        // Twelve even draws make a bell.
        let bell: f64 = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
        [(sum / n + h.noise * bell).clamp(0.0, 255.0) as u8; 3]
    })
}

fn modules(text: &str) -> Vec<Vec<bool>> {
    let code = Code::new(text).unwrap();
    let lines = code.half_blocks(true);
    let mut rows = Vec::new();
    for line in lines {
        let cells: Vec<char> = line.chars().filter(|c| ['█', '▀', '▄', ' '].contains(c)).collect();
        rows.push(cells.iter().map(|c| ['█', '▀'].contains(c)).collect());
        rows.push(cells.iter().map(|c| ['█', '▄'].contains(c)).collect());
    }
    rows.truncate(code.side() + 8);
    rows
}

fn reads(h: &Held, seed: u64) -> bool {
    texts(&photographed(h, &modules(TEXT), seed)) == [TEXT]
}

#[test]
fn what_is_drawn_is_read_from_the_file() {
    let code = Code::new(TEXT).unwrap();
    assert_eq!(code.side(), 37);
    let png = code.png(&["AIDPOST CARD".into(), "SERIAL 01234567".into()]);
    assert_eq!(texts(&Frame::from_file_bytes(&png).unwrap()), [TEXT]);
    // A large scan, and what a dark terminal shows.
    let small = Frame::from_file_bytes(&png).unwrap();
    let scan = Frame::from_fn(3_600, 4_000, |x, y| {
        if x / 9 < small.width() && y / 9 < small.height() { small.pixel(x / 9, y / 9) } else { [255; 3] }
    });
    assert_eq!(texts(&scan), [TEXT]);
    let inverted = Frame::from_fn(360, 360, |x, y| small.pixel(x, y).map(|v| 255 - v));
    assert_eq!(texts(&inverted), [TEXT]);
}

#[test]
fn held_as_people_hold_a_card_it_is_read() {
    for turned in (0..360).step_by(15).map(f64::from) {
        assert!(reads(&Held { turned, ..STEADY }, 1), "turned by {turned}");
    }
    for (a, b) in [(25.0, 0.0), (-25.0, 0.0), (0.0, 25.0), (15.0, -20.0)] {
        assert!(reads(&Held { tilted: (a, b), turned: 10.0, ..STEADY }, 2), "tilted by {a} and {b}");
    }
    for size in [170.0, 220.0, 400.0, 470.0] {
        assert!(reads(&Held { size, turned: 5.0, ..STEADY }, 3), "{size} pixels");
    }
    assert!(reads(&Held { noise: 20.0, ..STEADY }, 4));
    assert!(reads(&Held { blur: 1, ..STEADY }, 5));
    assert!(reads(&Held { shade: 0.6, ..STEADY }, 6));
    assert!(reads(&Held { ink: (70.0, 140.0), ..STEADY }, 7), "faded ink, dim light");
}

#[test]
fn most_of_what_a_hand_and_a_cheap_camera_do_at_once_is_read() {
    let mut rng = StdRng::seed_from_u64(8);
    let (mut read, mut longest, all) = (0, Duration::ZERO, 200);
    for seed in 0..all {
        let h = Held {
            turned: rng.random_range(0.0..360.0),
            tilted: (rng.random_range(-20.0..20.0), rng.random_range(-20.0..20.0)),
            size: rng.random_range(230.0..420.0),
            blur: rng.random_range(0..=1),
            noise: rng.random_range(0.0..14.0),
            shade: rng.random_range(0.0..0.5),
            ink: (rng.random_range(10.0..60.0), rng.random_range(160.0..250.0)),
        };
        let frame = photographed(&h, &modules(TEXT), seed);
        let start = Instant::now();
        let found = texts(&frame);
        longest = longest.max(start.elapsed());
        assert!(found.is_empty() || found == [TEXT], "a text that nobody wrote: {found:?}");
        read += u64::from(!found.is_empty());
    }
    println!("{read} of {all} frames read, the slowest in {longest:?}");
    assert!(read * 100 >= all * 95, "{read} of {all}");
}

#[test]
fn pictures_without_a_code_and_pictures_made_to_confuse_say_nothing() {
    let mut rng = StdRng::seed_from_u64(9);
    let start = Instant::now();
    for n in 1..20u32 {
        let (w, h) = (rng.random_range(1..900), rng.random_range(1..900));
        let noise = Frame::from_fn(w, h, |_, _| [rng.random(), rng.random(), rng.random()]);
        assert!(texts(&noise).is_empty());
        let stripes = Frame::from_fn(w, h, |x, y| [if (x / n + y / n) % 2 == 0 { 0 } else { 255 }; 3]);
        assert!(texts(&stripes).is_empty());
    }
    // Nothing but the squares at a code's corners, side by side.
    let corner = |v: u32| [0, 6].contains(&v);
    let corners = Frame::from_fn(1_600, 1_600, |x, y| {
        let (x, y) = (x / 4 % 9, y / 4 % 9);
        let dark = x < 7 && y < 7 && (corner(x) || corner(y) || (2..5).contains(&x) && (2..5).contains(&y));
        [if dark { 0 } else { 255 }; 3]
    });
    assert!(texts(&corners).is_empty());
    let took = start.elapsed();
    println!("{took:?}");
    assert!(took < Duration::from_secs(30), "{took:?}");
}
