//! A proof that a block is final, to be written to a file: whoever has it and this consortium's fingerprint can check it
//! without a network (`aidpost verify --proof`).

use crate::core::id::BlockId;

use super::{
    form::Form,
    words::{Saying, say},
};

/// The most characters of a file's name.
const MAX_PATH: usize = 500;

/// Of which block, and where to.
#[derive(Debug)]
pub(crate) struct Proving {
    pub(crate) block: BlockId,
    pub(crate) form: Form,
}

impl Proving {
    pub(crate) fn new(block: BlockId) -> Self {
        let form = Form::new(say!("prove-title", block = block.short()), Saying::from("prove-what")).text(
            "share-file",
            MAX_PATH,
            "prove-hint",
        );
        Self { block, form }
    }
}
