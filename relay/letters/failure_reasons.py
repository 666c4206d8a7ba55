"""Why a letter did not arrive, as far as it helps its author to know."""

from __future__ import annotations

_REASONS = (
    ("gone", ("5.1.",)),
    ("smaller", ("5.3.4", "5.2.3")),
    ("later", ("4.", "5.2.2", "5.4.")),
)


def protection_reason(status: str) -> str:
    """Why a connection was not protected as it must be, by what the operator can do: "offer" the server offers no
    encryption · "trust" encryption fails, or the certificate is not the server's · "policy" what the domain publishes
    about its servers is not met, or cannot be found out."""
    asked_by, _, enhanced = status.partition(" ")
    if asked_by != "tls":
        return "policy"
    return "offer" if enhanced == "4.7.10" else "trust"


def reason_of(status: str) -> str:
    """The class of a delivery status (RFC 3463), by what helps: "gone" nobody is there, and only the coordinator can
    help · "smaller" or "later" send it again so · "ask" sending it again does not help.

    It tells nothing of the mailbox's provider: a full mailbox and a server that is down are both "later", and what a
    filter did not want is "ask".
    """
    enhanced = status.rpartition(" ")[2]  # our own statuses have no reply code before it
    for reason, starts in _REASONS:
        if enhanced.startswith(starts):
            return reason
    return "later" if status.startswith("4") else "ask"
