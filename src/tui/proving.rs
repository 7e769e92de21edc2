//! A proof that a block is final, to be written to a file: whoever has it and this consortium's fingerprint can check it
//! without a network (`aidpost verify --proof`).

use crate::core::id::BlockId;

use super::{
    form::Form,
    sharing::MAX_PATH,
    words::{Saying, say},
};

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
