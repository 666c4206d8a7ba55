"""Who may write: the one author of a letter, and whether their pair is open."""

from __future__ import annotations

from relay.model import PairState, Route, RoutingHeaders
from relay.refusals import NotAuthentic, PairClosed


def author_of(headers: RoutingHeaders) -> str:
    """The one author of the letter: its only From mailbox (RFC 5322 3.6.2). Raises NotAuthentic when there is not
    exactly one."""
    if len(headers.authors) != 1:
        raise NotAuthentic
    return headers.authors[0]


def check_open(route: Route) -> None:
    """Raise PairClosed when the pair is paused or ended. Only a proven member may be told."""
    if route.pair_state is PairState.PAUSED:
        raise PairClosed("your mentoring pair is paused just now; your letter was not sent. Please keep it until then")
    if route.pair_state is PairState.ENDED:
        raise PairClosed(
            "your mentoring pair has ended, so this letter was not sent. Your coordinator can tell you more"
        )
