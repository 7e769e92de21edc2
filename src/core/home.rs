//! Which organisation a terminal is of when several certify its key: the one that it began in.
//!
//! A terminal signs one request, for its own organisation. Another member can certify its key only with a second request:
//! whoever stole the terminal may sign one. The first block of its log can't be made otherwise any more, so what certified
//! the terminal in that block, or before it, is what counts for good.

use super::{
    branches::Place,
    governance::Statement,
    id::{DeviceId, OrgId},
    ledger::Replica,
};

impl Replica {
    /// Where a certificate, or somebody's word for a terminal, is stated.
    pub(super) fn stated(&mut self, s: &Statement, at: Place) {
        let whose = match s {
            Statement::Device(d) => (d.id(), d.org),
            Statement::Claim(c) => (c.id(), c.org),
            _ => return,
        };
        self.certified.entry(whose).or_default().push(at);
    }

    /// Reads from the first block of a terminal's first life where it belongs. Where that log forks at its first block, each
    /// of them adds: the same on every node, whatever came first.
    pub(super) fn begins(&mut self, first: Place) {
        if (first.seq, first.log.incarnation) != (0, 0) {
            return;
        }
        let device: DeviceId = first.log.device;
        let known = |p: &Place| *p == first || self.tree.after(first, *p);
        let all = self.certified.range((device, OrgId([0; 16]))..=(device, OrgId([0xff; 16])));
        let orgs = all.filter(|(_, at)| at.iter().any(known)).map(|((_, org), _)| *org);
        self.governance.begins(device, orgs);
    }
}

#[cfg(test)]
#[path = "home_tests.rs"]
mod tests;
