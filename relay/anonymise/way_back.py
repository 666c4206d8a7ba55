"""Gives an author back their own words in the answer, where relay had changed them: subjects, and identifiers and
addresses of calendar entries.

A subject without its author's name is another subject to their mail program, and an entry under another identifier is
another entry to their calendar. So what relay wrote, and what its author had written, are remembered for the pair
(relay.model.Change), and changed back on the way to that author, and to nobody else.
"""

from __future__ import annotations

import re
from dataclasses import replace

import regex

from relay.model import Change, Echoes, Known, Scrubbed

SUBJECT, IDENTIFIER, ORGANISER = "subject", "identifier", "organiser"
"""Kinds of changes. An organiser is found by the identifier of the entry as relay wrote it."""

MAX_CHANGES = 50
"""Changes of one letter that are remembered."""
_LONGEST = 1000  # characters of one of them
_PREFIX = re.compile(r"(?:(?:Re|Fwd): )+")
_ANY_PREFIX = regex.compile(r"\s*(?:\p{L}{1,6}\s*:\s*)+")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


class Changes:
    """The changes of one letter (``redactor.of_letter(Changes)``)."""

    def __init__(self) -> None:
        self._changes: dict[Change, None] = {}

    def changed(self, kind: str, arrived: str, written: str) -> None:
        """Note a change: the author wrote ``written``, and relay sends ``arrived`` in its place."""
        if arrived != written and len(self._changes) < MAX_CHANGES and max(len(arrived), len(written)) <= _LONGEST:
            self._changes[Change(kind, arrived, written)] = None

    def all(self) -> tuple[Change, ...]:
        """Every change so far."""
        return tuple(self._changes)


def as_written(kind: str, arrived: str, known: Known) -> str | None:
    """The recipient's own words that relay once replaced by ``arrived``; None when it replaced none."""
    return next((one.written for one in known.echoes.changes if (one.kind, one.arrived) == (kind, arrived)), None)


def is_returned(kind: str, written: str, known: Known) -> bool:
    """Whether ``written`` is the recipient's own already: a letter may be scrubbed twice."""
    return any(one.kind == kind and one.written == written for one in known.echoes.changes)


def is_own_subject(subject: str, known: Known) -> bool:
    """Whether a subject is one that its reader wrote and that relay changed on the way out."""
    changes = [one for one in known.echoes.changes if one.kind == SUBJECT]
    return bool(changes) and core(subject) in {core(one.written) for one in changes}


def bare(subject: str) -> str:
    """A subject without relay's own prefixes."""
    return _PREFIX.sub("", subject, count=1) if _PREFIX.match(subject) else subject


def prefix(subject: str) -> str:
    """Relay's own prefix of a subject; "" for none."""
    found = _PREFIX.match(subject)
    return found[0] if found else ""


def core(subject: str) -> str:
    """A subject as it is compared: without prefixes ("Re:", "Antw:"), case and signs."""
    found = _ANY_PREFIX.match(subject)
    return "".join(_WORD.findall(subject[found.end() if found else 0 :].casefold()))


def both_times(first: Scrubbed, again: Scrubbed) -> Echoes:
    """The echoes of a letter that was scrubbed twice: the words its author wrote are those before the first scrub."""
    changes = first.echoes.changes
    if any(one.kind == SUBJECT for one in changes):
        arrived = core(again.message.subject)
        changes = tuple(replace(one, arrived=arrived) if one.kind == SUBJECT else one for one in changes)
    else:
        changes = (*changes, *(one for one in again.echoes.changes if one.kind == SUBJECT))
    return replace(again.echoes, changes=changes)
