"""relay queue: shows and changes what is waiting to be delivered. Shows no address and no letter."""

from __future__ import annotations

import dataclasses

import click

from relay.cli.output import print_facts, print_json, print_rows, say
from relay.cli.session import Session, confirm, in_session, now, who_types
from relay.cli.verbs import VerbGroup
from relay.operations.counted import counted
from relay.smtp.client.reply_outcome import meaning
from relay.store import QueueRow

_HEADINGS = ("ID", "LETTER", "STATE", "TRIES", "DUE", "LAST STATUS")


@click.group(cls=VerbGroup)
def queue() -> None:
    """Show and change what is waiting to be delivered."""


@queue.command("list")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List deliveries, the soonest due first."""
    rows = in_session(ctx, lambda session: session.store.queue.rows())
    if as_json:
        for row in rows:
            print_json(row)
    else:
        cells = ((row.id, row.journal_id, row.state, row.attempts, row.due_at, row.last_status) for row in rows)
        print_rows(_HEADINGS, cells, "The queue is empty: every letter was delivered or given up.")


@queue.command()
@click.argument("delivery_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def show(ctx: click.Context, delivery_id: str, as_json: bool) -> None:
    """Show one delivery: state, tries, when it is due."""
    row = in_session(ctx, lambda session: session.store.queue.row(delivery_id))
    if row is None:
        raise _not_waiting(delivery_id)
    if as_json:
        print_json(dataclasses.asdict(row) | {"meaning": meaning(row.last_status)})
    else:
        _facts(row)


@queue.command()
@click.argument("delivery_ids", metavar="ID…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All deliveries except those that are held.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def retry(ctx: click.Context, delivery_ids: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Try deliveries again now."""
    if everything == bool(delivery_ids):
        raise click.UsageError("Give the ids of deliveries, or --all.")

    async def work(session: Session) -> list[str]:
        if everything:
            count = await session.store.queue.retry_all(now())
            if as_json:
                print_json({"done": "retry", "count": count})
            say(f"{counted(count, 'delivery is', 'deliveries are')} due now.")
        return [one for one in delivery_ids if not await session.store.queue.retry(one, now(), who=who_types())]

    failed = in_session(ctx, work)
    if not everything:
        _report("retry", delivery_ids, failed, as_json)


@queue.command()
@click.argument("delivery_ids", metavar="ID…", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def hold(ctx: click.Context, delivery_ids: tuple[str, ...], as_json: bool) -> None:
    """Hold deliveries until they are released or dropped."""

    async def work(session: Session) -> list[str]:
        return [one for one in delivery_ids if not await session.store.queue.hold(one, now(), who=who_types())]

    _report("hold", delivery_ids, in_session(ctx, work), as_json)


@queue.command()
@click.argument("delivery_ids", metavar="ID…", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def release(ctx: click.Context, delivery_ids: tuple[str, ...], as_json: bool) -> None:
    """Release held deliveries: they are due now."""

    async def work(session: Session) -> list[str]:
        failed = []
        for one in delivery_ids:
            row = await session.store.queue.row(one)
            held = row is not None and row.state == "held"
            if not held or not await session.store.queue.retry(one, now(), who=who_types()):
                failed.append(one)
        return failed

    _report("release", delivery_ids, in_session(ctx, work), as_json)


@queue.command()
@click.argument("delivery_ids", metavar="ID…", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def drop(ctx: click.Context, delivery_ids: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Give deliveries up for good, without telling anyone."""
    given_up = counted(len(delivery_ids), "delivery", "deliveries")
    confirm(f"Give up {given_up} for good? What is given up never arrives, and nobody is told.", yes)

    async def work(session: Session) -> list[str]:
        return [one for one in delivery_ids if not await session.store.queue.drop(one, now(), who=who_types())]

    _report("drop", delivery_ids, in_session(ctx, work), as_json)


def _report(verb: str, asked: tuple[str, ...], failed: list[str], as_json: bool) -> None:
    """Say what was done. Raises ClickException when something could not be."""
    done = [one for one in asked if one not in failed]
    if as_json:
        print_json({"done": verb, "count": len(done), "ids": done, "failed": failed})
    if failed:
        raise _not_waiting(", ".join(failed))


def _not_waiting(ids: str) -> click.ClickException:
    return click.ClickException(
        f"nothing was done for {ids}: no such delivery is waiting, or it is just being tried. relay queue list shows "
        "deliveries and their states; relay log list shows letters already delivered or given up"
    )


def _facts(row: QueueRow) -> None:
    print_facts(
        [
            ("id", row.id),
            ("letter", row.journal_id),
            ("state", row.state),
            ("tries", row.attempts),
            ("due", row.due_at),
            ("accepted", row.created_at),
            ("last status", row.last_status),
            *([("which means", meaning(row.last_status))] if meaning(row.last_status) else []),
            ("written by", "relay" if row.notice else "a member"),
        ]
    )
