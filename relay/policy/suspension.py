"""When a mailbox counts as gone for good, so that nothing more is sent to it until a person has looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from relay.model import JournalEntry

_GONE = frozenset({"5.1.1", "5.1.3", "5.1.6", "5.1.10"})
"""Bad mailbox, bad syntax, moved away (RFC 3463 3.2), recipient not found (RFC 7505, and Exchange). Not a full mailbox
(5.2.2), not a refusal of the letter (5.7.x), not an unknown domain (5.1.2), which may be back tomorrow."""


def gone(reason: str) -> bool:
    """Whether the journal's ``reason`` for a failure ("550 5.1.1", "returned 5.1.1") says that there is no such
    mailbox."""
    return reason.rpartition(" ")[2] in _GONE


def unreachable(letters: Sequence[JournalEntry], after: timedelta) -> bool:
    """Whether the one member that ``letters`` went to, oldest first, should be written to no more.

    So it is when the newest ones failed because there is no such mailbox, for at least ``after``, and none was
    delivered meanwhile: servers say "no such user" on their own bad days, too.
    """
    failed_at = []
    for letter in reversed(letters):
        if letter.outcome == "delivered":
            break
        if letter.outcome == "failed" and letter.settled_at is not None and gone(letter.reason):
            failed_at.append(letter.settled_at)
    return bool(failed_at) and max(failed_at) - min(failed_at) >= after
