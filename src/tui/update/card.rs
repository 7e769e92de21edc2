//! A patient's card: read and used, issued, replaced.

use crate::{
    core::{auth::MIN_DIGITS, policy::Purpose, record::Compartment},
    node::api::{CardGranted, CardIssued, CardLook, Code, Fault, GrantAsk, Pin},
};

use super::{
    super::{
        cards::CardPage,
        input::Edit,
        keymap::Action,
        model::{ChartPage, ConsentPage, Model, NewPin, Page, Tone},
        msg::{Call, Effect},
        words::say,
    },
    chart, go, open_chart, proof, set_page,
};

/// For so many days this organisation may read on a card's word: the command line allows other choices.
const DAYS: u32 = 30;

/// Begins to look for a card.
pub(super) fn read(model: &mut Model) -> Vec<Effect> {
    let ask = model.ask(Call::LookForCard);
    set_page(model, Page::Card(Box::new(CardPage::look())), vec![ask])
}

/// Asks the patient for the PIN of a new card.
pub(super) fn new(model: &mut Model, action: Action) -> Vec<Effect> {
    if proof::first(model, action) {
        return Vec::new();
    }
    let reissue = action == Action::ReplaceCard;
    match chart::take(model) {
        Some(chart) => {
            let page = CardPage::Choose { chart, reissue, pins: NewPin::default() };
            set_page(model, Page::Card(Box::new(page)), Vec::new())
        }
        None => Vec::new(),
    }
}

/// Back to the consent of the patient whose card it is.
fn to_consent(model: &mut Model, chart: Box<ChartPage>) -> Vec<Effect> {
    go(model, Page::Consent(chart, Box::<ConsentPage>::default()))
}

/// Takes the chart out of the page, which the caller replaces at once.
fn chart_of(model: &mut Model) -> Option<Box<ChartPage>> {
    let page = model.page()?;
    match std::mem::replace(page, Page::Patients) {
        Page::Card(c) => match *c {
            CardPage::Choose { chart, .. } | CardPage::Made { chart, .. } => Some(chart),
            other => {
                *page = Page::Card(Box::new(other));
                None
            }
        },
        other => {
            *page = other;
            None
        }
    }
}

fn leave(model: &mut Model) -> Vec<Effect> {
    match chart_of(model) {
        Some(chart) => to_consent(model, chart),
        None => go(model, Page::Patients),
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let own = model.status.as_ref().and_then(|s| s.open.as_ref()).map(|o| o.org_id);
    let Some(Page::Card(page)) = model.page() else { return Vec::new() };
    match (&mut **page, action) {
        (CardPage::Made { .. }, Action::Yes) => leave(model),
        (CardPage::Made { .. }, _) => Vec::new(),
        (_, Action::Back) => leave(model),
        (CardPage::Look { typed, .. }, Action::Edit(Edit::Backspace)) => {
            typed.backspace();
            Vec::new()
        }
        (CardPage::Look { typed, looking, .. }, Action::Accept) if typed.len() == 0 => {
            let again = !std::mem::replace(looking, true);
            if again { vec![model.ask(Call::LookForCard)] } else { Vec::new() }
        }
        (CardPage::Look { typed, .. }, Action::Accept) => {
            let code = Code(typed.take());
            **page = CardPage::Pin { code, pin: Default::default(), sent: false };
            Vec::new()
        }
        (CardPage::Pin { pin, .. }, Action::Edit(Edit::Backspace)) => {
            pin.backspace();
            Vec::new()
        }
        (CardPage::Pin { code, pin, sent }, Action::Accept) if pin.len() > 0 => {
            let Some(org) = own else { return Vec::new() };
            *sent = true;
            let ask = GrantAsk {
                org,
                role: None,
                purpose: Purpose::Treatment,
                compartments: vec![Compartment::General],
                days: Some(DAYS),
                parent: None,
                delegable: false,
                guardian: None,
            };
            let call = Call::OpenCard(ask, code.clone(), Pin(pin.take()));
            vec![model.ask(call)]
        }
        (CardPage::Choose { .. }, action) => choose(model, action),
        _ => Vec::new(),
    }
}

fn choose(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Page::Card(page)) = model.page() else { return Vec::new() };
    let CardPage::Choose { chart, reissue, pins } = &mut **page else { return Vec::new() };
    match action {
        Action::Edit(Edit::Backspace) if pins.on_second => pins.second.backspace(),
        Action::Edit(Edit::Backspace) => pins.first.backspace(),
        Action::Accept if !pins.on_second && pins.first.len() < MIN_DIGITS => {
            model.say(Tone::Warning, say!("notice-pin-digits", n = MIN_DIGITS));
        }
        Action::Accept if !pins.on_second => pins.on_second = true,
        Action::Accept => {
            let (first, second) = (Pin(pins.first.take()), Pin(pins.second.take()));
            if first == second {
                pins.sent = true;
                let call = Call::IssueCard(chart.id, first, *reissue);
                return vec![model.ask(call)];
            }
            *pins = NewPin::default();
            model.say(Tone::Warning, "notice-card-pin-differs");
        }
        _ => {}
    }
    Vec::new()
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if let Some(Page::Card(page)) = model.page() {
        match &mut **page {
            CardPage::Look { typed, .. } => typed.insert(text),
            CardPage::Pin { pin, .. } => pin.insert(&digits),
            CardPage::Choose { pins, .. } if pins.on_second => pins.second.insert(&digits),
            CardPage::Choose { pins, .. } => pins.first.insert(&digits),
            CardPage::Made { .. } => {}
        }
    }
    Vec::new()
}

/// One look is over: the next begins, until a card is seen or the camera fails.
pub(super) fn looked(model: &mut Model, result: Result<CardLook, Fault>) -> Vec<Effect> {
    let Some(Page::Card(page)) = model.page() else { return Vec::new() };
    let CardPage::Look { picture, looking, .. } = &mut **page else { return Vec::new() };
    match result {
        Ok(CardLook { code: Some(code), .. }) => {
            **page = CardPage::Pin { code, pin: Default::default(), sent: false };
            model.say(Tone::Good, "notice-card-read");
            Vec::new()
        }
        Ok(look) => {
            *picture = Some(look.preview);
            vec![model.ask(Call::LookForCard)]
        }
        Err(fault) => {
            *looking = false;
            model.fail(&fault);
            Vec::new()
        }
    }
}

/// The card was opened with its PIN: the record is read.
pub(super) fn opened(model: &mut Model, result: Result<CardGranted, Fault>) -> Vec<Effect> {
    let Some(Page::Card(page)) = model.page() else { return Vec::new() };
    let CardPage::Pin { pin, sent, .. } = &mut **page else { return Vec::new() };
    match result {
        Ok(signed) => {
            let effects = open_chart(model, signed.patient, &signed.patient.short());
            if signed.grant.is_some() {
                model.say(Tone::Good, say!("notice-card-signed", days = DAYS));
            }
            effects
        }
        Err(fault) => {
            pin.clear();
            *sent = false;
            model.fail(&fault);
            Vec::new()
        }
    }
}

/// The card was made, or not.
pub(super) fn issued(model: &mut Model, result: Result<CardIssued, Fault>) -> Vec<Effect> {
    match result {
        Ok(made) => match chart_of(model) {
            Some(chart) => {
                let page = Page::Card(Box::new(CardPage::Made { chart, made }));
                set_page(model, page, Vec::new())
            }
            None => Vec::new(),
        },
        Err(fault) => {
            if let Some(Page::Card(page)) = model.page()
                && let CardPage::Choose { pins, .. } = &mut **page
            {
                *pins = NewPin::default();
            }
            model.fail(&fault);
            Vec::new()
        }
    }
}
