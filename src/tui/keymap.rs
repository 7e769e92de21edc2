//! One table: which key does what, where, in which words. Footer and help are made from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    cards::CardPage,
    forms::VisitState,
    input::Edit,
    model::{Dialog, Face, Load, Model, Over, Page, PeopleDialog, Room, Way, Work},
};

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Help,
    Quit,
    Lock,
    GoPatients,
    GoLedger,
    GoMesh,
    GoPeople,
    GoReviews,
    Back,
    Up,
    Down,
    PageUp,
    PageDown,
    NextField,
    PrevField,
    Choose,
    ChooseBack,
    /// Enter: go on with what is selected or typed.
    Accept,
    /// A line break in a text of several lines, the next field elsewhere.
    Newline,
    OtherWay,
    Register,
    NewVisit,
    OpenConsent,
    Reload,
    Save,
    Discard,
    Yes,
    Grant,
    StopSharing,
    Verify,
    Adopt,
    BreakGlass,
    Justified,
    Unjustified,
    Sync,
    Link,
    Ticket,
    CourierOut,
    CourierIn,
    Enrol,
    Forget,
    ChangePin,
    ReadCard,
    NewCard,
    ReplaceCard,
    Edit(Edit),
    /// Between the list of every day and the archive.
    Shelf,
    /// Takes the patient out of the archive.
    Unarchive,
    /// The chart of somebody who may be the person that is being registered.
    OpenLikely,
    /// Between versions that were written at two places at once.
    Decide,
    /// Another version beside the latest.
    NextVersion,
}

/// Where a key applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Anywhere,
    Inside,
    Text,
    Face,
    /// Signing in by face, looking stopped.
    FaceStopped,
    Passphrase,
    /// Signing in by PIN.
    Pin,
    Patients,
    Register,
    /// Any chart, readable or not.
    ChartAny,
    /// A chart that may not be read.
    ChartShut,
    /// Saying why it must be opened all the same.
    Glass,
    /// A record that was opened in an emergency.
    Emergency,
    Reviews,
    /// Judging one.
    Review,
    /// A chart that could be opened.
    ChartRead,
    /// A chart that this organisation keeps: visits can be written.
    Chart,
    Visit,
    Consent,
    Grant,
    Confirm,
    /// Versions of a record side by side.
    Conflict,
    Ledger,
    Mesh,
    Folder,
    People,
    /// A face is being enrolled.
    Enrol,
    /// A PIN is asked for, or chosen.
    AskPin,
    Help,
    /// Looking for a patient's card.
    CardLook,
    /// A patient types a card's PIN.
    CardPin,
    /// A new card's code is shown.
    CardMade,
    /// Nothing can be done here until an answer comes.
    Busy,
}

impl Place {
    /// Where the keyboard is now.
    pub(crate) fn of(model: &Model) -> Place {
        if model.help.is_some() {
            return Place::Help;
        }
        if model.writing() {
            return Place::Busy;
        }
        let inside = match &model.room {
            Room::SignIn(s) => {
                return match &s.way {
                    Way::Starting { .. } => Place::Busy,
                    Way::Face(Face { state, .. }) if state.running() => Place::Face,
                    Way::Face(_) => Place::FaceStopped,
                    Way::Pin(_) => Place::Pin,
                    Way::Passphrase(_) => Place::Passphrase,
                };
            }
            Room::Inside(inside) => inside,
        };
        match &inside.over {
            Over::None => {}
            Over::Proof { .. } | Over::NewPin(_) => return Place::AskPin,
            Over::Refresh => return Place::Confirm,
        }
        match &inside.page {
            Page::Patients => Place::Patients,
            Page::Register(_) => Place::Register,
            Page::Chart(c) if c.chart.ready().is_some_and(|chart| chart.own) => Place::Chart,
            Page::Chart(c) if c.chart.ready().is_some() => Place::ChartRead,
            Page::Chart(c) if c.glass.is_some() => Place::Glass,
            Page::Chart(c) if matches!(c.chart, Load::Failed(_)) => Place::ChartShut,
            Page::Chart(_) => Place::ChartAny,
            Page::Emergency(_) => Place::Emergency,
            Page::Reviews(r) if r.form.is_some() => Place::Review,
            Page::Reviews(_) => Place::Reviews,
            Page::Visit(_, f) if f.state == VisitState::Discarding => Place::Confirm,
            Page::Visit(..) => Place::Visit,
            Page::Consent(_, c) => match &c.dialog {
                Dialog::None | Dialog::Writing => Place::Consent,
                Dialog::Grant(_) => Place::Grant,
                Dialog::Stop { .. } => Place::Confirm,
            },
            Page::Card(c) => match **c {
                CardPage::Look { .. } => Place::CardLook,
                CardPage::Pin { .. } | CardPage::Choose { .. } => Place::CardPin,
                CardPage::Made { .. } => Place::CardMade,
            },
            Page::Conflict(..) => Place::Conflict,
            Page::Ledger(_) => Place::Ledger,
            Page::Mesh(m) if matches!(m.work, Work::Folder { .. }) => Place::Folder,
            Page::Mesh(_) => Place::Mesh,
            Page::People(p) => match &p.dialog {
                PeopleDialog::None | PeopleDialog::Writing => Place::People,
                PeopleDialog::Enrol { .. } => Place::Enrol,
                PeopleDialog::Forget { .. } => Place::Confirm,
            },
        }
    }

    /// The parts of the table that apply here, the nearest first.
    fn layers(self) -> &'static [Place] {
        use Place::*;
        match self {
            Patients => &[Patients, Text, Inside, Anywhere],
            Register => &[Register, Text, Inside, Anywhere],
            Visit => &[Visit, Text, Inside, Anywhere],
            Grant => &[Grant, Text, Anywhere],
            Folder => &[Folder, Text, Anywhere],
            CardLook => &[CardLook, Text, Anywhere],
            CardPin => &[CardPin, Text, Anywhere],
            CardMade => &[CardMade, Anywhere],
            Passphrase => &[Passphrase, Text, Anywhere],
            Pin => &[Pin, Text, Anywhere],
            AskPin => &[AskPin, Text, Anywhere],
            Enrol => &[Enrol, Anywhere],
            People => &[People, Inside, Anywhere],
            Chart => &[Chart, ChartRead, ChartAny, Inside, Anywhere],
            ChartRead => &[ChartRead, ChartAny, Inside, Anywhere],
            ChartAny => &[ChartAny, Inside, Anywhere],
            ChartShut => &[ChartShut, ChartAny, Inside, Anywhere],
            Glass => &[Glass, Text, Anywhere],
            Emergency => &[Emergency, Inside, Anywhere],
            Reviews => &[Reviews, Inside, Anywhere],
            Review => &[Review, Text, Anywhere],
            Consent => &[Consent, Inside, Anywhere],
            Conflict => &[Conflict, Inside, Anywhere],
            Ledger => &[Ledger, Inside, Anywhere],
            Mesh => &[Mesh, Inside, Anywhere],
            Face => &[Face, Anywhere],
            FaceStopped => &[FaceStopped, Anywhere],
            Confirm => &[Confirm, Anywhere],
            Help => &[Help, Anywhere],
            Busy | Anywhere => &[Anywhere],
            Inside => &[Inside, Anywhere],
            Text => &[Text, Anywhere],
        }
    }

    /// The heading in the help.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Place::Anywhere => "Everywhere",
            Place::Inside => "While signed in",
            Place::Text => "In a text field",
            Place::Face => "Sign in by face",
            Place::FaceStopped => "Sign in by face, looking stopped",
            Place::Passphrase => "Sign in by passphrase",
            Place::Pin => "Sign in by PIN",
            Place::People => "People",
            Place::Enrol => "Enrolling a face",
            Place::AskPin => "When a PIN is asked",
            Place::Patients => "Patients",
            Place::Register => "Register a patient",
            Place::ChartAny => "Chart",
            Place::ChartRead => "Chart, opened",
            Place::ChartShut => "Chart that may not be read",
            Place::Glass => "Opening in an emergency",
            Place::Emergency => "Opened in an emergency",
            Place::Reviews => "Reviews",
            Place::Review => "Reviewing",
            Place::Chart => "Chart that is kept here",
            Place::Visit => "Visit",
            Place::Consent => "Consent",
            Place::Grant => "Allow an organisation to read",
            Place::Confirm => "When asked to confirm",
            Place::Conflict => "Written at two places at once",
            Place::Ledger => "Ledger",
            Place::Mesh => "Mesh",
            Place::Folder => "Choosing a folder",
            Place::CardLook => "Reading a patient's card",
            Place::CardPin => "A card's PIN",
            Place::CardMade => "A new card",
            Place::Help => "Help",
            Place::Busy => "While writing",
        }
    }
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) place: Place,
    key: KeyCode,
    ctrl: bool,
    pub(crate) action: Action,
    /// What it does, in few words.
    pub(crate) words: &'static str,
    /// Shown in the footer, not in the help alone.
    pub(crate) hint: bool,
}

impl Binding {
    /// The key as people call it.
    pub(crate) fn key(&self) -> String {
        let key = match self.key {
            KeyCode::Char(' ') => "Space".into(),
            KeyCode::Char(c) if self.ctrl => c.to_ascii_uppercase().to_string(),
            KeyCode::Char(c) => c.to_string(),
            KeyCode::F(n) => format!("F{n}"),
            KeyCode::BackTab => "Shift-Tab".into(),
            KeyCode::PageUp => "PgUp".into(),
            KeyCode::PageDown => "PgDn".into(),
            KeyCode::Delete => "Del".into(),
            other => format!("{other:?}"),
        };
        if self.ctrl { format!("Ctrl-{key}") } else { key }
    }
}

const fn hint(place: Place, key: KeyCode, action: Action, words: &'static str) -> Binding {
    Binding { place, key, ctrl: false, action, words, hint: true }
}

const fn quiet(place: Place, key: KeyCode, action: Action, words: &'static str) -> Binding {
    Binding { place, key, ctrl: false, action, words, hint: false }
}

const fn ctrl(place: Place, key: char, action: Action, words: &'static str, hint: bool) -> Binding {
    Binding { place, key: KeyCode::Char(key), ctrl: true, action, words, hint }
}

/// Every key of the workstation.
pub(crate) const TABLE: &[Binding] = {
    use Action as A;
    use KeyCode::{BackTab, Backspace, Char, Delete, Down, End, Enter, Esc, F, Home, Left, PageDown, PageUp};
    use KeyCode::{Right, Tab, Up};
    use Place as P;
    &[
        hint(P::Anywhere, F(1), A::Help, "help"),
        hint(P::Inside, F(3), A::GoPatients, "patients"),
        hint(P::Inside, F(4), A::GoLedger, "ledger"),
        hint(P::Inside, F(5), A::GoMesh, "mesh"),
        hint(P::Inside, F(6), A::GoPeople, "people"),
        quiet(P::Inside, F(7), A::GoReviews, "emergencies to review"),
        ctrl(P::Inside, 'l', A::Lock, "lock", true),
        ctrl(P::Anywhere, 'q', A::Quit, "quit", true),
        ctrl(P::Anywhere, 'c', A::Quit, "quit", false),
        hint(P::Face, Tab, A::OtherWay, "PIN or passphrase"),
        hint(P::FaceStopped, Enter, A::Accept, "look"),
        hint(P::FaceStopped, Tab, A::OtherWay, "PIN or passphrase"),
        hint(P::Pin, Enter, A::Accept, "sign in"),
        hint(P::Pin, Up, A::Up, "name above"),
        hint(P::Pin, Down, A::Down, "name below"),
        hint(P::Pin, Tab, A::OtherWay, "passphrase"),
        hint(P::Passphrase, Enter, A::Accept, "sign in"),
        hint(P::Passphrase, Tab, A::OtherWay, "next field, or face"),
        quiet(P::Passphrase, BackTab, A::PrevField, "other field"),
        quiet(P::Passphrase, Down, A::NextField, "other field"),
        quiet(P::Passphrase, Up, A::PrevField, "other field"),
        hint(P::Patients, Enter, A::Accept, "open the chart"),
        hint(P::Patients, F(2), A::Register, "register a patient"),
        hint(P::Patients, Esc, A::Back, "clear the search"),
        hint(P::Patients, F(8), A::ReadCard, "card"),
        hint(P::Patients, F(7), A::GoReviews, "emergencies"),
        hint(P::Patients, F(9), A::Shelf, "archive"),
        quiet(P::Patients, Up, A::Up, "patient above"),
        quiet(P::Patients, Down, A::Down, "patient below"),
        quiet(P::Patients, PageUp, A::PageUp, "page up"),
        quiet(P::Patients, PageDown, A::PageDown, "page down"),
        ctrl(P::Register, 's', A::Save, "save", true),
        hint(P::Register, Tab, A::NextField, "next field"),
        hint(P::Register, Char(' '), A::Choose, "change a choice"),
        hint(P::Register, Esc, A::Back, "leave without saving"),
        ctrl(P::Register, 'o', A::OpenLikely, "open who may be the same", false),
        quiet(P::Register, PageDown, A::PageDown, "mark the next who may be the same"),
        quiet(P::Register, PageUp, A::PageUp, "mark the one before"),
        quiet(P::Register, Enter, A::NextField, "next field"),
        quiet(P::Register, BackTab, A::PrevField, "field before"),
        quiet(P::Register, Down, A::NextField, "next field"),
        quiet(P::Register, Up, A::PrevField, "field before"),
        hint(P::Chart, Char('n'), A::NewVisit, "new visit"),
        quiet(P::Chart, Char('a'), A::Unarchive, "take out of the archive"),
        quiet(P::Chart, Char('d'), A::Decide, "decide between two versions"),
        hint(P::Conflict, Left, A::ChooseBack, "take the left"),
        hint(P::Conflict, Right, A::Choose, "take the right"),
        hint(P::Conflict, Down, A::Down, "next field"),
        quiet(P::Conflict, Up, A::Up, "field before"),
        quiet(P::Conflict, Char('v'), A::NextVersion, "another version on the right"),
        ctrl(P::Conflict, 's', A::Save, "sign it so", true),
        hint(P::Conflict, Esc, A::Back, "not now"),
        hint(P::ChartAny, Char('c'), A::OpenConsent, "consent"),
        hint(P::ChartAny, Char('r'), A::Reload, "reload"),
        hint(P::ChartRead, Down, A::Down, "older visit"),
        hint(P::ChartRead, Up, A::Up, "newer visit"),
        hint(P::ChartAny, Esc, A::Back, "back"),
        hint(P::ChartShut, Char('b'), A::BreakGlass, "open in an emergency"),
        ctrl(P::Glass, 's', A::Save, "open the record", true),
        hint(P::Glass, Tab, A::NextField, "next field"),
        hint(P::Glass, Char(' '), A::Choose, "change the reason"),
        hint(P::Glass, Esc, A::Back, "leave it shut"),
        quiet(P::Glass, Right, A::Choose, "next reason"),
        quiet(P::Glass, Left, A::ChooseBack, "reason before"),
        quiet(P::Glass, Enter, A::NextField, "next field"),
        quiet(P::Glass, BackTab, A::PrevField, "field before"),
        quiet(P::Glass, Down, A::NextField, "next field"),
        quiet(P::Glass, Up, A::PrevField, "field before"),
        hint(P::Emergency, Char('r'), A::Reload, "open again"),
        hint(P::Emergency, Down, A::Down, "older visit"),
        hint(P::Emergency, Up, A::Up, "newer visit"),
        hint(P::Emergency, Esc, A::Back, "back"),
        hint(P::Reviews, Char('j'), A::Justified, "it was an emergency"),
        hint(P::Reviews, Char('u'), A::Unjustified, "it was not"),
        hint(P::Reviews, Char('r'), A::Reload, "reload"),
        quiet(P::Reviews, Up, A::Up, "line above"),
        quiet(P::Reviews, Down, A::Down, "line below"),
        quiet(P::Reviews, PageUp, A::PageUp, "page up"),
        quiet(P::Reviews, PageDown, A::PageDown, "page down"),
        hint(P::Reviews, Esc, A::Back, "back"),
        ctrl(P::Review, 's', A::Save, "sign the review", true),
        hint(P::Review, Tab, A::NextField, "next field"),
        hint(P::Review, Char(' '), A::Choose, "mark"),
        hint(P::Review, Esc, A::Back, "leave it"),
        quiet(P::Review, Enter, A::NextField, "next field"),
        quiet(P::Review, BackTab, A::PrevField, "field before"),
        quiet(P::Review, Down, A::NextField, "next field"),
        quiet(P::Review, Up, A::PrevField, "field before"),
        ctrl(P::Visit, 's', A::Save, "save", true),
        hint(P::Visit, Tab, A::NextField, "next field"),
        quiet(P::Visit, BackTab, A::PrevField, "field before"),
        ctrl(P::Visit, 'u', A::Discard, "discard", true),
        hint(P::Visit, Esc, A::Back, "leave, draft kept"),
        quiet(P::Visit, Enter, A::Newline, "next field; in the note a new line"),
        quiet(P::Visit, Down, A::NextField, "next field"),
        quiet(P::Visit, Up, A::PrevField, "field before"),
        hint(P::Consent, Char('g'), A::Grant, "allow reading"),
        hint(P::Consent, Char('s'), A::StopSharing, "stop sharing"),
        hint(P::Consent, Char('k'), A::NewCard, "card"),
        quiet(P::Consent, Char('K'), A::ReplaceCard, "replace a lost card"),
        hint(P::Consent, Char('r'), A::Reload, "reload"),
        quiet(P::Consent, Up, A::Up, "line above"),
        quiet(P::Consent, Down, A::Down, "line below"),
        hint(P::Consent, Esc, A::Back, "back to the chart"),
        ctrl(P::Grant, 's', A::Save, "allow", true),
        hint(P::Grant, Tab, A::NextField, "next field"),
        hint(P::Grant, Char(' '), A::Choose, "change"),
        hint(P::Grant, Esc, A::Back, "leave without allowing"),
        quiet(P::Grant, Left, A::ChooseBack, "choice before"),
        quiet(P::Grant, Right, A::Choose, "next choice"),
        quiet(P::Grant, Enter, A::NextField, "next field"),
        quiet(P::Grant, BackTab, A::PrevField, "field before"),
        quiet(P::Grant, Down, A::NextField, "next field"),
        quiet(P::Grant, Up, A::PrevField, "field before"),
        hint(P::Confirm, Char('y'), A::Yes, "yes"),
        hint(P::Confirm, Char('n'), A::Back, "no"),
        quiet(P::Confirm, Esc, A::Back, "no"),
        hint(P::Ledger, Char('v'), A::Verify, "check everything"),
        hint(P::Ledger, Char('a'), A::Adopt, "adopt the block"),
        hint(P::Ledger, Char('r'), A::Reload, "reload"),
        hint(P::Ledger, Down, A::Down, "older block"),
        hint(P::Ledger, Up, A::Up, "newer block"),
        quiet(P::Ledger, PageUp, A::PageUp, "page up"),
        quiet(P::Ledger, PageDown, A::PageDown, "page down"),
        hint(P::Ledger, Esc, A::Back, "back"),
        hint(P::Mesh, Char('s'), A::Sync, "sync now"),
        hint(P::Mesh, Char('l'), A::Link, "link up/down"),
        hint(P::Mesh, Char('t'), A::Ticket, "ticket"),
        hint(P::Mesh, Char('o'), A::CourierOut, "courier out"),
        hint(P::Mesh, Char('i'), A::CourierIn, "courier in"),
        hint(P::Mesh, Char('r'), A::Reload, "reload"),
        quiet(P::Mesh, Up, A::Up, "terminal above"),
        quiet(P::Mesh, Down, A::Down, "terminal below"),
        hint(P::Mesh, Esc, A::Back, "back"),
        hint(P::People, Char('e'), A::Enrol, "enrol the face"),
        hint(P::People, Char('d'), A::Forget, "delete the face"),
        hint(P::People, Char('p'), A::ChangePin, "choose your PIN"),
        hint(P::People, Char('r'), A::Reload, "reload"),
        quiet(P::People, Up, A::Up, "person above"),
        quiet(P::People, Down, A::Down, "person below"),
        quiet(P::People, PageUp, A::PageUp, "page up"),
        quiet(P::People, PageDown, A::PageDown, "page down"),
        hint(P::People, Esc, A::Back, "back"),
        hint(P::Enrol, Esc, A::Back, "stop"),
        hint(P::AskPin, Enter, A::Accept, "go on"),
        hint(P::AskPin, Esc, A::Back, "not now"),
        hint(P::Folder, Enter, A::Accept, "go"),
        hint(P::Folder, Esc, A::Back, "leave it"),
        hint(P::CardLook, Enter, A::Accept, "look again, or take what was scanned"),
        hint(P::CardLook, Esc, A::Back, "back"),
        hint(P::CardPin, Enter, A::Accept, "go on"),
        hint(P::CardPin, Esc, A::Back, "back"),
        hint(P::CardMade, Char('y'), A::Yes, "it is on paper: done"),
        hint(P::Help, Esc, A::Back, "close"),
        hint(P::Help, Down, A::Down, "scroll"),
        quiet(P::Help, Up, A::Up, "scroll back"),
        quiet(P::Help, PageDown, A::PageDown, "page down"),
        quiet(P::Help, PageUp, A::PageUp, "page up"),
        quiet(P::Text, Left, A::Edit(Edit::Left), "move"),
        quiet(P::Text, Right, A::Edit(Edit::Right), "move"),
        quiet(P::Text, Home, A::Edit(Edit::Home), "to the beginning"),
        quiet(P::Text, End, A::Edit(Edit::End), "to the end"),
        quiet(P::Text, Backspace, A::Edit(Edit::Backspace), "delete before"),
        quiet(P::Text, Delete, A::Edit(Edit::Delete), "delete here"),
    ]
};

/// What this key means here; none: it is text, or nothing.
pub(crate) fn action(place: Place, key: &KeyEvent) -> Option<Action> {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    if key.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let code = match key.code {
        KeyCode::Char(c) if ctrl => KeyCode::Char(c.to_ascii_lowercase()),
        KeyCode::Tab if key.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        c => c,
    };
    place.layers().iter().find_map(|layer| {
        TABLE.iter().find(|b| b.place == *layer && b.key == code && b.ctrl == ctrl).map(|b| b.action)
    })
}

/// The character that this key types.
pub(crate) fn typed(key: &KeyEvent) -> Option<char> {
    match key.code {
        KeyCode::Char(c) if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => Some(c),
        _ => None,
    }
}

/// The hints for the footer: what works here alone, and what works in every screen.
pub(crate) fn hints(place: Place) -> (Vec<&'static Binding>, Vec<&'static Binding>) {
    let layers = place.layers();
    let of = |near: bool| {
        let wanted = |p: Place| layers.contains(&p) && matches!(p, Place::Anywhere | Place::Inside) != near;
        TABLE.iter().filter(|b| b.hint && wanted(b.place)).collect()
    };
    (of(true), of(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode) -> KeyEvent {
        KeyEvent::new(code, KeyModifiers::NONE)
    }

    #[test]
    fn letters_are_text_where_text_is_typed() {
        for place in [Place::Patients, Place::Visit, Place::Passphrase, Place::Folder] {
            for c in ('a'..='z').chain(' '..='@') {
                assert_eq!(action(place, &key(KeyCode::Char(c))), None, "{place:?} {c}");
            }
        }
        assert_eq!(action(Place::Chart, &key(KeyCode::Char('n'))), Some(Action::NewVisit));
    }

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for (i, a) in TABLE.iter().enumerate() {
            for b in &TABLE[i + 1..] {
                assert!(
                    (a.place, a.key, a.ctrl) != (b.place, b.key, b.ctrl),
                    "{:?} {} is there twice",
                    a.place,
                    a.key()
                );
            }
        }
    }

    #[test]
    fn every_place_names_the_keys_for_help_and_leaving() {
        for b in TABLE {
            let (near, far) = hints(b.place);
            assert!(far.iter().any(|h| h.action == Action::Help), "{:?}", b.place);
            assert!(near.len() <= 7, "{:?}", b.place);
        }
    }
}
