//! The lists are whole, and searching finds what is meant.

use std::collections::BTreeSet;

use super::*;

fn titles(query: &str) -> Vec<String> {
    search(query, 5).iter().map(|e| format!("{} {}", e.kind.word(), e.title)).collect()
}

#[test]
fn the_lists_are_whole_and_small() {
    let texts = [
        include_str!("codes/problems.txt"),
        include_str!("codes/vaccines.txt"),
        include_str!("codes/medicines.txt"),
        include_str!("codes/allergies.txt"),
    ];
    assert!(texts.iter().map(|t| t.len()).sum::<usize>() < 100 * 1024);
    for line in texts.iter().flat_map(|t| t.lines()).filter(|l| !l.starts_with('#')) {
        assert!((2..=3).contains(&line.split('\t').count()) || !line.contains('\t'), "{line}");
        assert_eq!(line.trim_end(), line);
    }
    let of = |k| entries().iter().filter(|e| e.kind == k).count();
    assert!(of(Kind::Problem) > 900 && of(Kind::Medicine) > 500);
    assert!(of(Kind::Vaccine) > 60 && of(Kind::Allergy) > 250);
    let chapters = entries().iter().filter(|e| e.code.is_some_and(|c| c.contains('-')));
    assert_eq!(chapters.count(), 22, "every chapter");
    let mut seen = BTreeSet::new();
    for e in entries() {
        assert!(seen.insert((e.kind, e.code, &e.title)), "twice: {e:?}");
        assert_eq!(e.finding().check(), Ok(()), "{e:?}");
        assert_eq!(e.finding().entry().map(|x| &x.title), Some(&e.title));
        assert_eq!(e.category.is_some(), e.kind == Kind::Allergy);
    }
}

#[test]
fn a_few_letters_find_what_is_meant() {
    assert_eq!(titles("malaria")[0], "problem Unspecified malaria");
    assert!(titles("malaria").len() > 3);
    assert_eq!(titles("pneumo").len(), 5);
    assert_eq!(titles("amox")[0], "medicine amoxicillin");
    assert_eq!(titles("amox 250 caps")[0], "medicine amoxicillin 250 mg capsule");
    assert_eq!(titles("BCG")[0], "vaccine BCG");
    assert_eq!(titles("rougeole")[0], "problem Measles");
    assert!(titles("penicillin").iter().all(|t| t.starts_with("medicine")));
    assert_eq!(titles("allergy penicillin")[0], "allergy penicillins");
    assert_eq!(titles("mzio karanga")[0], "allergy peanut");
    assert_eq!(titles("diarrhée"), titles("diarrhee"), "without accents");
    assert_eq!(titles("KIKOHOZI")[0], "problem Cough");
    assert_eq!(titles("falcip mal")[0], "problem Plasmodium falciparum malaria", "words in any order");
    assert!(titles("").is_empty() && titles(" , ").is_empty() && titles("qqq").is_empty());
}

/// What a list called by the name of something else: a wrong code is worse than none.
#[test]
fn names_find_what_they_name() {
    let first = |q: &str| search(q, 1).first().and_then(|e| e.code);
    assert_eq!(first("Td"), Some("139"), "138 is the one that isn't adsorbed");
    assert_eq!(first("OPV"), Some("178"), "the trivalent one was withdrawn in 2016");
    assert!(
        !search("MenA", 9).iter().any(|e| e.code == Some("191")),
        "nobody who says so means a polysaccharide"
    );
    assert_eq!(first("kifafa cha mimba"), Some("O15"));
    for said in ["COVID-19", "U07.1"] {
        let f = search(said, 1)[0].finding();
        assert_eq!((f.code.as_deref(), f.text.as_str()), (Some("U07.1"), "COVID-19"));
    }
    for name in ["flucloxacillin", "hydroxocobalamin", "prednisone"] {
        assert!(
            search(name, 9).iter().filter(|e| e.kind == Kind::Medicine).all(|e| e.title.starts_with(name))
        );
        assert_eq!(titles(name)[0], format!("medicine {name}"));
    }
}

#[test]
fn a_code_finds_itself_first() {
    assert_eq!(titles("b54")[0], "problem Unspecified malaria");
    assert_eq!(titles("J1").first().map(|t| t.starts_with("problem")), Some(true));
    assert_eq!(titles("198")[0], "vaccine DTP-hepB-Hib Pentavalent Non-US");
    let fever = search("fever", 1);
    assert_eq!(fever[0].code, Some("R50"));
}

#[test]
fn what_is_no_finding_is_refused_in_words() {
    let f = |code: Option<&str>, text: &str| {
        Finding { kind: Kind::Problem, code: code.map(str::to_owned), text: text.into() }.check()
    };
    assert_eq!(f(None, "pain in the left ear"), Ok(()));
    assert_eq!(f(None, "  "), Err(BadFinding::Empty("problem")));
    assert_eq!(f(None, "a\u{1b}b"), Err(BadFinding::Unprintable("problem")));
    assert_eq!(f(None, &"x".repeat(201)), Err(BadFinding::TooLong("problem")));
    assert_eq!(f(Some("B54"), "Unspecified malaria"), Ok(()));
    assert!(f(Some("B54"), "Cough").unwrap_err().to_string().contains("not what the list calls"));
    assert!(f(Some("B99999"), "x").unwrap_err().to_string().contains("search for it again"));
    assert_eq!(Finding::words(Kind::Allergy, " cats ").text, "cats");
    assert_eq!(Finding::said(Kind::Problem, " b54 ").text, "Unspecified malaria");
    assert_eq!(Finding::said(Kind::Vaccine, "b54"), Finding::words(Kind::Vaccine, "b54"));
}
