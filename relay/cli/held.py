"""relay held: releases or refuses letters held for a decision. Shows no address and no letter."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from relay.cli.output import print_facts, print_json, print_rows
from relay.cli.session import Session, confirm, in_session, now, who_types
from relay.cli.verbs import VerbGroup
from relay.holds import decide, hold_of
from relay.mentoring.audit import line
from relay.operations.counted import counted
from relay.smtp.client.reply_outcome import meaning
from relay.store import Hold, HoldDecision

if TYPE_CHECKING:
    from relay.letters.notices import Notices

_HEADINGS = ("ID", "LETTER", "WHY", "SINCE", "UNTIL", "DECIDES")


@click.group(cls=VerbGroup)
def held() -> None:
    """Release or refuse letters held for a decision."""


@held.command("list")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List held letters, the oldest first."""

    async def work(session: Session) -> list[Hold]:
        return await session.store.holds.rows()

    holds = in_session(ctx, work)
    if as_json:
        for one in holds:
            print_json(_object(one))
    else:
        cells = (
            (one.delivery_id, one.journal_id, one.why, one.since_at, one.until_at, one.decider.value) for one in holds
        )
        print_rows(_HEADINGS, cells, "Nothing is held.")


@held.command()
@click.argument("delivery_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def show(ctx: click.Context, delivery_id: str, as_json: bool) -> None:
    """Show why one letter is held, since when, and who decides.

    To read the letter itself: relay log show LETTER --letter --reason …
    """

    async def work(session: Session) -> Hold:
        return await hold_of(delivery_id, session.store)

    one = in_session(ctx, work)
    if as_json:
        print_json(_object(one))
        return
    facts = [("id", one.delivery_id), ("letter", one.journal_id), ("why", one.why), ("since", one.since_at)]
    status = one.row.last_status if one.row is not None else ""
    facts += [("until", one.until_at), ("decides", one.decider.value), ("last status", status)]
    print_facts([*facts, *([("which means", meaning(status))] if meaning(status) else [])])


@held.command()
@click.argument("delivery_ids", metavar="ID…", nargs=-1, required=True)
@click.option("--reason", default="", help="Why they are released; this is recorded.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def release(ctx: click.Context, delivery_ids: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Release held letters: they go to the other side now."""

    async def work(session: Session) -> None:
        await _decide(session, delivery_ids, HoldDecision.RELEASED, reason, None)

    in_session(ctx, work)
    _report("release", delivery_ids, as_json)


@held.command()
@click.argument("delivery_ids", metavar="ID…", nargs=-1, required=True)
@click.option("--silent", is_flag=True, help="Do not tell the author.")
@click.option("--reason", default="", help="Why they are refused; this is recorded, but the author is not told.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def refuse(  # noqa: PLR0917 -- one parameter an option
    ctx: click.Context, delivery_ids: tuple[str, ...], silent: bool, reason: str, yes: bool, as_json: bool
) -> None:
    """Refuse held letters: they are destroyed, and their authors get a kind notice.

    The author of an unproven letter gets none, because nobody knows who that is.
    """
    confirm(f"Refuse {counted(len(delivery_ids), 'letter')} for good? What is refused never arrives.", yes)

    async def work(session: Session) -> None:
        notices = None if silent else _notices(session)
        await _decide(session, delivery_ids, HoldDecision.REFUSED, reason, notices)

    in_session(ctx, work)
    _report("refuse", delivery_ids, as_json)


def _report(verb: str, ids: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        print_json({"done": verb, "count": len(ids), "ids": ids})


async def _decide(
    session: Session, ids: tuple[str, ...], decision: HoldDecision, reason: str, notices: Notices | None
) -> None:
    """Decide about each of ``ids``. All are looked up first, so that a wrong id changes nothing."""
    store = session.store
    for one in [await hold_of(id, store) for id in ids]:
        await decide(one, decision, who_types(), line(reason), now(), store=store, notices=notices)


def _notices(session: Session) -> Notices:
    from relay.cli.writing import writer_of  # held list needs none of it
    from relay.letters.notices import Notices

    return Notices(session.store, writer_of(session))


def _object(hold: Hold) -> dict[str, Any]:
    """The fields of relay queue show, and those of the hold."""
    delivery: dict[str, Any] = dataclasses.asdict(hold.row) if hold.row is not None else {}
    return delivery | {
        "why": hold.why, "since_at": hold.since_at, "until_at": hold.until_at, "decides": hold.decider,
    }  # fmt: skip
