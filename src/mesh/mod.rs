//! How terminals meet: iroh between certified terminals, or a stick that someone carries.
//!
//! `endpoint` binds, dials and answers; `session` drives `core::sync` over a stream; `courier` puts the same messages
//! into a sealed file; `door` is where terminals knock that want to join; `beacon` finds who is on the same switch, `relay`
//! says which relay helps those who can't reach each other; `seen` is how far away they were, `courtesy` whether they
//! call at the moment; `limit` keeps all of it within a bandwidth; `lobby`, `places` and `again` keep anybody from taking all of a terminal's
//! attention. mDNS is absent in this version.

mod again;
pub mod beacon;
pub mod courier;
mod courtesy;
pub mod door;
pub mod endpoint;
pub mod limit;
mod lobby;
mod local;
pub mod pace;
pub mod places;
pub mod relay;
mod seen;
pub mod session;
pub mod ticket;
