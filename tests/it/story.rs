//! A day of a clinic and a hospital in pseudo-terminals: what two terminals wrote apart is decided, sharing is stopped and a
//! stick carries it, a record is opened in an emergency and reviewed, and the patient's card lets the hospital in again.
//! `workstation.rs` has the rest of the day: signing in by face, registering, a value that is questioned, the lock.

use std::fs;

use crate::{
    support::{Place, Said},
    workstation::{CTRL_L, CTRL_S, Terminal},
};

const ESC: &str = "\x1b";
const TAB: &str = "\t";
const RIGHT: &str = "\x1b[C";
const F3: &str = "\x1bOR";
const F5: &str = "\x1b[15~";
const F7: &str = "\x1b[18~";
const F8: &str = "\x1b[19~";
/// The PIN of the patient's card.
const CARD_PIN: &str = "605142";

/// A command at another terminal of the story, whose store is free while its people are away.
fn at(p: &Place, site: &str, (login, passphrase): (&str, &str), args: &[&str]) -> Said {
    let file = p.path(login);
    fs::write(&file, passphrase).unwrap();
    let file = file.display().to_string();
    let who = ["--login", login, "--passphrase-file", &file, "--listen", "127.0.0.1:0"];
    let s = p.run(&format!("demo/{site}"), &[&who, args].concat());
    assert_eq!(s.code, 0, "{args:?}: {}", s.err);
    s
}

/// The tablet, apart from the front desk: the patient moves, and gets a card.
fn on_the_road(p: &Place, stick: &str, cards: &str) -> String {
    let omar = ("omar", "seven grey herons");
    let list = at(p, "outreach", omar, &["patient", "list"]).out;
    let meera = list.lines().find(|l| l.contains("Meera Devi")).unwrap();
    let meera = meera.split_whitespace().next().unwrap();
    at(p, "outreach", omar, &["patient", "edit", meera, "--village", "Kaski"]);
    let pin = p.text("pin");
    fs::write(&pin, CARD_PIN).unwrap();
    fs::create_dir(cards).unwrap();
    let card = format!("{cards}/card.png");
    at(p, "outreach", omar, &["card", "issue", meera, "--png", &card, "--pin-file", &pin]);
    at(p, "outreach", omar, &["courier", "out", stick]);
    meera.into()
}

fn read_a_stick(t: &mut Terminal, stick: &str) {
    t.key(F5);
    t.wait("This terminal");
    t.key("i");
    t.wait("Courier in");
    t.press(stick);
    t.key("\r");
    t.wait("read 1 bundle");
    t.done("Read a courier's bundle");
}

fn find_meera(t: &mut Terminal) {
    t.press(F3);
    t.wait("type part of a name");
    t.press("meera");
    t.wait("Patients (1)");
    t.press("\r");
}

#[test]
fn a_day_of_two_organisations() {
    let p = Place::new();
    let (folder, stick, home, cards) = (p.text("demo"), p.text("stick"), p.text("home"), p.text("cards"));
    fs::create_dir(&stick).unwrap();
    fs::create_dir(&home).unwrap();
    let mut t = Terminal::start(&p, &["demo", "--folder", &folder], "C");
    t.wait("Press Enter.");
    let meera = on_the_road(&p, &stick, &cards);
    t.press("\r");
    t.wait("signed in as Nila Rao");

    // The front desk hears of another village than the tablet.
    find_meera(&mut t);
    t.wait("Visits (3)");
    t.key("i");
    t.wait("Correct who this is: Meera Devi");
    for _ in 0..4 {
        t.key(TAB);
    }
    t.press(&"\x7f".repeat("Kothapalli".len()));
    t.press("Rampur");
    t.key(CTRL_S);
    t.wait("corrected: block");
    t.done("Correct the village of a patient");

    read_a_stick(&mut t, &stick);
    find_meera(&mut t);
    t.wait("Visits (3)");
    t.key("d");
    t.wait("who the patient is, written at two places at once");
    t.wait("Kaski");
    t.wait("Rampur");
    t.key(RIGHT);
    t.key(CTRL_S);
    t.wait("decided: block");
    t.done("Decide between two versions");

    t.wait("Visits (3)");
    t.key("c");
    t.wait("Bela Hospital");
    t.key("s");
    t.wait("Stop sharing");
    t.key("y");
    t.wait("sharing stopped: block");
    t.done("Stop sharing with an organisation");
    t.press(F5);
    t.wait("This terminal");
    t.press("o");
    t.wait("Courier out: write a bundle");
    t.press(&home);
    t.press("\r");
    t.wait("wrote ");
    t.press(CTRL_L);
    t.wait("signed out");

    // At the hospital the record is shut; the doctor opens it all the same, and it is on the ledger first.
    let camera = format!("frames:{cards}");
    let mut h = Terminal::start(&p, &["--data", &p.text("demo/hospital"), "--camera", &camera], "C");
    sign_in(&mut h, "david", "lamp over the door");
    read_a_stick(&mut h, &home);
    h.press(F3);
    h.wait("type part of a name");
    // Whom the hospital may no longer see is found by the number on a referral alone.
    h.press(&meera);
    h.wait("Patients (0)");
    h.press("\r");
    h.wait("b open in an emergency");
    h.key("b");
    h.wait("Open in an emergency");
    h.key(CTRL_S);
    h.wait("EMERGENCY");
    h.wait("minutes left");
    h.done("Open a record in an emergency");

    // She has come to, and lets them in with her card.
    h.press(ESC);
    h.press(F3);
    h.wait("Patients (");
    h.key(F8);
    h.wait("The card is read.");
    h.press(CARD_PIN);
    h.key("\r");
    h.wait("the card signed");
    h.wait("Visits (3)");
    h.done("Read a card that lets this organisation in");

    // Somebody else reviews the emergency.
    h.press(CTRL_L);
    h.wait("signed out");
    sign_in(&mut h, "bela", "copper kettle song");
    h.key(F7);
    h.wait("Opened in emergencies");
    h.wait("Dr David");
    h.key("j");
    h.wait("Review:");
    h.press("she was unconscious");
    h.key(CTRL_S);
    h.wait("reviewed: it is on the ledger");
    h.done("Review an emergency");
}

fn sign_in(t: &mut Terminal, login: &str, passphrase: &str) {
    t.wait("Sign in by passphrase");
    t.press(login);
    t.press(TAB);
    t.press(passphrase);
    t.press("\r");
    t.wait("Choose a PIN");
    t.press(ESC);
    t.wait("Patients (");
}
