//! FHIR in: a file is read whole, worked out, and written in one transaction or not at all.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
    path::Path,
};

use ed25519_dalek::SigningKey;
use rand::CryptoRng;

use super::{
    cards::{DIRECTORY, card, content_of, patient_row, refresh_cards, resource_row},
    keys::Keys,
    whose::{People, Whose, called, could_be},
    writing::Writing,
};
use crate::{
    core::policy::Action,
    core::{
        block::Kind,
        codec,
        id::{PatientId, RecordId},
        record::{Body, Compartment, Patient, Record},
        resource::{MAX_INLINE, Resource, Text},
        time::Millis,
    },
    fhir::{
        build,
        bundle::{self, Incoming},
        view,
    },
    node::{
        Node,
        api::{Change, Fault, FaultKind, ImportCounts, Imported, KindCount, Who},
        clock,
        device::Device,
        locked,
        people::certified,
        reach::{self, Use},
    },
    store::{
        Beside, Content, Db, StoreError,
        tables::{self, Card},
    },
};

/// Contents that are remembered of one resource; the oldest is forgotten first.
const MAX_SEEN: usize = 64;

impl Node {
    /// Takes in a file. `lines`: one resource a line.
    pub(in crate::node) async fn import_file(
        &self,
        who: &Who,
        path: &Path,
        source: String,
    ) -> Result<Imported, Fault> {
        self.require_proven(who.role, Action::Import).await?;
        if source.len() > 200 || source.chars().any(char::is_control) {
            return Err(Fault::new(FaultKind::Usage, "the name of the source is too long"));
        }
        reach::check(path, Use::Read).await?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let owned = path.to_path_buf();
        let read = tokio::task::spawn_blocking(move || {
            let text = read(&owned)?;
            let lines = owned.extension().is_some_and(|e| e == "ndjson" || e == "jsonl");
            let all = bundle::parse(&text, lines).map_err(|e| untaken(&owned, e))?;
            Ok::<_, Fault>((text.len() as u64, all))
        });
        let read =
            read.await.map_err(|_| Fault::new(FaultKind::Failed, "the file could not be read: try again"))?;
        let (bytes, all) = read?;
        let done = open.store.call(move |db| {
            let author = certified(db, &device)?;
            let mut rng = rand::rng();
            let job = Job::new(db, &device, &staff, source)?;
            let plan = match job.plan(db, all, &mut rng)? {
                Ok(Planned::Write(plan)) => plan,
                Ok(Planned::Wait { place, reference }) => {
                    return Ok(Ok(Imported::Waiting { place, reference }));
                }
                Err(why) => return Ok(Err(why)),
            };
            let (contents, beside, mut counts) = job.seal(db, plan, &mut rng)?;
            let written = match contents.is_empty() {
                true => Vec::new(),
                false => author.write(db, contents, &beside)?,
            };
            if !beside.again.is_empty() {
                refresh_cards(db, &device, false)?;
            }
            counts.blocks = written.len() as u32;
            counts.stored = written.iter().map(|(_, n)| u64::from(*n)).sum();
            Ok(Ok(Imported::Done(counts)))
        });
        let mut done = done.await?.map_err(|why| untaken(path, why))?;
        if let Imported::Done(c) = &mut done {
            c.bytes = bytes;
            if c.blocks > 0 {
                self.announce(Change::Ledger);
            }
        }
        Ok(done)
    }
}

/// A file that says what can't be taken.
fn untaken(path: &Path, why: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Refused, format!("{}: {why}: nothing of it was taken", path.display()))
}

/// A file's text, within the limit.
fn read(path: &Path) -> Result<String, Fault> {
    let unread = |e| Fault::unread(path, &e, "check the name; nothing of it was taken");
    let file = std::fs::File::open(path).map_err(unread)?;
    let mut bytes = Vec::new();
    file.take(bundle::MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > bundle::MAX_BYTES {
        let why = format!("has more than {} MiB: let the sender divide it", bundle::MAX_BYTES >> 20);
        return Err(untaken(path, why));
    }
    if matches!(bytes[..], [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Err(untaken(path, "is not UTF-8 text but UTF-16: let the sender save it as UTF-8"));
    }
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        let why = format!(
            "is not UTF-8 text (line {line}, byte {at} of the file): ask the sender for the file again"
        );
        untaken(path, why)
    })
}

/// One file being taken in by one person.
struct Job<'a> {
    device: &'a Device,
    staff: &'a SigningKey,
    source: String,
    /// What Aidpost's own exports of this consortium name as their source.
    ours: String,
    directory: Option<PatientId>,
    now: Millis,
}

/// What a file asks for.
enum Planned {
    Write(Plan),
    /// It refers to a patient who isn't here.
    Wait {
        place: String,
        reference: String,
    },
}

/// Everything that one file adds.
#[derive(Default)]
struct Plan {
    owners: BTreeMap<PatientId, Owner>,
    kinds: BTreeMap<String, KindCount>,
    patients: u32,
    own: u32,
    apart: u32,
    rows: BTreeMap<(PatientId, [u8; 16]), tables::Imported>,
    names: BTreeMap<[u8; 16], PatientId>,
    /// Those of whom it says when they are expected, or that they came.
    expected: BTreeSet<PatientId>,
}

/// What a file adds to one patient's record, or to the directory.
#[derive(Default)]
struct Owner {
    fresh: bool,
    who: Option<Patient>,
    last_visit: Option<Millis>,
    resources: Vec<New>,
}

struct New {
    /// Sorts what belongs to one encounter together.
    order: (String, usize),
    compartment: Compartment,
    record: Record,
    /// Its text, where it is too long to be kept with others.
    long: Option<String>,
}

/// A resource with whose it is.
struct Owned {
    incoming: Incoming,
    owner: PatientId,
}

impl<'a> Job<'a> {
    fn new(db: &Db, device: &'a Device, staff: &'a SigningKey, source: String) -> Result<Self, StoreError> {
        let ours = build::source(db.replica().governance().consortium());
        let directory = db.get(tables::META, DIRECTORY)?;
        Ok(Self { device, staff, source, ours, directory, now: clock::now() })
    }

    fn identity(&self, kind: &str, id: &str) -> [u8; 16] {
        Resource::identity(kind, &self.source, id)
    }

    /// Works out what a file adds. The inner error says why it can't be taken.
    fn plan(
        &self,
        db: &Db,
        all: Vec<Incoming>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<Planned, String>, StoreError> {
        let mut plan = Plan::default();
        let mut people = People::default();
        for i in &all {
            if i.kind != "Patient" {
                people.other(i);
                continue;
            }
            let id = name(i);
            let identity = self.identity("Patient", &id);
            let listed = plan.names.get(&identity).copied();
            let patient = match listed.map_or_else(|| called(db, &self.source, &id), |p| Ok(Some(p)))? {
                Some(p) => p,
                None => {
                    let p = PatientId::random(rng);
                    plan.owners.entry(p).or_default().fresh = true;
                    plan.names.insert(identity, p);
                    plan.patients += 1;
                    p
                }
            };
            people.patient(i, &id, patient);
        }
        let directory = self.directory.unwrap_or_else(|| PatientId::random(rng));
        let mut said = Vec::with_capacity(all.len());
        for i in all {
            let own_word = match i.kind.as_str() {
                "Patient" => people.of_patient(&name(&i)).map_or(Ok(Whose::Nobodys), |p| Ok(Whose::Of(p))),
                _ => people.own_word(db, &self.source, &i)?,
            };
            match own_word {
                Ok(whose) => said.push((i, whose)),
                Err(reference) => return Ok(Ok(Planned::Wait { place: i.place, reference })),
            }
        }
        let whose = people.by_company(&said);
        for (at, ((incoming, _), whose)) in said.into_iter().zip(whose).enumerate() {
            let owner = match whose {
                Whose::Of(p) => p,
                // What is nobody's comes with the one patient of the file, or goes into the directory.
                Whose::Nobodys => people.alone().unwrap_or(directory),
                Whose::Apart => {
                    plan.apart += 1;
                    directory
                }
            };
            if let Err(why) = self.add(db, &mut plan, at, Owned { incoming, owner }, directory, rng)? {
                return Ok(Err(why));
            }
        }
        Ok(Ok(Planned::Write(plan)))
    }

    /// Adds one resource to the plan, unless it came in before.
    fn add(
        &self,
        db: &Db,
        plan: &mut Plan,
        at: usize,
        o: Owned,
        directory: PatientId,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<(), String>, StoreError> {
        let Owned { incoming: i, owner: patient } = o;
        let count = plan
            .kinds
            .entry(i.kind.clone())
            .or_insert_with(|| KindCount { kind: i.kind.clone(), ..KindCount::default() });
        count.read += 1;
        let fresh = plan.owners.get(&patient).is_some_and(|o| o.fresh);
        let written_here = i.json.text_at(&["meta", "source"]) == Some(&*self.ours);
        if written_here && !fresh && patient != directory {
            plan.own += 1;
            return Ok(Ok(()));
        }
        let canonical = i.json.canonical();
        if let Err(e) = bundle::within_limit(&i.place, &canonical) {
            return Ok(Err(e.to_string()));
        }
        let in_pieces = canonical.len() > MAX_INLINE;
        let content = content_of(&canonical, in_pieces);
        let id = name(&i);
        let identity = self.identity(&i.kind, &id);
        let key = (patient, identity);
        let row = match plan.rows.get(&key) {
            Some(r) => Some(r.clone()),
            None if fresh => None,
            None => db.get::<tables::Imported>(tables::RESOURCES, &[patient.0, identity].concat())?,
        };
        if row.as_ref().is_some_and(|r| r.seen.contains(&content)) {
            return Ok(Ok(()));
        }
        let mut last_visit = None;
        if i.kind == "Patient" {
            let who = view::demographics(&i.json);
            let before = plan.owners.get(&patient).and_then(|o| o.who.clone());
            let listed: Option<Card> = if fresh { None } else { db.get(tables::CARDS, &patient.0)? };
            if listed.is_some() && row.is_none() {
                // Registered here: what the desk wrote down stands.
                plan.own += 1;
                return Ok(Ok(()));
            }
            if let Some(old) = before.or_else(|| listed.map(|c| of_card(&c)))
                && !could_be(&old, &who)
            {
                return Ok(Err(format!(
                    "{}: Patient/{id} is here already as somebody else (other name, other year of birth): if \
                     another sender counts anew, name it with --source",
                    i.place
                )));
            }
            plan.owners.entry(patient).or_default().who = Some(who);
        } else if i.kind == "Encounter" {
            last_visit = view::line(&i.kind, &i.json).at.and_then(|at| Millis::try_from(at).ok());
        }
        let came = i.kind == "Encounter" && !fresh && !db.expected(patient)?.is_empty();
        if patient != directory && (came || i.kind == "Appointment") {
            plan.expected.insert(patient);
        }
        let l = view::line(&i.kind, &i.json);
        let visit = if i.kind == "Encounter" {
            i.full_url.clone().or(Some(format!("Encounter/{id}")))
        } else {
            l.encounter
        };
        let resource = Resource {
            kind: i.kind.clone(),
            source: self.source.clone(),
            id,
            full_url: i.full_url,
            imported: true,
            // Long ones get their pieces when they are sealed.
            json: Text::Inline(if in_pieces { String::new() } else { canonical.clone() }),
        };
        let mut record = Record::first(
            row.as_ref().map_or_else(|| RecordId::random(rng), |r| r.record),
            patient,
            Body::Resource(resource),
        );
        record.replaces = row.iter().map(|r| r.version).collect();
        if let Err(e) = crate::core::record::validate(&record.body, u16::MAX) {
            return Ok(Err(format!("{}: {e}", i.place)));
        }
        let count = plan.kinds.entry(i.kind.clone()).or_default();
        if row.is_some() {
            count.changed += 1;
        } else {
            count.new += 1;
        }
        let mut seen = row.map_or_else(Vec::new, |r| r.seen);
        seen.push(content);
        if seen.len() > MAX_SEEN {
            seen.remove(0);
        }
        let consortium = db.replica().governance().consortium();
        let writing = Writing { consortium, patient, staff: self.staff };
        let row = tables::Imported { record: record.id, version: writing.version(&record), seen };
        plan.rows.insert(key, row);
        let owner = plan.owners.entry(patient).or_default();
        owner.last_visit = owner.last_visit.max(last_visit);
        let first = i.kind == "Patient";
        owner.resources.push(New {
            order: (if first { String::new() } else { format!(" {}", visit.unwrap_or_default()) }, at),
            compartment: Resource::compartment_of(&i.kind),
            record,
            long: in_pieces.then_some(canonical),
        });
        Ok(Ok(()))
    }

    /// Seals a plan: keys first, then what is sealed under them.
    #[allow(clippy::type_complexity)]
    fn seal(
        &self,
        db: &Db,
        plan: Plan,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Vec<(Kind, Content)>, Beside, ImportCounts), StoreError> {
        let consortium = db.replica().governance().consortium();
        let mut keys = Keys::new(self.device, self.now);
        let mut records = Vec::new();
        let again = plan.expected.into_iter().collect();
        let mut beside = Beside { again, ..Beside::default() };
        let mut rows = plan.rows;
        let mut directory = None;
        for (patient, mut owner) in plan.owners {
            let writing = Writing { consortium, patient, staff: self.staff };
            owner.resources.sort_by(|a, b| a.order.cmp(&b.order));
            let mut parts: BTreeMap<Compartment, Vec<Record>> = BTreeMap::new();
            for mut new in owner.resources {
                if let Some(text) = &new.long {
                    let (id, key) = keys.of(db, patient, new.compartment, owner.fresh, rng)?;
                    let pieces = writing.parts(id, &key, text.as_bytes(), rng, &mut records);
                    if let Body::Resource(r) = &mut new.record.body {
                        r.json = Text::Parts(pieces);
                        // The version is named by what it says, which is known only now.
                        let row = rows.get_mut(&(patient, Resource::identity(&r.kind, &r.source, &r.id)));
                        if let Some(row) = row {
                            row.version = writing.version(&new.record);
                        }
                    }
                }
                parts.entry(new.compartment).or_default().push(new.record);
            }
            for (compartment, some) in parts {
                let (id, key) = keys.of(db, patient, compartment, owner.fresh, rng)?;
                records.extend(writing.records(id, &key, some, rng)?);
            }
            let listed: Option<Card> = if owner.fresh { None } else { db.get(tables::CARDS, &patient.0)? };
            let new = match (owner.who, listed) {
                (Some(who), old) => Some(card(
                    &who,
                    self.device.org_id(),
                    old.and_then(|c| c.last_visit).max(owner.last_visit),
                )),
                (None, Some(old)) => {
                    Some(Card { last_visit: old.last_visit.max(owner.last_visit), archived: false, ..old })
                }
                (None, None) => {
                    directory = Some(patient);
                    None
                }
            };
            beside.cards.extend(new.map(|c| (patient, c)));
        }
        beside.rows.extend(plan.names.into_iter().map(|(identity, p)| patient_row(identity, p)));
        beside.rows.extend(rows.iter().map(|((p, identity), row)| resource_row(*p, *identity, row)));
        if let (Some(d), None) = (directory, self.directory) {
            beside.rows.push((tables::META, DIRECTORY.to_vec(), codec::encode(&d)));
        }
        let contents = keys.blocks().into_iter().chain(records).collect();
        let counts = ImportCounts {
            kinds: plan.kinds.into_values().collect(),
            patients: plan.patients,
            own: plan.own,
            apart: plan.apart,
            ..ImportCounts::default()
        };
        Ok((contents, beside, counts))
    }
}

/// What stands for a resource among those of its sender: its `id`, else what its bundle calls it, else its content.
fn name(i: &Incoming) -> String {
    i.id.clone()
        .or_else(|| i.full_url.clone())
        .unwrap_or_else(|| format!("content-{}", hex::encode(Resource::content(&i.json.canonical()))))
}

fn of_card(c: &Card) -> Patient {
    Patient {
        name: c.name.clone(),
        birth_year: c.birth_year,
        birth_estimated: false,
        gender: c.gender,
        village: c.village.clone(),
        phone: c.phone.clone(),
    }
}
