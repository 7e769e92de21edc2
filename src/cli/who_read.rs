//! Who read whose record, across all patients.

use clap::Args;

use super::{
    Global,
    join::close,
    open::{answer, within},
    words::{clean, day, time},
};
use crate::{
    core::{id::PatientId, policy::Purpose},
    node::api::{AuditAsk, AuditReader, AuditRow, ClinicClient, Fault},
};

/// Whose readings, and how many.
#[derive(Args)]
pub(crate) struct List {
    /// Only of this patient's record
    #[arg(long, value_name = "ID")]
    patient: Option<PatientId>,
    /// Only by this person or organisation; part of the name is enough
    #[arg(long, value_name = "NAME", default_value = "")]
    by: String,
    /// Not before this day (UTC), like 2026-03-01
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// At most so many, the newest
    #[arg(long, value_name = "N", default_value_t = 200)]
    most: usize,
}

impl List {
    pub(crate) async fn run(&self, g: &Global) -> Result<(), Fault> {
        // What was typed wrongly is said before anybody is asked for a passphrase.
        let since = self.since.as_deref().map(day).transpose()?;
        let ask = AuditAsk { patient: self.patient, by: self.by.clone(), since, ..AuditAsk::default() };
        let (reached, _) = g.signed_in().await?;
        let found = all(&reached.client, ask, self.most).await;
        close(reached.node).await;
        found.map(|rows| g.print(&rows, |rows| words(rows)))
    }
}

/// The newest that fit: the node looks at a limited number at a time.
async fn all(c: &ClinicClient, mut ask: AuditAsk, most: usize) -> Result<Vec<AuditRow>, Fault> {
    let mut rows = Vec::new();
    loop {
        let part = answer(c.audit(within(60), ask.clone()).await)?;
        rows.extend(part.rows);
        if rows.len() >= most || part.next.is_none() {
            rows.truncate(most);
            return Ok(rows);
        }
        ask.from = part.next;
    }
}

fn words(rows: &[AuditRow]) -> String {
    if rows.is_empty() {
        return "Nobody read anything that fits.".into();
    }
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(r: &AuditRow) -> String {
    let (who, own) = match &r.reader {
        AuditReader::Staff { name, org } => (format!("{} of {}", clean(name), clean(org)), false),
        AuditReader::Patient => ("the patient, with their card,".into(), true),
    };
    let did = match (r.allowed, r.exported) {
        (false, _) => "was REFUSED",
        (true, true) => "took as a file",
        (true, false) => "read",
    };
    let whose = r.name.as_deref().map_or_else(String::new, |n| format!(" ({})", clean(n)));
    let consents: Vec<String> = r.grants.iter().map(ToString::to_string).collect();
    let because = match (&consents[..], r.purpose) {
        _ if !r.allowed || own => String::new(),
        (_, Purpose::Emergency) => ": EMERGENCY, without consent".into(),
        ([], _) => ": their organisation keeps the record".into(),
        (all, _) => format!(": consent {}", all.join(", ")),
    };
    format!("{}  {who} {did} {}{whose} for {}{because}", time(r.at), r.patient, r.purpose.word())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::{BlockId, GrantId};

    #[test]
    fn a_line_says_who_and_by_what_right() {
        let row = AuditRow {
            block: BlockId([1; 32]),
            at: 1_772_440_200_000,
            reader: AuditReader::Staff { name: "Dr. Okello\x1b[2J".into(), org: "Lake Hospital".into() },
            patient: PatientId([9; 16]),
            name: None,
            purpose: Purpose::Treatment,
            allowed: true,
            exported: false,
            compartments: Vec::new(),
            custodians: Vec::new(),
            grants: vec![GrantId([7; 16])],
        };
        let said = line(&row);
        assert!(said.starts_with("2026-03-02 08:30  Dr. Okello"), "{said}");
        assert!(said.contains("of Lake Hospital read") && said.contains(": consent 0707"), "{said}");
        assert!(!said.contains('\x1b'), "{said:?}");
        let refused = line(&AuditRow { allowed: false, ..row.clone() });
        assert!(refused.contains("was REFUSED") && !refused.contains("consent"), "{refused}");
        let emergency = line(&AuditRow { purpose: Purpose::Emergency, grants: Vec::new(), ..row });
        assert!(emergency.contains("EMERGENCY"), "{emergency}");
        assert!(words(&[]).contains("Nobody"));
    }
}
