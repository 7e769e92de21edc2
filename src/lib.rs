//! Faces for Aidpost: the neural networks ([`nn`]) and what is built on them ([`face`]).

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod face;
pub mod nn;
