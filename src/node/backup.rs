//! A backup is made while the node goes on: the store is asked for a piece at a time.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    Node, Open,
    api::{BackedUp, Fault, Since, Working},
    clock,
    credentials::KIT_PRINTED,
    device::Device,
    locked,
    sign_in::blocking,
    sync::only_here,
};
use crate::{
    core::{block::Block, governance::Statement, time::Millis},
    store::{
        Db, StoreError,
        backup::{
            BackupError, BackupId, Header, MAX_CHAIN, Manifest,
            read::Found,
            wrap_content, wrap_org_keys,
            write::{BESIDE, Writer},
        },
        rows::Row,
        tables,
    },
    vault::{Secret, kit, slots::Changing},
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

/// What is read at once before anything is written.
struct Plan {
    header: Header,
    manifest: Manifest,
    keys: Vec<Vec<u8>>,
    rows: Vec<(&'static str, Vec<Row>)>,
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

fn plan(db: &Db, device: &Device, open: &Open, since: Since) -> Result<Plan, BackupError> {
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
        only_here: only_here(db)?.count(),
        frontier: replica.frontier(),
        org_keys: wrap_org_keys(&root, (consortium, org), &device.org_keys(db)?, rng)
            .map_err(|_| unusable())?,
        earlier: chain.iter().map(|m| (m.id, m.key)).collect(),
    };
    let rows =
        BESIDE.iter().map(|(name, t)| Ok((*name, db.raw_rows(*t)?))).collect::<Result<_, StoreError>>()?;
    let kit = db.get::<Millis>(tables::META, KIT_PRINTED)?.is_some();
    Ok(Plan { header, manifest, keys: db.arrived_since(from)?, rows, key, chain, kit })
}

impl Node {
    /// Writes a backup to a file of this machine.
    pub(super) async fn backup(self: &Arc<Self>, path: PathBuf, since: Since) -> Result<BackedUp, Fault> {
        let done = self.written(path, since).await;
        self.work(None);
        done
    }

    async fn written(self: &Arc<Self>, path: PathBuf, since: Since) -> Result<BackedUp, Fault> {
        if path.exists() {
            // The one before must not be lost by the one that continues it.
            return Err(BackupError::Exists(path).into());
        }
        let open = self.opened().await?;
        let (device, also) = (locked(&open.device).clone(), open.clone());
        let plan = open.store.call(move |db| Ok(plan(db, &device, &also, since))).await??;
        let (total, from, to) = (plan.keys.len() as u64, plan.manifest.from, plan.manifest.to);
        let made = Made { id: plan.header.id, key: *plan.key.expose(), to, at: plan.manifest.made };
        let (key, header, manifest, file) = (plan.key, plan.header, plan.manifest, path.clone());
        let begin = move || Writer::begin(&file, key, &header, manifest, &mut rand::rng());
        let mut writer = blocking(begin).await??;
        let mut done = 0;
        for some in plan.keys.chunks(BATCH) {
            let keys = some.to_vec();
            let read =
                move |db: &mut Db| keys.iter().map(|k| block(db, k)).collect::<Result<Vec<Block>, _>>();
            let blocks = open.store.call(read).await?;
            done += blocks.len() as u64;
            writer = blocking(move || writer.blocks(blocks, &mut rand::rng()).map(|()| writer)).await??;
            self.work(Some(Working { what: "backing up".into(), done, total }));
        }
        for (name, rows) in plan.rows {
            writer = blocking(move || writer.rows(name, rows, &mut rand::rng()).map(|()| writer)).await??;
        }
        let (bytes, blocks) = blocking(move || writer.end(&mut rand::rng())).await??;
        let mut chain = plan.chain;
        chain.push(made);
        open.store.call(move |db| db.put(tables::META, MADE, Some(&chain))).await?;
        Ok(BackedUp { path: path.display().to_string(), bytes, blocks, from, to, kit_printed: plan.kit })
    }
}

/// A block by its key in the table.
fn block(db: &Db, key: &[u8]) -> Result<Block, StoreError> {
    let missing = || StoreError::Damaged("a block is missing".into());
    let (log, rest) = key.split_first_chunk::<20>().ok_or_else(missing)?;
    let (seq, branch) = rest.split_first_chunk::<8>().ok_or_else(missing)?;
    let branch = match branch {
        [] => 0,
        b => u16::from_be_bytes(b.try_into().map_err(|_| missing())?),
    };
    let log = crate::core::id::LogId::from_bytes(log);
    let at = crate::core::branches::Place { log, branch, seq: u64::from_be_bytes(*seq) };
    db.block_at(at)?.ok_or_else(missing)
}
