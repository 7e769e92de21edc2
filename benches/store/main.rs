//! The sealed store beside plain redb on the same disk, in turns, with the same bytes: `cargo bench --bench store`.
//!
//! Both have 64 MiB of cache and commit in two phases. `AIDPOST_BENCH_MIB` sets how much data (1,024). The folder is
//! `AIDPOST_BENCH_DIR`, or that of the build.

mod inputs;
mod memory;
mod patients;
mod report;
mod side;

use inputs::Inputs;
use report::{Report, median};
use side::{Kind, Side};
use std::process::ExitCode;
use std::time::Instant;

const MAX_APPEND: f64 = 1.35;
const MAX_COMMIT: f64 = 1.2;
const MAX_WARM: f64 = 1.1;
const MAX_OPEN: f64 = 1.2;
/// Records of one transaction of the bulk append.
const BATCH: u64 = 1_000;
const COMMITS: u64 = 300;
/// Records that are read warm: a few MiB, so that they stay in the cache of either.
const WARM: u64 = 4_000;
const COLD: u64 = 20_000;
const OPENINGS: usize = 45;

fn seconds(f: impl FnOnce()) -> f64 {
    let start = Instant::now();
    f();
    start.elapsed().as_secs_f64()
}

/// Does it on both sides, the first to go changing each time. (plain, sealed)
fn both(sides: &mut [Side; 2], turn: u64, mut f: impl FnMut(&mut Side)) -> (f64, f64) {
    let [plain, sealed] = sides;
    if turn.is_multiple_of(2) {
        let a = seconds(|| f(plain));
        (a, seconds(|| f(sealed)))
    } else {
        let b = seconds(|| f(sealed));
        (seconds(|| f(plain)), b)
    }
}

fn ratios(pairs: &[(f64, f64)]) -> (f64, f64, f64) {
    let (mut a, mut b): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (a, b) = (median(&mut a), median(&mut b));
    (a, b, b / a)
}

fn main() -> ExitCode {
    // A process that is to crash: it opens, commits and goes without closing.
    if let Some((kind, path)) = side::crasher() {
        side::crash(kind, &path);
    }
    // A process that is to be weighed.
    let mut args = std::env::args().skip_while(|a| a != "--resident").skip(1);
    if let Some(path) = args.next() {
        memory::resident(path.as_ref());
    }
    // `-- memory` or `-- redb`: that part alone.
    let alone = |part: &str| std::env::args().any(|a| a == part);
    if alone("memory") {
        let dir = tempfile::tempdir_in(side::folder()).expect("a folder for the bench");
        let mut report = Report::default();
        memory::measure(dir.path(), &mut report);
        return report.end();
    }
    let mib = std::env::var("AIDPOST_BENCH_MIB").ok().and_then(|s| s.parse().ok()).unwrap_or(1_024u64);
    let dir = tempfile::tempdir_in(side::folder()).expect("a folder for the bench");
    let inputs = Inputs::new();
    let mut report = Report::default();
    let mut sides = [Kind::Plain, Kind::Sealed].map(|k| Side::create(k, dir.path()));

    let (mut written, mut next, mut turns) = (0u64, 0u64, Vec::new());
    while written < mib * 1024 * 1024 {
        let rows: Vec<_> = (next..next + BATCH).map(|i| inputs.record(i)).collect();
        written += rows.iter().map(|(_, v)| v.len() as u64).sum::<u64>();
        turns.push(both(&mut sides, next / BATCH, |s| s.append(&rows)));
        next += BATCH;
    }
    let (plain, sealed) = turns.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    report.plain("records", next as f64, "");
    report.plain("data", written as f64 / 1e6, "MB");
    report.plain("bulk append, plain redb", next as f64 / plain, "/s");
    report.plain("bulk append, sealed", next as f64 / sealed, "/s");
    report.limited("bulk append, time to plain redb", sealed / plain, MAX_APPEND, "x");

    let mut pairs = Vec::new();
    for i in 0..COMMITS {
        let row = [inputs.record(next + i)];
        pairs.push(both(&mut sides, i, |s| s.append(&row)));
    }
    let (a, b, ratio) = ratios(&pairs);
    report.plain("one durable commit, plain redb", a * 1e3, "ms");
    report.plain("one durable commit, sealed", b * 1e3, "ms");
    report.limited("one durable commit, time", ratio, MAX_COMMIT, "x");

    let warm = |s: &mut Side| (0..WARM).for_each(|i| s.read(&inputs, i * 7_919 % WARM));
    both(&mut sides, 0, warm);
    let pairs: Vec<_> = (0..21).map(|turn| both(&mut sides, turn, warm)).collect();
    let (a, b, ratio) = ratios(&pairs);
    report.plain("warm read, plain redb", a * 1e6 / WARM as f64, "us");
    report.plain("warm read, sealed", b * 1e6 / WARM as f64, "us");
    report.limited("warm read, time", ratio, MAX_WARM, "x");

    // Cold for the database; the system may still have the file in memory.
    sides.iter_mut().for_each(Side::reopen);
    let cold = |s: &mut Side| (0..COLD).for_each(|i| s.read(&inputs, i.wrapping_mul(2_654_435_761) % next));
    let (a, b) = both(&mut sides, 0, cold);
    report.plain("cold read, plain redb", a * 1e6 / COLD as f64, "us");
    report.plain("cold read, sealed", b * 1e6 / COLD as f64, "us");
    report.plain("cold read, time", b / a, "x");

    for (name, crashed) in [("open after a clean close", false), ("open after a crash", true)] {
        let mut pairs = Vec::new();
        for turn in 0..OPENINGS {
            sides.iter_mut().for_each(|s| s.close(crashed));
            pairs.push(both(&mut sides, turn as u64, Side::open));
        }
        let (a, b, ratio) = ratios(&pairs);
        report.plain(&format!("{name}, plain redb"), a * 1e3, "ms");
        report.plain(&format!("{name}, sealed"), b * 1e3, "ms");
        report.limited(&format!("{name}, time"), ratio, MAX_OPEN, "x");
    }
    drop(sides);
    if alone("redb") {
        return report.end();
    }
    patients::measure(dir.path(), &mut report);
    memory::measure(dir.path(), &mut report);
    report.end()
}
