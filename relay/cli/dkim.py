"""relay dkim: replaces the DKIM signing keys."""

from __future__ import annotations

import click

from relay.cli.output import print_json, say
from relay.cli.session import Session, confirm, in_session, now
from relay.cli.verbs import VerbGroup
from relay.operations.dkim_rotation import COMMANDS, Plan, Step, carry_out, coming_records, plan
from relay.operations.dns_records import Record
from relay.signing_keys import Mail, SigningKeys

_SIGNED = {Mail.RELAYED: "relayed mail", Mail.PROGRAMME: "mail that relay itself writes"}


@click.group(cls=VerbGroup)
def dkim() -> None:
    """Replace the DKIM signing keys."""


@dkim.command()
@click.option("--programme", is_flag=True, help="The keys for mail that relay itself writes, not for relayed letters.")
@click.option("--dry-run", is_flag=True, help="Change nothing; print what would be done.")
@click.option("--force", is_flag=True, help="Sign with the new keys even if their records are not in DNS.")
@click.option("--again", is_flag=True, help="Start another rotation while old records are still needed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One object: what was done, and the records to publish.")
@click.pass_context
def rotate(
    ctx: click.Context, *, programme: bool, dry_run: bool, force: bool, again: bool, yes: bool, as_json: bool
) -> None:
    """Replace the DKIM keys for relayed letters, in three calls of this command.

    The first call makes keys under new selectors and prints their DNS records: publish them. The second call, once the
    records are visible in DNS, signs with the new keys. Leave the old records in DNS until letters on their way have
    arrived; a call after that deletes the old keys. relay serve uses new keys within 15 seconds, or at once on SIGHUP.

    With --programme the same is done to the keys for mail that relay itself writes (welcome letters, notices,
    questions, operator mail). A home from before relay had such keys gets its first ones this way.
    """
    mail = Mail.PROGRAMME if programme else Mail.RELAYED

    async def look(session: Session) -> Plan:
        return await plan(session.home, session.settings, session.store, now(), mail=mail, force=force, again=again)

    async def work(session: Session) -> tuple[SigningKeys, list[Record]]:
        keys = carry_out(session.home, session.settings, planned, now())
        return keys, coming_records(session.home, session.settings, mail)

    async def published(session: Session) -> list[Record]:
        return coming_records(session.home, session.settings, mail)

    planned = in_session(ctx, look)
    if force and planned.step in (Step.BEGIN, Step.SWITCH):
        confirm("For a server that cannot see the new records, letters are unsigned. Sign with the new keys?", yes)
    if dry_run:
        records = in_session(ctx, published)
        _show(planned, planned.keys, records, as_json, done=False)
        return
    keys, records = in_session(ctx, work)
    if force and planned.step is Step.BEGIN:
        planned = in_session(ctx, look)
        keys, records = in_session(ctx, work)
    _show(planned, keys, records, as_json, done=True)


def _show(planned: Plan, keys: SigningKeys, records: list[Record], as_json: bool, *, done: bool) -> None:
    if as_json:
        print_json(
            {
                "mail": planned.mail,
                "step": planned.step,
                "done": done and planned.step not in (Step.WAIT, Step.NOTHING),
                "signing": keys.signing,
                "coming": keys.coming,
                "records": records,
                "old": [{"selector": old.selector, "until": old.until} for old in keys.old],
                "retired": planned.retiring,
            }
        )
    else:
        for record in records:
            click.echo(record.zone_line)
    for message in _messages(planned, keys) if done else _would_be(planned):
        say(message)


def _would_be(planned: Plan) -> list[str]:
    """What this command would do now without --dry-run."""
    letters = _SIGNED[planned.mail]
    by_step = {
        Step.BEGIN: "New keys would be made, and their records printed. Nothing was changed.",
        Step.WAIT: f"Nothing would be done: the records of the new keys are not in DNS yet, so {letters} is still "
        "signed with the old keys. Publish the records.",
        Step.SWITCH: f"{letters.capitalize()} would be signed with the new keys from then on. Nothing was changed.",
        Step.NOTHING: "Nothing would be done: the records of the old keys are still needed. relay dkim rotate says "
        "until when.",
        Step.RETIRE: "The old keys would be deleted. Nothing was changed.",
    }
    return [by_step[planned.step]]


def _messages(planned: Plan, keys: SigningKeys) -> list[str]:
    """What was done, and what the operator does next."""
    command, letters = COMMANDS[planned.mail], _SIGNED[planned.mail]
    until = max((f"{old.until:%Y-%m-%d %H:%M} UTC" for old in keys.old), default="")
    leave = (
        f"Leave the old records in DNS until {until}, for letters on their way; then: {command}"
        if until
        else "Leave the records for relayed letters in DNS."
    )
    by_step = {
        Step.BEGIN: f"New keys were made. Publish these records beside the old ones, then: {command}",
        Step.WAIT: f"The records of the new keys are not in DNS yet, so {letters} is still signed with the old keys. "
        f"Publish the records, then: {command}",
        Step.SWITCH: f"{letters.capitalize()} is signed with the new keys from now on. {leave}",
        Step.NOTHING: f"The keys were replaced already. Their old records are needed until {until}, and as long as a "
        "letter signed with them is held. To start another rotation now, use --again",
        Step.RETIRE: "The old keys were deleted.",
    }
    messages = [by_step[planned.step]]
    if planned.retiring:
        names = ", ".join(f"{one}._domainkey" for one in planned.retiring)
        messages.append(f"Remove these records from DNS: {names}")
    return messages
