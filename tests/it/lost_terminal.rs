//! A terminal that is lost, stopped, made smaller or slow, in the middle of a visit: what was typed is there afterwards, and
//! whoever gets the terminal finds it as it was.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::{
    pty::{Terminal, child_of, signal},
    support::{BIN, Place},
};

const CTRL_S: &str = "\x13";
const CTRL_Z: &str = "\x1a";
const F2: &str = "\x1bOQ";
const ESC: &str = "\x1b";
const TYPED: &str = "headache since noon";
/// Ten bits for each byte, at 9,600 bits a second.
const SLOW: usize = 960;

/// A nurse's terminal, and a patient.
fn clinic() -> Place {
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    let s = p.run_as("a", "nila", &["patient", "register", "Meera Devi"]);
    assert_eq!(s.code, 0, "{}", s.err);
    p
}

fn sign_in(t: &mut Terminal) {
    t.wait("Sign in by passphrase");
    t.press("nila\tthe passphrase of nila\r");
    t.wait("Choose a PIN");
    t.press(ESC);
    t.wait("Patients (1)");
}

fn open_chart(t: &mut Terminal) {
    sign_in(t);
    t.press("\r");
    t.wait("Visits (0)");
}

fn begin_visit(t: &mut Terminal) {
    open_chart(t);
    t.press("n");
    t.wait("New visit: Meera Devi");
    t.press(TYPED);
    t.wait(TYPED);
}

fn workstation(p: &Place) -> Terminal {
    Terminal::start(p, &["--data", &p.text("a")], "C.UTF-8")
}

/// A draft waits in a workstation that is started anew.
fn offered_again(p: &Place, typed: &str) {
    let mut t = workstation(p);
    open_chart(&mut t);
    t.wait("a draft is waiting");
    t.press("n");
    t.wait("draft of the visit");
    t.wait(typed);
}

/// Nothing of the workstation is left of the terminal, and nothing of the patient.
fn given_back(t: &Terminal) {
    t.look(|s| {
        assert!(!s.alternate_screen() && !s.hide_cursor() && !s.bracketed_paste());
        assert_eq!(s.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert!(!s.contents().contains("Meera"), "{}", s.contents());
    });
}

#[test]
fn who_ends_it_from_outside_gets_the_terminal_back_and_the_draft_stays() {
    let p = clinic();
    for what in [Signal::TERM, Signal::HUP] {
        let mut t = workstation(&p);
        if what == Signal::TERM {
            begin_visit(&mut t);
        } else {
            open_chart(&mut t);
            t.press("n");
            t.wait(TYPED);
            t.press(" and fever");
            t.wait("noon and fever");
        }
        signal(t.id(), what);
        assert_eq!(t.ended(), 0);
        given_back(&t);
    }
    offered_again(&p, "headache since noon and fever");
}

#[test]
fn a_registration_stays_through_a_crash_and_a_correction_through_a_hang_up() {
    let p = clinic();
    let mut t = workstation(&p);
    sign_in(&mut t);
    t.press(F2);
    t.wait("Register a patient");
    t.press("Asha Rao");
    t.wait("Asha Rao");
    // It is kept a second after the last key.
    thread::sleep(Duration::from_secs(3));
    signal(t.id(), Signal::KILL);
    t.ended();
    let mut t = workstation(&p);
    sign_in(&mut t);
    t.press(F2);
    t.wait("going on with what you typed");
    t.wait("Asha Rao");
    t.press(ESC);
    t.press("y");
    t.wait("Patients (1)");
    t.press("\r");
    t.wait("Visits (0)");
    t.press("i");
    t.wait("Correct who this is");
    t.press(" Kumari");
    t.wait("Devi Kumari");
    signal(t.id(), Signal::HUP);
    assert_eq!(t.ended(), 0);
    let mut t = workstation(&p);
    open_chart(&mut t);
    t.press("i");
    t.wait("Devi Kumari");
    t.wait("was Meera Devi");
    t.press(CTRL_S);
    t.wait("corrected: block");
    t.press("i");
    t.wait("Nothing is changed yet");
}

#[test]
fn a_line_that_breaks_off_leaves_the_draft() {
    let p = clinic();
    // `script` is what has the other end of the terminal, as a session of ssh has.
    let command = format!("exec {BIN} --data {}", p.text("a"));
    let mut t = Terminal::run(&p, "script", &["-qfc", &command, "/dev/null"], "C.UTF-8");
    begin_visit(&mut t);
    let inside = child_of(t.id());
    signal(t.id(), Signal::KILL);
    let start = Instant::now();
    while Path::new(&format!("/proc/{inside}")).exists() {
        assert!(start.elapsed() < Duration::from_secs(20), "it goes on without a terminal");
        thread::sleep(Duration::from_millis(20));
    }
    offered_again(&p, TYPED);
}

#[test]
fn suspended_it_gives_the_shell_a_terminal_as_it_was_and_goes_on_where_it_stopped() {
    let p = clinic();
    let mut t = Terminal::run(&p, "sh", &["-i"], "C.UTF-8");
    t.wait("$");
    t.press("stty -a > before\r");
    t.press(&format!("{BIN} --data {}\r", p.text("a")));
    begin_visit(&mut t);
    let shown = t.text();
    t.press(CTRL_Z);
    t.wait("To go on: fg");
    t.wait("$");
    given_back(&t);
    t.press("stty -a > meanwhile; echo \"wr\"itten\r");
    t.wait("written");
    let read = |name| fs::read_to_string(p.path(name)).unwrap();
    assert_eq!(read("before"), read("meanwhile"));
    t.press("fg\r");
    t.wait(TYPED);
    assert_eq!(t.text(), shown, "all of it, as it was");
    t.look(|s| {
        assert!(s.alternate_screen() && s.bracketed_paste());
        assert_ne!(s.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    });

    // Asked from outside, and in a terminal that is another size afterwards.
    t.press(" and fever");
    t.wait("noon and fever");
    let inside = child_of(t.id());
    signal(inside, Signal::TSTP);
    t.wait("To go on: fg");
    t.resize(40, 100);
    t.press("fg\r");
    t.wait("noon and fever");
    t.press(", no cough");
    t.wait("fever, no cough");

    // Stopped without being asked, it couldn't give anything back; it draws all of it anew. Enter is a line feed to a shell
    // that doesn't mend the terminal.
    signal(inside, Signal::STOP);
    t.wait("topped");
    t.press("fg\n");
    t.gone("topped");
    t.wait("fever, no cough");
    t.press(" now");
    t.wait("no cough now");

    // What was typed was kept before it stopped.
    t.press(CTRL_Z);
    t.wait("To go on: fg");
    signal(inside, Signal::KILL);
    t.press("exit\r");
    t.press("exit\r");
    t.ended();
    offered_again(&p, "headache since noon and fever, no cough now");
}

#[test]
fn where_nothing_could_bring_it_back_it_isnt_stopped() {
    let p = clinic();
    let mut t = workstation(&p);
    begin_visit(&mut t);
    t.press(CTRL_Z);
    t.press(" and fever");
    t.wait("noon and fever");
    assert!(t.look(vt100::Screen::alternate_screen));
}

#[test]
fn any_size_draws_and_the_first_one_draws_the_same_again() {
    let p = clinic();
    let mut t = workstation(&p);
    begin_visit(&mut t);
    let shown = t.text();
    for (rows, columns) in [(60, 200), (10, 30), (2, 4), (1, 1), (24, 80)] {
        t.resize(rows, columns);
        t.quiet(Duration::from_millis(400));
    }
    t.wait(TYPED);
    assert_eq!(t.text(), shown);
    t.press(" and fever");
    t.wait("noon and fever");
}

#[test]
fn on_a_slow_line_typing_stays_ahead_and_only_what_changed_is_drawn() {
    let p = clinic();
    let mut t = workstation(&p);
    begin_visit(&mut t);
    t.quiet(Duration::from_millis(1_500));
    t.slow(SLOW);
    // Somebody types ten characters a second, in the note too, without looking up.
    let more = ", worse when she stands up";
    let before = t.bytes();
    let begun = Instant::now();
    for c in more.chars() {
        t.press(&c.to_string());
        thread::sleep(Duration::from_millis(40));
    }
    t.wait(&format!("{TYPED}{more}"));
    let behind = begun.elapsed().saturating_sub(Duration::from_millis(100) * more.len() as u32);
    assert!(behind < Duration::from_secs(1), "the screen was {behind:?} behind");
    t.quiet(Duration::from_millis(1_500));
    let each = (t.bytes() - before) / more.len();
    assert!(each <= SLOW / 10, "{each} bytes for a key");
    // Nothing more comes while nothing happens.
    let before = t.bytes();
    thread::sleep(Duration::from_secs(3));
    assert_eq!(t.bytes(), before);
    // What was typed faster than the line carries it is there too, in order.
    t.press("\t38.4\t\t\t");
    t.press(ESC);
    t.wait("Visits (0)");
    t.press("n");
    t.wait("38.4");
    t.wait(&format!("{TYPED}{more}"));
}
