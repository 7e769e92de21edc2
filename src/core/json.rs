//! JSON that keeps what it is given: numbers digit for digit (FHIR decimals have a precision), no key twice, one written
//! form for each value. Bounded in depth; errors say where.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;
/// Why a text is refused that goes on after a whole value.
pub const AFTER_END: &str = "something follows the end";

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it was written.
    Number(Box<str>),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, its keys sorted.
    Object(BTreeMap<String, Json>),
}

/// Where and why a text is not JSON that is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {why}")]
pub struct BadJson {
    /// From 1.
    pub line: usize,
    /// From 1, in bytes.
    pub column: usize,
    /// What is wrong.
    pub why: &'static str,
}

impl Json {
    /// Reads one value that takes the whole text. A byte order mark before it is left out.
    ///
    /// # Errors
    /// Where it stops being JSON, is nested deeper than [`MAX_DEPTH`], or names a key twice.
    pub fn parse(text: &str) -> Result<Self, BadJson> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut p = Parser { text, at: 0 };
        let read = p.value(0).and_then(|v| {
            p.space();
            if p.at == text.len() { Ok(v) } else { Err(AFTER_END) }
        });
        read.map_err(|why| {
            let before = &text.as_bytes()[..p.at.min(text.len())];
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let column = before.iter().rev().take_while(|b| **b != b'\n').count() + 1;
            BadJson { line, column, why }
        })
    }

    /// A string value.
    pub fn from_text(s: impl Into<String>) -> Self {
        Json::Text(s.into())
    }

    /// An object of these members.
    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Self {
        Json::Object(members.into_iter().map(|(k, v)| (k.to_string(), v)).collect())
    }

    /// A member of an object.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(o) => o.get(key),
            _ => None,
        }
    }

    /// What lies at the end of these keys; where one leads to an array, its first element is taken.
    pub fn at(&self, path: &[&str]) -> Option<&Json> {
        path.iter().try_fold(self, |v, key| match v {
            Json::List(l) => l.first()?.get(key),
            _ => v.get(key),
        })
    }

    /// The text at the end of these keys.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        match self.at(path)? {
            Json::List(l) => l.first()?.as_text(),
            v => v.as_text(),
        }
    }

    /// A string's text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(s) => Some(s),
            _ => None,
        }
    }

    /// The elements of an array; of anything else, none.
    pub fn items(&self) -> &[Json] {
        match self {
            Json::List(l) => l,
            _ => &[],
        }
    }

    /// The one written form: keys sorted, no spaces, only what must be escaped.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Json::Number(n) => out.push_str(n),
            Json::Text(s) => quote(s, out),
            Json::List(l) => {
                out.push('[');
                for (i, v) in l.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    v.write(out);
                }
                out.push(']');
            }
            Json::Object(o) => {
                out.push('{');
                for (i, (k, v)) in o.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    quote(k, out);
                    out.push(':');
                    v.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn quote(s: &str, out: &mut String) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, b: u8, why: &'static str) -> Result<(), &'static str> {
        if self.peek() == Some(b) {
            self.at += 1;
            return Ok(());
        }
        Err(why)
    }

    fn value(&mut self, depth: usize) -> Result<Json, &'static str> {
        if depth > MAX_DEPTH {
            return Err("nested too deeply");
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(_) => Err("a value was expected"),
            None => Err("it ends too early"),
        }
    }

    fn word(&mut self, word: &str, v: Json) -> Result<Json, &'static str> {
        if !self.text[self.at..].starts_with(word) {
            return Err("a value was expected");
        }
        self.at += word.len();
        Ok(v)
    }

    fn object(&mut self, depth: usize) -> Result<Json, &'static str> {
        self.at += 1;
        let mut out = BTreeMap::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(out));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err("a key in quotes was expected");
            }
            let start = self.at;
            let key = self.string()?;
            self.space();
            self.take(b':', "':' was expected")?;
            let v = self.value(depth + 1)?;
            if out.insert(key, v).is_some() {
                self.at = start;
                return Err("the same key twice");
            }
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Json::Object(out));
                }
                Some(_) => return Err("',' or '}' was expected"),
                None => return Err("it ends too early"),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, &'static str> {
        self.at += 1;
        let mut out = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::List(out));
        }
        loop {
            out.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Json::List(out));
                }
                Some(_) => return Err("',' or ']' was expected"),
                None => return Err("it ends too early"),
            }
        }
    }

    fn digits(&mut self) -> Result<(), &'static str> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == from { Err("a digit was expected") } else { Ok(()) }
    }

    fn number(&mut self) -> Result<Json, &'static str> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err("a number may not begin with 0");
        }
        Ok(Json::Number(self.text[from..self.at].into()))
    }

    fn string(&mut self) -> Result<String, &'static str> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let from = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            out.push_str(&self.text[from..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escaped()?);
                }
                Some(_) => return Err("a control character in a text"),
                None => return Err("it ends too early"),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, &'static str> {
        let c = self.peek().ok_or("it ends too early")?;
        self.at += 1;
        Ok(match c {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.four()?;
                let code = match high {
                    0xd800..=0xdbff => {
                        self.take(b'\\', "half a character")?;
                        self.take(b'u', "half a character")?;
                        match self.four()? {
                            low @ 0xdc00..=0xdfff => 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00),
                            _ => return Err("half a character"),
                        }
                    }
                    other => other,
                };
                char::from_u32(code).ok_or("half a character")?
            }
            _ => {
                self.at -= 1;
                return Err("an unknown escape");
            }
        })
    }

    fn four(&mut self) -> Result<u32, &'static str> {
        let hex = self.text.get(self.at..self.at + 4).ok_or("four hex digits were expected")?;
        if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err("four hex digits were expected");
        }
        self.at += 4;
        u32::from_str_radix(hex, 16).map_err(|_| "four hex digits were expected")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_keys_are_sorted() {
        let j = Json::parse(" {\"b\": 1.50, \"a\": [1e+2, -0.0, \"\\u00e9\\ud83d\\ude00\\n\"]} \n").unwrap();
        assert_eq!(j.canonical(), "{\"a\":[1e+2,-0.0,\"é😀\\n\"],\"b\":1.50}");
        assert_eq!(j.text_at(&["a"]), None);
        assert_eq!(j.at(&["b"]), Some(&Json::Number("1.50".into())));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let e = |s: &str| Json::parse(s).unwrap_err().to_string();
        assert_eq!(e("{\"a\": 1,\n \"a\": 2}"), "line 2, column 2: the same key twice");
        assert_eq!(e("[1, 2"), "line 1, column 6: it ends too early");
        assert_eq!(e("[01]"), "line 1, column 3: a number may not begin with 0");
        assert_eq!(e("\"\\ud800x\""), "line 1, column 8: half a character");
        assert_eq!(e("[1] 2"), "line 1, column 5: something follows the end");
        for bad in
            ["", "nul", "[1,]", "{\"a\"}", "{a:1}", "\"\t\"", "\"\\q\"", "1.", "-", "+1", "\"\\u12\"", "1e"]
        {
            assert!(Json::parse(bad).is_err(), "{bad}");
        }
        let deep = "[".repeat(100) + &"]".repeat(100);
        assert!(e(&deep).contains("nested too deeply"));
        assert!(Json::parse(&("[".repeat(60) + &"]".repeat(60))).is_ok());
    }

    #[test]
    fn other_readers_read_the_same() {
        let text = "{\"x\":[null,true,false,\"\\\"\\\\/\\u0001\",-1.25e-3],\"ü\":{}}";
        let ours = Json::parse(text).unwrap().canonical();
        let theirs: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&ours).unwrap(), theirs);
    }

    proptest! {
        #[test]
        fn texts_come_back(s in any::<String>()) {
            let j = Json::Text(s);
            prop_assert_eq!(Json::parse(&j.canonical()).unwrap(), j);
        }

        #[test]
        fn no_text_makes_it_panic(s in "[\\[\\]{}\",:0-9eE.+\\-\\\\u tfn\u{e9}a]{0,40}") {
            let ours = Json::parse(&s);
            if let Ok(j) = &ours {
                prop_assert_eq!(&Json::parse(&j.canonical()).unwrap(), j);
            }
        }
    }
}
