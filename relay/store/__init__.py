"""The database: pairs, journal, queue, events, holds, jobs. All SQL of relay is in this package."""

from relay.store.changes import Change, Happened
from relay.store.confirmations import ANSWER_WITHIN, ASKED_AT_MOST
from relay.store.conversations import Conversation
from relay.store.dmarc_reports import DmarcSummary
from relay.store.duplicates import REMEMBERED
from relay.store.effects import Committed, Effects
from relay.store.engine.lock_holders import Program, lock_holders
from relay.store.engine.upgrade import BeforeUpgrade, Upgrade
from relay.store.errors import (
    StoreBusyOrFull,
    StoreDamaged,
    StoreError,
    StoreForbidden,
    StoreLocked,
    StoreMissing,
    StoreNewer,
)
from relay.store.event_chain import ChainState
from relay.store.hold_records import Decided, Decider, Hold, HoldDecision
from relay.store.jobs import (
    ABSENCES,
    EXPIRE_QUESTIONS,
    FORGET_WISHED,
    INVITATIONS,
    RELEASE_OVER_LIMIT,
    REPORTS,
    UNPROVEN_MAIL,
    ClaimedJob,
    JobRow,
)
from relay.store.kept_letters import KeptLetter
from relay.store.people.absences import AbsenceEnded, AbsenceSet, VacationAllowed, VacationTold
from relay.store.people.address_moves import AddressAsked, AddressMove, MoveDropped, OldAgreed
from relay.store.people.desk_questions import About, DeskQuestion, QuestionAsked, QuestionClosed
from relay.store.people.invitation_records import (
    GUARDIAN,
    Consent,
    ConsentShown,
    Invitation,
    InvitationAnswer,
    Invited,
)
from relay.store.people.languages import LanguageChosen
from relay.store.people.legal_holds import BY_MEMBER, ForgetAsked, LegalHoldError
from relay.store.people.manners import TimeZoneGiven
from relay.store.people.members import reachable
from relay.store.people.pausing import BOTH, PairLeft, PairPaused, PairResumed
from relay.store.people.records import (
    AddressConfirmation,
    Asked,
    Forgotten,
    Member,
    MemberAddress,
    MemberRow,
    Owed,
    Part,
    Proven,
)
from relay.store.people.replacing import Replacement
from relay.store.people.reporting import AuthorAnswered, PairNamed, PairsReported
from relay.store.people.reports import Authorship, Report, ReportAnswered
from relay.store.people.unproven_mail import MailFinished, MailKept, UnprovenMail
from relay.store.queue.holding import (
    AUTHOR_DECIDES,
    COORDINATOR_DECIDES,
    NO_SECURE_WAY,
    OVER_LIMIT,
    REPORTED,
    UNPROVEN,
    UNPROVEN_ADDRESS,
    WORD_ALONE,
)
from relay.store.records import (
    FROM_OPERATOR,
    TO_OPERATOR,
    Acceptance,
    Accepted,
    Answer,
    Answered,
    CameBack,
    Claimed,
    ConfirmationRequest,
    Decision,
    DmarcCounts,
    Foreign,
    LetterKey,
    NoSuchAlias,
    OpenConfirmation,
    OverLimitRow,
    QueueRow,
    RouteLookup,
    Settlement,
    SuspendedRow,
    Turn,
    Waiting,
)
from relay.store.rekeying import Rotation
from relay.store.retention import Cutoffs, OldRows
from relay.store.role_mailboxes import ROLE_ANSWER_WITHIN, RoleAnswer, RoleMailbox
from relay.store.store import Store

__all__ = [
    "ABSENCES",
    "ANSWER_WITHIN",
    "ASKED_AT_MOST",
    "AUTHOR_DECIDES",
    "BOTH",
    "BY_MEMBER",
    "COORDINATOR_DECIDES",
    "EXPIRE_QUESTIONS",
    "FORGET_WISHED",
    "FROM_OPERATOR",
    "GUARDIAN",
    "INVITATIONS",
    "NO_SECURE_WAY",
    "OVER_LIMIT",
    "RELEASE_OVER_LIMIT",
    "REMEMBERED",
    "REPORTED",
    "REPORTS",
    "ROLE_ANSWER_WITHIN",
    "TO_OPERATOR",
    "UNPROVEN",
    "UNPROVEN_ADDRESS",
    "UNPROVEN_MAIL",
    "WORD_ALONE",
    "About",
    "AbsenceEnded",
    "AbsenceSet",
    "Acceptance",
    "Accepted",
    "AddressAsked",
    "AddressConfirmation",
    "AddressMove",
    "Answer",
    "Answered",
    "Asked",
    "AuthorAnswered",
    "Authorship",
    "BeforeUpgrade",
    "CameBack",
    "ChainState",
    "Change",
    "Claimed",
    "ClaimedJob",
    "Committed",
    "ConfirmationRequest",
    "Consent",
    "ConsentShown",
    "Conversation",
    "Cutoffs",
    "Decided",
    "Decider",
    "Decision",
    "DeskQuestion",
    "DmarcCounts",
    "DmarcSummary",
    "Effects",
    "Foreign",
    "ForgetAsked",
    "Forgotten",
    "Happened",
    "Hold",
    "HoldDecision",
    "Invitation",
    "InvitationAnswer",
    "Invited",
    "JobRow",
    "KeptLetter",
    "LanguageChosen",
    "LegalHoldError",
    "LetterKey",
    "MailFinished",
    "MailKept",
    "Member",
    "MemberAddress",
    "MemberRow",
    "MoveDropped",
    "NoSuchAlias",
    "OldAgreed",
    "OldRows",
    "OpenConfirmation",
    "OverLimitRow",
    "Owed",
    "PairLeft",
    "PairNamed",
    "PairPaused",
    "PairResumed",
    "PairsReported",
    "Part",
    "Program",
    "Proven",
    "QuestionAsked",
    "QuestionClosed",
    "QueueRow",
    "Replacement",
    "Report",
    "ReportAnswered",
    "RoleAnswer",
    "RoleMailbox",
    "Rotation",
    "RouteLookup",
    "Settlement",
    "Store",
    "StoreBusyOrFull",
    "StoreDamaged",
    "StoreError",
    "StoreForbidden",
    "StoreLocked",
    "StoreMissing",
    "StoreNewer",
    "SuspendedRow",
    "TimeZoneGiven",
    "Turn",
    "UnprovenMail",
    "Upgrade",
    "VacationAllowed",
    "VacationTold",
    "Waiting",
    "lock_holders",
    "reachable",
]
