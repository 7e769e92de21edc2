//! Finding patients as one types: name parts in any order, without accents, with a slip of a finger, by village, phone,
//! identifier or year of birth; the best first.
//!
//! What is searched is kept in memory while the store is open, built from the patient list inside the sealed file, and
//! never written anywhere else. Every word of a card is folded (lower case, no accents) and listed once with the cards
//! that have it, sorted, so that what begins like a typed word is one range. A word that begins nothing is looked for with
//! one slip: the first letter stays, which leaves few words to compare.

use std::collections::BTreeMap;

use super::tables::Card;
use crate::core::{id::PatientId, time::Millis};

/// The most words of a query that count.
const MAX_WORDS: usize = 8;
/// The most characters of a word that count.
const MAX_WORD: usize = 40;

pub use crate::core::fold::folded;

fn words(s: &str) -> Vec<String> {
    let all = folded(s);
    let parts = all.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    parts.map(|w| w.chars().take(MAX_WORD).collect()).collect()
}

/// Digits of a phone number, so that spaces and a plus don't matter.
fn digits(s: &str) -> String {
    s.chars().filter(char::is_ascii_digit).take(MAX_WORD).collect()
}

/// What is kept of a card.
struct Entry {
    id: PatientId,
    archived: bool,
    last_visit: Option<Millis>,
    name: Box<str>,
    village: Box<str>,
    phone: Box<str>,
    birth_year: Option<u16>,
}

impl Entry {
    fn new(id: PatientId, c: &Card) -> Self {
        Self {
            id,
            archived: c.archived,
            last_visit: c.last_visit,
            name: folded(&c.name).into(),
            village: folded(&c.village).into(),
            phone: digits(&c.phone).into(),
            birth_year: c.birth_year,
        }
    }

    /// Its words, each with whether it is part of the name.
    fn words(&self) -> Vec<(String, bool)> {
        let mut out: Vec<(String, bool)> = words(&self.name).into_iter().map(|w| (w, true)).collect();
        out.extend(words(&self.village).into_iter().map(|w| (w, false)));
        out.extend(self.birth_year.map(|y| (y.to_string(), false)));
        out.sort_by(|(a, x), (b, y)| a.cmp(b).then(y.cmp(x)));
        out.dedup_by(|a, b| a.0 == b.0);
        out
    }
}

/// The index over the patient list.
#[derive(Default)]
pub struct Search {
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    places: BTreeMap<PatientId, u32>,
    /// Word → twice the entry's place, and one more where it is part of the name.
    lists: BTreeMap<String, Vec<u32>>,
}

/// What each entry scores: 0 when it doesn't fit.
type Scores = Vec<u16>;

impl Search {
    /// Puts a card in, or in place of the one before.
    pub fn put(&mut self, id: PatientId, card: &Card) {
        self.remove(id);
        let entry = Entry::new(id, card);
        let place = self.free.pop().unwrap_or(self.entries.len() as u32);
        for (w, name) in entry.words() {
            self.lists.entry(w).or_default().push(place * 2 + u32::from(name));
        }
        match self.entries.get_mut(place as usize) {
            Some(free) => *free = Some(entry),
            None => self.entries.push(Some(entry)),
        }
        self.places.insert(id, place);
    }

    /// Takes a card out.
    pub fn remove(&mut self, id: PatientId) {
        let Some(place) = self.places.remove(&id) else { return };
        let entry = self.entries.get_mut(place as usize).and_then(Option::take);
        for (w, _) in entry.iter().flat_map(Entry::words) {
            if let Some(list) = self.lists.get_mut(&w) {
                list.retain(|p| p / 2 != place);
                if list.is_empty() {
                    self.lists.remove(&w);
                }
            }
        }
        self.free.push(place);
    }

    /// How many patients can be found.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Nobody can be found.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The `most` whom all words of `query` fit best, the best first. Nothing typed: those of the latest visits. Nobody who
    /// is in the archive.
    pub fn find(&self, query: &str, most: usize) -> Vec<PatientId> {
        self.find_among(query, most, false)
    }

    /// The same among those in the archive.
    pub fn find_archived(&self, query: &str, most: usize) -> Vec<PatientId> {
        self.find_among(query, most, true)
    }

    fn find_among(&self, query: &str, most: usize, archived: bool) -> Vec<PatientId> {
        let mut total: Scores = vec![1; self.entries.len()];
        let mut hits: Scores = vec![0; self.entries.len()];
        for word in typed(query) {
            hits.fill(0);
            self.hits(&word, &mut hits);
            for (t, h) in total.iter_mut().zip(&hits) {
                *t = if *h == 0 || *t == 0 { 0 } else { *t + *h };
            }
        }
        // What mostly decides lies side by side: to look into each entry again would take ten times as long.
        type Found<'a> = (u16, Option<Millis>, &'a Entry);
        let mut out: Vec<Found<'_>> = total
            .iter()
            .zip(&self.entries)
            .filter(|(t, _)| **t > 0)
            .filter_map(|(t, e)| Some((*t, e.as_ref()?)))
            .filter(|(_, e)| e.archived == archived)
            .map(|(t, e)| (t, e.last_visit, e))
            .collect();
        let order = |(a, then, x): &Found<'_>, (b, now, y): &Found<'_>| {
            b.cmp(a).then(now.cmp(then)).then_with(|| x.name.cmp(&y.name)).then(x.id.cmp(&y.id))
        };
        if out.len() > most && most > 0 {
            out.select_nth_unstable_by(most - 1, order);
        }
        out.truncate(most);
        out.sort_unstable_by(order);
        out.into_iter().map(|(_, _, e)| e.id).collect()
    }

    /// Those whose name or phone is most like these, the most alike first: who may be the same person.
    pub fn near(&self, card: &Card, most: usize) -> Vec<PatientId> {
        let mut total: Scores = vec![0; self.entries.len()];
        let mut hits: Scores = vec![0; self.entries.len()];
        let phone = digits(&card.phone);
        // Numbers are written with and without the code of the country: the end is what they share.
        let phone = (phone.len() >= 6).then(|| phone[phone.len() - 6..].to_string());
        for word in words(&card.name).into_iter().take(MAX_WORDS).chain(phone) {
            hits.fill(0);
            self.hits(&word, &mut hits);
            self.slips(&word, &mut hits);
            total.iter_mut().zip(&hits).for_each(|(t, h)| *t += *h);
        }
        let village = folded(&card.village);
        let alike = total.iter().zip(&self.entries).filter(|(t, _)| **t > 0);
        let mut out: Vec<(u16, PatientId)> = alike
            .filter_map(|(t, e)| {
                let e = e.as_ref()?;
                let near = u16::from(e.birth_year.is_some() && e.birth_year == card.birth_year) * 24
                    + u16::from(!village.is_empty() && *e.village == village) * 24;
                Some((t + near, e.id))
            })
            .collect();
        let order = |a: &(u16, PatientId), b: &(u16, PatientId)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
        if out.len() > most && most > 0 {
            out.select_nth_unstable_by(most - 1, order);
        }
        out.truncate(most);
        out.sort_unstable_by(order);
        out.into_iter().map(|(_, id)| id).collect()
    }

    /// Scores the cards that one typed word fits: a name before anything else, a whole word before its beginning.
    fn hits(&self, word: &str, out: &mut Scores) {
        for (w, list) in self.lists.range(word.to_string()..).take_while(|(w, _)| w.starts_with(word)) {
            add(out, list, if w == word { (32, 16) } else { (20, 10) });
        }
        self.by_number(word, out);
        if out.iter().all(|s| *s == 0) {
            self.slips(word, out);
        }
    }

    /// Scores the cards that one word fits but for a letter.
    fn slips(&self, word: &str, out: &mut Scores) {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < 4 || !letters.iter().all(|c| c.is_alphabetic()) {
            return;
        }
        let first = letters[0].to_string();
        for (w, list) in self.lists.range(first.clone()..).take_while(|(w, _)| w.starts_with(&first)) {
            if one_slip(&letters, w) {
                add(out, list, (4, 2));
            }
        }
    }

    /// Phones that have these digits, and identifiers that begin so.
    fn by_number(&self, word: &str, out: &mut Scores) {
        if word.len() < 4 || !word.chars().all(|c| c.is_ascii_hexdigit()) {
            return;
        }
        if let Ok(b) = hex::decode(&word[..4]) {
            let mut from = [0u8; 16];
            from[..2].copy_from_slice(&b);
            let near = self.places.range(PatientId(from)..).take_while(|(id, _)| id.0[..2] == b[..]);
            for (_, place) in near.filter(|(id, _)| hex::encode(id.0).starts_with(word)) {
                add(out, &[place * 2 + 1], (32, 32));
            }
        }
        if word.chars().all(|c| c.is_ascii_digit()) {
            for (place, e) in self.entries.iter().enumerate() {
                if e.as_ref().is_some_and(|e| e.phone.contains(word)) {
                    add(out, &[place as u32 * 2], (16, 16));
                }
            }
        }
    }
}

fn add(out: &mut Scores, list: &[u32], (of_name, of_other): (u16, u16)) {
    for p in list {
        let score = &mut out[*p as usize / 2];
        *score = (*score).max(if p % 2 == 1 { of_name } else { of_other });
    }
}

/// The words of a query; a phone number typed with spaces or a plus is one word.
fn typed(query: &str) -> Vec<String> {
    let number = digits(query);
    let only = query.chars().all(|c| c.is_ascii_digit() || " +-/().".contains(c));
    if only && number.len() > 4 {
        return vec![number];
    }
    words(query).into_iter().take(MAX_WORDS).collect()
}

/// `word` begins with what was typed, but for one letter: another, one too many, one missing, or two exchanged.
fn one_slip(typed: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().take(typed.len() + 1).collect();
    let same = typed.iter().zip(&word).take_while(|(a, b)| a == b).count();
    let (t, w) = (&typed[same..], &word[same..]);
    let begins = |w: &[char], t: &[char]| w.len() >= t.len() && w[..t.len()] == *t;
    if t.is_empty() {
        return true;
    }
    begins(w, &t[1..])
        || (!w.is_empty() && (begins(&w[1..], &t[1..]) || begins(&w[1..], t)))
        || (t.len() > 1 && w.len() > 1 && t[0] == w[1] && t[1] == w[0] && begins(&w[2..], &t[2..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{id::OrgId, record::Gender};

    fn card(name: &str, village: &str, phone: &str, year: u16) -> Card {
        Card {
            name: name.into(),
            birth_year: Some(year),
            gender: Gender::Female,
            village: village.into(),
            phone: phone.into(),
            custodian: OrgId([1; 16]),
            last_visit: Some(u64::from(year)),
            archived: false,
        }
    }

    fn id(n: u8) -> PatientId {
        PatientId([n; 16])
    }

    fn find(s: &Search, query: &str) -> Vec<PatientId> {
        s.find(query, 10)
    }

    fn index() -> Search {
        let mut s = Search::default();
        s.put(id(1), &card("Nila Devi", "Pokhara", "+977 98-4123 4567", 1988));
        s.put(id(2), &card("Aïssatou Diallo", "Kédougou", "77 123 45 67", 1999));
        s.put(id(3), &card("Devika Rana", "Nila Tol", "", 2001));
        s.put(id(4), &card("José Ñandú", "San Juan", "", 1954));
        s
    }

    #[test]
    fn parts_in_any_order_without_accents() {
        let s = index();
        assert_eq!(find(&s, "devi nila"), [id(1), id(3)], "the name in full is better than a village");
        assert_eq!(find(&s, "aissa kedou"), [id(2)]);
        assert_eq!(find(&s, "NANDU"), [id(4)]);
        assert_eq!(find(&s, "ÑANDÚ jose"), [id(4)]);
        assert_eq!(find(&s, "nobody"), []);
        assert_eq!(find(&s, "nila nobody"), []);
    }

    #[test]
    fn village_phone_identifier_and_year() {
        let s = index();
        assert_eq!(find(&s, "pokhara"), [id(1)]);
        assert_eq!(find(&s, "98 4123 4567"), [id(1)]);
        assert_eq!(find(&s, "+97798"), [id(1)]);
        assert_eq!(find(&s, "1234567"), [id(2), id(1)]);
        assert_eq!(find(&s, &id(3).short()), [id(3)]);
        assert_eq!(find(&s, "diallo 1999"), [id(2)]);
        assert_eq!(find(&s, "diallo 1988"), []);
    }

    #[test]
    fn one_slip_of_a_finger_is_forgiven() {
        let s = index();
        for slip in ["dialo", "dialllo", "dizllo", "dialol", "dilalo"] {
            assert_eq!(find(&s, slip), [id(2)], "{slip}");
        }
        assert_eq!(find(&s, "diazzo"), [], "two slips");
        assert_eq!(find(&s, "pokhra"), [id(1)]);
    }

    #[test]
    fn the_archive_is_searched_apart_and_may_be_the_same_person() {
        let mut s = index();
        s.put(id(5), &Card { archived: true, ..card("Devi Nila", "Pokhara", "", 1988) });
        assert_eq!(find(&s, "devi nila"), [id(1), id(3)]);
        assert_eq!(s.find_archived("devi", 9), [id(5)]);
        assert_eq!(s.find_archived("diallo", 9), []);
        assert!(s.near(&card("Nila Devi", "Pokhara", "", 1988), 3).contains(&id(5)));
        s.put(id(5), &card("Devi Nila", "Pokhara", "", 1988));
        assert_eq!(s.find_archived("", 9), []);
        assert!(find(&s, "devi").contains(&id(5)));
    }

    #[test]
    fn those_most_alike_come_first() {
        let s = index();
        let near = |name: &str, village: &str, phone: &str| s.near(&card(name, village, phone, 1988), 3);
        assert_eq!(near("Nila Devi", "Pokhara", "")[0], id(1));
        assert_eq!(near("Diallo Aisatou", "", ""), [id(2)], "a letter missing");
        assert_eq!(near("Somebody Else", "", "0771234567"), [id(1), id(2)], "by the end of the number");
        assert_eq!(near("Nobody", "Pokhara", ""), []);
    }

    #[test]
    fn nothing_typed_shows_everyone_latest_first_and_changes_show() {
        let mut s = index();
        assert_eq!(find(&s, "  "), [id(3), id(2), id(1), id(4)]);
        assert_eq!(s.find("", 2), [id(3), id(2)]);
        s.put(id(1), &card("Nila Gurung", "Pokhara", "", 1988));
        assert_eq!(find(&s, "devi"), [id(3)]);
        assert_eq!(find(&s, "gurung"), [id(1)]);
        s.remove(id(1));
        assert_eq!(find(&s, "gurung"), []);
        assert_eq!(s.len(), 3);
    }
}
