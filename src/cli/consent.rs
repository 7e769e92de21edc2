//! What a patient allows, what would be decided, and what other organisations ask for.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{
    Global,
    card::{card, pin},
    consent_words::{granted, requests, signed_by_card, stopped, verdict, view},
    join::close,
    open::{answer, within},
    words::{parts, word},
};
use crate::{
    core::{
        governance::Role,
        id::{GrantId, OrgId, PatientId},
        policy::{Action, Purpose},
        record::Compartment,
    },
    node::api::{CheckAsk, ClinicClient, ConsentChange, Fault, GrantAsk, RequestAsk},
};

/// Who decides.
#[derive(Args)]
pub(crate) struct Decides {
    /// Who decides for a child, or for a patient who can't, e.g. "mother"; without it, the patient
    #[arg(long, value_name = "WHO")]
    guardian: Option<String>,
}

/// Consent.
#[derive(Subcommand)]
pub(crate) enum Consent {
    /// Show the patient who may read, who read, why, and on which consent
    ///
    /// Example: aidpost consent show PATIENT
    Show {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
    },
    /// Say what would be decided, and why, without doing it
    ///
    /// Example: aidpost consent check PATIENT --role researcher --action extract --purpose research
    Check {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Role of whoever would ask
        #[arg(long, default_value = "nurse")]
        role: String,
        /// Their organisation, as 'aidpost org list' shows it; without it, this one
        #[arg(long)]
        org: Option<OrgId>,
        /// Whose records: an organisation that 'aidpost org list' shows; without it, this one's
        #[arg(long)]
        custodian: Option<OrgId>,
        /// What they would do: read, write, extract, count, claim, break-glass …
        #[arg(long, default_value = "read")]
        action: String,
        /// What for: treatment, payment, research, public-health, emergency
        #[arg(long, default_value = "treatment")]
        purpose: String,
        /// Which part: general, sexual-reproductive, mental-health, hiv, genetic, administrative
        #[arg(long, default_value = "general")]
        compartment: String,
    },
    /// Allow an organisation to read
    ///
    /// Example: aidpost consent grant PATIENT ORG --purpose treatment --part general --days 30
    Grant {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Which organisation: the identifier that 'aidpost org list' shows
        org: OrgId,
        /// Only those of them who have this role
        #[arg(long)]
        role: Option<String>,
        /// What for: treatment, payment or research
        #[arg(long, default_value = "treatment")]
        purpose: String,
        /// A part of the record; may be given several times
        #[arg(long = "part", value_name = "PART", default_value = "general")]
        parts: Vec<String>,
        /// For how many days; without it, until it is stopped
        #[arg(long)]
        days: Option<u32>,
        /// They may pass on the same or less
        #[arg(long)]
        delegable: bool,
        /// Pass on what this grant, as 'aidpost consent show' lists it, gave to this organisation; it dies with it
        #[arg(long, value_name = "GRANT")]
        under: Option<GrantId>,
        /// The patient signs with their card: a picture of it, '-' for a scanner that types, or 'camera'
        #[arg(long, value_name = "FILE")]
        card: Option<PathBuf>,
        /// File with the card's PIN, for scripts; the patient types it otherwise
        #[arg(long, value_name = "FILE", requires = "card")]
        pin_file: Option<PathBuf>,
        #[command(flatten)]
        decides: Decides,
    },
    /// Leave less of a grant: some parts, or fewer days
    ///
    /// Example: aidpost consent narrow PATIENT GRANT --part general --days 7
    Narrow {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// The grant, as 'aidpost consent show' lists it
        grant: GrantId,
        /// A part that is left; may be given several times
        #[arg(long = "part", value_name = "PART")]
        parts: Vec<String>,
        /// From now on for so many days
        #[arg(long)]
        days: Option<u32>,
        #[command(flatten)]
        decides: Decides,
    },
    /// End one grant, and whatever was passed on under it, for ever
    ///
    /// Example: aidpost consent revoke PATIENT GRANT
    Revoke {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// The grant, as 'aidpost consent show' lists it
        grant: GrantId,
        #[command(flatten)]
        decides: Decides,
    },
    /// Stop sharing with an organisation, also what is granted elsewhere meanwhile
    ///
    /// Example: aidpost consent stop PATIENT ORG
    Stop {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Which organisation: the identifier that 'aidpost org list' shows
        org: OrgId,
    },
    /// Stop sharing with everyone
    ///
    /// Example: aidpost consent stop-all PATIENT
    StopAll {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        #[command(flatten)]
        decides: Decides,
    },
    /// No emergency summary for other organisations from now on
    ///
    /// Example: aidpost consent opt-out PATIENT
    OptOut {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        #[command(flatten)]
        decides: Decides,
    },
    /// An emergency summary for other organisations after all
    ///
    /// Example: aidpost consent opt-in PATIENT --guardian father
    OptIn {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        #[command(flatten)]
        decides: Decides,
    },
    /// Ask those who keep a patient's records for them; policy and consent answer
    ///
    /// Example: aidpost consent request PATIENT --purpose treatment --part general
    Request {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// What for: treatment, payment or research
        #[arg(long, default_value = "treatment")]
        purpose: String,
        /// A part of the record; may be given several times
        #[arg(long = "part", value_name = "PART", default_value = "general")]
        parts: Vec<String>,
    },
    /// List requests made here, and those about patients whose records are kept here
    ///
    /// Example: aidpost consent requests
    Requests,
}

fn role(given: &str) -> Result<Role, Fault> {
    word("role", given, &Role::ALL.map(|(_, w)| w), Role::from_word(given))
}

fn purpose(given: &str) -> Result<Purpose, Fault> {
    word("purpose", given, &Purpose::ALL.map(|(_, w)| w), Purpose::from_word(given))
}

/// What is asked of the node, read and checked before anybody is asked for a passphrase.
enum Ask {
    Show(PatientId),
    Check(PatientId, CheckAsk),
    Grant(PatientId, GrantAsk),
    ByCard(PatientId, GrantAsk, PathBuf, Option<PathBuf>),
    Stop(PatientId, OrgId),
    Change(PatientId, ConsentChange, Option<String>),
    Request(PatientId, RequestAsk),
    Requests,
}

impl Consent {
    fn ask(self) -> Result<Ask, Fault> {
        Ok(match self {
            Consent::Show { patient } => Ask::Show(patient),
            Consent::Check { patient, role: r, org, custodian, action, purpose: p, compartment } => {
                let all = Compartment::ALL.map(|(_, w)| w);
                let ask = CheckAsk {
                    role: role(&r)?,
                    org,
                    custodian,
                    action: word(
                        "action",
                        &action,
                        &Action::ALL.map(|(_, w)| w),
                        Action::from_word(&action),
                    )?,
                    purpose: purpose(&p)?,
                    compartment: word(
                        "compartment",
                        &compartment,
                        &all,
                        Compartment::from_word(&compartment),
                    )?,
                };
                Ask::Check(patient, ask)
            }
            Consent::Grant {
                patient,
                org,
                role: r,
                purpose: p,
                parts: given,
                days,
                delegable,
                under,
                card,
                pin_file,
                decides,
            } => {
                let ask = GrantAsk {
                    org,
                    role: r.as_deref().map(role).transpose()?,
                    purpose: purpose(&p)?,
                    compartments: parts(&given)?,
                    days,
                    parent: under,
                    delegable,
                    guardian: decides.guardian,
                };
                match card {
                    Some(card) => Ask::ByCard(patient, ask, card, pin_file),
                    None => Ask::Grant(patient, ask),
                }
            }
            Consent::Narrow { patient, grant, parts: given, days, decides } => {
                let compartments = if given.is_empty() { None } else { Some(parts(&given)?) };
                Ask::Change(patient, ConsentChange::Narrow { grant, compartments, days }, decides.guardian)
            }
            Consent::Revoke { patient, grant, decides } => {
                Ask::Change(patient, ConsentChange::Revoke(grant), decides.guardian)
            }
            Consent::Stop { patient, org } => Ask::Stop(patient, org),
            Consent::StopAll { patient, decides } => {
                Ask::Change(patient, ConsentChange::StopAll, decides.guardian)
            }
            Consent::OptOut { patient, decides } => {
                Ask::Change(patient, ConsentChange::OptOut, decides.guardian)
            }
            Consent::OptIn { patient, decides } => {
                Ask::Change(patient, ConsentChange::OptIn, decides.guardian)
            }
            Consent::Request { patient, purpose: p, parts: given } => {
                Ask::Request(patient, RequestAsk { purpose: purpose(&p)?, compartments: parts(&given)? })
            }
            Consent::Requests => Ask::Requests,
        })
    }

    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let ask = self.ask()?;
        let (reached, _) = g.signed_in().await?;
        let done = on(g, &reached.client, ask).await;
        close(reached.node).await;
        done
    }
}

async fn on(g: &Global, c: &ClinicClient, ask: Ask) -> Result<(), Fault> {
    match ask {
        Ask::Show(patient) => g.print(&answer(c.consent(within(20), patient).await)?, view),
        Ask::Check(patient, ask) => {
            g.print(&answer(c.consent_check(within(20), patient, ask).await)?, verdict);
        }
        Ask::Grant(patient, ask) => g.print(&answer(c.grant(within(20), patient, ask).await)?, granted),
        Ask::ByCard(patient, ask, file, pin_file) => {
            let file = Some(&*file).filter(|f| *f != Path::new("camera"));
            let code = card(c, file).await?;
            let pin = pin(g, pin_file.as_deref(), "The patient's PIN: ")?;
            let signed = answer(c.grant_by_card(within(60), Some(patient), ask, code, pin).await)?;
            g.print(&signed, signed_by_card);
        }
        Ask::Stop(patient, org) => {
            g.print(&answer(c.stop_sharing(within(20), patient, org).await)?, stopped);
        }
        Ask::Change(patient, change, guardian) => {
            g.print(&answer(c.change_consent(within(20), patient, change, guardian).await)?, |s| {
                format!("Done: block {}.", s.block)
            });
        }
        Ask::Request(patient, ask) => {
            g.print(&answer(c.request(within(20), patient, ask).await)?, |s| {
                format!(
                    "Asked: block {}. It is answered when a terminal that keeps the record is met; see 'aidpost consent requests'.",
                    s.block
                )
            });
        }
        Ask::Requests => g.print(&answer(c.requests(within(20)).await)?, |r| requests(r)),
    }
    Ok(())
}
