//! Long work on the store's own thread ends when nobody waits for it any more: whoever asked gave up, or has gone.

use std::sync::{Arc, Weak};

use crate::store::StoreError;

/// Asked by the work, from time to time.
pub(super) struct Waits(Weak<()>);

/// What whoever waits keeps for as long as they do, and what the work asks.
pub(super) fn waits() -> (Arc<()>, Waits) {
    let here = Arc::new(());
    let waits = Waits(Arc::downgrade(&here));
    (here, waits)
}

impl Waits {
    /// Somebody still waits.
    ///
    /// # Errors
    /// Nobody does: what the work ends with, and nobody reads.
    pub(super) fn still(&self) -> Result<(), StoreError> {
        match self.0.strong_count() {
            0 => Err(StoreError::Refused("nobody waits for this any more".into())),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_goes_on_as_long_as_somebody_waits() {
        let (here, waits) = waits();
        assert!(waits.still().is_ok());
        drop(here);
        assert!(matches!(waits.still(), Err(StoreError::Refused(_))));
    }
}
