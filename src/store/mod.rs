//! redb on a sealed file; one thread owns it.
//!
//! `pages` seals the file page by page, `tables` names every key and value, `db` keeps the ledger that the file vouches
//! for, `index` writes
//! what finds a block again, `actor` is the thread, `verify` checks everything anew. `templates` keeps faces, in a file of their own.

pub mod actor;
pub mod db;
pub mod disk;
pub mod error;
mod index;
pub mod pages;
pub mod tables;
pub mod templates;
pub mod verify;

pub use actor::Store;
pub use db::{Author, Beside, Content, Db};
pub use error::StoreError;
