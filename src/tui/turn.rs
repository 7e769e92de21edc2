//! A patient's turn at the terminal: their card, their PIN, their own record.

use crate::{
    core::{id::OrgId, time::Millis},
    node::api::{AccessRow, Code, GrantRow, OwnRecord, Preview},
};

use super::{input::Secret, listed::happened};

/// The patient has the terminal; nobody is signed in.
#[derive(Debug)]
pub(crate) struct TurnRoom {
    /// When it was handed over.
    pub(crate) since: Millis,
    pub(crate) step: Turn,
}

/// How far the patient is.
#[derive(Debug)]
pub(crate) enum Turn {
    /// The camera looks for the card, or a scanner types it.
    Look {
        picture: Option<Preview>,
        /// False: the camera failed, and a key asks again.
        looking: bool,
        typed: Secret,
    },
    /// The card was read; its PIN is typed.
    Pin { code: Code, pin: Secret, sent: bool },
    /// The record is open.
    Record(Box<OwnPage>),
}

/// The patient's own record.
#[derive(Debug)]
pub(crate) struct OwnPage {
    pub(crate) record: OwnRecord,
    pub(crate) leaf: Leaf,
    /// The first entry that is shown; of those who may read, the one that is marked.
    pub(crate) at: usize,
    pub(crate) stop: Stop,
}

/// What the patient looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    Record,
    Vaccines,
    Sharing,
    Readers,
}

/// Whether sharing is being stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    No,
    /// Really?
    Asked {
        org: OrgId,
        name: String,
    },
    /// The node is writing.
    Sent {
        name: String,
    },
}

/// Something that happened to the record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'a> {
    /// Somebody read, or was refused.
    Other(&'a AccessRow),
    /// The patient did.
    Own,
}

impl Leaf {
    pub(crate) const ALL: [Leaf; 4] = [Leaf::Record, Leaf::Vaccines, Leaf::Sharing, Leaf::Readers];
}

impl TurnRoom {
    /// Looking for the card.
    pub(crate) fn new(since: Millis) -> Self {
        Self { since, step: Turn::Look { picture: None, looking: true, typed: Secret::default() } }
    }

    /// The node is at work.
    pub(crate) fn sent(&self) -> bool {
        match &self.step {
            Turn::Look { .. } => false,
            Turn::Pin { sent, .. } => *sent,
            Turn::Record(p) => matches!(p.stop, Stop::Sent { .. }),
        }
    }
}

impl OwnPage {
    pub(crate) fn new(record: OwnRecord) -> Self {
        Self { record, leaf: Leaf::Record, at: 0, stop: Stop::No }
    }

    /// The next leaf, or the one before, from its beginning.
    pub(crate) fn turn(&mut self, forward: bool) {
        let n = Leaf::ALL.len();
        let here = Leaf::ALL.iter().position(|l| *l == self.leaf).unwrap_or(0);
        self.leaf = Leaf::ALL[(here + if forward { 1 } else { n - 1 }) % n];
        self.at = 0;
    }

    /// What is in force.
    pub(crate) fn shares(&self) -> Vec<&GrantRow> {
        self.record.consent.grants.iter().filter(|g| g.standing.ended.is_none()).collect()
    }

    /// Everybody who read or was refused, and the patient, newest first.
    pub(crate) fn events(&self) -> Vec<(Millis, Event<'_>)> {
        let c = &self.record.consent;
        let mut all: Vec<(Millis, Event<'_>)> = c.accesses.iter().map(|a| (a.at, Event::Other(a))).collect();
        all.extend(c.own_readings.iter().map(|at| (*at, Event::Own)));
        all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        all
    }

    /// How many entries the leaf has.
    pub(crate) fn entries(&self) -> usize {
        match self.leaf {
            Leaf::Record => happened(&self.record.chart).len(),
            Leaf::Vaccines => self.record.chart.vaccines().len(),
            Leaf::Sharing => self.shares().len(),
            Leaf::Readers => self.events().len(),
        }
    }
}
