//! The ledger as held here.

use crate::{
    core::block::Kind,
    node::api::{Fault, LedgerView, Saved, VerifyReport},
};

use super::{
    super::{
        keymap::Action,
        model::{Check, Load, Model, Page, Tone},
        msg::{Call, Effect},
        words::{Saying, say},
    },
    go, moved, proof, settle,
};

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(l) = model.ledger() else { return Vec::new() };
    match action {
        Action::Back => go(model, Page::Patients),
        Action::Reload => vec![model.ask(Call::Ledger)],
        Action::Adopt => adopt(model),
        Action::Verify if matches!(l.check, Check::Running) => Vec::new(),
        Action::Verify => {
            l.check = Check::Running;
            vec![model.ask(Call::Verify)]
        }
        moving => {
            l.selected = moved(l.selected, l.view.ready().map_or(0, |v| v.blocks.len()), moving);
            Vec::new()
        }
    }
}

/// Countersigns the selected block, if it is one of this organisation's in quarantine.
fn adopt(model: &mut Model) -> Vec<Effect> {
    let selected = model.ledger().and_then(|l| {
        let v = l.view.ready()?;
        let id = v.blocks.get(l.selected)?.id;
        Some((id, v.doubts.quarantine.iter().find(|d| d.id == id).map(|d| d.ours)))
    });
    match selected {
        Some((id, Some(true))) => {
            if proof::first(model, Action::Adopt) {
                return Vec::new();
            }
            return vec![model.ask(Call::Adopt(id))];
        }
        Some((_, Some(false))) => model.say(Tone::Warning, "notice-adopt-other-org"),
        _ => model.say(Tone::Warning, "notice-adopt-select"),
    }
    Vec::new()
}

pub(super) fn adopted(model: &mut Model, result: Result<Saved, Fault>) -> Vec<Effect> {
    match result {
        Ok(_) => {
            model.say(Tone::Good, "notice-adopted");
            vec![model.ask(Call::Ledger)]
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn loaded(model: &mut Model, result: Result<LedgerView, Fault>) -> Vec<Effect> {
    if let Some(Page::Chart(c)) = model.page() {
        // The reload was for news about the chart: the own recorded read is none.
        c.stale |= result
            .is_ok_and(|v| v.blocks.iter().any(|b| b.kind == Kind::Records && !c.known.contains(&b.id)));
        return Vec::new();
    }
    let Some(l) = model.ledger() else { return Vec::new() };
    let keep = l.view.ready().and_then(|v| v.blocks.get(l.selected)).map(|b| b.id);
    let first = l.selected == 0;
    let fault = settle(&mut l.view, result);
    if let Load::Ready(v) = &l.view {
        let at = v.blocks.iter().position(|b| Some(b.id) == keep).filter(|_| !first);
        l.selected = at.unwrap_or(0);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

pub(super) fn verified(model: &mut Model, result: Result<VerifyReport, Fault>) -> Vec<Effect> {
    let (tone, words) = match &result {
        Ok(r) if r.damage.is_empty() => {
            (Tone::Good, say!("notice-verified", pages = r.pages, blocks = r.blocks))
        }
        Ok(r) => (Tone::Danger, say!("notice-damage", n = r.damage.len())),
        Err(f) => (Tone::Danger, Saying::Node(f.message.clone())),
    };
    if let Some(l) = model.ledger() {
        l.check = result.map_or(Check::None, Check::Done);
    }
    model.say(tone, words);
    Vec::new()
}
