"""relay held: letters that wait for a person. Shows no address and no letter."""

from __future__ import annotations

import click

from relay.cli.output import print_facts, print_json, print_rows
from relay.cli.session import Session, confirm, in_session, now
from relay.cli.writing import writer_of
from relay.letters.notices import Notices
from relay.outcomes import Failed
from relay.store import UNPROVEN, QueueRow, Settlement

_HEADINGS = ("ID", "LETTER", "WHY", "SINCE")


@click.group()
def held() -> None:
    """Letters that wait for a person."""


@held.command("list")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List what is held, the oldest first."""

    async def work(session: Session) -> list[QueueRow]:
        return [row for row in await session.store.queue.rows() if row.state == "held"]

    rows = sorted(in_session(ctx, work), key=lambda row: row.created_at)
    if as_json:
        for row in rows:
            print_json(row)
    else:
        cells = ((row.id, row.journal_id, row.last_status, row.created_at) for row in rows)
        print_rows(_HEADINGS, cells, "Nothing is held.")


@held.command()
@click.argument("delivery_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def show(ctx: click.Context, delivery_id: str, as_json: bool) -> None:
    """Show one held letter's facts. To read it: relay log show LETTER --letter --reason …"""

    async def work(session: Session) -> QueueRow:
        return await _held(session, delivery_id)

    row = in_session(ctx, work)
    if as_json:
        print_json(row)
        return
    print_facts([("id", row.id), ("letter", row.journal_id), ("why", row.last_status), ("since", row.created_at)])


@held.command()
@click.argument("delivery_ids", metavar="ID…", nargs=-1, required=True)
@click.pass_context
def release(ctx: click.Context, delivery_ids: tuple[str, ...]) -> None:
    """Let held letters go to the other side, now."""

    async def work(session: Session) -> None:
        rows = [await _held(session, one) for one in delivery_ids]
        for row in rows:
            await session.store.queue.retry(row.id, now())

    in_session(ctx, work)


@held.command()
@click.argument("delivery_ids", metavar="ID…", nargs=-1, required=True)
@click.option("--silent", is_flag=True, help="Do not tell the author.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def refuse(ctx: click.Context, delivery_ids: tuple[str, ...], silent: bool, yes: bool) -> None:
    """Destroy held letters. Their authors are told kindly, unless nobody knows who they are (why: unproven)."""
    confirm(f"Refuse {len(delivery_ids)} for good? They will never arrive.", yes)

    async def work(session: Session) -> None:
        rows = [await _held(session, one) for one in delivery_ids]
        for row in rows:
            await _refuse(session, row, tell=not silent and row.last_status != UNPROVEN)

    in_session(ctx, work)


async def _refuse(session: Session, row: QueueRow, *, tell: bool) -> None:
    at, follow_up = now(), None
    if tell and not row.notice:
        notices = Notices(session.store, writer_of(session))
        found = await session.store.journal.show(row.journal_id)
        follow_up = None if found is None else await notices.not_passed_on(found[0], at)
    await session.store.queue.settle([Settlement(row.id, Failed("refused"), None, at, follow_up)])


async def _held(session: Session, delivery_id: str) -> QueueRow:
    """By its own id, or by the letter's, which is the one that mails and the log name."""
    row = await session.store.queue.row(delivery_id) or await session.store.queue.row_of_letter(delivery_id)
    if row is None or row.state != "held":
        raise click.ClickException(f"{delivery_id} is not held; relay held list shows what is")
    return row
