"""relay log: shows the journal and the events. A kept letter is shown only for a reason, which is recorded."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

import click

from relay.anonymise.removal_kinds import KINDS
from relay.cli.journal_words import OUTCOMES, explained, first_sentence, whose
from relay.cli.output import print_facts, print_json, print_rows
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.times import time_ago
from relay.cli.verbs import VerbGroup
from relay.mentoring.audit import record_reading
from relay.model import Event, JournalEntry

_HEADINGS = ("ID", "ACCEPTED", "PAIR", "FROM", "KIND", "OUTCOME", "REASON", "REMOVED")
_SHORT_HEADINGS = ("ID", "ACCEPTED", "PAIR", "WHOSE", "OUTCOME", "REASON", "REMOVED")
_EVENT_HEADINGS = ("AT", "EVENT", "PAIR", "SIDE", "LETTER", "FACTS", "WHO", "WHY")


@click.group(cls=VerbGroup)
def log() -> None:
    """Show letters relayed, letters refused, and events."""


def _time(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """A time such as 2025-03-12, 2025-03-12T09:30 (UTC) or 3d (three days ago). Raises BadParameter."""
    if value is None:
        return None
    try:
        return time_ago(value, now())
    except ValueError:
        raise click.BadParameter("must be a time such as 2025-03-12, 2025-03-12T09:30Z or 3d", ctx, param) from None


@log.command("list")
@click.option("--pair", metavar="PAIR", help="Only letters of this pair.")
@click.option(
    "--since", metavar="TIME", callback=_time, help="Only since TIME: 2025-03-12, 2025-03-12T09:30Z or 3d (ago)."
)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Only the newest N.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, pair: str | None, since: datetime | None, limit: int | None, as_json: bool) -> None:
    """List letters and refusals, the newest last."""
    pair_id = pair.strip().lower() if pair else None
    entries = in_session(ctx, lambda session: session.store.journal.list(pair_id=pair_id, since=since, limit=limit))
    if as_json:
        for entry in entries:
            print_json(entry)
    else:
        terminal = sys.stdout.isatty()
        headings, row = (_SHORT_HEADINGS, _short_row) if terminal else (_HEADINGS, _row)
        print_rows(headings, map(row, entries), "No letter was relayed or refused.")


@log.command()
@click.option("--pair", metavar="PAIR", help="Only events of this pair.")
@click.option(
    "--since", metavar="TIME", callback=_time, help="Only since TIME: 2025-03-12, 2025-03-12T09:30Z or 3d (ago)."
)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Only the newest N.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def events(ctx: click.Context, pair: str | None, since: datetime | None, limit: int | None, as_json: bool) -> None:
    """List what happened to pairs and members, and what operators did, the newest last."""
    pair_id = pair.strip().lower() if pair else None
    found = in_session(ctx, lambda session: session.store.events.list(pair_id=pair_id, since=since, limit=limit))
    if as_json:
        for event in found:
            print_json(_event_object(event))
    else:
        print_rows(_EVENT_HEADINGS, map(_event_row, found), "There are no events.")


@log.command()
@click.argument("journal_id", metavar="ID")
@click.option("--letter", is_flag=True, help="Also show the letter as it was sent. Needs --reason.")
@click.option("--reason", default="", help="Why you must read the letter; this is recorded.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def show(ctx: click.Context, journal_id: str, letter: bool, reason: str, as_json: bool) -> None:
    """Show one journal entry: when it was accepted, its sizes, what was removed, the outcome."""
    _check_reason(letter, reason)

    async def work(session: Session) -> tuple[JournalEntry, bytes | None] | None:
        found = await session.store.journal.show(journal_id)
        if letter and found is not None and found[1] is not None:
            await record_reading(session.store, found[0], who_types(), reason, now())
        return found

    found = in_session(ctx, work)
    if found is None:
        raise click.ClickException(f"there is no letter {journal_id}; relay log list shows the ids")
    entry, content = found
    if as_json:
        print_json(_object(entry, content, letter))
        return
    print_facts(_facts(entry, content))
    if letter and content is not None:
        click.echo("")
        click.echo(_printable(content), nl=False)


@log.command()
@click.option("--letters", is_flag=True, help="Include kept letters as they were sent. Needs --reason.")
@click.option("--reason", default="", help="Why you must read the letters; this is recorded.")
@click.pass_context
def export(ctx: click.Context, letters: bool, reason: str) -> None:
    """Write the whole journal as JSON, one object a line, the oldest first."""
    _check_reason(letters, reason)

    async def work(session: Session) -> None:
        if letters:
            await record_reading(session.store, None, who_types(), reason, now())
        async for entry, content in session.store.journal.all():
            print_json(_object(entry, content, letters))
        sys.stdout.flush()

    in_session(ctx, work)


def _check_reason(letter: bool, reason: str) -> None:
    if letter and not reason.strip():
        raise click.UsageError("Letters are private: give with --reason why you must read them; it is recorded.")


def _object(entry: JournalEntry, content: bytes | None, with_letter: bool) -> dict[str, Any]:
    fields = {name: getattr(entry, name) for name in JournalEntry.__dataclass_fields__}
    fields["letter_kept"] = content is not None
    if with_letter:
        fields["letter"] = content.decode("utf-8", "replace") if content is not None else None
    return fields


def _event_object(event: Event) -> dict[str, Any]:
    fields: dict[str, Any] = {"at": event.at, "event": event.kind, "pair": event.pair_id, "side": event.side}
    return fields | {"id": event.journal_id, **event.facts, "who": event.who, "why": event.why}


def _event_row(event: Event) -> tuple[object, ...]:
    facts = ", ".join(f"{name} {value}" for name, value in event.facts.items() if value)
    return (event.at, event.kind, event.pair_id, event.side, event.journal_id, facts, event.who, event.why)


def _row(entry: JournalEntry) -> tuple[object, ...]:
    removed = sum(entry.removed.values()) or ""
    return (
        entry.id, entry.accepted_at, entry.pair_id, entry.side, entry.kind, entry.outcome, entry.reason, removed,
    )  # fmt: skip


def _short_row(entry: JournalEntry) -> tuple[object, ...]:
    """The same for a terminal: what is no member's letter says so beside its outcome."""
    id, accepted, pair, _, kind, outcome, *rest = _row(entry)
    return (id, accepted, pair, whose(entry), outcome if kind in ("letter", "refusal") else f"{kind} {outcome}", *rest)


def _facts(entry: JournalEntry, content: bytes | None) -> list[tuple[str, object]]:
    return [
        ("id", entry.id),
        ("kind", entry.kind),
        ("pair", entry.pair_id),
        ("from" if whose(entry).startswith("from") or not entry.side else "to", whose(entry).partition(" ")[2]),
        ("accepted", entry.accepted_at),
        ("outcome", entry.outcome),
        *_meaning(OUTCOMES.get(entry.outcome, "")),
        ("reason", entry.reason),
        *_meaning(explained(entry.reason)),
        ("settled", entry.settled_at),
        ("octets in", entry.size_in),
        ("octets out", entry.size_out),
        *([] if entry.removed and sys.stdout.isatty() else [("removed", _counts(entry))]),
        *(
            (f"{kind}, {count} times" if count > 1 else kind, first_sentence(KINDS.get(kind, "")))
            for kind, count in entry.removed.items()
        ),
        ("letter", "kept" if content is not None else "not kept"),
    ]


def _counts(entry: JournalEntry) -> str:
    return json.dumps(entry.removed) if entry.removed else "nothing"


def _meaning(words: str) -> list[tuple[str, object]]:
    return [("which means", words)] if words else []


def _printable(content: bytes) -> str:
    """The octets as text, without characters that could move the terminal's cursor."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    return "".join(char if char.isprintable() or char in "\n\t" else "�" for char in text)
