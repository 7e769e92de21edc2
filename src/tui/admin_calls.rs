//! What the screens of admins ask of the node, and what it answers.

use tarpc::context::Context;

use crate::{
    core::{
        governance::{Proposal, Role},
        id::{BlockId, DeviceId, OrgId, ProposalId, StaffId},
    },
    node::{
        api::{
            ClinicClient, ConsortiumView, Fault, FaultKind, LinkPolicy, LostView, Passphrase, PeerRow,
            ProposalRow,
        },
        text::{self, Invite},
    },
};

use super::{
    effects::flat,
    files::{NewFile, Untaken, read_text},
    joining::Joining,
    proposing::{NewPolicy, Proposing},
};

/// The most of a file with a request that is read, in bytes: 64 KiB as hexadecimal digits, with some air.
const MAX_REQUEST: u64 = 132 * 1024;

/// The most of a file with a policy that is read, in bytes: more than a policy may have.
const MAX_POLICY_FILE: u64 = 64 * 1024;

/// A request to the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AdminCall {
    /// Terminals, and what is to be decided.
    Overview,
    /// Suspends a terminal that was lost.
    Lose(DeviceId),
    Approve(ProposalId),
    /// Ends a round whose votes have split.
    Void,
    /// Reads a policy from a file, and looks whether it could be proposed.
    ReadPolicy(String),
    Propose(Proposing),
    /// How this terminal uses its links.
    SetLinks(LinkPolicy),
    /// Remembers where another terminal answers, from its ticket.
    Reach(String),
    /// Writes the proof of a block to a new file.
    Prove(BlockId, String),
    AddStaff(NewStaff),
    SuspendStaff(StaffId),
    /// Writes an invitation to a new file.
    Invite(String),
    /// Reads a newcomer's request from a file.
    ReadRequest(String),
    /// Admits the organisation of a request.
    Admit(String),
    /// Certifies the terminal of a request, and writes its certificate to a new file.
    Certify(String, String),
}

/// A person who is to sign in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewStaff {
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) passphrase: Passphrase,
}

/// Terminals that are certified, and what the consortium is to decide.
#[derive(Debug)]
pub(crate) struct Overview {
    pub(crate) terminals: Vec<PeerRow>,
    pub(crate) proposals: Vec<ProposalRow>,
    pub(crate) consortium: ConsortiumView,
}

/// An invitation that was written.
#[derive(Debug)]
pub(crate) struct Invited {
    /// Where.
    pub(crate) path: String,
    /// What the newcomer's screen must show too.
    pub(crate) fingerprint: String,
}

/// What an [`AdminCall`] gave.
#[derive(Debug)]
pub(crate) enum AdminAnswer {
    Overview(Result<Overview, Fault>),
    Lose(Result<LostView, Fault>),
    Approve(Result<(), Fault>),
    Void(Result<(), Fault>),
    ReadPolicy(Result<NewPolicy, Untaken>),
    Propose(Result<ProposalId, Fault>),
    SetLinks(Result<(), Fault>),
    Reach(Result<DeviceId, Fault>),
    Prove(Result<String, Untaken>),
    AddStaff(String, Result<StaffId, Fault>),
    SuspendStaff(Result<(), Fault>),
    Invite(Result<Invited, Untaken>),
    ReadRequest(Result<Box<Joining>, Untaken>),
    Admit(Result<OrgId, Fault>),
    Certify(Result<String, Untaken>),
}

impl AdminCall {
    /// Its place among what writes matters.
    pub(crate) fn in_order(&self) -> bool {
        !matches!(self, AdminCall::Overview | AdminCall::ReadRequest(_) | AdminCall::ReadPolicy(_))
    }

    /// Does it.
    pub(crate) async fn run(self, client: &ClinicClient, ctx: Context) -> AdminAnswer {
        match self {
            AdminCall::Overview => AdminAnswer::Overview(overview(client, ctx).await),
            AdminCall::Lose(id) => AdminAnswer::Lose(flat(client.lose_device(ctx, id.to_string())).await),
            AdminCall::Approve(id) => AdminAnswer::Approve(flat(client.approve(ctx, id)).await),
            AdminCall::Void => AdminAnswer::Void(flat(client.void(ctx)).await),
            AdminCall::ReadPolicy(path) => AdminAnswer::ReadPolicy(read_policy(client, ctx, &path).await),
            AdminCall::Propose(what) => AdminAnswer::Propose(match what {
                Proposing::Expel(org) => flat(client.propose_expulsion(ctx, org)).await,
                Proposing::Witness(device) => flat(client.propose_witness(ctx, device)).await,
                Proposing::Policy(text) => flat(client.propose_policy(ctx, text)).await,
            }),
            AdminCall::Reach(ticket) => AdminAnswer::Reach(flat(client.add_peer(ctx, ticket)).await),
            AdminCall::Prove(block, path) => {
                let proof = async { flat(client.prove(ctx, block)).await };
                AdminAnswer::Prove(to_file(&path, proof).await)
            }
            AdminCall::SetLinks(policy) => AdminAnswer::SetLinks(flat(client.set_links(ctx, policy)).await),
            AdminCall::AddStaff(new) => {
                let name = new.name.clone();
                let added = flat(client.add_staff(ctx, new.login, new.name, new.role, new.passphrase)).await;
                AdminAnswer::AddStaff(name, added)
            }
            AdminCall::Invite(path) => {
                let mut fingerprint = String::new();
                let invite = async {
                    let line = flat(client.invite(ctx)).await?;
                    fingerprint = text::read::<Invite>(&line)?.fingerprint();
                    Ok(line)
                };
                let written = to_file(&path, invite).await;
                AdminAnswer::Invite(written.map(|path| Invited { path, fingerprint }))
            }
            AdminCall::ReadRequest(path) => AdminAnswer::ReadRequest(read_request(&path).await),
            AdminCall::Admit(line) => AdminAnswer::Admit(flat(client.admit(ctx, line)).await),
            AdminCall::Certify(line, path) => {
                let certified = async { flat(client.certify(ctx, line)).await };
                AdminAnswer::Certify(to_file(&path, certified).await)
            }
            AdminCall::SuspendStaff(id) => {
                AdminAnswer::SuspendStaff(flat(client.suspend_staff(ctx, id)).await)
            }
        }
    }
}

impl AdminAnswer {
    /// The fault, if the call failed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            AdminAnswer::Overview(r) => r.as_ref().err(),
            AdminAnswer::Lose(r) => r.as_ref().err(),
            AdminAnswer::Approve(r) | AdminAnswer::Void(r) | AdminAnswer::SuspendStaff(r) => r.as_ref().err(),
            AdminAnswer::AddStaff(_, r) => r.as_ref().err(),
            AdminAnswer::Admit(r) => r.as_ref().err(),
            AdminAnswer::ReadPolicy(r) => r.as_ref().err().and_then(Untaken::fault),
            AdminAnswer::Propose(r) => r.as_ref().err(),
            AdminAnswer::SetLinks(r) => r.as_ref().err(),
            AdminAnswer::Reach(r) => r.as_ref().err(),
            AdminAnswer::Prove(r) => r.as_ref().err().and_then(Untaken::fault),
            AdminAnswer::Invite(r) => r.as_ref().err().and_then(Untaken::fault),
            AdminAnswer::Certify(r) => r.as_ref().err().and_then(Untaken::fault),
            AdminAnswer::ReadRequest(r) => r.as_ref().err().and_then(Untaken::fault),
        }
    }
}

async fn overview(client: &ClinicClient, ctx: Context) -> Result<Overview, Fault> {
    let terminals = flat(client.mesh(ctx)).await?.peers;
    let consortium = flat(client.consortium(ctx)).await?;
    Ok(Overview { terminals, proposals: flat(client.proposals(ctx)).await?, consortium })
}

/// What the node gives in a new file, which is made first: what was signed must not be lost for want of a place.
async fn to_file<T: AsRef<[u8]>>(
    path: &str,
    what: impl Future<Output = Result<T, Fault>>,
) -> Result<String, Untaken> {
    let file = NewFile::create(path).await.map_err(Untaken::File)?;
    match what.await {
        Ok(bytes) => file.fill(&bytes).await.map_err(Untaken::File),
        Err(fault) => Err(Untaken::Node(fault)),
    }
}

/// A policy that could be proposed, and what of it is new.
async fn read_policy(client: &ClinicClient, ctx: Context, path: &str) -> Result<NewPolicy, Untaken> {
    let text = read_text(path, MAX_POLICY_FILE).await.map_err(Untaken::File)?;
    let proposal = Proposal::Policy(text.clone());
    let bad = |why: String| Untaken::Node(Fault::new(FaultKind::Refused, format!("{path}: {why}")));
    proposal.check().map_err(bad)?;
    let now = flat(client.consortium(ctx)).await.map_err(Untaken::Node)?.policy;
    Ok(NewPolicy::new(path, text, &now))
}

async fn read_request(path: &str) -> Result<Box<Joining>, Untaken> {
    let line = read_text(path, MAX_REQUEST).await.map_err(Untaken::File)?;
    let request = text::read(&line).map_err(Untaken::Node)?;
    Ok(Box::new(Joining { line, request }))
}
