"""relay pair show and export: what relay knows of pairs, without real addresses."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from relay.cli.output import print_json
from relay.cli.pair_shown import (
    consent_object,
    full_object,
    print_pair,
    report_object,
)
from relay.cli.session import Session, in_session
from relay.cli.verbs import Verb
from relay.mentoring import pairing
from relay.model import Pair
from relay.store import ConsentShown, Report


def _json_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="One object, or one object a line.")(verb)


@click.command(cls=Verb)
@click.argument("pair_id", metavar="PAIR")
@_json_option
@click.pass_context
def show(ctx: click.Context, pair_id: str, as_json: bool) -> None:
    """Show one pair."""

    async def work(session: Session) -> tuple[Pair, list[ConsentShown], datetime | None, list[Report]]:
        found = await pairing.pair_of(pair_id, session.store)
        held, reports = await session.store.legal_holds.all(), await session.store.reports.about(found.id)
        return found, await session.store.invitations.shown(found.id), held.get(found.id), reports

    found, consents, held_since, reports = in_session(ctx, work)
    if as_json:
        own = {"legal_hold_since": held_since, "consent": [consent_object(one) for one in consents]}
        own["reports"] = [report_object(one, found.id) for one in reports]
        print_json({**full_object(found), **own})
    else:
        print_pair(found, consents, held_since, reports)


@click.command(cls=Verb)
@click.pass_context
def export(ctx: click.Context) -> None:
    """Write all pairs as CSV, without real addresses."""
    pairs = in_session(ctx, lambda session: session.store.directory.pairs())
    writer = csv.writer(sys.stdout, lineterminator="\n")
    columns = ("pair", "state", "mentor_name", "mentor_alias", "mentee_name", "mentee_alias", "cohort", "language")
    own = ("mentor_language", "mentee_language", "mentor_time_zone", "mentee_time_zone")
    writer.writerow((*columns, "created_at", *own))
    for one in pairs:
        personas = (one.mentor.name, one.mentor.alias, one.mentee.name, one.mentee.alias)
        cells: tuple[object, ...]
        cells = (one.id, one.state, *personas, one.cohort, one.language, f"{one.created_at:%Y-%m-%dT%H:%M:%SZ}")
        manners = (one.mentor_manner, one.mentee_manner)
        cells = (*cells, *(manner.language for manner in manners), *(manner.time_zone for manner in manners))
        writer.writerow([_safe(str(cell)) for cell in cells])


def _safe(cell: str) -> str:
    """The cell, quoted if a spreadsheet would run it as a formula (OWASP, CSV injection)."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@") else cell
