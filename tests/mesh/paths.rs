//! Over which paths, how fast, and to nobody else: a relay of one's own, bandwidth limits, metered links, and a capture of
//! every packet that hosts send.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::IpAddr,
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use aidpost::node::api::{LinkPolicy, MeshView, Status};

use super::{
    count,
    hosts::{Net, Terminal, can_make_hosts, terminals, until, visits, within},
    run,
    support::Place,
};

/// Where the hosts of [`Net::routed`] find the last one.
const RELAY: &str = "http://10.78.0.254:3340";

/// Every packet that hosts send, as the last host of a net sees it.
struct Capture {
    child: Child,
    say: ChildStdin,
    hear: BufReader<ChildStdout>,
}

/// What one host sent to one address and port.
#[derive(Debug, serde::Deserialize)]
struct Flow {
    source: String,
    to: String,
    protocol: String,
    port: u16,
    packets: u64,
    bytes: u64,
}

impl Capture {
    fn start(net: &Net, hub: usize, interfaces: &[String]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mesh/capture.py");
        let mut child = Command::new("ip")
            .args(["netns", "exec", net.name(hub), "python3", script])
            .args(interfaces)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (say, hear) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut c = Self { child, say, hear };
        assert_eq!(c.line(), "ready");
        c
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.hear.read_line(&mut line).unwrap();
        line.trim().into()
    }

    /// What was seen since this was last asked.
    fn report(&mut self) -> Vec<Flow> {
        writeln!(self.say, "report").unwrap();
        serde_json::from_str(&self.line()).unwrap()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Addresses outside the consortium's that somebody sent something to. ARP, and what IPv6 says on its own to find
/// neighbours and routers, is the system's, and leaves no switch.
fn outside(flows: &[Flow]) -> Vec<String> {
    let ours = |to: &str| match to.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.octets()[..2] == [10, 77] || ip.octets()[..2] == [10, 78],
        Ok(IpAddr::V6(ip)) => ip.segments()[0] == 0xff02 || ip.segments()[0] == 0xfe80,
        Err(_) => to.is_empty(),
    };
    flows
        .iter()
        .filter(|f| !ours(&f.to))
        .map(|f| format!("{} {} port {}", f.to, f.protocol, f.port))
        .collect()
}

/// One packet to somewhere else: the capture would see it.
fn stray(net: &Net, host: usize) {
    let script =
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))";
    let o =
        Command::new("ip").args(["netns", "exec", net.name(host), "python3", "-c", script]).output().unwrap();
    assert!(o.status.success(), "{}", String::from_utf8_lossy(&o.stderr));
}

fn everyone_holds_all(v: &MeshView, _: &Status) -> bool {
    v.peers.iter().all(|p| p.lacks == 0)
}

/// The program `iroh-relay`, which scripts/setup mesh installs.
fn relay_program() -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/target").into(), PathBuf::from);
    let path = target.join("tools/bin/iroh-relay");
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is missing; scripts/setup mesh installs it", path.display());
    assert!(std::env::var_os("AIDPOST_MESH_REQUIRED").is_none(), "required, and not possible here");
    None
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_relay(p: &Place, net: &Net, hub: usize) -> Option<Running> {
    let program = relay_program()?;
    let config = p.path("relay.toml");
    std::fs::write(&config, "http_bind_addr = \"0.0.0.0:3340\"\nenable_metrics = false\n").unwrap();
    let mut c = Command::new("ip");
    c.args(["netns", "exec", net.name(hub)]).arg(program).arg("--config-path").arg(config);
    Some(Running(c.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()))
}

/// Two hosts that reach nothing but the machine between them, which passes no packet on, and a relay on it.
#[test]
fn two_hosts_that_reach_only_a_relay() {
    if !can_make_hosts() || relay_program().is_none() {
        return;
    }
    let p = Place::new();
    terminals(&p, 2);
    // Addresses from setting up would be tried first: here nobody has them.
    let net = Net::new("relay", 3);
    let interfaces = net.routed();
    let _relay = start_relay(&p, &net, 2).unwrap();
    let mut capture = Capture::start(&net, 2, &interfaces);
    let s = p.run_as("s0", "amina", &["link", "--relay", RELAY]);
    assert_eq!(s.code, 0, "{}", s.err);
    let (a, b) = (Terminal::start(&p, 0, Some(net.name(0))), Terminal::start(&p, 1, Some(net.name(1))));
    let start = Instant::now();
    run(async {
        let (a, b) = (a.client().await, b.client().await);
        visits(&b, 20).await;
        // The ticket says which relay.
        let ticket = a.status(within(10)).await.unwrap().open.unwrap().ticket.unwrap();
        assert!(ticket.contains(RELAY), "{ticket}");
        b.add_peer(within(20), ticket).await.unwrap().unwrap();
        until(&b, "all to be with the other", Duration::from_secs(60), everyone_holds_all).await;
        until(&a, "all to be with the other", Duration::from_secs(60), everyone_holds_all).await;
        let blocks = |s: Status| s.open.unwrap().blocks;
        let held = (a.status(within(20)).await.unwrap(), b.status(within(20)).await.unwrap());
        assert_eq!(blocks(held.0), blocks(held.1));
    });
    println!(
        "two hosts that reach only a relay: both hold all {:.1} s after they began",
        start.elapsed().as_secs_f64()
    );
    let flows = capture.report();
    assert_eq!(outside(&flows), Vec::<String>::new());
    let via: u64 =
        flows.iter().filter(|f| f.to == "10.78.0.254" && f.protocol == "tcp").map(|f| f.bytes).sum();
    let direct =
        flows.iter().filter(|f| f.protocol == "udp" && f.port != 47_499).map(|f| f.packets).sum::<u64>();
    println!("{via} bytes went to the relay; {direct} datagrams were tried directly, and none arrived");
    assert!(via > 10_000, "{flows:?}");
}

/// Hosts with a way out, so that whatever they would send to anybody is seen.
#[test]
fn no_packet_to_anybody_else() {
    if !can_make_hosts() {
        return;
    }
    let p = Place::new();
    terminals(&p, 3);
    let writer = Terminal::start(&p, 2, None);
    run(async { visits(&writer.client().await, 5).await });
    drop(writer);
    let net = Net::new("seen", 4);
    net.switch();
    net.way_out();
    let ports: Vec<String> = (0..3).map(|i| format!("p{i}")).collect();
    let mut capture = Capture::start(&net, 3, &ports);
    stray(&net, 0);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(outside(&capture.report()), ["192.0.2.1 udp port 53"], "the capture sees what goes out");
    let all: Vec<Terminal> = (0..3).map(|i| Terminal::start(&p, i, Some(net.name(i)))).collect();
    run(async {
        for t in &all {
            until(&t.client().await, "all to hold all", Duration::from_secs(60), everyone_holds_all).await;
        }
    });
    // Some rounds in which there is nothing to do.
    std::thread::sleep(Duration::from_secs(count("AIDPOST_MESH_LISTEN", 40) as u64));
    let flows = capture.report();
    let packets: u64 = flows.iter().map(|f| f.packets).sum();
    let mut to: BTreeMap<&str, u64> = BTreeMap::new();
    flows.iter().for_each(|f| *to.entry(&f.to).or_default() += f.packets);
    println!("{packets} packets of three hosts, to: {to:?}");
    assert!(flows.iter().any(|f| f.protocol == "udp" && f.port == 47_600), "they did meet: {flows:?}");
    assert_eq!(outside(&flows), Vec::<String>::new());
}

/// What goes over a limited link in a second is what the limit says, on the wire.
#[test]
fn a_limited_link_and_a_metered_one() {
    if !can_make_hosts() {
        return;
    }
    let p = Place::new();
    terminals(&p, 2);
    let net = Net::new("few", 3);
    net.switch();
    let mut capture = Capture::start(&net, 2, &["p1".into()]);
    let (a, b) = (Terminal::start(&p, 0, Some(net.name(0))), Terminal::start(&p, 1, Some(net.name(1))));
    run(async {
        let (admin, from) = (a.client().await, b.client().await);
        until(&from, "the first meeting", Duration::from_secs(60), everyone_holds_all).await;
        // What the terminal of the admin takes in is limited: so the other one sends no faster.
        let policy = LinkPolicy { down: Some(160), ..LinkPolicy::default() };
        admin.set_links(within(20), policy).await.unwrap().unwrap();
        visits(&from, 600).await;
        let seen = std::cell::RefCell::new(None);
        let told = |v: &MeshView, _: &Status| {
            *seen.borrow_mut() = Some(v.peers[0].clone());
            v.peers[0].seconds_left.is_some()
        };
        until(&from, "a rate to go by", Duration::from_secs(20), told).await;
        capture.report();
        let start = Instant::now();
        // Long enough that what a lane lets through at once after a pause counts for little.
        tokio::time::sleep(Duration::from_secs(14)).await;
        let bytes: u64 = capture.report().iter().map(|f| f.bytes).sum();
        let rate = bytes as f64 * 8.0 / start.elapsed().as_secs_f64() / 1000.0;
        let p = seen.take().unwrap();
        println!(
            "limited to 160 kbit/s: {rate:.0} kbit/s of Ethernet frames; said before: {} bytes left, {:?} s at {:?} bytes/s",
            p.bytes_left, p.seconds_left, p.rate
        );
        let after = from.mesh(within(20)).await.unwrap().unwrap();
        assert!(after.peers[0].lacks > 0, "it was over too soon to say");
        assert!((80.0..168.0).contains(&rate), "{rate} kbit/s");
        // 20,000 bytes a second are the limit.
        assert!(p.rate.is_some_and(|r| r < 22_000), "{p:?}");
        until(&from, "all to arrive", Duration::from_secs(90), everyone_holds_all).await;

        let policy = LinkPolicy { metered: Some(1), ..LinkPolicy::default() };
        admin.set_links(within(20), policy).await.unwrap().unwrap();
    });
    drop(b);
    drop(capture);
    // The host of the admin, whose link is metered now: quiet but for its rounds.
    let mut capture = Capture::start(&net, 2, &["p0".into()]);
    let b = Terminal::start(&p, 1, Some(net.name(1)));
    run(async {
        let (metered, from) = (a.client().await, b.client().await);
        visits(&from, 3).await;
        let soon = |v: &MeshView, _: &Status| v.next_round.is_some_and(|s| s > 45);
        until(&metered, "a round", Duration::from_secs(70), soon).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        capture.report();
        tokio::time::sleep(Duration::from_secs(35)).await;
        let sent = |flows: Vec<Flow>| {
            // That nobody answers there is said by the system.
            let own = flows.iter().filter(|f| f.source == "10.77.0.1" && f.protocol == "udp");
            own.map(|f| f.bytes).sum::<u64>()
        };
        let between = sent(capture.report());
        println!("a metered link sent {between} bytes in 35 s between two rounds");
        assert_eq!(between, 0);
        until(&from, "the next round", Duration::from_secs(60), everyone_holds_all).await;
        println!("and {} bytes with the round", sent(capture.report()));
    });
}
