//! What goes to the other side and in which order, and what a receipt says of it.

use super::{Form, Output, Session};
use crate::core::{
    block::{Block, Dep},
    branches::Place,
    gaps::Gaps,
    ledger::Replica,
    wire::{self, Frontier, Message, PIECE},
};

impl Session {
    /// What the other lacks, and in which form it goes.
    pub(super) fn plan(&mut self, f: Frontier, ledger: &Replica, out: &mut Vec<Output>) {
        let (Some(own), Some(other)) = (&self.own, &self.other) else { return };
        let tree = ledger.tree();
        let missing = ledger.plan(&f.heads);
        let weight = |p: &Place| tree.weight((*p, p.seq));
        let whole = f.wants.everything() && missing.iter().map(weight).sum::<u64>() <= own.small;
        let asked: Vec<Place> =
            f.lacks.iter().filter(|id| !ledger.is_bare(**id)).filter_map(|id| ledger.place(*id)).collect();
        let mut payloads = ledger.offers(&f.waits);
        self.first = asked.iter().map(|p| (Form::Whole, *p)).collect();
        let form = if whole { Form::Whole } else { Form::Header };
        for p in missing.into_iter().filter(|p| !asked.contains(p)) {
            self.first.push_back((form, p));
            if !whole && tree.may_wait(p) && !ledger.waits(p) {
                payloads.push(p);
            }
        }
        // The rest of a block that was cut comes before any other that goes in parts.
        let in_parts = |p: &Place| (whole || !tree.may_wait(*p)) && weight(p) > PIECE as u64 / 2;
        let large = self.first.iter().map(|(_, p)| *p).find(in_parts);
        self.their_half = f.half.filter(|(id, _)| large.is_none_or(|p| ledger.place(*id) == Some(p)));
        match f.wants.everything() || payloads.is_empty() {
            true => self.plan_payloads(payloads, ledger),
            false => out.push(Output::Choose(other.org, f.wants, payloads)),
        }
    }

    pub(super) fn plan_payloads(&mut self, places: Vec<Place>, ledger: &Replica) {
        let mut all = ledger.by_worth(places);
        let half = self.their_half.and_then(|(id, _)| ledger.place(id));
        if let Some(n) = half.and_then(|p| all.iter().position(|x| *x == p)) {
            all[..=n].rotate_right(1);
        }
        let mut plan = std::mem::take(&mut self.first);
        plan.extend(all.into_iter().map(|p| (Form::Payload, p)));
        self.plan = Some(plan);
    }

    /// What was loaded, in the form in which it goes.
    pub(super) fn messages(&mut self, mut blocks: Vec<Block>) -> Vec<Message> {
        self.gone += blocks.len() as u64;
        if self.form == Form::Payload {
            return wire::late(blocks, self.their_half, self.piece);
        }
        self.report.sent += blocks.len() as u64;
        if self.form == Form::Header {
            for b in blocks.iter_mut().filter(|b| b.signed.header.kind.may_wait()) {
                b.payload = None;
            }
        }
        wire::pieces(blocks, self.their_half, self.piece)
    }

    /// What of these new heads waits for its payload, and what that was said to wait doesn't any more.
    pub(super) fn news(&mut self, heads: &[Dep], ledger: &Replica) -> (Gaps, Gaps) {
        let (mut waits, mut filled) = (Gaps::default(), Gaps::default());
        for h in heads {
            let said = self.said.iter().filter(|d| d.log == h.log).map(|d| d.seq + 1).max();
            // Of a log that has split, numbers say too little.
            let from = if ledger.tree().fork(h.log).is_some() { 0 } else { said.unwrap_or(0) };
            ledger.waiting_in(h.log, from).for_each(|seq| waits.insert(h.log, seq));
        }
        // Whoever isn't told anything was never told that something waits.
        for (log, seq) in std::mem::take(&mut self.touched) {
            if self.said_waits.contains(log, seq) && ledger.waiting_in(log, seq).all(|s| s != seq) {
                filled.insert(log, seq);
            }
        }
        (waits, filled)
    }
}
