//! Aidpost.
fn main() {}
