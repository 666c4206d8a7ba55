"""Turns a delivery status into the reason that the author of a letter, or the operator, is given."""

from __future__ import annotations

_REASONS = (
    ("gone", ("5.1.",)),
    ("smaller", ("5.3.4", "5.2.3")),
    ("later", ("4.", "5.2.2", "5.4.")),
)


def protection_reason(status: str) -> str:
    """Why a connection was not encrypted as required, by what the operator can do.

    * "offer": the server offers no encryption.
    * "trust": encryption fails, or the certificate is not valid for the server.
    * "policy": what the domain publishes about its servers (MTA-STS, DANE) does not match, or cannot be read.
    """
    asked_by, _, enhanced = status.partition(" ")
    if asked_by != "tls":
        return "policy"
    return "offer" if enhanced == "4.7.10" else "trust"


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
