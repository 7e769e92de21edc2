//! An examination of the terminal: what a person who looks after it would look at, each with a verdict and a remedy.
//!
//! Whoever runs the node examines it; without one, the command does. What the sealed store alone knows is `unknown` until
//! somebody has signed in.

mod folder;
mod ledger;
mod machine;
mod network;

use super::{
    CameraChoice, Node, Options,
    api::{Check, OpenStatus, Status, Verdict},
    clock, locked,
    sign_in::blocking,
};

/// What is looked at where no node could be made.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The data folder, address and camera.
    pub options: Options,
    /// What an open store knows.
    pub open: Option<OpenStatus>,
    /// This process answers on the port itself.
    pub answering: bool,
    /// Why faces can't be used, if they can't.
    pub faces: Option<String>,
}

impl Examined {
    /// Looks at everything. It touches the disk and the devices: not for an async thread.
    pub fn look(&self) -> Vec<Check> {
        let now = clock::now();
        let data = &self.options.data;
        let mut all = vec![
            machine::clock(now, self.open.as_ref()),
            machine::disk(data),
            machine::memory(),
            folder::folder(data),
            folder::permissions(data),
            folder::slots(data),
            machine::models(),
            self.camera(),
            network::port(self.options.listen, self.answering),
            network::discovery(self.options.listen),
        ];
        all.extend(ledger::checks(self.open.as_ref(), now));
        if let Some(problem) = &self.faces {
            all.push(Check::not(
                Verdict::Attention,
                "faces",
                problem,
                "'aidpost face enrol NAME' enrols people anew; PIN and passphrase work meanwhile",
            ));
        }
        all
    }

    fn camera(&self) -> Check {
        machine::camera(match &self.options.camera {
            CameraChoice::None => machine::Wanted::None,
            CameraChoice::Frames(_) => machine::Wanted::Frames,
            CameraChoice::Device(path) => machine::Wanted::Device(path),
        })
    }
}

impl Node {
    pub(super) async fn doctor(&self, status: &Status) -> Vec<Check> {
        let mut options = self.options.clone();
        options.camera = locked(&self.camera).clone();
        options.listen = *locked(&self.listen);
        let examined = Examined {
            options,
            open: status.open.clone(),
            answering: self.link.lock().await.is_some(),
            faces: status.faces.as_ref().and_then(|f| f.problem.clone()),
        };
        blocking(move || examined.look()).await.unwrap_or_default()
    }
}

/// Whether a remedy names what to type: a command between quotes, or at its beginning.
#[cfg(test)]
pub(super) fn is_typed(c: &Check) -> bool {
    const COMMANDS: [&str; 12] =
        ["aidpost", "chmod", "chown", "du", "ip", "mount", "mv", "rm", "ss", "sudo", "timedatectl", "top"];
    let typed = |words: &str| COMMANDS.contains(&words.split(' ').next().unwrap_or_default());
    let names = |r: &String| typed(r) || r.split('\'').skip(1).step_by(2).any(typed);
    c.remedy.as_ref().is_some_and(names)
}
