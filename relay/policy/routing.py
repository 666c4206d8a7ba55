"""Checks before routing a letter: its one author, whether the pair exchanges letters, and mail loops."""

from __future__ import annotations

from relay.model import PairState, Route, RoutingHeaders
from relay.refusals import MailLoop, NotAuthentic, PairClosed
from relay.states import EXCHANGING, RESTING


def author_of(headers: RoutingHeaders) -> str:
    """The one author of the letter: its only From mailbox (RFC 5322 3.6.2). Raises NotAuthentic when there is not
    exactly one."""
    if len(headers.authors) != 1:
        raise NotAuthentic
    return headers.authors[0]


def check_open(route: Route) -> None:
    """Raise PairClosed unless the pair exchanges letters. Call it only for a proven member."""
    if route.pair_state in RESTING:  # nobody hears whether the pair is paused or was reported
        raise PairClosed("your mentoring pair is paused just now; your letter was not sent. Please keep it until then")
    if route.pair_state is PairState.ENDED:
        raise PairClosed(
            "your mentoring pair has ended, so this letter was not sent. Your coordinator can tell you more"
        )
    if route.pair_state not in EXCHANGING:
        raise PairClosed(
            "your mentoring pair exchanges no letters now, so this one was not sent. Your coordinator can tell you more"
        )


MAX_RECEIVED = 50
"""Received fields. Normal paths have fewer. RFC 5321 6.3 asks for a limit of at least 100; servers in use have 30 to
100."""


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
