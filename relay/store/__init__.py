"""The one database: pairs, threads, journal and queue. All SQL of the house is in here."""

from relay.store.errors import StoreBusyOrFull, StoreDamaged, StoreError, StoreMissing, StoreNewer
from relay.store.excess import EXCESS
from relay.store.members import reachable
from relay.store.membership import (
    AddressQuestion,
    Asked,
    Forgotten,
    Member,
    MemberAddress,
    MemberRow,
    Owed,
    Part,
    Proven,
)
from relay.store.questions import ANSWER_WITHIN, UNPROVEN, UNPROVEN_ADDRESS
from relay.store.store import Store
from relay.store.terms import (
    Acceptance,
    Accepted,
    Answered,
    CameBack,
    Claimed,
    ExcessRow,
    Foreign,
    NoSuchAlias,
    Question,
    QueueRow,
    Settlement,
    SuspendedRow,
    Traits,
    Way,
)

__all__ = [
    "ANSWER_WITHIN",
    "EXCESS",
    "UNPROVEN",
    "UNPROVEN_ADDRESS",
    "Acceptance",
    "Accepted",
    "AddressQuestion",
    "Answered",
    "Asked",
    "CameBack",
    "Claimed",
    "ExcessRow",
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
    "Traits",
    "Way",
    "reachable",
]
