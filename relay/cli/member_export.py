"""relay member export: writes all that relay has of a member to one file, for that member."""

from __future__ import annotations

import os
from pathlib import Path

import click

from relay.cli.output import print_json, say
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.cli.writing import templates_of
from relay.mentoring.exporting import Asking
from relay.mentoring.exporting import export as export_copy
from relay.mentoring.members import member_of
from relay.operations.counted import counted


@click.command(cls=Verb)
@click.argument("who", metavar="PAIR SIDE", nargs=-1, required=True)
@click.option("--reason", default="", help="Why you make the copy; this is recorded.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, which must not exist. Default: PAIR-SIDE.zip here.",
)
@click.option("--json", "as_json", is_flag=True, help="One object: the file, its octets, how many letters it holds.")
@click.pass_context
def export(ctx: click.Context, who: tuple[str, ...], reason: str, out: Path | None, as_json: bool) -> None:
    """Write all that relay has of a member to a ZIP file, to be given to that member. Needs --reason.

    It holds a page for any browser, in the member's language, the letters as .eml files, and the same as JSON: their
    addresses and names, consent, events, their own letters, and those they were sent. Who the other member is is not
    in it. COPY by mail gives a member the same.
    """
    if not reason.strip():
        raise click.UsageError("The copy holds private letters: give with --reason why you make it; it is recorded.")

    async def work(session: Session) -> tuple[Path, int]:
        found = await member_of(who, session.store)
        path = out or Path(f"{found.parts[0].pair.id}-{found.parts[0].side}.zip")
        create(path)
        try:
            asking = Asking(session.store, templates_of(session), session.settings, now())
            with path.open("wb") as file:
                letters = await export_copy(found, who_types(), reason, asking, file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path, letters

    path, letters = in_session(ctx, work)
    if as_json:
        print_json({"file": str(path), "octets": path.stat().st_size, "letters": letters})
    say(f"{path} holds {counted(letters, 'letter')}. This was recorded; relay log events shows it.")
    say("Give it to the member in a way that nobody else can read, then delete it.")


def create(path: Path) -> None:
    """Make an empty file that only its owner may read. Raises ClickException when there is one already, OSError."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise click.ClickException(f"{path} exists already, and was not changed; give another with --out") from error
