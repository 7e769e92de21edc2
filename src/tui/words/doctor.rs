//! The sentences of the node's that are made of parts: of the doctor, of a refused role, of a folder that can't be used.

use crate::core::{governance::Role, policy::Purpose};

use super::{Saying, Words, codes, say};

/// What the doctor says in so many words.
pub(super) const FIXED: &[&str] = &[
    "doctor-no-backup",
    "doctor-no-camera",
    "doctor-cameras",
    "doctor-only-itself",
    "doctor-listen",
    "doctor-no-network",
    "doctor-plug-in",
    "doctor-all-elsewhere",
    "doctor-no-peer",
    "doctor-none",
    "doctor-nobody-else",
    "doctor-frames",
    "doctor-make-room",
    "doctor-memory",
    "doctor-set-clock",
    "doctor-one-slot",
    "doctor-second-slot",
    "doctor-no-faces",
    "doctor-backup-now",
];

/// The same with numbers.
pub(super) const NUMBERED: &[fn([String; 3]) -> Saying] = &[
    |[n, ..]| say!("doctor-unshared", n = n),
    |[n, ..]| say!("doctor-never-met", n = n),
    |[n, ago, ..]| say!("doctor-met-minutes", n = n, ago = ago),
    |[n, ago, ..]| say!("doctor-met-hours", n = n, ago = ago),
    |[n, ago, ..]| say!("doctor-met-days", n = n, ago = ago),
    |[ago, ..]| say!("doctor-backup-minutes", ago = ago),
    |[ago, ..]| say!("doctor-backup-hours", ago = ago),
    |[ago, ..]| say!("doctor-backup-days", ago = ago),
    |[n, ..]| say!("doctor-slots", n = n),
    |[n, ..]| say!("doctor-ledger", n = n),
    |[n, ..]| say!("doctor-forks", n = n),
    |[n, ..]| say!("doctor-quarantine", n = n),
    |[n, ..]| say!("doctor-reviews", n = n),
];

/// Behind what the system said of a stick.
pub(super) const STICK: &str = ": check that the stick is there and can be written";
/// The same of a folder for backups.
pub(super) const FOLDER: &str = ": make the folder, or name another with --into";
/// Between a role and a purpose.
pub(super) const MAY_NOT: &str = " may not do this for ";

/// What the node says to people who work here and says in the words of the core, or of the system: in these words also in
/// English, with what to do.
pub(super) fn plain(text: &str, w: &Words) -> Option<String> {
    refused(text).or_else(|| stick(text, w)).map(|said| w.text(said))
}

/// A role that may not do something. Administration has the purpose of treatment: saying so would mislead.
fn refused(text: &str) -> Option<Saying> {
    let (role, purpose) = text.strip_prefix("a ")?.split_once(MAY_NOT)?;
    let (role, _) = Role::ALL.into_iter().find(|(_, word)| *word == role)?;
    let role = Saying::from(codes::role(role));
    Some(match Purpose::from_word(purpose)? {
        Purpose::Treatment => say!("node-role-may-not", role = role),
        p => say!("node-role-may-not-for", role = role, purpose = Saying::from(codes::purpose(p))),
    })
}

/// A folder of a stick, or for backups, that can't be used.
fn stick(text: &str, w: &Words) -> Option<Saying> {
    let backup = text.strip_suffix(FOLDER);
    let (path, why) = backup.or_else(|| text.strip_suffix(STICK))?.split_once(": ")?;
    let number = why.rsplit_once("(os error ").and_then(|(_, n)| n.strip_suffix(')'));
    Some(match number {
        Some("2") if backup.is_some() => say!("node-folder-absent", path = path),
        Some("2") => say!("node-stick-absent", path = path),
        Some("13" | "30") => say!("node-stick-read-only", path = path),
        Some("28") => say!("node-stick-full", path = path),
        _ => say!("node-stick-other", path = path, why = w.node(why)),
    })
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{super::Language, *};

    #[test]
    fn a_refusal_names_the_remedy_in_every_language() {
        let english = Words::new(Language::English, TimeZone::UTC);
        let text = "not allowed: a nurse may not do this for treatment";
        assert_eq!(english.node(text), "not allowed: not with the role nurse: ask an admin who may do it");
        let french = Words::new(Language::French, TimeZone::UTC).node(text);
        assert!(french.starts_with("non autorisé : ") && french.contains("infirmier"), "{french}");
        let research = english.node("a lab may not do this for research");
        assert!(research.contains("research"), "{research}");
        assert_eq!(english.node("a nurse may not do this for fun"), "a nurse may not do this for fun");
    }

    #[test]
    fn what_the_system_says_of_a_stick_is_said_in_words() {
        for language in Language::ALL {
            let w = Words::new(language, TimeZone::UTC);
            let absent = w.node(&format!("/media/x: No such file or directory (os error 2){STICK}"));
            assert!(absent.contains("/media/x") && !absent.contains("os error"), "{absent}");
            let folder = w.node(&format!("/media/x: No such file or directory (os error 2){FOLDER}"));
            assert!(folder.contains("/media/x") && folder != absent && !folder.contains("--"), "{folder}");
        }
        let w = Words::new(Language::English, TimeZone::UTC);
        let strange = w.node(&format!("/media/x: it burns{STICK}"));
        assert!(strange.contains("it burns"), "{strange}");
    }

    #[test]
    fn what_the_doctor_found_is_translated() {
        let w = Words::new(Language::French, TimeZone::UTC);
        for text in [
            "none was made at this terminal",
            "106 blocks are on no other terminal yet",
            "2 known, the last was met 3 hours ago",
            "the last was made just now",
        ] {
            assert_ne!(w.node(text), text);
        }
        assert!(w.node("106 blocks are on no other terminal yet").contains("106"));
    }
}
