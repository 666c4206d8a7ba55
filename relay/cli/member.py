"""relay member: the people of the pairs, by pseudonym. Shows no address."""

from __future__ import annotations

import click

from relay.cli.output import print_json, print_rows, say
from relay.cli.session import Session, in_session, now
from relay.message.addresses import normalise
from relay.store import SuspendedRow

_HEADINGS = ("PAIR", "SIDE", "NAME", "SINCE", "REASON")


@click.group()
def member() -> None:
    """Members whose mailbox is gone, and those who are back."""


@member.command("list")
@click.option("--suspended", is_flag=True, required=True, help="Those who are not written to: no such mailbox.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, suspended: bool, as_json: bool) -> None:
    """List members by pair and pseudonym, those who have waited longest first."""

    async def work(session: Session) -> list[SuspendedRow]:
        return await session.store.suspensions.rows()

    rows = in_session(ctx, work)
    if as_json:
        for row in rows:
            print_json(row)
    else:
        cells = ((row.pair_id, row.side, row.name, row.since, row.reason) for row in rows)
        print_rows(_HEADINGS, cells, "Everybody is written to.")


@member.command()
@click.argument("address", metavar="ADDRESS")
@click.pass_context
def resume(ctx: click.Context, address: str) -> None:
    """Write to a member's real ADDRESS again. What was held for it goes out now."""
    try:
        meant = normalise(address)
    except ValueError as error:
        raise click.UsageError(str(error)) from error

    async def work(session: Session) -> int | None:
        return await session.store.suspensions.resume(meant, now())

    released = in_session(ctx, work)
    if released is None:
        raise click.ClickException("that address is not suspended; relay member list --suspended shows who is")
    say(f"Written to again. Letters that were held and are due now: {released}")
