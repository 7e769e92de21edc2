//! Checks everything anew: every page's seal, every block's signature, links and payload.

use super::{
    db::Db,
    disk::{Disk, FileAt},
    error::StoreError,
    pages, tables,
    tables::Stored,
};
use crate::core::{branches::Place, governance::Statement, ledger::Replica};

/// What was checked and what is damaged, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Pages whose seal opened.
    pub pages: u64,
    /// Blocks that passed.
    pub blocks: u64,
    /// Each damage.
    pub damage: Vec<String>,
}

/// The pages of a file, without opening the database: works when the database no longer opens.
///
/// # Errors
/// The file can't be read or isn't this store's.
pub fn pages_of(
    path: &std::path::Path,
    key: &crate::vault::Secret,
    id: [u8; 16],
) -> Result<Checked, StoreError> {
    pages_on(&FileAt(path.into()), key, id)
}

fn pages_on(disk: &dyn Disk, key: &crate::vault::Secret, id: [u8; 16]) -> Result<Checked, StoreError> {
    let (pages, bad) = pages::scan(disk, key, id)?;
    Ok(Checked { pages, blocks: 0, damage: bad.iter().map(ToString::to_string).collect() })
}

/// How a damaged header page is named. Its other generation keeps the database whole.
const HEADER: &str = "page 0 ";

impl Db {
    /// Checks every page, then every block as if it came from a stranger.
    ///
    /// # Errors
    /// Only when checking itself is impossible; damage is in the result.
    pub fn verify(&mut self) -> Result<Checked, StoreError> {
        let (disk, key, id) = self.file();
        let mut out = pages_on(disk, key, id)?;
        if self.is_of_one_piece()? {
            // A write that a power cut tore is in no use: whatever the database refers to was just read.
            out.damage.retain(|d| d.starts_with(HEADER));
        } else if out.damage.is_empty() {
            out.damage.push(
                "the pages of the database are not all of one time: one was put back from an older copy"
                    .into(),
            );
        }
        let acts: Vec<Statement> = self.get(tables::META, b"acts")?.unwrap_or_default();
        let mut fresh = Replica::new(self.replica().governance().genesis().clone(), &acts)?;
        let mut places: Vec<(Stored, Place)> = Vec::new();
        for (_, at) in self.replica().tree().ids() {
            let name = format!("block {} of log {}", at.seq, at.log);
            match self.get::<Stored>(tables::BLOCKS, &tables::key(*at)) {
                Ok(Some(s)) => places.push((s, *at)),
                Ok(None) => out.damage.push(format!("{name} is missing")),
                Err(e) => out.damage.push(format!("{name}: {e}")),
            }
        }
        places.sort_by_key(|(s, _)| s.arrival);
        for (s, at) in places {
            let h = &s.signed.header;
            let name = || {
                let g = self.replica().governance();
                let device =
                    g.device(h.log.device).map_or_else(String::new, |d| format!(" of {}", d.request.name));
                format!("block {} ({}) of log {}{device}", h.seq, h.kind.word(), h.log)
            };
            let why = match self.block_at(at) {
                Ok(Some(b)) => match fresh.accept(&b) {
                    Ok(_) if b.signed.header.id() == s.id => {
                        out.blocks += 1;
                        continue;
                    }
                    Ok(_) => "its stored identifier is wrong".to_string(),
                    Err(e) => e.to_string(),
                },
                Ok(None) => "it is missing".to_string(),
                Err(StoreError::Damaged(what)) => what,
                Err(e) => e.to_string(),
            };
            out.damage.push(format!("{}: {why}", name()));
            // What follows a damaged block is checked against its header, so that one damage is told once.
            let _ = fresh.reload(&s.signed, s.id, None);
        }
        Ok(out)
    }
}
