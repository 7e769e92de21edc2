//! One table: which key does what, where, and which message says so. Footer, help and menu are made from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    cards::CardPage,
    erasing::Sealing,
    forms::VisitState,
    governing::GovernDialog,
    input::Edit,
    model::{Dialog, Face, Load, Model, Over, Page, PeopleDialog, Room, Way, Work},
    sharing::Taken,
    turn::{Stop, Turn},
};

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Help,
    Menu,
    Quit,
    Lock,
    GoPatients,
    GoLedger,
    GoMesh,
    GoPeople,
    GoReviews,
    GoRequests,
    GoShare,
    GoErasures,
    GoGovern,
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
    /// Asks other organisations for a record.
    Ask,
    /// Writes what is shown to a file.
    WriteFile,
    /// Leaves less of a grant.
    Narrow,
    EndGrant,
    StopAll,
    /// The emergency summary for others: off, or on again.
    Summary,
    OrderErasure,
    /// Suspends a terminal that was lost.
    Lose,
    Approve,
    /// Ends a round whose votes have split.
    EndRound,
    Invite,
    /// Reads a newcomer's request.
    Newcomer,
    AddStaff,
    SuspendStaff,
    /// Seals this terminal anew, so that receipts can be signed.
    SealAnew,
    /// The chart of vital signs over time.
    Vitals,
    /// One of its measurements, by its place.
    Measure(u8),
    /// The growth charts of a child.
    Growth,
    ZoomIn,
    ZoomOut,
    WholeTime,
    /// What waits to be done.
    GoWork,
    /// Hands the terminal to a patient.
    PatientsTurn,
}

impl Action {
    /// It only moves about, or is the menu itself.
    fn moves(self) -> bool {
        use Action::*;
        matches!(self, Up | Down | PageUp | PageDown | NextField | PrevField | Newline | Edit(_) | Menu)
    }
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
    /// What waits to be done.
    Work,
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
    /// One measurement over time.
    Vitals,
    /// A child on the curves of growth.
    Growth,
    Ledger,
    Mesh,
    Folder,
    People,
    /// A face is being enrolled.
    Enrol,
    /// A PIN is asked for, or chosen.
    AskPin,
    Help,
    Menu,
    /// Looking for a patient's card.
    CardLook,
    /// A patient types a card's PIN.
    CardPin,
    /// A new card's code is shown.
    CardMade,
    /// What organisations asked each other for.
    Requests,
    /// Choosing what leaves for research, health bureaus, insurers.
    Share,
    /// What came of something: an extract, a claim, a terminal that was lost.
    Taken,
    /// Counts that were taken.
    Counted,
    /// Orders to destroy keys.
    Erasures,
    /// Terminals, and what is to be decided.
    Govern,
    /// A form of whichever screen.
    Form,
    /// A patient shows their card.
    TurnLook,
    /// A patient types its PIN.
    TurnPin,
    /// A patient reads their own record.
    TurnRecord,
    /// A patient is asked whether sharing is to end.
    TurnAsk,
    /// A patient waits for the node.
    TurnWait,
    /// Nothing can be done here until an answer comes.
    Busy,
}

impl Place {
    /// Where the keyboard is now.
    pub(crate) fn of(model: &Model) -> Place {
        if model.help.is_some() {
            return Place::Help;
        }
        if model.menu.is_some() {
            return Place::Menu;
        }
        Self::under_menu(model)
    }

    /// Where the keyboard would be without help or menu.
    pub(crate) fn under_menu(model: &Model) -> Place {
        if let Room::Turn(t) = &model.room {
            return match &t.step {
                _ if t.sent() => Place::TurnWait,
                Turn::Look { .. } => Place::TurnLook,
                Turn::Pin { .. } => Place::TurnPin,
                Turn::Record(p) if matches!(p.stop, Stop::Asked { .. }) => Place::TurnAsk,
                Turn::Record(_) => Place::TurnRecord,
            };
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
            Room::Turn(_) => return Place::TurnWait,
        };
        match &inside.over {
            Over::None => {}
            Over::Proof { .. } | Over::NewPin(_) => return Place::AskPin,
            Over::Refresh => return Place::Confirm,
        }
        match &inside.page {
            page if page.form().is_some() => Place::Form,
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
            Page::Work(_) => Place::Work,
            Page::Visit(_, f) if f.state == VisitState::Discarding => Place::Confirm,
            Page::Visit(..) => Place::Visit,
            Page::Consent(_, c) => match &c.dialog {
                Dialog::None | Dialog::Writing | Dialog::Limit(_) => Place::Consent,
                Dialog::Grant(_) => Place::Grant,
                Dialog::Stop { .. } => Place::Confirm,
            },
            Page::Card(c) => match **c {
                CardPage::Look { .. } => Place::CardLook,
                CardPage::Pin { .. } | CardPage::Choose { .. } => Place::CardPin,
                CardPage::Made { .. } => Place::CardMade,
            },
            Page::Conflict(..) => Place::Conflict,
            Page::Requests(_) => Place::Requests,
            Page::Govern(g) if g.asks() => Place::Confirm,
            Page::Govern(g) if matches!(g.dialog, GovernDialog::Lost(_)) => Place::Taken,
            Page::Govern(_) => Place::Govern,
            Page::Erasures(e) if e.sealing == Sealing::Asked => Place::Confirm,
            Page::Erasures(_) => Place::Erasures,
            Page::Share(s) => match s.taken {
                Taken::Nothing => Place::Share,
                Taken::Counts(_) => Place::Counted,
                Taken::Extract(_) | Taken::Claim(_) => Place::Taken,
            },
            Page::Vitals(..) => Place::Vitals,
            Page::Growth(..) => Place::Growth,
            Page::Ledger(_) => Place::Ledger,
            Page::Mesh(m) if matches!(m.work, Work::Folder { .. }) => Place::Folder,
            Page::Mesh(_) => Place::Mesh,
            Page::People(p) => match &p.dialog {
                PeopleDialog::None | PeopleDialog::Writing | PeopleDialog::Add(_) => Place::People,
                PeopleDialog::Enrol { .. } => Place::Enrol,
                PeopleDialog::Forget { .. } | PeopleDialog::Suspend { .. } => Place::Confirm,
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
            Work => &[Work, Inside, Anywhere],
            Review => &[Review, Text, Anywhere],
            Consent => &[Consent, Inside, Anywhere],
            Conflict => &[Conflict, Inside, Anywhere],
            Requests => &[Requests, Inside, Anywhere],
            Share => &[Share, Inside, Anywhere],
            Taken => &[Taken, Inside, Anywhere],
            Counted => &[Counted, Taken, Inside, Anywhere],
            Erasures => &[Erasures, Inside, Anywhere],
            Govern => &[Govern, Inside, Anywhere],
            Form => &[Form, Text, Anywhere],
            Vitals => &[Vitals, Inside, Anywhere],
            Growth => &[Growth, Inside, Anywhere],
            Ledger => &[Ledger, Inside, Anywhere],
            Mesh => &[Mesh, Inside, Anywhere],
            Face => &[Face, Anywhere],
            FaceStopped => &[FaceStopped, Anywhere],
            Confirm => &[Confirm, Anywhere],
            Help => &[Help, Anywhere],
            Menu => &[Menu, Text, Anywhere],
            // A patient finds neither help nor menu nor the way out of the workstation: only what their turn has.
            TurnLook => &[TurnLook, Text],
            TurnPin => &[TurnPin, Text],
            TurnRecord => &[TurnRecord],
            TurnAsk => &[TurnAsk],
            TurnWait => &[TurnWait],
            Busy | Anywhere => &[Anywhere],
            Inside => &[Inside, Anywhere],
            Text => &[Text, Anywhere],
        }
    }

    /// The message with the heading in the help.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Place::Anywhere => "place-anywhere",
            Place::Inside => "place-inside",
            Place::Text => "place-text",
            Place::Face => "place-face",
            Place::FaceStopped => "place-face-stopped",
            Place::Passphrase => "place-passphrase",
            Place::Pin => "place-pin",
            Place::People => "place-people",
            Place::Enrol => "place-enrol",
            Place::AskPin => "place-ask-pin",
            Place::Patients => "place-patients",
            Place::Register => "place-register",
            Place::ChartAny => "place-chart-any",
            Place::ChartRead => "place-chart-read",
            Place::ChartShut => "place-chart-shut",
            Place::Glass => "place-glass",
            Place::Emergency => "place-emergency",
            Place::Reviews => "place-reviews",
            Place::Work => "place-work",
            Place::Review => "place-review",
            Place::Chart => "place-chart",
            Place::Visit => "place-visit",
            Place::Consent => "place-consent",
            Place::Grant => "place-grant",
            Place::Confirm => "place-confirm",
            Place::Conflict => "place-conflict",
            Place::Vitals => "place-vitals",
            Place::Growth => "place-growth",
            Place::Ledger => "place-ledger",
            Place::Mesh => "place-mesh",
            Place::Folder => "place-folder",
            Place::CardLook => "place-card-look",
            Place::CardPin => "place-card-pin",
            Place::CardMade => "place-card-made",
            Place::Requests => "place-requests",
            Place::Share => "place-share",
            Place::Taken => "place-taken",
            Place::Counted => "place-counted",
            Place::Erasures => "place-erasures",
            Place::Govern => "place-govern",
            Place::Form => "place-form",
            Place::Help => "place-help",
            Place::Menu => "place-menu",
            Place::TurnLook => "place-turn-look",
            Place::TurnPin => "place-turn-pin",
            Place::TurnRecord | Place::TurnAsk | Place::TurnWait => "place-turn",
            Place::Busy => "place-busy",
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
    /// The message that says what it does.
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
        hint(P::Anywhere, F(1), A::Help, "key-help"),
        hint(P::Anywhere, F(10), A::Menu, "key-menu"),
        ctrl(P::Anywhere, 'p', A::Menu, "key-menu", false),
        hint(P::Inside, F(3), A::GoPatients, "key-patients"),
        ctrl(P::Inside, 'l', A::Lock, "key-lock", true),
        ctrl(P::Anywhere, 'q', A::Quit, "key-quit", true),
        ctrl(P::Anywhere, 'c', A::Quit, "key-quit", false),
        hint(P::Inside, F(4), A::GoLedger, "key-ledger"),
        hint(P::Inside, F(5), A::GoMesh, "key-mesh"),
        hint(P::Inside, F(6), A::GoPeople, "key-people"),
        quiet(P::Inside, F(7), A::GoReviews, "key-reviews"),
        ctrl(P::Inside, 'r', A::GoRequests, "key-requests", false),
        ctrl(P::Inside, 'e', A::GoShare, "key-share", false),
        ctrl(P::Inside, 'x', A::GoErasures, "key-erasures", false),
        ctrl(P::Inside, 'g', A::GoGovern, "key-govern", false),
        hint(P::Menu, Enter, A::Accept, "key-do-it"),
        hint(P::Menu, Esc, A::Back, "key-close"),
        quiet(P::Menu, Up, A::Up, "key-line-above"),
        quiet(P::Menu, Down, A::Down, "key-line-below"),
        hint(P::Face, Tab, A::OtherWay, "key-other-way"),
        hint(P::FaceStopped, Enter, A::Accept, "key-look"),
        hint(P::FaceStopped, Tab, A::OtherWay, "key-other-way"),
        hint(P::Pin, Enter, A::Accept, "key-sign-in"),
        hint(P::Pin, Up, A::Up, "key-name-above"),
        hint(P::Pin, Down, A::Down, "key-name-below"),
        hint(P::Pin, Tab, A::OtherWay, "key-passphrase"),
        hint(P::Passphrase, Enter, A::Accept, "key-sign-in"),
        hint(P::Passphrase, Tab, A::OtherWay, "key-next-or-face"),
        quiet(P::Passphrase, BackTab, A::PrevField, "key-other-field"),
        quiet(P::Passphrase, Down, A::NextField, "key-other-field"),
        quiet(P::Passphrase, Up, A::PrevField, "key-other-field"),
        hint(P::Patients, Enter, A::Accept, "key-open-chart"),
        hint(P::Patients, F(2), A::Register, "key-register"),
        hint(P::Patients, Esc, A::Back, "key-clear-search"),
        hint(P::Patients, F(8), A::ReadCard, "key-card"),
        hint(P::Patients, F(7), A::GoReviews, "key-emergencies"),
        hint(P::Patients, F(9), A::Shelf, "key-archive"),
        quiet(P::Patients, Up, A::Up, "key-patient-above"),
        quiet(P::Patients, Down, A::Down, "key-patient-below"),
        quiet(P::Patients, PageUp, A::PageUp, "key-page-up"),
        quiet(P::Patients, PageDown, A::PageDown, "key-page-down"),
        ctrl(P::Register, 's', A::Save, "key-save", true),
        hint(P::Register, Tab, A::NextField, "key-next-field"),
        hint(P::Register, Char(' '), A::Choose, "key-change-choice"),
        hint(P::Register, Esc, A::Back, "key-leave-unsaved"),
        ctrl(P::Register, 'o', A::OpenLikely, "key-open-likely", false),
        quiet(P::Register, PageDown, A::PageDown, "key-mark-next"),
        quiet(P::Register, PageUp, A::PageUp, "key-mark-before"),
        quiet(P::Register, Enter, A::NextField, "key-next-field"),
        quiet(P::Register, BackTab, A::PrevField, "key-field-before"),
        quiet(P::Register, Down, A::NextField, "key-next-field"),
        quiet(P::Register, Up, A::PrevField, "key-field-before"),
        hint(P::Chart, Char('n'), A::NewVisit, "key-new-visit"),
        quiet(P::Chart, Char('a'), A::Unarchive, "key-unarchive"),
        quiet(P::Chart, Char('d'), A::Decide, "key-decide"),
        hint(P::Conflict, Left, A::ChooseBack, "key-take-left"),
        hint(P::Conflict, Right, A::Choose, "key-take-right"),
        quiet(P::Conflict, Down, A::Down, "key-next-field"),
        quiet(P::Conflict, Up, A::Up, "key-field-before"),
        quiet(P::Conflict, Char('v'), A::NextVersion, "key-other-version"),
        ctrl(P::Conflict, 's', A::Save, "key-sign-so", true),
        hint(P::Conflict, Esc, A::Back, "key-not-now"),
        hint(P::ChartAny, Char('c'), A::OpenConsent, "key-consent"),
        quiet(P::ChartAny, Char('q'), A::GoRequests, "key-requests"),
        hint(P::ChartAny, Char('r'), A::Reload, "key-reload"),
        hint(P::ChartRead, Down, A::Down, "key-older-visit"),
        quiet(P::ChartRead, Up, A::Up, "key-newer-visit"),
        quiet(P::ChartRead, Char('v'), A::Vitals, "key-vitals"),
        quiet(P::ChartRead, Char('g'), A::Growth, "key-growth"),
        hint(P::Growth, Right, A::Choose, "key-measure-next"),
        quiet(P::Growth, Left, A::ChooseBack, "key-measure-before"),
        hint(P::Growth, Down, A::Down, "key-older-value"),
        quiet(P::Growth, Up, A::Up, "key-newer-value"),
        hint(P::Growth, Esc, A::Back, "key-back-to-chart"),
        hint(P::Vitals, Right, A::Choose, "key-measure-next"),
        quiet(P::Vitals, Left, A::ChooseBack, "key-measure-before"),
        hint(P::Vitals, Down, A::Down, "key-older-value"),
        quiet(P::Vitals, Up, A::Up, "key-newer-value"),
        hint(P::Vitals, Char('+'), A::ZoomIn, "key-zoom-in"),
        quiet(P::Vitals, Char('='), A::ZoomIn, "key-zoom-in"),
        hint(P::Vitals, Char('-'), A::ZoomOut, "key-zoom-out"),
        quiet(P::Vitals, Char('0'), A::WholeTime, "key-whole-time"),
        quiet(P::Vitals, PageDown, A::PageDown, "key-earlier"),
        quiet(P::Vitals, PageUp, A::PageUp, "key-later"),
        quiet(P::Vitals, Char('1'), A::Measure(0), "vital-temperature"),
        quiet(P::Vitals, Char('2'), A::Measure(1), "vital-heart-rate"),
        quiet(P::Vitals, Char('3'), A::Measure(2), "vital-breathing"),
        quiet(P::Vitals, Char('4'), A::Measure(3), "vitals-pressure"),
        quiet(P::Vitals, Char('5'), A::Measure(4), "vital-oxygen"),
        quiet(P::Vitals, Char('6'), A::Measure(5), "vital-weight"),
        quiet(P::Vitals, Char('7'), A::Measure(6), "vital-height"),
        hint(P::Vitals, Esc, A::Back, "key-back"),
        hint(P::ChartAny, Esc, A::Back, "key-back"),
        hint(P::ChartShut, Char('q'), A::GoRequests, "key-requests"),
        hint(P::ChartShut, Char('b'), A::BreakGlass, "key-break-glass"),
        ctrl(P::Glass, 's', A::Save, "key-open-record", true),
        hint(P::Glass, Tab, A::NextField, "key-next-field"),
        hint(P::Glass, Char(' '), A::Choose, "key-change-reason"),
        hint(P::Glass, Esc, A::Back, "key-leave-shut"),
        quiet(P::Glass, Right, A::Choose, "key-next-reason"),
        quiet(P::Glass, Left, A::ChooseBack, "key-reason-before"),
        quiet(P::Glass, Enter, A::NextField, "key-next-field"),
        quiet(P::Glass, BackTab, A::PrevField, "key-field-before"),
        quiet(P::Glass, Down, A::NextField, "key-next-field"),
        quiet(P::Glass, Up, A::PrevField, "key-field-before"),
        hint(P::Emergency, Char('r'), A::Reload, "key-open-again"),
        hint(P::Emergency, Down, A::Down, "key-older-visit"),
        hint(P::Emergency, Up, A::Up, "key-newer-visit"),
        hint(P::Emergency, Esc, A::Back, "key-back"),
        hint(P::Reviews, Char('j'), A::Justified, "key-justified"),
        hint(P::Reviews, Char('u'), A::Unjustified, "key-unjustified"),
        hint(P::Reviews, Char('r'), A::Reload, "key-reload"),
        quiet(P::Reviews, Up, A::Up, "key-line-above"),
        quiet(P::Reviews, Down, A::Down, "key-line-below"),
        quiet(P::Reviews, PageUp, A::PageUp, "key-page-up"),
        quiet(P::Reviews, PageDown, A::PageDown, "key-page-down"),
        hint(P::Reviews, Esc, A::Back, "key-back"),
        ctrl(P::Review, 's', A::Save, "key-sign-review", true),
        hint(P::Review, Tab, A::NextField, "key-next-field"),
        hint(P::Review, Char(' '), A::Choose, "key-mark"),
        hint(P::Review, Esc, A::Back, "key-leave-it"),
        quiet(P::Review, Enter, A::NextField, "key-next-field"),
        quiet(P::Review, BackTab, A::PrevField, "key-field-before"),
        quiet(P::Review, Down, A::NextField, "key-next-field"),
        quiet(P::Review, Up, A::PrevField, "key-field-before"),
        ctrl(P::Visit, 's', A::Save, "key-save", true),
        hint(P::Visit, Tab, A::NextField, "key-next-field"),
        quiet(P::Visit, BackTab, A::PrevField, "key-field-before"),
        ctrl(P::Visit, 'u', A::Discard, "key-discard", true),
        hint(P::Visit, Esc, A::Back, "key-leave-draft"),
        quiet(P::Visit, Enter, A::Newline, "key-newline"),
        quiet(P::Visit, Down, A::NextField, "key-next-field"),
        quiet(P::Visit, Up, A::PrevField, "key-field-before"),
        hint(P::Consent, Char('g'), A::Grant, "key-grant"),
        hint(P::Consent, Char('s'), A::StopSharing, "key-stop-sharing"),
        hint(P::Consent, Char('n'), A::Narrow, "key-narrow"),
        quiet(P::Consent, Char('e'), A::EndGrant, "key-end-grant"),
        quiet(P::Consent, Char('S'), A::StopAll, "key-stop-all"),
        quiet(P::Consent, Char('o'), A::Summary, "key-emergency-summary"),
        hint(P::Consent, Char('k'), A::NewCard, "key-card"),
        quiet(P::Consent, Char('K'), A::ReplaceCard, "key-replace-card"),
        quiet(P::Consent, Char('r'), A::Reload, "key-reload"),
        quiet(P::Consent, Up, A::Up, "key-line-above"),
        quiet(P::Consent, Down, A::Down, "key-line-below"),
        hint(P::Consent, Esc, A::Back, "key-back-to-chart"),
        ctrl(P::Grant, 's', A::Save, "key-allow", true),
        hint(P::Grant, Tab, A::NextField, "key-next-field"),
        hint(P::Grant, Char(' '), A::Choose, "key-change"),
        hint(P::Grant, Esc, A::Back, "key-leave-unallowed"),
        quiet(P::Grant, Left, A::ChooseBack, "key-choice-before"),
        quiet(P::Grant, Right, A::Choose, "key-next-choice"),
        quiet(P::Grant, Enter, A::NextField, "key-next-field"),
        quiet(P::Grant, BackTab, A::PrevField, "key-field-before"),
        quiet(P::Grant, Down, A::NextField, "key-next-field"),
        quiet(P::Grant, Up, A::PrevField, "key-field-before"),
        hint(P::Confirm, Char('y'), A::Yes, "key-yes"),
        hint(P::Confirm, Char('n'), A::Back, "key-no"),
        quiet(P::Confirm, Esc, A::Back, "key-no"),
        hint(P::Ledger, Char('v'), A::Verify, "key-verify"),
        hint(P::Ledger, Char('a'), A::Adopt, "key-adopt"),
        hint(P::Ledger, Char('r'), A::Reload, "key-reload"),
        hint(P::Ledger, Down, A::Down, "key-older-block"),
        quiet(P::Ledger, Up, A::Up, "key-newer-block"),
        quiet(P::Ledger, PageUp, A::PageUp, "key-page-up"),
        quiet(P::Ledger, PageDown, A::PageDown, "key-page-down"),
        hint(P::Ledger, Esc, A::Back, "key-back"),
        hint(P::Mesh, Char('s'), A::Sync, "key-sync"),
        hint(P::Mesh, Char('l'), A::Link, "key-link"),
        hint(P::Mesh, Char('t'), A::Ticket, "key-ticket"),
        hint(P::Mesh, Char('o'), A::CourierOut, "key-courier-out"),
        hint(P::Mesh, Char('i'), A::CourierIn, "key-courier-in"),
        quiet(P::Mesh, Char('r'), A::Reload, "key-reload"),
        quiet(P::Mesh, Up, A::Up, "key-terminal-above"),
        quiet(P::Mesh, Down, A::Down, "key-terminal-below"),
        hint(P::Mesh, Esc, A::Back, "key-back"),
        hint(P::People, Char('e'), A::Enrol, "key-enrol"),
        hint(P::People, Char('d'), A::Forget, "key-forget"),
        hint(P::People, Char('a'), A::AddStaff, "key-add-staff"),
        quiet(P::People, Char('x'), A::SuspendStaff, "key-suspend-staff"),
        hint(P::People, Char('p'), A::ChangePin, "key-choose-pin"),
        quiet(P::People, Char('r'), A::Reload, "key-reload"),
        quiet(P::People, Up, A::Up, "key-person-above"),
        quiet(P::People, Down, A::Down, "key-person-below"),
        quiet(P::People, PageUp, A::PageUp, "key-page-up"),
        quiet(P::People, PageDown, A::PageDown, "key-page-down"),
        hint(P::People, Esc, A::Back, "key-back"),
        hint(P::Enrol, Esc, A::Back, "key-stop"),
        hint(P::AskPin, Enter, A::Accept, "key-go-on"),
        hint(P::AskPin, Esc, A::Back, "key-not-now"),
        hint(P::Folder, Enter, A::Accept, "key-go"),
        hint(P::Folder, Esc, A::Back, "key-leave-it"),
        hint(P::CardLook, Enter, A::Accept, "key-look-again"),
        hint(P::CardLook, Esc, A::Back, "key-back"),
        hint(P::CardPin, Enter, A::Accept, "key-go-on"),
        hint(P::CardPin, Esc, A::Back, "key-back"),
        hint(P::CardMade, Char('y'), A::Yes, "key-card-done"),
        hint(P::Requests, Enter, A::Accept, "key-open-chart"),
        hint(P::Requests, Char('n'), A::Ask, "key-ask"),
        hint(P::Requests, Char('r'), A::Reload, "key-reload"),
        quiet(P::Requests, Up, A::Up, "key-line-above"),
        quiet(P::Requests, Down, A::Down, "key-line-below"),
        quiet(P::Requests, PageUp, A::PageUp, "key-page-up"),
        quiet(P::Requests, PageDown, A::PageDown, "key-page-down"),
        hint(P::Requests, Esc, A::Back, "key-back"),
        hint(P::Share, Enter, A::Accept, "key-fill-in"),
        hint(P::Share, Down, A::Down, "key-line-below"),
        quiet(P::Share, Up, A::Up, "key-line-above"),
        hint(P::Share, Esc, A::Back, "key-back"),
        hint(P::Erasures, Char('o'), A::OrderErasure, "key-order-erasure"),
        hint(P::Erasures, Char('c'), A::SealAnew, "key-seal-anew"),
        hint(P::Erasures, Char('r'), A::Reload, "key-reload"),
        quiet(P::Erasures, Up, A::Up, "key-line-above"),
        quiet(P::Erasures, Down, A::Down, "key-line-below"),
        quiet(P::Erasures, PageUp, A::PageUp, "key-page-up"),
        quiet(P::Erasures, PageDown, A::PageDown, "key-page-down"),
        hint(P::Erasures, Esc, A::Back, "key-back"),
        hint(P::Govern, Tab, A::NextField, "key-other-list"),
        hint(P::Govern, Char('l'), A::Lose, "key-lose"),
        hint(P::Govern, Char('a'), A::Approve, "key-approve"),
        hint(P::Govern, Char('i'), A::Invite, "key-invite"),
        hint(P::Govern, Char('j'), A::Newcomer, "key-newcomer"),
        quiet(P::Govern, Char('v'), A::EndRound, "key-void"),
        quiet(P::Govern, Char('r'), A::Reload, "key-reload"),
        quiet(P::Govern, Up, A::Up, "key-line-above"),
        quiet(P::Govern, Down, A::Down, "key-line-below"),
        hint(P::Govern, Esc, A::Back, "key-back"),
        hint(P::Counted, Char('w'), A::WriteFile, "key-write-file"),
        hint(P::Taken, Esc, A::Back, "key-back"),
        quiet(P::Taken, Up, A::Up, "key-line-above"),
        quiet(P::Taken, Down, A::Down, "key-line-below"),
        quiet(P::Taken, PageUp, A::PageUp, "key-page-up"),
        quiet(P::Taken, PageDown, A::PageDown, "key-page-down"),
        ctrl(P::Form, 's', A::Save, "key-do-it", true),
        hint(P::Form, Tab, A::NextField, "key-next-field"),
        hint(P::Form, Char(' '), A::Choose, "key-change"),
        hint(P::Form, Esc, A::Back, "key-leave-it"),
        quiet(P::Form, Enter, A::NextField, "key-next-field"),
        quiet(P::Form, BackTab, A::PrevField, "key-field-before"),
        quiet(P::Form, Down, A::NextField, "key-next-field"),
        quiet(P::Form, Up, A::PrevField, "key-field-before"),
        ctrl(P::Inside, 'w', A::GoWork, "key-work", false),
        hint(P::Work, Enter, A::Accept, "key-work-open"),
        hint(P::Work, Char('r'), A::Reload, "key-reload"),
        quiet(P::Work, Up, A::Up, "key-line-above"),
        quiet(P::Work, Down, A::Down, "key-line-below"),
        quiet(P::Work, PageUp, A::PageUp, "key-page-up"),
        quiet(P::Work, PageDown, A::PageDown, "key-page-down"),
        hint(P::Work, Esc, A::Back, "key-back"),
        ctrl(P::Inside, 't', A::PatientsTurn, "key-turn", false),
        hint(P::TurnLook, Enter, A::Accept, "key-look-again"),
        hint(P::TurnLook, Esc, A::Back, "key-turn-done"),
        hint(P::TurnPin, Enter, A::Accept, "key-go-on"),
        hint(P::TurnPin, Esc, A::Back, "key-turn-done"),
        hint(P::TurnRecord, Right, A::Choose, "key-turn-next"),
        hint(P::TurnRecord, Down, A::Down, "key-turn-down"),
        hint(P::TurnRecord, Char('s'), A::StopSharing, "key-turn-stop"),
        hint(P::TurnRecord, Esc, A::Back, "key-turn-done"),
        quiet(P::TurnRecord, Left, A::ChooseBack, "key-turn-before"),
        quiet(P::TurnRecord, Up, A::Up, "key-turn-up"),
        hint(P::TurnAsk, Char('y'), A::Yes, "key-turn-stop"),
        hint(P::TurnAsk, Char('n'), A::Back, "key-no"),
        quiet(P::TurnAsk, Esc, A::Back, "key-no"),
        hint(P::Help, Esc, A::Back, "key-close"),
        hint(P::Help, Down, A::Down, "key-scroll"),
        quiet(P::Help, Up, A::Up, "key-scroll-back"),
        quiet(P::Help, PageDown, A::PageDown, "key-page-down"),
        quiet(P::Help, PageUp, A::PageUp, "key-page-up"),
        quiet(P::Text, Left, A::Edit(Edit::Left), "key-move"),
        quiet(P::Text, Right, A::Edit(Edit::Right), "key-move"),
        quiet(P::Text, Home, A::Edit(Edit::Home), "key-to-start"),
        quiet(P::Text, End, A::Edit(Edit::End), "key-to-end"),
        quiet(P::Text, Backspace, A::Edit(Edit::Backspace), "key-delete-before"),
        quiet(P::Text, Delete, A::Edit(Edit::Delete), "key-delete-here"),
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

/// True when some key means this here.
pub(crate) fn bound(place: Place, action: Action) -> bool {
    place.layers().iter().any(|layer| TABLE.iter().any(|b| b.place == *layer && b.action == action))
}

/// What can be done in a place, for the menu: each action once, the nearest first. Moving about is left out.
pub(crate) fn entries(place: Place) -> Vec<&'static Binding> {
    let layers = place.layers().iter().filter(|layer| **layer != Place::Text);
    let mut out: Vec<&Binding> = Vec::new();
    for b in layers.flat_map(|layer| TABLE.iter().filter(move |b| b.place == *layer)) {
        let taken = out.iter().any(|o| o.action == b.action || (o.key, o.ctrl) == (b.key, b.ctrl));
        if !b.action.moves() && !taken {
            out.push(b);
        }
    }
    out
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
#[path = "keymap_tests.rs"]
mod tests;
