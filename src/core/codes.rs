//! What a visit can say in codes: problems, medicines, vaccines, allergies, and how one finds them by a few letters.
//!
//! The lists lie in `codes/`, each with where it comes from and under which terms; `codes/README.md` sums it up. Whoever finds
//! nothing keeps the words as they are.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::fold::folded;

/// The most findings of one visit.
pub const MAX_FINDINGS: usize = 30;
/// The most characters of a finding.
pub const MAX_TEXT: usize = 200;
/// The most words of a query that count.
const MAX_WORDS: usize = 6;

/// What a finding is, in FHIR's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A problem or diagnosis: Condition.
    Problem,
    /// A medicine given or prescribed: MedicationRequest.
    Medicine,
    /// A vaccine given: Immunization.
    Vaccine,
    /// An allergy or intolerance: AllergyIntolerance.
    Allergy,
}

impl Kind {
    /// All, in the order in which lists name them.
    pub const ALL: [Kind; 4] = [Kind::Problem, Kind::Medicine, Kind::Vaccine, Kind::Allergy];

    /// One word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Problem => "problem",
            Kind::Medicine => "medicine",
            Kind::Vaccine => "vaccine",
            Kind::Allergy => "allergy",
        }
    }

    /// The same in the languages of the screens: typed with what is looked for, it leaves the other kinds out.
    fn words(self) -> &'static str {
        match self {
            Kind::Problem => "problem diagnosis probleme diagnostic problema diagnostico tatizo",
            Kind::Medicine => "medicine drug medicament medicina medicamento dawa",
            Kind::Vaccine => "vaccine immunization vaccin vacuna chanjo",
            Kind::Allergy => "allergy allergie alergia mzio",
        }
    }

    /// FHIR's URI of the system that codes of this kind are of; none: words alone.
    pub fn system(self) -> Option<&'static str> {
        match self {
            Kind::Problem => Some("http://hl7.org/fhir/sid/icd-10-cm"),
            Kind::Vaccine => Some("http://hl7.org/fhir/sid/cvx"),
            Kind::Medicine | Kind::Allergy => None,
        }
    }
}

/// What an allergy is to: FHIR's `allergy-intolerance-category`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Something eaten.
    Food,
    /// A medicine.
    Medication,
    /// Something around people.
    Environment,
    /// Vaccines, blood and the like.
    Biologic,
}

impl Category {
    /// FHIR's code.
    pub fn code(self) -> &'static str {
        match self {
            Category::Food => "food",
            Category::Medication => "medication",
            Category::Environment => "environment",
            Category::Biologic => "biologic",
        }
    }
}

/// A line of the lists.
#[derive(Debug)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Its code in the system of its kind; of a chapter of ICD-10-CM, the range.
    pub code: Option<&'static str>,
    /// Title, or name with form and strength.
    pub title: String,
    /// Of an allergy.
    pub category: Option<Category>,
    /// Title and other words, folded, with a space between words; where the title ends.
    words: String,
    title_words: usize,
}

impl Entry {
    fn new(kind: Kind, code: Option<&'static str>, title: String, others: &str) -> Self {
        let own = split(&title);
        let title_words = own.len();
        let words = [own, split(others), split(kind.words())].concat().join(" ");
        Self { kind, code, title, category: None, words, title_words }
    }

    /// It as what was found at a visit.
    pub fn finding(&self) -> Finding {
        Finding { kind: self.kind, code: self.code.map(str::to_owned), text: self.title.clone() }
    }

    /// How well it fits; none: some word of the query begins none of its words.
    fn score(&self, query: &[String]) -> Option<u32> {
        let code = self.code.map(str::to_ascii_lowercase);
        let mut sum = match self.kind {
            Kind::Problem => 6,
            Kind::Medicine => 4,
            Kind::Vaccine => 2,
            Kind::Allergy => 0,
        };
        for q in query {
            let by_code = code.as_ref().map_or(0, |c| match c.strip_prefix(q.as_str()) {
                Some("") => 100,
                // A letter alone is the beginning of a word, not of a code.
                Some(_) if q.bytes().any(|b| b.is_ascii_digit()) => 60,
                _ => 0,
            });
            let by_word = self.words.split(' ').enumerate().map(|(i, w)| {
                let title = i < self.title_words;
                match w.strip_prefix(q.as_str()) {
                    Some("") if title => 40 + if i == 0 { 3 } else { 0 },
                    Some("") => 35,
                    Some(_) if title => 30 + if i == 0 { 3 } else { 0 },
                    Some(_) => 20,
                    None => 0,
                }
            });
            let best = by_word.max().unwrap_or(0).max(by_code);
            if best == 0 {
                return None;
            }
            sum += best;
        }
        Some(sum)
    }
}

fn split(s: &str) -> Vec<String> {
    let all = folded(s);
    all.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Every line of the lists, in their order. A line without what it needs is left out here, and fails a test.
pub fn entries() -> &'static [Entry] {
    static ALL: OnceLock<Vec<Entry>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut out = Vec::new();
        for (kind, text) in [
            (Kind::Problem, include_str!("codes/problems.txt")),
            (Kind::Vaccine, include_str!("codes/vaccines.txt")),
        ] {
            out.extend(lines(text).filter_map(|l| {
                let [code, title, others] = l;
                (!code.is_empty() && !title.is_empty())
                    .then(|| Entry::new(kind, Some(code), title.to_owned(), others))
            }));
        }
        let medicines = include_str!("codes/medicines.txt");
        for [name, forms, others] in lines(medicines) {
            out.push(Entry::new(Kind::Medicine, None, name.to_owned(), others));
            let forms = forms.split(';').filter(|f| !f.is_empty());
            out.extend(forms.map(|f| Entry::new(Kind::Medicine, None, format!("{name} {f}"), others)));
        }
        let allergy = |category, title: &str, others| Entry {
            category: Some(category),
            ..Entry::new(Kind::Allergy, None, title.to_owned(), others)
        };
        let known: Vec<&str> = lines(include_str!("codes/allergies.txt")).map(|[_, what, _]| what).collect();
        for [letter, what, others] in lines(include_str!("codes/allergies.txt")) {
            let category = match letter {
                "m" => Category::Medication,
                "f" => Category::Food,
                "e" => Category::Environment,
                "b" => Category::Biologic,
                _ => continue,
            };
            out.push(allergy(category, what, others));
        }
        // One can be allergic to any medicine.
        let others = lines(medicines).filter(|[name, ..]| !known.contains(name));
        out.extend(others.map(|[name, _, others]| allergy(Category::Medication, name, others)));
        out
    })
}

/// The columns of a list's lines.
fn lines(text: &'static str) -> impl Iterator<Item = [&'static str; 3]> {
    text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).map(|l| {
        let mut columns = l.split('\t');
        std::array::from_fn(|_| columns.next().unwrap_or(""))
    })
}

/// What fits, the best first: every word of the query begins a word of the title, of the other words, or the code. Nothing
/// fits an empty query.
pub fn search(query: &str, most: usize) -> Vec<&'static Entry> {
    let mut query = split(query);
    query.truncate(MAX_WORDS);
    if query.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u32, &Entry)> =
        entries().iter().filter_map(|e| e.score(&query).map(|s| (s, e))).collect();
    // What is said in fewer words is more to the point; what is alike stays in the order of the lists.
    found.sort_by_key(|(score, e)| (std::cmp::Reverse(*score), e.title_words));
    found.into_iter().take(most).map(|(_, e)| e).collect()
}

/// Something found, given or prescribed at a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Its code in the lists; none: words alone.
    pub code: Option<String>,
    /// In words.
    pub text: String,
}

/// How something that was coded at a visit comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// A medicine is taken no more.
    Stopped,
    /// A problem or an allergy is no more.
    Resolved,
    /// A visit to come is called off.
    Cancelled,
    /// It never was: it was written by mistake.
    Mistaken,
}

impl Ending {
    /// All.
    pub const ALL: [Ending; 4] = [Ending::Stopped, Ending::Resolved, Ending::Cancelled, Ending::Mistaken];

    /// FHIR's code.
    pub fn code(self) -> &'static str {
        match self {
            Ending::Stopped => "stopped",
            Ending::Resolved => "resolved",
            Ending::Cancelled => "cancelled",
            Ending::Mistaken => "entered-in-error",
        }
    }
}

/// Why something isn't taken as a finding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFinding {
    /// No words.
    #[error("a {0} without words: say what it is")]
    Empty(&'static str),
    /// Too many words.
    #[error("a {0} is too long: at most {MAX_TEXT} characters")]
    TooLong(&'static str),
    /// Control characters.
    #[error("a {0} holds characters that cannot be shown: type it again")]
    Unprintable(&'static str),
    /// A code that isn't in the lists.
    #[error("'{1}' is no code of a {0} here: search for it again, or give it in words")]
    Unknown(&'static str, String),
    /// A code with another title than its own.
    #[error("'{1}' is not what the list calls that {0}: search for it again, or give it in words")]
    Titled(&'static str, String),
    /// Too many.
    #[error("more than {MAX_FINDINGS} codes in one visit: leave some out")]
    Many,
}

impl Finding {
    /// Words of one's own.
    pub fn words(kind: Kind, text: &str) -> Self {
        Self { kind, code: None, text: text.trim().to_owned() }
    }

    /// What somebody says without searching: a code of the lists, else words.
    pub fn said(kind: Kind, said: &str) -> Self {
        let coded =
            |e: &&Entry| e.kind == kind && e.code.is_some_and(|c| c.eq_ignore_ascii_case(said.trim()));
        entries().iter().find(coded).map_or_else(|| Self::words(kind, said), Entry::finding)
    }

    /// Its line in the lists: by its code, else by its words.
    pub fn entry(&self) -> Option<&'static Entry> {
        entries().iter().find(|e| {
            e.kind == self.kind
                && match &self.code {
                    Some(c) => e.code == Some(c.as_str()),
                    None => e.code.is_none() && e.title == self.text,
                }
        })
    }

    /// Its limits.
    ///
    /// # Errors
    /// In words.
    pub fn check(&self) -> Result<(), BadFinding> {
        let word = self.kind.word();
        if self.text.trim().is_empty() {
            return Err(BadFinding::Empty(word));
        }
        if self.text.chars().count() > MAX_TEXT {
            return Err(BadFinding::TooLong(word));
        }
        if self.text.chars().any(char::is_control) {
            return Err(BadFinding::Unprintable(word));
        }
        match (&self.code, self.entry()) {
            (Some(c), None) => Err(BadFinding::Unknown(word, c.chars().take(20).collect())),
            // Whoever reads goes by the words, a program by the code: both say the same.
            (Some(_), Some(e)) if e.title != self.text => {
                Err(BadFinding::Titled(word, self.text.chars().take(40).collect()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "codes_tests.rs"]
mod tests;
