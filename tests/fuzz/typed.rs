//! Text from outside: typed, scanned, pasted, kept in files, or said over the node's socket.

use std::{fs, path::Path};

use aidpost::{
    core::{
        governance::{DeviceCert, DeviceRequest, Genesis, OrgCert, OrgKind, Role, StaffRequest},
        id::ConsortiumId,
        next_visit,
        policy::{self, Policies},
        record::{self, Vital},
        retention::{SHIPPED, Schedule},
    },
    face::threshold::Thresholds,
    mesh::{beacon, relay::Relay, ticket::Ticket},
    node::{
        api::ClinicRequest,
        joining::JoinTicket,
        text::{self, Certificate, Invite, JoinRequest, Line},
    },
    sheet::{patients, visits},
    tui::theme::{Depth, Theme},
    vault::{code, kit},
};
use jiff::civil::date;

use super::{corpus, fuzz_on, key};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of seeds, whole.
fn file(name: &str) -> Vec<u8> {
    fs::read(root().join("tests/fuzz/corpus").join(name)).unwrap()
}

/// A file of seeds, one a line.
fn lines(name: &str) -> Vec<Vec<u8>> {
    let text = String::from_utf8(file(name)).unwrap();
    text.lines().map(|l| l.as_bytes().to_vec()).collect()
}

#[test]
fn tickets() {
    let seeds = lines("tickets.txt");
    let reads = |b: &[u8]| {
        let s = String::from_utf8_lossy(b);
        s.parse::<Ticket>().is_ok() || s.parse::<Relay>().is_ok() || s.parse::<JoinTicket>().is_ok()
    };
    assert!(seeds.iter().all(|s| reads(s)), "every seed is one");
    fuzz_on(&seeds, "ticket", 21, |b| {
        let s = String::from_utf8_lossy(b);
        if let Ok(t) = s.parse::<Ticket>() {
            assert_eq!(t.to_string().parse::<Ticket>(), Ok(t));
        }
        if let Ok(r) = s.parse::<Relay>() {
            assert_eq!(r.to_string().parse::<Relay>().ok(), Some(r));
        }
        if let Ok(t) = s.parse::<JoinTicket>() {
            assert_eq!(t.to_string().parse::<JoinTicket>(), Ok(t));
        }
    });
}

fn same_again<T: Line + PartialEq + std::fmt::Debug>(line: &str) -> bool {
    let Ok(t) = text::read::<T>(line) else { return false };
    assert_eq!(text::read::<T>(&text::write(&t)), Ok(t), "one form only");
    true
}

#[test]
fn lines_to_paste() {
    let org = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &key(1));
    let device = DeviceRequest::new(org.id(), "desk", &key(2), &key(3), [1; 32]);
    let genesis = Genesis {
        version: 0,
        name: "Valley".into(),
        demo: true,
        nonce: [0; 32],
        founder: org.clone(),
        witness: *key(2).verifying_key().as_bytes(),
    };
    let invite = Invite { genesis, acts: Vec::new(), org: org.clone(), ticket: "07@10.0.0.5:1".into() };
    let staff = StaffRequest::new(org.id(), "Nila", Role::Nurse, &key(4));
    let request = JoinRequest { org: Some(org), device: device.clone(), staff };
    let certificate = Certificate { device: DeviceCert::new(device, 0, &key(1)) };
    let seeds = [text::write(&invite), text::write(&request), text::write(&certificate)];
    let any = |s: &str| same_again::<Invite>(s) | same_again::<JoinRequest>(s) | same_again::<Certificate>(s);
    assert!(seeds.iter().all(|s| any(s)));
    fuzz_on(&seeds.map(String::into_bytes), "line to paste", 22, |b| {
        any(&String::from_utf8_lossy(b));
    });
}

#[test]
fn spreadsheets() {
    let seeds = [file("patients.csv"), file("patients-semicolons.csv"), file("visits.csv")];
    // A day in 2027.
    let now = 1_800_000_000_000;
    let text = seeds.each_ref().map(|s| String::from_utf8_lossy(s));
    assert!(patients::read(&text[0], 2027).is_ok() && patients::read(&text[1], 2027).is_ok());
    assert!(visits::read(&text[2], now).is_ok());
    fuzz_on(&seeds, "spreadsheet", 23, |b| {
        let text = String::from_utf8_lossy(b);
        if let Ok(all) = patients::read(&text, 2027) {
            let all: Vec<_> = all.into_iter().map(|(_, l)| l).collect();
            let again = patients::read(&patients::write(&all), 2027).unwrap();
            let who = |l: &patients::Listed| (l.id, l.patient.clone());
            assert!(all.iter().map(who).eq(again.iter().map(|(_, l)| who(l))), "what was written is read");
        }
        if let Ok(all) = visits::read(&text, now) {
            let all: Vec<_> = all.into_iter().map(|(_, v)| v).collect();
            let again = visits::read(&visits::write(&all), now).unwrap();
            let what = |v: &visits::Visited| (v.patient, v.at, v.reason.clone(), v.observations.clone());
            assert!(all.iter().map(what).eq(again.iter().map(|(_, v)| what(v))), "what was written is read");
        }
    });
}

#[test]
fn policy_text() {
    let seeds = [policy::DEFAULT.as_bytes().to_vec()];
    assert!(Policies::new(policy::DEFAULT).is_ok());
    fuzz_on(&seeds, "policy", 24, |b| {
        if let Ok(p) = Policies::new(&String::from_utf8_lossy(b)) {
            let _ = p.lets_admins_govern();
        }
    });
}

#[test]
fn settings_in_toml() {
    let of = |dir: &str| {
        let all = fs::read_dir(root().join(dir)).unwrap().map(|e| e.unwrap().path());
        let mut all: Vec<_> = all.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
        all.sort();
        all.iter().map(|p| fs::read(p).unwrap()).collect::<Vec<_>>()
    };
    let mut seeds = of("themes");
    let theme = |s: &[u8]| Theme::parse(&String::from_utf8_lossy(s), Depth::Exact).is_ok();
    assert!(seeds.len() > 3 && seeds.iter().all(|s| theme(s)));
    assert!(Schedule::parse(SHIPPED).is_ok());
    seeds.push(SHIPPED.as_bytes().to_vec());
    seeds.extend(of("models"));
    fuzz_on(&seeds, "toml", 25, |b| {
        let text = String::from_utf8_lossy(b);
        for depth in [Depth::Mono, Depth::Sixteen, Depth::Indexed, Depth::Exact] {
            let _ = Theme::parse(&text, depth);
        }
        let _ = Schedule::parse(&text);
        let _ = Thresholds::parse(&text);
    });
}

#[test]
fn codes_on_paper() {
    let written = kit::write(&key(7)).to_string();
    assert_eq!(kit::read(&written).unwrap().to_bytes(), key(7).to_bytes());
    let short = code::write(&[5; 17]).to_string();
    fuzz_on(&[written.into_bytes(), short.into_bytes()], "code on paper", 26, |b| {
        let typed = String::from_utf8_lossy(b);
        for len in [10, 17, 32] {
            if let Ok(bytes) = code::read(&typed, len) {
                assert_eq!(code::read(&code::write(&bytes), len).unwrap(), bytes);
            }
        }
        if let Ok(k) = kit::read(&typed) {
            assert_eq!(kit::read(&kit::write(&k)).unwrap(), k);
        }
    });
}

#[test]
fn typed_at_a_visit() {
    let today = date(2026, 3, 1);
    fuzz_on(&lines("typed.txt"), "typed", 27, |b| {
        let typed = String::from_utf8_lossy(b);
        if let Ok(day) = next_visit::parse(&typed, today) {
            assert!(day > today);
            assert_eq!(next_visit::parse(&day.to_string(), today), Ok(day));
        }
        for v in Vital::ALL {
            let _ = record::parse_vital(v, &typed);
        }
    });
}

#[test]
fn beacon() {
    let ours = beacon::tag(ConsortiumId([1; 32]));
    let seeds: Vec<_> = corpus().into_iter().filter(|b| beacon::decode(b, &ours).is_some()).collect();
    assert_eq!(seeds.len(), 1, "the corpus has a beacon");
    fuzz_on(&seeds, "beacon", 28, |b| {
        if let Some((endpoint, port)) = beacon::decode(b, &ours) {
            assert_eq!(beacon::encode(&ours, &endpoint, port)[..], *b, "one form only");
        }
    });
}

#[test]
fn socket_message() {
    let seeds = lines("socket.txt");
    for s in &seeds {
        assert!(serde_json::from_slice::<ClinicRequest>(s).is_ok(), "{}", String::from_utf8_lossy(s));
    }
    fuzz_on(&seeds, "socket message", 29, |b| {
        if let Ok(r) = serde_json::from_slice::<ClinicRequest>(b) {
            let once = serde_json::to_vec(&r).unwrap();
            let again: ClinicRequest = serde_json::from_slice(&once).unwrap();
            assert_eq!(serde_json::to_vec(&again).unwrap(), once);
        }
    });
}
