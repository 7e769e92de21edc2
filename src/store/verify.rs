//! Checks everything anew: every page's seal, every block's signature, links and payload.

use super::{
    checks::on_all_cores,
    db::Db,
    disk::{Disk, FileAt},
    error::StoreError,
    pages, tables,
    tables::Stored,
};
use crate::core::{
    block::{Block, Header, Invalid, Validated},
    branches::Place,
    governance::Statement,
    ledger::{Accepted, Replica},
};

/// Blocks that are read before they are checked together.
const BATCH: usize = 2_048;

/// How far a check has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Pages done.
    pub pages: u64,
    /// Pages of the file.
    pub of_pages: u64,
    /// Blocks done, after the pages.
    pub blocks: u64,
    /// Blocks held.
    pub of_blocks: u64,
}

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
    pages_on(&FileAt(path.into()), key, id, &|_, _| Ok(()))
}

fn pages_on(
    disk: &dyn Disk,
    key: &crate::vault::Secret,
    id: [u8; 16],
    tell: &dyn Fn(u64, u64) -> Result<(), StoreError>,
) -> Result<Checked, StoreError> {
    let (pages, bad) = pages::scan_telling(disk, key, id, tell)?;
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
        self.verify_telling(&|_| Ok(()))
    }

    /// The same, which tells from time to time how far it has come.
    ///
    /// # Errors
    /// As [`Db::verify`]; or what `tell` says, when nobody waits for the rest.
    pub fn verify_telling(
        &mut self,
        tell: &dyn Fn(Progress) -> Result<(), StoreError>,
    ) -> Result<Checked, StoreError> {
        let of_blocks = self.replica().len();
        let (disk, key, id) = self.file();
        let mut so_far = Progress { of_blocks, ..Progress::default() };
        let mut out =
            pages_on(disk, key, id, &|pages, of_pages| tell(Progress { pages, of_pages, ..so_far }))?;
        (so_far.pages, so_far.of_pages) = (out.pages, out.pages);
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
            match self.get::<Stored>(tables::BLOCKS, &tables::key(at)) {
                Ok(Some(s)) => places.push((s, at)),
                Ok(None) => out.damage.push(format!("{name} is missing")),
                Err(e) => out.damage.push(format!("{name}: {e}")),
            }
        }
        places.sort_by_key(|(s, _)| s.arrival);
        for some in places.chunks(BATCH) {
            let read: Vec<Result<Option<Block>, StoreError>> =
                some.iter().map(|(_, at)| self.block_at(*at)).collect();
            let whole: Vec<Option<&Block>> =
                read.iter().map(|r| r.as_ref().ok().and_then(Option::as_ref)).collect();
            let known = self.replica().governance();
            on_all_cores(known, &whole, |i, done| {
                let ((s, _), read) = (&some[i], &read[i]);
                let why = match read {
                    Ok(Some(b)) => match taken(&mut fresh, b, done.as_ref()) {
                        // The identifier was worked out from the block's own bytes.
                        Ok(_) if done.map_or_else(|| b.signed.header.id(), |v| v.id()) == s.id => {
                            out.blocks += 1;
                            return;
                        }
                        Ok(_) => "its stored identifier is wrong".to_string(),
                        Err(e) => e.to_string(),
                    },
                    Ok(None) => "it is missing".to_string(),
                    Err(StoreError::Damaged(what)) => what.clone(),
                    Err(e) => e.to_string(),
                };
                out.damage.push(format!("{}: {why}", self.name_of(&s.signed.header)));
                // What follows a damaged block is checked against its header, so that one damage is told once.
                let _ = fresh.reload(&s.signed, s.id, None);
            });
            so_far.blocks += some.len() as u64;
            tell(so_far)?;
        }
        Ok(out)
    }

    fn name_of(&self, h: &Header) -> String {
        let g = self.replica().governance();
        let device = g.device(h.log.device).map_or_else(String::new, |d| format!(" of {}", d.request.name));
        format!("block {} ({}) of log {}{device}", h.seq, h.kind.word(), h.log)
    }
}

/// Takes a block into a fresh ledger; one that failed the first check fails here again, by name.
fn taken(fresh: &mut Replica, b: &Block, checked: Option<&Validated<'_>>) -> Result<Accepted, Invalid> {
    match checked {
        Some(v) => fresh.accept_validated(v),
        None => fresh.accept(b),
    }
}
