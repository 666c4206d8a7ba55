"""Detects mail loops."""

from __future__ import annotations

from relay.model import RoutingHeaders
from relay.refusals import MailLoop

MAX_RECEIVED = 50
"""More trace fields than any honest path has. RFC 5321 6.3 asks for a limit of at least 100; servers in use stop at 30
to 100."""


def check_loop(headers: RoutingHeaders, domain: str) -> None:
    """Raise MailLoop when the letter has too many Received fields, or a Message-ID or DKIM signature of ours.

    ``domain`` is ours, lower case. A forwarder that redirects our mail sends it back with our Message-ID, or with a new
    one and our DKIM signature, valid or not.
    """
    if headers.received_count > MAX_RECEIVED:
        raise MailLoop
    if domain in headers.signed_by:
        raise MailLoop
    if headers.message_id is not None and headers.message_id.lower().endswith("@" + domain):
        raise MailLoop
