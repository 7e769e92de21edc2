//! All such entries that are held, the same on every node that holds the same blocks.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, BreakGlass, Deed, Entry, Progress, REVIEW_WITHIN, Request, Review};
use crate::core::{
    block::Header,
    consent::Order,
    finality::quorum,
    governance::{DeviceCert, Role, StaffCert},
    id::{BlockId, DeviceId, LogId, OrgId, PatientId, StaffId},
    ledger::Replica,
    policy::{Action, Ask, Policies, Purpose},
    time::{Hlc, Millis},
};

/// A deed with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// The block.
    pub block: BlockId,
    /// In which log.
    pub log: LogId,
    /// At which place of the log.
    pub seq: u64,
    /// Which entry of the block.
    pub index: u16,
    /// When, by the writer's clock.
    pub time: Hlc,
    /// Who signed it; none: the terminal did it by itself.
    pub author: Option<StaffId>,
    /// What.
    pub deed: Deed,
}

/// Every deed held.
#[derive(Clone, Debug, Default)]
pub struct Register {
    all: BTreeMap<Key, Noted>,
    /// Where the archive is spoken of, by patient.
    retention: BTreeMap<PatientId, BTreeSet<Key>>,
}

/// Log, place in it, block, entry of the block.
type Key = (LogId, u64, BlockId, u16);

/// An opening in an emergency with its reviews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emergency<'a> {
    /// Where and by whom.
    pub noted: &'a Noted,
    /// What was opened, and why.
    pub glass: &'a BreakGlass,
    /// Judgements of others, oldest first.
    pub reviews: Vec<(&'a Noted, &'a Review)>,
}

impl Emergency<'_> {
    /// Nobody has judged it yet.
    pub fn is_due(&self) -> bool {
        self.reviews.is_empty()
    }

    /// Nobody has judged it in time.
    pub fn is_overdue(&self, now: Millis) -> bool {
        self.is_due() && now > self.noted.time.millis.saturating_add(REVIEW_WITHIN)
    }
}

/// A request with its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested<'a> {
    /// Where and by whom.
    pub noted: &'a Noted,
    /// What was asked for.
    pub request: &'a Request,
    /// What terminals answered, with the organisation of each.
    pub answers: Vec<(OrgId, &'a Noted, &'a Answer)>,
}

impl Register {
    /// Takes the entries of a block that were checked.
    pub(in crate::core) fn take(&mut self, h: &Header, block: BlockId, entries: &[Entry]) {
        for (index, e) in (0u16..).zip(entries) {
            let author = match e {
                Entry::Said(a) => Some(a.author),
                Entry::Did(_) => None,
            };
            if let Some(deed) = e.deed() {
                let (log, seq, time) = (h.log, h.seq, h.time);
                if let Deed::Retention(r) = &deed {
                    for p in r.patients() {
                        self.retention.entry(p).or_default().insert((log, seq, block, index));
                    }
                }
                self.all
                    .insert((log, seq, block, index), Noted { block, log, seq, index, time, author, deed });
            }
        }
    }

    /// All, by log and place.
    pub fn all(&self) -> impl Iterator<Item = &Noted> {
        self.all.values()
    }

    /// What concerns a patient's place in the archive.
    pub(in crate::core) fn retention(&self, patient: PatientId) -> impl Iterator<Item = &Noted> {
        self.retention.get(&patient).into_iter().flatten().filter_map(|k| self.all.get(k))
    }

    /// Patients of whom anything was ever archived, held or restored.
    pub fn retained(&self) -> impl Iterator<Item = PatientId> + '_ {
        self.retention.keys().copied()
    }
}

impl Replica {
    /// Every opening in an emergency, newest first. A review counts from a believed block, by somebody else than the reader,
    /// of an organisation that the opening names.
    pub fn emergencies(&self) -> Vec<Emergency<'_>> {
        let reviews: Vec<(&Noted, &Review)> = self
            .rights()
            .all()
            .filter_map(|n| match &n.deed {
                Deed::Review(r) => Some((n, r)),
                _ => None,
            })
            .collect();
        let counts = |opened: &Noted, glass: &BreakGlass, n: &Noted, r: &Review| {
            let reviewer = self.signer(n);
            r.of == opened.block
                && n.author != opened.author
                && reviewer
                    .is_some_and(|s| glass.reviewers.contains(&s.org) && super::reviews(s.request.role))
                && n.author.is_some_and(|a| self.trusted(n.block, a))
        };
        let mut out: Vec<Emergency<'_>> = self
            .rights()
            .all()
            .filter_map(|noted| match &noted.deed {
                Deed::BreakGlass(glass) => {
                    let mut own: Vec<(&Noted, &Review)> =
                        reviews.iter().filter(|(n, r)| counts(noted, glass, n, r)).copied().collect();
                    own.sort_by_key(|(n, _)| (n.time, n.block));
                    Some(Emergency { noted, glass, reviews: own })
                }
                _ => None,
            })
            .collect();
        out.sort_by_key(|e| std::cmp::Reverse((e.noted.time, e.noted.block)));
        out
    }

    /// Every request, newest first. An answer counts from a believed log of a member.
    pub fn requests(&self) -> Vec<Requested<'_>> {
        let answers: Vec<(&Noted, &Answer)> = self
            .rights()
            .all()
            .filter_map(|n| match &n.deed {
                Deed::Answer(a) => Some((n, a)),
                _ => None,
            })
            .collect();
        let mut out: Vec<Requested<'_>> = self
            .rights()
            .all()
            .filter_map(|noted| match &noted.deed {
                Deed::Request(request) => {
                    let own = answers.iter().filter(|(n, a)| {
                        a.request == noted.block && a.patient == request.patient && self.believed(n)
                    });
                    let answers = own.filter_map(|(n, a)| Some((self.org_of(n.log)?, *n, *a))).collect();
                    Some(Requested { noted, request, answers })
                }
                _ => None,
            })
            .collect();
        out.sort_by_key(|r| std::cmp::Reverse((r.noted.time, r.noted.block)));
        out
    }

    /// True when the block of an entry is believed.
    fn believed(&self, n: &Noted) -> bool {
        self.place(n.block).is_some_and(|p| self.doubt(p).is_none())
    }

    /// Who signed an entry, as one of the organisation whose terminal wrote it.
    pub fn signer(&self, n: &Noted) -> Option<&StaffCert> {
        self.governance().staff_of(n.author?, self.org_of(n.log)?)
    }

    /// An order to destroy keys is one when an admin of the organisation gave it in a believed block.
    fn is_order(&self, n: &Noted, policies: &Policies) -> bool {
        let Some(author) = n.author else { return false };
        let role = self.signer(n).map_or(Role::Registrar, |s| s.request.role);
        let ask = Ask {
            role,
            action: Action::Erase,
            purpose: Purpose::Treatment,
            own: true,
            granted: false,
            proven: true,
            opted_out: false,
        };
        self.trusted(n.block, author) && policies.decide(&ask).allow
    }

    /// Every order to destroy keys that counts by this policy, newest first, with how far it has come. Every terminal holds
    /// what the ledger brought of the wraps, whether it could open them or not, so a receipt is due from each.
    pub fn erasures(&self, policies: &Policies) -> Vec<Progress> {
        let g = self.governance();
        let mut out = Vec::new();
        for n in self.rights().all() {
            let Deed::Erase(order) = &n.deed else { continue };
            let Some(by) = self.org_of(n.log).filter(|_| self.is_order(n, policies)) else { continue };
            let mut backups: BTreeMap<DeviceId, u32> = BTreeMap::new();
            for r in self.rights().all().filter(|r| self.believed(r)) {
                if let Deed::Erased(e) = &r.deed
                    && (e.order, e.patient) == (n.block, order.patient)
                {
                    let most = backups.entry(r.log.device).or_default();
                    *most = (*most).max(e.backups);
                }
            }
            let done: BTreeSet<DeviceId> = backups.keys().copied().collect();
            let members = &g.era().members;
            let whole = |o: &&OrgId| {
                let mut own =
                    g.devices().filter(|d| d.org == **o && g.welcomes(d)).map(|d| d.id()).peekable();
                own.peek().is_some() && own.all(|d| done.contains(&d))
            };
            out.push(Progress {
                order: n.block,
                at: n.time.millis,
                what: order.clone(),
                by,
                orgs_done: members.keys().filter(whole).count() as u32,
                quorum: quorum(members.len().max(1)) as u32,
                waiting: g.devices().map(DeviceCert::id).filter(|d| !done.contains(d)).collect(),
                backups: backups.values().sum(),
                done,
            });
        }
        out.sort_by_key(|p| std::cmp::Reverse((p.at, p.order)));
        out
    }
}
