//! Hosts: network namespaces with a terminal in each, or terminals on loopback.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use aidpost::{
    core::record::{Gender, Patient},
    node::{
        api::{ClinicClient, MeshView, Passphrase, Status, VisitDraft},
        server,
    },
};
use tarpc::context::{self, Context};

use crate::support::{BIN, MODELS, Place};

/// True where namespaces can be made; otherwise says that the test is skipped.
pub(crate) fn can_make_hosts() -> bool {
    let can = Command::new("ip").args(["netns", "list"]).output().is_ok_and(|o| o.status.success())
        && Path::new("/dev/net/tun").exists()
        && fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    if !can {
        println!(
            "skipped: hosts of their own need root, 'ip' and /dev/net/tun: scripts/test-mesh --required says so too"
        );
        assert!(std::env::var_os("AIDPOST_MESH_REQUIRED").is_none(), "required, and not possible here");
    }
    can
}

fn ip(args: &[&str]) {
    let o = Command::new("ip").args(args).output().unwrap();
    assert!(o.status.success(), "ip {}: {}", args.join(" "), String::from_utf8_lossy(&o.stderr));
}

/// Namespaces that are gone when this is dropped; devices in them go with them.
pub(crate) struct Net {
    names: Vec<String>,
}

impl Net {
    /// So many hosts without a way out, their loopback up.
    pub(crate) fn new(test: &str, count: usize) -> Self {
        let names: Vec<String> = (0..count).map(|i| format!("ap{}-{test}{i}", std::process::id())).collect();
        for n in &names {
            ip(&["netns", "add", n]);
            ip(&["-n", n, "link", "set", "lo", "up"]);
        }
        Self { names }
    }

    pub(crate) fn name(&self, host: usize) -> &str {
        &self.names[host]
    }

    /// Gives a host its address on an interface that is there already.
    fn address(&self, host: usize, interface: &str) {
        let n = self.name(host);
        ip(&["-n", n, "addr", "add", &format!("10.77.0.{}/24", host + 1), "dev", interface]);
        ip(&["-n", n, "link", "set", interface, "up"]);
    }

    /// Joins all hosts but the last at a switch in the last one. No default route, no DNS, no DHCP.
    pub(crate) fn switch(&self) {
        self.bare_switch();
        (0..self.names.len() - 1).for_each(|i| self.address(i, "eth0"));
    }

    /// The same without IPv4.
    pub(crate) fn bare_switch(&self) {
        let hub = self.names.last().unwrap();
        ip(&["-n", hub, "link", "add", "sw", "type", "bridge"]);
        ip(&["-n", hub, "link", "set", "sw", "up"]);
        for i in 0..self.names.len() - 1 {
            let port = format!("p{i}");
            ip(&[
                "-n",
                hub,
                "link",
                "add",
                &port,
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                self.name(i),
            ]);
            ip(&["-n", hub, "link", "set", &port, "master", "sw", "up"]);
            ip(&["-n", self.name(i), "link", "set", "eth0", "up"]);
        }
    }

    /// A way out for the hosts of [`Net::switch`]: over the last host, which passes nothing on.
    pub(crate) fn way_out(&self) {
        let hub = self.names.last().unwrap();
        ip(&["-n", hub, "addr", "add", "10.77.0.254/24", "dev", "sw"]);
        for n in &self.names[..self.names.len() - 1] {
            ip(&["-n", n, "route", "add", "default", "via", "10.77.0.254"]);
        }
    }

    /// Joins each host but the last to the last one, on a network of its own; the last one passes nothing on. Its
    /// interfaces.
    pub(crate) fn routed(&self) -> Vec<String> {
        let hub = self.names.last().unwrap();
        let join = |i: usize| {
            let (port, n) = (format!("p{i}"), self.name(i));
            let add = ["link", "add", &port, "type", "veth", "peer", "name", "eth0", "netns", n];
            ip(&[&["-n", hub][..], &add].concat());
            ip(&["-n", hub, "addr", "add", &format!("10.78.{i}.254/24"), "dev", &port]);
            ip(&["-n", hub, "link", "set", &port, "up"]);
            ip(&["-n", n, "addr", "add", &format!("10.78.{i}.1/24"), "dev", "eth0"]);
            ip(&["-n", n, "link", "set", "eth0", "up"]);
            ip(&["-n", n, "route", "add", "default", "via", &format!("10.78.{i}.254")]);
            port
        };
        (0..self.names.len() - 1).map(join).collect()
    }

    /// Joins two hosts by a slow link: kilobits a second up and down, milliseconds one way, part lost.
    pub(crate) fn slow_link(&self, (up, down): (u32, u32), delay: u32, loss: f64, seed: u64) -> SlowLink {
        let taps = [0, 1].map(|i| format!("at{}x{i}", std::process::id() % 100_000));
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mesh/slow_link.py");
        let mut child = Command::new("python3")
            .arg(script)
            .args([&taps[0], &taps[1]])
            .args([up.to_string(), down.to_string(), delay.to_string(), loss.to_string(), seed.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (say, hear) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut link = SlowLink { child, say, hear };
        assert_eq!(link.line(), "ready");
        let mac = |i: usize| format!("02:00:00:00:00:{i:02x}");
        for (i, tap) in taps.iter().enumerate() {
            let n = self.name(i);
            ip(&["link", "set", tap, "address", &mac(i), "netns", n]);
            self.address(i, tap);
            // Behind a modem nobody asks for neighbours: its own end of the line answers.
            let other = format!("10.77.0.{}", 2 - i);
            ip(&["-n", n, "neigh", "replace", &other, "lladdr", &mac(1 - i), "dev", tap, "nud", "permanent"]);
        }
        link
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        for n in &self.names {
            let _ = Command::new("ip").args(["netns", "del", n]).status();
        }
    }
}

/// See `slow_link.py`.
pub(crate) struct SlowLink {
    child: Child,
    say: ChildStdin,
    hear: BufReader<ChildStdout>,
}

impl SlowLink {
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.hear.read_line(&mut line).unwrap();
        line.trim().into()
    }

    pub(crate) fn cut(&mut self) {
        writeln!(self.say, "cut").unwrap();
    }

    pub(crate) fn join(&mut self) {
        writeln!(self.say, "join").unwrap();
    }

    /// Bytes of Ethernet frames that either side has sent since this was last asked.
    pub(crate) fn count(&mut self) -> u64 {
        writeln!(self.say, "count").unwrap();
        self.line().parse().unwrap()
    }
}

impl Drop for SlowLink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A founded consortium, and terminals of its one organisation that have met the first: sites "s0", "s1" …
pub(crate) fn terminals(p: &Place, count: usize) {
    p.found("s0");
    let first = Terminal::start(p, 0, None);
    let ok = |s: crate::support::Said| assert_eq!(s.code, 0, "{}", s.err);
    ok(p.run_as("s0", "amina", &["org", "invite", "invite.txt"]));
    for i in 1..count {
        let (site, login) = (format!("s{i}"), login(i));
        let (request, cert) = (format!("{site}.txt"), format!("{site}.cert"));
        let name = format!("terminal {i}");
        ok(p.run_as(
            &site,
            &login,
            &["join", "invite.txt", "--device", &name, "--name", &login, "--request", &request],
        ));
        ok(p.run_as("s0", "amina", &["device", "certify", &request, &cert, "--yes"]));
        ok(p.run_as(&site, &login, &["join", &cert]));
        ok(p.run_as(&site, &login, &["sync"]));
    }
    drop(first);
}

fn login(site: usize) -> String {
    if site == 0 { "amina".into() } else { format!("staff{site}") }
}

/// What a site's node has said since it was made.
pub(crate) fn log(p: &Place, site: usize) -> std::path::PathBuf {
    p.path(&format!("s{site}.log"))
}

/// `aidpost node` as a process of its own.
pub(crate) struct Terminal {
    site: std::path::PathBuf,
    login: String,
    child: Child,
}

impl Terminal {
    /// Starts it, in a host if one is named, and waits until it answers.
    pub(crate) fn start(p: &Place, site: usize, host: Option<&str>) -> Self {
        let login = login(site);
        let (data, pass) = (p.path(&format!("s{site}")), p.passphrase(&login));
        let mut c = match host {
            Some(h) => {
                let mut c = Command::new("ip");
                c.args(["netns", "exec", h, BIN, "--listen", "0.0.0.0:47600"]);
                c
            }
            None => {
                let mut c = Command::new(BIN);
                c.args(["--listen", "127.0.0.1:0"]);
                c
            }
        };
        c.arg("--data").arg(&data).args([
            "--login",
            &login,
            "--passphrase-file",
            &pass,
            "node",
            "--unsealed",
        ]);
        let log = fs::File::options().append(true).create(true).open(log(p, site)).unwrap();
        c.env("AIDPOST_MODELS", MODELS).stdin(Stdio::null()).stderr(log);
        let _ = fs::remove_file(data.join("node.sock"));
        let child = c.spawn().unwrap();
        let t = Self { site: data, login, child };
        wait("the node to answer", Duration::from_secs(60), || {
            t.site.join("node.sock").exists().then_some(())
        });
        t
    }

    /// A client of it that is signed in.
    pub(crate) async fn client(&self) -> ClinicClient {
        let client = server::remote(&self.site).await.unwrap().expect("a node");
        let secret = Passphrase(format!("the passphrase of {}", self.login));
        client.unlock(within(60), self.login.clone(), secret).await.unwrap().unwrap();
        client
    }

    /// The largest resident size that it had, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // As a service manager does; one that has ended already doesn't mind.
        let _ = Command::new("kill").arg(self.child.id().to_string()).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

pub(crate) fn within(seconds: u64) -> Context {
    let mut c = context::current();
    c.deadline = Instant::now() + Duration::from_secs(seconds);
    c
}

/// Asks again and again until there is an answer.
pub(crate) fn wait<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(t) = ask() {
            return t;
        }
        assert!(start.elapsed() < limit, "waited {} s for {what}", limit.as_secs());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The same over what a client answers.
pub(crate) async fn until(
    client: &ClinicClient,
    what: &str,
    limit: Duration,
    done: impl Fn(&MeshView, &Status) -> bool,
) -> Duration {
    let start = Instant::now();
    loop {
        let view = client.mesh(within(20)).await.unwrap().unwrap();
        let status = client.status(within(20)).await.unwrap();
        if done(&view, &status) {
            return start.elapsed();
        }
        let lacks: Vec<u64> = view.peers.iter().map(|p| p.lacks).collect();
        assert!(start.elapsed() < limit, "waited {} s for {what}: they lack {lacks:?}", limit.as_secs());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Registers a patient and writes so many visits.
pub(crate) async fn visits(client: &ClinicClient, count: usize) {
    let patient = Patient {
        name: "Tamru Bekele".into(),
        birth_year: Some(1971),
        birth_estimated: true,
        gender: Gender::Male,
        village: "Kolfe".into(),
        phone: String::new(),
    };
    let id = client.register(within(60), patient).await.unwrap().unwrap();
    for n in 0..count {
        let draft = VisitDraft {
            reason: format!("cough, visit {n}"),
            note: "Three days, worse at night. No fever. Advised rest and fluids; comes back on Friday."
                .into(),
            vitals: vec![String::new(); 8],
            ..VisitDraft::default()
        };
        client.write_visit(within(60), id, draft).await.unwrap().unwrap();
    }
}
