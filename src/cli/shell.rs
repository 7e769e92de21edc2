//! Completions and man pages, from the definitions of the command line itself.

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use super::{Cli, Global, output};
use crate::node::api::{Fault, FaultKind};

/// Completions.
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

/// Man pages.
#[derive(Args)]
pub(crate) struct Man {
    /// Folder to write them into; made if it isn't there
    folder: PathBuf,
}

impl Completions {
    pub(crate) fn run(&self) {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "aidpost", &mut script);
        output::out(format_args!("{}", String::from_utf8_lossy(&script).trim_end()));
    }
}

impl Man {
    pub(crate) fn run(&self, g: &Global) -> Result<(), Fault> {
        let bad = |e: std::io::Error| {
            let words = format!("{}: {e}: choose another folder", self.folder.display());
            Fault::new(FaultKind::of_io(&e), words)
        };
        std::fs::create_dir_all(&self.folder).map_err(bad)?;
        clap_mangen::generate_to(Cli::command(), &self.folder).map_err(bad)?;
        let folder = self.folder.display().to_string();
        g.tell(&serde_json::json!({ "folder": folder }), format_args!("Wrote the man pages into {folder}."));
        Ok(())
    }
}
