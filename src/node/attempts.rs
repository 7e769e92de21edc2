//! Wrong passphrases are counted in a file, so that whoever restarts the program waits as long as before.
//!
//! ```text
//! magic "AIDTRY00" ‖ canonical bytes: hash of the system's boot, [failures of a door]
//! ```
//! An attempt is counted as failed before the passphrase is tried: a process that is killed to hide its failure has
//! counted it. The file is locked meanwhile, so that processes side by side count one after the other. Who can write the
//! folder can remove the file, but can also copy the folder: what slows them is Argon2id.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Mutex,
};

use super::{api::Fault, clock, locked, setup, sign_in::refused};
use crate::{
    core::{
        auth::{Door, Event, KeptFailures, Terminal, Verdict, delay},
        codec,
        id::hash32,
        time::Millis,
    },
    store::StoreError,
    vault::slots::{Opened, SlotError, Slots},
};

const MAGIC: &[u8; 8] = b"AIDTRY00";
const MAX_FILE: u64 = 4_096;

/// The counts of a data folder, held against other processes.
struct Counts {
    file: File,
}

/// Names this start of the system: the clock of the counts begins anew with it.
fn boot() -> [u8; 32] {
    let id = std::fs::read("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    hash32("aidpost v0 boot", &[&id])
}

impl Counts {
    fn open(data: &Path) -> Result<Self, StoreError> {
        let path = data.join("attempts");
        let open = || -> io::Result<File> {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(&path)?;
            file.lock()?;
            Ok(file)
        };
        Ok(Self { file: open().map_err(|e| StoreError::io(&path, e))? })
    }

    /// A file that can't be read counts nothing.
    fn read(&mut self, now: Millis) -> Vec<KeptFailures> {
        let mut bytes = Vec::new();
        if (&self.file).take(MAX_FILE).read_to_end(&mut bytes).is_err() {
            return Vec::new();
        }
        let Some(body) = bytes.strip_prefix(MAGIC) else { return Vec::new() };
        let Ok((of, mut kept)) = codec::decode::<([u8; 32], Vec<KeptFailures>)>(body, MAX_FILE as usize)
        else {
            return Vec::new();
        };
        if of != boot() {
            // The clock has begun anew: whoever had to wait waits all of it again.
            kept.iter_mut().for_each(|k| k.until = now.saturating_add(delay(k.count)));
        }
        kept
    }

    fn write(&mut self, kept: &[KeptFailures]) -> Result<(), SlotError> {
        let bytes = [&MAGIC[..], &codec::encode(&(boot(), kept))].concat();
        let write = |mut f: &File| -> io::Result<()> {
            f.seek(SeekFrom::Start(0))?;
            f.write_all(&bytes)?;
            f.set_len(bytes.len() as u64)?;
            f.sync_data()
        };
        write(&self.file).map_err(|source| SlotError::Io { path: "attempts".into(), source })
    }
}

/// Counts an attempt at this door as failed, before it is made.
///
/// # Errors
/// Nothing may be tried yet, or it can't be counted: then the passphrase isn't tried.
pub(super) fn begin(auth: &Mutex<Terminal>, data: &Path, door: Door) -> Result<(), Fault> {
    let now = clock::steady();
    let mut counts = Counts::open(data)?;
    let mut auth = locked(auth);
    auth.remember(&counts.read(now), now);
    if let Some(left) = auth.waiting(door, now) {
        tracing::warn!(left, "sign-in attempt refused: too many failed");
        return Err(refused(Verdict::Wait { left }));
    }
    let mut failed = auth.clone();
    failed.attempt(Event::PassphraseWrong(door), now);
    Ok(counts.write(&failed.failures())?)
}

/// The attempt was made, and told to `auth`.
///
/// # Errors
/// It can't be written: then it counts as failed.
pub(super) fn end(auth: &Mutex<Terminal>, data: &Path) -> Result<(), Fault> {
    let mut counts = Counts::open(data)?;
    Ok(counts.write(&locked(auth).failures())?)
}

/// Opens a person's slot without a node, with the same delays.
///
/// # Errors
/// No store there, wrong passphrase, too many of them.
pub(crate) fn open_slots(data: &Path, login: &str, passphrase: &str) -> Result<(Slots, Opened), Fault> {
    let slots = Slots::read(&data.join("slots")).map_err(|e| setup::no_store(data, e))?;
    let (auth, door) = (Mutex::new(Terminal::default()), Door::of_login(&slots.tag(login)));
    begin(&auth, data, door)?;
    let opened = slots.open(login, passphrase);
    let event = match &opened {
        Ok(o) => Event::PassphraseOk(door, o.staff_id()),
        Err(_) => Event::PassphraseWrong(door),
    };
    locked(&auth).attempt(event, clock::steady());
    end(&auth, data)?;
    Ok((slots, opened?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::auth::{FIRST_DELAY, MAX_FAILURES};

    #[test]
    fn killed_or_restarted_the_count_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let door = Door::of_login(&[5; 16]);
        for _ in 0..MAX_FAILURES {
            // A process that begins and is killed before it can say what came of it.
            begin(&Mutex::default(), dir.path(), door).unwrap();
        }
        let e = begin(&Mutex::default(), dir.path(), door).unwrap_err();
        assert!(e.message.contains("wait"), "{e}");
        begin(&Mutex::default(), dir.path(), Door::of_login(&[6; 16])).unwrap();
        // After a reboot the clock begins anew, and so does the wait; the count stays.
        let mut counts = Counts::open(dir.path()).unwrap();
        let kept = [KeptFailures { door: 5, count: MAX_FAILURES, until: 1 }];
        let old = [&MAGIC[..], &codec::encode(&([0u8; 32], &kept[..]))].concat();
        crate::testing::golden("attempts_v0.hex", &hex::encode(&old));
        std::fs::write(dir.path().join("attempts"), old).unwrap();
        assert_eq!(counts.read(1_000)[0].until, 1_000 + FIRST_DELAY);
        for nonsense in [&b""[..], b"AIDTRY00", b"something else", &[0xff; 99]] {
            std::fs::write(dir.path().join("attempts"), nonsense).unwrap();
            drop(counts);
            counts = Counts::open(dir.path()).unwrap();
            assert!(counts.read(1_000).is_empty());
        }
    }

    #[test]
    fn who_is_let_in_has_no_failures_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let (auth, door) = (Mutex::default(), Door::of_login(&[5; 16]));
        begin(&auth, dir.path(), door).unwrap();
        locked(&auth).attempt(Event::PassphraseOk(door, crate::core::id::StaffId([1; 16])), 5);
        end(&auth, dir.path()).unwrap();
        assert!(Counts::open(dir.path()).unwrap().read(9).is_empty());
    }
}
