//! A year of a consortium in minutes: `cargo bench --bench year`.
//!
//! Four organisations with two terminals each, in this process, with real stores, real iroh on loopback and a clock that
//! is set ahead day by day. Every day each terminal registers patients, opens charts and writes visits, and all of them
//! meet; every week all make a backup. Twelve times in the year it is measured how large and how slow things have
//! become; what grows faster than the records ends the bench with 1. `AIDPOST_YEAR_DAYS` (365) and `AIDPOST_YEAR_VISITS`
//! (100, a terminal a day: 200 at each organisation) set the length; the folder is `AIDPOST_BENCH_DIR`, or that of the build.

// A benchmark stops where something it needs isn't there.
#![allow(clippy::unwrap_used)]

mod consortium;
mod growth;
mod site;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use aidpost::node::clock;
use futures::future::join_all;

use consortium::{Consortium, Exchanged};
use growth::{Growth, Row};

/// As in the program: memory is wiped when it is freed, and that takes time too.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

const DAY: i64 = 24 * 60 * 60 * 1_000;
/// Rows of the table.
const ROWS: u64 = 12;
/// Meetings with nothing to say, searches and charts of a row.
const TRIES: usize = 15;
/// Times that a terminal is switched off and on.
const OPENINGS: usize = 3;
const MIB: f64 = 1024.0 * 1024.0;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

fn folder() -> tempfile::TempDir {
    let build = || PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let dir = std::env::var_os("AIDPOST_BENCH_DIR").map_or_else(build, PathBuf::from);
    tempfile::tempdir_in(dir).unwrap()
}

fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

/// The one in the middle, in milliseconds.
fn median(mut of: Vec<Duration>) -> f64 {
    of.sort_unstable();
    of[of.len() / 2].as_secs_f64() * 1e3
}

/// What days came to since the last row.
#[derive(Default)]
struct Since {
    days: u64,
    visits: u64,
    visiting: Duration,
    exchanged: Exchanged,
}

struct Year {
    consortium: Consortium,
    folder: PathBuf,
    records: u64,
    since: Since,
}

impl Year {
    /// One day's work at all terminals at once, then the day's meetings.
    async fn day(&mut self, visits: u64) {
        let work = self.consortium.sites.iter_mut().map(|s| async move { s.day(visits).await });
        for done in join_all(work).await {
            self.records += done.records;
            self.since.visits += done.visits;
            self.since.visiting += done.visiting;
        }
        self.since.exchanged += self.consortium.meet().await;
        self.since.days += 1;
    }

    async fn backups(&mut self) {
        join_all(self.consortium.sites.iter_mut().map(|s| s.weekly_backup())).await;
    }

    async fn row(&mut self, day: u64) -> Row {
        let since = std::mem::take(&mut self.since);
        // What the day's meetings gave rise to, such as witnesses' signatures, has gone round before this.
        self.consortium.meet().await;
        let mut quiet = Vec::new();
        for _ in 0..TRIES {
            quiet.push(self.consortium.quiet().await);
        }
        quiet.sort_unstable_by_key(|q| q.bytes);
        let bytes = quiet[TRIES / 2].bytes;
        let store = |data: &Path| std::fs::metadata(data.join("store")).unwrap().len() as f64 / MIB;
        let sites = &self.consortium.sites;
        let mean = sites.iter().map(|s| store(&s.data)).sum::<f64>() / sites.len() as f64;
        let resident = resident();
        let file = self.folder.join("whole");
        let site = &mut self.consortium.sites[1];
        let start = Instant::now();
        let backup = site.whole_backup(&file).await as f64 / MIB;
        let backing = start.elapsed();
        let searches = site.searches(TRIES).await;
        let charts = site.charts(TRIES).await;
        let mut openings = Vec::new();
        for _ in 0..OPENINGS {
            openings.push(site.reopened().await);
        }
        let days = since.days.max(1) as f64;
        Row {
            day,
            records: self.records,
            store: mean,
            backup,
            resident,
            backing: backing.as_secs_f64(),
            opening: median(openings),
            meeting: since.exchanged.time.as_secs_f64() / days,
            kib: since.exchanged.bytes as f64 / 1024.0 / days,
            quiet: median(quiet.into_iter().map(|q| q.time).collect()),
            quiet_bytes: bytes as f64,
            visit: since.visiting.as_secs_f64() * 1e3 / since.visits.max(1) as f64,
            search: median(searches),
            chart: median(charts),
        }
    }
}

async fn year(days: u64, visits: u64) -> ExitCode {
    let dir = folder();
    let start = Instant::now();
    let consortium = Consortium::founded(dir.path()).await;
    let mut year = Year { consortium, folder: dir.path().into(), records: 0, since: Since::default() };
    let mut growth = Growth::new();
    println!(
        "{} terminals of 4 organisations, {visits} visits a day at each, {days} days",
        year.consortium.sites.len()
    );
    let rows = ROWS.min(days);
    for day in 1..=days {
        clock::set_ahead(day as i64 * DAY);
        year.day(visits).await;
        if day % 7 == 0 {
            year.backups().await;
        }
        if day * rows / days > (day - 1) * rows / days {
            growth.push(year.row(day).await);
        }
    }
    let took = start.elapsed().as_secs();
    let held = growth.verdict();
    let (blocks, damage) = year.consortium.verified().await;
    println!(
        "{} records in {blocks} blocks, which all terminals verified: {damage} damaged; {took} s",
        year.records
    );
    year.consortium.end().await;
    ExitCode::from(u8::from(!held || damage > 0))
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(year(setting("AIDPOST_YEAR_DAYS", 365), setting("AIDPOST_YEAR_VISITS", 100)))
}
