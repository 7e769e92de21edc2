//! What a meeting costs, between two real stores over real iroh on loopback: `cargo bench --bench mesh`.
//!
//! Throughput beside a stream of iroh with nothing else on it, bytes beside the sealed payload, a meeting with nothing to
//! say, and memory while a large backlog goes through. `AIDPOST_BENCH_MIB` is the size of the backlog (256) and
//! `AIDPOST_BENCH_MEMORY_MIB` that of the one for memory (256; 2,048 in `scripts/long`). The folder is
//! `AIDPOST_BENCH_DIR`, or that of the build. `-- throughput|bytes|idle|memory` measures that part alone.

// A benchmark stops where something it needs isn't there.
#![allow(clippy::unwrap_used)]

mod backlog;
mod ends;
mod raw;
mod report;

use std::{fs::File, path::PathBuf, process::ExitCode};

use backlog::{FULL, RECORD, Sealed};
use ends::{Took, Two, forget_peak, peak};
use raw::Far;
use report::Report;

/// As in the program: memory is wiped when it is freed, and that takes time too.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// Of a raw stream's throughput, in percent.
const LEAST_SHARE: f64 = 50.0;
const LEAST_RECORDS: f64 = 10_000.0;
/// Over the sealed payload, in percent.
const MOST_OVERHEAD: f64 = 6.0;
const MOST_IDLE: f64 = 600.0;
/// Of both ends together: two caches of 64 MiB, and what is under way.
const MOST_MEMORY: f64 = 320.0;
const MIB: f64 = 1024.0 * 1024.0;
/// Records whose bytes are counted.
const RECORDS: usize = 10_000;
/// IPv4 and UDP.
const HEADERS: u64 = 28;

fn mib(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

fn folder() -> tempfile::TempDir {
    let build = || PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let dir = std::env::var_os("AIDPOST_BENCH_DIR").map_or_else(build, PathBuf::from);
    tempfile::tempdir_in(dir).unwrap()
}

/// Two terminals that have met, and one of them then wrote a backlog of so many bytes.
async fn behind(dir: &tempfile::TempDir, bytes: usize) -> (Two, u64, u64) {
    let mut two = Two::new(dir.path()).await;
    two.meet().await;
    let (mut size, mut blocks) = (0u64, 0u64);
    let some = backlog::full(1).map(|s| s.bytes).take_while(|b| {
        size += b.len() as u64;
        blocks += 1;
        size <= bytes as u64
    });
    two.from.write(some).await;
    let blocks = two.from.blocks().await - 2;
    (two, size, blocks)
}

async fn throughput(report: &mut Report) {
    let bytes = mib("AIDPOST_BENCH_MIB", 256) * 1024 * 1024;
    let dir = folder();
    let (mut two, size, blocks) = behind(&dir, bytes).await;
    // Before and after, so that a machine that is busy with something else is busy for both.
    let before = raw::stream(size, Far::Forgets).await;
    let took = two.meet().await.time;
    let after = raw::stream(size, Far::Forgets).await;
    let kept = File::create(dir.path().join("kept")).unwrap();
    let kept = raw::stream(size, Far::Keeps(kept)).await;
    two.check().await;
    two.down().await;
    let rate = |t: std::time::Duration| size as f64 / t.as_secs_f64();
    let raw = (rate(before) + rate(after)) / 2.0;
    report.plain("backlog, sealed", size as f64 / MIB, "MiB");
    report.plain("a raw stream", raw / MIB, "MiB/s");
    report.plain("a raw stream into a file that is synced", rate(kept) / MIB, "MiB/s");
    report.plain("a meeting, stored durably and verified", rate(took) / MIB, "MiB/s");
    report.least("of a raw stream", rate(took) / raw * 100.0, LEAST_SHARE, "%");
    let records = (blocks as usize * FULL) as f64 / took.as_secs_f64();
    report.least("records in blocks of 64 KiB", records, LEAST_RECORDS, "/s");
}

/// Bytes of a meeting in which these blocks go, in percent over their sealed payload: messages, and all of the datagrams.
async fn overhead(all: Vec<Sealed>) -> (f64, f64, f64, Took) {
    let dir = folder();
    let mut two = Two::new(dir.path()).await;
    two.meet().await;
    let payload: usize = all.iter().map(|s| s.bytes.len()).sum();
    let padding: usize = all.iter().map(|s| s.padding).sum();
    two.from.write(all.into_iter().map(|s| s.bytes)).await;
    let took = two.meet().await;
    two.check().await;
    two.down().await;
    let over = |bytes: u64| (bytes as f64 / payload as f64 - 1.0) * 100.0;
    let wire = took.datagram_bytes + took.datagrams * HEADERS;
    (over(took.bytes), over(wire), padding as f64 / payload as f64 * 100.0, took)
}

async fn bytes(report: &mut Report) {
    let all: Vec<Sealed> = backlog::full(2).take(RECORDS.div_ceil(FULL)).collect();
    let (messages, wire, padding, took) = overhead(all).await;
    report.most("10,000 records in blocks of 64 KiB, messages over payload", messages, MOST_OVERHEAD, "%");
    report.most("  datagrams of both sides with their headers", wire, MOST_OVERHEAD, "%");
    report.plain("  of the payload is padding", padding, "%");
    report.plain("  records of", RECORD as f64, "B");
    report.plain("  in", took.time.as_secs_f64() * 1e3, "ms");
    let all: Vec<Sealed> = backlog::visits(3).take(RECORDS).collect();
    let payload: usize = all.iter().map(|s| s.bytes.len()).sum();
    let (messages, wire, padding, took) = overhead(all).await;
    report.plain("10,000 blocks of one visit, messages over payload", messages, "%");
    report.plain("  datagrams of both sides with their headers", wire, "%");
    report.plain("  of the payload is padding", padding, "%");
    report.plain("  payload each", payload as f64 / RECORDS as f64, "B");
    report.plain("  visits", RECORDS as f64 / took.time.as_secs_f64(), "/s");
}

async fn idle(report: &mut Report) {
    let dir = folder();
    let mut two = Two::new(dir.path()).await;
    two.meet().await;
    // The first meeting left both with the same.
    let took = two.meet().await;
    two.down().await;
    report.most("nothing to say: one message each way", took.bytes as f64, MOST_IDLE, "B");
    report.plain(
        "  datagrams, with the handshake and their headers",
        (took.datagram_bytes + took.datagrams * HEADERS) as f64,
        "B",
    );
    report.plain("  in", took.time.as_secs_f64() * 1e3, "ms");
}

async fn memory(report: &mut Report) {
    let bytes = mib("AIDPOST_BENCH_MEMORY_MIB", 256) * 1024 * 1024;
    let dir = folder();
    let (mut two, size, _) = behind(&dir, bytes).await;
    forget_peak();
    two.meet().await;
    let most = peak();
    assert_eq!(two.from.blocks().await, two.to.blocks().await);
    two.down().await;
    report.plain("memory: backlog that goes through", size as f64 / MIB, "MiB");
    report.most("  resident at most, both ends in one process", most as f64 / MIB, MOST_MEMORY, "MiB");
}

fn main() -> ExitCode {
    let parts: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|p| p == part);
    let mut report = Report::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        if wanted("memory") {
            memory(&mut report).await;
        }
        if wanted("idle") {
            idle(&mut report).await;
        }
        if wanted("bytes") {
            bytes(&mut report).await;
        }
        if wanted("throughput") {
            throughput(&mut report).await;
        }
    });
    report.end()
}
