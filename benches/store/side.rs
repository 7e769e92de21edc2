//! A database of either kind, used alike.

use std::path::{Path, PathBuf};

use aidpost::{store::pages::SealedFile, vault::Secret};
use redb::{Database, ReadableDatabase, TableDefinition};

use crate::inputs::{Inputs, Record};

const T: TableDefinition<&[u8], &[u8]> = TableDefinition::new("records");
const CACHE: usize = 64 * 1024 * 1024;
const ID: [u8; 16] = [1; 16];

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Plain,
    Sealed,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Plain => "plain",
            Kind::Sealed => "sealed",
        }
    }

    fn open(self, path: &Path, new: bool) -> Database {
        let mut builder = Database::builder();
        builder.set_cache_size(CACHE);
        let key = Secret::new([2; 32]);
        let db = match (self, new) {
            (Kind::Plain, _) => builder.create(path),
            (Kind::Sealed, true) => {
                builder.create_with_backend(SealedFile::create(path, key, ID).expect("a new file"))
            }
            (Kind::Sealed, false) => {
                builder.create_with_backend(SealedFile::open(path, key, ID).expect("a sealed file"))
            }
        };
        db.expect("the database opens")
    }
}

/// One of the two.
pub(crate) struct Side {
    kind: Kind,
    path: PathBuf,
    db: Option<Database>,
}

fn append(db: &Database, rows: &[Record]) {
    let mut tx = db.begin_write().expect("a transaction");
    // Two phases, and no scan after a crash.
    tx.set_quick_repair(true);
    {
        let mut t = tx.open_table(T).expect("the table");
        for (k, v) in rows {
            t.insert(&k[..], &v[..]).expect("room");
        }
    }
    tx.commit().expect("a durable commit");
}

impl Side {
    pub(crate) fn create(kind: Kind, dir: &Path) -> Self {
        let path = dir.join(kind.name());
        let db = Some(kind.open(&path, true));
        Self { kind, path, db }
    }

    fn db(&self) -> &Database {
        self.db.as_ref().expect("it is open")
    }

    pub(crate) fn append(&mut self, rows: &[Record]) {
        append(self.db(), rows);
    }

    pub(crate) fn read(&mut self, inputs: &Inputs, i: u64) {
        let tx = self.db().begin_read().expect("a transaction");
        let t = tx.open_table(T).expect("the table");
        let (key, want) = inputs.record(i);
        let found = t.get(&key[..]).expect("readable").expect("it was written");
        assert!(found.value() == want, "record {i} is another");
    }

    pub(crate) fn open(&mut self) {
        self.db = Some(self.kind.open(&self.path, false));
    }

    /// Closes; with `crashed` a process of its own has opened it, committed and died since.
    pub(crate) fn close(&mut self, crashed: bool) {
        self.db = None;
        if crashed {
            let me = std::env::current_exe().expect("this program");
            let mut child = std::process::Command::new(me);
            let status = child
                .arg("--crash")
                .arg(self.kind.name())
                .arg(&self.path)
                .stderr(std::process::Stdio::null())
                .status();
            assert!(!status.expect("a process").success(), "it was to crash");
        }
    }

    pub(crate) fn reopen(&mut self) {
        self.close(false);
        self.open();
    }
}

/// What the arguments say when this process is to crash.
pub(crate) fn crasher() -> Option<(Kind, PathBuf)> {
    let mut args = std::env::args().skip_while(|a| a != "--crash").skip(1);
    let kind = if args.next()? == "plain" { Kind::Plain } else { Kind::Sealed };
    Some((kind, args.next()?.into()))
}

/// Opens, commits, and dies.
pub(crate) fn crash(kind: Kind, path: &Path) -> ! {
    let db = kind.open(path, false);
    append(&db, &[([0xff; 28], &[1, 2, 3])]);
    std::process::abort()
}

/// Where the files lie.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("AIDPOST_BENCH_DIR").map_or_else(
        || PathBuf::from(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into())),
        PathBuf::from,
    )
}
