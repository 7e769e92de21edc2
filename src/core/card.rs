//! A patient's card as the ledger knows it: two public keys, the organisations that recognise them, and whether it still
//! counts.
//!
//! Any member could write that a card is some patient's. So a card opens only what belongs to organisations whose own staff
//! issued it, or saw it opened with its PIN (the card signs that). Each organisation has at most one card of a patient
//! in force. A revocation counts from whoever signed it, also from quarantine, and for ever.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    consent::{Act, Order, Recorded},
    id::{BlockId, CardId, EpochId, OrgId, StaffId, hash32},
    ledger::Replica,
    sign::PublicKey,
    time::Hlc,
};

/// The public halves of a card's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CardKeys {
    /// Ed25519: what the patient signs.
    pub signing: PublicKey,
    /// X25519: what is wrapped to the card.
    pub encryption: [u8; 32],
}

impl CardKeys {
    /// The card's name; its first four bytes are the serial number that is printed on it.
    pub fn id(&self) -> CardId {
        let h = hash32("aidpost v0 patient card", &[&self.signing, &self.encryption]);
        let mut id = [0u8; 16];
        id.copy_from_slice(&h[..16]);
        CardId(id)
    }
}

/// What a card is worth to one organisation. Each is one condition; the first that applies counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardState {
    /// Reported lost or copied: for ever.
    Revoked,
    /// The organisation has neither issued it nor seen it opened with its PIN.
    Unrecognised,
    /// Recognised only by a terminal in quarantine, or by somebody who is not believed.
    Untrusted,
    /// The organisation has recognised another card of this patient since.
    Replaced,
    /// It opens what this organisation wrote, and signs for it.
    InForce,
}

/// An organisation's word that a card is the patient's.
#[derive(Clone, Debug)]
struct Recognition {
    org: OrgId,
    block: BlockId,
    believed: bool,
}

/// A card that somebody issued.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Its name.
    pub id: CardId,
    /// Its public keys.
    pub keys: CardKeys,
    /// When it was first issued, by the clock of the terminal that did.
    pub at: Hlc,
    /// Who signed that.
    pub by: StaffId,
    revoked: bool,
    recognised: Vec<Recognition>,
}

/// All cards of one patient.
#[derive(Clone, Debug)]
pub struct Cards {
    /// Sorted by name: the same on every node that holds the same entries.
    all: Vec<Issued>,
    /// Card and organisation, for each organisation that has one in force.
    in_force: BTreeSet<(CardId, OrgId)>,
}

impl Cards {
    /// Works them out from a patient's consent entries.
    pub fn of(entries: &[Recorded], order: &dyn Order) -> Self {
        let mut all: Vec<Issued> = Vec::new();
        for e in entries {
            let (Act::CardIssue(keys), Some(org)) = (&e.act, order.org_of(e.log)) else { continue };
            let said = Recognition { org, block: e.block, believed: order.trusted(e.block, e.author) };
            match all.iter_mut().find(|c| c.keys == *keys) {
                Some(c) => {
                    if (e.time, e.author) < (c.at, c.by) {
                        (c.at, c.by) = (e.time, e.author);
                    }
                    c.recognised.push(said);
                }
                None => all.push(Issued {
                    id: keys.id(),
                    keys: *keys,
                    at: e.time,
                    by: e.author,
                    revoked: false,
                    recognised: vec![said],
                }),
            }
        }
        for e in entries {
            match (&e.act, e.card, order.org_of(e.log)) {
                (Act::CardRevoke(id), ..) => {
                    all.iter_mut().filter(|c| c.id == *id).for_each(|c| c.revoked = true);
                }
                // Only the card itself can show that it was opened.
                (Act::CardAccept, Some(key), Some(org)) => {
                    let believed = order.trusted(e.block, e.author);
                    for c in all.iter_mut().filter(|c| c.keys.signing == key) {
                        c.recognised.push(Recognition { org, block: e.block, believed });
                    }
                }
                _ => {}
            }
        }
        all.sort_by_key(|c| c.id);
        let orgs: BTreeSet<OrgId> = all.iter().flat_map(|c| c.recognised.iter().map(|r| r.org)).collect();
        let in_force = orgs.iter().filter_map(|o| Some((chosen(&all, *o, order)?, *o))).collect();
        Self { all, in_force }
    }

    /// Every card, by name.
    pub fn all(&self) -> &[Issued] {
        &self.all
    }

    /// One card.
    pub fn card(&self, id: CardId) -> Option<&Issued> {
        self.all.iter().find(|c| c.id == id)
    }

    /// The card that an organisation has in force.
    pub fn in_force(&self, org: OrgId) -> Option<&Issued> {
        self.all.iter().find(|c| self.in_force.contains(&(c.id, org)))
    }

    /// The organisations that have this card in force.
    pub fn recognising(&self, id: CardId) -> impl Iterator<Item = OrgId> + '_ {
        self.in_force.iter().filter(move |(c, _)| *c == id).map(|(_, o)| *o)
    }

    /// Cards that an organisation recognised once and that are not in force for it: what they open is not written under
    /// any more.
    pub fn retired(&self, org: OrgId) -> impl Iterator<Item = &Issued> {
        let own = move |c: &&Issued| c.recognised.iter().any(|r| r.org == org);
        self.all.iter().filter(own).filter(move |c| !self.in_force.contains(&(c.id, org)))
    }

    /// The organisations for which what this key signs is the patient's word.
    pub fn believing(&self, signing: &PublicKey) -> Vec<OrgId> {
        let cards = self.all.iter().filter(|c| c.keys.signing == *signing);
        let orgs: BTreeSet<OrgId> = cards.flat_map(|c| self.recognising(c.id)).collect();
        orgs.into_iter().collect()
    }

    /// What a card is worth to an organisation; none: nobody issued such a card.
    pub fn state(&self, id: CardId, org: OrgId) -> Option<CardState> {
        let c = self.card(id)?;
        let mut own = c.recognised.iter().filter(|r| r.org == org).peekable();
        Some(if c.revoked {
            CardState::Revoked
        } else if own.peek().is_none() {
            CardState::Unrecognised
        } else if !own.any(|r| r.believed) {
            CardState::Untrusted
        } else if self.in_force.contains(&(id, org)) {
            CardState::InForce
        } else {
            CardState::Replaced
        })
    }

    /// True for a card that somebody reported lost or copied.
    pub fn is_revoked(&self, id: CardId) -> bool {
        self.card(id).is_some_and(|c| c.revoked)
    }
}

/// The one card that an organisation has in force: not revoked, and without a later one by the ledger's own order. Of
/// several that its terminals recognised apart from each other, the one with the lowest name, so that all choose alike.
fn chosen(all: &[Issued], org: OrgId, order: &dyn Order) -> Option<CardId> {
    let blocks = |c: &Issued| -> Vec<BlockId> {
        c.recognised.iter().filter(|r| r.org == org && r.believed).map(|r| r.block).collect()
    };
    let own: Vec<(&Issued, Vec<BlockId>)> =
        all.iter().map(|c| (c, blocks(c))).filter(|(_, b)| !b.is_empty()).collect();
    let replaced = |id: CardId, blocks: &[BlockId]| {
        let later = |new: &BlockId| blocks.iter().all(|old| order.after(*new, *old));
        own.iter().any(|(c, new)| c.id != id && new.iter().any(later))
    };
    own.iter().find(|(c, blocks)| !c.revoked && !replaced(c.id, blocks)).map(|(c, _)| c.id)
}

impl Replica {
    /// The names of the secrets that cards are sealed with besides their PIN.
    pub fn card_secrets(&self) -> impl Iterator<Item = EpochId> + '_ {
        self.card_secrets.keys().copied()
    }

    /// The organisations that such a secret was wrapped to.
    pub fn card_secret_holders(&self, secret: EpochId) -> BTreeSet<OrgId> {
        self.card_secrets.get(&secret).into_iter().flatten().map(|(org, _)| *org).collect()
    }

    /// True for a secret that new cards may be sealed with: only members hold it, on terminals in good standing.
    pub fn card_secret_is_sound(&self, secret: EpochId) -> bool {
        let g = self.governance();
        let sound =
            |(org, epoch): &(OrgId, EpochId)| g.org(*org).is_some() && self.is_well_kept(*org, *epoch);
        self.card_secrets.get(&secret).is_some_and(|to| to.iter().all(sound))
    }
}

#[cfg(test)]
#[path = "card_tests.rs"]
mod tests;
