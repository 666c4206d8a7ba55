"""relay rehearse: simulates weeks or months of a programme on a copy of the home."""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import datetime
from pathlib import Path

import click

from relay.cli.command_line import run
from relay.cli.output import print_json, say
from relay.cli.session import home_of, now, settings_of, with_clock
from relay.cli.verbs import Verb
from relay.home import Home
from relay.rehearsal.clock import parse_time
from relay.rehearsal.copy_home import copy_home
from relay.rehearsal.play import Plan, Played, play
from relay.rehearsal.script import read_script
from relay.settings_file import load

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(cls=Verb)
@click.option(
    "--until", required=True, metavar="TIME", help="When the rehearsal ends: 2026-12-01T09:00:00Z, or +14d from now."
)
@click.option("--script", required=True, type=_FILE, help="Who does what and when, as JSON lines.")
@click.option("--out", required=True, type=_FOLDER, help="A new folder for the letters and events.")
@click.option("--seed", type=int, default=0, help="The seed of random waits between delivery tries.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def rehearse(  # noqa: PLR0917 -- one parameter an option
    ctx: click.Context, until: str, script: Path, out: Path, seed: int, as_json: bool
) -> None:
    """Simulate what a script says on a copy of the home, and write every letter that would be sent to a folder.

    The home is not changed, and nothing is sent. The script has one JSON object a line, in order of time:

    \b
    {"at": "+2d", "from": "jane@example.org", "to": "alias:k7f3q2:mentor", "subject": "Hello", "text": "How are you?"}
    {"at": "+3d", "from": "omar@example.net", "to": "question:LAST", "text": "{{code}}"}
    {"at": "+4d", "bounce": "jane@example.org", "status": "5.1.1"}
    {"at": "+5d", "run": ["pair", "pause", "k7f3q2", "--yes"]}

    "to" is an address, alias:PAIR:SIDE (the alias that stands for that side) question:LAST (the reply address of the
    newest open question to the sender, whose code is {{code}}), or conversation:LAST (the reply address of the newest
    letter to the sender in a conversation with the operator; the operator can write question:LAST as well). "eml": FILE
    gives a whole mail instead of subject and text, and "proven": false a letter whose author is not proven.

    The folder gets letters/NNNNNN.eml, in the order they are sent, and events.jsonl. There the side of a relayed letter
    is its author's, and the side of a letter from the programme is its reader's.
    """
    start = now().replace(microsecond=0)
    try:
        end = parse_time(until, start)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if out.exists() and any(out.iterdir()):
        raise click.UsageError(f"{out} is not empty: give a new folder, so that letters of two rehearsals do not mix")
    plan = Plan(read_script(script, start), start, end, seed, _run_command)
    played = asyncio.run(_played(home_of(ctx), plan, out))
    if as_json:
        print_json({"letters": played.letters, "events": played.events, "until": _stamp(end)})
    say(f"Until {_stamp(end)}: {played.letters} letters sent, {played.events} events. See {out}")


async def _played(home: Home, plan: Plan, out: Path) -> Played:
    with tempfile.TemporaryDirectory(prefix="relay-rehearsal-") as folder:
        copy = await copy_home(home, settings_of(home), Path(folder) / "home")
        with _own_database():
            return await play(copy, load(copy.toml, os.environ), plan, out)


@contextmanager
def _own_database() -> Iterator[None]:
    """Make every store opened inside the block the copy's own SQLite file, even where the home uses PostgreSQL.

    The commands of the script read settings anew, so it is set in the environment.
    """
    before = os.environ.get("RELAY_STORE__URL")
    os.environ["RELAY_STORE__URL"] = "sqlite:relay.db"
    try:
        yield
    finally:
        if before is None:
            del os.environ["RELAY_STORE__URL"]
        else:
            os.environ["RELAY_STORE__URL"] = before


def _run_command(arguments: Sequence[str], home: Home, clock: Callable[[], datetime]) -> str:
    """Run a command line on the copy with the rehearsal's clock. Returns its error, or "" when it succeeded."""
    errors = io.StringIO()
    with with_clock(clock), redirect_stdout(io.StringIO()), redirect_stderr(errors):
        code = run(["--home", str(home.path), *arguments])
    return errors.getvalue().strip() or f"exit code {code}" if code else ""


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
