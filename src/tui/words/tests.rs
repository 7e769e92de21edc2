//! The files in `locales/` and the code say the same: every name, every argument, in every language.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use jiff::tz::TimeZone;

use super::*;

/// Names with the arguments that each message names.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn inline(e: &InlineExpression<&str>, out: &mut BTreeSet<String>) {
    match e {
        InlineExpression::VariableReference { id } => drop(out.insert(id.name.to_owned())),
        InlineExpression::Placeable { expression } => self::expression(expression, out),
        _ => {}
    }
}

fn expression(e: &Expression<&str>, out: &mut BTreeSet<String>) {
    match e {
        Expression::Inline(i) => inline(i, out),
        Expression::Select { selector, variants } => {
            inline(selector, out);
            variants.iter().for_each(|v| pattern(&v.value, out));
        }
    }
}

fn pattern(p: &Pattern<&str>, out: &mut BTreeSet<String>) {
    for element in &p.elements {
        if let PatternElement::Placeable { expression } = element {
            self::expression(expression, out);
        }
    }
}

fn messages(language: Language) -> Messages {
    let mut all = Messages::new();
    for text in language.files() {
        let resource = FluentResource::try_new((*text).to_owned())
            .unwrap_or_else(|(_, e)| panic!("{}: {e:?}", language.code()));
        for entry in resource.entries() {
            let Entry::Message(m) = entry else { continue };
            let mut args = BTreeSet::new();
            pattern(m.value.as_ref().unwrap(), &mut args);
            let before = all.insert(m.id.name.to_owned(), args);
            assert!(before.is_none(), "{}: {} is there twice", language.code(), m.id.name);
        }
    }
    all
}

/// The code of the screens, without its tests.
fn sources() -> Vec<(String, String)> {
    fn walk(dir: &Path, out: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                walk(&path, out);
            } else if name.ends_with(".rs") && !name.contains("test") && !name.contains("fixtures") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
                out.push((name, code));
            }
        }
    }
    let mut out = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui"), &mut out);
    out
}

/// What the code says: the name in a literal, and the arguments that it is given there.
fn said(code: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut out = Vec::new();
    for (at, _) in code.match_indices('"') {
        let rest = &code[at + 1..];
        let Some(end) = rest.find('"') else { break };
        let name = &rest[..end];
        let shape = name.split('-').count() > 1
            && name
                .split('-')
                .all(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
            && name.starts_with(|c: char| c.is_ascii_lowercase());
        if !shape {
            continue;
        }
        let before = code[..at].trim_end();
        let args = if before.ends_with("say!(") { arguments(&rest[end + 1..]) } else { BTreeSet::new() };
        out.push((name.to_owned(), args));
    }
    out
}

/// The names before `=` in what is left of a `say!(…)`, at its own depth.
fn arguments(rest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let (mut depth, mut piece) = (0, String::new());
    let mut take = |piece: &mut String| {
        if let Some((name, _)) = piece.split_once(" = ") {
            names.insert(name.trim().to_owned());
        }
        piece.clear();
    };
    for c in rest.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            break;
        }
        if c == ',' && depth == 0 { take(&mut piece) } else { piece.push(c) }
    }
    take(&mut piece);
    names
}

#[test]
fn every_language_has_every_message_with_the_same_arguments() {
    let english = messages(Language::English);
    for language in Language::ALL {
        let own = messages(language);
        let missing: Vec<_> = english.keys().filter(|k| !own.contains_key(*k)).collect();
        let surplus: Vec<_> = own.keys().filter(|k| !english.contains_key(*k)).collect();
        assert!(missing.is_empty() && surplus.is_empty(), "{}: {missing:?} {surplus:?}", language.code());
        for (key, args) in &english {
            assert_eq!(&own[key], args, "{}: {key}", language.code());
        }
    }
}

#[test]
fn the_code_says_what_is_in_the_files_with_its_arguments_and_nothing_else() {
    // A FHIR status, two themes, a file and two terminals look like names of messages.
    const OTHERS: [&str; 6] =
        ["entered-in-error", "high-contrast", "colour-blind", "sign-in", "xterm-kitty", "xterm-ghostty"];
    let english = messages(Language::English);
    let mut used = BTreeSet::new();
    for (file, code) in sources() {
        for (name, args) in said(&code) {
            if OTHERS.contains(&name.as_str()) {
                continue;
            }
            let wanted = english.get(&name).unwrap_or_else(|| panic!("{file}: no message '{name}'"));
            assert_eq!(&args, wanted, "{file}: {name}");
            used.insert(name);
        }
    }
    assert!(used.len() > 300, "{}", used.len());
    let unused: Vec<_> = english.keys().filter(|k| !used.contains(*k)).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

/// What stands in quotes, without comments and without what is filled in.
fn literals(code: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in code.lines().map(str::trim_start).filter(|l| !l.starts_with("//")) {
        for piece in line.replace("\\\"", "'").split('"').skip(1).step_by(2) {
            let mut depth = 0;
            let bare = piece.chars().filter(|c| {
                depth += i32::from(*c == '{') - i32::from(*c == '}');
                depth == 0 && *c != '}'
            });
            out.push(bare.collect());
        }
    }
    out
}

#[test]
fn screens_and_notices_hold_no_words_of_their_own() {
    // The program's name, and codes of FHIR and of the node that views compare with.
    const OTHERS: [&str; 15] = [
        "Aidpost",
        "Encounter",
        "Patient",
        "time",
        "AllergyIntolerance",
        "Condition",
        "MedicationRequest",
        "MedicationStatement",
        "resolved",
        "inactive",
        "remission",
        "stopped",
        "completed",
        "cancelled",
        "entered-in-error",
    ];
    let english = messages(Language::English);
    let mut seen = 0;
    for (file, code) in sources().iter().filter(|(f, _)| f.contains("/view/") || f.contains("/update/")) {
        for literal in literals(code) {
            seen += 1;
            let word = literal.split(|c: char| !c.is_alphabetic()).any(|w| w.chars().count() > 1);
            let known = english.contains_key(&literal) || OTHERS.contains(&literal.trim_matches([' ', '│']));
            assert!(!word || known, "{file}: '{literal}' is said in English only");
        }
    }
    assert!(seen > 300, "{seen}");
}

#[test]
fn the_scanner_reads_nested_arguments() {
    let code = r#"x(say!("a-b", n = f(1, 2), c = say!("d-e"),), "f-g", "not a name", "A-b")"#;
    let names = |s: &[&str]| s.iter().map(|s| (*s).to_owned()).collect::<BTreeSet<_>>();
    let want = [
        ("a-b".to_owned(), names(&["n", "c"])),
        ("d-e".to_owned(), names(&[])),
        ("f-g".to_owned(), names(&[])),
    ];
    assert_eq!(said(code), want);
}

#[test]
fn the_nodes_sentences_are_those_that_it_says() {
    let mut code = String::new();
    fn walk(dir: &Path, out: &mut String) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "cedar") {
                out.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }
    for room in ["core", "node", "face", "vault", "mesh", "tui"] {
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room), &mut code);
    }
    // Those with a part that is filled in.
    for purpose in ["treatment", "payment", "research"] {
        code.push_str(&format!(
            "\"no consent in force lets this organisation read for {purpose}: ask the patient\""
        ));
    }
    code.push_str("\"turn your head to your left\" \"turn your head to your right\"");
    let words = Words::new(Language::English, TimeZone::UTC);
    // The doctor's, and what it makes of two parts.
    code.push_str("\"the last was made just now\"\" forks\"\" blocks in quarantine\"\" reviews due\"");
    for part in [doctor::STICK, doctor::FOLDER, doctor::MAY_NOT] {
        assert!(code.contains(part), "the node does not say '{part}'");
    }
    for say in codes::NUMBERED.iter().chain(doctor::NUMBERED) {
        let sentence = words.text(say([(); 3].map(|()| "#".to_owned())));
        for part in sentence.split('#') {
            assert!(code.contains(part), "the node does not say '{part}'");
        }
    }
    assert!(code.contains(&format!("\"{NOT_ALLOWED}{{}}\"")));
    for key in codes::NODE.iter().chain(doctor::FIXED) {
        let sentence = words.text(*key);
        assert!(code.contains(&format!("\"{sentence}\"")), "the node does not say '{sentence}'");
    }
}

#[test]
fn what_the_node_says_is_translated_and_what_is_unknown_stays() {
    let words = Words::new(Language::French, TimeZone::UTC);
    assert_ne!(words.node("come closer"), "come closer");
    assert_eq!(words.node("the disk\u{202e} is full"), "the disk is full");
    assert_eq!(words.text(Saying::Node("come closer".into())), words.node("come closer"));
    let wait = words.node("too many failed attempts: wait 30 seconds, then try again");
    assert!(wait.contains("30 secondes"), "{wait}");
    let refused =
        words.node("not allowed: the patient's consent lets this organisation read for treatment; x");
    assert!(
        refused.starts_with("non autorisé : le patient autorise") && refused.ends_with("; x"),
        "{refused}"
    );
    let trust = words.node("7 organisations: 2 may lie without harm, 5 must agree to admit another");
    assert!(trust.contains('7') && trust.contains('2') && trust.contains('5'), "{trust}");
    assert!(!trust.contains("organisations:"), "{trust}");
}

#[test]
fn names_in_a_message_cannot_steer_the_terminal() {
    let words = Words::new(Language::English, TimeZone::UTC);
    let said = words.text(say!("consent-title", name = "Eve\u{1b}[2J\u{202e}"));
    assert_eq!(said, "Consent of Eve[2J");
}

#[test]
fn codes_in_english_are_the_words_of_the_command_line() {
    use crate::core::{governance::Role, record::Compartment, rights::Reason};
    let words = Words::new(Language::English, TimeZone::UTC);
    for (r, word) in Role::ALL {
        assert_eq!(words.text(role(r)), word);
    }
    for (c, word) in Compartment::ALL {
        assert_eq!(words.text(part(c)), word);
    }
    for (r, _, sentence) in Reason::ALL {
        assert_eq!(words.text(reason(r)), sentence);
    }
    let bad = crate::core::record::parse_vital(crate::core::record::Vital::Temperature, "394").unwrap_err();
    assert_eq!(words.text(bad_record(&bad)), bad.to_string());
    let bad = crate::core::record::BadRecord::Empty("name");
    assert_eq!(words.text(bad_record(&bad)), bad.to_string());
}
