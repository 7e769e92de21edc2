//! Tests of [`super`].

use std::fs;

use rand::{SeedableRng, rngs::StdRng};

use super::*;

const NOW: (Cost, Millis) = (Cost::LEAST, 7);

fn opened(rng: &mut StdRng, root: bool) -> Opened {
    let staff = SigningKey::from_bytes(Secret::random(rng).expose());
    Opened::new(Secret::new([1; 32]), staff, root.then(|| SigningKey::from_bytes(&[9; 32])))
}

struct Made {
    _dir: tempfile::TempDir,
    path: PathBuf,
    rng: StdRng,
    slots: Slots,
    admin: Opened,
    nurse: Opened,
}

/// An admin and a nurse.
fn made() -> Made {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("slots");
    let mut rng = StdRng::seed_from_u64(1);
    let mut slots = Slots::create(&path, [4; 16], &mut rng);
    let (admin, nurse) = (opened(&mut rng, true), opened(&mut rng, false));
    slots.add("amina", "mango tree 12", &admin, NOW, &mut rng).unwrap();
    slots.add("nila", "river stone 7", &nurse, NOW, &mut rng).unwrap();
    Made { _dir: dir, path, rng, slots, admin, nurse }
}

#[test]
fn each_person_opens_the_same_store_with_their_own_passphrase() {
    let m = made();
    let read = Slots::read(&m.path).unwrap();
    let o = read.open("Amina ", "mango tree 12").unwrap();
    assert_eq!(o.master.expose(), &[1; 32]);
    assert_eq!(o.staff.as_bytes(), m.admin.staff.as_bytes());
    assert!(o.root.is_some());
    assert!(read.open("nila", "river stone 7").unwrap().root.is_none());
    assert!(matches!(read.open("nila", "mango tree 12"), Err(SlotError::Wrong)));
    assert!(matches!(read.open("nobody", "mango tree 12"), Err(SlotError::Wrong)));
    let bytes = fs::read(&m.path).unwrap();
    assert!(!bytes.windows(5).any(|w| w == b"amina"));
    let list = read.list(&o.master);
    let names: Vec<_> = list.iter().map(|l| l.label.as_ref().unwrap().login.as_str()).collect();
    assert_eq!(names, ["amina", "nila"]);
    assert!(read.list(&Secret::new([2; 32])).iter().all(|l| l.label.is_none()), "not without the master key");
}

#[test]
fn short_taken_and_unwritable_change_nothing() {
    let mut m = made();
    let before = fs::read(&m.path).unwrap();
    let o = opened(&mut m.rng, false);
    assert!(matches!(m.slots.add("n", "short", &o, NOW, &mut m.rng), Err(SlotError::TooShort)));
    assert!(matches!(m.slots.add("NILA", "long enough", &o, NOW, &mut m.rng), Err(SlotError::Taken(_))));
    assert!(matches!(m.slots.add(" ", "long enough", &o, NOW, &mut m.rng), Err(SlotError::Login(_))));
    assert_eq!(fs::read(&m.path).unwrap(), before);
    let mut nowhere = Slots::create(&m.path.join("none/slots"), [4; 16], &mut m.rng);
    assert!(matches!(nowhere.add("n", "long enough", &o, NOW, &mut m.rng), Err(SlotError::Io { .. })));
}

#[test]
fn another_passphrase_and_the_old_one_opens_nothing() {
    let mut m = made();
    let code = m.slots.add_code("nila", &m.nurse, 8, &mut m.rng).unwrap();
    let kept = m.path.with_extension("kept");
    fs::hard_link(&m.path, &kept).unwrap();
    m.slots.put("nila", "another river", &m.nurse, NOW, &mut m.rng).unwrap();
    let read = Slots::read(&m.path).unwrap();
    assert!(matches!(read.open("nila", "river stone 7"), Err(SlotError::Wrong)));
    assert_eq!(read.open("nila", "another river").unwrap().staff.as_bytes(), m.nurse.staff.as_bytes());
    assert!(matches!(read.open_code("nila", &code), Err(SlotError::WrongCode)));
    assert!(read.open("amina", "mango tree 12").is_ok());
    assert!(fs::read(&kept).unwrap().iter().all(|b| *b == 0), "what the file held before is overwritten");
}

#[test]
fn a_recovery_code_opens_one_persons_slot_until_there_is_another() {
    let mut m = made();
    assert!(matches!(m.slots.add_code("omar", &m.nurse, 8, &mut m.rng), Err(SlotError::Unknown(_))));
    let first = m.slots.add_code("nila", &m.nurse, 8, &mut m.rng).unwrap();
    assert_eq!(first.split('-').count(), 7, "{}", *first);
    let read = Slots::read(&m.path).unwrap();
    let o = read.open_code("Nila", &first.to_lowercase().replace('-', " ")).unwrap();
    assert_eq!(o.staff.as_bytes(), m.nurse.staff.as_bytes());
    assert!(matches!(read.open_code("amina", &first), Err(SlotError::WrongCode)));
    let slip =
        first.replacen(first.chars().next().unwrap(), if first.starts_with('7') { "8" } else { "7" }, 1);
    assert!(matches!(read.open_code("nila", &slip), Err(SlotError::Code(_))));
    let second = m.slots.add_code("nila", &m.nurse, 9, &mut m.rng).unwrap();
    assert!(matches!(m.slots.open_code("nila", &first), Err(SlotError::WrongCode)));
    assert!(m.slots.open_code("nila", &second).is_ok());
    assert!(m.slots.open("nila", "river stone 7").is_ok(), "the passphrase goes on");
}

#[test]
fn the_last_slot_and_the_last_root_key_stay() {
    let mut m = made();
    let master = m.admin.master.clone();
    assert!(matches!(m.slots.remove("omar", &master), Err(SlotError::Unknown(_))));
    assert!(matches!(m.slots.remove("amina", &master), Err(SlotError::LastRoot)));
    m.slots.add_code("amina", &m.admin, 8, &mut m.rng).unwrap();
    assert!(matches!(m.slots.remove("amina", &master), Err(SlotError::LastRoot)));
    // The kit gives the root key to somebody else: then the first one may go.
    let nurse = Opened { root: m.admin.root.clone(), ..opened(&mut m.rng, false) };
    m.slots.set_keys("nila", &nurse, &mut m.rng).unwrap();
    assert!(m.slots.open("nila", "river stone 7").unwrap().root.is_some());
    m.slots.remove("amina", &master).unwrap();
    assert!(matches!(m.slots.open("amina", "mango tree 12"), Err(SlotError::Wrong)));
    assert!(matches!(m.slots.remove("nila", &master), Err(SlotError::Last)));
    assert!(Slots::read(&m.path).unwrap().open("nila", "river stone 7").is_ok());
}

#[test]
fn a_kind_of_a_newer_version_is_kept_and_counts_for_nothing() {
    let mut m = made();
    let mut content = m.slots.content.clone();
    let mut tpm = content.slots[0].clone();
    (tpm.tag, tpm.lock) = ([8; 16], codec::decode(&codec::encode(&(2u8, vec![1u8, 2, 3])), 99).unwrap());
    content.slots.push(tpm.clone());
    m.slots.write(content).unwrap();
    let mut read = Slots::read(&m.path).unwrap();
    let unknown = read.list(&m.admin.master).into_iter().filter(|l| l.kind == LockKind::Unknown);
    assert_eq!(unknown.count(), 1);
    let o = opened(&mut m.rng, false);
    read.add("omar", "long enough", &o, NOW, &mut m.rng).unwrap();
    assert!(Slots::read(&m.path).unwrap().content.slots.contains(&tpm), "still there");
}

#[test]
fn the_master_key_is_changed_without_anybodys_passphrase() {
    let mut m = made();
    let code = m.slots.add_code("nila", &m.nurse, 8, &mut m.rng).unwrap();
    let c = Changing { from: m.admin.master.clone(), to: Secret::new([2; 32]) };
    // Somebody with access to the disk puts a slot of their own there, in the hope of the next master key.
    let mut content = m.slots.content.clone();
    let mine = Exchange::random(&mut m.rng);
    content.slots[0].public = mine.public;
    let mut planted = m.slots.content.clone();
    planted.slots.push(Slot { tag: [7; 16], ..content.slots[0].clone() });
    m.slots.write(planted).unwrap();

    m.slots.begin_change(&c, &mut m.rng).unwrap();
    let read = Slots::read(&m.path).unwrap();
    assert!(read.is_changing());
    assert_eq!(read.open("nila", "river stone 7").unwrap().master.expose(), &[1; 32]);
    let both = read.open("amina", "mango tree 12").unwrap().changing().unwrap();
    assert_eq!((both.from.expose(), both.to.expose()), (&[1; 32], &[2; 32]));
    let outsider = read.content.slots.iter().find(|s| s.tag == [7; 16]).unwrap();
    assert!(outsider.next.is_none(), "nothing is wrapped to it");

    let mut given_up = Slots::read(&m.path).unwrap();
    given_up.path = m.path.with_extension("other");
    given_up.give_up_change().unwrap();
    assert!(!given_up.is_changing());

    m.slots.end_change(&c, &mut m.rng).unwrap();
    let read = Slots::read(&m.path).unwrap();
    assert!(!read.is_changing() && read.content.slots.len() == 3, "the outsider is gone");
    for o in [
        read.open("amina", "mango tree 12").unwrap(),
        read.open("nila", "river stone 7").unwrap(),
        read.open_code("nila", &code).unwrap(),
    ] {
        assert_eq!(o.master.expose(), &[2; 32]);
    }
    assert!(read.list(&c.to).iter().all(|l| l.label.is_some()));
    assert!(read.list(&c.from).iter().all(|l| l.label.is_none()));
}

#[test]
fn a_backup_opens_with_the_same_passphrases_and_holds_no_root_key() {
    let mut m = made();
    let code = m.slots.add_code("nila", &m.nurse, 8, &mut m.rng).unwrap();
    let to_backup = Changing { from: m.admin.master.clone(), to: Secret::new([5; 32]) };
    let image = m.slots.for_backup(&to_backup, &mut m.rng).unwrap();
    let path = m.path.with_extension("restored");
    let mut back = Slots::from_backup(&image, &m.path).unwrap();
    let o = back.open("amina", "mango tree 12").unwrap();
    assert_eq!((o.master.expose(), o.root.is_none()), (&[5; 32], true));
    assert_eq!(o.staff.as_bytes(), m.admin.staff.as_bytes());
    assert!(back.open_code("nila", &code).is_ok());
    let restored = Changing { from: o.master, to: Secret::new([6; 32]) };
    back.restore(&path, &restored, &mut m.rng).unwrap();
    let read = Slots::read(&path).unwrap();
    assert_eq!(read.open("nila", "river stone 7").unwrap().master.expose(), &[6; 32]);
    assert!(read.list(&restored.to).iter().all(|l| l.label.as_ref().is_some_and(|l| !l.root)));
    for cut in 0..image.len() {
        assert!(Slots::from_backup(&image[..cut], &path).is_err(), "cut at {cut}");
    }
}

#[test]
fn damaged_newer_and_foreign_files_are_named_and_never_panic() {
    let m = made();
    let good = fs::read(&m.path).unwrap();
    for i in 0..good.len() {
        fs::write(&m.path, &good[..i]).unwrap();
        assert!(Slots::read(&m.path).is_err(), "cut at {i}");
    }
    let mut bad = good.clone();
    bad[7] = b'1';
    fs::write(&m.path, &bad).unwrap();
    assert!(matches!(Slots::read(&m.path), Err(SlotError::Newer(_))));
    fs::write(&m.path, b"dear colleague").unwrap();
    assert!(matches!(Slots::read(&m.path), Err(SlotError::Foreign(_))));
    // Whatever is flipped: an error, or the right keys.
    for at in 8..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&m.path, &bad).unwrap();
        let Ok(read) = Slots::read(&m.path) else { continue };
        let Some(slot) = read.content.slots.first() else { continue };
        // Argon2id only where the lock itself was not hit, and only now and then: it is slow on purpose.
        let tried = slot.lock == m.slots.content.slots[0].lock && at % 97 == 0;
        if tried && let Ok(o) = read.open("amina", "mango tree 12") {
            assert_eq!(o.master.expose(), &[1; 32]);
            assert_eq!(o.staff.as_bytes(), m.admin.staff.as_bytes());
        }
    }
}

#[test]
fn golden_slot_file() {
    let m = made();
    crate::testing::golden("slots_v0.hex", &hex::encode(fs::read(&m.path).unwrap()));
}
