"""The domain types: frozen values that all packages share."""

from relay.model.mail import (
    Attachment,
    Envelope,
    Headers,
    Message,
    Reply,
    RoutingHeaders,
)
from relay.model.orders import (
    AnswerOrder,
    Passed,
    RebuildOrder,
    Rebuilt,
)
from relay.model.people import (
    Identity,
    NewPair,
    Pair,
    Persona,
    Route,
    Side,
)
from relay.model.records import (
    Delivery,
    Event,
    EventKind,
    JournalEntry,
    KeptPolicy,
    NewDelivery,
    ThreadLink,
)
from relay.model.scrubbing import (
    Change,
    Conversions,
    Doubt,
    Echo,
    Echoes,
    History,
    Known,
    Removal,
    Scrubbed,
    ToConvert,
)
from relay.states import MemberState, PairState

__all__ = [
    "AnswerOrder",
    "Attachment",
    "Change",
    "Conversions",
    "Delivery",
    "Doubt",
    "Echo",
    "Echoes",
    "Envelope",
    "Event",
    "EventKind",
    "Headers",
    "History",
    "Identity",
    "JournalEntry",
    "KeptPolicy",
    "Known",
    "MemberState",
    "Message",
    "NewDelivery",
    "NewPair",
    "Pair",
    "PairState",
    "Passed",
    "Persona",
    "RebuildOrder",
    "Rebuilt",
    "Removal",
    "Reply",
    "Route",
    "RoutingHeaders",
    "Scrubbed",
    "Side",
    "ThreadLink",
    "ToConvert",
]
