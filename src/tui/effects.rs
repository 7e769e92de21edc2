//! Executes effects with the node's client and reports what came of them.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use tarpc::{client::RpcError, context::Context};
use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
        oneshot,
    },
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::{
    core::{block::Kind, id::PatientId, policy::Purpose},
    jobs,
    node::api::{Changes, ClinicClient, Fault, FaultKind, RetentionChange},
};

use super::{
    attachment_calls::AttachmentCall,
    line::Line,
    msg::{Answer, Call, Long, Msg, Opened},
    work::Work,
};

/// How many of the newest blocks are shown.
const NEWEST: u32 = 200;
/// Between two looks through the camera: quick enough for a live picture, slow enough for an old machine.
const LOOK_PAUSE: Duration = Duration::from_millis(80);
/// How long leaving waits for what is being written.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// Runs calls: those that write one after the other, the others at once.
pub(crate) struct Runner {
    line: Arc<Line>,
    answers: UnboundedSender<Msg>,
    ordered: UnboundedSender<Turn>,
    /// Told when long calls are given up.
    gave_up: broadcast::Sender<Long>,
    worker: JoinHandle<()>,
}

/// What stands in the line of calls that go one after the other.
enum Turn {
    Call(u64, Call),
    /// Whoever waits here hears that all before it are done.
    Done(oneshot::Sender<()>),
}

impl Runner {
    /// Answers go to `answers`.
    pub(crate) fn new(line: Line, answers: UnboundedSender<Msg>) -> Self {
        let (ordered, queue) = unbounded_channel();
        let line = Arc::new(line);
        let worker = tokio::spawn(work(line.clone(), queue, answers.clone()));
        Self { line, answers, ordered, gave_up: broadcast::Sender::new(8), worker }
    }

    /// Begins a call.
    pub(crate) fn start(&self, session: u64, call: Call) {
        if call.in_order() {
            // The worker ends when this sender is dropped, or by a mistake of the program's own: then nothing can be written
            // any more, and must not seem to be.
            if self.ordered.send(Turn::Call(session, call)).is_err() {
                let _ = self.answers.send(Msg::Quit);
            }
            return;
        }
        let (line, answers) = (self.line.clone(), self.answers.clone());
        // Listened to from now on: whoever gives up at once is heard too.
        let gave_up = given_up(self.gave_up.subscribe(), call.long());
        tokio::spawn(async move {
            let paper = matches!(call, Call::Attachments(AttachmentCall::Look(..)));
            if paper || matches!(call, Call::Look(_) | Call::Enrol(..) | Call::LookForCard) {
                sleep(LOOK_PAUSE).await;
            }
            let answer = tokio::select! {
                answer = execute(&line, call) => Box::new(answer),
                // What is let go of here, the node lets go of too.
                () = gave_up => return,
            };
            // Nobody listens any more once the workstation was left.
            let _ = answers.send(Msg::Answer { session, answer });
        });
    }

    /// Waits for what is being written, such as the draft kept before a stop.
    pub(crate) async fn settle(&self) {
        let (done, all) = oneshot::channel();
        if self.ordered.send(Turn::Done(done)).is_ok() {
            let _ = timeout(LAST_WRITES, all).await;
        }
    }

    /// Lets go of calls of this kind.
    pub(crate) fn give_up(&self, long: Long) {
        // Nobody listens where nothing is under way.
        let _ = self.gave_up.send(long);
    }

    /// Waits for what is being written, such as the draft kept on leaving.
    pub(crate) async fn finish(self) {
        drop(self.ordered);
        let _ = timeout(LAST_WRITES, self.worker).await;
    }
}

/// Ends when calls of this kind are given up; a call of no kind never is.
async fn given_up(mut told: broadcast::Receiver<Long>, long: Option<Long>) {
    loop {
        match told.recv().await {
            Ok(given) if Some(given) == long => return,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            // The workstation was left: what runs may end.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

async fn work(line: Arc<Line>, mut queue: UnboundedReceiver<Turn>, answers: UnboundedSender<Msg>) {
    while let Some(turn) = queue.recv().await {
        match turn {
            Turn::Call(session, call) => {
                let answer = Box::new(execute(&line, call).await);
                let _ = answers.send(Msg::Answer { session, answer });
            }
            // Whoever waited may have had enough.
            Turn::Done(waits) => drop(waits.send(())),
        }
    }
}

/// Words for a call that the node didn't answer.
fn unanswered(e: RpcError) -> Fault {
    let words = match e {
        RpcError::DeadlineExceeded => "the node took too long to answer: try again".to_owned(),
        other => format!("the node does not answer: {other}"),
    };
    Fault::new(FaultKind::Unreachable, words)
}

/// Waits for a change. This is always under way, so it is what notices that the node has gone, and finds the next one.
async fn events(line: &Line, ctx: Context, since: u64) -> Result<Changes, Fault> {
    match line.client().events(ctx, since).await {
        Ok(changes) => Ok(changes),
        Err(e @ (RpcError::DeadlineExceeded | RpcError::Server(_))) => Err(unanswered(e)),
        Err(_) => line.again().await.ok_or_else(|| Fault::new(FaultKind::Unreachable, line.stopped())),
    }
}

/// What came of a call, the node's silence among it.
pub(crate) async fn flat<T>(
    call: impl Future<Output = Result<Result<T, Fault>, RpcError>>,
) -> Result<T, Fault> {
    call.await.unwrap_or_else(|e| Err(unanswered(e)))
}

/// The same for a call that never says no.
pub(crate) async fn plain<T>(call: impl Future<Output = Result<T, RpcError>>) -> Result<T, Fault> {
    call.await.map_err(unanswered)
}

async fn execute(line: &Line, call: Call) -> Answer {
    let client = &line.client();
    let mut ctx = tarpc::context::current();
    ctx.deadline = Instant::now() + Duration::from_millis(call.deadline());
    match call {
        Call::Status => Answer::Status(client.status(ctx).await.map_err(unanswered)),
        Call::Events(since) => Answer::Events(events(line, ctx, since).await),
        Call::Touch => Answer::Touch(flat(client.staff(ctx)).await.map(drop)),
        Call::Unlock(login, passphrase) => Answer::Unlock(flat(client.unlock(ctx, login, passphrase)).await),
        Call::Pin(who, pin) => Answer::Pin(flat(client.pin(ctx, who, pin)).await),
        Call::SetPin(pin) => Answer::SetPin(flat(client.set_pin(ctx, pin)).await),
        Call::Look(fresh) => Answer::Look(flat(client.look(ctx, fresh)).await),
        Call::People => Answer::People(flat(client.staff(ctx)).await),
        Call::Enrol(who, fresh) => Answer::Enrol(who, flat(client.enrol(ctx, who, fresh)).await),
        Call::RefreshFace(yes) => Answer::RefreshFace(flat(client.refresh_face(ctx, yes)).await),
        Call::ForgetFace(who) => Answer::ForgetFace(flat(client.forget_face(ctx, who)).await),
        Call::Lock => Answer::Lock(flat(client.lock(ctx)).await),
        Call::Patients(query) => {
            let rows = flat(client.patients(ctx, query.clone())).await;
            Answer::Patients(query, rows)
        }
        Call::Archived(query) => {
            let rows = flat(client.archived_patients(ctx, query.clone())).await;
            Answer::Archived(query, rows)
        }
        Call::Due(query) => {
            let rows = jobs::due(client, ctx, &query).await;
            Answer::Due(query, rows)
        }
        Call::Unarchive(id) => {
            Answer::Unarchive(id, flat(client.retain(ctx, RetentionChange::Restore(id))).await)
        }
        Call::Likely(who) => {
            let rows = flat(client.likely(ctx, who.clone())).await;
            Answer::Likely(who, rows)
        }
        Call::Conflicts(id) => Answer::Conflicts(id, flat(client.conflicts(ctx, id)).await),
        Call::Resolve(id, record, keep, take) => {
            Answer::Resolve(id, flat(client.resolve(ctx, id, record, keep, take)).await)
        }
        Call::Register(patient, guardian) => {
            Answer::Register(flat(client.register_form(ctx, patient, guardian)).await)
        }
        Call::KeepForm(of, draft) => Answer::KeepDraft(flat(client.keep_form(ctx, of, draft)).await),
        Call::FormDraft(of) => Answer::FormDraft(of, flat(client.form_draft(ctx, of)).await),
        Call::Chart(id) => Answer::Chart(id, open(client, ctx, id).await),
        Call::WriteVisit(id, draft) => Answer::WriteVisit(id, flat(client.write_visit(ctx, id, draft)).await),
        Call::KeepDraft(id, draft) => Answer::KeepDraft(flat(client.keep_draft(ctx, id, draft)).await),
        Call::Consent(id) => Answer::Consent(id, flat(client.consent(ctx, id)).await),
        Call::Grant(id, ask) => Answer::Grant(id, flat(client.grant(ctx, id, ask)).await),
        Call::StopSharing(id, org) => Answer::StopSharing(id, flat(client.stop_sharing(ctx, id, org)).await),
        Call::BreakGlass(id, reason, note) => {
            Answer::Emergency(id, flat(client.break_glass(ctx, id, reason, note)).await)
        }
        Call::Emergency(id) => Answer::Emergency(id, flat(client.emergency(ctx, id)).await),
        Call::Reviews => Answer::Reviews(flat(client.emergencies(ctx)).await),
        Call::Review(of, ask) => Answer::Review(flat(client.review(ctx, of, ask)).await),
        Call::Audit(ask) => {
            let part = flat(client.audit(ctx, ask.clone())).await;
            Answer::Audit(ask, part)
        }
        Call::Adopt(block) => Answer::Adopt(flat(client.adopt(ctx, vec![block])).await),
        Call::Ledger => Answer::Ledger(flat(client.ledger(ctx, NEWEST)).await),
        Call::Verify => Answer::Verify(flat(client.verify(ctx)).await),
        Call::Mesh => Answer::Mesh(flat(client.mesh(ctx)).await),
        Call::Sync => Answer::Sync(flat(client.sync(ctx)).await),
        Call::Link(up) => Answer::Link(up, flat(client.link(ctx, up)).await),
        Call::CourierOut(folder) => Answer::CourierOut(flat(client.courier_out(ctx, folder)).await),
        Call::CourierIn(folder) => Answer::CourierIn(flat(client.courier_in(ctx, folder)).await),
        Call::LookForCard => Answer::LookForCard(flat(client.look_for_card(ctx)).await),
        Call::OpenCard(ask, code, pin) => {
            Answer::OpenCard(flat(client.grant_by_card(ctx, None, ask, code, pin)).await)
        }
        Call::Rights(call) => Answer::Rights(call.run(client, ctx).await),
        Call::Record(call) => Answer::Record(call.run(client, ctx).await),
        Call::Papers(call) => Answer::Papers(call.run(client, ctx).await),
        Call::Attachments(call) => Answer::Attachments(call.run(client, ctx).await),
        Call::Admin(call) => Answer::Admin(call.run(client, ctx).await),
        Call::Desk(call) => Answer::Desk(call.run(client, ctx).await),
        Call::Work => Answer::Work(waiting(client, ctx).await.map(Box::new)),
        Call::BeginTurn => Answer::BeginTurn(flat(client.begin_turn(ctx)).await),
        Call::OwnRecord(code, pin) => {
            Answer::OwnRecord(flat(client.own_record(ctx, code, pin)).await.map(Box::new))
        }
        Call::OwnStopSharing(org) => Answer::OwnStopSharing(flat(client.own_stop_sharing(ctx, org)).await),
        Call::IssueCard(id, pin, reissue) => {
            Answer::IssueCard(flat(client.issue_card(ctx, id, pin, None, reissue)).await)
        }
    }
}

/// What waits, of each kind.
async fn waiting(client: &ClinicClient, ctx: Context) -> Result<Work, Fault> {
    Ok(Work {
        drafts: flat(client.drafts(ctx)).await?,
        due: jobs::due(client, ctx, "").await?,
        conflicts: flat(client.in_conflict(ctx)).await?,
        emergencies: flat(client.emergencies(ctx)).await?,
        requests: flat(client.requests(ctx)).await?,
    })
}

/// What is held is asked first: whatever comes between is news rather than overlooked.
async fn open(client: &ClinicClient, ctx: Context, id: PatientId) -> Result<Opened, Fault> {
    let ledger = flat(client.ledger(ctx, NEWEST)).await?;
    let chart = flat(client.chart(ctx, id, Purpose::Treatment)).await?;
    // Only the own organisation's patients have drafts.
    let draft = if chart.own { flat(client.draft(ctx, id)).await? } else { None };
    let known = ledger.blocks.iter().filter(|b| b.kind == Kind::Records).map(|b| b.id).collect();
    Ok(Opened { chart, draft, known })
}
