//! The workstation as a person feels it: the real binary in a pseudo-terminal, on a store of 100,000 patients.
//!
//! `cargo bench --bench tui`. Start to sign-in, key to drawn frame, bytes for a key, what an idle screen costs; each with
//! its limit, and a code that isn't 0 when one is missed. `AIDPOST_BENCH_PATIENTS` for other sizes.

mod terminal;
mod town;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use terminal::{Answer, Terminal};

/// Patients of the store.
const PATIENTS: usize = 100_000;
/// Starts that are measured.
const STARTS: usize = 11;
/// For so long nothing is pressed.
const IDLE: Duration = Duration::from_secs(20);

/// Milliseconds from the start of the program to its sign-in screen, the median.
const MAX_START: f64 = 200.0;
/// Milliseconds from a key to the last frame that it causes, 99 of 100.
const MAX_KEY: f64 = 16.0;
/// Bytes that a key writes to the terminal, the median.
const MAX_BYTES: f64 = 2_048.0;
/// Share of a core that an idle screen takes.
const MAX_IDLE: f64 = 0.005;

/// What was measured, and whether all of it is within its limits.
struct Report(bool);

impl Report {
    fn at_most(&mut self, what: &str, value: f64, limit: f64, unit: &str) {
        let good = value <= limit;
        self.0 &= good;
        println!("{what:<58}{value:>10.2} {unit}  (limit {limit}){}", if good { "" } else { "  MISSED" });
    }
}

/// The value below which so many of a hundred lie.
fn percentile(values: &mut [f64], p: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() * p).div_ceil(100).clamp(1, values.len().max(1)) - 1;
    values.get(at).copied().unwrap_or(f64::NAN)
}

fn main() -> ExitCode {
    let patients =
        std::env::var("AIDPOST_BENCH_PATIENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(PATIENTS);
    let begun = Instant::now();
    let town = town::Town::build(patients);
    println!("{patients} patients with a visit each, made in {:.0} s", begun.elapsed().as_secs_f64());
    let mut r = Report(true);
    starts(&town, &mut r);
    let mut t = Terminal::start(&town.data);
    sign_in(&mut t);
    keys(&mut t, &town, &mut r);
    idle(&mut t, &mut r);
    if r.0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn starts(town: &town::Town, r: &mut Report) {
    let mut all: Vec<f64> = (0..STARTS)
        .map(|_| {
            let begun = Instant::now();
            let t = Terminal::start(&town.data);
            t.wait("Sign in");
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    let worst = percentile(&mut all, 100);
    println!("{:<58}{worst:>10.2} ms", "start to sign-in screen, worst of 11");
    r.at_most("start to sign-in screen, median", percentile(&mut all, 50), MAX_START, "ms");
}

fn sign_in(t: &mut Terminal) {
    t.wait("Sign in");
    t.type_in(town::LOGIN);
    t.type_in("\t");
    t.type_in(town::PASSPHRASE);
    t.type_in("\r");
    t.wait("signed in as");
    // Whoever has no PIN here is asked for one, once; not now.
    t.wait("Choose a PIN");
    t.type_in("\x1b");
    t.wait("Patients (");
    t.settle();
}

/// Names typed and taken back, moving in the list, charts opened.
fn keys(t: &mut Terminal, town: &town::Town, r: &mut Report) {
    let mut all: Vec<Answer> = Vec::new();
    for name in &town.names {
        let name: String = name.chars().take(9).collect();
        for c in name.chars() {
            all.push(t.press(&c.to_string()));
        }
        for _ in 0..4 {
            all.push(t.press("\x1b[B"));
        }
        for _ in name.chars() {
            all.push(t.press("\x7f"));
        }
    }
    let drew: Vec<&Answer> = all.iter().filter(|a| a.bytes > 0).collect();
    let mut last: Vec<f64> = drew.iter().map(|a| a.last.as_secs_f64() * 1e3).collect();
    let mut bytes: Vec<f64> = drew.iter().map(|a| a.bytes as f64).collect();
    println!("{} keys: searching as one types, and moving in the list", drew.len());
    let (p50, p100) = (percentile(&mut last, 50), percentile(&mut last, 100));
    println!("{:<58}{p50:>10.2} ms, the slowest {p100:.2} ms", "key to the last frame it causes, median");
    r.at_most("key to the last frame it causes, p99", percentile(&mut last, 99), MAX_KEY, "ms");
    let most = percentile(&mut bytes, 100);
    println!("{:<58}{most:>10.0} bytes", "written to the terminal for a key, at most");
    r.at_most("written to the terminal for a key, median", percentile(&mut bytes, 50), MAX_BYTES, "bytes");

    // A chart is shown once the read is durable on the ledger: its first frame says that it is being opened.
    let (mut first, mut shown) = (Vec::new(), Vec::new());
    for name in town.names.iter().take(12) {
        t.type_in(name);
        t.settle();
        let a = t.press("\r");
        t.wait("Visits (");
        first.push(a.first.as_secs_f64() * 1e3);
        shown.push(a.last.as_secs_f64() * 1e3);
        t.press("\x1b");
        for _ in name.chars() {
            t.press("\x7f");
        }
    }
    let whole = percentile(&mut shown, 50);
    println!("{:<58}{whole:>10.2} ms", "Enter to the opened chart, its read durable, median");
    r.at_most("Enter to the first frame, p99", percentile(&mut first, 99), MAX_KEY, "ms");
}

fn idle(t: &mut Terminal, r: &mut Report) {
    t.settle();
    let (bytes, cpu) = (t.written(), t.cpu());
    std::thread::sleep(IDLE);
    let share = (t.cpu() - cpu).as_secs_f64() / IDLE.as_secs_f64();
    r.at_most("idle: bytes drawn in 20 s", (t.written() - bytes) as f64, 0.0, "bytes");
    r.at_most("idle: share of a core", share * 100.0, MAX_IDLE * 100.0, "%");
}
