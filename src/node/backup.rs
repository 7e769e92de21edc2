//! A backup is made while the node goes on: the store is asked for a piece at a time.

mod reading;

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    Node, Open,
    api::{BackedUp, Fault, Since, Working},
    clock,
    credentials::KIT_PRINTED,
    device::Device,
    locked,
    reach::{self, Use},
    sign_in::blocking,
    sync::only_here,
};
use crate::{
    core::{governance::Statement, time::Millis},
    store::{
        Db, StoreError,
        backup::{
            BackupError, BackupId, Gap, Header, MAX_CHAIN, Manifest, Missing,
            read::Found,
            wrap_content, wrap_org_keys,
            write::{BESIDE, Writer},
        },
        tables,
    },
    vault::{Secret, keytree::Exchange, kit, slots::Changing},
};

/// Key of a value in the store's settings: the newest whole backup and those that continue it.
const MADE: &[u8] = b"backups";
/// Blocks that are read in one go.
const BATCH: usize = 512;

/// A backup that was made here. Its content key lies in the sealed store, so that the next one can hand it on.
#[derive(Clone, Serialize, Deserialize)]
struct Made {
    id: BackupId,
    key: [u8; 32],
    to: u64,
    at: Millis,
}

/// How many backups of the newest chain were made here.
pub(super) fn made(db: &Db) -> Result<u32, StoreError> {
    Ok(db.get::<Vec<Made>>(tables::META, MADE)?.map_or(0, |all| all.len() as u32))
}

/// When the last one was made here.
pub(super) fn last(db: &Db) -> Result<Option<Millis>, StoreError> {
    Ok(db.get::<Vec<Made>>(tables::META, MADE)?.and_then(|all| all.last().map(|m| m.at)))
}

/// Whether the organisation's recovery kit was printed here.
pub(super) fn kit_printed(db: &Db) -> Result<bool, StoreError> {
    Ok(db.get::<Millis>(tables::META, KIT_PRINTED)?.is_some())
}

/// What is read at once before anything is written.
struct Plan {
    header: Header,
    manifest: Manifest,
    key: Secret,
    chain: Vec<Made>,
    kit: bool,
}

fn continued(db: &Db, since: Since) -> Result<Vec<Made>, BackupError> {
    let mut chain: Vec<Made> = db.get(tables::META, MADE)?.unwrap_or_default();
    let none = |what: &str| BackupError::Store(StoreError::Refused(what.into()));
    match since {
        Since::Beginning => Ok(Vec::new()),
        Since::Last if chain.is_empty() => {
            Err(none("no backup was made at this terminal yet: make a whole one, without --since"))
        }
        Since::Last => Ok(chain),
        Since::File(path) => {
            let id = Found::at(&path)?.header.id;
            let n = chain.iter().position(|m| m.id == id).ok_or_else(|| {
                none("that backup is not of the newest chain of this terminal: make a whole one, without --since")
            })?;
            chain.truncate(n + 1);
            Ok(chain)
        }
    }
    .and_then(|c| match c.len() {
        n if n >= MAX_CHAIN => Err(none("too many backups continue one another: make a whole one, without --since")),
        _ => Ok(c),
    })
}

/// What was asked before, because damage in it doesn't stop a backup.
struct Asked {
    /// Blocks that no other terminal is known to hold.
    only_here: u64,
    org_keys: Vec<Exchange>,
}

fn plan(db: &Db, device: &Device, open: &Open, since: Since, asked: &Asked) -> Result<Plan, BackupError> {
    let rng = &mut rand::rng();
    let chain = continued(db, since)?;
    let (replica, org) = (db.replica(), device.org_id());
    let g = replica.governance();
    let (consortium, from) = (g.consortium(), chain.last().map_or(0, |m| m.to));
    let (key, mut id) = (Secret::random(rng), BackupId::default());
    rand::Rng::fill_bytes(rng, &mut id);
    let unusable = || StoreError::Refused("the organisation's root key can't be wrapped to".into());
    let root = kit::public(&device.org.root).ok_or_else(unusable)?;
    let change = Changing { from: open.master(), to: key.clone() };
    let header = Header {
        consortium,
        org,
        id,
        previous: chain.last().map(|m| m.id),
        slots: locked(&open.slots).for_backup(&change, rng)?,
        root: wrap_content(&root, (consortium, org, &id), &key, rng).map_err(|_| unusable())?,
    };
    let acts: Vec<Statement> = db.get(tables::META, b"acts")?.unwrap_or_default();
    let manifest = Manifest {
        version: 0,
        made: clock::now(),
        genesis: g.genesis().clone(),
        acts,
        org: device.org.clone(),
        device: device.id(),
        name: g.device(device.id()).map_or_else(String::new, |d| d.request.name.clone()),
        from,
        to: replica.len(),
        only_here: asked.only_here.min(replica.len()),
        frontier: replica.frontier(),
        org_keys: wrap_org_keys(&root, (consortium, org), &asked.org_keys, rng).map_err(|_| unusable())?,
        earlier: chain.iter().map(|m| (m.id, m.key)).collect(),
    };
    let kit = kit_printed(db)?;
    Ok(Plan { header, manifest, key, chain, kit })
}

impl Node {
    /// Writes a backup to a file of this machine.
    pub(super) async fn backup(self: &Arc<Self>, path: PathBuf, since: Since) -> Result<BackedUp, Fault> {
        let done = self.written(path, since).await;
        match &done {
            Ok(b) => {
                let missing = !b.missing.is_empty();
                tracing::info!(blocks = b.blocks, bytes = b.bytes, missing, "wrote a backup");
            }
            Err(f) => tracing::error!(kind = ?f.kind, "a backup failed"),
        }
        self.work(None);
        done
    }

    async fn written(self: &Arc<Self>, path: PathBuf, since: Since) -> Result<BackedUp, Fault> {
        if path.exists() {
            // The one before must not be lost by the one that continues it.
            return Err(BackupError::Exists(path).into());
        }
        reach::check(&path, Use::Write).await?;
        let open = self.opened().await?;
        let (device, also) = (locked(&open.device).clone(), open.clone());
        let mut gaps: Vec<Gap> = Vec::new();
        // Where nobody can tell who holds what, everything may be only here.
        let held = reading::unless_damaged(open.store.call(|db| Ok(only_here(db)?.count())).await)?;
        let of = device.clone();
        let org_keys = reading::unless_damaged(open.store.call(move |db| of.org_keys(db)).await)?;
        if org_keys.is_none() {
            gaps.push(Gap::Table("organisation's keys for the kit".into()));
        }
        let asked = Asked { only_here: held.unwrap_or(u64::MAX), org_keys: org_keys.unwrap_or_default() };
        let plan = open.store.call(move |db| Ok(plan(db, &device, &also, since, &asked))).await??;
        let (from, to) = (plan.manifest.from, plan.manifest.to);
        let made = Made { id: plan.header.id, key: *plan.key.expose(), to, at: plan.manifest.made };
        let (key, header, manifest, file) = (plan.key, plan.header, plan.manifest, path.clone());
        let begin = move || Writer::begin(&file, key, &header, manifest, &mut rand::rng());
        let mut writer = blocking(begin).await??;
        let listed = reading::listed(&open.store, from, to).await?;
        let (mut done, mut missing) = (0, Missing::default());
        for some in listed.keys.chunks(BATCH) {
            let pieces = reading::blocks(&open.store, some).await?;
            done += pieces.len() as u64;
            pieces.iter().filter_map(|p| p.as_ref().err()).for_each(|g| missing.add(g));
            let write = move || {
                let rng = &mut rand::rng();
                let mut whole = Vec::new();
                for p in pieces {
                    match p {
                        Ok(b) => whole.push(b),
                        // In its place: what follows it refers to it.
                        Err(gap) => {
                            writer.blocks(std::mem::take(&mut whole), rng)?;
                            writer.gap(gap, rng)?;
                        }
                    }
                }
                writer.blocks(whole, rng).map(|()| writer)
            };
            writer = blocking(write).await??;
            self.work(Some(Working { what: "backing up".into(), done, total: to - from }));
        }
        gaps.extend(listed.lost.into_iter().map(|(log, seq)| Gap::Block { log, seq }));
        for (name, table) in BESIDE {
            match reading::rows(&open.store, table).await? {
                Some(rows) => {
                    writer = blocking(move || writer.rows(name, rows, &mut rand::rng()).map(|()| writer))
                        .await??;
                }
                None => gaps.push(Gap::Table(name.into())),
            }
        }
        gaps.iter().for_each(|g| missing.add(g));
        let end = move || {
            gaps.into_iter().try_for_each(|g| writer.gap(g, &mut rand::rng()))?;
            writer.end(&mut rand::rng())
        };
        let (bytes, blocks) = blocking(end).await??;
        let mut chain = plan.chain;
        chain.push(made);
        let noted = open.store.call(move |db| db.put(tables::META, MADE, Some(&chain))).await;
        if reading::unless_damaged(noted)?.is_none() {
            // The file is whole all the same; only '--since' doesn't know of it.
            missing.tables.push("list of backups made here".into());
        }
        let path = path.display().to_string();
        Ok(BackedUp { path, bytes, blocks, from, to, kit_printed: plan.kit, missing })
    }
}
