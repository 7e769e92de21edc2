//! What is carried: several sticks, one of them full, and receipts that come home; and clients of one node of which one hangs.

use std::{
    fs,
    io::Write,
    os::unix::net::UnixStream,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    count,
    hosts::{Terminal, can_make_hosts, terminals, until, visits, within},
    support::Place,
};

/// A stick of so many kilobytes, gone when this is dropped.
struct Stick(PathBuf);

impl Stick {
    fn new(p: &Place, name: &str, kilobytes: u32) -> Self {
        let at = p.path(name);
        fs::create_dir(&at).unwrap();
        let size = format!("size={kilobytes}k");
        let o = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at).status().unwrap();
        assert!(o.success());
        Self(at)
    }

    fn files(&self) -> Vec<String> {
        let all = fs::read_dir(&self.0).unwrap();
        let mut all: Vec<String> =
            all.map(|f| f.unwrap().file_name().to_string_lossy().into_owned()).collect();
        all.sort();
        all
    }
}

impl Drop for Stick {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn several_sticks_one_of_them_full_and_receipts_that_come_home() {
    if !can_make_hosts() {
        return;
    }
    let p = Place::new();
    terminals(&p, 3);
    // They know each other, and from then on meet no more.
    let (first, writer) = (Terminal::start(&p, 0, None), Terminal::start(&p, 1, None));
    super::run(async {
        let client = writer.client().await;
        let to = first.client().await.status(within(10)).await.unwrap().open.unwrap().ticket.unwrap();
        client.add_peer(within(10), to).await.unwrap().unwrap();
        let know = |v: &aidpost::node::api::MeshView, _: &_| v.peers.len() == 2;
        until(&client, "all to know each other", Duration::from_secs(20), know).await;
    });
    first.kill();
    super::run(async { visits(&writer.client().await, count("AIDPOST_MESH_CARRIED", 500)).await });
    drop(writer);
    let (small, large) = (Stick::new(&p, "small", 256), Stick::new(&p, "large", 8 * 1024));
    let _back = Stick::new(&p, "back", 1024);
    let tiny = Stick::new(&p, "tiny", 8);
    let at = |site: usize, args: &[&str]| {
        let login = if site == 0 { "amina".into() } else { format!("staff{site}") };
        p.run_as(&format!("s{site}"), &login, args)
    };
    let good = |s: crate::support::Said| {
        assert_eq!(s.code, 0, "{}{}", s.out, s.err);
        s.out
    };
    // No room for even one: nothing is left of it.
    let s = at(1, &["courier", "out", "tiny"]);
    s.failed(7, "nothing was written");
    assert!(s.err.contains("more bytes are needed"), "{}", s.err);
    assert_eq!(tiny.files(), Vec::<String>::new());
    // Full after a part or some: they stay, and the rest goes on the next stick.
    let s = at(1, &["courier", "out", "small"]);
    s.failed(7, "parts there are written here: 1");
    let first = small.files();
    assert!(!first.is_empty() && first.iter().all(|f| f.ends_with(".aidpost")), "{first:?}");
    let said = good(at(1, &["courier", "out", "large"]));
    assert!(said.contains("the others were written before"), "{said}");
    assert!(!large.files().is_empty());

    // One carrier brings the second stick first: what it lacks is said, and nothing of it is lost.
    let said = good(at(2, &["courier", "in", "large"]));
    assert!(said.contains("they refer to what is in part"), "{said}");
    let said = good(at(2, &["courier", "in", "small"]));
    assert!(said.contains("not read here yet"), "{said}");
    let said = good(at(2, &["courier", "in", "large"]));
    assert!(!said.contains("not taken") && !said.contains("not read"), "{said}");
    // Another brings both to the third terminal, in one folder.
    let both = p.path("both");
    fs::create_dir(&both).unwrap();
    for (stick, f) in
        small.files().iter().map(|f| (&small, f)).chain(large.files().iter().map(|f| (&large, f)))
    {
        fs::copy(stick.0.join(f), both.join(f)).unwrap();
    }
    let said = good(at(0, &["courier", "in", "both"]));
    assert!(!said.contains("not taken") && !said.contains("not read"), "{said}");
    // The receipts of both come home by another stick.
    good(at(2, &["courier", "out", "back"]));
    good(at(0, &["courier", "out", "back"]));
    good(at(1, &["courier", "in", "back"]));
    let writer = Terminal::start(&p, 1, None);
    super::run(async {
        let view = writer.client().await.mesh(within(20)).await.unwrap().unwrap();
        // Each command since has left a line about who signed in.
        assert!(view.peers.len() == 2 && view.peers.iter().all(|p| p.lacks < 20), "{view:?}");
        assert!(view.only_here < 20, "{view:?}");
    });
    drop(writer);
    for site in 0..3 {
        super::is_whole(&p, site);
    }
}

#[test]
fn a_client_that_hangs_keeps_no_other_waiting() {
    let p = Place::new();
    terminals(&p, 2);
    let b = Terminal::start(&p, 1, None);
    super::run(async {
        // One that began a call and says no more, and one that asks and never reads.
        let socket = p.path("s1").join("node.sock");
        let mut begun = UnixStream::connect(&socket).unwrap();
        begun.write_all(&[0, 0, 1, 0, b'{']).unwrap();
        let hangs = b.client().await;
        let mut asked = Vec::new();
        for _ in 0..64 {
            let client = hangs.clone();
            asked.push(tokio::spawn(async move { client.events(within(60), u64::MAX).await.is_ok() }));
        }
        let mut deaf = UnixStream::connect(&socket).unwrap();
        deaf.set_nonblocking(true).unwrap();
        let junk = vec![0u8; 1 << 20];
        while deaf.write(&junk).is_ok_and(|n| n > 0) {}
        let client = b.client().await;
        let start = Instant::now();
        visits(&client, 5).await;
        client.mesh(within(10)).await.unwrap().unwrap();
        let took = start.elapsed();
        println!("beside clients that hang: a patient and five visits in {:.1} s", took.as_secs_f64());
        assert!(took < Duration::from_secs(5));
        drop((begun, deaf));
        asked.iter().for_each(tokio::task::JoinHandle::abort);
    });
}
