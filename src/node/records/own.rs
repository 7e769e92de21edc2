//! A patient's record as their own card opens it: all parts of it, with the card's keys and no others.

use std::collections::BTreeMap;

use crate::{
    core::{
        id::{BlockId, PatientId},
        keys::PatientKeyId,
    },
    node::{
        api::{Chart, Fault, FaultKind, Shelved},
        clock,
        device::Device,
        sync::only_here,
    },
    store::{Db, StoreError},
    vault::Secret,
};

use super::{
    attachments,
    cards::{born_on, demographics},
    chart::Page,
    guardians,
    keys::Keyring,
    medicines,
    opening::{current, entries_with},
};

/// What these keys open of a patient's record. `recorded` is the block that says so; `device` the terminal that shows it.
pub(in crate::node) fn own_chart(
    db: &Db,
    device: &Device,
    patient: PatientId,
    keys: BTreeMap<PatientKeyId, Secret>,
    recorded: BlockId,
) -> Result<Result<Chart, Fault>, StoreError> {
    let here = device.org_id();
    let (entries, unreadable) = entries_with(db, &mut Keyring::of_card(here, keys), patient, |_, _| true)?;
    let histories = current(&entries);
    let g = db.replica().governance();
    let Some((who, custodian)) = demographics(&histories, here, |_| true) else {
        return Ok(Err(Fault::new(
            FaultKind::Unreachable,
            "the card opens nothing of this record here yet: ask the clinic that keeps it",
        )));
    };
    let elsewhere = only_here(db)?;
    let mut page = Page::new(g, &elsewhere);
    page.add(patient, &histories, &medicines::of_record_and_directory(db, device, &histories)?);
    page.visits.sort_by_key(|v| std::cmp::Reverse((v.at, v.record)));
    page.items.sort_by_key(|i| std::cmp::Reverse((i.at, i.record)));
    let guardian = guardians::of(&histories, custodian, who.birth_year, clock::now());
    Ok(Ok(Chart {
        id: patient,
        patient: who,
        custodian: g.org_name(custodian),
        // Nothing is written in a patient's turn.
        own: false,
        versions: Vec::new(),
        edited: false,
        visits: page.visits,
        // What was written of somebody else is not for this patient to read.
        struck: Vec::new(),
        items: page.items,
        attachments: attachments::here(db, page.files)?,
        conflicts: Vec::new(),
        linked: Vec::new(),
        because: Vec::new(),
        recorded,
        unreadable,
        shelved: Shelved::default(),
        born_on: born_on(&histories, custodian),
        guardian,
    }))
}
