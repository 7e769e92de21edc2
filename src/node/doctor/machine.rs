//! The machine: clock, disk, memory, model files, camera.

use std::path::Path;

use crate::{
    core::time::Millis,
    face::camera::list_nodes,
    nn::{
        models::{WeightsError, find_models},
        sface,
        weights::Weights,
        yunet,
    },
    node::{
        api::{Check, OpenStatus, Verdict},
        clock,
    },
};

const HOUR: Millis = 3_600_000;
const MB: u64 = 1_000_000;
/// Before this nobody had this program: 2026-01-01.
const EARLIEST: Millis = 1_767_225_600_000;
/// Free on the disk: less is too little for a day's work.
const LEAST_DISK: u64 = 100 * MB;
/// Free memory: a sign-in takes 64 MiB, a meeting and the search some more.
const LEAST_MEMORY: u64 = 100 * MB;
/// Less than this is worth a look.
const SMALL_MEMORY: u64 = 300 * MB;

/// The clock against what was written here and elsewhere.
pub(super) fn clock(now: Millis, open: Option<&OpenStatus>) -> Check {
    let shown = format!("{} {} UTC", clock::date(now), clock::time_of_day(now));
    let remedy = "set the clock ('timedatectl set-time', or a time server)";
    let bad = |why: String| Check::not(Verdict::Bad, "clock", why, remedy);
    if now < EARLIEST {
        return bad(format!("{shown}: before this program was made"));
    }
    if let Some(o) = open {
        if o.written > now + HOUR {
            return bad(format!(
                "{shown}: this terminal has written at {} {} already",
                clock::date(o.written),
                clock::time_of_day(o.written)
            ));
        }
        if o.others_wrote > now + 24 * HOUR {
            return bad(format!(
                "{shown}: other organisations have written on {}",
                clock::date(o.others_wrote)
            ));
        }
    }
    Check::good("clock", shown)
}

const ROOM: &str =
    "'du -xh / | sort -h | tail -n 20' shows what takes the disk: make room, or move the data folder";

/// Room for what is written, and for a second store when the master key changes.
pub(super) fn disk(data: &Path) -> Check {
    // A folder that isn't there yet lies on the disk of the one above it.
    let at = data.ancestors().find(|p| p.exists()).unwrap_or(data);
    let stat = match rustix::fs::statvfs(at) {
        Ok(s) => s,
        Err(e) => return Check::not(Verdict::Unknown, "disk", format!("{}: {e}", at.display()), ROOM),
    };
    let store = std::fs::metadata(data.join("store")).map_or(0, |m| m.len());
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    judge_disk(free, store, stat.f_files > 0 && stat.f_favail < 100)
}

fn judge_disk(free: u64, store: u64, no_files: bool) -> Check {
    let found = format!("{} free, the store takes {}", size(free), size(store));
    if free < LEAST_DISK {
        return Check::not(Verdict::Bad, "disk", found, ROOM);
    }
    if no_files {
        return Check::not(Verdict::Bad, "disk", format!("{found}; no more files can be made"), ROOM);
    }
    if free < store.saturating_mul(2) {
        let found = format!("{found}: too little for a second store, which a change of the master key needs");
        return Check::not(Verdict::Attention, "disk", found, ROOM);
    }
    Check::good("disk", found)
}

/// What the system can still give.
pub(super) fn memory() -> Check {
    let info = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    judge_memory(field(&info, "MemAvailable:"), field(&info, "MemTotal:"))
}

fn judge_memory(free: Option<u64>, total: Option<u64>) -> Check {
    let (Some(free), Some(total)) = (free, total) else {
        return Check::not(
            Verdict::Unknown,
            "memory",
            "the system does not say",
            "'mount -t proc proc /proc' where it is missing",
        );
    };
    let found = format!("{} of {} free", size(free), size(total));
    let remedy = "'top' shows what takes it: close other programs, or give the machine more memory";
    match free {
        f if f < LEAST_MEMORY => Check::not(Verdict::Bad, "memory", found, remedy),
        f if f < SMALL_MEMORY => Check::not(Verdict::Attention, "memory", found, remedy),
        _ => Check::good("memory", found),
    }
}

/// A line of /proc in kB, as bytes.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|l| l.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kb| kb * 1024)
}

/// Both model files by their hashes.
pub(super) fn models() -> Check {
    let folder = match find_models(&[sface::FILE, yunet::FILE]) {
        Ok(f) => f,
        Err(e) => return weights("models not found", &e),
    };
    for file in [sface::FILE, yunet::FILE] {
        if let Err(e) = Weights::check(&folder, &file) {
            return weights(&format!("{} is not as shipped", folder.join(file.name).display()), &e);
        }
    }
    Check::good("models", format!("both as shipped, in {}", folder.display()))
}

fn weights(found: &str, e: &WeightsError) -> Check {
    let remedy = format!(
        "{e} ('sudo apt install --reinstall ./aidpost_*.deb'); passphrases and PINs work without them"
    );
    Check::not(Verdict::Bad, "models", found, remedy)
}

/// Which camera the terminal is to use.
pub(super) enum Wanted<'a> {
    None,
    Frames,
    Device(&'a Path),
}

/// The camera, without opening its stream.
pub(super) fn camera(wanted: Wanted<'_>) -> Check {
    let remedy = "'aidpost face cameras' says what each device is; PIN and passphrase work without one";
    let path = match wanted {
        Wanted::None => {
            return Check::not(
                Verdict::Attention,
                "camera",
                "none is set up: nobody signs in by face",
                remedy,
            );
        }
        Wanted::Frames => return Check::good("camera", "recorded frames of a demonstration"),
        Wanted::Device(path) => path,
    };
    let nodes = list_nodes();
    // The node may name it by a link.
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    match nodes.iter().find(|n| n.info.path == real) {
        None => Check::not(Verdict::Bad, "camera", format!("no camera at {}", path.display()), remedy),
        Some(n) => match &n.problem {
            None => Check::good("camera", format!("{} at {}", n.info.name, path.display())),
            // The node itself may be looking through it.
            Some(p) => Check::not(Verdict::Attention, "camera", p.to_string(), remedy),
        },
    }
}

/// Bytes as people say them.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        b if b >= 1_000 * MB => format!("{:.1} GB", b as f64 / 1e9),
        b if b >= MB => format!("{} MB", b / MB),
        b => format!("{} kB", b.div_ceil(1_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::is_typed, *};

    #[test]
    fn whatever_is_not_good_says_what_to_type() {
        let away = WeightsError::Corrupt("sface".into());
        for c in [
            clock(0, None),
            judge_disk(0, 0, false),
            judge_disk(999 * MB, 0, true),
            judge_disk(999 * MB, 900 * MB, false),
            judge_memory(None, None),
            judge_memory(Some(0), Some(1)),
            judge_memory(Some(LEAST_MEMORY), Some(1)),
            weights("damaged", &away),
            camera(Wanted::None),
            camera(Wanted::Device(Path::new("/nowhere"))),
        ] {
            assert!(c.verdict != Verdict::Good && is_typed(&c), "{c:?}");
        }
    }

    #[test]
    fn a_clock_that_went_back_is_bad() {
        let now = EARLIEST + 48 * HOUR;
        let open =
            |written, others_wrote| OpenStatus { written, others_wrote, ..super::super::ledger::sample() };
        assert_eq!(clock(now, None).verdict, Verdict::Good);
        assert_eq!(clock(EARLIEST - 1, None).verdict, Verdict::Bad);
        assert_eq!(clock(now, Some(&open(now + 2 * HOUR, 0))).verdict, Verdict::Bad);
        assert_eq!(clock(now, Some(&open(now, now + 25 * HOUR))).verdict, Verdict::Bad);
        assert_eq!(clock(now, Some(&open(now + HOUR, now + 24 * HOUR))).verdict, Verdict::Good);
    }

    #[test]
    fn room_is_judged_by_the_store() {
        assert_eq!(judge_disk(99 * MB, 0, false).verdict, Verdict::Bad);
        assert_eq!(judge_disk(999 * MB, 10 * MB, true).verdict, Verdict::Bad);
        assert_eq!(judge_disk(999 * MB, 500 * MB, false).verdict, Verdict::Attention);
        assert_eq!(judge_disk(1_000 * MB, 500 * MB, false).verdict, Verdict::Good);
    }

    #[test]
    fn memory_is_read_as_the_kernel_writes_it() {
        let text = "MemTotal:       24689160 kB\nMemFree:  1 kB\nMemAvailable:     200000 kB\n";
        let check = judge_memory(field(text, "MemAvailable:"), field(text, "MemTotal:"));
        assert_eq!((check.verdict, check.found.as_str()), (Verdict::Attention, "204 MB of 25.3 GB free"));
        assert_eq!(judge_memory(None, Some(1)).verdict, Verdict::Unknown);
        assert_eq!(judge_memory(Some(LEAST_MEMORY - 1), Some(1)).verdict, Verdict::Bad);
    }
}
