//! The node's state as Prometheus text (exposition format 0.0.4), for the textfile folder of a node exporter.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use crate::{
    core::time::Millis,
    node::api::{Check, Fault, FaultKind, Status, Verdict},
};

/// All metrics. Times are seconds since 1970. What only an open store knows is left out while it is sealed.
pub(super) fn text(s: &Status, running: bool, checks: &[Check], now: Millis) -> String {
    let mut out = String::new();
    let mut gauge = |name: &str, help: &str, value: f64| {
        // A String takes whatever is written.
        let _ = writeln!(
            out,
            "# HELP aidpost_{name} {help}\n# TYPE aidpost_{name} gauge\naidpost_{name} {value}"
        );
    };
    let seconds = |at: Millis| at as f64 / 1e3;
    gauge("up", "A node runs over the data folder.", f64::from(u8::from(running)));
    gauge(
        "sealed",
        "No passphrase since the start: nothing can be read, sync waits.",
        f64::from(u8::from(s.sealed)),
    );
    gauge("signed_on", "People whose PIN signs them in.", s.people.len() as f64);
    gauge("scraped_time_seconds", "When this was written.", seconds(now));
    if let Some(o) = &s.open {
        gauge("link_up", "Other terminals can call.", f64::from(u8::from(o.ticket.is_some())));
        gauge("blocks", "Blocks held.", o.blocks as f64);
        gauge("blocks_only_here", "Blocks that no other terminal is known to hold.", o.only_here as f64);
        gauge("forks", "Forks proven.", o.forks as f64);
        gauge(
            "equivocations",
            "Terminals and organisations proven to say two things at once.",
            o.equivocations as f64,
        );
        gauge("quarantined", "Blocks in quarantine.", o.quarantined as f64);
        gauge("gaps", "Logs of which blocks are missing or withheld.", o.gaps as f64);
        gauge("clocks_wrong", "Terminals whose clock is off by more than a day.", o.clocks_wrong as f64);
        gauge("withheld", "Blocks that came without the wrapped keys in them.", o.withheld as f64);
        gauge("reviews_due", "Records opened in an emergency that wait for a review.", o.reviews_due as f64);
        gauge("enrolled", "People whose face is enrolled here.", f64::from(o.enrolled));
        gauge("peers", "Terminals whose address is known.", f64::from(o.peers));
        gauge(
            "last_met_time_seconds",
            "When another terminal acknowledged last; 0: never.",
            seconds(o.last_met.unwrap_or(0)),
        );
        gauge(
            "last_backup_time_seconds",
            "When the last backup was made; 0: never.",
            seconds(o.last_backup.unwrap_or(0)),
        );
    }
    let _ = writeln!(
        out,
        "# HELP aidpost_check What 'aidpost doctor' finds: 0 good, 1 unknown, 2 needs attention, 3 bad.\n# TYPE aidpost_check gauge"
    );
    for c in checks {
        let value = match c.verdict {
            Verdict::Good => 0,
            Verdict::Unknown => 1,
            Verdict::Attention => 2,
            Verdict::Bad => 3,
        };
        let _ = writeln!(out, "aidpost_check{{name=\"{}\"}} {value}", c.name);
    }
    let _ = writeln!(
        out,
        "# HELP aidpost_info The program.\n# TYPE aidpost_info gauge\naidpost_info{{version=\"{}\"}} 1",
        s.version
    );
    out
}

/// Writes beside the file and renames: an exporter never reads half of it.
pub(super) fn write(file: &Path, text: &str) -> Result<(), Fault> {
    let bad = |e: std::io::Error| {
        Fault::new(FaultKind::of_io(&e), format!("{}: {e}: choose another file", file.display()))
    };
    // A device that is replaced is gone for everybody.
    let replaceable = fs::metadata(file).map_or(true, |m| m.is_file());
    let Some(name) = file.file_name().filter(|_| replaceable) else {
        let words = format!("{} is not the name of a file: name one ending in .prom", file.display());
        return Err(Fault::new(FaultKind::Usage, words));
    };
    // An exporter reads *.prom alone.
    let beside = file.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let done = File::create(&beside)
        .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
        .and_then(|()| fs::rename(&beside, file));
    if done.is_err() {
        let _ = fs::remove_file(&beside);
    }
    done.map_err(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_what_an_exporter_reads() {
        let status = Status {
            version: "0.1.0".into(),
            sealed: true,
            open: None,
            signed_in: None,
            camera: None,
            face_possible: false,
            people: Vec::new(),
            faces: None,
        };
        let checks = [Check::good("clock", "x"), Check::not(Verdict::Bad, "disk", "\"quoted\"\n", "y")];
        let all = text(&status, false, &checks, 1_800_000_000_000);
        for line in all.lines().filter(|l| !l.starts_with("# ")) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("aidpost_") && value.parse::<f64>().is_ok(), "{line}");
        }
        assert!(
            all.contains("aidpost_sealed 1\n") && all.contains("aidpost_check{name=\"disk\"} 3\n"),
            "{all}"
        );
        assert!(!all.contains("quoted") && !all.contains("aidpost_blocks "), "{all}");
    }

    #[test]
    fn a_file_is_whole_or_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("aidpost.prom");
        write(&file, "one\n").unwrap();
        write(&file, "two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "two\n");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(write(&dir.path().join("none").join("x"), "").is_err());
        assert!(write(Path::new("/"), "").is_err());
        // What is no file stays what it is.
        let device = dir.path().join("device.prom");
        std::os::unix::fs::symlink("/dev/null", &device).unwrap();
        assert_eq!(write(&device, "x").unwrap_err().kind, FaultKind::Usage);
        assert!(std::fs::symlink_metadata(&device).unwrap().is_symlink());
    }
}
