//! The workstation in a pseudo-terminal, from sign-in to a saved visit.

pub(crate) use crate::pty::Terminal;
use crate::{commands::Running, support::Place};

pub(crate) const CTRL_L: &str = "\x0c";
const CTRL_Q: &str = "\x11";
const CTRL_R: &str = "\x12";
pub(crate) const CTRL_S: &str = "\x13";

/// What stands for a picture in kitty's graphics: the terminal draws it over these.
const PLACEHOLDER: &str = "\u{10eeee}";

#[test]
fn the_camera_is_drawn_in_pixels_and_gone_once_somebody_is_in() {
    let p = Place::new();
    let folder = p.text("demo");
    let mut t = Terminal::start(&p, &["demo", "--folder", &folder, "--graphics", "kitty"], "C");
    t.wait("Press Enter.");
    t.press("\r");
    t.wait(PLACEHOLDER);
    t.wait("signed in as Nila Rao");
    t.gone(PLACEHOLDER);
}

#[test]
fn from_sign_in_to_a_saved_visit() {
    let p = Place::new();
    let folder = p.text("demo");
    let mut t = Terminal::start(&p, &["demo", "--folder", &folder], "C");
    t.wait("Press Enter.");
    t.press("\r");

    // The recorded camera shows the nurse: the face signs her in.
    t.wait("signed in as Nila Rao");
    t.wait("Meera Devi");
    t.press("meera");
    t.wait("Patients (1)");
    t.press("\r");
    t.wait("Visits (3)");
    t.wait("36.7 °C");

    t.press("n");
    t.wait("New visit: Meera Devi");
    t.press("headache");
    t.press("\t");
    t.press("39.4");
    t.press(CTRL_S);
    t.wait("unusual: Temperature 39.4 °C");
    t.press(CTRL_S);
    t.wait("visit saved: block");
    t.wait("Visits (4)");

    t.press("c");
    t.wait("Bela Hospital");
    t.press("\x1bOS");
    t.wait("Trust");
    t.wait("front desk");
    t.press("\x1b[15~");
    t.wait("This terminal");
    t.wait("ward terminal");

    // Locked, then in again: her name is found as she types, digits are the PIN.
    t.press(CTRL_L);
    t.wait("signed out");
    t.press("\t");
    t.wait("Sign in by PIN");
    t.press("rao");
    t.press("274913\r");
    t.wait("signed in as Nila Rao");

    // Her PIN was given a moment ago: choosing another one asks for it no more.
    t.press("\x1b[17~");
    t.wait("People (");
    t.press("p");
    t.wait("Choose a PIN");
    t.press("\x1b");

    // Nor does paper: the note of a visit, into a new file.
    t.press("\x1bOR");
    t.wait("Search");
    t.press("meera");
    t.wait("Patients (1)");
    t.press("\r");
    t.wait("Visits (4)");
    t.press("p");
    t.wait("Papers, lists and files: Meera Devi");
    t.press("\r");
    t.wait("File or printer");
    t.press("\t");
    t.press(&p.text("visit.pdf"));
    t.press(CTRL_S);
    t.wait("a PDF file of");
    assert!(std::fs::read(p.path("visit.pdf")).unwrap().starts_with(b"%PDF-"));

    // And once more with the passphrase.
    t.press(CTRL_L);
    t.wait("signed out");
    t.press("\t");
    t.wait("Sign in by PIN");
    t.press("\t");
    t.wait("Sign in by passphrase");
    t.press("nila");
    t.press("\t");
    t.press("river stone and reed");
    t.press("\r");
    t.wait("signed in as Nila Rao");
    t.press(CTRL_Q);
    assert_eq!(t.ended(), 0);
}

#[test]
fn the_screens_go_on_when_the_node_is_started_anew() {
    let p = Place::new();
    p.found("a");
    let node = Running::start(&p, "a");
    let mut t = Terminal::start(&p, &["--data", &p.text("a")], "C.UTF-8");
    t.wait("Sign in by passphrase");
    let sign_in = |t: &mut Terminal| {
        t.press("amina");
        t.press("\t");
        t.press("the passphrase of amina\r");
    };
    sign_in(&mut t);
    t.wait("Choose a PIN");
    t.press("\x1b");
    t.wait("Patients (0)");
    drop(node);
    t.wait("this screen goes on when it is started again");
    let _node = Running::start(&p, "a");
    t.wait("signed out by the node: sign in again");
    sign_in(&mut t);
    t.wait("Patients (0)");
}

#[test]
fn in_the_language_of_the_locale_with_menu_and_mouse() {
    let p = Place::new();
    let folder = p.text("demo");
    let mut t = Terminal::start(&p, &["demo", "--folder", &folder], "fr_CD.UTF-8");
    t.wait("Press Enter.");
    t.press("\r");
    t.wait("session ouverte : Nila Rao");
    t.wait("Chercher");

    // F10 is the menu: a word without its accent, then Enter.
    t.press("\x1b[21~");
    t.wait("Menu : ce qu'on peut faire ici");
    t.press("reseau");
    t.press("\r");
    t.wait("Ce poste");

    // A key at the bottom, then a patient, twice.
    t.click("F3 patients");
    t.wait("Meera Devi");
    t.click("Meera Devi");
    t.click("Meera Devi");
    t.wait("Consultations (3)");
    t.wait("36,7 °C");
    t.press("n");
    t.wait("Nouvelle consultation : Meera Devi");
    t.press("fièvre");
    t.press("\t");
    t.press("39,4");
    t.press(CTRL_S);
    t.wait("inhabituel : Température 39,4 °C");
    t.press(CTRL_S);
    t.wait("consultation enregistrée : bloc");
    t.press(CTRL_Q);
    t.ended();
}

/// The help on the screen names each of these keys; the table says how many each task takes beside what is typed.
#[test]
fn each_task_takes_the_keys_that_are_listed() {
    const F2: &str = "\x1bOQ";
    const F5: &str = "\x1b[15~";
    const F10: &str = "\x1b[21~";
    let p = Place::new();
    let folder = p.text("demo");
    let stick = p.text("");
    let mut t = Terminal::start(&p, &["demo", "--folder", &folder], "C");
    t.wait("Press Enter.");
    t.press("\r");
    t.wait("signed in as Nila Rao");
    t.done("Sign in by face");

    t.wait("Meera Devi");
    t.press("Amara");
    t.key(F2);
    t.wait("Register a patient");
    t.key("\t");
    t.press("1987");
    t.key(CTRL_S);
    t.wait("registered Amara");
    t.wait("Meera Devi");
    t.done("Register a patient who was searched for first");

    t.press("meera");
    t.gone("Amara");
    t.wait("Patients (1)");
    t.key("\r");
    t.wait("Visits (3)");
    t.done("Find a patient and open the chart");

    t.key("v");
    t.wait("Reference range");
    t.done("See vital signs over time");
    t.press("\x1b");
    t.wait("Visits (3)");

    t.key("n");
    t.wait("New visit: Meera Devi");
    t.press("headache");
    t.key("\t");
    t.press("39.4");
    t.key(CTRL_S);
    t.wait("unusual: Temperature 39.4 °C");
    t.key(CTRL_S);
    t.wait("visit saved: block");
    t.done("Write a visit with a value that is questioned");

    t.wait("Visits (4)");
    t.key("e");
    t.wait("Correct the visit of");
    t.press(" since noon");
    t.key(CTRL_S);
    t.wait("corrected: block");
    t.done("Correct a visit");
    t.wait("corrected since");
    t.key("h");
    t.wait("headache → headache since noon");
    t.done("See what a visit said before");
    t.press("\x1b");
    t.wait("Visits (4)");

    t.key("c");
    t.wait("Who read");
    t.done("See what a patient allows, and who read");

    t.key(CTRL_R);
    t.wait("Nobody asked for anything");
    t.key("n");
    t.wait("Ask for the record of Meera Devi");
    t.key(CTRL_S);
    t.wait("asked: block");
    t.done("Ask other organisations for the record of who is on the screen");

    t.key(F5);
    t.wait("This terminal");
    t.key("o");
    t.wait("Courier out: write a bundle");
    t.press(&stick);
    t.key("\r");
    t.wait("wrote ");
    t.done("Write a bundle for a courier");

    t.key(F10);
    t.wait("Menu: what can be done here");
    t.press("patients");
    t.key("\r");
    t.wait("type part of a name");
    t.done("Do something whose key one doesn't know");

    t.key(CTRL_L);
    t.wait("signed out");
    t.done("Lock");
    t.key("\t");
    t.wait("Sign in by PIN");
    t.press("rao");
    t.press("274913");
    t.key("\r");
    t.wait("signed in as Nila Rao");
    t.done("Sign in by PIN");

    t.key("\x17");
    t.wait("To do (");
    t.done("See what is to be done");
    t.key("\x14");
    t.wait("Hold the square code");
    t.done("Hand the terminal to a patient");
    t.press("\x1b");
    t.wait("the patient is done: sign in");
}

/// A nurse's terminal over a node of its own, with one patient who takes a medicine.
#[test]
fn what_is_over_is_said_with_the_keys_that_are_listed() {
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    let nila = |args: &[&str]| {
        let said = p.run_as("a", "nila", args);
        assert_eq!(said.code, 0, "{}", said.err);
        said.out
    };
    let id = nila(&["--json", "patient", "register", "Meera Devi"]);
    let id = id.trim().trim_matches('"');
    nila(&["patient", "visit", id, "--reason", "cough", "--medicine", "amoxicillin"]);
    let mut t = Terminal::start(&p, &["--data", &p.text("a")], "C.UTF-8");
    t.wait("Sign in by passphrase");
    t.press("nila\tthe passphrase of nila\r");
    t.wait("Choose a PIN");
    t.press("\x1b");
    t.wait("Patients (1)");
    t.press("\r");
    t.wait("Medicine: amoxicillin");
    t.key("o");
    t.wait("What stands: Meera Devi (1)");
    t.key("\r");
    t.wait("How does it end?");
    t.key("\r");
    t.wait("Sign that it is over?");
    t.key("y");
    t.wait("stopped: block");
    t.done("Stop a medicine");
    t.wait("Medicine: amoxicillin (stopped)");

    t.key("x");
    t.wait("Strike this visit out?");
    t.press("it was another patient");
    t.key(CTRL_S);
    t.wait("struck out: block");
    t.done("Strike out a visit of another patient");
    t.wait("struck out: it was another patient");
    t.press("x");
    t.wait("Let this visit stand again?");
    t.press(CTRL_S);
    t.wait("it stands again: block");
    t.wait("Medicine: amoxicillin (stopped)");
}
