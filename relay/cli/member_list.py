"""relay member list: members by pair and pseudonym."""

from __future__ import annotations

import click

from relay.cli.member_shown import state_shown
from relay.cli.output import print_json, print_rows
from relay.cli.session import Session, in_session
from relay.cli.verbs import Verb
from relay.store import MemberRow, SuspendedRow

_HEADINGS = ("PAIR", "SIDE", "NAME", "STATE", "ADDRESSES", "UNPROVEN", "SUSPENDED SINCE")
_SUSPENDED_HEADINGS = ("PAIR", "SIDE", "NAME", "SINCE", "REASON")


@click.command("list", cls=Verb)
@click.option("--suspended", is_flag=True, help="Only members whose mailbox does not exist any more.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, suspended: bool, as_json: bool) -> None:
    """List members by pair and pseudonym.

    With --suspended, list addresses that relay does not write to because a server said there is no such mailbox, the
    longest suspended first.
    """
    if suspended:
        _list_suspended(ctx, as_json)
        return

    async def work(session: Session) -> list[MemberRow]:
        return await session.store.members.rows()

    rows = in_session(ctx, work)
    if as_json:
        for row in rows:
            print_json(row)
    else:
        cells = (
            (
                row.pair_id,
                row.side,
                row.name,
                state_shown(row.state, row.away_until),
                row.addresses,
                row.unproven,
                row.suspended_since,
            )
            for row in rows
        )
        print_rows(_HEADINGS, cells, "There are no members; relay pair create makes a pair.")


def _list_suspended(ctx: click.Context, as_json: bool) -> None:
    async def work(session: Session) -> list[SuspendedRow]:
        return await session.store.suspensions.rows()

    rows = in_session(ctx, work)
    if as_json:
        for row in rows:
            print_json(row)
    else:
        cells = ((row.pair_id, row.side, row.name, row.since, row.reason) for row in rows)
        print_rows(_SUSPENDED_HEADINGS, cells, "No member is suspended.")
