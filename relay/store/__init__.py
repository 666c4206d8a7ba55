"""The one database: pairs, threads, journal and queue. All SQL of the house is in here."""

from relay.store.errors import StoreBusyOrFull, StoreDamaged, StoreError, StoreMissing, StoreNewer
from relay.store.excess import EXCESS
from relay.store.questions import UNPROVEN
from relay.store.store import Store
from relay.store.terms import (
    Acceptance,
    Accepted,
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
    "EXCESS",
    "UNPROVEN",
    "Acceptance",
    "Accepted",
    "CameBack",
    "Claimed",
    "ExcessRow",
    "Foreign",
    "NoSuchAlias",
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
]
