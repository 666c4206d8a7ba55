"""relay backup: saves the home to one file."""

from __future__ import annotations

from pathlib import Path

import click

from relay.cli.output import print_json, say
from relay.cli.session import Session, in_session, now
from relay.cli.verbs import Verb
from relay.operations.backup import back_up


@click.command(cls=Verb)
@click.argument("file", type=click.Path(dir_okay=False, resolve_path=True, path_type=Path))
@click.option(
    "--with-keys", is_flag=True, help="Include the keys: then anyone who has the file can read everything in it."
)
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def backup(ctx: click.Context, file: Path, with_keys: bool, as_json: bool) -> None:
    """Save settings, your own templates and the database to a new FILE. relay may run meanwhile.

    The keys are left out: keep them in another place, because FILE is useless without them. FILE is authenticated with
    the vault key (HMAC), so relay restore notices when it was altered.
    """

    async def work(session: Session) -> int:
        return await back_up(session.home, session.store, file, now(), keys=with_keys)

    octets = in_session(ctx, work)
    if as_json:
        print_json({"file": str(file), "octets": octets, "keys": with_keys})
    say(f"saved: {file} ({octets:,} octets)")
    if not with_keys:
        say("The keys are not in it. Keep a copy of the keys folder in another safe place.")
