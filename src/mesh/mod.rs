//! How terminals meet: iroh between certified terminals, or a stick that someone carries.
//!
//! `endpoint` binds, dials and answers; `session` drives `core::sync` over a stream; `courier` puts the same messages
//! into a sealed file; `beacon` finds who is on the same switch; `seen` is how far away they were; `places` keeps anybody from
//! taking all of a terminal's attention. mDNS, relays and bandwidth limits are absent in this
//! version.

pub mod beacon;
pub mod courier;
pub mod endpoint;
pub mod pace;
pub mod places;
mod seen;
pub mod session;
pub mod ticket;
