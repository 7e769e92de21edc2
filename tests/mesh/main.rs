//! Terminals as processes of their own that meet over real iroh: on one switch, over a slow link that is cut, many on one
//! machine, killed in the middle, among peers that mean ill. Apart from the other tests because it takes root and minutes: scripts/test-mesh.

#![allow(clippy::unwrap_used)]

mod carriers;
mod hostile;
mod hosts;
mod paths;
// Shared with the other tests of the binary.
#[allow(dead_code)]
#[path = "../it/support.rs"]
mod support;

use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use hosts::{Net, Terminal, can_make_hosts, terminals, until, visits};
use support::Place;

fn count(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

fn run(f: impl Future<Output = ()>) {
    block_on(f);
}

fn block_on<T>(f: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(f)
}

/// Everything that stops being true of a store that was damaged.
fn is_whole(p: &Place, site: usize) -> u64 {
    let login = if site == 0 { "amina".into() } else { format!("staff{site}") };
    let s = p.run_as(&format!("s{site}"), &login, &["verify", "--json"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let report: serde_json::Value = serde_json::from_str(&s.out).unwrap();
    assert_eq!(report["damage"], serde_json::json!([]));
    report["blocks"].as_u64().unwrap()
}

fn hosts_on_a_switch(hosts: usize, limit: Duration) {
    let p = Place::new();
    terminals(&p, hosts);
    let writer = Terminal::start(&p, hosts - 1, None);
    run(async { visits(&writer.client().await, 5).await });
    drop(writer);
    let net = Net::new("sw", hosts + 1);
    net.switch();
    let start = Instant::now();
    let all: Vec<Terminal> = (0..hosts).map(|i| Terminal::start(&p, i, Some(net.name(i)))).collect();
    run(async {
        for t in &all {
            let done = |v: &aidpost::node::api::MeshView, _: &_| v.peers.iter().all(|p| p.lacks == 0);
            until(&t.client().await, "all to hold all", limit, done).await;
        }
    });
    let took = start.elapsed();
    println!(
        "{hosts} hosts on one switch without a default route: each holds all {:.1} s after they started",
        took.as_secs_f64()
    );
    assert!(took < limit);
    drop(all);
    let blocks: Vec<u64> = (0..hosts).map(|i| is_whole(&p, i)).collect();
    assert!(blocks.iter().all(|b| *b >= 7), "{blocks:?}");
}

#[test]
fn two_hosts_on_one_switch_find_each_other() {
    if can_make_hosts() {
        hosts_on_a_switch(2, Duration::from_secs(10));
    }
}

/// Nothing but the addresses that every interface has by itself.
#[test]
fn two_hosts_without_ipv4_find_each_other() {
    if !can_make_hosts() {
        return;
    }
    let p = Place::new();
    terminals(&p, 2);
    let writer = Terminal::start(&p, 1, None);
    run(async { visits(&writer.client().await, 5).await });
    drop(writer);
    let net = Net::new("six", 3);
    net.bare_switch();
    let start = Instant::now();
    let all: Vec<Terminal> = (0..2).map(|i| Terminal::start(&p, i, Some(net.name(i)))).collect();
    run(async {
        for t in &all {
            let done = |v: &aidpost::node::api::MeshView, _: &_| v.peers.iter().all(|p| p.lacks == 0);
            until(&t.client().await, "all to hold all", Duration::from_secs(20), done).await;
        }
    });
    println!(
        "two hosts without IPv4: each holds all {:.1} s after they started",
        start.elapsed().as_secs_f64()
    );
    drop(all);
    assert_eq!(is_whole(&p, 0), is_whole(&p, 1));
}

#[test]
fn five_hosts_on_one_switch() {
    if can_make_hosts() {
        hosts_on_a_switch(5, Duration::from_secs(30));
    }
}

/// 44 kbit/s up, 64 down, 750 ms there and back, one frame in twenty lost; cut at random moments.
#[test]
fn a_slow_link_that_is_cut() {
    if !can_make_hosts() {
        return;
    }
    let (records, cuts) = (count("AIDPOST_MESH_RECORDS", 150), count("AIDPOST_MESH_CUTS", 3));
    let p = Place::new();
    terminals(&p, 2);
    let net = Net::new("slow", 2);
    let mut link = net.slow_link((44, 64), 375, 0.05, 7);
    let (a, b) = (Terminal::start(&p, 0, Some(net.name(0))), Terminal::start(&p, 1, Some(net.name(1))));
    run(async {
        // An admin writes no visits.
        let (from, to) = (b.client().await, a.client().await);
        let limit = Duration::from_secs(120 + records as u64);
        let all = |v: &aidpost::node::api::MeshView, _: &_| v.peers.iter().all(|p| p.lacks == 0);
        until(&from, "the first meeting", limit, all).await;
        link.count();
        let mut spent = [0u64; 2];
        let mut rng = StdRng::seed_from_u64(count("AIDPOST_MESH_SEED", 1) as u64);
        for (round, cuts) in [0, cuts].into_iter().enumerate() {
            visits(&from, records).await;
            let start = Instant::now();
            let mut rest = limit * (1 + cuts as u32);
            for _ in 0..cuts {
                tokio::time::sleep(Duration::from_millis(rng.random_range(500..9_000))).await;
                link.cut();
                // Long enough for both to give the meeting up.
                tokio::time::sleep(Duration::from_secs(22)).await;
                link.join();
                rest = rest.saturating_sub(Duration::from_secs(31));
                // Somebody is there: nobody's sign-in ends on the way.
                from.mesh(hosts::within(20)).await.unwrap().unwrap();
            }
            until(&from, "all records to arrive", rest, all).await;
            spent[round] = link.count();
            println!(
                "{records} new records over 44/64 kbit/s, 750 ms, 5% loss, {cuts} cuts: {:.0} s, {} bytes on the wire",
                start.elapsed().as_secs_f64(),
                spent[round]
            );
        }
        let held = to.status(hosts::within(20)).await.unwrap().open.unwrap().blocks;
        assert_eq!(held, from.status(hosts::within(20)).await.unwrap().open.unwrap().blocks);
        if cuts > 0 {
            let lost = (spent[1] as i64 - spent[0] as i64) / cuts as i64;
            println!(
                "a cut costs {lost} bytes on the wire (limit 12288), greetings and repeated pieces together"
            );
            // Missed so far (ARCHITECTURE.md, "Known limits"): scripts/long says so each time.
            assert!(
                std::env::var_os("AIDPOST_MESH_LIMIT").is_none() || lost <= 12 * 1024,
                "{lost} bytes a cut"
            );
        }
    });
    drop((a, b));
    assert_eq!(is_whole(&p, 0), is_whole(&p, 1));
}

#[test]
fn many_terminals_on_one_machine() {
    let n = count("AIDPOST_MESH_TERMINALS", 40);
    let p = Place::new();
    terminals(&p, n);
    let first = Terminal::start(&p, 1, None);
    run(async {
        let client = first.client().await;
        visits(&client, 10).await;
        let ticket = client.status(hosts::within(10)).await.unwrap().open.unwrap().ticket.unwrap();
        let others: Vec<Terminal> =
            (0..n).filter(|i| *i != 1).map(|i| Terminal::start(&p, i, None)).collect();
        let start = Instant::now();
        for t in &others {
            t.client().await.add_peer(hosts::within(20), ticket.clone()).await.unwrap().unwrap();
        }
        let all = |v: &aidpost::node::api::MeshView, _: &_| v.peers.iter().all(|p| p.lacks == 0);
        until(&client, "everyone to hold all", Duration::from_secs(180), all).await;
        println!(
            "{n} terminals on one machine: everyone holds all {:.0} s after they were told of the first",
            start.elapsed().as_secs_f64()
        );
    });
}

/// What was acknowledged before a terminal was killed is there after it has started again.
#[test]
fn either_side_killed_at_random_moments() {
    let rounds = count("AIDPOST_MESH_KILLS", 20);
    let p = Place::new();
    terminals(&p, 2);
    let mut rng = StdRng::seed_from_u64(3);
    for round in 0..rounds {
        let (a, b) = (Terminal::start(&p, 0, None), Terminal::start(&p, 1, None));
        let told = std::cell::Cell::new(0);
        run(async {
            // An admin writes no visits.
            let (from, to) = (b.client().await, a.client().await);
            let ticket = to.status(hosts::within(10)).await.unwrap().open.unwrap().ticket.unwrap();
            from.add_peer(hosts::within(10), ticket).await.unwrap().unwrap();
            visits(&from, 20).await;
            let meeting = from.sync(hosts::within(60));
            let moment = Duration::from_micros(rng.random_range(0..120_000));
            // The meeting goes on in the node whether or not anybody waits for it.
            let _ = tokio::time::timeout(moment, meeting).await;
            let view = from.mesh(hosts::within(20)).await.unwrap().unwrap();
            let blocks = from.status(hosts::within(20)).await.unwrap().open.unwrap().blocks;
            told.set(blocks - view.peers[0].lacks);
        });
        if round % 2 == 0 {
            a.kill();
            drop(b);
        } else {
            b.kill();
            drop(a);
        }
        let held = is_whole(&p, 0);
        assert!(held >= told.get(), "round {round}: {held} blocks, {} were acknowledged", told.get());
        is_whole(&p, 1);
    }
    println!("{rounds} kills: nothing acknowledged was lost");
}
