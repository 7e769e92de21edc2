//! Everything that the screens know. Signed out, the model holds nothing of any patient but, for an hour, the code of a new
//! card that whoever made it may not have on paper yet.

use jiff::tz::TimeZone;

use crate::{
    core::{
        auth,
        guardian::Guardian,
        id::{BlockId, OrgId, PatientId, StaffId},
        time::Millis,
    },
    node::api::{
        Chart, Checking, ConsentView, EmergencyChart, EmergencyRow, LedgerView, PatientRow, PersonHere,
        Preview, Prompt, StaffRow, Status, VerifyReport, VisitDraft, Who,
    },
};

use super::{
    attachments::AttachmentsPage,
    auditing::AuditPage,
    cards::{CardPage, Unseen},
    conflict::ConflictPage,
    correcting::{Correcting, HistoryPage},
    ending::EndingPage,
    erasing::ErasuresPage,
    form::Form,
    forms::{GlassForm, GrantForm, ReviewForm, VisitForm},
    governing::{GovernDialog, GovernPage},
    growth::GrowthPage,
    health::HealthPage,
    input::{Input, Secret},
    inviting::InvitePage,
    keymap::Action,
    keyslots::KeysPage,
    limiting::Limit,
    meeting::{MeshPage, Work},
    menu::Menu,
    painting::Painting,
    papers::PapersPage,
    patient_forms::PatientForm,
    proving::Proving,
    registering::RegisterForm,
    requests::RequestsPage,
    retention::RetentionPage,
    sharing::SharePage,
    sheet::Targets,
    striking::Striking,
    subject::Subject,
    turn::TurnRoom,
    twice::TwicePage,
    vitals::VitalsPage,
    words::Saying,
    work::WorkPage,
};

/// The whole state of the workstation.
#[derive(Debug)]
pub(crate) struct Model {
    /// The year is that of this zone.
    pub(crate) zone: TimeZone,
    /// The time of the last message, for what counts down.
    pub(crate) now: Millis,
    pub(crate) status: Option<Status>,
    pub(crate) room: Room,
    /// The code of a card that was on the screen when the terminal locked.
    pub(crate) unseen: Option<Unseen>,
    pub(crate) notice: Option<Notice>,
    /// Lines scrolled in the help, while it is open.
    pub(crate) help: Option<u16>,
    pub(crate) menu: Option<Menu>,
    /// What the last drawing put where.
    pub(crate) drawn: Targets,
    /// How the camera's picture is drawn, and the last one.
    pub(crate) painting: Painting,
    /// Grows with every sign-in and lock: answers to an earlier person's calls are dropped.
    pub(crate) session: u64,
    pub(crate) last_key: Millis,
    /// When the node last heard of a key.
    pub(crate) touched: Millis,
    pub(crate) changes: Changes,
    /// Something visible changed since the last drawing.
    pub(crate) dirty: bool,
}

/// The long poll for changes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) since: u64,
    /// When to ask again after a failure.
    pub(crate) retry_at: Option<Millis>,
    /// When the process last went on after it was stopped.
    pub(crate) woken: Millis,
}

/// Signed out, signed in, or handed to a patient.
#[derive(Debug)]
pub(crate) enum Room {
    SignIn(SignIn),
    Inside(Box<Inside>),
    Turn(Box<TurnRoom>),
}

/// Somebody is signed in.
#[derive(Debug)]
pub(crate) struct Inside {
    pub(crate) who: Who,
    pub(crate) page: Page,
    pub(crate) patients: Patients,
    /// When this person last gave a PIN or passphrase.
    pub(crate) proof: Option<Millis>,
    /// Came in by passphrase: once the node says that they have no PIN, one is chosen.
    pub(crate) by_passphrase: bool,
    /// What lies over the page, whichever it is.
    pub(crate) over: Over,
    /// A look at a paper is under way; its answer asks for the next.
    pub(crate) looks: bool,
}

/// What must be answered before anything else.
#[derive(Debug)]
pub(crate) enum Over {
    None,
    /// The PIN is asked before this action goes on.
    Proof {
        pin: Secret,
        then: Action,
        sent: bool,
    },
    /// A PIN is chosen.
    NewPin(NewPin),
    /// Whether a fresh template may be kept.
    Refresh,
    /// Whether what was typed, or the code of a new card, is given up, and this done.
    Leave(Action),
}

/// A PIN being chosen: typed twice.
#[derive(Debug, Default)]
pub(crate) struct NewPin {
    pub(crate) first: Secret,
    pub(crate) second: Secret,
    pub(crate) on_second: bool,
    pub(crate) sent: bool,
}

/// The sign-in screen.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) way: Way,
    /// A look through the camera is under way: never more than one.
    pub(crate) looking: bool,
}

/// How somebody is signing in.
#[derive(Debug)]
pub(crate) enum Way {
    /// The node hasn't said yet what is possible.
    Starting {
        after_lock: bool,
    },
    Face(Face),
    Pin(PinForm),
    Passphrase(PassphraseForm),
}

/// Signing in by face.
#[derive(Debug, Default)]
pub(crate) struct Face {
    pub(crate) picture: Option<Preview>,
    pub(crate) state: FaceState,
}

/// Looks count as attempts, so looking stops at every verdict until a key asks for more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FaceState {
    Looking {
        hint: Option<String>,
    },
    /// Recognised: the person is asked to turn their head.
    Moving(Prompt),
    /// Just locked: whoever still sits before the camera isn't signed in again at once.
    Resting,
    NotRecognised {
        left: u32,
    },
    /// Recognised, but the movements were not seen.
    NotLive {
        left: u32,
        because: String,
    },
    Wait {
        until: Millis,
    },
    Failed(String),
}

impl FaceState {
    /// The camera is looking, without a key.
    pub(crate) fn running(&self) -> bool {
        matches!(self, FaceState::Looking { .. } | FaceState::Moving(_))
    }
}

impl Default for FaceState {
    fn default() -> Self {
        FaceState::Looking { hint: None }
    }
}

/// Signing in by PIN: letters find the name, digits are the PIN.
#[derive(Debug)]
pub(crate) struct PinForm {
    pub(crate) name: Input,
    pub(crate) selected: usize,
    pub(crate) pin: Secret,
    pub(crate) state: Unlocking,
}

impl Default for PinForm {
    fn default() -> Self {
        Self { name: Input::line(40), selected: 0, pin: Secret::default(), state: Unlocking::Typing }
    }
}

impl PinForm {
    /// Those whose name holds every word typed.
    pub(crate) fn fitting<'a>(&self, people: &'a [PersonHere]) -> Vec<&'a PersonHere> {
        let typed = self.name.text().to_lowercase();
        let fits = |p: &&PersonHere| {
            let name = p.name.to_lowercase();
            p.pin && typed.split_whitespace().all(|word| name.contains(word))
        };
        people.iter().filter(fits).collect()
    }
}

/// Signing in by passphrase.
#[derive(Debug)]
pub(crate) struct PassphraseForm {
    pub(crate) login: Input,
    pub(crate) passphrase: Secret,
    pub(crate) on_passphrase: bool,
    pub(crate) state: Unlocking,
}

impl Default for PassphraseForm {
    fn default() -> Self {
        let (login, passphrase) = (Input::line(80), Secret::default());
        Self { login, passphrase, on_passphrase: false, state: Unlocking::Typing }
    }
}

/// Where an unlock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unlocking {
    Typing,
    /// Enter was pressed while a look was still out; its answer comes first.
    AfterLook,
    Sent,
}

/// What is on the screen while somebody is signed in.
#[derive(Debug)]
pub(crate) enum Page {
    Patients,
    Register(Box<RegisterForm>),
    Chart(Box<ChartPage>),
    /// The chart stays beside the form, so that going back doesn't read it (and record it) again.
    Visit(Box<ChartPage>, Box<VisitForm>),
    Consent(Box<ChartPage>, Box<ConsentPage>),
    Conflict(Box<ChartPage>, Box<ConflictPage>),
    Correct(Box<ChartPage>, Correcting),
    History(Box<ChartPage>, Box<HistoryPage>),
    Ending(Box<ChartPage>, Box<EndingPage>),
    Twice(Box<TwicePage>),
    Papers(Box<PapersPage>),
    Vitals(Box<ChartPage>, Box<VitalsPage>),
    Growth(Box<ChartPage>, Box<GrowthPage>),
    Attachments(Box<ChartPage>, Box<AttachmentsPage>),
    Ledger(Box<LedgerPage>),
    Mesh(Box<MeshPage>),
    People(Box<PeoplePage>),
    Emergency(Box<EmergencyPage>),
    Reviews(Box<ReviewsPage>),
    Work(Box<WorkPage>),
    Card(Box<CardPage>),
    Requests(Box<RequestsPage>),
    Share(Box<SharePage>),
    Erasures(Box<ErasuresPage>),
    Govern(Box<GovernPage>),
    Keys(Box<KeysPage>),
    Retention(Box<RetentionPage>),
    Health(Box<HealthPage>),
    Invite(Box<InvitePage>),
    Audit(Box<AuditPage>),
}

impl Page {
    /// The form that lies over it.
    pub(crate) fn form(&self) -> Option<&Form> {
        match self {
            Page::Chart(c) => c.striking.as_ref().map(|s| &s.form),
            Page::Requests(r) => r.form.as_ref(),
            Page::Share(s) => s.form(),
            Page::Twice(t) => t.form.as_ref(),
            Page::Papers(p) => p.form.as_ref(),
            Page::Card(c) => c.form(),
            Page::Attachments(_, p) => p.form(),
            Page::Erasures(e) => e.form.as_ref(),
            Page::Keys(k) => k.form(),
            Page::Retention(r) => r.form(),
            Page::Health(h) => h.form(),
            Page::Invite(p) => p.form.as_ref(),
            Page::Ledger(l) => l.prove.as_ref().map(|p| &p.form),
            Page::Govern(g) => match &g.dialog {
                GovernDialog::Join(j) => Some(j.form()),
                GovernDialog::Propose(p) => Some(p.form()),
                _ => None,
            },
            Page::Mesh(m) => match &m.work {
                Work::Links(l) => Some(&l.form),
                Work::Reach(form) => Some(form),
                _ => None,
            },
            Page::People(p) => match &p.dialog {
                PeopleDialog::Add(f) => Some(f),
                _ => None,
            },
            Page::Consent(_, c) => match &c.dialog {
                Dialog::Limit(l) => Some(&l.form),
                Dialog::Patient(p) => Some(&p.form),
                _ => None,
            },
            _ => None,
        }
    }

    /// The same, to be filled in.
    pub(crate) fn form_mut(&mut self) -> Option<&mut Form> {
        match self {
            Page::Chart(c) => c.striking.as_mut().map(|s| &mut s.form),
            Page::Requests(r) => r.form.as_mut(),
            Page::Share(s) => s.form_mut(),
            Page::Twice(t) => t.form.as_mut(),
            Page::Papers(p) => p.form.as_mut(),
            Page::Card(c) => c.form_mut(),
            Page::Attachments(_, p) => p.form_mut(),
            Page::Erasures(e) => e.form.as_mut(),
            Page::Keys(k) => k.form_mut(),
            Page::Retention(r) => r.form_mut(),
            Page::Health(h) => h.form_mut(),
            Page::Invite(p) => p.form.as_mut(),
            Page::Ledger(l) => l.prove.as_mut().map(|p| &mut p.form),
            Page::Govern(g) => match &mut g.dialog {
                GovernDialog::Join(j) => Some(j.form_mut()),
                GovernDialog::Propose(p) => Some(p.form_mut()),
                _ => None,
            },
            Page::Mesh(m) => match &mut m.work {
                Work::Links(l) => Some(&mut l.form),
                Work::Reach(form) => Some(form),
                _ => None,
            },
            Page::People(p) => match &mut p.dialog {
                PeopleDialog::Add(f) => Some(f),
                _ => None,
            },
            Page::Consent(_, c) => match &mut c.dialog {
                Dialog::Limit(l) => Some(&mut l.form),
                Dialog::Patient(p) => Some(&mut p.form),
                _ => None,
            },
            _ => None,
        }
    }

    /// The patient for whom it was opened, where it is a screen that can be.
    pub(crate) fn subject(&mut self) -> Option<&mut Option<Subject>> {
        match self {
            Page::Requests(r) => Some(&mut r.subject),
            Page::Share(s) => Some(&mut s.subject),
            Page::Twice(t) => Some(&mut t.subject),
            Page::Papers(p) => Some(&mut p.subject),
            Page::Erasures(e) => Some(&mut e.subject),
            Page::Retention(r) => Some(&mut r.subject),
            _ => None,
        }
    }
}

/// Something that the node was asked for.
#[derive(Debug)]
pub(crate) enum Load<T> {
    Loading,
    Ready(T),
    Failed(String),
}

impl<T> Load<T> {
    pub(crate) fn ready(&self) -> Option<&T> {
        match self {
            Load::Ready(t) => Some(t),
            _ => None,
        }
    }

    pub(crate) fn is_loading(&self) -> bool {
        matches!(self, Load::Loading)
    }
}

/// Which patients the list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Those of every day.
    Everyday,
    /// Those who were to come by today and haven't.
    Due,
    /// Those in the archive.
    Archive,
}

/// The patient list, kept while other pages are open.
#[derive(Debug)]
pub(crate) struct Patients {
    pub(crate) query: Input,
    pub(crate) rows: Load<Vec<PatientRow>>,
    pub(crate) selected: usize,
    /// Who is listed.
    pub(crate) listed: Listed,
    /// The query that the node is working on, and among whom; the next one waits for its answer.
    pub(crate) asked: Option<(String, Listed)>,
    /// A patient just registered, to be selected when the list comes.
    pub(crate) show: Option<PatientId>,
    /// A registration that was left for the chart of somebody who may be the same person.
    pub(crate) unfinished: Option<Box<RegisterForm>>,
}

impl Default for Patients {
    fn default() -> Self {
        Self {
            query: Input::line(80),
            rows: Load::Loading,
            selected: 0,
            listed: Listed::Everyday,
            asked: None,
            show: None,
            unfinished: None,
        }
    }
}

impl Patients {
    /// Lists others; nothing is shown until they come.
    pub(crate) fn list(&mut self, listed: Listed) {
        (self.listed, self.selected, self.rows) = (listed, 0, Load::Loading);
    }

    /// What is typed, and among whom.
    pub(crate) fn wanted(&self) -> (String, Listed) {
        (self.query.text().to_owned(), self.listed)
    }

    pub(crate) fn current(&self) -> Option<&PatientRow> {
        self.rows.ready()?.get(self.selected)
    }
}

/// One patient's chart.
#[derive(Debug)]
pub(crate) struct ChartPage {
    pub(crate) id: PatientId,
    pub(crate) name: String,
    pub(crate) chart: Load<Chart>,
    /// What this person left unfinished for this patient.
    pub(crate) draft: Option<VisitDraft>,
    pub(crate) selected: usize,
    /// How often what was hidden of the selected visit was asked for.
    pub(crate) turned: usize,
    /// Record blocks held when this was read.
    pub(crate) known: Vec<BlockId>,
    /// Other record blocks came since.
    pub(crate) stale: bool,
    /// It may not be read, and is about to be opened in an emergency.
    pub(crate) glass: Option<GlassForm>,
    /// A visit is about to be struck out, or to stand again.
    pub(crate) striking: Option<Box<Striking>>,
}

/// A record that was opened in an emergency.
#[derive(Debug)]
pub(crate) struct EmergencyPage {
    pub(crate) name: String,
    pub(crate) chart: EmergencyChart,
    /// Until then it opens again without a new reason.
    pub(crate) until: Millis,
    pub(crate) selected: usize,
    /// How often what was hidden of the selected visit was asked for.
    pub(crate) turned: usize,
}

/// What was opened in emergencies.
#[derive(Debug)]
pub(crate) struct ReviewsPage {
    pub(crate) rows: Load<Vec<EmergencyRow>>,
    pub(crate) selected: usize,
    pub(crate) form: Option<ReviewForm>,
}

impl Default for ReviewsPage {
    fn default() -> Self {
        Self { rows: Load::Loading, selected: 0, form: None }
    }
}

impl ChartPage {
    pub(crate) fn open(id: PatientId, name: &str) -> Self {
        let name = name.to_owned();
        Self {
            id,
            name,
            chart: Load::Loading,
            draft: None,
            selected: 0,
            turned: 0,
            known: Vec::new(),
            stale: false,
            glass: None,
            striking: None,
        }
    }

    /// Who decides for the patient now.
    pub(crate) fn decides(&self) -> Option<&Guardian> {
        let row = self.chart.ready()?.guardian.as_ref()?;
        row.decides.then_some(&row.guardian)
    }
}

/// What a patient allows, and who read.
#[derive(Debug)]
pub(crate) struct ConsentPage {
    pub(crate) view: Load<ConsentView>,
    pub(crate) selected: usize,
    /// The first of those who read that is shown.
    pub(crate) readers: usize,
    /// The guardian was proposed to the form that is open.
    pub(crate) proposed: bool,
    pub(crate) dialog: Dialog,
}

impl Default for ConsentPage {
    fn default() -> Self {
        Self { view: Load::Loading, selected: 0, readers: 0, proposed: false, dialog: Dialog::None }
    }
}

/// What is open over the consent screen.
#[derive(Debug)]
pub(crate) enum Dialog {
    None,
    Grant(GrantForm),
    Stop {
        org: OrgId,
        name: String,
    },
    /// The patient takes something back.
    Limit(Box<Limit>),
    /// The emergency summary, or cards that are lost.
    Patient(Box<PatientForm>),
    /// The node is writing.
    Writing,
}

/// The ledger.
#[derive(Debug)]
pub(crate) struct LedgerPage {
    pub(crate) view: Load<LedgerView>,
    pub(crate) selected: usize,
    pub(crate) check: Check,
    /// Where the proof of a block goes.
    pub(crate) prove: Option<Proving>,
}

impl Default for LedgerPage {
    fn default() -> Self {
        Self { view: Load::Loading, selected: 0, check: Check::None, prove: None }
    }
}

/// A check of everything stored.
#[derive(Debug)]
pub(crate) enum Check {
    None,
    /// How far it is, once that is known.
    Running(Option<Checking>),
    /// One that was under way when this was opened.
    Found(Checking),
    Done(VerifyReport),
}

/// The people of this terminal.
#[derive(Debug)]
pub(crate) struct PeoplePage {
    pub(crate) rows: Load<Vec<StaffRow>>,
    pub(crate) selected: usize,
    pub(crate) dialog: PeopleDialog,
}

impl Default for PeoplePage {
    fn default() -> Self {
        Self { rows: Load::Loading, selected: 0, dialog: PeopleDialog::None }
    }
}

/// What is open over the list of people.
#[derive(Debug)]
pub(crate) enum PeopleDialog {
    None,
    /// A face is being enrolled.
    Enrol {
        staff: StaffId,
        name: String,
        picture: Option<Preview>,
        prompt: Option<Prompt>,
        hint: Option<String>,
    },
    /// Destroy this person's templates?
    Forget {
        staff: StaffId,
        name: String,
    },
    /// A person is added.
    Add(Box<Form>),
    /// Suspend this person?
    Suspend {
        staff: StaffId,
        name: String,
    },
    /// The node is writing.
    Writing,
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Info,
    Good,
    Warning,
    Danger,
}

/// One line for the message bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) tone: Tone,
    pub(crate) text: Saying,
}

impl Model {
    /// The state at the start: asking the node what it is.
    pub(crate) fn new(zone: TimeZone, now: Millis) -> Self {
        Self {
            zone,
            now,
            status: None,
            room: Room::SignIn(SignIn { way: Way::Starting { after_lock: false }, looking: false }),
            unseen: None,
            notice: None,
            help: None,
            menu: None,
            drawn: Targets::default(),
            painting: Painting::default(),
            session: 0,
            last_key: now,
            touched: now,
            changes: Changes::default(),
            dirty: true,
        }
    }

    pub(crate) fn say(&mut self, tone: Tone, text: impl Into<Saying>) {
        self.notice = Some(Notice { tone, text: text.into() });
    }

    pub(crate) fn inside(&mut self) -> Option<&mut Inside> {
        match &mut self.room {
            Room::Inside(i) => Some(i),
            Room::SignIn(_) | Room::Turn(_) => None,
        }
    }

    pub(crate) fn page(&mut self) -> Option<&mut Page> {
        self.inside().map(|i| &mut i.page)
    }

    pub(crate) fn chart(&mut self) -> Option<&mut ChartPage> {
        match self.page()? {
            Page::Chart(c)
            | Page::Visit(c, _)
            | Page::Consent(c, _)
            | Page::Conflict(c, _)
            | Page::Correct(c, _)
            | Page::History(c, _)
            | Page::Ending(c, _)
            | Page::Vitals(c, _)
            | Page::Growth(c, _)
            | Page::Attachments(c, _) => Some(c),
            other => other.subject()?.as_mut()?.chart.as_deref_mut(),
        }
    }

    pub(crate) fn form(&mut self) -> Option<&mut Form> {
        self.page()?.form_mut()
    }

    pub(crate) fn visit(&mut self) -> Option<&mut VisitForm> {
        match self.page()? {
            Page::Visit(_, f) => Some(f),
            _ => None,
        }
    }

    pub(crate) fn consent(&mut self) -> Option<&mut ConsentPage> {
        match self.page()? {
            Page::Consent(_, c) => Some(c),
            _ => None,
        }
    }

    pub(crate) fn ledger(&mut self) -> Option<&mut LedgerPage> {
        match self.page()? {
            Page::Ledger(l) => Some(l),
            _ => None,
        }
    }

    pub(crate) fn people(&mut self) -> Option<&mut PeoplePage> {
        match self.page()? {
            Page::People(p) => Some(p),
            _ => None,
        }
    }

    /// True when this person gave a PIN or passphrase so lately that the node will not ask for it.
    pub(crate) fn proven(&self) -> bool {
        let Room::Inside(i) = &self.room else { return false };
        // A little less than the node allows: the call takes time.
        i.proof.is_some_and(|at| self.now.saturating_sub(at) + 20_000 < auth::STEP_UP)
    }

    /// The row of whoever is signed in among those who can sign in by PIN.
    pub(crate) fn own_pin(&self) -> bool {
        let Room::Inside(i) = &self.room else { return false };
        let people = self.status.iter().flat_map(|s| &s.people);
        people.into_iter().any(|p| p.staff == i.who.staff && p.pin)
    }

    pub(crate) fn mesh(&mut self) -> Option<&mut MeshPage> {
        match self.page()? {
            Page::Mesh(m) => Some(m),
            _ => None,
        }
    }
}

impl ConsentPage {
    pub(crate) fn sending(&self) -> bool {
        matches!(&self.dialog, Dialog::Grant(f) if f.sending)
    }
}
