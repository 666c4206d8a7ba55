"""relay jobs: lists planned jobs and when they are due."""

from __future__ import annotations

from datetime import datetime

import click

from relay.cli.output import print_json, print_rows
from relay.cli.session import Session, in_session, now
from relay.cli.times import time_ahead
from relay.cli.verbs import VerbGroup
from relay.scheduling.jobs import JOBS
from relay.store import JobRow

_HEADINGS = ("JOB", "KEY", "DUE", "EVERY", "RUNNING UNTIL", "TRIES", "FAULT")
_EVERY = {job.name: job.every for job in JOBS}


@click.group(cls=VerbGroup)
def jobs() -> None:
    """List planned jobs and when they are due."""


def _until(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return time_ahead(value, now())
    except ValueError:
        message = "must be a time such as 2026-12-01T09:00:00Z, or a span from now such as +3d4h"
        raise click.BadParameter(message, ctx, param) from None


@jobs.command("list")
@click.option(
    "--until",
    metavar="TIME",
    callback=_until,
    help="Only jobs due until TIME: 2026-12-01T09:00:00Z, or +3d4h from now.",
)
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, until: datetime | None, as_json: bool) -> None:
    """List planned jobs, the soonest first. Periodic jobs are planned when relay first starts."""

    async def work(session: Session) -> list[JobRow]:
        return await session.store.jobs.rows(until)

    rows = in_session(ctx, work)
    if as_json:
        for row in rows:
            print_json(_object(row))
    else:
        cells = (
            (row.name, row.key, row.due_at, _EVERY.get(row.name), row.running_until, row.tries or "", row.fault)
            for row in rows
        )
        print_rows(_HEADINGS, cells, "Nothing is planned.")


def _object(row: JobRow) -> dict[str, object]:
    return {
        "job": row.name,
        "key": row.key,
        "due_at": row.due_at,
        "every_seconds": _seconds(row),
        "running_until": row.running_until,
        "tries": row.tries,
        "fault": row.fault,
    }


def _seconds(row: JobRow) -> float | None:
    every = _EVERY.get(row.name)
    return None if every is None else every.total_seconds()
