//! FHIR out: a patient's record as a Bundle, after the decision and its entry on the ledger.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::Path,
};

use zeroize::Zeroizing;

use super::{
    cards::DIRECTORY,
    chart::{Opened, Reader, open_records},
    evidence,
    keys::patient_key,
    opening::{Entry, current, entries},
    striking::Struck,
};
use crate::{
    core::{
        block::MAX_PAYLOAD,
        codec,
        codes::Ending,
        id::PatientId,
        json::Json,
        keys::SealedRecords,
        policy::{Action, Purpose},
        record::Body,
        resource::{CHUNK, Parts, Resource, Text},
        summary::{self as core_summary, Summary},
    },
    fhir::{
        build, bundle, date, ending, findings,
        ips::{self, About, Named},
        reference, write,
    },
    node::{
        Node,
        api::{Change, ExportForm, Exported, Fault, FaultKind, Who},
        clock,
        device::Device,
        emergency::summaries,
        locked,
        reach::{self, Use},
    },
    store::{
        Db, StoreError,
        tables::{self, Card},
    },
    vault::keytree::{self, Contents},
};

/// What Aidpost calls its own resources inside a bundle: a name that leads nowhere (RFC 6761).
const BASE: &str = "https://aidpost.invalid/fhir";

impl Node {
    /// Writes a patient's record into a folder. `who` has given a PIN or passphrase a moment ago.
    pub(in crate::node) async fn export(
        &self,
        who: &Who,
        patient: PatientId,
        purpose: Purpose,
        form: ExportForm,
        folder: String,
    ) -> Result<Exported, Fault> {
        reach::check(Path::new(&folder).join("file"), Use::Write).await?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let role = who.role;
        let made = open.store.call(move |db| {
            let r = Reader {
                device: &device,
                staff: &staff,
                role,
                action: Action::Export,
                purpose,
                proven: true,
                emergency: form == ExportForm::Summary,
            };
            let opened = match open_records(db, r, patient)? {
                Ok(o) => o,
                Err(f) => return Ok(Err(f)),
            };
            match form {
                ExportForm::Record { .. } => record(db, &device, patient, opened, form).map(Ok),
                ExportForm::Summary => summary(db, &device, patient, opened),
            }
        });
        let (text, mut exported) = made.await??;
        self.announce(Change::Ledger);
        let name = match form {
            ExportForm::Record { .. } => format!("{patient}.json"),
            ExportForm::Summary => format!("{patient}-summary.json"),
        };
        let path = Path::new(&folder).join(name);
        exported.path = path.display().to_string();
        save(&path, text.as_bytes())
            .map_err(|e| Fault::unwritten(&path, &e, "choose a folder that can be written, with --out"))?;
        Ok(exported)
    }

    /// Every patient of this organisation.
    pub(in crate::node) async fn own_patients(&self) -> Result<Vec<PatientId>, Fault> {
        let open = self.opened().await?;
        let org = locked(&open.device).org_id();
        let all = open.store.call(move |db| {
            let rows = db.scan::<Card>(tables::CARDS, &[])?;
            let own = rows.into_iter().filter(|(_, c)| c.custodian == org);
            Ok(own.filter_map(|(k, _)| k.try_into().ok().map(PatientId)).collect())
        });
        Ok(all.await?)
    }

    /// Where this terminal keeps what is nobody's record.
    pub(in crate::node) async fn directory(&self) -> Result<Option<PatientId>, Fault> {
        let open = self.opened().await?;
        Ok(open.store.call(|db| db.get(tables::META, DIRECTORY)).await?)
    }
}

/// Whole or not at all, readable by its owner alone.
fn save(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let part = path.with_extension("part");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path)
}

/// The text of a resource, put together where it lies in pieces. None: a piece isn't here or doesn't open.
pub(super) fn text_of(
    db: &Db,
    device: &Device,
    r: &Resource,
) -> Result<Option<Zeroizing<String>>, StoreError> {
    match &r.json {
        Text::Inline(s) => Ok(Some(Zeroizing::new(s.clone()))),
        Text::Parts(p) => {
            let Some(whole) = whole(db, device, p)? else { return Ok(None) };
            Ok(std::str::from_utf8(&whole).ok().map(|s| Zeroizing::new(s.to_string())))
        }
    }
}

/// What lies in pieces, put together and checked. None: a piece isn't here or doesn't open.
pub(super) fn whole(db: &Db, device: &Device, p: &Parts) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let org_keys = device.org_keys(db)?;
    let consortium = db.replica().governance().consortium();
    let mut out = Zeroizing::new(Vec::with_capacity(p.size as usize));
    for chunk in &p.chunks {
        let Some(bytes) = db.chunk(*chunk)? else { return Ok(None) };
        let Ok(sealed) = codec::decode::<SealedRecords>(&bytes, MAX_PAYLOAD) else { return Ok(None) };
        let Some(key) = patient_key(db, &sealed.key, device.org_id(), &org_keys)? else { return Ok(None) };
        let Ok(plain) = keytree::open_records(consortium, &key, Contents::Chunk, &sealed, CHUNK) else {
            return Ok(None);
        };
        out.extend_from_slice(&plain);
    }
    Ok((Parts::hash_of(&out) == p.hash).then_some(out))
}

/// A record as resources.
struct Gathered<'a> {
    all: Vec<Named>,
    /// What each entry became.
    written: Vec<(&'a Entry, Vec<String>)>,
    /// What the bundle calls the patient.
    subject: String,
    exported: Exported,
}

fn gather<'a>(
    db: &Db,
    device: &Device,
    patient: PatientId,
    entries: &'a [Entry],
    unreadable: Vec<String>,
) -> Result<Gathered<'a>, StoreError> {
    let mut exported =
        Exported { path: String::new(), resources: 0, conflicts: 0, attachments: 0, unreadable };
    let (mut all, mut written): (Vec<Named>, Vec<(&Entry, Vec<String>)>) = Default::default();
    let mut here: Vec<&Entry> = Vec::new();
    let mut subject = None;
    let histories = current(entries);
    let struck = Struck::of(&histories);
    for (_, h) in histories {
        let Some(e) = h.standing.first().copied() else { continue };
        exported.conflicts += u32::from(h.in_conflict());
        match &e.record.body {
            Body::Resource(r) => {
                let json = text_of(db, device, r)?.and_then(|t| Json::parse(&t).ok());
                let Some(mut json) = json else {
                    exported.unreadable.push(format!("{}/{}: a piece of it is missing here", r.kind, r.id));
                    continue;
                };
                if struck.holds(e.org, r, &json)
                    && let Some(ended) = ending::ended(&r.kind, json.clone(), Ending::Mistaken)
                {
                    json = ended;
                }
                if r.kind == "Patient" {
                    subject = r.full_url.clone().or_else(|| Some(format!("Patient/{}", r.id)));
                }
                let url = r.full_url.clone().unwrap_or_else(|| format!("{BASE}/{}/{}", r.kind, r.id));
                written.push((e, vec![url.clone()]));
                all.push(Named { url, json });
            }
            Body::Patient(_) | Body::Visit { .. } | Body::Struck { .. } => here.push(e),
            Body::Attachment(_) => exported.attachments += 1,
            Body::Link(_) => {}
        }
    }
    let consortium = db.replica().governance().consortium();
    let subject = subject.unwrap_or_else(|| format!("Patient/{patient}"));
    // What was coded here names the patient as this terminal does.
    let (ours, named) = (build::source(consortium), format!("Patient/{patient}"));
    for n in all.iter_mut().filter(|n| n.json.text_at(&["meta", "source"]) == Some(&*ours)) {
        n.json = findings::about(std::mem::replace(&mut n.json, Json::Null), &named, &subject);
    }
    for e in here {
        let body = &e.record.body;
        let made = match (body, body.visit()) {
            (Body::Patient(p), _) => vec![write::patient(consortium, patient, p)],
            (_, Some((encounter, observations))) => {
                write::visit(consortium, &subject, e.record.id, encounter, observations, body.struck())
            }
            _ => continue,
        };
        let made: Vec<Named> = made.into_iter().map(own).collect();
        written.push((e, made.iter().map(|n| n.url.clone()).collect()));
        all.extend(made);
    }
    Ok(Gathered { all, written, subject, exported })
}

/// A resource that Aidpost wrote, with its name in a bundle.
fn own(json: Json) -> Named {
    let of = |key: &str| json.text_at(&[key]).unwrap_or("").to_string();
    Named { url: format!("{BASE}/{}/{}", of("resourceType"), of("id")), json }
}

/// Everything, as a collection.
fn record(
    db: &Db,
    device: &Device,
    patient: PatientId,
    opened: Opened,
    form: ExportForm,
) -> Result<(Zeroizing<String>, Exported), StoreError> {
    let Gathered { mut all, written, subject, mut exported } =
        gather(db, device, patient, &opened.entries, opened.unreadable)?;
    directory(db, device, &mut all)?;
    // The patient first; then as they were, whatever order the records lie in.
    all.sort_by_key(|o| (o.kind() != "Patient", o.url.clone()));
    if let ExportForm::Record { accesses, signatures, consents } = form {
        let mut more = Vec::new();
        if consents {
            more.extend(evidence::allowed(db, patient, &subject));
        }
        if signatures {
            more.extend(evidence::signatures(db, &written));
        }
        if accesses {
            more.extend(evidence::accesses(db, patient, &subject)?);
        }
        all.extend(more.into_iter().map(own));
    }
    exported.resources = all.len() as u32;
    let stamp = i64::try_from(clock::now()).ok().and_then(date::instant);
    let all = all.into_iter().map(|o| (Some(o.url), o.json)).collect();
    Ok((Zeroizing::new(bundle::collection(all, stamp).canonical()), exported))
}

/// What the next one who treats the patient must know, as a document.
fn summary(
    db: &Db,
    device: &Device,
    patient: PatientId,
    opened: Opened,
) -> Result<Result<(Zeroizing<String>, Exported), Fault>, StoreError> {
    let Gathered { mut all, mut exported, .. } =
        gather(db, device, patient, &opened.entries, opened.unreadable)?;
    directory(db, device, &mut all)?;
    all.sort_by_key(|o| (o.kind() != "Patient", o.url.clone()));
    let g = db.replica().governance();
    let (rows, bad) = summaries(db, device, patient)?;
    exported.unreadable.extend(bad);
    let emergency = rows.into_iter().map(|r| {
        let d = r.summary;
        let s = Summary {
            version: core_summary::VERSION,
            patient,
            allergies: d.allergies,
            medicines: d.medicines,
            problems: d.problems,
            blood_group: d.blood_group,
        };
        (s, format!("{}, {}", r.author, r.org))
    });
    let about = About {
        consortium: g.consortium(),
        patient,
        org: (device.org_id(), g.org_name(device.org_id())),
        at: i64::try_from(clock::now()).ok().and_then(date::instant).unwrap_or_default(),
        base: BASE,
        emergency: emergency.collect(),
    };
    let Some(document) = ips::document(&about, all) else {
        return Ok(Err(Fault::new(
            FaultKind::Damaged,
            format!(
                "{}: nobody can be named as its patient: 'aidpost verify' says what is missing",
                patient.short()
            ),
        )));
    };
    exported.resources = document.get("entry").map_or(0, |e| e.items().len()) as u32;
    Ok(Ok((Zeroizing::new(document.canonical()), exported)))
}

/// Adds what these resources refer to and this terminal keeps in its directory: practitioners, organisations and what they
/// refer to.
fn directory(db: &Db, device: &Device, out: &mut Vec<Named>) -> Result<(), StoreError> {
    let Some(of) = db.get::<PatientId>(tables::META, DIRECTORY)? else { return Ok(()) };
    let names = |o: &Named| {
        let id = o.json.text_at(&["id"]).unwrap_or("");
        [o.url.clone(), format!("{}/{id}", o.kind())]
    };
    let mut held: BTreeSet<String> = out.iter().flat_map(names).collect();
    let mut wanted = Vec::new();
    out.iter().for_each(|o| reference::all(&o.json, &mut wanted));
    if wanted.iter().all(|w| held.contains(w) || w.starts_with('#')) {
        return Ok(());
    }
    let (entries, _) = entries(db, device, of, |o, _| o == device.org_id())?;
    let mut kept: BTreeMap<String, (String, Json)> = BTreeMap::new();
    for (_, h) in current(&entries) {
        let Some(Body::Resource(r)) = h.standing.first().map(|e| &e.record.body) else { continue };
        let Some(json) = text_of(db, device, r)?.and_then(|t| Json::parse(&t).ok()) else { continue };
        let url = r.full_url.clone().unwrap_or_else(|| format!("{BASE}/{}/{}", r.kind, r.id));
        for name in [url.clone(), format!("{}/{}", r.kind, r.id)] {
            kept.insert(name, (url.clone(), json.clone()));
        }
    }
    while let Some(w) = wanted.pop() {
        let relative = reference::relative(&w).map(|(kind, id)| format!("{kind}/{id}"));
        let found = kept.get(&w).or_else(|| kept.get(relative.as_ref()?));
        let Some((url, json)) = found else { continue };
        let o = Named { url: url.clone(), json: json.clone() };
        let new = names(&o);
        if new.iter().any(|n| held.contains(n)) {
            continue;
        }
        held.extend(new);
        reference::all(&o.json, &mut wanted);
        out.push(o);
    }
    Ok(())
}
