//! Files kept with a record: sealed in pieces, each named by the hash of its ciphertext.

use std::{
    fs,
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use zeroize::Zeroizing;

use super::{
    Writing,
    cards::refresh_cards,
    chart::{Reader, open_records},
    export::whole,
    keys::Keys,
    not_ours,
    opening::current,
    saved,
};
use crate::{
    core::{
        id::{PatientId, RecordId},
        policy::{Action, Purpose},
        record::{self, Body, Compartment, Record},
        resource::{Attachment, MAX_FILE},
    },
    node::{
        Node,
        api::{AttachmentRow, Change, Fault, FaultKind, Saved, Who},
        clock, locked,
        people::certified,
    },
    store::{
        Beside, StoreError,
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
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let name =
            Path::new(&path).file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let read = tokio::task::spawn_blocking(move || read(Path::new(&path)));
        let bytes = read
            .await
            .map_err(|_| Fault::new(FaultKind::Failed, "the file could not be read: try again"))??;
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

    /// Writes a kept file to `to`, which must not be there yet. The read is on the ledger before it is opened.
    pub(in crate::node) async fn attachment(
        &self,
        who: &Who,
        patient: PatientId,
        of: RecordId,
        to: String,
    ) -> Result<AttachmentRow, Fault> {
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let role = who.role;
        let found = open.store.call(move |db| {
            let purpose = Purpose::Treatment;
            let r = Reader {
                device: &device,
                staff: &staff,
                role,
                action: Action::Read,
                purpose,
                proven: false,
                emergency: false,
            };
            let opened = match open_records(db, r, patient)? {
                Ok(o) => o,
                Err(f) => return Ok(Err(f)),
            };
            let mut files = current(&opened.entries).into_iter().filter_map(|((_, id), h)| {
                match &h.standing.first()?.record.body {
                    Body::Attachment(a) if id == of => Some(a.clone()),
                    _ => None,
                }
            });
            let Some(a) = files.next() else {
                let why = "that patient has no such file: 'aidpost patient show' names them";
                return Ok(Err(Fault::new(FaultKind::Usage, why)));
            };
            match whole(db, &device, &a.parts)? {
                Some(bytes) => Ok(Ok((a, bytes))),
                None => Ok(Err(Fault::new(
                    FaultKind::Damaged,
                    "pieces of that file are not here, or not whole: meet a terminal that has it",
                ))),
            }
        });
        let (a, bytes) = found.await??;
        self.announce(Change::Ledger);
        let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&to);
        let written = file.and_then(|mut f| f.write_all(&bytes).and_then(|()| f.sync_all()));
        written.map_err(|e| {
            Fault::new(
                FaultKind::Usage,
                format!("{to}: {e}: name a new file in a folder that can be written"),
            )
        })?;
        let (name, media_type, size) = (a.name, a.media_type, a.parts.size);
        Ok(AttachmentRow { record: of, patient, name, media_type, size })
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let bad = |why: String| Fault::new(FaultKind::Usage, format!("{}: {why}", path.display()));
    let file = fs::File::open(path).map_err(|e| bad(format!("{e}: check the name")))?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|e| bad(e.to_string()))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(bad(format!("has more than {} MiB: keep a smaller copy of it", MAX_FILE >> 20)));
    }
    Ok(bytes)
}
