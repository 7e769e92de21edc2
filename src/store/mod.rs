//! redb on a sealed file; one thread owns it.
//!
//! `pages` seals the file page by page (`page` is one of them) on a `disk`, which `resync` keeps honest after a failed sync; `tables` names every
//! key and value, `open` reads the ledger from them, `db` keeps it true to what is durable, `index` writes what finds a
//! block again, `wraps` makes blocks of keys, `actor` is the thread, `verify` checks everything anew (`checks` on all cores), `search` finds patients,
//! `reseal` seals all of it under another key, `backup` makes and checks copies, `schema` brings older stores up to date.
//! `templates` keeps faces, in a file of their own.

pub mod actor;
pub mod backup;
pub mod checks;
pub mod db;
pub mod disk;
pub mod error;
mod head;
mod index;
mod open;
mod page;
pub mod pages;
pub mod reseal;
mod resync;
pub mod rows;
pub mod schema;
pub mod search;
pub mod tables;
pub mod templates;
pub mod verify;
mod wraps;

pub use actor::Store;
pub use db::{Author, Beside, Content, Db, OwedReceipt, Renewed};
pub use error::StoreError;
pub use tables::Table;
pub use wraps::{wrap_block, wrap_blocks};
