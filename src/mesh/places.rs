//! How many are met at once, so that nobody takes the places of all others: a certified terminal has its own, strangers share
//! few.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::core::sign::PublicKey;

/// Meetings answered at once.
const ALL: usize = 16;
/// Those with one terminal: after a cut it may call again before the old link is given up.
const WITH_ONE: usize = 2;
/// Those with endpoints that nobody certified as far as is known here: new members, and whoever else finds the port.
const STRANGERS: usize = 4;

#[derive(Default)]
struct Taken {
    known: BTreeMap<PublicKey, usize>,
    strangers: usize,
}

/// Places for meetings.
#[derive(Clone, Default)]
pub struct Places(Arc<Mutex<Taken>>);

/// One of them, until dropped.
pub struct Place {
    of: Places,
    /// None: a stranger's.
    peer: Option<PublicKey>,
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Whole after every step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A meeting with this certified terminal is being answered.
    pub fn is_met(&self, peer: &PublicKey) -> bool {
        self.taken().known.contains_key(peer)
    }

    /// Somebody is being answered.
    pub fn is_any_met(&self) -> bool {
        let taken = self.taken();
        taken.strangers > 0 || !taken.known.is_empty()
    }

    /// A place for a meeting with this peer; none while there is none left for it.
    pub fn take(&self, peer: PublicKey, known: bool) -> Option<Place> {
        let mut taken = self.taken();
        if known {
            let all: usize = taken.known.values().sum();
            let own = taken.known.get(&peer).copied().unwrap_or(0);
            if all >= ALL || own >= WITH_ONE {
                return None;
            }
            taken.known.insert(peer, own + 1);
        } else {
            if taken.strangers >= STRANGERS {
                return None;
            }
            taken.strangers += 1;
        }
        drop(taken);
        Some(Place { of: self.clone(), peer: known.then_some(peer) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.taken();
        match self.peer {
            None => taken.strangers -= 1,
            Some(peer) => {
                let left = taken.known.remove(&peer).unwrap_or(0).saturating_sub(1);
                if left > 0 {
                    taken.known.insert(peer, left);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_places_of_others() {
        let places = Places::default();
        let strangers: Vec<Place> = (0..9).filter_map(|n| places.take([n; 32], false)).collect();
        assert_eq!(strangers.len(), STRANGERS);
        let one: Vec<Place> = (0..9).filter_map(|_| places.take([100; 32], true)).collect();
        assert_eq!(one.len(), WITH_ONE);
        let others: Vec<Place> = (0..99).filter_map(|n| places.take([n; 32], true)).collect();
        assert_eq!(others.len(), ALL - WITH_ONE);
        assert!(places.is_any_met() && places.is_met(&[100; 32]) && !places.is_met(&[99; 32]));
        drop(one);
        assert!(places.take([100; 32], true).is_some());
        drop((strangers, others));
        assert!(!places.is_any_met());
        let taken = places.taken();
        assert!(taken.strangers == 0 && taken.known.is_empty());
    }
}
