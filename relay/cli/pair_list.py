"""relay pair list: pairs, with the time of their last letter and whose turn it is to write."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime

import click

from relay.cli.output import print_json, print_rows
from relay.cli.pair_shown import PAIR_HEADINGS, full_object, pair_row
from relay.cli.session import Session, in_session, now
from relay.cli.times import time_ago
from relay.cli.verbs import Verb
from relay.model import Pair, PairState, Side
from relay.states import EXCHANGING

_HEADINGS = (*PAIR_HEADINGS, "LAST LETTER", "TURN")
_SHORT_HEADINGS = ("PAIR", "STATE", "MENTOR", "MENTEE", "COHORT", "LAST LETTER", "TURN")


@dataclass(frozen=True, slots=True)
class Listed:
    """A pair, and when its last letter was accepted. ``turn``: who was written to last; None when nobody wrote, or
    letters are not exchanged. ``legal_hold_since``: None when it is not on legal hold."""

    pair: Pair
    last_letter_at: datetime | None
    turn: Side | None
    legal_hold_since: datetime | None = None


def _silent_since(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return time_ago(value, now())
    except ValueError:
        raise click.BadParameter("must be a span such as 30d or 4w", ctx, param) from None


@click.command("list", cls=Verb)
@click.option("--state", type=click.Choice([state.value for state in PairState]), help="Only pairs in this state.")
@click.option("--cohort", metavar="NAME", help="Only pairs of this cohort.")
@click.option(
    "--silent-for",
    "silent_since",
    metavar="SPAN",
    callback=_silent_since,
    help="Only pairs that may write and have not for so long: 30d, 4w.",
)
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(
    ctx: click.Context, state: str | None, cohort: str | None, silent_since: datetime | None, as_json: bool
) -> None:
    """List pairs, with the time of their last letter and whose turn it is."""

    async def work(session: Session) -> list[Listed]:
        pairs = await session.store.directory.pairs(PairState(state) if state else None)
        last = await session.store.journal.last_letters()
        held = await session.store.legal_holds.all()
        chosen = [one for one in pairs if cohort is None or one.cohort == cohort]
        return [_listed(one, last.get(one.id), held.get(one.id)) for one in chosen]

    found = [one for one in in_session(ctx, work) if silent_since is None or _silent(one, silent_since)]
    if as_json:
        for one in found:
            own = {"last_letter_at": one.last_letter_at, "turn": one.turn, "legal_hold_since": one.legal_hold_since}
            print_json({**full_object(one.pair), **own})
        return
    empty = (
        "There are no such pairs."
        if state or cohort or silent_since
        else "There are no pairs; make one: relay pair create"
    )
    if sys.stdout.isatty():
        print_rows(_SHORT_HEADINGS, ((*pair_row(one.pair)[:-1], *_letters(one)) for one in found), empty)
    else:
        print_rows(_HEADINGS, ((*pair_row(one.pair), *_letters(one)) for one in found), empty)


def _listed(pair: Pair, last: tuple[Side, datetime] | None, held_since: datetime | None) -> Listed:
    author, at = last or (None, None)
    return Listed(pair, at, author.other if author is not None and pair.state in EXCHANGING else None, held_since)


def _silent(one: Listed, since: datetime) -> bool:
    return one.pair.state in EXCHANGING and (one.last_letter_at or one.pair.created_at) <= since


def _letters(one: Listed) -> tuple[object, ...]:
    return one.last_letter_at, one.turn
