"""relay dkim: the keys that letters are signed with."""

from __future__ import annotations

import click

from relay.cli.output import print_json, say
from relay.cli.session import Session, confirm, in_session, now
from relay.operations.dkim_rotation import Plan, Step, carry_out, coming_records, plan
from relay.operations.dns_records import Record
from relay.signing_keys import SigningKeys


@click.group()
def dkim() -> None:
    """The keys that letters are signed with."""


@dkim.command()
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would be done.")
@click.option("--force", is_flag=True, help="Sign with the new keys whether or not DNS has their records.")
@click.option("--again", is_flag=True, help="Begin once more, though records of the last keys are still needed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One object: what was done, and the records to publish.")
@click.pass_context
def rotate(ctx: click.Context, *, dry_run: bool, force: bool, again: bool, yes: bool, as_json: bool) -> None:
    """Replace the DKIM keys: call it once, publish what it prints, and call it again.

    The first call makes keys under new selectors and prints their DNS records. The next one signs with them when the
    records are visible. The old records must stay until letters on their way have arrived; a call after that retires
    the old keys. relay serve takes new keys within 15 seconds, and at once on HUP.
    """

    async def look(session: Session) -> Plan:
        return await plan(session.home, session.settings, session.store, now(), force=force, again=again)

    async def work(session: Session) -> tuple[SigningKeys, list[Record]]:
        keys = carry_out(session.home, session.settings, planned, now())
        return keys, coming_records(session.home, session.settings)

    async def published(session: Session) -> list[Record]:
        return coming_records(session.home, session.settings)

    planned = in_session(ctx, look)
    if force and planned.step in (Step.BEGIN, Step.SWITCH):
        confirm("Where the new records are not visible, letters count as unsigned. Sign with the new keys?", yes)
    if dry_run:
        shown = in_session(ctx, published)
        _shown(planned, planned.keys, shown, as_json, done=False)
        return
    keys, records = in_session(ctx, work)
    if force and planned.step is Step.BEGIN:
        planned = in_session(ctx, look)
        keys, records = in_session(ctx, work)
    _shown(planned, keys, records, as_json, done=True)


def _shown(planned: Plan, keys: SigningKeys, records: list[Record], as_json: bool, *, done: bool) -> None:
    if as_json:
        print_json(
            {
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
    for words in _words(planned, keys):
        say(words if done else f"Would be done: {words}")


def _words(planned: Plan, keys: SigningKeys) -> list[str]:
    """What was done, and what the operator does next."""
    until = max((f"{old.until:%Y-%m-%d %H:%M} UTC" for old in keys.old), default="")
    words = {
        Step.BEGIN: "New keys are made. Publish these records beside the old ones, then: relay dkim rotate",
        Step.WAIT: "The records of the new keys are not visible in DNS yet, so the old keys sign. Publish them, and "
        "call this again",
        Step.SWITCH: "Letters are signed with the new keys from now on. Leave the old records in DNS until "
        f"{until}, for letters on their way; then: relay dkim rotate",
        Step.NOTHING: f"The keys were changed already, and the old records are needed until {until}, or as long as "
        "a letter from before is held. Begin once more with --again",
        Step.RETIRE: "The old keys are gone.",
    }
    said = [words[planned.step]]
    if planned.retiring:
        said.append(f"Take these records out of DNS: {', '.join(f'{one}._domainkey' for one in planned.retiring)}")
    return said
