//! Wrapped keys as contents of blocks.

use std::collections::BTreeSet;

use redb::TableHandle;

use super::{Content, tables};
use crate::core::{
    block::Kind,
    codec,
    keys::{MAX_WRAPS, Wrap},
};

/// A block of wrapped keys: at most [`MAX_WRAPS`], and one of each key for each holder.
pub fn wrap_block(w: Vec<Wrap>) -> (Kind, Content) {
    (Kind::Keys, Box::new(move |_, _| Ok(codec::encode(&w))))
}

/// As few such blocks as it takes. Of one key for one holder a block holds one wrap: their rows have one name.
pub fn wrap_blocks(wraps: Vec<Wrap>) -> Vec<(Kind, Content)> {
    let mut out: Vec<(BTreeSet<Vec<u8>>, Vec<Wrap>)> = Vec::new();
    for w in wraps {
        let (table, mut name, _) = tables::wrap_row(&w);
        name.extend_from_slice(table.name().as_bytes());
        match out.iter_mut().find(|(names, some)| some.len() < MAX_WRAPS && !names.contains(&name)) {
            Some((names, some)) => {
                names.insert(name);
                some.push(w);
            }
            None => out.push(([name].into(), vec![w])),
        }
    }
    out.into_iter().map(|(_, some)| wrap_block(some)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        id::{DeviceId, EpochId, LogId, OrgId},
        keys::Sealed,
    };

    fn wrap(org: u16, byte: u8) -> Wrap {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&org.to_be_bytes());
        let sealed = Sealed { enc: [byte; 32], ct: vec![byte; 48] };
        Wrap::OrgKey { org: OrgId(id), epoch: EpochId([1; 16]), device: DeviceId([2; 16]), sealed }
    }

    fn contents(wraps: Vec<Wrap>) -> Vec<Vec<Wrap>> {
        let log = LogId { device: DeviceId([0; 16]), incarnation: 0 };
        let read = |(_, c): (Kind, Content)| codec::decode(&c(log, 0).unwrap(), 1 << 20).unwrap();
        wrap_blocks(wraps).into_iter().map(read).collect()
    }

    #[test]
    fn blocks_are_few_full_and_of_one_key_for_one_holder_hold_one_wrap() {
        assert!(contents(Vec::new()).is_empty());
        let many: Vec<Wrap> = (0..MAX_WRAPS as u16 + 3).map(|n| wrap(n, 1)).collect();
        let made = contents(many.clone());
        assert_eq!(made.iter().map(Vec::len).collect::<Vec<_>>(), [MAX_WRAPS, 3]);
        assert_eq!(made.concat(), many, "in their order");
        let twice = contents(vec![wrap(7, 1), wrap(7, 2), wrap(8, 1)]);
        assert_eq!(twice, [vec![wrap(7, 1), wrap(8, 1)], vec![wrap(7, 2)]]);
    }
}
