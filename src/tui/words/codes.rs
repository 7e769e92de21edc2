//! The messages for what comes in fixed sets.

use crate::core::{
    block::Kind,
    difference,
    governance::{OrgKind, Role},
    guardian::Relation,
    policy::Purpose,
    record::{BadRecord, Compartment, Gender, Vital},
    rights::{ErasureReason, Reason, Verdict},
    share::counts::Dimension,
    trust::Doubt,
};

use super::{Arg, Saying, say};

/// The node's fixed sentences.
pub(super) const NODE: &[&str] = &[
    "node-look-at-camera",
    "node-look-straight",
    "node-look-straight-into",
    "node-come-closer",
    "node-only-one",
    "node-one-at-a-time",
    "node-middle",
    "node-more-light",
    "node-less-light",
    "node-hold-still",
    "node-paper-dark",
    "node-paper-bright",
    "node-paper-nothing",
    "node-paper-blurred",
    "node-paper-afar",
    "node-a-little-less",
    "node-turn-left",
    "node-turn-right",
    "node-raise-chin",
    "node-lower-chin",
    "node-turn-left-little",
    "node-turn-right-little",
    "node-raise-chin-little",
    "node-lower-chin-little",
    "node-less-far",
    "node-back-to-camera",
    "node-not-recognised",
    "node-timed-out",
    "node-flat",
    "node-wrong-move",
    "node-too-soon",
    "node-face-changed",
    "node-jumped",
    "node-several-faces",
    "node-face-lost",
    "node-two-faces",
    "node-too-few",
    "node-passphrase-needed",
    "node-pin-needed",
    "node-wrong-passphrase",
    "node-wrong-pin",
    "node-pin-easy",
    "node-pin-year",
    "node-locked",
    "node-sign-in-first",
    "node-pin-first",
    "node-somebody-else",
    "node-shift-over",
    "node-sealed",
    "node-camera-stopped",
    "node-half-hour",
    "node-say-why",
    "node-nothing-written",
    "node-not-finished",
    "node-no-patient",
    "node-visits-own",
    "node-link-off",
    "node-no-bundle",
    "node-not-a-card",
    "node-newer-card",
    "node-card-pin",
    "node-card-revoked",
    "node-card-nothing",
    "node-turn-over",
    "node-too-slow",
    "node-stopped",
    "node-stopped-goes-on",
    "node-no-consent",
    "node-no-consent-payment",
    "node-no-consent-research",
    "node-because-own",
    "node-because-consent",
    "node-because-emergency",
    "node-because-extract",
    "node-because-bureau",
    "node-because-own-counts",
    "node-because-claim",
    "node-nothing-to-hand-out",
    "node-too-few-patients",
    "node-period-ends",
    "node-changed-meanwhile",
    "node-link-both",
    "node-same-name",
    "node-similar-name",
    "node-same-year",
    "node-near-year",
    "node-other-year",
    "node-same-village",
    "node-similar-village",
    "node-same-phone",
    "node-other-gender",
];

/// Those with numbers in them, at most three.
pub(super) const NUMBERED: &[fn([String; 3]) -> Saying] = &[
    |[seconds, ..]| say!("node-wait", seconds = seconds),
    |[n, ..]| say!("node-trust-few", n = n),
    |[n, liars, quorum]| say!("node-trust-many", n = n, liars = liars, quorum = quorum),
    |[n, ..]| say!("node-passphrase-short", n = n),
];

pub(crate) fn role(r: Role) -> &'static str {
    match r {
        Role::Registrar => "role-registrar",
        Role::Nurse => "role-nurse",
        Role::Clinician => "role-clinician",
        Role::Pharmacist => "role-pharmacist",
        Role::Lab => "role-lab",
        Role::Researcher => "role-researcher",
        Role::Insurer => "role-insurer",
        Role::Bureau => "role-bureau",
        Role::Admin => "role-admin",
    }
}

pub(crate) fn purpose(p: Purpose) -> &'static str {
    match p {
        Purpose::Treatment => "purpose-treatment",
        Purpose::Payment => "purpose-payment",
        Purpose::Research => "purpose-research",
        Purpose::PublicHealth => "purpose-public-health",
        Purpose::Emergency => "purpose-emergency",
    }
}

/// A part of the record.
pub(crate) fn part(c: Compartment) -> &'static str {
    match c {
        Compartment::General => "part-general",
        Compartment::SexualReproductive => "part-sexual-reproductive",
        Compartment::MentalHealth => "part-mental-health",
        Compartment::Hiv => "part-hiv",
        Compartment::Genetic => "part-genetic",
        Compartment::Administrative => "part-administrative",
        Compartment::Emergency => "part-emergency",
    }
}

pub(crate) fn gender(g: Gender) -> &'static str {
    match g {
        Gender::Female => "gender-female",
        Gender::Male => "gender-male",
        Gender::Other => "gender-other",
        Gender::Unknown => "gender-unknown",
    }
}

pub(crate) fn relation(r: Relation) -> &'static str {
    match r {
        Relation::Mother => "relation-mother",
        Relation::Father => "relation-father",
        Relation::Grandparent => "relation-grandparent",
        Relation::Sibling => "relation-sibling",
        Relation::Family => "relation-relative",
        Relation::Spouse => "relation-spouse",
        Relation::Child => "relation-child",
        Relation::Other => "relation-guardian",
    }
}

pub(crate) fn vital(v: Vital) -> &'static str {
    match v {
        Vital::Temperature => "vital-temperature",
        Vital::HeartRate => "vital-heart-rate",
        Vital::RespiratoryRate => "vital-breathing",
        Vital::Systolic => "vital-systolic",
        Vital::Diastolic => "vital-diastolic",
        Vital::OxygenSaturation => "vital-oxygen",
        Vital::Weight => "vital-weight",
        Vital::Height => "vital-height",
    }
}

/// A kind of block.
pub(crate) fn kind(k: Kind) -> &'static str {
    match k {
        Kind::Governance => "kind-governance",
        Kind::Records => "kind-records",
        Kind::Consent => "kind-consent",
        Kind::Keys => "kind-keys",
        Kind::Audit => "kind-audit",
        Kind::Cosignature => "kind-cosignature",
        Kind::Summary => "kind-summary",
        Kind::Rights => "kind-rights",
        Kind::Attachment => "kind-attachment",
    }
}

/// Why a record was opened in an emergency.
pub(crate) fn reason(r: Reason) -> &'static str {
    match r {
        Reason::CannotAnswer => "reason-cannot-answer",
        Reason::DangerToLife => "reason-danger",
        Reason::NoGuardian => "reason-no-guardian",
        Reason::Other => "reason-other",
    }
}

pub(crate) fn verdict(v: Verdict) -> &'static str {
    match v {
        Verdict::Justified => "verdict-justified",
        Verdict::Unjustified => "verdict-unjustified",
    }
}

/// What an organisation is.
pub(crate) fn org_kind(k: OrgKind) -> &'static str {
    match k {
        OrgKind::Clinic => "org-clinic",
        OrgKind::Hospital => "org-hospital",
        OrgKind::Research => "org-research",
        OrgKind::Insurer => "org-insurer",
        OrgKind::Bureau => "org-bureau",
    }
}

/// On whose word keys are destroyed.
pub(crate) fn erasure_reason(r: ErasureReason) -> &'static str {
    match r {
        ErasureReason::Patient => "erasure-patient",
        ErasureReason::Court => "erasure-court",
        ErasureReason::Retention => "erasure-retention",
    }
}

/// What a table of counts is laid out by.
pub(crate) fn dimension(d: Dimension) -> &'static str {
    match d {
        Dimension::Gender => "dimension-gender",
        Dimension::Age => "dimension-age",
        Dimension::Year => "dimension-year",
        Dimension::Fever => "dimension-fever",
        Dimension::All => "dimension-all",
    }
}

/// A heading in a table of counts: ages and years are numbers.
pub(crate) fn heading(name: &str) -> Saying {
    match name {
        "female" => "gender-female".into(),
        "male" => "gender-male".into(),
        "other" => "gender-other".into(),
        "unknown" => "gender-unknown".into(),
        "?" => "heading-unknown-age".into(),
        "fever" => "heading-fever".into(),
        "no fever" => "heading-no-fever".into(),
        "all" => "dimension-all".into(),
        other => Saying::Node(other.to_owned()),
    }
}

/// Why a block is in quarantine.
pub(crate) fn doubt(d: Doubt) -> &'static str {
    match d {
        Doubt::Fork => "doubt-fork",
        Doubt::Cutoff => "doubt-cutoff",
        Doubt::Expelled => "doubt-expelled",
        Doubt::Uncertified => "doubt-uncertified",
    }
}

/// A field in which versions differ. Those of what came from elsewhere keep their names in FHIR.
pub(crate) fn field_name(name: &str) -> Saying {
    match name {
        "name" => "field-name".into(),
        "birth year" => "field-birth-year".into(),
        "gender" => "field-gender".into(),
        "village" => "field-village".into(),
        "phone" => "field-phone".into(),
        "time" => "field-time".into(),
        "reason" => "field-reason".into(),
        "note" => "field-note".into(),
        difference::STRUCK => "field-struck".into(),
        other => match Vital::ALL.into_iter().find(|v| v.info().label == other) {
            Some(v) => vital(v).into(),
            None => Saying::Node(other.to_owned()),
        },
    }
}

/// Why something typed can't be kept.
pub(crate) fn bad_record(bad: &BadRecord) -> Saying {
    match bad {
        BadRecord::Empty(field) => say!("bad-empty", field = field_name(field)),
        BadRecord::TooLong(field, most) => say!("bad-too-long", field = field_name(field), most = *most),
        BadRecord::Unprintable(field) => say!("bad-unprintable", field = field_name(field)),
        BadRecord::NotANumber(field, typed) => {
            say!("bad-not-a-number", field = field_name(field), typed = typed, example = Arg::Milli(37_500))
        }
        BadRecord::Impossible { label, value, unit, low, high } => say!(
            "bad-impossible",
            field = field_name(label),
            value = Arg::Decimal(value.clone()),
            unit = *unit,
            low = Arg::Decimal(low.clone()),
            high = Arg::Decimal(high.clone()),
        ),
        BadRecord::Twice(field) => say!("bad-twice", field = field_name(field)),
        BadRecord::Pressure => "bad-pressure".into(),
        BadRecord::BirthYear(year) => say!("bad-birth-year", year = year.to_string()),
        // No form of the workstation makes these.
        BadRecord::Replaced(_) | BadRecord::Content(_) => Saying::Node(bad.to_string()),
    }
}
