//! Texts that somebody types, pastes or brings as a file.

use aidpost::{
    core::{
        id::{BlockId, ConsortiumId, DeviceId, PatientId},
        next_visit,
        policy::{DEFAULT, Policies},
        retention::{SHIPPED, Schedule},
    },
    mesh::{relay::Relay, ticket::Ticket},
    node::text::{self, Certificate, Invite, JoinRequest},
    sheet::{patients, visits},
    vault::{code, kit},
};
use jiff::civil::date;

use crate::{corpus, fuzz_on, key};

fn good(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|t| t.as_bytes().to_vec()).collect()
}

#[test]
fn typed_word() {
    let ticket = Ticket {
        endpoint: [7; 32],
        addresses: vec!["10.77.0.1:47500".parse().unwrap(), "[fe80::1]:47500".parse().unwrap()],
        relay: Some("http://10.0.0.9:3340".parse().unwrap()),
    };
    let (root, recovery) = (kit::write(&key(1)), code::write(&[9; 16]));
    let (ticket, block) = (ticket.to_string(), BlockId([3; 32]).to_string());
    assert!(ticket.parse::<Ticket>().is_ok() && kit::read(&root).is_ok());
    let all = good(&[&ticket, &root, &recovery, &block, "http://[::1]:3340", "2026-11-30", "3m"]);
    fuzz_on(&all, "typed word", 13, |b| {
        let s = String::from_utf8_lossy(b);
        if let Ok(t) = s.parse::<Ticket>() {
            assert_eq!(t.to_string().parse::<Ticket>(), Ok(t), "what is read is written alike");
        }
        if let Ok(r) = s.parse::<Relay>() {
            assert_eq!(r.to_string().parse::<Relay>(), Ok(r));
        }
        let _ =
            (s.parse::<BlockId>(), s.parse::<PatientId>(), s.parse::<DeviceId>(), s.parse::<ConsortiumId>());
        let _ = (kit::read(&s), code::read(&s, 16));
        let _ = next_visit::parse(&s, date(2026, 11, 30));
    });
}

/// What two organisations hand each other, as one line each.
#[test]
fn line_to_join_with() {
    let lines: Vec<Vec<u8>> = corpus()
        .iter()
        .flat_map(|b| {
            ["aidpost-invite-0", "aidpost-request-0", "aidpost-certificate-0"]
                .map(|word| format!("{word} {}", hex::encode(b)).into_bytes())
        })
        .collect();
    fuzz_on(&lines, "line to join with", 14, |b| {
        let s = String::from_utf8_lossy(b);
        if let Ok(c) = text::read::<Certificate>(&s) {
            assert_eq!(text::read(&text::write(&c)), Ok(c));
        }
        let _ = text::read::<Invite>(&s).map(|i| i.fingerprint());
        let _ = text::read::<JoinRequest>(&s).map(|r| r.fingerprint());
    });
}

#[test]
fn policy_text() {
    let mut all = good(&[
        DEFAULT,
        "permit(principal, action, resource);",
        "forbid(principal, action == Action::\"share\", resource) when { context.purpose == \"research\" };",
    ]);
    // Most of the time is spent on a part of the default: one mistake in all of it is found in the first lines.
    all.extend(DEFAULT.split("\n\n").map(|part| part.as_bytes().to_vec()));
    assert!(Policies::new(DEFAULT).is_ok());
    fuzz_on(&all, "policy text", 15, |b| {
        if let Ok(p) = Policies::new(&String::from_utf8_lossy(b)) {
            let _ = p.lets_admins_govern();
        }
    });
}

#[test]
fn schedule_text() {
    assert!(Schedule::parse(SHIPPED).is_ok());
    fuzz_on(&good(&[SHIPPED]), "schedule", 16, |b| {
        let _ = Schedule::parse(&String::from_utf8_lossy(b));
    });
}

#[test]
fn list_file() {
    const PATIENTS: &str = "name,born,born_about,gender,village,phone\r\nMeera Devi,1984-02-01,,female,Kothapalli,+91 98\r\n\"Rao, Nila\",,1990,male,\"Ram\nnagar\",\r\n";
    const VISITS: &str = "patient;when;reason;note;temperature\n0123456789abcdef0123456789abcdef;2026-03-01;cough;\"three\ndays\";38,5\n";
    fuzz_on(&good(&[PATIENTS, VISITS]), "list file", 17, |b| {
        let s = String::from_utf8_lossy(b);
        let lines = s.lines().count() as u64 + 1;
        for (line, _) in patients::read(&s, 2026).unwrap_or_default() {
            assert!(line <= lines);
        }
        for (line, _) in visits::read(&s, 1_790_000_000_000).unwrap_or_default() {
            assert!(line <= lines);
        }
    });
}
