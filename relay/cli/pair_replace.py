"""relay pair replace: a new partner for the member who stays, whose consent is kept."""

from __future__ import annotations

import click

from relay.cli.domains_doubted import say_doubts
from relay.cli.languages_served import say_unserved
from relay.cli.names_understood import say_understood
from relay.cli.output import say
from relay.cli.pair_shown import show_pair
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.cli.writing import writer_of
from relay.letters.invitations import InvitationWriter
from relay.mentoring.replacing import replace_partner
from relay.mentoring.validation import Person
from relay.model import Pair, Side


@click.command(cls=Verb)
@click.argument("pair_id", metavar="PAIR")
@click.option("--mentor", default="", metavar="EMAIL", help="The new mentor's real address.")
@click.option("--mentee", default="", metavar="EMAIL", help="The new mentee's real address.")
@click.option("--name", default="", metavar="PSEUDONYM", help="The new one's pseudonym. Default: a random one.")
@click.option("--known-as", multiple=True, metavar="WORDS", help="A real name of the new one; repeatable.")
@click.option("--language", default="", metavar="TAG", help="The language of letters from relay to the new one.")
@click.option("--time-zone", default="", metavar="ZONE", help="Where the new one's clock is: an IANA name.")
@click.option("--discreet", default="", metavar="on|off", help="Whether letters to the new one are discreet.")
@click.option("--guardian", default="", metavar="EMAIL", help="The guardian of a new mentee; adult for nobody.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def replace(
    ctx: click.Context,
    /,
    *,
    pair_id: str,
    mentor: str,
    mentee: str,
    name: str,
    known_as: tuple[str, ...],
    language: str,
    time_zone: str,
    discreet: str,
    guardian: str,
    as_json: bool,
) -> None:
    """Make a new pair of one member of a pair that is over and a new partner: give --mentor or --mentee.

    The consent of the member who stays is kept, with its text and time, and so is their pseudonym; they hear that
    somebody is asked. Only the new one is invited. Nobody hears why the first pair is over.
    """
    if bool(mentor) == bool(mentee):
        raise click.UsageError("Give either --mentor or --mentee: who is new.")
    side = Side.MENTOR if mentor else Side.MENTEE
    person = Person(mentor or mentee, name, known_as, language, time_zone, discreet, guardian)

    async def work(session: Session) -> Pair:
        writer = InvitationWriter(writer_of(session))
        made = await replace_partner(pair_id, (side, person), session.store, writer, now(), who=who_types())
        say_unserved(session, [made])
        await say_doubts([(side.value, person.address)], session.settings, look_up=True)
        return made

    made = in_session(ctx, work)
    show_pair(made, as_json)
    say_understood(person.identity, side.value)
    say("The invitation is queued; relay serve sends it.")
