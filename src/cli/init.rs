//! Founding a consortium: by flags, or question by question.

use std::io::BufRead;

use clap::Args;
use serde_json::json;

use super::{
    Global,
    ask::{self, Questions},
    join::{Kind, newcomer},
    usage,
};
use crate::node::{
    api::{Fault, Passphrase},
    setup,
};

/// Found a consortium.
#[derive(Args)]
pub(crate) struct Init {
    /// The consortium's name; without it and --org, on a terminal, everything is asked for
    #[arg(long)]
    consortium: Option<String>,
    /// The organisation's name
    #[arg(long)]
    org: Option<String>,
    /// What the organisation is [default: clinic]
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// This terminal's name [default: "front desk"]
    #[arg(long)]
    device: Option<String>,
    /// The admin's name as colleagues know it [default: Admin]
    #[arg(long)]
    name: Option<String>,
}

/// What is to be founded, and by whom.
struct Plan {
    consortium: String,
    org: String,
    kind: Kind,
    device: String,
    name: String,
    login: String,
    passphrase: Passphrase,
}

impl Init {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let data = g.data()?;
        let guided = ask::possible() && (self.consortium.is_none() || self.org.is_none());
        let plan = if guided {
            setup::free(&data)?;
            eprintln!("This founds a consortium, with its first organisation and this terminal.");
            eprintln!("{}", ask::MANNER);
            let mut q = Questions::here();
            let plan = self.asked(&mut q, g)?;
            eprintln!("\n{}", plan.words(&data.display().to_string()));
            if !q.yes("\nFound it?")? {
                return Err(ask::stopped());
            }
            plan
        } else {
            self.given(g)?
        };
        let made = !data.exists();
        let new = newcomer(&data, &plan.device, &plan.login, &plan.name, &plan.passphrase);
        let found =
            || setup::found(&new, &plan.consortium, &plan.org, plan.kind.into(), false, &mut rand::rng());
        if ask::whole(found)?.1 {
            new.undo();
            if made {
                // Whatever else came to lie in it stays.
                let _ = std::fs::remove_dir(&data);
            }
            return Err(ask::stopped());
        }
        let Plan { consortium, org, device, .. } = &plan;
        let folder = data.display().to_string();
        g.tell(
            &json!({ "consortium": consortium, "org": org, "device": device, "folder": folder }),
            format_args!(
                "Founded \"{consortium}\" with \"{org}\" in {folder}.\n\
                 Next: 'aidpost org kit' prints the organisation's recovery kit: without that paper, a lost terminal can mean a lost organisation.\n\
                 Then: 'aidpost staff add' for each colleague, 'aidpost' to open the workstation, 'aidpost invite' to let other terminals join."
            ),
        );
        Ok(())
    }

    /// By flags alone; login and passphrase are asked for, where there is a terminal.
    fn given(self, g: &Global) -> Result<Plan, Fault> {
        let (Some(consortium), Some(org)) = (self.consortium.clone(), self.org.clone()) else {
            let missing = [(self.consortium, "--consortium <CONSORTIUM>"), (self.org, "--org <ORG>")];
            let names: Vec<&str> = missing.iter().filter(|(v, _)| v.is_none()).map(|(_, n)| *n).collect();
            return Err(usage::missing("aidpost init", &names));
        };
        Ok(Plan {
            consortium,
            org,
            kind: self.kind.unwrap_or(Kind::Clinic),
            device: self.device.unwrap_or_else(|| "front desk".into()),
            name: self.name.unwrap_or_else(|| "Admin".into()),
            login: g.login()?,
            passphrase: g.passphrase(true)?,
        })
    }

    /// Question by question; what a flag says isn't asked.
    fn asked<R: BufRead>(self, q: &mut Questions<R>, g: &Global) -> Result<Plan, Fault> {
        let consortium = match self.consortium {
            Some(c) => c,
            None => q.ask("Name of the consortium", None, ask::named("the consortium's name"))?,
        };
        let org = match self.org {
            Some(o) => o,
            None => q.ask("Name of your organisation", None, ask::named("the organisation's name"))?,
        };
        let kind = Kind::asked(q, self.kind)?;
        let device = match self.device {
            Some(d) => d,
            None => q.ask("Name of this terminal", Some("front desk"), ask::named("the terminal's name"))?,
        };
        let name = match self.name {
            Some(n) => n,
            None => q.ask("Your name, as colleagues know it", Some("Admin"), ask::named("your name"))?,
        };
        let login = ask::login(q, g, &name)?;
        Ok(Plan { consortium, org, kind, device, name, login, passphrase: ask::passphrase(g)? })
    }
}

impl Plan {
    fn words(&self, data: &str) -> String {
        let Self { consortium, org, kind, device, name, login, .. } = self;
        format!(
            "  Consortium     {consortium}\n  Organisation   {org} ({})\n  Terminal       {device}\n  Admin          {name}, login {login}\n  Folder         {data}",
            kind.word()
        )
    }
}
