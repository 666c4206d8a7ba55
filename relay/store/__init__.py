"""The one database: pairs, threads, journal and queue. All SQL of the house is in here."""

from relay.store.errors import StoreBusyOrFull, StoreDamaged, StoreError, StoreMissing, StoreNewer
from relay.store.members import reachable
from relay.store.questions import ANSWER_WITHIN, UNPROVEN, UNPROVEN_ADDRESS
from relay.store.store import Store
from relay.store.terms import (
    Acceptance,
    AddressQuestion,
    Answered,
    Asked,
    CameBack,
    Claimed,
    Foreign,
    Forgotten,
    Member,
    MemberAddress,
    MemberRow,
    NoSuchAlias,
    Owed,
    Part,
    Proven,
    Question,
    QueueRow,
    Settlement,
    SuspendedRow,
)

__all__ = [
    "ANSWER_WITHIN",
    "UNPROVEN",
    "UNPROVEN_ADDRESS",
    "Acceptance",
    "AddressQuestion",
    "Answered",
    "Asked",
    "CameBack",
    "Claimed",
    "Foreign",
    "Forgotten",
    "Member",
    "MemberAddress",
    "MemberRow",
    "NoSuchAlias",
    "Owed",
    "Part",
    "Proven",
    "Question",
    "QueueRow",
    "Settlement",
    "Store",
    "StoreBusyOrFull",
    "StoreDamaged",
    "StoreError",
    "StoreMissing",
    "StoreNewer",
    "SuspendedRow",
    "reachable",
]
