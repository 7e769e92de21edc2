//! How this terminal is: what an examination found, and its backups.

use crate::node::api::{BackedUp, Check, Working};

use super::{
    form::{Form, Wrong},
    model::Load,
    sharing::MAX_PATH,
    words::Saying,
};

/// The screen.
#[derive(Debug)]
pub(crate) struct HealthPage {
    /// The worst first.
    pub(crate) checks: Load<Vec<Check>>,
    pub(crate) selected: usize,
    pub(crate) backup: BackingUp,
    /// The folder that was named last: one that was mistyped needn't be typed anew.
    pub(crate) folder: String,
}

/// Where a backup stands.
#[derive(Debug)]
pub(crate) enum BackingUp {
    No,
    /// Into which folder.
    Asked(Box<Form>),
    /// Whether to seal the terminal.
    Sealing(Box<Form>),
    /// How far it is.
    Running(Option<Working>),
    /// Long work that was under way when this was opened.
    Found(Working),
    Made(Box<BackedUp>),
}

impl Default for HealthPage {
    fn default() -> Self {
        Self { checks: Load::Loading, selected: 0, backup: BackingUp::No, folder: String::new() }
    }
}

impl HealthPage {
    pub(crate) fn form(&self) -> Option<&Form> {
        match &self.backup {
            BackingUp::Asked(f) | BackingUp::Sealing(f) => Some(f),
            _ => None,
        }
    }

    pub(crate) fn form_mut(&mut self) -> Option<&mut Form> {
        match &mut self.backup {
            BackingUp::Asked(f) | BackingUp::Sealing(f) => Some(f),
            _ => None,
        }
    }

    pub(crate) fn listed(&self) -> &[Check] {
        self.checks.ready().map_or(&[], Vec::as_slice)
    }
}

/// The form that asks for the folder; it begins with the one that was named before.
pub(crate) fn backup_form(before: &str) -> Form {
    let form = Form::new("backup-title", "backup-what");
    form.text("mesh-folder", MAX_PATH, "backup-hint").filled(before)
}

/// Asks whether it is to be sealed.
pub(crate) fn seal_form() -> Form {
    Form::new("sealing-title", "sealing-what").warn(Some("sealing-warning".into()))
}

/// The folder. The error names the field to go to.
pub(crate) fn folder(form: &Form) -> Result<String, Wrong> {
    form.typed_if_any(0).ok_or_else(|| (0, "backup-no-folder".into()))
}

/// What the node's long work is, in words.
pub(crate) fn long_work(at: &Working) -> Saying {
    match at.what.as_str() {
        "backing up" => "busy-backup".into(),
        "meeting" => "busy-meeting".into(),
        "writing" => "busy-courier-out".into(),
        "reading" => "busy-courier-in".into(),
        "looking through the records" | "taking out" => "busy-looking".into(),
        "sealing anew" => "busy-sealing".into(),
        other => Saying::Node(other.to_owned()),
    }
}

/// What was looked at, in words.
pub(crate) fn name(check: &str) -> Saying {
    let key = match check {
        "clock" => "check-clock",
        "disk" => "check-disk",
        "memory" => "check-memory",
        "folder" => "check-folder",
        "permissions" => "check-permissions",
        "slots" => "check-slots",
        "models" => "check-models",
        "camera" => "check-camera",
        "port" => "check-port",
        "discovery" => "check-discovery",
        "peers" => "check-peers",
        "unshared" => "check-unshared",
        "backups" => "check-backups",
        "forks" => "check-forks",
        "quarantine" => "check-quarantine",
        "ledger" => "check-ledger",
        "faces" => "check-faces",
        "reviews" => "check-reviews",
        other => return Saying::Node(other.to_owned()),
    };
    key.into()
}

/// What to do, where it is done on these screens; else in the doctor's words, which name a command.
pub(crate) fn remedy(check: &str, told: &str) -> Saying {
    match check {
        "backups" => "remedy-backups".into(),
        "peers" | "unshared" => "remedy-meet".into(),
        "forks" | "quarantine" | "ledger" => "remedy-ledger".into(),
        "reviews" => "remedy-reviews".into(),
        _ => Saying::Node(told.to_owned()),
    }
}
