//! The system's printing.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::node::api::{Fault, FaultKind};

/// Gives the bytes to the system's printing, under this name where there are several printers; no file is left. Waits until it
/// has taken them.
///
/// # Errors
/// There is no printing on this machine, or the printer refused: with its own words.
pub fn send(printer: &str, bytes: &[u8]) -> Result<(), Fault> {
    let mut lp = Command::new("lp");
    if !printer.is_empty() {
        lp.args(["-d", printer]);
    }
    let started = lp
        .args(["-t", "Aidpost", "--", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
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
        // When it ends early its own words say more than a broken pipe.
        let _ = input.write_all(bytes);
    }
    let done = child.wait_with_output().map_err(|e| failed(e.to_string()))?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        return Err(failed(said.lines().next().unwrap_or("no reason given").chars().take(120).collect()));
    }
    Ok(())
}
