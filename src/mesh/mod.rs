//! How terminals meet: iroh between certified terminals, or a stick that someone carries.
//!
//! `endpoint` binds, dials and answers; `session` drives `core::sync` over a stream; `courier` puts the same messages
//! into a sealed file. Discovery, relays, bandwidth limits and resumption are absent in this version: terminals dial
//! remembered addresses, and a meeting that is cut is simply held again.

pub mod courier;
pub mod endpoint;
pub mod session;
pub mod ticket;
