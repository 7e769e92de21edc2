//! Files kept with a record: sealed in pieces, each named by the hash of its ciphertext.

use std::{
    fs,
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
};

use zeroize::Zeroizing;

use super::{
    Writing,
    cards::refresh_cards,
    chart::{Reader, open_records},
    export::whole,
    keys::Keys,
    not_ours,
    opening::{Entry, current},
    saved,
};
use crate::{
    core::{
        governance::Governance,
        id::{ChunkId, PatientId, RecordId},
        interest::MAX_ASKED,
        policy::Action,
        record::{self, Body, Compartment, Record},
        resource::{Attachment, MAX_FILE},
    },
    mesh::session::WANTS,
    node::{
        Node,
        api::{AttachmentRow, Change, Fault, FaultKind, Saved, Who},
        clock,
        links::wants,
        locked,
        people::certified,
        reach::{self, Use},
    },
    store::{
        Beside, Db, StoreError,
        tables::{self, Card},
    },
};

impl Node {
    /// Keeps a file with a patient's record.
    pub(in crate::node) async fn attach(
        &self,
        who: &Who,
        patient: PatientId,
        path: String,
        media_type: String,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Write).await?;
        let name =
            Path::new(&path).file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        reach::check(&path, Use::Read).await?;
        let read = tokio::task::spawn_blocking(move || read(Path::new(&path)));
        let bytes = read
            .await
            .map_err(|_| Fault::new(FaultKind::Failed, "the file could not be read: try again"))??;
        self.keep_file(who, patient, name, media_type, bytes).await
    }

    /// The same for what is in memory.
    pub(in crate::node) async fn keep_file(
        &self,
        who: &Who,
        patient: PatientId,
        name: String,
        media_type: String,
        bytes: Zeroizing<Vec<u8>>,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Write).await?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let written = open.store.call(move |db| {
            if db.get::<Card>(tables::CARDS, &patient.0)?.is_none_or(|c| c.custodian != device.org_id()) {
                return Ok(Err(not_ours()));
            }
            let author = certified(db, &device)?;
            let mut rng = rand::rng();
            let mut keys = Keys::new(&device, clock::now());
            let (id, key) = keys.of(db, patient, Compartment::General, false, &mut rng)?;
            let consortium = db.replica().governance().consortium();
            let writing = Writing { consortium, patient, staff: &staff };
            let mut pieces = Vec::new();
            let parts = writing.parts(id, &key, &bytes, &mut rng, &mut pieces);
            let body = Body::Attachment(Attachment { name, media_type, parts });
            if let Err(e) = record::validate(&body, u16::MAX) {
                return Ok(Err(e.into()));
            }
            let record = Record::first(RecordId::random(&mut rng), patient, body);
            let records = writing.records(id, &key, vec![record], &mut rng)?;
            // The pieces before what names them: whoever has the name has all of it.
            let contents = keys.blocks().into_iter().chain(pieces).chain(records).collect();
            let heads = author.write(db, contents, &Beside::default())?;
            refresh_cards(db, &device, false)?;
            heads.last().copied().ok_or(StoreError::Closed).map(Ok)
        });
        let (head, bytes) = written.await??;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }

    /// Writes a kept file to `to`, which must not be there yet. The read is on the ledger before it is opened. Pieces that
    /// are not here are asked of whoever can be met now.
    pub(in crate::node) async fn attachment(
        self: &Arc<Self>,
        who: &Who,
        patient: PatientId,
        of: RecordId,
        to: String,
    ) -> Result<AttachmentRow, Fault> {
        reach::check(&to, Use::Write).await?;
        let (row, bytes) = self.fetch(who, patient, of).await?;
        let Some(bytes) = bytes else {
            return Err(match row.missing {
                0 => {
                    let why = "that file cannot be opened with the keys that are here, or was changed: ask whoever wrote it";
                    Fault::new(FaultKind::Damaged, why)
                }
                n => {
                    let why = format!(
                        "{n} pieces of that file are not here, and nobody who could be met has them: they are asked for at every meeting, so try again later"
                    );
                    Fault::new(FaultKind::Unreachable, why)
                }
            });
        };
        let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&to);
        let written = file.and_then(|mut f| {
            f.write_all(&bytes).and_then(|()| f.sync_all()).inspect_err(|_| {
                // Half of it would look like all of it.
                let _ = fs::remove_file(&to);
            })
        });
        written.map_err(|e| {
            Fault::unwritten(Path::new(&to), &e, "name a new file in a folder that can be written")
        })?;
        Ok(row)
    }

    /// Asks whoever can be met now for the pieces of a kept file that are not here, and at every later meeting for those
    /// that nobody had.
    pub(in crate::node) async fn want_attachment(
        self: &Arc<Self>,
        who: &Who,
        patient: PatientId,
        of: RecordId,
    ) -> Result<AttachmentRow, Fault> {
        Ok(self.fetch(who, patient, of).await?.0)
    }

    /// A kept file, asked of others where it isn't whole here.
    async fn fetch(self: &Arc<Self>, who: &Who, patient: PatientId, of: RecordId) -> Result<Found, Fault> {
        let mut found = self.find_file(who, patient, of).await?;
        if found.0.missing > 0 {
            // Whoever can't be met now is asked at the next meeting.
            let _ = self.sync().await;
            found = self.find_file(who, patient, of).await?;
        }
        self.announce(Change::Ledger);
        Ok(found)
    }
}

/// A file that was looked for, and its content. None with all pieces here: it doesn't open.
type Found = (AttachmentRow, Option<Zeroizing<Vec<u8>>>);

impl Node {
    /// Looks a file up and opens it; the read is on the ledger before that. Pieces that aren't here are noted as asked for.
    async fn find_file(&self, who: &Who, patient: PatientId, of: RecordId) -> Result<Found, Fault> {
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let role = who.role;
        let find = move |db: &mut Db| {
            let r = Reader::treating(&device, &staff, role);
            let opened = match open_records(db, r, patient)? {
                Ok(o) => o,
                Err(f) => return Ok(Err(f)),
            };
            let g = db.replica().governance();
            let mut files = current(&opened.entries).into_iter().filter_map(|((_, id), h)| {
                let e = h.standing.first()?;
                match &e.record.body {
                    Body::Attachment(a) if id == of => Some((row(patient, e, a, g), a.parts.clone())),
                    _ => None,
                }
            });
            let Some((mut row, parts)) = files.next() else {
                let why = "that patient has no such file: 'aidpost patient show' names them";
                return Ok(Err(Fault::new(FaultKind::Usage, why)));
            };
            let bytes = whole(db, &device, &parts)?;
            row.missing = ask_for(db, &parts.chunks)?;
            Ok(Ok((row, bytes)))
        };
        open.store.call(find).await?
    }
}

/// A file as a chart lists it; how much of it is here is still to be looked up.
pub(super) fn row(patient: PatientId, e: &Entry, a: &Attachment, g: &Governance) -> AttachmentRow {
    AttachmentRow {
        record: e.record.id,
        patient,
        name: a.name.clone(),
        media_type: a.media_type.clone(),
        size: a.parts.size,
        at: e.time.millis,
        author: g.staff_name(e.author),
        org: g.org_name(e.org),
        pieces: a.parts.chunks.len() as u32,
        missing: 0,
    }
}

/// The rows of files, the newest first, with how much of each is here.
pub(super) fn here(
    db: &Db,
    files: Vec<(AttachmentRow, Vec<ChunkId>)>,
) -> Result<Vec<AttachmentRow>, StoreError> {
    let mut rows = Vec::new();
    for (row, pieces) in files {
        rows.push(AttachmentRow { missing: db.lacking(&pieces)?.len() as u32, ..row });
    }
    rows.sort_by_key(|r| std::cmp::Reverse((r.at, r.record)));
    Ok(rows)
}

/// Notes those of these pieces that aren't here as asked of others, and those that are as no longer asked for; how many are
/// not here.
fn ask_for(db: &mut Db, pieces: &[ChunkId]) -> Result<u32, StoreError> {
    let missing = db.lacking(pieces)?;
    let mut wants = wants(db)?;
    let before = wants.asked.clone();
    wants.asked.retain(|c| !pieces.contains(c));
    wants.asked.extend(&missing);
    // What was asked for last is wanted most.
    let over = wants.asked.len().saturating_sub(MAX_ASKED);
    wants.asked.drain(..over);
    if wants.asked != before {
        db.put(tables::META, WANTS, Some(&wants))?;
    }
    Ok(missing.len() as u32)
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let bad = |e| Fault::unread(path, &e, "check the name");
    let file = fs::File::open(path).map_err(bad)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(bad)?;
    if bytes.len() as u64 > MAX_FILE {
        let words =
            format!("{} has more than {} MiB: keep a smaller copy of it", path.display(), MAX_FILE >> 20);
        return Err(Fault::new(FaultKind::Refused, words));
    }
    Ok(bytes)
}
