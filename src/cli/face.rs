//! Faces.

use clap::Subcommand;

use super::{
    Global,
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
    /// List the cameras
    Cameras,
    /// Measure the liveness check with rendered attacks and heads
    AttackBench(super::face_attack::AttackBench),
}

impl Face {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let person = match self {
            Face::Enrol { person } => person,
            Face::AttackBench(c) => return c.run(g),
            Face::Cameras => {
                let all = crate::face::camera::list_cameras();
                if all.is_empty() {
                    return Err(Fault::new(
                        FaultKind::Unreachable,
                        "no camera: plug one in, or sign in with your passphrase",
                    ));
                }
                for c in all {
                    println!("{}  {}", c.path.display(), c.name);
                }
                return Ok(());
            }
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
