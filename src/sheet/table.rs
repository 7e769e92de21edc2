//! Rows with a heading each, as spreadsheets write them: commas, semicolons or tabs, with or without a byte order mark.

use super::cell::{plain, safe};

/// The most bytes of a file that is read.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// The most rows of a file.
pub const MAX_ROWS: usize = 50_000;
/// The most refusals that are told; whoever has more looks at the whole file again.
pub const MAX_REFUSED: usize = 100;

/// A line that can't be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its number in the file, the first one is 1.
    pub line: u64,
    /// Why, with the remedy.
    pub why: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

/// The text of a list. It begins with a byte order mark: without it spreadsheets take UTF-8 for something else.
pub fn write<const N: usize>(columns: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let mut put = |row: &mut dyn Iterator<Item = &str>| {
        // Writing to memory does not fail, and every row has N cells.
        let _ = out.write_record(row);
    };
    put(&mut columns.into_iter());
    for row in rows {
        let cells = row.map(|c| safe(&c).into_owned());
        put(&mut cells.iter().map(String::as_str));
    }
    let bytes: Vec<u8> = out.into_inner().unwrap_or_default();
    // Only texts were written.
    String::from_utf8(bytes).unwrap_or_default()
}

/// A row as it was read: cells by their heading.
pub struct Row<'a> {
    /// Its line in the file.
    pub line: u64,
    columns: &'a [&'a str],
    /// Where each column stands in the file.
    places: &'a [Option<usize>],
    cells: csv::StringRecord,
}

impl Row<'_> {
    /// The cell of a column, without spaces around it; empty where the file has no such column.
    pub fn get(&self, column: &str) -> &str {
        let at = self.columns.iter().position(|c| *c == column).and_then(|i| self.places[i]);
        plain(at.and_then(|at| self.cells.get(at)).unwrap_or("").trim())
    }
}

/// Reads a list. `needed`: columns that must be there; `columns`: all that may be.
///
/// # Errors
/// Every line that `take` refuses or that isn't a row, up to [`MAX_REFUSED`]; the heading is line 1.
pub fn read<T>(
    text: &str,
    columns: &[&str],
    needed: &[&str],
    mut take: impl FnMut(&Row<'_>) -> Result<T, String>,
) -> Result<Vec<T>, Vec<Refused>> {
    // One kind of line end, so that lines are counted as editors count them; those inside cells are of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let text = text.as_str();
    let mut from =
        csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).from_reader(text.as_bytes());
    let first = |why: String| vec![Refused { line: 1, why }];
    let heading = from.headers().map_err(|e| first(format!("the headings can't be read ({e})")))?.clone();
    let heading: Vec<String> =
        heading.iter().map(|h| h.trim().to_lowercase().replace([' ', '-'], "_")).collect();
    if let Some(h) = heading.iter().find(|h| !columns.contains(&h.as_str())) {
        let h: String = h.chars().take(40).collect();
        return Err(first(format!("there is no column '{h}': the columns are {}", columns.join(", "))));
    }
    if let Some(n) = needed.iter().find(|n| !heading.iter().any(|h| h == *n)) {
        return Err(first(format!("the column '{n}' is missing: write the headings into the first line")));
    }
    if let Some(h) = heading.iter().enumerate().find_map(|(i, h)| heading[..i].contains(h).then_some(h)) {
        return Err(first(format!("the column '{h}' is there twice: keep one")));
    }
    let places: Vec<Option<usize>> = columns.iter().map(|c| heading.iter().position(|h| h == c)).collect();
    let (mut out, mut bad) = (Vec::new(), Vec::new());
    let mut cells = csv::StringRecord::new();
    loop {
        match from.read_record(&mut cells) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => {
                let line = e.position().map_or(0, csv::Position::line);
                bad.push(Refused { line, why: format!("it can't be read ({e})") });
                break;
            }
        }
        let line = cells.position().map_or(0, |p| line_of(text, p));
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        if out.len() >= MAX_ROWS {
            bad.push(Refused { line, why: format!("more than {MAX_ROWS} rows: divide the file") });
            break;
        }
        let row = Row { line, columns, places: &places, cells: cells.clone() };
        let taken = match cells.len() > heading.len() {
            true => Err(format!(
                "{} cells under {} headings: put quotes around text with commas",
                cells.len(),
                heading.len()
            )),
            false => take(&row),
        };
        match taken {
            Ok(t) => out.push(t),
            Err(why) => bad.push(Refused { line, why }),
        }
        if bad.len() >= MAX_REFUSED {
            break;
        }
    }
    if bad.is_empty() { Ok(out) } else { Err(bad) }
}

/// The line of a row; its position is before empty lines that are passed over.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let rest = text.as_bytes().get(at.byte() as usize..).unwrap_or(&[]);
    at.line() + rest.iter().take_while(|b| **b == b'\n').count() as u64
}

/// What stands between the cells: where the comma is the decimal sign, spreadsheets write semicolons.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or("");
    let count = |c: char| first.matches(c).count();
    [b';', b'\t'].into_iter().find(|d| count(char::from(*d)) > count(',')).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(text: &str) -> Result<Vec<(String, String)>, Vec<Refused>> {
        read(text, &["name", "note"], &["name"], |r| match r.get("name") {
            "" => Err("no name".into()),
            n => Ok((n.to_string(), r.get("note").to_string())),
        })
    }

    #[test]
    fn what_is_written_is_read_back() {
        let rows = [["=1", "a \"b\", c\nd"], ["Ünal; x", ""]].map(|r| r.map(String::from));
        let text = write(["name", "note"], rows.clone());
        assert!(text.starts_with("\u{feff}name,note\r\n'=1,"), "{text}");
        let back = two(&text).unwrap();
        assert_eq!(back, rows.map(|[a, b]| (a, b)));
    }

    #[test]
    fn as_other_spreadsheets_write() {
        for text in [
            "Name;Note\nNila;x, y\n",
            "\u{feff}name\tnote\r\nNila\tx, y\r\n\r\n",
            " NAME ,note\nNila,\"x, y\"",
        ] {
            assert_eq!(two(text).unwrap(), [("Nila".to_string(), "x, y".to_string())], "{text:?}");
        }
        assert_eq!(two("name\nNila\n").unwrap(), [("Nila".to_string(), String::new())]);
    }

    #[test]
    fn each_bad_line_is_named() {
        let bad = |text: &str| two(text).unwrap_err().iter().map(Refused::to_string).collect::<Vec<_>>();
        assert_eq!(bad("name,note\nA,x\n,y\nB,\"1\n2\"\n ,z\n"), ["line 3: no name", "line 6: no name"]);
        assert_eq!(bad("name,note\r\nA,x\r\n\r\n\r\n,y\r\n"), ["line 5: no name"]);
        assert!(bad("name,mood\n")[0].contains("no column 'mood'"));
        assert!(bad("note\nx\n")[0].contains("'name' is missing"));
        assert!(bad("name,name\n")[0].contains("twice"));
        assert!(bad("name,note\nA,b,c\n")[0].starts_with("line 2: 3 cells under 2 headings"));
        assert!(bad("")[0].contains("'name' is missing"));
        assert_eq!(bad(&format!("name,note\n{}", ",x\n".repeat(500))).len(), MAX_REFUSED);
    }
}
