//! The languages, their files, and which one is wanted.

use unic_langid::LanguageIdentifier;

/// A language of the workstation's screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Swahili.
    Swahili,
}

/// A language was asked for by name that there are no words of.
#[derive(Debug, thiserror::Error)]
#[error("there are no words in '{0}': give en, fr, es or sw")]
pub struct UnknownLanguage(String);

/// The files of one language, in the order in which they are read.
macro_rules! files {
    ($language:literal: $($file:literal)*) => {
        &[$(include_str!(concat!("../../../locales/", $language, "/", $file, ".ftl"))),*]
    };
}
macro_rules! all_files {
    ($language:literal) => {
        files!($language: "keys" "frame" "sign-in" "patients" "chart" "vitals" "growth" "work" "auditing" "visit" "finding" "consent" "form" "requests" "sharing" "erasing" "governing" "joining" "proposing" "linking" "keyslots" "retention" "health" "inviting" "card" "turn" "emergency" "conflict" "correcting" "ending" "striking" "twice" "papers" "attachments"
            "ledger" "mesh" "people" "codes" "node")
    };
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 4] = [Self::English, Self::French, Self::Spanish, Self::Swahili];

    /// Its code in ISO 639.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Swahili => "sw",
        }
    }

    /// What plurals are chosen by.
    pub(super) fn tag(self) -> LanguageIdentifier {
        // Each code is one: tested.
        self.code().parse().unwrap_or_default()
    }

    pub(super) fn files(self) -> &'static [&'static str] {
        match self {
            Self::English => all_files!("en"),
            Self::French => all_files!("fr"),
            Self::Spanish => all_files!("es"),
            Self::Swahili => all_files!("sw"),
        }
    }

    /// The language of a locale such as `fr_CD.UTF-8`, if there is one.
    fn of_locale(locale: &str) -> Option<Self> {
        let code = locale.split(['_', '-', '.', '@']).next().unwrap_or("").to_ascii_lowercase();
        Self::ALL.into_iter().find(|l| l.code() == code)
    }

    /// The language asked for by name, or else that of the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`: the first that is
    /// set counts), or English.
    ///
    /// # Errors
    /// A name that is none of the four; a locale of another language is no error.
    pub fn choose(wanted: Option<&str>, locales: [Option<&str>; 3]) -> Result<Self, UnknownLanguage> {
        if let Some(name) = wanted {
            return Self::of_locale(name).ok_or_else(|| UnknownLanguage(name.chars().take(20).collect()));
        }
        let locale = locales.into_iter().flatten().find(|l| !l.is_empty());
        Ok(locale.and_then(Self::of_locale).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_a_language_tag() {
        for l in Language::ALL {
            assert_eq!(l.tag().to_string(), l.code());
        }
    }

    #[test]
    fn the_first_locale_that_is_set_counts() {
        let of = |all, messages, lang| Language::choose(None, [all, messages, lang]).unwrap();
        assert_eq!(of(None, None, Some("fr_CD.UTF-8")), Language::French);
        assert_eq!(of(Some(""), Some("sw_KE"), Some("fr_CD.UTF-8")), Language::Swahili);
        assert_eq!(of(Some("C"), None, Some("fr_CD.UTF-8")), Language::English);
        assert_eq!(of(Some("de_DE@euro"), None, None), Language::English);
        assert_eq!(of(None, None, None), Language::English);
    }

    #[test]
    fn a_language_asked_for_by_name_must_be_there() {
        assert_eq!(Language::choose(Some("es-MX"), [Some("fr"), None, None]).unwrap(), Language::Spanish);
        let e = Language::choose(Some("xx"), [None; 3]).unwrap_err().to_string();
        assert!(e.contains("'xx'") && e.contains("en, fr, es or sw"), "{e}");
    }
}
