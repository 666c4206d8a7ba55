"""relay report: what members reported, and reports about the programme from the settings and the database."""

from __future__ import annotations

from pathlib import Path

import click

from relay.cli.member_export import create
from relay.cli.output import print_json, print_rows, say
from relay.cli.session import Session, in_session, now
from relay.cli.verbs import VerbGroup
from relay.operations.processing_record import Record, markdown, processing_record
from relay.store import ReportRow

_HEADINGS = ("REPORT", "PAIR", "SIDE", "NAME", "STATE", "REPORTED", "PROVEN", "TOLD", "ANSWERED", "BY", "DECIDED")


@click.group(cls=VerbGroup)
def report() -> None:
    """List what members have reported, and write reports about the programme."""


@report.command("list")
@click.option("--all", "decided", is_flag=True, help="Also those that are decided.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, *, decided: bool, as_json: bool) -> None:
    """List what members have reported: who, when, who was told of it last, and who answered first.

    One line for each pair that a report is about: several until the member has said which one is meant. A report stands
    until a person decides with relay pair resume or relay pair end. Shows nothing of what was written.
    """

    async def work(session: Session) -> list[ReportRow]:
        return await session.store.reports.rows(decided=decided)

    rows = in_session(ctx, work)
    if as_json:
        for row in rows:
            print_json(row)
        return
    cells = (
        (
            *(row.number, row.pair_id, row.side, row.name, row.pair_state, row.reported_at, row.author),
            *(row.told, row.answered_at, row.answered_by, row.decided_at),
        )
        for row in rows
    )
    print_rows(_HEADINGS, cells, "No report stands." if not decided else "Nobody has reported anything.")


@report.command()
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def processing(ctx: click.Context, file: Path | None, as_json: bool) -> None:
    """Write the record of processing activities (GDPR, Article 30) as Markdown, to FILE if given.

    It says who is responsible, what data there is of whom and for what, who gets it, how long it is kept, how it is
    protected and where it is, as the settings and the database are now. It names no member.
    """

    async def work(session: Session) -> Record:
        return await processing_record(session.home, session.settings, session.store, now())

    record = in_session(ctx, work)
    if as_json:
        print_json(_object(record))
    if file is not None:
        create(file)
        file.write_text(markdown(record), "utf-8")
        say(f"{file} holds the record. Add what only a person knows: see its last section.")
    elif not as_json:
        click.echo(markdown(record), nl=False)


def _object(record: Record) -> dict[str, object]:
    sections = {
        heading.lower(): [{"what": one.what, "is": one.is_so, "setting": one.setting} for one in items]
        for heading, items in record.sections.items()
    }
    return {"made_at": record.made_at, **sections, "to_be_added": list(record.open_points)}
