//! What keys can mean.

use super::super::input::Edit;

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Help,
    Menu,
    Quit,
    /// Gives the terminal back to the shell for a while.
    Suspend,
    Lock,
    GoPatients,
    GoLedger,
    GoMesh,
    GoPeople,
    GoReviews,
    /// Who read what.
    GoAudit,
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
    /// Puts a new card on paper.
    Print,
    Edit(Edit),
    /// Between the list of every day and the archive.
    Shelf,
    /// Between the list of every day and those who are due.
    Due,
    /// Takes the patient out of the archive.
    Unarchive,
    /// The chart of somebody who may be the person that is being registered.
    OpenLikely,
    /// Between versions that were written at two places at once.
    Decide,
    /// Papers, lists and files.
    GoPapers,
    /// Who may be registered twice.
    GoTwice,
    /// Two records are one person's.
    SamePerson,
    /// They are not.
    NotSame,
    /// Who the patient is.
    CorrectWho,
    /// The selected visit.
    CorrectVisit,
    /// Something that was coded at a visit is over.
    EndItem,
    /// Strikes the selected visit out, or lets it stand again.
    Strike,
    /// The next part of a visit that is longer than its room.
    ReadOn,
    /// Every version of the selected visit.
    History,
    /// Every version of who the patient is.
    WhoHistory,
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
    /// Writes what others must know in an emergency.
    WriteSummary,
    /// Passes on what this organisation was allowed.
    PassOn,
    /// Ends every card, without a new one.
    RevokeCards,
    OrderErasure,
    /// Suspends a terminal that was lost.
    Lose,
    Approve,
    /// Ends a round whose votes have split.
    EndRound,
    Invite,
    /// Reads a newcomer's request.
    Newcomer,
    /// Proposes something to the consortium.
    Propose,
    /// How links are used.
    Links,
    /// Seal this terminal.
    Seal,
    /// Meet a terminal whose ticket somebody has.
    Reach,
    /// A proof that a block is final, in a file.
    Prove,
    GoKeys,
    GoRetention,
    GoHealth,
    /// Changes one's own passphrase.
    Passphrase,
    RecoveryCode,
    /// Shows the organisation's recovery kit.
    OrgKit,
    /// Another passphrase for somebody who forgot theirs.
    ResetPassphrase,
    RemoveSlot,
    /// Looks what is due for the archive.
    LookDue,
    ArchiveDue,
    AdoptSchedule,
    Hold,
    Release,
    Backup,
    /// Opens the door for one terminal that joins over the network.
    OpenDoor,
    /// The codes differ, or that terminal is not wanted.
    Decline,
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
    /// Files kept with a record.
    Attachments,
    /// Keeps another file with it.
    Attach,
    /// Takes a picture of a paper.
    Photograph,
    /// Takes it once more.
    TakeAgain,
    /// Asks others for the pieces of a file that aren't here.
    WantPieces,
}

impl Action {
    /// It leads away from a page, wherever that is.
    pub(in crate::tui) fn leaves(self) -> bool {
        use Action::*;
        matches!(
            self,
            Quit | GoPatients
                | GoLedger
                | GoMesh
                | GoPeople
                | GoRequests
                | GoShare
                | GoErasures
                | GoGovern
                | GoKeys
                | GoRetention
                | GoHealth
                | GoPapers
                | GoTwice
                | GoWork
                | GoReviews
                | GoAudit
                | PatientsTurn
        )
    }

    /// It only moves about, or is the menu itself.
    pub(super) fn moves(self) -> bool {
        use Action::*;
        matches!(self, Up | Down | PageUp | PageDown | NextField | PrevField | Newline | Edit(_) | Menu)
    }
}
