//! The story, and the workstation on what it left.

use std::{io::IsTerminal, path::PathBuf};

use clap::Args;

use super::{
    Global,
    open::{Reached, screens},
};
use crate::{
    demo::{self, NURSE, NURSE_PIN, Told},
    node::{
        api::{Fault, FaultKind},
        server,
    },
    vault::slots::Cost,
};

/// Demonstration.
#[derive(Args)]
pub(crate) struct Demo {
    /// Folder of the demonstration; removed and made anew each time
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Only play the story, even in a terminal
    #[arg(long)]
    headless: bool,
}

impl Demo {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let folder = match self.folder {
            Some(f) => f,
            None => g.data()?.with_file_name("aidpost-demo"),
        };
        let mut all: Vec<Told> = Vec::new();
        let left = demo::play(&folder, Cost::STANDARD, |t| {
            if !g.json {
                println!("{}", words(t));
            }
            all.push(t.clone());
        })
        .await?;
        if g.json {
            g.print(&all, |_| String::new());
        } else {
            let ms: u64 = all.iter().map(|t| t.millis).sum();
            println!("All {} steps went as told, in {:.1} s.", all.len(), ms as f64 / 1e3);
        }
        let seen = std::io::stdout().is_terminal() && std::io::stdin().is_terminal();
        if self.headless || g.json || !seen {
            left.node.close().await;
            return Ok(());
        }
        left.node.watch_with(g.camera.as_deref()).await;
        println!("Opening the workstation at the clinic's front desk.");
        println!(
            "Sign in by face (the demo's camera shows {}, who turns her head as asked), by her PIN {NURSE_PIN}, or as \"{}\" with \"{}\".",
            NURSE.name, NURSE.login, NURSE.passphrase
        );
        println!("Press Enter.");
        std::io::stdin().read_line(&mut String::new()).map_err(|e| Fault::new(FaultKind::Failed, e))?;
        screens(g, Reached { client: server::local(&left.node), node: Some(left.node) }).await
    }
}

fn words(t: &Told) -> String {
    let mut out = format!("step {}  {} ({} ms)", t.step, t.title, t.millis);
    for l in &t.lines {
        out.push_str("\n        ");
        out.push_str(l);
    }
    out
}
