//! The system's printing.

use std::{
    io::Write,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::node::api::{Fault, FaultKind};

/// The longest that the system's printing may take to accept a paper.
const LONGEST: Duration = Duration::from_secs(60);
/// Between two looks whether it has.
const LOOK: Duration = Duration::from_millis(50);

/// Gives the bytes to the system's printing, under this name where there are several printers; no file is left. Waits until it
/// has taken them, a minute at most.
///
/// # Errors
/// There is no printing on this machine, the printer refused: with its own words, or it didn't answer.
pub fn send(printer: &str, bytes: &[u8]) -> Result<(), Fault> {
    let mut lp = Command::new("lp");
    if !printer.is_empty() {
        lp.args(["-d", printer]);
    }
    lp.args(["-t", "Aidpost", "--", "-"]);
    give(lp, bytes, LONGEST)
}

/// Gives the bytes to this program, and ends it when that takes too long.
fn give(mut lp: Command, bytes: &[u8], longest: Duration) -> Result<(), Fault> {
    let started = lp.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = started.spawn().map_err(|e| {
        Fault::new(
            FaultKind::Failed,
            format!("this machine can't print (lp: {e}): install CUPS, or make a PDF file"),
        )
    })?;
    let failed = |why: String| {
        Fault::new(
            FaultKind::Failed,
            format!("the printer refused ({why}): 'lpstat -p' lists printers, or make a PDF file"),
        )
    };
    if let Some(mut input) = child.stdin.take() {
        let bytes = bytes.to_vec();
        // On a thread of its own: whoever doesn't read would hold it up. It ends with the program, whose own words then
        // say more than a broken pipe.
        thread::spawn(move || drop(input.write_all(&bytes)));
    }
    let until = Instant::now() + longest;
    while child.try_wait().map_err(|e| failed(e.to_string()))?.is_none() {
        if Instant::now() >= until {
            // It may have ended just now; waiting takes it off the system's list either way.
            let _ = child.kill();
            let _ = child.wait();
            return Err(Fault::new(
                FaultKind::Failed,
                format!(
                    "the printer did not answer for {} seconds: see that it is on and connected, or make a PDF file",
                    longest.as_secs()
                ),
            ));
        }
        thread::sleep(LOOK);
    }
    let done = child.wait_with_output().map_err(|e| failed(e.to_string()))?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        return Err(failed(said.lines().next().unwrap_or("no reason given").chars().take(120).collect()));
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_printer_that_hangs_is_given_up() {
        let mut lp = Command::new("sleep");
        lp.arg("600");
        let began = Instant::now();
        // More than a pipe holds: nobody reads it.
        let fault = give(lp, &vec![0; 1 << 20], Duration::from_millis(200)).unwrap_err();
        assert!(fault.message.starts_with("the printer did not answer"), "{fault:?}");
        assert!(began.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn one_that_takes_the_paper_is_done_and_one_that_refuses_says_why() {
        let sh = |script: &str| {
            let mut lp = Command::new("sh");
            lp.args(["-c", script]);
            give(lp, &vec![0; 1 << 20], LONGEST)
        };
        assert_eq!(sh("cat"), Ok(()));
        let fault = sh("echo 'no such destination' >&2; exit 1").unwrap_err();
        assert!(fault.message.contains("no such destination"), "{fault:?}");
    }
}
