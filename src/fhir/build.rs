//! The pieces that resources are put together from.

use std::fmt::Write as _;

use crate::core::{id::ConsortiumId, json::Json, policy::Purpose};

/// LOINC.
pub(super) const LOINC: &str = "http://loinc.org";
/// UCUM.
pub(super) const UCUM: &str = "http://unitsofmeasure.org";
/// What an Observation is about.
pub(super) const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
/// Why something was done, of HL7 version 3.
const REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
/// Says why an element that must be there is not.
const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

pub(super) fn text(s: impl Into<String>) -> Json {
    Json::from_text(s)
}

pub(super) fn list(v: impl IntoIterator<Item = Json>) -> Json {
    Json::List(v.into_iter().collect())
}

/// Adds a member where there is something to say.
pub(super) fn with(mut j: Json, key: &str, v: Option<Json>) -> Json {
    if let (Json::Object(o), Some(v)) = (&mut j, v) {
        o.insert(key.into(), v);
    }
    j
}

/// FHIR has no empty texts.
pub(super) fn filled(s: &str) -> Option<Json> {
    (!s.trim().is_empty()).then(|| text(s))
}

/// Where these resources come from: a terminal that imports them knows its own.
pub fn source(consortium: ConsortiumId) -> String {
    format!("urn:aidpost:{consortium}")
}

pub(super) fn meta(consortium: ConsortiumId) -> Json {
    Json::object([("source", text(source(consortium)))])
}

pub(super) fn coding(system: &str, code: &str, display: &str) -> Json {
    Json::object([("system", text(system)), ("code", text(code)), ("display", text(display))])
}

/// A CodeableConcept of one code.
pub(super) fn concept(system: &str, code: &str, label: &str) -> Json {
    Json::object([("coding", list([coding(system, code, label)])), ("text", text(label))])
}

/// A CodeableConcept in words alone.
pub(super) fn words(s: &str) -> Json {
    Json::object([("text", text(s))])
}

pub(super) fn reference(to: &str) -> Json {
    Json::object([("reference", text(to))])
}

/// A name of Aidpost's own: `urn:aidpost:staff`, `urn:aidpost:block`…
pub(super) fn identifier(of: &str, value: &str) -> Json {
    Json::object([("system", text(format!("urn:aidpost:{of}"))), ("value", text(value))])
}

/// A reference to somebody or something that is no resource here, by its name.
pub(super) fn named(kind: &str, of: &str, id: &str, display: &str) -> Json {
    let j = Json::object([("type", text(kind)), ("identifier", identifier(of, id))]);
    with(j, "display", filled(display))
}

/// Stands beside an element that must be there and whose value nobody knows.
pub(super) fn unknown() -> Json {
    let reason = Json::object([("url", text(ABSENT)), ("valueCode", text("unknown"))]);
    Json::object([("extension", list([reason]))])
}

/// A purpose in HL7's words.
pub(super) fn purpose(p: Purpose) -> Json {
    match p {
        Purpose::Treatment => coding(REASON, "TREAT", "treatment"),
        Purpose::Payment => coding(REASON, "HPAYMT", "healthcare payment"),
        Purpose::Research => coding(REASON, "HRESCH", "healthcare research"),
        Purpose::PublicHealth => coding(REASON, "PUBHLTH", "public health"),
        Purpose::Emergency => coding(REASON, "ETREAT", "Emergency Treatment"),
    }
}

/// Text as it stands in XHTML.
pub(super) fn escaped(s: &str) -> String {
    let mut safe = String::with_capacity(s.len());
    for c in s.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\n' => safe.push_str("<br/>"),
            c => safe.push(c),
        }
    }
    safe
}

/// FHIR narrative around XHTML. `additional`: it says more than the structured part; `generated`: the same.
pub(super) fn narrative(status: &str, xhtml: &str) -> Json {
    let div = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{xhtml}</div>");
    Json::object([("status", text(status)), ("div", text(div))])
}

/// Base 64 (RFC 4648), as FHIR writes bytes.
pub(super) fn base64(bytes: &[u8]) -> Json {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let n = three.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for i in 0..4 {
            let digit = DIGITS[(n >> (18 - 6 * i)) as usize & 63];
            out.push(if i <= three.len() { char::from(digit) } else { '=' });
        }
    }
    text(out)
}

/// The name of something by what it says: a UUID (RFC 9562, version 8).
pub(super) fn uuid(of: &Json) -> String {
    let mut b = crate::core::id::hash32("aidpost v0 fhir document", &[of.canonical().as_bytes()]);
    b[6] = b[6] & 0x0f | 0x80;
    b[8] = b[8] & 0x3f | 0x80;
    let mut out = String::with_capacity(36);
    for (i, byte) in b[..16].iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        // Writing to a String does not fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_as_the_standard_writes_them() {
        for (bytes, wanted) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text(wanted));
        }
        assert_eq!(base64(&[0xfb, 0xff]), text("+/8="));
    }

    #[test]
    fn a_name_by_what_is_said() {
        let (a, b) = (uuid(&text("a")), uuid(&text("b")));
        assert_ne!(a, b);
        assert_eq!((a.len(), &a[14..15]), (36, "8"));
    }
}
