"""Field names in the header blocks that mail programs copy into replies, in many languages (labels.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from enum import Enum
from importlib.resources import files

from relay.anonymise.names.fold import skeleton_of


class Field(Enum):
    """The meaning of a field in a header block."""

    FROM = "from"
    TO = "to"
    COPY = "copy"
    SENT = "sent"
    DATE = "date"
    SUBJECT = "subject"
    OTHER = "other"
    RAW = "raw"

    __hash__ = object.__hash__  # Enum's own is implemented in Python, and slow


_TABLE: dict[str, dict[str, str]] = tomllib.loads(files(__package__).joinpath("labels.toml").read_text("utf-8"))

LABELS: dict[str, Field] = {
    " ".join(name.split()): Field(field)
    for field, names in _TABLE["fields"].items()
    for name in skeleton_of(names).split("|")
    if name.strip()
}
"""Folded label → field."""

ROUTE = frozenset(_TABLE["route"]["names"].split())
"""Fields that occur only in a mail's header section (RFC 5322 3.6, RFC 8601, RFC 6376 …)."""

_LANGUAGES = {language: frozenset(labels.split("|")) for language, labels in _TABLE["languages"].items()}


def field_of(label: str) -> Field | None:
    """The field that a label names, as written, without its colon; None when it is none that people read."""
    pieces = skeleton_of(label).split()
    if len(pieces) > 1 and all(len(piece) == 1 and not piece.isascii() for piece in pieces):
        return LABELS.get("".join(pieces))  # "主  题" stands as wide as "收件人"
    return LABELS.get(" ".join(pieces))


def languages_of_labels(labels: Iterable[str]) -> list[str]:
    """The languages (BCP 47) that have most of these labels, which are as written, in lower case. English is none of
    them."""
    written = frozenset(labels)
    hits = {language: len(written & known) for language, known in _LANGUAGES.items()}
    most = max(hits.values())
    return [language for language, count in hits.items() if count == most] if most else []
