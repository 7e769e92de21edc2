//! What an admin does at the workstation, in a pseudo-terminal with a real node.

use std::fs;

use crate::{
    support::Place,
    workstation::{CTRL_S, Terminal},
};

const CTRL_A: &str = "\x01";
const CTRL_D: &str = "\x04";
const CTRL_G: &str = "\x07";
const CTRL_K: &str = "\x0b";
const F5: &str = "\x1b[15~";
const LEFT: &str = "\x1b[D";
const ESC: &str = "\x1b";

/// The only member decides alone: what it proposes is decided with its own yes.
#[test]
fn an_admin_proposes_sets_links_keeps_codes_and_backs_up() {
    let p = Place::new();
    p.found("a");
    let mut t = Terminal::start(&p, &["--data", &p.text("a")], "C.UTF-8");
    t.wait("Sign in by passphrase");
    t.press("amina\tthe passphrase of amina\r");
    t.wait("Choose a PIN");
    t.press(ESC);
    t.wait("Patients (0)");

    // A policy under which nobody could administer is refused; another one is shown, then proposed.
    let default = include_str!("../../src/core/policy/default.cedar");
    let (bad, good) = (p.text("bad.cedar"), p.text("good.cedar"));
    fs::write(&bad, "permit(principal, action, resource) when { false };").unwrap();
    fs::write(&good, format!("{default}\nforbid(principal, action, resource) when {{ false }};\n")).unwrap();
    t.press(CTRL_G);
    t.wait("Nothing is to be decided.");
    t.press("p");
    t.wait("Propose a decision");
    t.press(LEFT);
    t.wait("another policy");
    t.press(CTRL_S);
    t.wait("Propose another policy");
    t.press(&bad);
    t.press(CTRL_S);
    t.wait("no admin could administer any more");
    for _ in 0..bad.chars().count() {
        t.press("\x7f");
    }
    t.press(&good);
    t.press(CTRL_S);
    t.wait("good.cedar is valid");
    t.press(CTRL_S);
    t.wait("proposed (");

    t.press(F5);
    t.wait("This terminal");
    t.press("u");
    t.wait("How this terminal uses its links");
    t.press("44");
    t.press(CTRL_S);
    t.wait("set; it holds");
    t.wait("sends at most 44 kbit/s");

    t.press(CTRL_K);
    t.wait("root key");
    t.press("c");
    t.wait("Make a recovery code?");
    t.press("y");
    t.wait("Your recovery code");
    t.press("y");
    t.wait("it is shown no more");
    t.wait("recovery code");

    t.press(CTRL_A);
    t.wait("No schedule is in force");
    t.press("l");
    t.wait("0 patients looked at");
    t.press("a");
    t.wait("s adopts one");
    t.press("s");
    t.wait("Adopt a schedule");
    t.press(CTRL_S);
    t.wait("Put this schedule in force?");
    t.press(CTRL_S);
    t.wait("adopted by");

    let backups = p.text("backups");
    fs::create_dir(&backups).unwrap();
    t.press(CTRL_D);
    t.wait("Health of this terminal: to look at");
    t.wait("BAD");
    t.press("b");
    t.wait("Make a backup now");
    t.press(&backups);
    t.press(CTRL_S);
    t.wait("backup written:");
    let made: Vec<_> = fs::read_dir(&backups).unwrap().collect();
    assert_eq!(made.len(), 1, "{made:?}");

    // The door for a newcomer, shut again.
    t.press(CTRL_G);
    t.wait("Terminals of");
    t.press("o");
    t.wait("One terminal joins over the network");
    t.wait("Good for one terminal");
    t.press(ESC);
    t.wait("Terminals of");
}

/// By path in, and out again into a folder: the same bytes, and what is there already stays.
#[test]
fn a_file_is_kept_with_a_record_and_written_out_again() {
    const ENTER: &str = "\r";
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    let scan: Vec<u8> = (0..150_000u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
    fs::write(p.path("scan.png"), &scan).unwrap();
    fs::create_dir(p.path("stick")).unwrap();
    let mut t = Terminal::start(&p, &["--data", &p.text("a")], "C.UTF-8");
    t.wait("Sign in by passphrase");
    t.press("nila\tthe passphrase of nila\r");
    t.wait("Choose a PIN");
    t.press(ESC);
    t.wait("Patients (0)");
    t.press("\x1bOQ");
    t.wait("Register a patient");
    t.press("Meera");
    t.press(CTRL_S);
    t.wait("registered Meera");
    t.wait("Patients (1)");
    t.press(ENTER);
    t.wait("Visits (0)");
    t.press("f");
    t.wait("No file is kept here yet");
    t.press("a");
    t.wait("Keep a file");
    t.press("scan.png");
    t.press(CTRL_S);
    t.wait("kept with the record: block");
    t.wait("Files of Meera: 1");
    t.wait("All of it is here");
    for answer in ["is written", "is there already and stays as it is"] {
        t.press(ENTER);
        t.wait("Write out scan.png");
        t.press("stick");
        t.press(CTRL_S);
        t.wait(answer);
    }
    assert_eq!(fs::read(p.path("stick/scan.png")).unwrap(), scan);
    // A folder was typed: whether it may be thrown away is asked.
    t.press(ESC);
    t.wait("Leave without saving?");
    t.press("y");
    t.wait("All of it is here");
    t.press(ESC);
    t.wait("1 file is kept: f");
}
