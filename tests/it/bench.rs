//! `aidpost bench`: each figure with its unit and, where there is one, its limit; in the time that it says.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use crate::support::Place;

/// "About a minute", on a machine that does something else too.
const ABOUT_A_MINUTE: Duration = Duration::from_secs(120);
/// Figures that stand beside their limit.
const LIMITED: [(&str, &str); 3] = [
    ("visits written, signed, sealed and durable", "durable commits of plain redb"),
    ("meeting, durable at the other terminal", "a stream of plain iroh"),
    ("blocks checked anew, pages and all", "signatures checked by plain ed25519, all cores"),
];

/// This program was built without optimisation: its figures say nothing, and take long. A chain of iterators tells, which is
/// one loop when it was.
fn unoptimised() -> bool {
    const STEPS: u64 = 1_000_000;
    let once = || {
        let start = Instant::now();
        black_box((0..black_box(STEPS)).map(|x| x ^ 7).filter(|x| x % 3 == 0).fold(0u64, u64::wrapping_add));
        start.elapsed()
    };
    (0..5).map(|_| once()).min().is_some_and(|t| t > Duration::from_nanos(10 * STEPS))
}

#[test]
fn each_figure_stands_beside_its_limit_in_about_a_minute() {
    if unoptimised() {
        println!("not measured: built without optimisation");
        return;
    }
    let p = Place::new();
    let start = Instant::now();
    let s = p.run("unused", &["bench", "--folder", &p.text(""), "--json"]);
    let took = start.elapsed();
    assert_eq!(s.code, 0, "{}", s.err);
    assert!(took < ABOUT_A_MINUTE, "{took:?}");
    let all: Vec<serde_json::Value> = serde_json::from_str(&s.out).unwrap();
    assert!(all.len() >= 8, "{all:?}");
    for f in &all {
        assert!(f["value"].as_f64().is_some_and(|v| v > 0.0) && f["unit"].is_string(), "{f}");
    }
    for (what, limit) in LIMITED {
        let f = all.iter().find(|f| f["what"] == what).unwrap_or_else(|| panic!("{what}: {all:?}"));
        assert_eq!(f["limit"]["what"], limit, "{f}");
        assert!(f["limit"]["value"].as_f64().is_some_and(|v| v > 0.0), "{f}");
    }
    // Nothing stays behind.
    assert_eq!(std::fs::read_dir(p.dir.path()).unwrap().count(), 0);
}
