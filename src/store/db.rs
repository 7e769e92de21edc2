//! The database and the ledger that it vouches for, as its one thread sees them.

mod bare;
mod erasing;
mod expected;
mod patients;
mod peers;
mod touched;
mod waiting;

pub use erasing::OwedReceipt;
pub use touched::Renewed;

use std::{collections::BTreeSet, path::Path, sync::Arc};

use ed25519_dalek::SigningKey;
use rand::CryptoRng;
use redb::{Database, ReadableDatabase, WriteTransaction};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    checks::on_all_cores,
    disk::{Disk, FileAt},
    error::StoreError,
    index::{fill, insert},
    open::{begin, builder, of_one_time, open_database, read_replica, value},
    pages::SealedFile,
    resync::Resynced,
    schema,
    search::Search,
    tables::{self, ALL, Card, Stored, Table},
};
use crate::{
    core::{
        audit::AuditEntry,
        block::{Block, Dep, Draft, Head, Invalid, Kind, MAX_PAYLOAD, Payload},
        branches::Place,
        codec,
        expected::Expected,
        governance::{Genesis, Statement},
        id::{BlockId, ChunkId, LogId, PatientId},
        ledger::{Accepted, MAX_DEPS, Replica, causal_order},
        time::{Clock, Millis},
    },
    vault::Secret,
};

pub use bare::IndexRow;

/// What to write besides blocks, in the same transaction.
#[derive(Default)]
pub struct Beside {
    /// New state of the patient list.
    pub cards: Vec<(PatientId, Card)>,
    /// A draft that the blocks make superfluous: key of its table.
    pub drop_draft: Option<Vec<u8>>,
    /// When patients are expected, the earliest day first; none: no more.
    pub expected: Vec<(PatientId, Vec<Expected>)>,
    /// Rows of other tables that follow from the blocks: table, key, canonical bytes of the value.
    pub rows: Vec<(Table, Vec<u8>, Vec<u8>)>,
    /// Patients whose entry in the list is to be worked out again all the same.
    pub again: Vec<PatientId>,
}

/// The content of one block to write, given its place (a consent change is bound to it).
pub type Content = Box<dyn FnOnce(LogId, u64) -> Result<Vec<u8>, StoreError> + Send>;

/// The log that this terminal writes.
#[derive(Clone)]
pub struct Author {
    /// Which log.
    pub log: LogId,
    /// The terminal's ledger key.
    pub key: SigningKey,
}

/// The open database.
pub struct Db {
    disk: Arc<dyn Disk>,
    page_key: Secret,
    id: [u8; 16],
    db: Option<Database>,
    replica: Replica,
    /// The replica holds what no commit made durable, because reading it back failed too: nothing is said from it.
    ahead: bool,
    clock: Clock,
    /// Built when it is first asked; then every commit keeps it up to date.
    search: Option<Search>,
    /// Likewise.
    calendar: Option<expected::Calendar>,
}

impl Db {
    /// Makes a new store for a consortium.
    ///
    /// # Errors
    /// The folder can't be written or holds a store.
    pub fn create(
        path: &Path,
        page_key: Secret,
        id: [u8; 16],
        genesis: &Genesis,
        acts: &[Statement],
        meta: &[(&str, Vec<u8>)],
    ) -> Result<Self, StoreError> {
        Self::create_on(Arc::new(FileAt(path.into())), page_key, id, genesis, acts, meta)
    }

    /// The same on any disk.
    ///
    /// # Errors
    /// As [`Db::create`].
    pub fn create_on(
        disk: Arc<dyn Disk>,
        page_key: Secret,
        id: [u8; 16],
        genesis: &Genesis,
        acts: &[Statement],
        meta: &[(&str, Vec<u8>)],
    ) -> Result<Self, StoreError> {
        let replica = Replica::new(genesis.clone(), acts)?;
        let disk: Arc<dyn Disk> = Arc::new(Resynced::new(disk));
        let file = SealedFile::create_on(disk.create()?, disk.path(), page_key.clone(), id)?;
        let db = builder().create_with_backend(file)?;
        let tx = begin(&db)?;
        for t in ALL {
            tx.open_table(t)?;
        }
        {
            let mut t = tx.open_table(tables::META)?;
            t.insert(&b"genesis"[..], codec::encode(genesis).as_slice())?;
            t.insert(&b"acts"[..], codec::encode(&acts).as_slice())?;
            t.insert(schema::NAME, codec::encode(&schema::newest(schema::STEPS)).as_slice())?;
            for (name, value) in meta {
                t.insert(name.as_bytes(), value.as_slice())?;
            }
        }
        tx.commit()?;
        Ok(Self::with(disk, page_key, id, db, replica))
    }

    /// Opens a store.
    ///
    /// # Errors
    /// Missing, busy, damaged.
    pub fn open(path: &Path, page_key: Secret, id: [u8; 16]) -> Result<Self, StoreError> {
        Self::open_on(Arc::new(FileAt(path.into())), page_key, id)
    }

    /// The same on any disk.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub fn open_on(disk: Arc<dyn Disk>, page_key: Secret, id: [u8; 16]) -> Result<Self, StoreError> {
        let disk: Arc<dyn Disk> = Arc::new(Resynced::new(disk));
        let db = open_database(&*disk, &page_key, id)?;
        schema::bring_up(&db, schema::STEPS, disk.path())?;
        let replica = read_replica(&db)?;
        Ok(Self::with(disk, page_key, id, db, replica))
    }

    fn with(disk: Arc<dyn Disk>, page_key: Secret, id: [u8; 16], db: Database, replica: Replica) -> Self {
        Self {
            disk,
            page_key,
            id,
            db: Some(db),
            replica,
            ahead: false,
            clock: Clock::default(),
            search: None,
            calendar: None,
        }
    }

    /// Closes and opens again: redb's handle stays latched after an error of the file. When the ledger can't be read
    /// anew, the one in memory goes on, unless it is ahead of what is durable.
    ///
    /// # Errors
    /// As [`Db::open`]; the database stays closed.
    pub fn reopen(&mut self) -> Result<(), StoreError> {
        (self.db, self.search, self.calendar, self.clock) = (None, None, None, Clock::default());
        let db = open_database(&*self.disk, &self.page_key, self.id)?;
        match read_replica(&db) {
            Ok(r) => (self.replica, self.ahead) = (r, false),
            Err(e) if self.ahead => return Err(e),
            Err(_) => {}
        }
        self.db = Some(db);
        Ok(())
    }

    /// Whether every page is the one that the page above it names: an older copy's page has a good seal too.
    pub(super) fn is_of_one_piece(&mut self) -> Result<bool, StoreError> {
        let db = self.db.as_mut().ok_or(StoreError::Closed)?;
        let whole = matches!(of_one_time(|| db.check_integrity()), Ok(Ok(true)));
        if !whole {
            // redb lets nobody go on with what it found wanting; what doesn't need that page does.
            self.reopen()?;
        }
        Ok(whole)
    }

    /// What is durable here, as a version vector: what may be told to others.
    ///
    /// # Errors
    /// The database is closed.
    pub fn frontier(&self) -> Result<Vec<Dep>, StoreError> {
        self.db()?;
        Ok(self.replica.frontier())
    }

    /// The ledger as held here.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// File, page key and identifier, for `verify`.
    pub(super) fn file(&self) -> (&dyn Disk, &Secret, [u8; 16]) {
        (&*self.disk, &self.page_key, self.id)
    }

    pub(super) fn disk(&self) -> Arc<dyn Disk> {
        self.disk.clone()
    }

    pub(super) fn id(&self) -> [u8; 16] {
        self.id
    }

    pub(super) fn database(&self) -> Result<&Database, StoreError> {
        self.db()
    }

    /// The same rows in another file, which has taken this one's place.
    pub(super) fn take_over(&mut self, db: Database, key: Secret) {
        (self.db, self.page_key) = (Some(db), key);
    }

    fn db(&self) -> Result<&Database, StoreError> {
        self.db.as_ref().filter(|_| !self.ahead).ok_or(StoreError::Closed)
    }

    /// One value.
    ///
    /// # Errors
    /// A damaged page, or a value that isn't a `T`.
    pub fn get<T: Serialize + DeserializeOwned>(
        &self,
        table: Table,
        key: &[u8],
    ) -> Result<Option<T>, StoreError> {
        let tx = self.db()?.begin_read()?;
        let t = tx.open_table(table)?;
        t.get(key)?.map(|v| value(table, v.value())).transpose()
    }

    /// Every key with its value that begins with `prefix`, in order.
    ///
    /// # Errors
    /// A damaged page, or a value that isn't a `T`.
    pub fn scan<T: Serialize + DeserializeOwned>(
        &self,
        table: Table,
        prefix: &[u8],
    ) -> Result<Vec<(Vec<u8>, T)>, StoreError> {
        let tx = self.db()?.begin_read()?;
        let t = tx.open_table(table)?;
        let mut out = Vec::new();
        for row in t.range(prefix..)? {
            let (k, v) = row?;
            if !k.value().starts_with(prefix) {
                break;
            }
            out.push((k.value().to_vec(), value(table, v.value())?));
        }
        Ok(out)
    }

    /// Writes or (with none) removes one value, durably.
    ///
    /// # Errors
    /// The disk is full, or the file can't be written.
    pub fn put<T: Serialize>(&mut self, table: Table, key: &[u8], v: Option<&T>) -> Result<(), StoreError> {
        let tx = begin(self.db()?)?;
        {
            let mut t = tx.open_table(table)?;
            match v {
                Some(v) => t.insert(key, codec::encode(v).as_slice())?,
                None => t.remove(key)?,
            };
        }
        Ok(tx.commit()?)
    }

    /// Writes several values of one table in one transaction.
    ///
    /// # Errors
    /// As [`Db::put`].
    pub fn put_all<T: Serialize>(&mut self, table: Table, rows: &[(Vec<u8>, T)]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let tx = begin(self.db()?)?;
        {
            let mut t = tx.open_table(table)?;
            for (k, v) in rows {
                t.insert(k.as_slice(), codec::encode(v).as_slice())?;
            }
        }
        Ok(tx.commit()?)
    }

    /// Validates received blocks, on all cores, and stores those that pass, all in one durable transaction. The result of
    /// each is in the order given; a refused one doesn't hold up the others.
    ///
    /// # Errors
    /// The store itself failed: nothing was written.
    pub fn accept(&mut self, blocks: &[Block]) -> Result<Vec<Result<Accepted, Invalid>>, StoreError> {
        let tx = begin(self.db()?)?;
        let mut results = Vec::with_capacity(blocks.len());
        let mut patients = BTreeSet::new();
        let some: Vec<Option<&Block>> = blocks.iter().map(Some).collect();
        let mut checked = Vec::with_capacity(blocks.len());
        on_all_cores(self.replica.governance(), &some, |_, v| checked.push(v));
        for (b, checked) in blocks.iter().zip(checked) {
            // What doesn't pass by itself is named by the replica, which may also know its writer by now.
            let r = match &checked {
                Some(v) => self.replica.accept_validated(v),
                None => self.replica.accept(b),
            };
            if let Ok(Accepted::New(id)) = &r {
                let new = self.newest_place(*id)?;
                patients.extend(self.store_or_reload(insert(&tx, new, b))?);
            }
            if let Ok(Accepted::Filled(id)) = &r {
                let (_, at, _) = self.newest_place(*id)?;
                patients.extend(self.store_or_reload(fill(&tx, at, b))?);
            }
            results.push(r);
        }
        if !results.iter().any(|r| matches!(r, Ok(Accepted::New(_) | Accepted::Filled(_)))) {
            return Ok(results);
        }
        let done = touched::add(&tx, &patients).and_then(|()| Ok(tx.commit()?));
        self.store_or_reload(done)?;
        Ok(results)
    }

    /// Writes blocks of this terminal's own log, and what belongs beside them, in one durable transaction.
    ///
    /// # Errors
    /// The content can't be made, isn't valid, or the store failed: nothing was written.
    pub fn author(
        &mut self,
        author: &Author,
        now: Millis,
        rng: &mut dyn CryptoRng,
        contents: Vec<(Kind, Content)>,
        beside: &Beside,
    ) -> Result<Vec<(Head, u32)>, StoreError> {
        let tx = begin(self.db()?)?;
        let done = self.author_in(&tx, author, now, rng, contents, beside);
        let heads = self.store_or_reload(done)?;
        let done = tx.commit().map_err(StoreError::from);
        self.store_or_reload(done)?;
        self.tell_search(&beside.cards);
        self.tell_calendar(&beside.expected);
        Ok(heads)
    }

    /// Writes rows of several tables, as [`Beside::rows`], in one transaction.
    ///
    /// # Errors
    /// As [`Db::put`].
    pub fn put_rows(&mut self, rows: &[(Table, Vec<u8>, Vec<u8>)]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let tx = begin(self.db()?)?;
        for (table, key, value) in rows {
            tx.open_table(*table)?.insert(key.as_slice(), value.as_slice())?;
        }
        Ok(tx.commit()?)
    }

    fn author_in(
        &mut self,
        tx: &WriteTransaction,
        author: &Author,
        now: Millis,
        rng: &mut dyn CryptoRng,
        contents: Vec<(Kind, Content)>,
        beside: &Beside,
    ) -> Result<Vec<(Head, u32)>, StoreError> {
        // Blocks of these came before, and nobody has read yet what they say.
        let pending = touched::among(tx, beside.cards.iter().map(|(p, _)| *p))?;
        let mut patients = BTreeSet::new();
        let mut heads = Vec::new();
        for (kind, content) in self.with_deps(author.log, contents) {
            let links = self.replica.links(author.log);
            if let Some(h) = &links.head {
                self.clock.follow(h.time);
            }
            for d in &links.deps {
                let at = self.replica.place(d.hash).and_then(|p| self.replica.tree().time(p));
                if let Some(t) = at {
                    self.clock.observe(t, now);
                }
            }
            let bytes = content(author.log, links.seq())?;
            if bytes.len() > MAX_PAYLOAD {
                return Err(StoreError::Refused(format!(
                    "{} bytes are more than one block holds ({MAX_PAYLOAD}): shorten the note",
                    bytes.len()
                )));
            }
            let mut salt = [0u8; 32];
            rng.fill_bytes(&mut salt);
            let size = bytes.len() as u32;
            let block = Draft { links, time: self.clock.tick(now), kind, payload: Payload { salt, bytes } }
                .seal(&author.key);
            match self.replica.accept(&block) {
                Ok(Accepted::New(id)) => {
                    let new = self.newest_place(id)?;
                    patients.extend(insert(tx, new, &block)?);
                }
                Ok(Accepted::Known | Accepted::Filled(_)) => {}
                Err(e) => return Err(StoreError::Database(format!("refused by our own rules: {e}"))),
            }
            heads.extend(self.replica.head(author.log).map(|h| (h, size)));
        }
        let mut cards = tx.open_table(tables::CARDS)?;
        for (p, c) in &beside.cards {
            cards.insert(&p.0[..], codec::encode(c).as_slice())?;
        }
        expected::insert(tx, &beside.expected)?;
        if let Some(k) = &beside.drop_draft {
            tx.open_table(tables::DRAFTS)?.remove(k.as_slice())?;
        }
        for (table, key, value) in &beside.rows {
            tx.open_table(*table)?.insert(key.as_slice(), value.as_slice())?;
        }
        // The list was brought up to date with what was written.
        for (p, _) in beside.cards.iter().filter(|(p, _)| !pending.contains(p)) {
            patients.remove(p);
        }
        patients.extend(&beside.again);
        touched::add(tx, &patients)?;
        Ok(heads)
    }

    /// Contents, after as many empty ones as it takes to name all heads that changed. Who isn't known yet comes first with what
    /// makes them known: nobody takes anything else of them.
    fn with_deps(&self, log: LogId, contents: Vec<(Kind, Content)>) -> Vec<(Kind, Content)> {
        let extra = self.replica.deps_for(log).len().saturating_sub(1) / MAX_DEPS;
        let empty = || -> (Kind, Content) {
            (Kind::Audit, Box::new(|_, _| Ok(codec::encode(&Vec::<AuditEntry>::new()))))
        };
        let known = self.replica.governance().writer(log.device).is_some();
        let mut contents = contents.into_iter();
        let first = if known { None } else { contents.next() };
        first.into_iter().chain((0..extra).map(|_| empty())).chain(contents).collect()
    }

    /// Where the block that the replica has just taken goes, and its arrival number.
    fn newest_place(&self, id: BlockId) -> Result<(BlockId, Place, u64), StoreError> {
        let at = self
            .replica
            .place(id)
            .ok_or_else(|| StoreError::Database("a block was taken to nowhere".into()))?;
        Ok((id, at, self.replica.len() - 1))
    }

    /// The replica runs ahead of the transaction; when that fails, it is read back from what is durable.
    fn store_or_reload<T>(&mut self, r: Result<T, StoreError>) -> Result<T, StoreError> {
        if r.is_err() {
            let db = self.db.as_ref().ok_or(StoreError::Closed)?;
            match read_replica(db) {
                Ok(replica) => self.replica = replica,
                Err(_) => self.ahead = true,
            }
        }
        r
    }

    /// A block's header and payload; the payload is checked against what was signed.
    ///
    /// # Errors
    /// A damaged page or a payload that isn't the signed one, by name.
    pub fn block(&self, log: LogId, seq: u64) -> Result<Option<Block>, StoreError> {
        self.block_at(Place { log, branch: 0, seq })
    }

    /// The same for a block on any branch.
    ///
    /// # Errors
    /// As [`Db::block`].
    pub fn block_at(&self, at: Place) -> Result<Option<Block>, StoreError> {
        let (log, seq, key) = (at.log, at.seq, tables::key(at));
        let Some(stored) = self.get::<Stored>(tables::BLOCKS, &key)? else { return Ok(None) };
        let h = &stored.signed.header;
        let payload = self.get::<Option<Payload>>(tables::PAYLOADS, &key)?.flatten();
        let is_signed_one = match &payload {
            Some(p) => p.commit() == h.payload_commit,
            None => h.kind.may_be_erased() || self.replica.waits(at),
        };
        match is_signed_one {
            true => Ok(Some(Block { signed: stored.signed, payload })),
            false => Err(StoreError::Damaged(format!(
                "the content of block {seq} of log {log} is not what was signed"
            ))),
        }
    }

    /// The blocks at these places. A damaged one is left out: its log ends there for whoever gets them, and every other
    /// log still reaches the others.
    ///
    /// # Errors
    /// The database failed, other than by damage.
    pub fn blocks_at(&self, places: &[Place]) -> Result<Vec<Block>, StoreError> {
        let mut out = Vec::with_capacity(places.len());
        for p in places {
            match self.block_at(*p) {
                Ok(b) => out.extend(b),
                Err(StoreError::Damaged(_)) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(out)
    }

    /// The blocks of these ranges, each after what it refers to. A log ends at its first damaged block: what lies before
    /// it, and every other log, still reaches the others.
    ///
    /// # Errors
    /// The database failed, other than by damage.
    pub fn blocks(&self, ranges: &[(Place, u64)]) -> Result<Vec<Block>, StoreError> {
        let mut out = Vec::new();
        for (from, to) in ranges {
            for seq in from.seq..=*to {
                match self.block_at(Place { seq, ..*from }) {
                    Ok(b) => out.extend(b),
                    Err(StoreError::Damaged(_)) => break,
                    Err(e) => return Err(e),
                }
            }
        }
        Ok(causal_order(out, |b| &b.signed.header))
    }

    /// The identifier of the block at a place.
    ///
    /// # Errors
    /// A damaged page, or no such block.
    pub fn block_id(&self, log: LogId, seq: u64) -> Result<BlockId, StoreError> {
        self.replica
            .id_at(log, seq)
            .ok_or_else(|| StoreError::Damaged(format!("block {seq} of log {log} is missing")))
    }

    /// The newest headers, newest first.
    ///
    /// # Errors
    /// A damaged page.
    pub fn newest(&self, n: usize) -> Result<Vec<Stored>, StoreError> {
        let mut all = Vec::new();
        for d in self.replica.frontier() {
            for seq in (d.seq.saturating_sub(n as u64)..=d.seq).rev().take(n) {
                all.extend(self.get::<Stored>(tables::BLOCKS, &tables::place(d.log, seq))?);
            }
        }
        all.sort_by_key(|s| std::cmp::Reverse((s.signed.header.time, s.signed.header.log)));
        all.truncate(n);
        Ok(all)
    }

    /// Places of the blocks of one kind that speak of a patient.
    ///
    /// # Errors
    /// A damaged page.
    pub fn about(&self, patient: PatientId, kind: Kind) -> Result<Vec<(LogId, u64)>, StoreError> {
        let all = self.all_about(patient, kind)?;
        Ok(all.into_iter().filter(|p| p.branch == 0).map(|p| (p.log, p.seq)).collect())
    }

    /// The same on every branch.
    ///
    /// # Errors
    /// A damaged page.
    pub fn all_about(&self, patient: PatientId, kind: Kind) -> Result<Vec<Place>, StoreError> {
        let mut prefix = patient.0.to_vec();
        prefix.push(kind as u8);
        let rows = self.scan::<()>(tables::BY_PATIENT, &prefix)?;
        Ok(rows.iter().filter_map(|(k, ())| tables::from_key(&k[17..])).collect())
    }

    /// A sealed piece of a file, as stored; none when it isn't here.
    ///
    /// # Errors
    /// A damaged page or content.
    pub fn chunk(&self, id: ChunkId) -> Result<Option<Vec<u8>>, StoreError> {
        let tx = self.db()?.begin_read()?;
        let place = tx.open_table(tables::CHUNKS)?.get(&id.0[..])?.map(|v| v.value().to_vec());
        let Some(place) = place.as_deref().and_then(tables::from_key) else { return Ok(None) };
        Ok(self.block_at(place)?.and_then(|b| b.payload).map(|p| p.bytes))
    }

    /// Those of these pieces of a file that aren't here. None is read for it.
    ///
    /// # Errors
    /// A damaged page.
    pub fn lacking(&self, pieces: &[ChunkId]) -> Result<Vec<ChunkId>, StoreError> {
        let tx = self.db()?.begin_read()?;
        let places = tx.open_table(tables::CHUNKS)?;
        let mut lacking = Vec::new();
        for piece in pieces {
            let place = places.get(&piece.0[..])?.and_then(|v| tables::from_key(v.value()));
            if place.is_none_or(|p| self.replica.waits(p)) {
                lacking.push(*piece);
            }
        }
        Ok(lacking)
    }
}

#[cfg(test)]
#[path = "db_tests.rs"]
mod tests;
