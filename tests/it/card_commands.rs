//! `aidpost card` as people and scripts use it: the paper, the picture, the exit codes.

use std::fs;

use serde_json::Value;

use crate::support::{Place, Said};

/// A founded consortium with the nurse "nila" and a patient; the file with the patient's PIN.
fn clinic() -> (Place, String, String) {
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    let pin = p.text("pin");
    fs::write(&pin, "274913\n").unwrap();
    let args = ["--json", "patient", "register", "Meera Devi", "--born", "1990"];
    let id = json(&p.run_as("a", "nila", &args)).as_str().unwrap().to_owned();
    (p, id, pin)
}

fn json(s: &Said) -> Value {
    assert_eq!(s.code, 0, "{}", s.err);
    serde_json::from_str(&s.out).unwrap()
}

#[test]
fn a_card_is_printed_read_back_revoked_and_replaced() {
    let (p, id, pin) = clinic();
    let nila = |args: &[&str]| p.run_as("a", "nila", args);
    let said = nila(&["card", "issue", &id, "--pin-file", &pin, "--png", "card.png", "--svg", "card.svg"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("card.png") && said.out.contains("kept nowhere"), "{}", said.out);
    let svg = fs::read_to_string(p.path("card.svg")).unwrap();
    for paper in [&svg, &said.out] {
        assert!(!paper.contains("Meera") && !paper.contains("Devi"), "no name: {paper}");
    }
    let serial = svg.split("SERIAL ").nth(1).unwrap()[..8].to_owned();
    assert!(svg.contains(&format!("PATIENT {}", &id[..8])));

    let read = json(&nila(&["--json", "card", "read", "card.png", "--pin-file", &pin]));
    assert_eq!(
        (read["patient"].as_str().unwrap(), read["card"]["serial"].as_str().unwrap()),
        (&id[..], &serial[..])
    );
    assert_eq!(
        (read["card"]["state"].as_str(), read["name"].as_str()),
        (Some("InForce"), Some("Meera Devi"))
    );
    let words = nila(&["card", "read", "card.png", "--pin-file", &pin]).out;
    assert!(words.contains("in force: opens what is kept by Aruna Clinic"), "{words}");
    assert!(nila(&["card", "show", &id]).out.contains(&format!("serial {serial}")));
    let record = nila(&["card", "open", "card.png", "--pin-file", &pin]);
    assert!(record.code == 0 && record.out.starts_with("Meera Devi"), "{}{}", record.out, record.err);

    // One line and its exit code for whatever goes wrong.
    nila(&["card", "issue", &id, "--pin-file", &pin]).failed(1, "card reissue");
    nila(&["card", "reissue", &id, "--pin-file", &pin, "--png", "card.png"]).failed(2, "exists already");
    fs::write(p.path("easy"), "123456\n").unwrap();
    nila(&["card", "reissue", &id, "--pin-file", &p.text("easy"), "--png", "other.png"])
        .failed(2, "easy to guess");
    assert!(!p.path("other.png").exists(), "nothing is left behind");
    fs::write(p.path("wrong"), "274914\n").unwrap();
    nila(&["card", "read", "card.png", "--pin-file", &p.text("wrong")]).failed(3, "wrong PIN");
    nila(&["card", "read", "nowhere.png", "--pin-file", &pin]).failed(11, "nowhere.png");
    nila(&["card", "read", &pin, "--pin-file", &pin]).failed(10, "not a picture");
    let blank = image_of(|_, _| 255);
    fs::write(p.path("blank.pgm"), blank).unwrap();
    nila(&["card", "read", "blank.pgm", "--pin-file", &pin]).failed(10, "no code is seen");
    let poster = aidpost::qr::Code::new("https://example.org/poster").unwrap().png(&[]);
    fs::write(p.path("poster.png"), poster).unwrap();
    nila(&["card", "read", "poster.png", "--pin-file", &pin]).failed(10, "not an Aidpost card");
    nila(&["card", "read", "card.png"]).failed(2, "give --pin-file FILE");
    p.run("a", &["card", "revoke", &id]).failed(2, "give --yes in a script");
    p.run("a", &["card", "open", "card.png", "--part", "all"]).failed(2, "choose one of general");
    p.run_as("a", "amina", &["card", "show", &id]).failed(3, "not allowed");

    assert_eq!(nila(&["card", "revoke", &id, "--yes"]).code, 0);
    nila(&["card", "read", "card.png", "--pin-file", &pin]).failed(3, "lost or copied");
    assert!(nila(&["card", "show", &id]).out.contains("REVOKED"));
    // Shown in the terminal, and read back by what it says.
    let made = json(&nila(&["--json", "card", "issue", &id, "--pin-file", &pin]));
    let code = made["code"].as_str().unwrap();
    fs::write(p.path("typed"), format!("{code}\n")).unwrap();
    assert_eq!(nila(&["card", "read", "typed", "--pin-file", &pin]).code, 0);
    fs::write(p.path("typed"), &code[..90]).unwrap();
    nila(&["card", "read", "typed", "--pin-file", &pin]).failed(4, "damaged");
    let drawn = nila(&["card", "reissue", &id, "--pin-file", &pin]);
    assert!(drawn.out.contains("Revoked with it: 1"), "{}", drawn.out);
    let shown = aidpost::qr::texts(&screen(&drawn.out));
    assert!(shown.len() == 1 && shown[0].starts_with("AIDCARD0"), "the terminal shows a code");
    assert_ne!(shown[0], code);
    fs::write(p.path("typed"), &shown[0]).unwrap();
    assert_eq!(nila(&["card", "read", "typed", "--pin-file", &pin]).code, 0);
    let s = p.run_as("a", "amina", &["verify"]);
    assert_eq!(s.code, 0, "{}", s.err);
}

#[test]
fn guesses_go_on_being_counted_in_another_process() {
    let (p, id, pin) = clinic();
    let made = json(&p.run_as("a", "nila", &["--json", "card", "issue", &id, "--pin-file", &pin]));
    fs::write(p.path("card"), made["code"].as_str().unwrap()).unwrap();
    let read = |pin: &str| {
        fs::write(p.path("typed"), pin).unwrap();
        p.run_as("a", "nila", &["card", "read", "card", "--pin-file", &p.text("typed")])
    };
    for n in 0..5 {
        read(&format!("11223{n}")).failed(3, if n < 4 { "wrong PIN" } else { "" });
    }
    read("274913").failed(3, "wait");
}

#[test]
fn every_card_command_shows_an_example() {
    let p = Place::new();
    for word in ["issue", "show", "reissue", "revoke", "read", "open"] {
        let s = p.run("a", &["card", word, "--help"]);
        assert!(s.code == 0 && s.out.contains("Example: aidpost card"), "{word}: {}", s.out);
    }
}

/// A grey picture as a PGM file.
fn image_of(pixel: impl Fn(u32, u32) -> u8) -> Vec<u8> {
    let mut out = b"P5\n300 300\n255\n".to_vec();
    out.extend((0..300 * 300).map(|i| pixel(i % 300, i / 300)));
    out
}

/// What a dark terminal shows: each half of a cell is eight pixels.
fn screen(out: &str) -> aidpost::face::Frame {
    let lines: Vec<Vec<char>> = out
        .lines()
        .filter(|l| l.chars().all(|c| " █▀▄".contains(c)) && !l.is_empty())
        .map(|l| l.chars().collect())
        .collect();
    assert_eq!((lines.len(), lines[0].len()), (23, 45));
    aidpost::face::Frame::from_fn(45 * 8, 46 * 8, |x, y| {
        let (column, row) = ((x / 8) as usize, (y / 8) as usize);
        let light = match lines[row / 2][column] {
            '█' => true,
            '▀' => row % 2 == 0,
            '▄' => row % 2 == 1,
            _ => false,
        };
        [if light { 220 } else { 15 }; 3]
    })
}
