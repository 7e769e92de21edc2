//! A message with its arguments, before it is put into words.

use fluent_bundle::FluentValue;

use super::{Words, clean};

/// Something to be said, in whichever language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Saying {
    /// A message of the files in `locales/`.
    Message { key: &'static str, args: Vec<(&'static str, Arg)> },
    /// What the node said, in its words.
    Node(String),
}

/// What a message is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Arg {
    /// A name, or what else people or the node wrote.
    Text(String),
    /// A count: it is written as the place writes numbers, and chooses the plural.
    Number(u64),
    /// Thousandths, as people write them.
    Milli(i64),
    /// A number with decimals, written with a point.
    Decimal(String),
    /// Another message.
    Said(Box<Saying>),
    /// When something was: milliseconds since 1970.
    Time(i64),
    /// Several, one after the other.
    List(Vec<Saying>),
}

/// `say!("key", name = value)`: the message of this name with its arguments.
macro_rules! say {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::tui::words::Saying::Message {
            key: $key,
            args: vec![$((stringify!($name), $crate::tui::words::Arg::from($value))),*],
        }
    };
}
pub(crate) use say;

impl From<&'static str> for Saying {
    fn from(key: &'static str) -> Self {
        Saying::Message { key, args: Vec::new() }
    }
}

impl Arg {
    pub(super) fn value(&self, words: &Words) -> FluentValue<'static> {
        match self {
            Arg::Text(text) => FluentValue::from(clean(text)),
            Arg::Number(n) => FluentValue::from(*n),
            Arg::Milli(milli) => FluentValue::from(words.milli(*milli)),
            Arg::Decimal(number) => FluentValue::from(words.decimals(number)),
            Arg::Time(at) => FluentValue::from(words.time(*at)),
            Arg::Said(saying) => FluentValue::from(words.text((**saying).clone())),
            Arg::List(all) => {
                FluentValue::from(all.iter().map(|s| words.text(s.clone())).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Arg::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Arg::Text(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Arg::Text(text.clone())
    }
}

impl From<u64> for Arg {
    fn from(n: u64) -> Self {
        Arg::Number(n)
    }
}

impl From<u32> for Arg {
    fn from(n: u32) -> Self {
        Arg::Number(n.into())
    }
}

impl From<usize> for Arg {
    fn from(n: usize) -> Self {
        Arg::Number(n as u64)
    }
}

impl From<Saying> for Arg {
    fn from(saying: Saying) -> Self {
        Arg::Said(Box::new(saying))
    }
}

impl From<Vec<Saying>> for Arg {
    fn from(all: Vec<Saying>) -> Self {
        Arg::List(all)
    }
}
