//! Checking many blocks on all cores while one after the other is taken.

use std::{
    collections::BTreeMap,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use crate::core::{
    block::{Block, Checker, Validated},
    governance::Governance,
    id::DeviceId,
};

/// Blocks that are checked in one go: small enough that the last ones keep no core waiting for long.
const CHUNK: usize = 32;

/// Checks each block by itself (signature, payload, sizes) on all cores, and hands them on in their order, each with what
/// came of it: none for a block that is missing, of an unknown terminal, or fails. Whoever takes them works beside those
/// that check, and checks too when there is nothing to take.
pub fn on_all_cores<'a>(
    governance: &Governance,
    blocks: &'a [Option<&'a Block>],
    mut take: impl FnMut(usize, Option<Validated<'a>>),
) {
    let mut checkers: BTreeMap<DeviceId, Checker> = BTreeMap::new();
    for device in blocks.iter().flatten().map(|b| b.signed.header.log.device) {
        if let (false, Some((_, key))) = (checkers.contains_key(&device), governance.writer(device)) {
            checkers.insert(device, Checker::new(governance.consortium(), key));
        }
    }
    let chunks: Vec<&'a [Option<&'a Block>]> = blocks.chunks(CHUNK).collect();
    let done: Vec<OnceLock<Vec<Option<Validated<'a>>>>> = chunks.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let check = |i: usize| {
        let one = |b: &Option<&'a Block>| {
            let b = (*b)?;
            Validated::by(b, checkers.get(&b.signed.header.log.device)?).ok()
        };
        let all = chunks[i].iter().map(one).collect();
        // Each chunk is checked by whoever drew its number, once.
        let _ = done[i].set(all);
    };
    let draw = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|i| *i < chunks.len());
    let (tell, told) = mpsc::channel();
    let others = thread::available_parallelism().map_or(1, usize::from).min(chunks.len().max(1)) - 1;
    thread::scope(|s| {
        for _ in 0..others {
            let (tell, draw, check) = (tell.clone(), &draw, &check);
            s.spawn(move || {
                while let Some(i) = draw() {
                    check(i);
                    // Nobody listens once everything was taken.
                    let _ = tell.send(());
                }
            });
        }
        drop(tell);
        for (i, slot) in done.iter().enumerate() {
            while slot.get().is_none() {
                match draw() {
                    Some(other) => check(other),
                    // Somebody else has it; a checker that panicked never answers, and its blocks are checked one by one.
                    None if told.recv().is_err() => break,
                    None => {}
                }
            }
            let none = Vec::new();
            let checked = slot.get().unwrap_or(&none);
            for n in 0..chunks[i].len() {
                take(i * CHUNK + n, checked.get(n).copied().flatten());
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::{block::Kind, codec},
        testing::consortium,
    };

    #[test]
    fn every_block_is_handed_on_once_and_in_order_with_its_own_verdict() {
        let [mut a, ..] = consortium();
        let mut blocks: Vec<Block> =
            (0..500).map(|_| a.write(Kind::Audit, codec::encode(&Vec::<u8>::new()))).collect();
        blocks[77].payload.as_mut().unwrap().bytes.push(1);
        let some: Vec<Option<&Block>> =
            blocks.iter().enumerate().map(|(i, b)| (i != 133).then_some(b)).collect();
        let mut seen = Vec::new();
        on_all_cores(a.replica.governance(), &some, |i, v| {
            if let Some(v) = &v {
                assert_eq!(v.id(), blocks[i].signed.header.id());
            }
            seen.push((i, v.is_some()));
        });
        let want: Vec<_> = (0..500).map(|i| (i, i != 77 && i != 133)).collect();
        assert_eq!(seen, want);
        on_all_cores(a.replica.governance(), &[], |_, _| panic!("nothing to take"));
    }
}
