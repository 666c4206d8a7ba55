"""When a mailbox counts as gone, so that nothing more is sent to it until a person has checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from relay.model import JournalEntry

_GONE = frozenset({"5.1.1", "5.1.3", "5.1.6", "5.1.10"})
"""Bad mailbox, bad syntax, moved away (RFC 3463 3.2), recipient not found (RFC 7505, and Exchange). Not: full mailbox
(5.2.2), refused content (5.7.x), unknown domain (5.1.2), which may be temporary."""


def gone(reason: str) -> bool:
    """Whether the journal's ``reason`` for a failure ("550 5.1.1", "returned 5.1.1") means that the mailbox does not
    exist."""
    return reason.rpartition(" ")[2] in _GONE


def unreachable(letters: Sequence[JournalEntry], after: timedelta) -> bool:
    """Whether the member that received ``letters``, oldest first, should get no more mail.

    True when the newest letters failed because the mailbox does not exist, over at least ``after``, and none was
    delivered meanwhile: servers with temporary trouble say "no such user" too.
    """
    failed_at = []
    for letter in reversed(letters):
        if letter.outcome == "delivered":
            break
        if letter.outcome == "failed" and letter.settled_at is not None and gone(letter.reason):
            failed_at.append(letter.settled_at)
    return bool(failed_at) and max(failed_at) - min(failed_at) >= after
