"""Turns a delivery status into the reason that the author of a letter is given."""

from __future__ import annotations

_REASONS = (
    ("gone", ("5.1.",)),
    ("smaller", ("5.3.4", "5.2.3")),
    ("later", ("4.", "5.2.2", "5.4.")),
)


def reason_of(status: str) -> str:
    """What the author of a letter can do after a final delivery status (RFC 3463).

    * "gone": there is no such mailbox; only the coordinator can help.
    * "smaller", "later": send the letter again, smaller or later.
    * "ask": sending it again does not help.

    It says nothing about the mailbox or its provider: a full mailbox and an unreachable server are both "later", a
    rejection by a filter is "ask".
    """
    enhanced = status.rpartition(" ")[2]  # statuses made by relay have no reply code before it
    for reason, starts in _REASONS:
        if enhanced.startswith(starts):
            return reason
    return "later" if status.startswith("4") else "ask"
