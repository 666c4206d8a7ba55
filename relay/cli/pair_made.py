"""relay pair create and import: make pairs, and invite their members."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from relay.cli.domains_doubted import IN_FILE, members_of, say_doubts
from relay.cli.languages_served import say_unserved
from relay.cli.names_understood import say_understood, say_understood_of_many
from relay.cli.output import print_json, print_rows, say
from relay.cli.pair_people import people_options, person_of
from relay.cli.pair_shown import (
    PAIR_HEADINGS,
    pair_object,
    pair_row,
    show_pair,
)
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.cli.writing import writer_of
from relay.letters.invitations import InvitationWriter
from relay.letters.welcome import Welcome
from relay.mentoring import enrolment as enrol
from relay.mentoring import pairing
from relay.mentoring.beginning import Beginning
from relay.mentoring.validation import Request
from relay.model import Pair, Side


def _json_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="One object, or one object a line.")(verb)


def _writing_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    silent = click.option("--silent", is_flag=True, help="Do not invite: active at once, and no letters are sent.")
    no_invite = click.option("--no-invite", is_flag=True, help="Do not invite: active at once, with welcome letters.")
    return no_invite(silent(verb))


@click.command(cls=Verb)
@people_options
@click.option("--cohort", default="", help="The group this pair belongs to.")
@click.option("--language", default="", metavar="TAG", help="The language of both. Default: the programme's.")
@_writing_options
@_json_option
@click.pass_context
def create(
    ctx: click.Context,
    /,
    *,
    cohort: str,
    language: str,
    no_invite: bool,
    silent: bool,
    as_json: bool,
    **people: Any,
) -> None:
    """Make a pair, and invite both members. It is active when both have said yes.

    With --no-invite or --silent it is active at once. Known-as words are real names, nicknames, employers and the like;
    relay removes them from letters. Languages are BCP 47 tags such as ar or pt-BR; if relay has no letters in one, it
    writes in the programme's language. Time zones are IANA names such as Africa/Nairobi.
    """
    _not_both(no_invite, silent)
    mentor, mentee = person_of(Side.MENTOR, people), person_of(Side.MENTEE, people)

    async def work(session: Session) -> Pair:
        request = Request(mentor, mentee, cohort, language or session.settings.programme.language)
        beginning = _beginning(session, no_invite, silent)
        domain = session.settings.domain
        made = await pairing.create_pair(
            request, session.store, domain, beginning, now(), who=who_types(), under_18=_under_18(session, beginning)
        )
        say_unserved(session, [made])
        await say_doubts([("mentor", mentor.address), ("mentee", mentee.address)], session.settings, look_up=not silent)
        return made

    made = in_session(ctx, work)
    show_pair(made, as_json)
    say_understood(mentor.identity, "mentor")
    say_understood(mentee.identity, "mentee")
    letters = "welcome letters" if no_invite else "invitations"
    say("No letters were sent." if silent else f"The {letters} are queued; relay serve sends them.")


@click.command("import", cls=Verb)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and change nothing.")
@_writing_options
@_json_option
@click.pass_context
def import_(ctx: click.Context, *, file: Path, dry_run: bool, no_invite: bool, silent: bool, as_json: bool) -> None:
    """Make pairs from a CSV file, and invite their members. Pairs that exist are not changed.

    Columns: mentor, mentee, mentor_name, mentee_name, mentor_known_as, mentee_known_as (; between words), cohort,
    language, mentor_language, mentee_language, mentor_time_zone, mentee_time_zone, mentor_discreet, mentee_discreet (on
    or off), mentee_guardian. Only mentor and mentee are required. Every row is checked before any pair is made.
    """
    _not_both(no_invite, silent)

    async def work(session: Session) -> list[Pair]:
        domain, at = session.settings.domain, now()
        programme, beginning = session.settings.programme, _beginning(session, no_invite, silent)
        rows = enrol.read_rows(file, domain, programme.language, _under_18(session, beginning))
        chosen = await enrol.plan(rows, session.store, file.name, domain, at)
        counts = f"new pairs: {len(chosen.new)}, existing: {len(chosen.existing)}"
        if dry_run:
            places = [f"{file.name}:{line}" for line in chosen.lines]
            people = members_of(chosen.new, places)
            await say_doubts(people, session.settings, look_up=not silent, remedy=IN_FILE)
            say(f"{file.name} has no errors: {counts}. Nothing was changed.")
            return []
        await say_doubts(members_of(chosen.new), session.settings, look_up=not silent)
        pairs = await enrol.enrol(chosen, session.store, beginning, at, _progress(len(chosen.new)), who=who_types())
        say(f"{file.name}: {counts}.")
        say_unserved(session, chosen.new)
        say_understood_of_many(
            [
                (f"{side} of {one.id}", identity)
                for one in chosen.new
                for side, identity in (("mentor", one.mentor_identity), ("mentee", one.mentee_identity))
                if identity.known_as
            ]
        )
        return list(pairs)

    pairs = in_session(ctx, work)
    if as_json:
        for one in pairs:
            print_json(pair_object(one))
    elif pairs:
        print_rows(PAIR_HEADINGS, map(pair_row, pairs), "")


def _beginning(session: Session, no_invite: bool, silent: bool) -> Beginning:
    if silent:
        return Beginning()
    writer = writer_of(session)
    return Beginning(welcome=Welcome(writer)) if no_invite else Beginning(invite=InvitationWriter(writer))


def _under_18(session: Session, beginning: Beginning) -> str:
    """programme.under_18. Raises PairingError when a guardian has to agree, and nobody is asked."""
    under_18 = session.settings.programme.under_18
    if under_18 == "guardian" and beginning.invite is None:
        raise pairing.PairingError(
            'programme.under_18 is "guardian": each pair begins when the guardian has agreed, too. Leave out '
            "--no-invite and --silent"
        )
    return under_18


def _not_both(no_invite: bool, silent: bool) -> None:
    if no_invite and silent:
        raise click.UsageError("--no-invite sends welcome letters, --silent sends none: choose one.")


def _progress(total: int) -> Callable[[int], None]:
    if not sys.stderr.isatty() or total < 2000:
        return lambda _: None
    return lambda made: click.echo(f"\r{made} of {total}" + ("\n" if made == total else ""), err=True, nl=False)
