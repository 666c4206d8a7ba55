"""The one database: pairs, threads, journal and queue. All SQL of the house is in here."""

from relay.store.confirmations import ANSWER_WITHIN, ASKED_AT_MOST
from relay.store.duplicates import REMEMBERED
from relay.store.errors import StoreBusyOrFull, StoreDamaged, StoreError, StoreMissing, StoreNewer
from relay.store.event_chain import ChainState
from relay.store.hold_records import Decided, Decider, Hold, HoldDecision
from relay.store.jobs import EXPIRE_QUESTIONS, RELEASE_OVER_LIMIT, ClaimedJob, JobRow
from relay.store.people.members import reachable
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
from relay.store.queue.holding import NO_SECURE_WAY, OVER_LIMIT, UNPROVEN, UNPROVEN_ADDRESS
from relay.store.records import (
    Acceptance,
    Accepted,
    Answer,
    Answered,
    CameBack,
    Claimed,
    Committed,
    ConfirmationRequest,
    Decision,
    Effects,
    Foreign,
    LetterKey,
    NoSuchAlias,
    OpenConfirmation,
    OverLimitRow,
    QueueRow,
    RouteLookup,
    Settlement,
    SuspendedRow,
    Waiting,
)
from relay.store.rekeying import Rotation
from relay.store.retention import Cutoffs, OldRows
from relay.store.store import Store

__all__ = [
    "ANSWER_WITHIN",
    "ASKED_AT_MOST",
    "EXPIRE_QUESTIONS",
    "NO_SECURE_WAY",
    "OVER_LIMIT",
    "RELEASE_OVER_LIMIT",
    "REMEMBERED",
    "UNPROVEN",
    "UNPROVEN_ADDRESS",
    "Acceptance",
    "Accepted",
    "AddressConfirmation",
    "Answer",
    "Answered",
    "Asked",
    "CameBack",
    "ChainState",
    "Claimed",
    "ClaimedJob",
    "Committed",
    "ConfirmationRequest",
    "Cutoffs",
    "Decided",
    "Decider",
    "Decision",
    "Effects",
    "Foreign",
    "Forgotten",
    "Hold",
    "HoldDecision",
    "JobRow",
    "LetterKey",
    "Member",
    "MemberAddress",
    "MemberRow",
    "NoSuchAlias",
    "OldRows",
    "OpenConfirmation",
    "OverLimitRow",
    "Owed",
    "Part",
    "Proven",
    "QueueRow",
    "Rotation",
    "RouteLookup",
    "Settlement",
    "Store",
    "StoreBusyOrFull",
    "StoreDamaged",
    "StoreError",
    "StoreMissing",
    "StoreNewer",
    "SuspendedRow",
    "Waiting",
    "reachable",
]
