//! Base 45 (RFC 9285): bytes as the characters that a QR code packs tightest, so that what any scanner shows or types is
//! plain text.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Three characters for two bytes, two for a last single one.
pub(super) fn write(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for pair in bytes.chunks(2) {
        let (mut n, digits) = match pair {
            [a, b] => (usize::from(*a) * 256 + usize::from(*b), 3),
            rest => (rest.iter().map(|b| usize::from(*b)).sum(), 2),
        };
        for _ in 0..digits {
            out.push(char::from(ALPHABET[n % 45]));
            n /= 45;
        }
    }
    out
}

/// The reverse of [`write`]; none for what it can't have made.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    let value = |c: &u8| ALPHABET.iter().position(|a| a == c);
    let mut out = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let n = group.iter().rev().try_fold(0, |n, c| Some(n * 45 + value(c)?))?;
        match group.len() {
            3 => out.extend(u16::try_from(n).ok()?.to_be_bytes()),
            2 => out.push(u8::try_from(n).ok()?),
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        for (plain, coded) in [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581")] {
            assert_eq!(write(plain.as_bytes()), coded);
            assert_eq!(read(coded).unwrap(), plain.as_bytes());
        }
        assert_eq!(read("QED8WEX0").unwrap(), b"ietf!");
        for bad in ["GGW", ":::", "A", "abc", "BB8B", "ÄÄÄ", "::"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
            prop_assert_eq!(read(&write(&bytes)).unwrap(), bytes);
        }

        #[test]
        fn nothing_typed_makes_it_panic(typed in ".{0,90}") {
            let _ = read(&typed);
        }
    }
}
