//! The table, and whether anything in it grows faster than the records.

/// How much steeper the second half of the year may be than the first.
const STEEPER: f64 = 1.3;
/// A shorter time isn't judged.
const LEAST_DAYS: u64 = 60;
/// How much longer what should stay the same may take in the last quarter than in the first: a tree of keys gets deeper,
/// caches that held everything hold a part, and a machine is never quite quiet.
const SLOWER: f64 = 2.0;
/// The same of bytes where there is nothing new: no cache and no busy machine changes them, only varints that grow.
const LARGER: f64 = 1.05;

/// One measuring.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) day: u64,
    /// Registrations and visits of all terminals.
    pub(crate) records: u64,
    /// MiB of a store, mean of all terminals.
    pub(crate) store: f64,
    /// MiB of a whole backup.
    pub(crate) backup: f64,
    /// MiB of the process with all terminals in it.
    pub(crate) resident: f64,
    /// Seconds of a whole backup.
    pub(crate) backing: f64,
    /// Milliseconds from the passphrase to the list.
    pub(crate) opening: f64,
    /// Seconds of a day's meetings, all of them one after the other.
    pub(crate) meeting: f64,
    /// KiB of a day's meetings.
    pub(crate) kib: f64,
    /// Milliseconds of a round with nothing new.
    pub(crate) quiet: f64,
    /// Bytes of it.
    pub(crate) quiet_bytes: f64,
    /// Milliseconds of writing a visit, eight terminals at a time.
    pub(crate) visit: f64,
    /// Milliseconds of a search.
    pub(crate) search: f64,
    /// Milliseconds of opening a chart, its reading recorded.
    pub(crate) chart: f64,
}

struct Column {
    name: &'static str,
    unit: &'static str,
    /// Times that the later part may be of the earlier one.
    most: f64,
    of: fn(&Row) -> f64,
}

const fn column(name: &'static str, unit: &'static str, most: f64, of: fn(&Row) -> f64) -> Column {
    Column { name, unit, most, of }
}

/// What grows with the records.
const GROWS: [Column; 6] = [
    column("store", "MiB", STEEPER, |r| r.store),
    column("backup", "MiB", STEEPER, |r| r.backup),
    column("memory", "MiB", STEEPER, |r| r.resident),
    column("backup", "s", STEEPER, |r| r.backing),
    column("opening", "ms", STEEPER, |r| r.opening),
    // Spelling tolerance looks at every name.
    column("search", "ms", STEEPER, |r| r.search),
];

/// What doesn't.
const STAYS: [Column; 6] = [
    column("day's sync", "s", SLOWER, |r| r.meeting),
    column("day's sync", "KiB", SLOWER, |r| r.kib),
    column("quiet sync", "ms", SLOWER, |r| r.quiet),
    column("quiet sync", "B", LARGER, |r| r.quiet_bytes),
    column("visit", "ms", SLOWER, |r| r.visit),
    column("chart", "ms", SLOWER, |r| r.chart),
];

/// The table as it comes to be.
pub(crate) struct Growth {
    rows: Vec<Row>,
}

fn mean(rows: &[Row], of: fn(&Row) -> f64) -> f64 {
    rows.iter().map(of).sum::<f64>() / rows.len().max(1) as f64
}

/// For each 10,000 records, between the first and the last of these rows.
fn slope(rows: &[Row], of: fn(&Row) -> f64) -> f64 {
    let (Some(a), Some(z)) = (rows.first(), rows.last()) else { return 0.0 };
    (of(z) - of(a)) / (z.records - a.records).max(1) as f64 * 10_000.0
}

impl Growth {
    pub(crate) fn new() -> Self {
        let line = |f: fn(&Column) -> &'static str| {
            GROWS.iter().chain(&STAYS).map(|c| format!("{:>11}", f(c))).collect::<String>()
        };
        println!("{:>5}{:>10}{}", "day", "records", line(|c| c.name));
        println!("{:>5}{:>10}{}", "", "", line(|c| c.unit));
        Self { rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Row) {
        let values: String = GROWS.iter().chain(&STAYS).map(|c| format!("{:>11.1}", (c.of)(&row))).collect();
        println!("{:>5}{:>10}{values}", row.day, row.records);
        self.rows.push(row);
    }

    /// Prints what came out; false when something grew faster than the records, or didn't stay as it was.
    pub(crate) fn verdict(&self) -> bool {
        let rows = &self.rows;
        if rows.last().is_none_or(|r| r.day < LEAST_DAYS) {
            println!(
                "too short to tell how anything grows: caches fill for weeks, try {LEAST_DAYS} days or more"
            );
            return true;
        }
        let (mut held, half, quarter) = (true, rows.len() / 2, rows.len() / 4);
        println!("\n{:<14}{:<5}{:>18}{:>12}{:>12}", "grows", "", "per 10,000", "first half", "second half");
        for c in &GROWS {
            let (all, a, z) = (slope(rows, c.of), slope(&rows[..=half], c.of), slope(&rows[half..], c.of));
            // Against the mean slope: one half can be flat, and what is below it isn't steep.
            let steep = z > all.max(0.0) * c.most;
            held &= !steep;
            let verdict = if steep { "  MISSED: faster than linearly" } else { "" };
            println!("{:<14}{:<5}{all:>18.2}{a:>12.2}{z:>12.2}{verdict}", c.name, c.unit);
        }
        println!("\n{:<14}{:<5}{:>18}{:>12}{:>12}", "stays", "", "last to first", "first", "last");
        for c in &STAYS {
            let (a, z) = (mean(&rows[..quarter], c.of), mean(&rows[rows.len() - quarter..], c.of));
            let slow = z > a * c.most;
            held &= !slow;
            let verdict = if slow { "  MISSED" } else { "" };
            println!("{:<14}{:<5}{:>18.2}{a:>12.1}{z:>12.1}{verdict}", c.name, c.unit, z / a);
        }
        held
    }
}
