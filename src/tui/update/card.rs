//! A patient's card: read and used, issued, replaced.

use crate::{
    core::{auth::MIN_DIGITS, id::StaffId, policy::Purpose, record::Compartment},
    node::api::{CardGranted, CardIssued, CardLook, Code, Fault, GrantAsk, Pin},
    vault::card::{BadCard, SealedRoot},
};

use super::{
    super::{
        cards::{CardPage, Unseen},
        files::Untaken,
        input::Edit,
        keymap::Action,
        model::{ChartPage, ConsentPage, Model, NewPin, Page, Tone},
        msg::{Call, Effect},
        paper_calls::PaperCall,
        papers::{self, To},
        words::{Saying, say},
    },
    chart, form, go, open_chart, proof, set_page, sharing,
};

/// For so many days this organisation may read on a card's word: the command line allows other choices.
const DAYS: u32 = 30;

/// Why what a scanner typed is no card: said before the patient types a PIN for nothing. A damaged one is found by whoever
/// opens it.
pub(super) fn bad(code: &Code) -> Option<Saying> {
    match SealedRoot::read(&code.0) {
        Err(bad @ (BadCard::NotACard | BadCard::Newer)) => Some(Saying::Node(bad.to_string())),
        Ok(_) | Err(BadCard::Damaged) => None,
    }
}

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
            CardPage::Choose { chart, .. } | CardPage::Made { chart: Some(chart), .. } => Some(chart),
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

/// The screen is locked: the code of a new card waits for whoever made it.
pub(super) fn put_away(model: &mut Model) {
    let now = model.now;
    let Some(i) = model.inside() else { return };
    if let Page::Card(page) = std::mem::replace(&mut i.page, Page::Patients) {
        let unseen = Unseen::on(*page, i.who.staff, now);
        model.unseen = unseen;
    }
}

/// Somebody signed in: whoever made a card finds its code where it was. For anybody else it is wiped, and said to be gone.
pub(super) fn bring_back(model: &mut Model, who: StaffId) -> Option<Page> {
    let unseen = model.unseen.take()?;
    let page = unseen.back(who);
    if page.is_none() {
        model.say(Tone::Warning, "notice-card-gone");
    }
    page.map(|p| Page::Card(Box::new(p)))
}

/// Nobody came back for it in time.
pub(super) fn end_waiting(model: &mut Model) {
    let now = model.now;
    if model.unseen.take_if(|u| u.is_over(now)).is_some() {
        model.dirty = true;
        model.say(Tone::Warning, "notice-card-gone");
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let own = model.status.as_ref().and_then(|s| s.open.as_ref()).map(|o| o.org_id);
    let Some(Page::Card(page)) = model.page() else { return Vec::new() };
    match (&mut **page, action) {
        (CardPage::Made { .. }, Action::Yes) => leave(model),
        (page @ CardPage::Made { .. }, Action::Print) => {
            page.ask_paper(Some(papers::card_form()));
            Vec::new()
        }
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
            match bad(&code) {
                Some(words) => model.say(Tone::Danger, words),
                None => **page = CardPage::Pin { code, pin: Default::default(), sent: false },
            }
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

/// Puts the new card on paper, as the form says. Its code stays on the screen until somebody says that it is on paper.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(Page::Card(page)) = model.page() else { return Vec::new() };
    let CardPage::Made { made, paper: Some(form), .. } = &mut **page else { return Vec::new() };
    match papers::to(form, 0) {
        Ok(to) => {
            form.sending = true;
            let call = PaperCall::PrintCard(made.code.clone(), to);
            vec![model.ask(Call::Papers(call))]
        }
        Err(wrong) => form::wrong(model, wrong),
    }
}

pub(super) fn printed(model: &mut Model, result: Result<To, Untaken>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(to) => {
            if let Some(Page::Card(page)) = model.page() {
                page.ask_paper(None);
            }
            let words = match to {
                To::File(path) => say!("notice-card-in-file", path = path),
                To::Printer(_) => "notice-card-to-printer".into(),
            };
            model.say(Tone::Good, words);
        }
        Err(Untaken::File(why)) => sharing::unwritten(model, why),
        Err(Untaken::Node(fault)) => model.fail(&fault),
    }
    Vec::new()
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
                let page = Page::Card(Box::new(CardPage::Made { chart: Some(chart), made, paper: None }));
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
