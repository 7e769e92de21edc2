//! The node as a service: what it tells its manager, how it stops, who may use its socket.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        net::UnixDatagram,
    },
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::support::Place;

/// Stands in for the service manager.
struct Manager(UnixDatagram);

impl Manager {
    fn new(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self(socket)
    }

    fn hear(&self) -> String {
        let mut buffer = [0; 256];
        let n = self.0.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..n]).trim().to_owned()
    }
}

fn start(p: &Place, args: &[&str]) -> Child {
    let mut c = p.command_as("a", "amina", &[&["--camera", "none", "node"], args].concat());
    c.env("NOTIFY_SOCKET", p.path("notify")).env("WATCHDOG_USEC", "200000").env_remove("WATCHDOG_PID");
    c.stderr(Stdio::null()).spawn().unwrap()
}

fn stop(mut node: Child) -> Option<i32> {
    Command::new("kill").arg(node.id().to_string()).status().unwrap();
    node.wait().unwrap().code()
}

#[test]
fn it_is_ready_when_it_answers_shows_that_it_lives_and_stops_cleanly() {
    let p = Place::new();
    p.found("a");
    let manager = Manager::new(&p.path("notify"));
    let node = start(&p, &[]);
    assert_eq!(manager.hear(), "READY=1");
    let s = p.run("a", &["status"]);
    assert!(s.code == 0 && s.out.contains("sealed"), "{} {}", s.out, s.err);
    for _ in 0..3 {
        assert_eq!(manager.hear(), "WATCHDOG=1");
    }
    let socket = p.path("a").join("node.sock");
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(stop(node), Some(0));
    let last = std::iter::from_fn(|| Some(manager.hear())).find(|s| s != "WATCHDOG=1");
    assert_eq!(last.as_deref(), Some("STOPPING=1"));
    assert!(!socket.exists(), "nobody finds a node that isn't there");
}

#[test]
fn its_socket_is_a_groups_when_asked() {
    let p = Place::new();
    p.found("a");
    let manager = Manager::new(&p.path("notify"));
    let groups = Command::new("id").arg("-G").output().unwrap();
    let groups = String::from_utf8(groups.stdout).unwrap();
    // The last one of this user's groups is another than its first, where there are several.
    let group = groups.split_whitespace().last().unwrap();
    let node = start(&p, &["--socket-group", group]);
    assert_eq!(manager.hear(), "READY=1");
    let m = fs::metadata(p.path("a").join("node.sock")).unwrap();
    assert_eq!((m.permissions().mode() & 0o777, m.gid().to_string().as_str()), (0o660, group));
    assert_eq!(stop(node), Some(0));
    let s = p.run("a", &["node", "--socket-group", "no-such-group"]);
    s.failed(2, "no group 'no-such-group' is in /etc/group");
}

/// A file of the package.
fn packaged(name: &str) -> String {
    format!("{}/packaging/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The folders that a unit may write in, without the mark of those that may be absent.
fn writable(unit: &str) -> Vec<String> {
    let text = fs::read_to_string(packaged(unit)).unwrap();
    assert!(text.contains("\nProtectSystem=strict\n"), "{unit}");
    let paths = text.lines().filter_map(|l| l.strip_prefix("ReadWritePaths="));
    paths.flat_map(str::split_whitespace).map(|p| p.trim_start_matches('-').to_string()).collect()
}

#[test]
fn backups_may_be_written_where_they_go_by_the_node_and_by_whoever_prunes_them() {
    let conf = fs::read_to_string(packaged("backup.conf")).unwrap();
    let folder = conf.lines().find_map(|l| l.strip_prefix("AIDPOST_BACKUPS=")).unwrap().to_string();
    for unit in ["aidpost.service", "aidpost-backup.service"] {
        assert!(writable(unit).contains(&folder), "{unit}: {:?}", writable(unit));
    }
    // Somebody must have made it before the units start.
    let made = format!("install -d -m 0700 -o aidpost -g aidpost {folder}\n");
    assert!(fs::read_to_string(packaged("debian/postinst")).unwrap().contains(&made));
}

#[test]
fn its_units_expose_little() {
    for unit in ["aidpost.service", "aidpost-backup.service"] {
        // The threshold is in tenths.
        let args = ["security", "--offline=true", "--threshold=20", &packaged(unit)];
        match Command::new("systemd-analyze").args(args).output() {
            Err(_) => println!("skipped: no systemd-analyze here (Debian: systemd)"),
            Ok(o) => assert!(o.status.success(), "{}", String::from_utf8_lossy(&o.stdout)),
        }
    }
    let text = fs::read_to_string(packaged("aidpost.service")).unwrap();
    let command = text.lines().find_map(|l| l.strip_prefix("ExecStart=/usr/bin/aidpost ")).unwrap();
    // A folder without a store: the command line itself is right.
    let p = Place::new();
    let args: Vec<&str> = command.split(' ').map(|a| if a == "aidpost" { "0" } else { a }).collect();
    let at = args.iter().position(|a| *a == "--data").unwrap();
    let own = p.text("none");
    let args: Vec<&str> =
        args.iter().enumerate().map(|(i, a)| if i == at + 1 { own.as_str() } else { a }).collect();
    let said = crate::support::said(Command::new(crate::support::BIN).args(&args).output().unwrap());
    said.failed(11, "run 'aidpost init'");
}

#[test]
fn a_purge_takes_the_configuration_and_leaves_the_data() {
    let p = Place::new();
    let text = fs::read_to_string(packaged("debian/postrm")).unwrap();
    let root = p.text("root");
    // The same script over folders of its own.
    let text = ["/etc/", "/var/", "/run/"].iter().fold(text, |t, d| t.replace(d, &format!("{root}{d}")));
    fs::write(p.path("postrm"), text).unwrap();
    let (etc, data, backups) =
        (p.path("root/etc/aidpost"), p.path("root/var/lib/aidpost"), p.path("root/var/backups/aidpost"));
    let run = |what: &str| {
        let s = crate::support::said(Command::new("sh").arg(p.path("postrm")).arg(what).output().unwrap());
        assert_eq!(s.code, 0, "{}", s.err);
        s.err
    };
    for folder in [&etc, &data, &backups] {
        fs::create_dir_all(folder).unwrap();
    }
    // Where backup.conf has it at first.
    let conf = fs::read_to_string(packaged("backup.conf")).unwrap();
    assert!(conf.contains("AIDPOST_PASSPHRASE_FILE=/etc/aidpost/backup.passphrase\n"));
    fs::write(etc.join("backup.passphrase"), "mango tree").unwrap();
    fs::write(data.join("store"), "records").unwrap();
    fs::write(backups.join("monday"), "records").unwrap();
    assert_eq!(run("remove"), "", "a removal leaves all of it");
    assert!(etc.join("backup.passphrase").exists());
    let said = run("purge");
    assert!(!etc.exists(), "the configuration is gone");
    assert!(data.join("store").exists() && backups.join("monday").exists());
    for folder in [&data, &backups] {
        let remedy = format!(
            "remove {} yourself: rm -r {}",
            if *folder == data { "it" } else { "them" },
            folder.display()
        );
        assert!(said.contains(&remedy), "{said}");
    }
    // What somebody else put there is named, not removed; nothing is said of what is empty.
    fs::create_dir_all(&etc).unwrap();
    fs::write(etc.join("notes"), "mine").unwrap();
    fs::remove_file(data.join("store")).unwrap();
    fs::remove_file(backups.join("monday")).unwrap();
    let said = run("purge");
    assert!(said.contains("are kept") && said.lines().count() == 1 && etc.join("notes").exists(), "{said}");
    assert!(!data.exists() && !backups.exists());
}
