//! Faces and cameras.

use clap::Subcommand;
use serde_json::json;

use super::{
    Global, face_cameras,
    join::close,
    open::{answer, within},
};
use crate::{
    core::id::StaffId,
    node::api::{CameraPolicy, ClinicClient, Fault, FaultKind},
};

/// Faces.
#[derive(Subcommand)]
pub(crate) enum Face {
    /// Enrol a person's face with this terminal's camera (admin)
    ///
    /// Example: aidpost face enrol "Nila Rao" --login amina
    Enrol {
        /// The person's name or the beginning of their identifier, as 'aidpost staff list' shows it
        person: String,
    },
    /// Destroy a person's face templates at this terminal (admin, or the person)
    ///
    /// Example: aidpost face forget "Nila Rao" --login nila
    Forget {
        /// The person's name or the beginning of their identifier, as 'aidpost staff list' shows it
        person: String,
    },
    /// List the video devices: formats, infrared, and why one can't be used
    ///
    /// Example: aidpost face cameras
    Cameras,
    /// Use this camera alone, wherever it is plugged in (admin)
    ///
    /// Example: aidpost face bind /dev/video0 --login amina
    Bind {
        /// A device that 'aidpost face cameras' lists, or 'any'
        device: String,
    },
    /// Whether sign-in by face needs an infrared camera (admin)
    ///
    /// Example: aidpost face infrared required --login amina
    Infrared {
        /// 'required' or 'not-required'
        #[arg(value_parser = ["required", "not-required"])]
        rule: String,
    },
    Eval(super::face_eval::Eval),
    Train(super::face_train::Train),
    AttackBench(super::face_attack::AttackBench),
}

/// The person that a name or the beginning of an identifier means.
pub(crate) async fn person(client: &ClinicClient, given: &str) -> Result<(StaffId, String), Fault> {
    let rows = answer(client.staff(within(20)).await)?;
    let fits: Vec<_> =
        rows.iter().filter(|r| r.name == given || r.staff.to_string().starts_with(given)).collect();
    match fits[..] {
        [who] => Ok((who.staff, who.name.clone())),
        _ => Err(Fault::new(
            FaultKind::Usage,
            format!(
                "{} people fit that: give a name or identifier that 'aidpost staff list' shows",
                fits.len()
            ),
        )),
    }
}

impl Face {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        match self {
            Face::Cameras => return face_cameras::run(g),
            Face::Eval(c) => return c.run(g),
            Face::Train(c) => return c.run(g),
            Face::AttackBench(c) => return c.run(g),
            _ => {}
        }
        let (reached, _) = g.signed_in().await?;
        let done = self.at(g, &reached.client).await;
        close(reached.node).await;
        done
    }

    async fn at(self, g: &Global, client: &ClinicClient) -> Result<(), Fault> {
        match self {
            Face::Cameras | Face::Eval(_) | Face::Train(_) | Face::AttackBench(_) => {}
            Face::Enrol { person: given } => {
                let (staff, name) = person(client, &given).await?;
                enrol(g, client, staff, &name).await?;
            }
            Face::Forget { person: given } => {
                let (staff, name) = person(client, &given).await?;
                answer(client.forget_face(within(20), staff).await)?;
                g.tell(
                    &json!({ "staff": staff, "name": name, "forgotten": true }),
                    format_args!("The face of {name} is deleted."),
                );
            }
            Face::Bind { device } => {
                let bind = if device == "any" { String::new() } else { device.clone() };
                let policy = CameraPolicy { bind: Some(bind), infrared: None };
                answer(client.camera_policy(within(20), policy).await)?;
                g.tell(&json!({ "camera": device }), format_args!("Camera: {device}."));
            }
            Face::Infrared { rule } => {
                let policy = CameraPolicy { infrared: Some(rule == "required"), bind: None };
                answer(client.camera_policy(within(20), policy).await)?;
                g.tell(
                    &json!({ "infrared": rule == "required" }),
                    format_args!("Infrared camera {}.", rule.replace('-', " ")),
                );
            }
        }
        Ok(())
    }
}

/// Guides an enrolment in words: each is said once, until it changes.
async fn enrol(g: &Global, client: &ClinicClient, staff: StaffId, name: &str) -> Result<(), Fault> {
    let mut said = String::new();
    let mut fresh = true;
    loop {
        let look = answer(client.enrol(within(30), staff, fresh).await)?;
        fresh = false;
        if let Some(done) = look.enrolled {
            g.tell(
                &json!({ "staff": staff, "name": name, "templates": done.templates, "warning": done.warning }),
                format_args!("Enrolled {name} with {} templates.", done.templates),
            );
            if let Some(w) = done.warning {
                eprintln!("Warning: {w}");
            }
            return Ok(());
        }
        let hint = look.hint.map_or_else(String::new, |h| format!(" ({h})"));
        let words = format!("{} of {}: {}{hint}", look.prompt.done + 1, look.prompt.of, look.prompt.words);
        if words != said {
            eprintln!("{words}");
            said = words;
        }
    }
}
