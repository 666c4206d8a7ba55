"""Who may write where: from what the directory found to a route, or to the refusal."""

from __future__ import annotations

from relay.model import PairState, Route, RoutingHeaders
from relay.refusals import NotAuthentic, PairClosed


def author_of(read_routing_headers: RoutingHeaders) -> str:
    """The one author of the letter: its only From mailbox (RFC 5322 3.6.2). Raises NotAuthentic when there is not
    exactly one, for then nobody can say who speaks."""
    if len(read_routing_headers.authors) != 1:
        raise NotAuthentic
    return read_routing_headers.authors[0]


def check_open(route: Route) -> None:
    """Raise PairClosed unless the pair exchanges letters. Only a proven member may be told."""
    if route.pair_state is PairState.PAUSED:
        raise PairClosed("your mentoring pair is paused just now; your letter was not sent. Please keep it until then")
    if route.pair_state is PairState.ENDED:
        raise PairClosed(
            "your mentoring pair has ended, so this letter was not sent. Your coordinator can tell you more"
        )
    if route.pair_state not in (PairState.ACTIVE, PairState.CLOSING):
        raise PairClosed(
            "your mentoring pair exchanges no letters now, so this one was not sent. Your coordinator can tell you more"
        )
