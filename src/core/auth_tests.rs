//! Every rule of sign-in.

use proptest::prelude::*;

use super::*;

const A: StaffId = StaffId([1; 16]);
const B: StaffId = StaffId([2; 16]);
const LOGIN: Door = Door::Login(3);
const LIVE: Event = Event::Face { best: Some(A), score: 0.8, live: true };
const STILL: Event = Event::Face { best: Some(A), score: 0.8, live: false };
const STRANGER: Event = Event::Face { best: Some(A), score: 0.1, live: true };

fn started(who: StaffId, at: Millis) -> Terminal {
    let mut t = Terminal::default();
    assert_eq!(t.attempt(Event::PassphraseOk(LOGIN, who), at), Verdict::Granted(who));
    t
}

#[test]
fn a_passphrase_comes_first_after_every_start() {
    let mut t = Terminal::default();
    assert_eq!(t.attempt(LIVE, 1), Verdict::PassphraseNeeded);
    assert_eq!(t.attempt(Event::PinOk(A), 1), Verdict::PassphraseNeeded);
    assert!(!t.pin_possible(A) && !t.face_possible(1));
    assert_eq!(t.attempt(Event::PassphraseOk(LOGIN, A), 2), Verdict::Granted(A));
    assert_eq!(t.attempt(LIVE, 3), Verdict::Granted(A));
    let other = Event::Face { best: Some(B), score: 0.8, live: true };
    assert_eq!(t.attempt(other, 3), Verdict::PassphraseNeeded, "one person's passphrase is not another's");
}

#[test]
fn each_shift_begins_with_a_pin() {
    let mut t = started(A, 0);
    assert_eq!(t.attempt(LIVE, SHIFT - 1), Verdict::Granted(A));
    assert_eq!(t.attempt(LIVE, SHIFT), Verdict::PinNeeded(Some(A)));
    assert!(!t.on_shift(A, SHIFT) && t.pin_possible(A) && !t.face_possible(SHIFT));
    assert_eq!(t.over([A, B].into_iter(), SHIFT), [A, B]);
    assert_eq!(t.attempt(Event::PinOk(A), SHIFT + 5), Verdict::Granted(A));
    assert_eq!(t.attempt(LIVE, SHIFT + 6), Verdict::Granted(A));
    assert_eq!(t.over([A].into_iter(), SHIFT + 6), []);
    assert_eq!(t.attempt(LIVE, 2 * SHIFT + 5), Verdict::PinNeeded(Some(A)));
}

#[test]
fn a_recognised_face_alone_signs_nobody_in_and_costs_nothing() {
    let mut t = started(A, 0);
    for _ in 0..20 {
        assert_eq!(t.attempt(Event::Recognised(A), 1), Verdict::PinNeeded(Some(A)));
        assert_eq!(t.attempt(Event::Recognised(B), 1), Verdict::PassphraseNeeded);
    }
    assert_eq!(t.attempt(LIVE, 1), Verdict::Granted(A));
}

#[test]
fn five_failed_faces_ask_for_a_pin() {
    let mut t = started(A, 0);
    for left in (1..MAX_FAILURES).rev() {
        assert_eq!(t.attempt(STRANGER, 1), Verdict::NotRecognised { left });
    }
    assert_eq!(t.attempt(STRANGER, 1), Verdict::PinNeeded(None));
    assert_eq!(t.attempt(LIVE, 2), Verdict::PinNeeded(Some(A)), "the right face no longer counts");
    assert!(!t.face_possible(2));
    assert_eq!(t.attempt(LIVE, 2 + SHIFT - 3), Verdict::PinNeeded(Some(A)), "and waiting doesn't help");
    assert_eq!(t.attempt(Event::PinOk(A), SHIFT - 1), Verdict::Granted(A), "the PIN works at once");
    assert_eq!(t.attempt(LIVE, SHIFT), Verdict::Granted(A));
}

#[test]
fn a_face_that_does_not_move_as_asked_counts_as_failed() {
    let mut t = started(A, 0);
    for left in (1..MAX_FAILURES).rev() {
        assert_eq!(t.attempt(STILL, 1), Verdict::NotLive { left });
    }
    assert_eq!(t.attempt(STILL, 1), Verdict::PinNeeded(Some(A)));
}

#[test]
fn a_live_face_forgives_earlier_failures_and_a_still_one_does_not() {
    let mut t = started(A, 0);
    t.attempt(STRANGER, 1);
    t.attempt(STILL, 1);
    assert_eq!(t.attempt(STRANGER, 1), Verdict::NotRecognised { left: 2 });
    t.attempt(LIVE, 1);
    assert_eq!(t.attempt(STRANGER, 1), Verdict::NotRecognised { left: 4 });
}

#[test]
fn wrong_guesses_wait_longer_each_time() {
    for (wrong, door) in [(Event::PassphraseWrong(LOGIN), LOGIN), (Event::PinWrong(A), Door::Pin(A))] {
        let mut t = started(A, 0);
        let mut now = 0;
        for _ in 0..MAX_FAILURES {
            assert_eq!(t.waiting(door, now), None);
            assert_eq!(t.attempt(wrong, now), Verdict::Wrong);
        }
        let mut last = 0;
        for n in MAX_FAILURES + 1..MAX_PINS {
            let left = t.waiting(door, now).unwrap();
            assert!(left >= FIRST_DELAY && left > last && left <= MAX_DELAY, "{n}: {left}");
            last = left;
            assert_eq!(t.attempt(wrong, now), Verdict::Wait { left });
            assert_eq!(t.attempt(wrong, now + left - 1), Verdict::Wait { left: 1 });
            now += left;
            assert_eq!(t.attempt(wrong, now), Verdict::Wrong);
        }
    }
}

#[test]
fn the_right_answer_waits_too_and_then_begins_anew() {
    let mut t = started(A, 0);
    for _ in 0..MAX_FAILURES {
        t.attempt(Event::PinWrong(A), 1);
    }
    assert_eq!(t.attempt(Event::PinOk(A), 2), Verdict::Wait { left: FIRST_DELAY - 1 });
    assert_eq!(t.attempt(Event::PinOk(A), 1 + FIRST_DELAY), Verdict::Granted(A));
    assert_eq!(t.attempt(Event::PinWrong(A), 2 + FIRST_DELAY), Verdict::Wrong);
    assert_eq!(t.waiting(Door::Pin(A), 2 + FIRST_DELAY), None);
}

#[test]
fn delays_end_at_the_longest() {
    let mut t = Terminal::default();
    let mut now = 0;
    for _ in 0..40 {
        t.attempt(Event::PassphraseWrong(LOGIN), now);
        now += t.waiting(LOGIN, now).unwrap_or(0);
    }
    t.attempt(Event::PassphraseWrong(LOGIN), now);
    assert_eq!(t.waiting(LOGIN, now), Some(MAX_DELAY));
}

#[test]
fn ten_wrong_pins_ask_for_the_passphrase() {
    let mut t = started(A, 0);
    let mut now = 0;
    for _ in 1..MAX_PINS {
        assert_eq!(t.attempt(Event::PinWrong(A), now), Verdict::Wrong);
        now += t.waiting(Door::Pin(A), now).unwrap_or(0);
    }
    assert_eq!(t.attempt(Event::PinWrong(A), now), Verdict::PassphraseNeeded);
    assert!(!t.on_shift(A, now) && !t.pin_possible(A));
    now += MAX_DELAY;
    assert_eq!(t.attempt(Event::PinOk(A), now), Verdict::PassphraseNeeded);
    assert_eq!(t.attempt(LIVE, now), Verdict::PassphraseNeeded);
    assert_eq!(t.attempt(Event::PassphraseOk(LOGIN, A), now), Verdict::Granted(A));
}

#[test]
fn guessing_at_one_door_closes_no_other() {
    let mut t = started(A, 0);
    t.attempt(Event::PassphraseOk(Door::Login(9), B), 0);
    for _ in 0..MAX_FAILURES {
        t.attempt(Event::PinWrong(B), 1);
        t.attempt(Event::PassphraseWrong(Door::Login(1)), 1);
    }
    assert_eq!(t.attempt(Event::PinOk(A), 1), Verdict::Granted(A));
    assert_eq!(t.attempt(LIVE, 1), Verdict::Granted(A));
    assert_eq!(t.attempt(Event::PassphraseOk(LOGIN, A), 1), Verdict::Granted(A));
    assert!(t.waiting(Door::Pin(B), 1).is_some());
}

#[test]
fn login_names_share_doors_so_that_waiting_tells_nothing_about_them() {
    let doors: std::collections::BTreeSet<_> = (0..=255u8).map(|n| Door::of_login(&[n; 16])).collect();
    assert_eq!(doors.len(), usize::from(LOGIN_DOORS));
}

#[test]
fn a_clock_set_back_gives_nothing() {
    let mut t = started(A, 1_000);
    t.attempt(STRANGER, 1_000 + SHIFT);
    assert_eq!(t.attempt(LIVE, 1_001), Verdict::PinNeeded(Some(A)));
    assert!(!t.on_shift(A, 1_001) && !t.face_possible(1_001));
    let mut t = started(A, 1_000);
    for _ in 0..MAX_FAILURES {
        t.attempt(Event::PinWrong(A), 2_000);
    }
    assert_eq!(t.attempt(Event::PinOk(A), 0), Verdict::Wait { left: FIRST_DELAY }, "no delay is skipped");
}

#[test]
fn a_site_may_raise_the_threshold_and_never_lower_it() {
    let mut t = started(A, 0);
    let near = |score| Event::Face { best: Some(A), score, live: true };
    assert_eq!(t.attempt(near(0.5), 1), Verdict::Granted(A));
    t.set_threshold(0.6);
    assert!(matches!(t.attempt(near(0.5), 1), Verdict::NotRecognised { .. }));
    for worse in [0.1, f32::NAN, f32::NEG_INFINITY] {
        t.set_threshold(worse);
        assert_eq!(t.threshold(), FACE_THRESHOLD);
    }
    assert!(matches!(t.attempt(near(f32::NAN), 1), Verdict::NotRecognised { .. }));
    assert!(matches!(
        t.attempt(Event::Face { best: None, score: 1.0, live: true }, 1),
        Verdict::NotRecognised { .. }
    ));
}

#[test]
fn idle_locks() {
    let s = Session { staff: A, active: 10, proof: None };
    assert!(!s.idle(10 + IDLE - 1));
    assert!(s.idle(10 + IDLE));
    assert!(!s.idle(0), "a clock set back is not idleness");
}

#[test]
fn a_face_proves_nothing_for_a_step_up_and_a_pin_only_for_a_while() {
    let s = Session { staff: A, active: 10, proof: None };
    assert!(!s.proven(10));
    let s = Session { proof: Some(10), ..s };
    assert!(s.proven(10) && s.proven(10 + STEP_UP - 1));
    assert!(!s.proven(10 + STEP_UP));
    assert!(!s.proven(9), "a clock set back proves nothing");
}

fn events() -> impl Strategy<Value = (Event, Millis)> {
    let who = prop_oneof![Just(A), Just(B)];
    let event = (who, 0..9u8, 0.0..1.0f32, any::<bool>()).prop_map(|(who, kind, score, live)| match kind {
        0 => Event::PassphraseOk(LOGIN, who),
        1 => Event::PassphraseWrong(LOGIN),
        2 => Event::PinOk(who),
        3 => Event::PinWrong(who),
        4 => Event::Recognised(who),
        _ => Event::Face { best: Some(who), score, live },
    });
    (event, prop_oneof![0..1_000u64, 0..SHIFT])
}

proptest! {
    /// Whatever happens, whenever, and however the clock jumps: nobody is in without their passphrase since the start,
    /// no face within a shift's end, no face that isn't live, and never more than five of anything without a wait.
    #[test]
    fn nobody_gets_in_around_the_rules(steps in proptest::collection::vec((events(), any::<bool>()), 1..200)) {
        let mut t = Terminal::default();
        let (mut now, mut latest) = (0u64, 0u64);
        let mut proofs: BTreeMap<StaffId, Millis> = BTreeMap::new();
        for ((event, dt), back) in steps {
            now = if back { now.saturating_sub(dt) } else { now + dt };
            latest = latest.max(now);
            let verdict = t.attempt(event, now);
            match (event, verdict) {
                (Event::PassphraseOk(_, who), Verdict::Granted(granted)) => {
                    prop_assert_eq!(who, granted);
                    proofs.insert(who, latest);
                }
                (Event::PinOk(who), Verdict::Granted(granted)) => {
                    prop_assert_eq!(who, granted);
                    prop_assert!(proofs.insert(who, latest).is_some());
                }
                (Event::Face { best, score, live }, Verdict::Granted(granted)) => {
                    prop_assert!(live && score >= FACE_THRESHOLD && best == Some(granted));
                    prop_assert!(latest - proofs[&granted] < SHIFT);
                }
                (Event::PassphraseWrong(_) | Event::PinWrong(_) | Event::Recognised(_), v) => {
                    prop_assert!(!matches!(v, Verdict::Granted(_)));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn failures_at_the_door_outlive_the_process() {
    let door = Door::of_login(&[3; 16]);
    let mut t = Terminal::default();
    for _ in 0..MAX_FAILURES {
        t.attempt(Event::PassphraseWrong(door), 1_000);
    }
    let kept = t.failures();
    assert_eq!(kept, [KeptFailures { door: 3, count: MAX_FAILURES, until: 1_000 + FIRST_DELAY }]);
    let mut again = Terminal::default();
    again.remember(&kept, 2_000);
    assert_eq!(again.waiting(door, 2_000), Some(FIRST_DELAY - 1_000));
    // The next failure waits longer, as if nothing had ended.
    let later = 1_000 + FIRST_DELAY;
    assert_eq!(again.attempt(Event::PassphraseWrong(door), later), Verdict::Wrong);
    assert_eq!(again.waiting(door, later), Some(2 * FIRST_DELAY));
    // A file that says more than may be: nobody is locked out for good.
    again.remember(&[KeptFailures { door: 3, count: u32::MAX, until: u64::MAX }], later);
    assert_eq!(again.waiting(door, later), Some(MAX_DELAY));
    again.remember(&[], later);
    assert_eq!(again.waiting(door, later), None, "another process was let in");
    assert_eq!(delay(MAX_FAILURES - 1), 0);
}

#[test]
fn guesses_at_cards_are_kept_at_doors_of_their_own() {
    let mut t = Terminal::default();
    let (card, login) = (Door::of_serial([70, 1, 2, 3]), Door::Login(6));
    for _ in 0..MAX_FAILURES {
        t.attempt(Event::PassphraseWrong(card), 10);
    }
    assert_eq!(t.waiting(card, 10), Some(FIRST_DELAY));
    assert_eq!(t.waiting(login, 10), None, "nobody's passphrase waits for it");
    // Another process goes on counting.
    let mut other = Terminal::default();
    other.remember(&t.failures(), 10);
    assert_eq!((other.waiting(card, 10), other.waiting(login, 10)), (Some(FIRST_DELAY), None));
    other.forgive(card);
    assert!(other.waiting(card, 10).is_none() && other.failures().is_empty());
    for n in 0..=u8::MAX {
        let kept = [KeptFailures { door: n, count: 9, until: 20 }];
        other.remember(&kept, 10);
        assert_eq!(other.failures().len(), 1, "whatever number a file holds");
    }
}
