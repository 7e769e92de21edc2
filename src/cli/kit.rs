//! The organisation's recovery kit: printed, checked, used.

use std::path::Path;

use serde_json::json;

use super::{
    Global,
    join::newcomer,
    open::{Reached, answer, within},
    slots::code,
};
use crate::{
    core::id::OrgId,
    node::{
        api::{Fault, FaultKind, OrgKit},
        setup,
        text::Invite,
    },
    vault::kit,
};

const PROMPT: &str = "Code of the organisation's recovery kit: ";

pub(crate) async fn print(g: &Global, reached: &Reached) -> Result<(), Fault> {
    let kit = answer(reached.client.org_kit(within(20)).await)?;
    g.print(&kit, words);
    Ok(())
}

fn words(k: &OrgKit) -> String {
    let mut lines = String::new();
    for (i, group) in k.code.0.split('-').enumerate() {
        let gap = if i % 5 == 0 { "\n    " } else { " - " };
        lines.push_str(gap);
        lines.push_str(group);
    }
    format!(
        "AIDPOST RECOVERY KIT\n\nOrganisation  {}\n              {}\nConsortium    {}\n              {}\n{lines}\n\n\
         Whoever has this paper can sign for the organisation: keep it locked up, away from the terminals, and in no file.\n\
         When no admin can sign in:         aidpost org recover\n\
         When all terminals are lost:       aidpost restore BACKUP --kit   (or: aidpost join INVITATION --kit)\n\
         To check that it can be read:      aidpost org kit --check",
        k.org, k.id, k.consortium, k.fingerprint
    )
}

/// The root key of what was typed, when it is that organisation's.
fn fits(typed: &str, org: OrgId) -> Result<(), Fault> {
    let root = kit::read(typed)?;
    match OrgId::of_key(root.verifying_key().as_bytes()) == org {
        true => Ok(()),
        false => Err(Fault::new(FaultKind::Usage, "this is another organisation's kit")),
    }
}

pub(crate) async fn check(g: &Global, reached: &Reached, file: Option<&Path>) -> Result<(), Fault> {
    let status = reached.client.status(within(10)).await.map_err(super::open::gone)?;
    let open = status.open.ok_or_else(|| Fault::new(FaultKind::Locked, "sign in first"))?;
    fits(&code(g, ("--code-file", file), PROMPT)?.0, open.org_id)?;
    g.tell(
        &json!({ "org": open.org, "readable": true }),
        format_args!(
            "This is the recovery kit of {}. It can be read: put it back where it is safe.",
            open.org
        ),
    );
    Ok(())
}

pub(crate) async fn recover(g: &Global, reached: &Reached, file: Option<&Path>) -> Result<(), Fault> {
    let typed = code(g, ("--code-file", file), PROMPT)?;
    let id = answer(reached.client.use_org_kit(within(60), typed).await)?;
    g.tell(
        &json!({ "staff": id }),
        format_args!(
            "You are an admin of the organisation now ({}), and can certify terminals and people.\n\
             Sign in again with the passphrase that you have.",
            id.short()
        ),
    );
    Ok(())
}

/// The first terminal of an organisation that has lost all of its own.
pub(crate) fn join(
    g: &Global,
    invite: &Invite,
    device: &str,
    name: &str,
    file: Option<&Path>,
) -> Result<(), Fault> {
    let data = g.data()?;
    eprintln!(
        "Consortium \"{}\", fingerprint {}: the paper must show the same.",
        invite.genesis.name,
        invite.genesis.id()
    );
    let root = kit::read(&code(g, ("--kit-file", file), PROMPT)?.0)?;
    let (login, passphrase) = (g.login()?, g.passphrase(true)?);
    let new = newcomer(&data, device, &login, name, &passphrase);
    let org = setup::rejoin(&new, invite, root, &mut rand::rng())?;
    let folder = data.display().to_string();
    g.tell(
        &json!({ "org": org.name, "folder": folder }),
        format_args!(
            "This is a terminal of {} in {folder}.\n\
             Next: 'aidpost sync'. Suspend the lost terminals with 'aidpost device suspend'.\n\
             What only they could open is not readable here; a backup with 'aidpost restore --kit' would be.",
            org.name
        ),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::id::ConsortiumId, node::api::Code};

    #[test]
    fn a_kit_is_printed_and_read_back() {
        let root = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let org = OrgId::of_key(root.verifying_key().as_bytes());
        let text = words(&OrgKit {
            org: "Aruna Clinic".into(),
            id: org,
            consortium: "Valley".into(),
            fingerprint: ConsortiumId([1; 32]),
            code: Code(kit::write(&root).to_string()),
        });
        let printed: Vec<&str> = text.lines().filter(|l| l.contains(" - ")).collect();
        assert_eq!(printed.len(), 3, "{text}");
        assert!(fits(&printed.join(" "), org).is_ok());
        assert!(fits(&printed.join(" "), OrgId([0; 16])).is_err());
        assert!(text.lines().all(|l| l.len() <= 120), "{text}");
    }
}
