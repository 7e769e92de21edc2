//! Secrets as people copy them from paper: groups of five characters, each with a check of its own, so that a slip of the
//! pen is named by its group.
//!
//! The alphabet is Crockford's base 32 (no I, L, O, U). Four characters of a group carry 20 bits, the fifth is their
//! weighted sum in GF(32), weighted by the group's place too: one wrong character, two neighbours exchanged and two groups
//! exchanged are always found.

use zeroize::{Zeroize, Zeroizing};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a group that carry bits.
const DATA: usize = 4;
/// Bits of a group.
const BITS: usize = 5 * DATA;

/// Why typed characters are no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCode {
    /// A character that no code has.
    #[error("group {group} of the code holds '{what}', which no code has: look at the paper again")]
    Character {
        /// Counted from 1.
        group: usize,
        /// The character.
        what: char,
    },
    /// The check of a group doesn't fit.
    #[error("group {group} of the code ({typed}) has a typing mistake: look at the paper again")]
    Group {
        /// Counted from 1.
        group: usize,
        /// As it was typed.
        typed: String,
    },
    /// Too few or too many characters.
    #[error(
        "the code has {wanted} groups of five characters, and {got} characters were typed: look at the paper again"
    )]
    Length {
        /// Groups that the code has.
        wanted: usize,
        /// Characters typed, without dashes and spaces.
        got: usize,
    },
    /// Every group is right, but together they are no such code.
    #[error("this is another kind of code: look for the paper that names this one")]
    Kind,
}

/// Multiplication in GF(32), with x⁵ = x² + 1.
fn times(mut a: u8, mut b: u8) -> u8 {
    let mut out = 0;
    while b > 0 {
        if b & 1 == 1 {
            out ^= a;
        }
        a <<= 1;
        if a & 32 != 0 {
            a ^= 0b10_0101;
        }
        b >>= 1;
    }
    out
}

/// x to the power `n`; x generates the field, so that the first 31 powers differ.
fn power(n: usize) -> u8 {
    (0..n % 31).fold(1, |p, _| times(p, 2))
}

fn check(group: usize, data: &[u8]) -> u8 {
    let sum = data.iter().enumerate().fold(0, |s, (i, d)| s ^ times(*d, power(i + 1)));
    // Adding the group's own power keeps the same characters in another place from passing.
    sum ^ power(group)
}

/// Writes `secret` as groups; its length in bits is filled up with zeros.
pub fn write(secret: &[u8]) -> Zeroizing<String> {
    let mut values: Zeroizing<Vec<u8>> = Zeroizing::new(Vec::with_capacity(secret.len() * 2));
    let bit = |i: usize| secret.get(i / 8).map_or(0, |b| b >> (7 - i % 8) & 1);
    let groups = (secret.len() * 8).div_ceil(BITS);
    for i in 0..groups * DATA {
        values.push((0..5).fold(0, |v, j| v << 1 | bit(5 * i + j)));
    }
    let mut out = Zeroizing::new(String::with_capacity(groups * 6));
    for (g, data) in values.chunks_exact(DATA).enumerate() {
        if g > 0 {
            out.push('-');
        }
        let all = data.iter().copied().chain([check(g, data)]);
        out.extend(all.map(|v| char::from(ALPHABET[usize::from(v)])));
    }
    out
}

/// Reads a secret of `len` bytes: case, dashes and spaces don't matter, nor O for 0, I or L for 1.
///
/// # Errors
/// [`BadCode`] names the group.
pub fn read(typed: &str, len: usize) -> Result<Zeroizing<Vec<u8>>, BadCode> {
    let groups = (len * 8).div_ceil(BITS);
    let mut values = Zeroizing::new(Vec::with_capacity(typed.len()));
    for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '–') {
        let plain = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let at = ALPHABET.iter().position(|a| char::from(*a) == plain);
        match at {
            Some(v) => values.push(v as u8),
            None => return Err(BadCode::Character { group: values.len() / (DATA + 1) + 1, what: c }),
        }
    }
    for (g, five) in values.chunks_exact(DATA + 1).enumerate().take(groups) {
        let (data, last) = five.split_at(DATA);
        if check(g, data) != last[0] {
            let typed = five.iter().map(|v| char::from(ALPHABET[usize::from(*v)])).collect();
            return Err(BadCode::Group { group: g + 1, typed });
        }
    }
    if values.len() != groups * (DATA + 1) {
        return Err(BadCode::Length { wanted: groups, got: values.len() });
    }
    let mut out = Zeroizing::new(vec![0u8; len]);
    let mut spare = 0;
    for (g, five) in values.chunks_exact(DATA + 1).enumerate() {
        for (i, v) in five[..DATA].iter().enumerate() {
            for j in 0..5 {
                let (at, bit) = (BITS * g + 5 * i + j, v >> (4 - j) & 1);
                match out.get_mut(at / 8) {
                    Some(b) => *b |= bit << (7 - at % 8),
                    None => spare |= bit,
                }
            }
        }
    }
    if spare != 0 {
        out.zeroize();
        return Err(BadCode::Kind);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_field_has_31_powers() {
        let all: std::collections::BTreeSet<u8> = (0..31).map(power).collect();
        assert_eq!(all.len(), 31);
        assert!(!all.contains(&0));
    }

    #[test]
    fn a_slip_is_named_by_its_group() {
        let secret = [0x5a; 17];
        let code = write(&secret);
        assert_eq!(code.len(), 7 * 5 + 6);
        // As people type.
        let sloppy = code.to_lowercase().replace('-', "  ").replace('0', "o").replace('1', "l");
        assert_eq!(read(&sloppy, 17).unwrap()[..], secret[..]);
        let plain: Vec<char> = code.chars().filter(|c| *c != '-').collect();
        for at in 0..plain.len() {
            for to in ALPHABET.iter().map(|a| char::from(*a)).filter(|to| *to != plain[at]) {
                let mut bad = plain.clone();
                bad[at] = to;
                let e = read(&bad.iter().collect::<String>(), 17).unwrap_err();
                assert!(matches!(e, BadCode::Group { group, .. } if group == at / 5 + 1), "{e}");
            }
            let mut swapped = plain.clone();
            if at % 5 < 4 && plain[at] != plain[at + 1] {
                swapped.swap(at, at + 1);
                assert!(read(&swapped.iter().collect::<String>(), 17).is_err(), "swapped at {at}");
            }
        }
        let short: String = plain[..30].iter().collect();
        assert_eq!(read(&short, 17).unwrap_err(), BadCode::Length { wanted: 7, got: 30 });
        assert!(matches!(read("7U", 17), Err(BadCode::Character { group: 1, what: 'U' })));
        let groups: Vec<&str> = code.split('-').collect();
        let mut other = groups.clone();
        other.swap(0, 1);
        assert!(groups[0] == groups[1] || read(&other.join("-"), 17).is_err(), "groups exchanged");
    }

    proptest! {
        #[test]
        fn there_and_back(secret in proptest::collection::vec(any::<u8>(), 1..40)) {
            let code = write(&secret);
            prop_assert_eq!(&read(&code, secret.len()).unwrap()[..], &secret[..]);
        }

        #[test]
        fn nothing_typed_makes_it_panic(typed in ".{0,80}") {
            let _ = read(&typed, 17);
        }
    }
}
