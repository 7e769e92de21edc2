use proptest::prelude::*;
use rand::{SeedableRng, rngs::StdRng};

use super::*;

const C: ConsortiumId = ConsortiumId([1; 32]);
const P: PatientId = PatientId([2; 16]);
const PIN: &str = "274913";

fn root() -> CardRoot {
    CardRoot::random(C, P, &mut StdRng::seed_from_u64(1))
}

fn secret() -> Secret {
    Secret::new([9; 32])
}

#[test]
fn golden_card() {
    let text = root().seal(PIN, &secret()).unwrap();
    assert_eq!(text.expose().len(), TEXT);
    crate::testing::golden("card_v0.txt", text.expose());
    assert_eq!(format!("{text:?}"), "CardText(…)");
    assert!(format!("{:?}", root()).contains("Secret(…)"), "no key is printed");
}

#[test]
fn opens_with_the_pin_and_the_secret_and_nothing_less() {
    let (root, text) = (root(), root().seal(PIN, &secret()).unwrap());
    let card = SealedRoot::read(&format!("{}\r\n", text.expose())).unwrap();
    assert_eq!((card.patient, card.serial), (P, serial(root.keys().id())));
    assert!(card.is_of(C) && !card.is_of(ConsortiumId([2; 32])));
    let locked = card.lock(PIN).unwrap();
    let open = locked.open(C, &secret()).unwrap();
    assert_eq!(open.keys(), root.keys());
    assert_eq!(open.signing().to_bytes(), root.signing().to_bytes());
    assert!(locked.open(C, &Secret::new([8; 32])).is_none(), "another secret");
    assert!(locked.open(ConsortiumId([2; 32]), &secret()).is_none(), "another consortium derives other keys");
    assert!(card.lock("274914").unwrap().open(C, &secret()).is_none(), "another PIN");
}

#[test]
fn keys_differ_by_patient_and_by_use() {
    let mut rng = StdRng::seed_from_u64(1);
    let other = CardRoot::random(C, PatientId([3; 16]), &mut rng);
    let root = root();
    assert_eq!(root.root.expose(), other.root.expose());
    assert_ne!(root.keys().signing, other.keys().signing);
    assert_ne!(root.keys().encryption, other.keys().encryption);
    assert_ne!(root.signing().as_bytes(), root.encryption().secret().expose());
    assert_ne!(root.keys().id(), other.keys().id());
}

#[test]
fn a_changed_character_is_damage_and_not_a_wrong_pin() {
    let text = root().seal(PIN, &secret()).unwrap();
    let plain = text.expose();
    for at in MAGIC.len() + 1..plain.len() {
        for to in ["0", "Z", ":", " "].into_iter().filter(|to| *to != &plain[at..=at]) {
            let mut bad = plain.to_owned();
            bad.replace_range(at..=at, to);
            assert_eq!(SealedRoot::read(&bad), Err(BadCard::Damaged), "{at}");
        }
    }
    for short in [&plain[..TEXT - 1], &plain[..TEXT - 3], &plain[..8], &format!("{plain}000")] {
        assert_eq!(SealedRoot::read(short), Err(BadCard::Damaged));
    }
    assert_eq!(SealedRoot::read(&plain.replacen('0', "1", 1)), Err(BadCard::Newer));
    for other in ["", "https://example.org", "AIDCARD", "AIDCARDx", &plain[1..]] {
        assert_eq!(SealedRoot::read(other), Err(BadCard::NotACard), "{other}");
    }
}

#[test]
fn a_root_that_the_serial_number_does_not_name_is_refused() {
    let mut card = SealedRoot::read(root().seal(PIN, &secret()).unwrap().expose()).unwrap();
    card.serial[0] ^= 1;
    // Sealed anew by somebody who knows PIN and secret.
    let key = card.lock(PIN).unwrap().key(&secret());
    let mut out = [0u8; NONCE + SEALED];
    Sealer::new(&key).seal_into(&[0; NONCE], &card.public(), root().root.expose(), &mut out);
    card.sealed.copy_from_slice(&out[NONCE..]);
    let read = SealedRoot::read(card.write().expose()).unwrap();
    assert!(read.lock(PIN).unwrap().open(C, &secret()).is_none());
}

#[test]
fn pins_that_are_tried_first_are_refused() {
    for easy in ["000000", "123456", "654321", "121212", "123123", "19901990", "20012001", "48374837"] {
        assert_eq!(check_pin(easy, None), Err(BadPin::Guessable), "{easy}");
    }
    for year in ["199048", "481990", "4199037"] {
        assert_eq!(check_pin(year, Some(1990)), Err(BadPin::Year), "{year}");
        assert_eq!(check_pin(year, Some(1955)), Ok(()), "{year}");
        assert_eq!(check_pin(year, None), Ok(()), "{year}");
    }
    assert_eq!(check_pin("27491", None), Err(BadPin::Digits));
    assert_eq!(check_pin("274913", Some(1990)), Ok(()));
}

proptest! {
    #[test]
    fn nothing_read_makes_it_panic(text in ".{0,200}", tail in "[0-9A-Z $%*+./:-]{0,130}") {
        let _ = SealedRoot::read(&text);
        let made = format!("AIDCARD0{}", tail);
        prop_assert!(SealedRoot::read(&made).is_err());
    }
}
