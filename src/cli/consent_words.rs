//! A patient's rights in plain words: who may read, who read, why, on which consent.

use super::words::{clean, date, time};
use crate::{
    core::{
        consent::{By, EmergencySummary, Ended, Grantee},
        id::GrantId,
        policy::Purpose,
        record::Compartment,
    },
    node::api::{
        AccessRow, CardGranted, CheckAnswer, ConsentView, EmergencyRow, GrantRow, RequestRow, Saved,
    },
};

pub(crate) fn verdict(a: &CheckAnswer) -> String {
    let mut out = vec![if a.allow { "Allowed:".to_string() } else { "Not allowed:".to_string() }];
    out.extend(a.reasons.iter().map(|r| format!("  {r}")));
    out.extend(a.grants.iter().map(|g| format!("  by grant {g}")));
    out.join("\n")
}

pub(crate) fn granted(id: &GrantId) -> String {
    format!("Allowed: grant {id}.")
}

pub(crate) fn signed_by_card(s: &CardGranted) -> String {
    match &s.grant {
        Some(id) => format!("Signed with the patient's card: grant {id}."),
        None => "This organisation keeps that record itself: it needs no consent to read it.".into(),
    }
}

pub(crate) fn stopped(s: &Saved) -> String {
    format!("Stopped: block {}.", s.block)
}

fn listed(parts: &[Compartment]) -> String {
    parts.iter().map(|c| c.word()).collect::<Vec<_>>().join(", ")
}

/// Why a grant allows nothing now.
fn ended(e: Ended) -> &'static str {
    match e {
        Ended::Revoked => "taken back",
        Ended::Expired => "its time is over",
        Ended::NotYet => "its time has not come",
        Ended::Parent => "what it was passed on from has ended",
        Ended::Untrusted => {
            "recorded by a terminal or a person that is not trusted, or signed by a card that was revoked"
        }
    }
}

fn grant(g: &GrantRow) -> String {
    let x = &g.standing.grant;
    let who = match x.to {
        Grantee::Org(_) => format!("everyone of {}", clean(&g.org)),
        Grantee::Role(_, role) => format!("those of {} who are {}", clean(&g.org), role.word()),
    };
    let until = x.until.map_or_else(|| "until it is stopped".into(), |u| format!("until {}", date(u)));
    let by = match &g.standing.by {
        By::Patient => "the patient".to_owned(),
        By::Guardian(who) => format!("the {}", clean(who)),
    };
    let passed = match (x.parent.is_some(), g.standing.by_card) {
        (true, _) => ", passed on",
        (false, true) => ", signed with the patient's card",
        (false, false) => "",
    };
    let on = if x.delegable { "; may be passed on" } else { "" };
    format!(
        "  {who}: {} for {}, {until}{on} (said by {by} on {}{passed})\n    consent {}",
        listed(&x.compartments),
        x.purpose.word(),
        date(g.standing.recorded.millis),
        x.id
    )
}

/// On what somebody read.
fn because(a: &AccessRow) -> String {
    match (a.allowed, a.grants.as_slice(), a.purpose) {
        (false, ..) => "nothing was opened".into(),
        (true, [], Purpose::Emergency) => "in an emergency, without consent".into(),
        (true, [], Purpose::PublicHealth) => "counted only; small numbers are not told".into(),
        (true, [], _) => "a record of their own organisation".into(),
        (true, grants, _) => {
            let all: Vec<String> = grants.iter().map(GrantId::short).collect();
            format!("on consent {}", all.join(", "))
        }
    }
}

fn read(a: &AccessRow) -> String {
    let what = if a.allowed { "read" } else { "was refused" };
    format!(
        "  {}  {} of {} {what} {} for {}: {}",
        time(a.at),
        clean(&a.staff),
        clean(&a.org),
        listed(&a.compartments),
        a.purpose.word(),
        because(a)
    )
}

fn emergency(e: &EmergencyRow) -> String {
    let found = match e.reviews.last() {
        Some(r) => format!("{} found it {}", clean(&r.org), r.verdict.word()),
        None => "nobody has reviewed it yet".into(),
    };
    let told = if e.told { "" } else { "; TELL THE PATIENT" };
    format!("  {}  {} of {}: {}; {found}{told}", time(e.at), clean(&e.staff), clean(&e.org), e.reason.words())
}

/// What a patient sees.
pub(crate) fn view(v: &ConsentView) -> String {
    let (now, over): (Vec<_>, Vec<_>) = v.grants.iter().partition(|g| g.standing.ended.is_none());
    let mut out = vec!["Who may read, besides those who keep the record:".to_owned()];
    out.extend(now.iter().map(|g| grant(g)));
    if now.is_empty() {
        out.push("  nobody".into());
    }
    out.push(
        match v.emergency {
            EmergencySummary::Shared => {
                "In an emergency any organisation may open the summary (allergies, medicines, problems, blood group)."
            }
            EmergencySummary::OptedOut => "No other organisation may open an emergency summary: the patient opted out.",
        }
        .into(),
    );
    if !over.is_empty() {
        out.push("What is over:".into());
        let line = |g: &&GrantRow| format!("{}: {}", grant(g), g.standing.ended.map_or("", ended));
        out.extend(over.iter().map(line));
    }
    if !v.emergencies.is_empty() {
        out.push("Opened in emergencies, without asking:".into());
        out.extend(v.emergencies.iter().map(emergency));
    }
    out.push("Who read:".into());
    out.extend(v.accesses.iter().map(read));
    out.extend(v.own_readings.iter().map(|at| format!("  {}  the patient, with their card", time(*at))));
    if v.accesses.is_empty() && v.own_readings.is_empty() {
        out.push("  nobody yet".into());
    }
    out.push(
        "Terminals and organisations are kept out by keys. Role, purpose and time are kept by honest terminals and seen here."
            .into(),
    );
    out.join("\n")
}

/// Requests with their answers.
pub(crate) fn requests(rows: &[RequestRow]) -> String {
    if rows.is_empty() {
        return "Nobody asked for anything.".into();
    }
    let row = |r: &RequestRow| {
        let mut out = vec![format!(
            "{}  {} of {} asks as {} for {} of patient {}, for {}",
            time(r.at),
            clean(&r.staff),
            clean(&r.org),
            r.role.word(),
            listed(&r.compartments),
            r.patient,
            r.purpose.word()
        )];
        out.extend(r.answers.iter().map(|a| {
            let word = if a.allow { "released the keys" } else { "refused" };
            format!("  {}  {} {word}: {}", time(a.at), clean(&a.org), clean(&a.because))
        }));
        if r.answers.is_empty() {
            out.push(if r.lapsed { "  lapsed: ask again" } else { "  not answered yet" }.into());
        }
        out.join("\n")
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}
