//! Faces.

use clap::Subcommand;

use super::{
    Global, face_cameras,
    join::close,
    open::{answer, within},
};
use crate::node::api::{Fault, FaultKind};

/// Faces.
#[derive(Subcommand)]
pub(crate) enum Face {
    /// Enrol a person's face with this terminal's camera (admin)
    Enrol {
        /// The person's name or the beginning of their identifier, as 'aidpost staff list' shows it
        person: String,
    },
    /// List the video devices: formats, infrared, and why one can't be used
    Cameras,
}

impl Face {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let person = match self {
            Face::Enrol { person } => person,
            Face::Cameras => return face_cameras::run(g),
        };
        let (reached, _) = g.signed_in().await?;
        let rows = answer(reached.client.staff(within(20)).await)?;
        let fits: Vec<_> =
            rows.iter().filter(|r| r.name == person || r.staff.to_string().starts_with(&person)).collect();
        let [who] = fits[..] else {
            let n = fits.len();
            return Err(Fault::new(
                FaultKind::Usage,
                format!("{n} people fit that: give a name or identifier that 'aidpost staff list' shows"),
            ));
        };
        eprintln!("Look at the camera …");
        let n = answer(reached.client.enrol(within(60), who.staff).await)?;
        println!("Enrolled {} with {n} templates.", who.name);
        close(reached.node).await;
        Ok(())
    }
}
