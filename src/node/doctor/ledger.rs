//! What an open store knows: other terminals, backups, what is doubtful of the ledger.

use crate::{
    core::time::Millis,
    node::api::{Check, OpenStatus, Verdict},
};

const DAY: Millis = 86_400_000;
/// Without a meeting for so long somebody should look.
const UNMET: Millis = 7 * DAY;
/// So long after the last backup somebody should look, and so long after it that is bad.
const OLD: Millis = 8 * DAY;
const TOO_OLD: Millis = 30 * DAY;

/// Why they can't be told.
const SEALED: &str =
    "the terminal is sealed: 'aidpost doctor --login NAME' opens it; or ask when somebody has signed in";

pub(super) fn checks(open: Option<&OpenStatus>, now: Millis) -> Vec<Check> {
    let Some(o) = open else {
        return ["peers", "unshared", "backups", "forks", "quarantine", "ledger", "reviews"]
            .map(|name| Check::not(Verdict::Unknown, name, "known only of an open store", SEALED))
            .into();
    };
    vec![
        peers(o, now),
        unshared(o),
        backups(o, now),
        none(
            "forks",
            o.forks,
            "forks",
            Verdict::Bad,
            "'aidpost ledger show' names the terminals, 'aidpost device suspend NAME' suspends one; let it join anew afterwards",
        ),
        none(
            "quarantine",
            o.quarantined,
            "blocks in quarantine",
            Verdict::Attention,
            "'aidpost ledger show' lists them, 'aidpost ledger adopt' takes genuine ones on",
        ),
        doubts(o),
        none(
            "reviews",
            o.reviews_due,
            "reviews due",
            Verdict::Attention,
            "'aidpost audit reviews' lists them",
        ),
    ]
}

/// Nothing of a kind, or a remedy.
fn none(name: &str, n: u64, what: &str, verdict: Verdict, remedy: &str) -> Check {
    match n {
        0 => Check::good(name, "none"),
        n => Check::not(verdict, name, format!("{n} {what}"), remedy),
    }
}

fn peers(o: &OpenStatus, now: Millis) -> Check {
    let remedy = "'aidpost sync --ticket TICKET' with what 'aidpost status' shows on another terminal, or 'aidpost courier'";
    match (o.peers, o.last_met) {
        (0, _) => Check::not(Verdict::Attention, "peers", "no other terminal is known", remedy),
        (n, None) => Check::not(Verdict::Attention, "peers", format!("{n} known, none was met yet"), remedy),
        (n, Some(at)) => {
            let found = format!("{n} known, the last was met {}", ago(at, now));
            match now.saturating_sub(at) > UNMET {
                true => Check::not(Verdict::Attention, "peers", found, remedy),
                false => Check::good("peers", found),
            }
        }
    }
}

fn unshared(o: &OpenStatus) -> Check {
    match o.only_here {
        0 => Check::good("unshared", "everything is on another terminal too"),
        n => Check::not(
            Verdict::Attention,
            "unshared",
            format!("{n} blocks are on no other terminal yet"),
            "'aidpost sync', or 'aidpost courier out' to a stick",
        ),
    }
}

fn backups(o: &OpenStatus, now: Millis) -> Check {
    let remedy = "'aidpost backup FILE' to another disk, every day";
    let Some(at) = o.last_backup else {
        return Check::not(Verdict::Bad, "backups", "none was made at this terminal", remedy);
    };
    let found = format!("the last was made {}", ago(at, now));
    match now.saturating_sub(at) {
        age if age > TOO_OLD => Check::not(Verdict::Bad, "backups", found, remedy),
        age if age > OLD => Check::not(Verdict::Attention, "backups", found, remedy),
        _ if !o.kit_printed => Check::not(
            Verdict::Attention,
            "backups",
            format!("{found}; the organisation's recovery kit was never printed here"),
            "'aidpost org kit' prints it: if this is the only terminal, backups can't be read to the end without it",
        ),
        _ => Check::good("backups", found),
    }
}

fn doubts(o: &OpenStatus) -> Check {
    let all = [
        (o.equivocations, "two words at once"),
        (o.gaps, "logs with gaps"),
        (o.clocks_wrong, "wrong clocks"),
        (o.withheld, "blocks without their keys"),
    ];
    let found: Vec<String> = all.iter().filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} {w}")).collect();
    match found.is_empty() {
        true => Check::good("ledger", format!("{} blocks, nothing doubtful", o.blocks)),
        false => Check::not(
            if o.equivocations > 0 { Verdict::Bad } else { Verdict::Attention },
            "ledger",
            found.join(", "),
            "'aidpost ledger show' names them; 'aidpost verify' checks every page and block",
        ),
    }
}

/// How long ago, in the largest unit that fits.
fn ago(at: Millis, now: Millis) -> String {
    let minutes = now.saturating_sub(at) / 60_000;
    match minutes {
        0 => "just now".into(),
        1..=119 => format!("{minutes} minutes ago"),
        120..=2_879 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1_440),
    }
}

/// An open store about which nothing is to be said.
#[cfg(test)]
pub(super) fn sample() -> OpenStatus {
    use crate::{
        core::id::{ConsortiumId, DeviceId, OrgId},
        node::api::LinkPolicy,
    };
    OpenStatus {
        consortium: "Valley".into(),
        fingerprint: ConsortiumId([1; 32]),
        demo: false,
        org: "Aruna Clinic".into(),
        org_id: OrgId([2; 16]),
        device: "front desk".into(),
        device_id: DeviceId([3; 16]),
        blocks: 10,
        forks: 0,
        equivocations: 0,
        quarantined: 0,
        gaps: 0,
        clocks_wrong: 0,
        withheld: 0,
        waiting: 0,
        reviews_due: 0,
        only_here: 0,
        enrolled: 1,
        peers: 1,
        last_met: Some(1_000 * DAY),
        last_backup: Some(1_000 * DAY),
        kit_printed: true,
        written: 0,
        others_wrote: 0,
        refused: Vec::new(),
        ticket: None,
        others: Vec::new(),
        links: LinkPolicy::default(),
        next_round: None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::is_typed, *};

    fn verdict(o: &OpenStatus, now: Millis, name: &str) -> Verdict {
        let all = checks(Some(o), now);
        let check = all.iter().find(|c| c.name == name).unwrap();
        assert_eq!(check.verdict == Verdict::Good, check.remedy.is_none());
        assert!(check.verdict == Verdict::Good || is_typed(check), "{check:?}");
        check.verdict
    }

    #[test]
    fn each_trouble_has_its_verdict() {
        let now = 1_000 * DAY + 5;
        let good = sample();
        assert!(checks(Some(&good), now).iter().all(|c| c.verdict == Verdict::Good));
        assert!(checks(None, now).iter().all(|c| c.verdict == Verdict::Unknown && is_typed(c)));
        for (name, bad, expected) in [
            ("forks", OpenStatus { forks: 1, ..good.clone() }, Verdict::Bad),
            ("quarantine", OpenStatus { quarantined: 2, ..good.clone() }, Verdict::Attention),
            ("ledger", OpenStatus { equivocations: 1, ..good.clone() }, Verdict::Bad),
            ("ledger", OpenStatus { gaps: 1, ..good.clone() }, Verdict::Attention),
            ("peers", OpenStatus { peers: 0, ..good.clone() }, Verdict::Attention),
            ("peers", OpenStatus { last_met: Some(now - 8 * DAY), ..good.clone() }, Verdict::Attention),
            ("unshared", OpenStatus { only_here: 3, ..good.clone() }, Verdict::Attention),
            ("backups", OpenStatus { last_backup: None, ..good.clone() }, Verdict::Bad),
            ("backups", OpenStatus { last_backup: Some(now - 9 * DAY), ..good.clone() }, Verdict::Attention),
            ("backups", OpenStatus { last_backup: Some(now - 31 * DAY), ..good.clone() }, Verdict::Bad),
            ("backups", OpenStatus { kit_printed: false, ..good.clone() }, Verdict::Attention),
            ("reviews", OpenStatus { reviews_due: 1, ..good.clone() }, Verdict::Attention),
        ] {
            assert_eq!(verdict(&bad, now, name), expected, "{name}");
        }
        assert_eq!(ago(0, 3 * DAY), "3 days ago");
    }
}
