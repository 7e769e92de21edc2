//! Damages a copy of a terminal's store, to show that damage is found: one byte of a stored block, one byte of the file.

use std::{fs, path::Path};

use redb::{Database, ReadableDatabase, ReadableTable};

use super::sites::failed;
use crate::{
    core::{
        block::{Kind, Payload},
        codec,
    },
    node::{api::Fault, setup},
    store::{
        StoreError,
        pages::SealedFile,
        tables::{self, Stored, from_place},
        verify::Checked,
    },
    vault::slots::{Opened, Slots},
};

/// Key slots and master key of a copy.
struct Copy {
    slots: Slots,
    opened: Opened,
}

fn copy(from: &Path, to: &Path, login: &str, passphrase: &str) -> Result<Copy, Fault> {
    fs::create_dir_all(to).map_err(failed)?;
    for f in ["slots", "store"] {
        fs::copy(from.join(f), to.join(f)).map_err(failed)?;
    }
    let slots = Slots::read(&to.join("slots"))?;
    let opened = slots.open(login, passphrase)?;
    Ok(Copy { slots, opened })
}

/// Flips one byte of the newest stored visit in a copy, and verifies. The name of the block, and what was found.
pub(super) fn block(
    from: &Path,
    to: &Path,
    login: &str,
    passphrase: &str,
) -> Result<(String, Checked), Fault> {
    let c = copy(from, to, login, passphrase)?;
    let name = flip_payload(to, &c).map_err(Fault::from)?;
    let mut db = setup::open_db(to, &c.opened.master, &c.slots)?;
    Ok((name, db.verify()?))
}

fn flip_payload(to: &Path, c: &Copy) -> Result<String, StoreError> {
    let file = SealedFile::open(&to.join("store"), setup::page_key(&c.opened.master), c.slots.store())?;
    let db = Database::builder().create_with_backend(file)?;
    let mut newest: Option<Stored> = None;
    for row in db.begin_read()?.open_table(tables::BLOCKS)?.iter()? {
        let s: Option<Stored> = codec::decode(row?.1.value(), 1 << 20).ok();
        newest = newest
            .into_iter()
            .chain(s.filter(|s| s.signed.header.kind == Kind::Records))
            .max_by_key(|s| s.signed.header.time);
    }
    let Some(s) = newest else { return Err(StoreError::Closed) };
    let h = &s.signed.header;
    let key = tables::place(h.log, h.seq);
    let tx = db.begin_write()?;
    {
        let mut t = tx.open_table(tables::PAYLOADS)?;
        let bytes = t.get(&key[..])?.map(|v| v.value().to_vec()).unwrap_or_default();
        if let Ok(Some(mut p)) = codec::decode::<Option<Payload>>(&bytes, 1 << 20)
            && let Some(last) = p.bytes.last_mut()
        {
            *last ^= 1;
            t.insert(&key[..], codec::encode(&Some(p)).as_slice())?;
        }
    }
    tx.commit()?;
    let (log, seq) = from_place(&key).ok_or(StoreError::Closed)?;
    Ok(format!("block {seq} (records) of log {log}"))
}

/// Flips one byte in the middle of a page of a copy's file. Where, and what was found.
pub(super) fn page(from: &Path, to: &Path, login: &str, passphrase: &str) -> Result<(usize, Checked), Fault> {
    let c = copy(from, to, login, passphrase)?;
    let path = to.join("store");
    let mut bytes = fs::read(&path).map_err(failed)?;
    // Somewhere in the second half of what is in use: not the header page, not a hole.
    let at = (bytes.len() / 4..bytes.len()).find(|i| bytes[*i..].iter().take(64).all(|b| *b != 0));
    let at = at.ok_or_else(|| failed("the copy holds no page in use"))?;
    bytes[at] ^= 1;
    fs::write(&path, &bytes).map_err(failed)?;
    Ok((at, setup::check_pages(to, &c.opened.master, &c.slots)?))
}
