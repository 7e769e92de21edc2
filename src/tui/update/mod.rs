//! What happens to the model: a function of model, time and message, which returns what is to be done as data.

mod attachments;
mod auditing;
mod card;
mod chart;
mod conflict;
mod consent;
mod correcting;
mod desk;
mod drafting;
mod emergency;
mod ending;
mod erasing;
mod finding;
mod form;
mod governing;
mod growth;
mod health;
mod inviting;
mod joining;
mod keyslots;
mod ledger;
mod likely;
mod limiting;
mod menu;
mod mesh;
mod mouse;
mod papers;
mod patient_forms;
mod patients;
mod people;
mod photograph;
mod proof;
mod proposing;
mod requests;
mod retention;
mod rights;
mod sharing;
mod sign_in;
mod striking;
mod subject;
mod turn;
mod twice;
mod visit;
mod vitals;
mod work;

#[cfg(test)]
mod attachments_tests;
#[cfg(test)]
pub(crate) mod card_tests;
#[cfg(test)]
mod correcting_tests;
#[cfg(test)]
mod desk_tests;
#[cfg(test)]
mod drafting_tests;
#[cfg(test)]
mod governing_tests;
#[cfg(test)]
mod inviting_tests;
#[cfg(test)]
mod papers_tests;
#[cfg(test)]
mod patient_forms_tests;
#[cfg(test)]
mod proposing_tests;
#[cfg(test)]
mod rights_tests;
#[cfg(test)]
pub(crate) mod sign_in_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod twice_tests;

use crossterm::event::KeyEvent;
use jiff::Timestamp;

use crate::{
    core::{auth, id::PatientId, time::Millis},
    node::api::{Change, Fault, FaultKind},
};

use super::{
    admin_calls::AdminCall,
    attachments::Task,
    auditing::AuditPage,
    desk_calls::DeskCall,
    health::HealthPage,
    keymap::{self, Action, Place},
    keyslots::KeysPage,
    leaving::Loss,
    meeting::MeshPage,
    menu::Menu,
    model::{
        ChartPage, FaceState, LedgerPage, Listed, Load, Model, Over, Page, PeoplePage, ReviewsPage, Room,
        SignIn, Tone, Way,
    },
    msg::{Answer, Call, Effect, Long, Msg},
    rights_calls::RightsCall,
    sharing::Taken,
    words::{Saying, Words, say},
    work::WorkPage,
};

/// How long after the last key press a draft is kept.
const KEEP_AFTER: Millis = 1_000;
/// How often the node hears that keys are being pressed.
const TOUCH_EVERY: Millis = 60_000;
/// How long to wait before a failed poll is repeated.
const RETRY_AFTER: Millis = 2_000;
/// Lines that PgUp and PgDn move.
const PAGE: usize = 10;

/// Takes one message. The menu is searched in these words.
pub(crate) fn update(model: &mut Model, now: Millis, words: &Words, msg: Msg) -> Vec<Effect> {
    model.now = now;
    // A look at the clock, or a wait for changes that ended: what they lead to is drawn once it is there.
    let unseen = matches!(msg, Msg::Tick) || matches!(&msg, Msg::Answer { answer, .. } if waited(answer));
    model.dirty |= !unseen;
    let effects = match msg {
        Msg::Start => vec![model.ask(Call::Status), model.ask(Call::Events(0))],
        Msg::Tick => tick(model),
        Msg::Key(key) => {
            model.last_key = now;
            let mut effects = touch(model);
            effects.extend(press(model, words, &key));
            effects
        }
        Msg::Paste(text) => {
            model.last_key = now;
            type_text(model, &text)
        }
        Msg::Mouse(event) => {
            model.last_key = now;
            let mut effects = touch(model);
            effects.extend(mouse::event(model, words, &event));
            effects
        }
        Msg::Resize => Vec::new(),
        Msg::Painted { session, painted } => {
            // Somebody else's picture is shown to nobody.
            if session == model.session {
                model.painting.take(painted.map(|p| *p));
            }
            Vec::new()
        }
        Msg::Suspend => suspend(model),
        Msg::Continued => go_on(model),
        Msg::Broken(at) => {
            model.say(Tone::Danger, say!("notice-broken", at = at));
            Vec::new()
        }
        Msg::Quit => leave(model),
        Msg::Answer { session, answer } => answered(model, session, *answer),
    };
    consent::propose(model, words);
    effects
}

impl Model {
    /// A call of this session.
    fn ask(&self, call: Call) -> Effect {
        Effect::Call { session: self.session, call }
    }

    /// Shows what went wrong, in the node's words.
    fn fail(&mut self, fault: &Fault) {
        self.say(Tone::Danger, Saying::Node(fault.message.clone()));
    }

    fn this_year(&self) -> u16 {
        let now = i64::try_from(self.now).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        now.and_then(|t| u16::try_from(t.to_zoned(self.zone.clone()).year()).ok()).unwrap_or(u16::MAX)
    }
}

/// Reading and scrolling call for nothing, so the node is told that somebody is there.
fn touch(model: &mut Model) -> Vec<Effect> {
    if model.now.saturating_sub(model.touched) < TOUCH_EVERY || !matches!(model.room, Room::Inside(_)) {
        return Vec::new();
    }
    model.touched = model.now;
    vec![model.ask(Call::Touch)]
}

fn press(model: &mut Model, words: &Words, key: &KeyEvent) -> Vec<Effect> {
    let place = Place::of(model);
    if place == Place::Menu {
        return menu::press(model, words, key);
    }
    match (keymap::action(place, key), keymap::typed(key)) {
        (Some(action), _) => {
            model.notice = None;
            act(model, place, action)
        }
        (None, Some(c)) => type_text(model, c.encode_utf8(&mut [0; 4])),
        (None, None) => Vec::new(),
    }
}

fn act(model: &mut Model, place: Place, action: Action) -> Vec<Effect> {
    let back = |from: &[Place]| action == Action::Back && from.contains(&place);
    let asks = match model.loses() {
        None | Some(Loss::Code | Loss::Certificate(_)) => false,
        // Kept as drafts, unless they are left as what isn't wanted.
        Some(Loss::Correction | Loss::Registration) => back(&[Place::Correct, Place::Register]),
        Some(Loss::Card | Loss::Picture) => action.leaves(),
        Some(Loss::Typed) => {
            action.leaves() || back(&[Place::Form, Place::Grant, Place::Glass, Place::Review])
        }
    };
    if asks && let Some(i) = model.inside() {
        i.over = Over::Leave(action);
        model.help = None;
        return Vec::new();
    }
    go_ahead(model, place, action)
}

/// Answers "leave what is nowhere else?".
fn confirm_leave(model: &mut Model, then: Action, action: Action) -> Vec<Effect> {
    if let Some(i) = model.inside() {
        i.over = Over::None;
    }
    let place = Place::of(model);
    if action == Action::Yes { go_ahead(model, place, then) } else { Vec::new() }
}

fn go_ahead(model: &mut Model, place: Place, action: Action) -> Vec<Effect> {
    match action {
        Action::Quit => return quit(model),
        Action::Suspend => return suspend(model),
        Action::Lock => return lock(model, "notice-locked"),
        Action::Help => {
            (model.help, model.menu) = (if model.help.is_some() { None } else { Some(0) }, None);
            return Vec::new();
        }
        Action::Menu => {
            (model.menu, model.help) = (Some(Menu::default()), None);
            return Vec::new();
        }
        Action::GoPatients => return patients::anew(model),
        Action::GoLedger => return go(model, Page::Ledger(Box::<LedgerPage>::default())),
        Action::GoMesh => return go(model, Page::Mesh(Box::<MeshPage>::default())),
        Action::GoPeople => return go(model, Page::People(Box::<PeoplePage>::default())),
        Action::GoRequests => return requests::open(model),
        Action::GoShare => return sharing::open(model),
        Action::GoErasures => return erasing::open(model),
        Action::GoGovern => return governing::open(model),
        Action::GoKeys => return go(model, Page::Keys(Box::<KeysPage>::default())),
        Action::GoRetention => return retention::open(model),
        Action::GoHealth => return go(model, Page::Health(Box::<HealthPage>::default())),
        Action::GoPapers => return papers::open(model),
        Action::GoTwice => return twice::open(model),
        Action::GoWork => return go(model, Page::Work(Box::<WorkPage>::default())),
        Action::PatientsTurn => return turn::begin(model),
        Action::GoReviews => return go(model, Page::Reviews(Box::<ReviewsPage>::default())),
        Action::GoAudit => return go(model, Page::Audit(Box::<AuditPage>::default())),
        _ => {}
    }
    match place {
        Place::Help => help(model, action),
        Place::Face | Place::FaceStopped | Place::Pin | Place::Passphrase => sign_in::act(model, action),
        Place::AskPin => proof::act(model, action),
        Place::People => people::act(model, action),
        Place::Enrol => people::act_enrol(model, action),
        Place::Patients => patients::act(model, action),
        Place::Register => patients::act_register(model, action),
        Place::Chart | Place::ChartRead | Place::ChartShut | Place::ChartAny => chart::act(model, action),
        Place::Glass => emergency::act_glass(model, action),
        Place::Emergency => emergency::act(model, action),
        Place::Reviews => emergency::act_reviews(model, action),
        Place::Review => emergency::act_review(model, action),
        Place::Visit | Place::VisitFind => visit::act(model, action),
        Place::Conflict => conflict::act(model, action),
        Place::Correct => correcting::act(model, action),
        Place::History => correcting::act_history(model, action),
        Place::Ending => ending::act(model, action),
        Place::Papers | Place::Job | Place::Paused | Place::Outcome => papers::act(model, action),
        Place::Twice => twice::act(model, action),
        Place::Beside => twice::act_beside(model, action),
        Place::Form => form::act(model, action),
        Place::Requests => requests::act(model, action),
        Place::Govern => governing::act(model, action),
        Place::Taken if matches!(model.page(), Some(Page::Govern(_))) => governing::act(model, action),
        Place::Erasures => erasing::act(model, action),
        Place::Share | Place::Taking | Place::Taken | Place::Counted => sharing::act(model, action),
        Place::Keys | Place::Shown => keyslots::act(model, action),
        Place::Retention => retention::act(model, action),
        Place::Health => health::act(model, action),
        Place::Invite | Place::InviteCompare | Place::InviteAgreed | Place::InviteCarry => {
            inviting::act(model, action)
        }
        Place::Vitals => vitals::act(model, action),
        Place::Growth => growth::act(model, action),
        Place::Attachments | Place::AttachmentsRead => attachments::act(model, action),
        Place::PaperLook | Place::PaperTaken => photograph::act(model, action),
        Place::Work => work::act(model, action),
        Place::Audit | Place::AuditEntry => auditing::act(model, action),
        Place::Consent => consent::act(model, action),
        Place::Grant => consent::act_grant(model, action),
        Place::Confirm => match model.inside().map(|i| (&i.over, &i.page)) {
            Some((Over::Refresh, _)) => proof::refresh(model, action),
            Some((Over::Leave(then), _)) => {
                let then = *then;
                confirm_leave(model, then, action)
            }
            Some((_, Page::Visit(..))) => visit::confirm(model, action),
            Some((_, Page::Ending(..))) => ending::confirm(model, action),
            Some((_, Page::People(_))) => people::confirm(model, action),
            Some((_, Page::Erasures(_))) => erasing::confirm(model, action),
            Some((_, Page::Govern(_))) => governing::confirm(model, action),
            Some((_, Page::Keys(_))) => keyslots::confirm(model, action),
            Some((_, Page::Retention(_))) => retention::confirm(model, action),
            _ => consent::confirm(model, action),
        },
        Place::CardLook | Place::CardPin | Place::CardMade => card::act(model, action),
        Place::TurnLook | Place::TurnPin | Place::TurnRecord | Place::TurnAsk => turn::act(model, action),
        Place::Ledger | Place::Checking => ledger::act(model, action),
        Place::Mesh => mesh::act(model, action),
        Place::Folder => mesh::act_folder(model, action),
        // The menu does what is chosen in the place under it.
        Place::Anywhere | Place::Inside | Place::Text | Place::Menu | Place::Busy | Place::TurnWait => {
            Vec::new()
        }
    }
}

fn help(model: &mut Model, action: Action) -> Vec<Effect> {
    let at = model.help.unwrap_or(0);
    model.help = match action {
        Action::Down => Some(at.saturating_add(1)),
        Action::Up => Some(at.saturating_sub(1)),
        Action::PageDown => Some(at.saturating_add(PAGE as u16)),
        Action::PageUp => Some(at.saturating_sub(PAGE as u16)),
        _ => None,
    };
    Vec::new()
}

/// Typed or pasted text goes to the field that has the cursor. What went well is old news by then; a warning isn't.
fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    model.notice.take_if(|n| matches!(n.tone, Tone::Info | Tone::Good));
    match Place::of(model) {
        Place::Pin | Place::Passphrase => sign_in::type_text(model, text),
        Place::AskPin => proof::type_text(model, text),
        Place::Patients => patients::type_text(model, text),
        Place::Register => patients::type_register(model, text),
        Place::Visit | Place::VisitFind => visit::type_text(model, text),
        Place::Correct => correcting::type_text(model, text),
        Place::Form => form::type_text(model, text),
        Place::Grant => consent::type_text(model, text),
        Place::Glass => emergency::type_glass(model, text),
        Place::Review => emergency::type_review(model, text),
        Place::Folder => mesh::type_text(model, text),
        Place::Audit => auditing::type_text(model, text),
        Place::CardLook | Place::CardPin => card::type_text(model, text),
        Place::TurnLook | Place::TurnPin => turn::type_text(model, text),
        Place::Menu => {
            menu::type_text(model, text);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Opens a page; what is left behind keeps its draft.
fn go(model: &mut Model, page: Page) -> Vec<Effect> {
    if matches!(model.loses(), Some(Loss::Correction | Loss::Registration)) {
        model.say(Tone::Info, "notice-form-kept");
    }
    let mut effects = put_down(model);
    let call = match &page {
        // What runs already was perhaps begun before somebody went elsewhere, or signed out.
        Page::Ledger(_) => {
            effects.push(model.ask(Call::Desk(DeskCall::Checking)));
            Call::Ledger
        }
        Page::Mesh(_) => Call::Mesh,
        Page::People(_) => Call::People,
        Page::Chart(c) => Call::Chart(c.id),
        Page::Consent(c, _) => Call::Consent(c.id),
        Page::Reviews(_) => Call::Reviews,
        Page::Requests(_) => Call::Rights(RightsCall::Requests),
        Page::Govern(_) => Call::Admin(AdminCall::Overview),
        Page::Erasures(_) => Call::Rights(RightsCall::Erasures),
        Page::Work(_) => Call::Work,
        Page::Keys(_) => Call::Desk(DeskCall::Slots),
        Page::Retention(_) => {
            effects.push(model.ask(Call::Desk(DeskCall::Working)));
            Call::Desk(DeskCall::Retention)
        }
        Page::Health(_) => {
            effects.push(model.ask(Call::Desk(DeskCall::Working)));
            Call::Desk(DeskCall::Health)
        }
        Page::Invite(_) => Call::Desk(DeskCall::OpenInvitation),
        Page::Visit(..)
        | Page::Register(_)
        | Page::Emergency(_)
        | Page::Card(_)
        | Page::Conflict(..)
        | Page::Correct(..)
        | Page::History(..)
        | Page::Ending(..)
        | Page::Twice(_)
        | Page::Papers(_)
        | Page::Share(_)
        | Page::Vitals(..)
        | Page::Growth(..)
        | Page::Attachments(..) => {
            return set_page(model, page, effects);
        }
        Page::Audit(_) => {
            effects = set_page(model, page, effects);
            effects.extend(auditing::search(model));
            return effects;
        }
        Page::Patients => {
            effects = set_page(model, page, effects);
            // Whoever comes from elsewhere finds the list of every day; who is due is gone through one after the other.
            if let Some(i) = model.inside()
                && i.patients.listed == Listed::Archive
            {
                i.patients.listed = Listed::Everyday;
            }
            effects.extend(patients::search(model));
            return effects;
        }
    };
    effects.push(model.ask(call));
    set_page(model, page, effects)
}

fn set_page(model: &mut Model, page: Page, effects: Vec<Effect>) -> Vec<Effect> {
    if let Some(p) = model.page() {
        *p = page;
    }
    effects
}

/// Opens a patient's chart anew: reading it is recorded.
fn open_chart(model: &mut Model, id: PatientId, name: &str) -> Vec<Effect> {
    go(model, Page::Chart(Box::new(ChartPage::open(id, name))))
}

/// Keeps what would be lost by leaving the page, and shuts a door that nobody would watch.
fn put_down(model: &mut Model) -> Vec<Effect> {
    if let Some(Page::Invite(_)) = model.page() {
        return vec![model.ask(Call::Desk(DeskCall::CloseInvitation))];
    }
    if let Some(Page::Attachments(_, p)) = model.page()
        && matches!(p.task, Task::Paper(_))
    {
        return photograph::put_away(model);
    }
    if let Some(Page::Share(s)) = model.page()
        && matches!(s.taken, Taken::Running(..))
    {
        return vec![Effect::GiveUp(Long::Taking)];
    }
    keep_draft(model)
}

fn keep_draft(model: &mut Model) -> Vec<Effect> {
    let Some(Page::Visit(chart, form)) = model.page() else { return drafting::keep(model) };
    if form.unkept.take().is_none() {
        return Vec::new();
    }
    chart.draft = form.draft();
    let keep = Call::KeepDraft(chart.id, form.draft());
    vec![model.ask(keep)]
}

/// Back to sign-in. The model forgets all that was read, but for the code of a new card.
fn lock(model: &mut Model, words: &'static str) -> Vec<Effect> {
    model.session += 1;
    let lost = model.loses();
    let unfinished = model.inside().is_some_and(|i| i.patients.unfinished.is_some());
    let mut effects = put_down(model);
    effects.push(model.ask(Call::Lock));
    effects.push(model.ask(Call::Status));
    sign_out(model, words);
    // Whoever comes back hears what went with it.
    match lost {
        Some(Loss::Code) => model.say(Tone::Warning, "notice-code-unseen"),
        Some(Loss::Certificate(name)) => {
            model.say(Tone::Warning, say!("notice-certificate-lost", name = name))
        }
        Some(Loss::Correction) => model.say(Tone::Info, "notice-correction-kept"),
        Some(Loss::Registration) => model.say(Tone::Info, "notice-registration-kept"),
        Some(Loss::Picture) => model.say(Tone::Warning, "notice-picture-lost"),
        Some(Loss::Typed) => model.say(Tone::Warning, "notice-typed-lost"),
        None if unfinished => model.say(Tone::Info, "notice-registration-kept"),
        Some(Loss::Card) | None => {}
    }
    effects
}

fn sign_out(model: &mut Model, words: &'static str) {
    card::put_away(model);
    model.painting.forget();
    model.room = Room::SignIn(SignIn { way: Way::Starting { after_lock: true }, looking: false });
    (model.help, model.menu) = (None, None);
    model.say(Tone::Info, words);
    if model.unseen.is_some() {
        model.say(Tone::Warning, "notice-card-waits");
    }
}

fn quit(model: &mut Model) -> Vec<Effect> {
    if model.writing() {
        model.say(Tone::Warning, "notice-still-writing");
        return Vec::new();
    }
    let first = match model.loses() {
        Some(Loss::Code) => "notice-code-first",
        Some(Loss::Certificate(_)) => "notice-certificate-first",
        // These are kept, or were asked about before.
        Some(Loss::Correction | Loss::Registration | Loss::Card | Loss::Picture | Loss::Typed) => {
            return leave(model);
        }
        // Said once: pressed again it leaves.
        None if matches!(model.room, Room::SignIn(_))
            && model.unseen.as_mut().is_some_and(|u| !u.warned()) =>
        {
            "notice-card-waits"
        }
        None => return leave(model),
    };
    model.say(Tone::Warning, first);
    Vec::new()
}

fn leave(model: &mut Model) -> Vec<Effect> {
    let mut effects = put_down(model);
    if !matches!(model.room, Room::SignIn(_)) {
        effects.push(model.ask(Call::Lock));
    }
    effects.push(Effect::Quit);
    effects
}

/// For a while. The screen stays as it is; what isn't kept yet is, for nobody knows how long that is.
fn suspend(model: &mut Model) -> Vec<Effect> {
    let mut effects = keep_draft(model);
    effects.push(Effect::Suspend);
    effects
}

/// After a stop: whoever was signed in may have gone long since.
fn go_on(model: &mut Model) -> Vec<Effect> {
    model.changes.woken = model.now;
    let mut effects = vec![Effect::TakeAgain];
    effects.extend(tick(model));
    effects
}

fn tick(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    // Whoever waits for long work is there without a key: what it then asks for can be given.
    if model.working() {
        model.last_key = now;
    }
    let idle = now.saturating_sub(model.last_key) >= auth::IDLE;
    if idle && matches!(model.room, Room::Inside(_)) && !model.writing() {
        model.dirty = true;
        return lock(model, "notice-locked-idle");
    }
    if let Some(ended) = turn::tick(model) {
        return ended;
    }
    card::end_waiting(model);
    let mut effects = Vec::new();
    if model.changes.retry_at.is_some_and(|at| now >= at) {
        model.changes.retry_at = None;
        effects.push(model.ask(Call::Events(model.changes.since)));
    }
    effects.extend(likely::tick(model));
    effects.extend(mesh::tick(model));
    if let Some(form) = model.visit()
        && form.unkept.is_some_and(|at| now.saturating_sub(at) >= KEEP_AFTER)
        && !form.saving()
    {
        effects.extend(put_down(model));
    }
    if drafting::since(model).is_some_and(|at| now.saturating_sub(at) >= KEEP_AFTER) {
        effects.extend(drafting::keep(model));
    }
    if let Room::SignIn(SignIn { way: Way::Face(f), .. }) = &model.room {
        model.dirty |= matches!(f.state, FaceState::Wait { .. });
    }
    effects
}

fn answered(model: &mut Model, session: u64, answer: Answer) -> Vec<Effect> {
    if let Answer::Events(result) = answer {
        return changed(model, result);
    }
    if session != model.session {
        return Vec::new();
    }
    // The node may have signed this person out meanwhile; its status tells.
    let shut = answer.fault().is_some_and(|f| f.kind == FaultKind::Locked);
    if answer.fault().is_some_and(|f| f.kind == FaultKind::Proof)
        && let Some(i) = model.inside()
    {
        i.proof = None;
    }
    let mut effects = match answer {
        Answer::Status(Ok(status)) => sign_in::status(model, status),
        Answer::Status(Err(f)) | Answer::Lock(Err(f)) => {
            model.fail(&f);
            Vec::new()
        }
        Answer::Touch(_) | Answer::Lock(Ok(())) | Answer::KeepDraft(Ok(())) | Answer::Events(_) => Vec::new(),
        Answer::KeepDraft(Err(f)) => {
            model.say(Tone::Danger, say!("notice-draft-not-kept", why = Saying::Node(f.message)));
            Vec::new()
        }
        Answer::Unlock(r) => sign_in::unlocked(model, r),
        Answer::Pin(r) if matches!(model.room, Room::Inside(_)) => proof::given(model, r),
        Answer::Pin(r) => sign_in::pin(model, r),
        Answer::SetPin(r) => proof::chosen(model, r),
        Answer::RefreshFace(r) => proof::refreshed(model, r),
        Answer::People(r) => people::listed(model, r),
        Answer::Enrol(who, r) => people::enrolling(model, who, r),
        Answer::ForgetFace(r) => people::forgotten(model, r),
        Answer::Look(r) => sign_in::looked(model, r),
        Answer::Patients(query, r) => patients::listed(model, (query, Listed::Everyday), r),
        Answer::Due(query, r) => patients::listed(model, (query, Listed::Due), r),
        Answer::Archived(query, r) => patients::listed(model, (query, Listed::Archive), r),
        Answer::Unarchive(id, r) => chart::unarchived(model, id, r),
        Answer::Likely(who, r) => likely::listed(model, &who, r),
        Answer::Conflicts(id, r) => conflict::loaded(model, id, r),
        Answer::Resolve(id, r) => conflict::resolved(model, id, r),
        Answer::Register(r) => patients::registered(model, r),
        Answer::FormDraft(of, r) => drafting::found(model, of, r),
        Answer::Chart(id, r) => chart::opened(model, id, r),
        Answer::WriteVisit(id, r) => visit::saved(model, id, r),
        Answer::Consent(id, r) => consent::loaded(model, id, r),
        Answer::Grant(id, r) => consent::granted(model, id, r),
        Answer::StopSharing(id, r) => consent::stopped(model, id, r),
        Answer::Emergency(id, r) => emergency::opened(model, id, r),
        Answer::Reviews(r) => emergency::listed(model, r),
        Answer::Work(r) => work::listed(model, r.map(|w| *w)),
        Answer::Review(r) => emergency::reviewed(model, r),
        Answer::Audit(asked, r) => auditing::listed(model, asked, r),
        Answer::Adopt(r) => ledger::adopted(model, r),
        Answer::Ledger(r) => ledger::loaded(model, r),
        Answer::Verify(r) => ledger::verified(model, r),
        Answer::Mesh(r) => mesh::loaded(model, r),
        Answer::Sync(r) => mesh::synced(model, r),
        Answer::Link(up, r) => mesh::linked(model, up, r),
        Answer::CourierOut(r) => mesh::carried_out(model, r),
        Answer::CourierIn(r) => mesh::carried_in(model, r),
        Answer::LookForCard(r) if matches!(model.room, Room::Turn(_)) => turn::looked(model, r),
        Answer::LookForCard(r) => card::looked(model, r),
        Answer::BeginTurn(r) => turn::begun(model, r),
        Answer::OwnRecord(r) => turn::opened(model, r.map(|r| *r)),
        Answer::OwnStopSharing(r) => turn::stopped(model, r),
        Answer::OpenCard(r) => card::opened(model, r),
        Answer::IssueCard(r) => card::issued(model, r),
        Answer::Rights(a) => rights::answered(model, a),
        Answer::Record(a) => correcting::answered(model, a),
        Answer::Papers(a) => papers::answered(model, a),
        Answer::Attachments(a) => attachments::answered(model, a),
        Answer::Admin(a) => governing::answered(model, a),
        Answer::Desk(a) => desk::answered(model, a),
    };
    if shut && matches!(model.room, Room::Inside(_)) {
        effects.push(model.ask(Call::Status));
    }
    effects
}

fn changed(model: &mut Model, result: Result<crate::node::api::Changes, Fault>) -> Vec<Effect> {
    let changes = match result {
        Ok(c) => c,
        Err(f) => {
            // What was asked before a stop is late afterwards: that says nothing about the node.
            let late = model.now.saturating_sub(model.changes.woken) < RETRY_AFTER;
            model.changes.retry_at = Some(model.now + if late { 0 } else { RETRY_AFTER });
            if !late {
                model.fail(&f);
            }
            return Vec::new();
        }
    };
    model.changes.since = changes.next;
    let mut effects = vec![model.ask(Call::Events(changes.next))];
    let has = |c| changes.changes.contains(&c);
    if has(Change::Locked) {
        effects.push(model.ask(Call::Status));
    }
    if has(Change::Ledger) || has(Change::Mesh) {
        effects.extend(reload(model));
    }
    effects
}

/// A wait for changes that ended well.
fn waited(answer: &Answer) -> bool {
    matches!(answer, Answer::Events(Ok(_)))
}

/// Asks again for what the screen shows. A chart isn't read again: that would record another read.
fn reload(model: &mut Model) -> Vec<Effect> {
    let call = match model.page() {
        None
        | Some(
            Page::Register(_)
            | Page::Visit(..)
            | Page::Emergency(_)
            | Page::Card(_)
            | Page::Conflict(..)
            | Page::Correct(..)
            | Page::History(..)
            | Page::Ending(..)
            | Page::Twice(_)
            | Page::Papers(_)
            | Page::Share(_)
            // What is known of these doesn't come with a meeting.
            | Page::Keys(_)
            | Page::Health(_)
            | Page::Invite(_)
            | Page::Vitals(..)
            | Page::Growth(..)
            | Page::Attachments(..),
        ) => {
            return Vec::new();
        }
        Some(Page::Reviews(_)) => Call::Reviews,
        Some(Page::Requests(_)) => Call::Rights(RightsCall::Requests),
        Some(Page::Govern(_)) => Call::Admin(AdminCall::Overview),
        Some(Page::Erasures(_)) => Call::Rights(RightsCall::Erasures),
        Some(Page::Work(_)) => Call::Work,
        Some(Page::Retention(_)) => Call::Desk(DeskCall::Retention),
        Some(Page::Patients) => return patients::search(model),
        Some(Page::Audit(_)) => return auditing::changed(model),
        Some(Page::Chart(c)) if c.stale || c.chart.is_loading() => return Vec::new(),
        Some(Page::Chart(_) | Page::Ledger(_)) => Call::Ledger,
        Some(Page::Consent(c, _)) => Call::Consent(c.id),
        Some(Page::Mesh(_)) => Call::Mesh,
        Some(Page::People(_)) => Call::People,
    };
    vec![model.ask(call)]
}

/// The position after a move in a list of `len` lines.
fn moved(at: usize, len: usize, action: Action) -> usize {
    let last = len.saturating_sub(1);
    match action {
        Action::Up => at.saturating_sub(1),
        Action::Down => (at + 1).min(last),
        Action::PageUp => at.saturating_sub(PAGE),
        Action::PageDown => (at + PAGE).min(last),
        _ => at.min(last),
    }
}

/// What a load became: the answer, or why there is none. A failed reload keeps what is shown.
fn settle<T>(load: &mut Load<T>, result: Result<T, Fault>) -> Option<Fault> {
    match result {
        Ok(t) => *load = Load::Ready(t),
        Err(f) => {
            if load.ready().is_none() {
                *load = Load::Failed(f.message.clone());
            }
            return Some(f);
        }
    }
    None
}
