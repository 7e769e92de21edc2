//! Where the keyboard is, and which parts of the table apply there.

use super::super::{
    attachments::Task,
    cards::CardPage,
    ending::Step,
    erasing::Sealing,
    forms::VisitState,
    governing::GovernDialog,
    keyslots::KeysDialog,
    meeting::Work as Meeting,
    model::{Check, Dialog, Face, Load, Model, Over, Page, PeopleDialog, Room, Way},
    papers::Stage,
    photograph::Paper,
    retention::KeepDialog,
    sharing::Taken,
    turn::{Stop, Turn},
};

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
    /// Who read what.
    Audit,
    /// One reading, whole.
    AuditEntry,
    /// Judging one.
    Review,
    /// A chart that could be opened.
    ChartRead,
    /// A chart that this organisation keeps: visits can be written.
    Chart,
    Visit,
    /// Lines are offered for what is typed among the codes of a visit.
    VisitFind,
    Consent,
    Grant,
    Confirm,
    /// Versions of a record side by side.
    Conflict,
    /// Correcting what stands.
    Correct,
    /// The versions of a record.
    History,
    /// Files kept with a record.
    AttachmentsRead,
    /// Files kept with a record of this organisation: others can be added.
    Attachments,
    /// A paper is before the camera.
    PaperLook,
    /// Its picture was taken.
    PaperTaken,
    /// Saying that something is over.
    Ending,
    /// Choosing a paper, a list or a file.
    Papers,
    /// Long work is under way.
    Job,
    /// It waits to be gone on with.
    Paused,
    /// What came of it.
    Outcome,
    /// Who may be registered twice.
    Twice,
    /// Two records side by side.
    Beside,
    /// One measurement over time.
    Vitals,
    /// A child on the curves of growth.
    Growth,
    Ledger,
    /// Everything is being checked.
    Checking,
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
    /// Something of it is being taken.
    Taking,
    /// What came of something: an extract, a claim, a terminal that was lost.
    Taken,
    /// Counts that were taken.
    Counted,
    /// Orders to destroy keys.
    Erasures,
    /// Terminals, and what is to be decided.
    Govern,
    /// Who can open this terminal.
    Keys,
    /// A code for paper, shown once.
    Shown,
    /// How long records are kept.
    Retention,
    /// How this terminal is.
    Health,
    /// Letting a terminal join over the network.
    Invite,
    /// One is there: its code is to be compared.
    InviteCompare,
    /// The code is the same, says whoever sits here.
    InviteAgreed,
    /// A certificate has to be carried to the other terminal.
    InviteCarry,
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
            Over::Refresh | Over::Leave(_) => return Place::Confirm,
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
            Page::Audit(p) if p.whole => Place::AuditEntry,
            Page::Audit(_) => Place::Audit,
            Page::Visit(_, f) if f.state == VisitState::Discarding => Place::Confirm,
            Page::Visit(_, f) if f.finding() => Place::VisitFind,
            Page::Visit(..) => Place::Visit,
            Page::Consent(_, c) => match &c.dialog {
                Dialog::None | Dialog::Writing | Dialog::Limit(_) | Dialog::Patient(_) => Place::Consent,
                Dialog::Grant(_) => Place::Grant,
                Dialog::Stop { .. } => Place::Confirm,
            },
            Page::Card(c) => match **c {
                CardPage::Look { .. } => Place::CardLook,
                CardPage::Pin { .. } | CardPage::Choose { .. } => Place::CardPin,
                CardPage::Made { .. } => Place::CardMade,
            },
            Page::Conflict(..) => Place::Conflict,
            Page::Correct(..) => Place::Correct,
            Page::History(..) => Place::History,
            Page::Attachments(_, p) if matches!(p.task, Task::Paper(_)) => match &p.task {
                Task::Paper(paper) if matches!(**paper, Paper::Taken(..)) => Place::PaperTaken,
                _ => Place::PaperLook,
            },
            Page::Attachments(c, _) if c.chart.ready().is_some_and(|chart| chart.own) => Place::Attachments,
            Page::Attachments(..) => Place::AttachmentsRead,
            Page::Ending(_, p) if matches!(p.step, Step::Sure(_)) => Place::Confirm,
            Page::Ending(..) => Place::Ending,
            Page::Twice(t) if t.beside.is_some() => Place::Beside,
            Page::Twice(_) => Place::Twice,
            Page::Papers(p) => match p.stage {
                Stage::Choosing => Place::Papers,
                Stage::Running { .. } => Place::Job,
                Stage::Paused(_) => Place::Paused,
                Stage::Done(_) => Place::Outcome,
            },
            Page::Requests(_) => Place::Requests,
            Page::Govern(g) if g.asks() => Place::Confirm,
            Page::Govern(g) if matches!(g.dialog, GovernDialog::Lost(_)) => Place::Taken,
            Page::Govern(_) => Place::Govern,
            Page::Erasures(e) if e.sealing == Sealing::Asked => Place::Confirm,
            Page::Erasures(_) => Place::Erasures,
            Page::Share(s) => match s.taken {
                Taken::Nothing => Place::Share,
                Taken::Running(..) => Place::Taking,
                Taken::Counts(_) => Place::Counted,
                Taken::Extract(_) | Taken::Claim(_) => Place::Taken,
            },
            Page::Keys(k) => match k.dialog {
                KeysDialog::Shown(_) => Place::Shown,
                KeysDialog::Remove(_) | KeysDialog::Sure => Place::Confirm,
                _ => Place::Keys,
            },
            Page::Retention(r) if matches!(r.dialog, KeepDialog::Archive) => Place::Confirm,
            Page::Retention(_) => Place::Retention,
            Page::Health(_) => Place::Health,
            Page::Invite(p) if p.asks() => Place::InviteCompare,
            Page::Invite(p) if p.joiner().is_some() => Place::InviteAgreed,
            Page::Invite(p) if p.undelivered().is_some() => Place::InviteCarry,
            Page::Invite(_) => Place::Invite,
            Page::Vitals(..) => Place::Vitals,
            Page::Growth(..) => Place::Growth,
            Page::Ledger(l) if matches!(l.check, Check::Running(_)) => Place::Checking,
            Page::Ledger(_) => Place::Ledger,
            Page::Mesh(m) if matches!(m.work, Meeting::Folder { .. }) => Place::Folder,
            Page::Mesh(_) => Place::Mesh,
            Page::People(p) => match &p.dialog {
                PeopleDialog::None | PeopleDialog::Writing | PeopleDialog::Add(_) => Place::People,
                PeopleDialog::Enrol { .. } => Place::Enrol,
                PeopleDialog::Forget { .. } | PeopleDialog::Suspend { .. } => Place::Confirm,
            },
        }
    }

    /// The parts of the table that apply here, the nearest first.
    pub(in crate::tui) fn layers(self) -> &'static [Place] {
        use Place::*;
        match self {
            Patients => &[Patients, Text, Inside, Anywhere],
            Register => &[Register, Text, Inside, Anywhere],
            Visit => &[Visit, Text, Inside, Anywhere],
            VisitFind => &[VisitFind, Text, Inside, Anywhere],
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
            Audit => &[Audit, Text, Inside, Anywhere],
            AuditEntry => &[AuditEntry, Inside, Anywhere],
            Review => &[Review, Text, Anywhere],
            Consent => &[Consent, Inside, Anywhere],
            Conflict => &[Conflict, Inside, Anywhere],
            Correct => &[Correct, Text, Inside, Anywhere],
            History => &[History, Inside, Anywhere],
            Ending => &[Ending, Inside, Anywhere],
            Twice => &[Twice, Inside, Anywhere],
            PaperLook => &[PaperLook, Anywhere],
            PaperTaken => &[PaperTaken, Anywhere],
            AttachmentsRead => &[AttachmentsRead, Inside, Anywhere],
            Attachments => &[Attachments, AttachmentsRead, Inside, Anywhere],
            Papers => &[Papers, Inside, Anywhere],
            Job => &[Job, Anywhere],
            Paused => &[Paused, Job, Anywhere],
            Outcome => &[Outcome, Inside, Anywhere],
            Beside => &[Beside, Inside, Anywhere],
            Requests => &[Requests, Inside, Anywhere],
            Share => &[Share, Inside, Anywhere],
            Taking => &[Taking, Anywhere],
            Taken => &[Taken, Inside, Anywhere],
            Counted => &[Counted, Taken, Inside, Anywhere],
            Erasures => &[Erasures, Inside, Anywhere],
            Govern => &[Govern, Inside, Anywhere],
            Keys => &[Keys, Inside, Anywhere],
            Shown => &[Shown, Anywhere],
            Retention => &[Retention, Inside, Anywhere],
            Health => &[Health, Inside, Anywhere],
            Invite => &[Invite, Inside, Anywhere],
            InviteCompare => &[InviteCompare, InviteAgreed, Invite, Inside, Anywhere],
            InviteAgreed => &[InviteAgreed, Invite, Inside, Anywhere],
            InviteCarry => &[InviteCarry, Invite, Anywhere],
            Form => &[Form, Text, Anywhere],
            Vitals => &[Vitals, Inside, Anywhere],
            Growth => &[Growth, Inside, Anywhere],
            Ledger => &[Ledger, Inside, Anywhere],
            Checking => &[Checking, Inside, Anywhere],
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
            Place::Audit => "place-audit",
            Place::AuditEntry => "place-audit-entry",
            Place::Review => "place-review",
            Place::Chart => "place-chart",
            Place::Visit => "place-visit",
            Place::VisitFind => "place-visit-find",
            Place::Consent => "place-consent",
            Place::Grant => "place-grant",
            Place::Confirm => "place-confirm",
            Place::Conflict => "place-conflict",
            Place::Correct => "place-correct",
            Place::History => "place-history",
            Place::Ending => "place-ending",
            Place::Twice => "place-twice",
            Place::PaperLook => "place-paper-look",
            Place::PaperTaken => "place-paper-taken",
            Place::AttachmentsRead => "place-attachments-read",
            Place::Attachments => "place-attachments",
            Place::Papers => "place-papers",
            Place::Job => "place-job",
            Place::Paused => "place-paused",
            Place::Outcome => "place-outcome",
            Place::Beside => "place-beside",
            Place::Vitals => "place-vitals",
            Place::Growth => "place-growth",
            Place::Ledger => "place-ledger",
            Place::Checking => "place-checking",
            Place::Mesh => "place-mesh",
            Place::Folder => "place-folder",
            Place::CardLook => "place-card-look",
            Place::CardPin => "place-card-pin",
            Place::CardMade => "place-card-made",
            Place::Requests => "place-requests",
            Place::Share => "place-share",
            Place::Taking => "place-taking",
            Place::Taken => "place-taken",
            Place::Counted => "place-counted",
            Place::Erasures => "place-erasures",
            Place::Govern => "place-govern",
            Place::Keys => "place-slots",
            Place::Shown => "place-shown",
            Place::Retention => "place-retention",
            Place::Health => "place-health",
            Place::Invite => "place-invite",
            Place::InviteCompare => "place-invite-compare",
            Place::InviteAgreed => "place-invite-agreed",
            Place::InviteCarry => "place-invite-carry",
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
