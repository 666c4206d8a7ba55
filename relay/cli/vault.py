"""relay vault: the key that the database is sealed with."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from relay.cli.output import print_json, say
from relay.cli.session import Session, confirm, in_session, now
from relay.home import Home
from relay.operations.vault_rotation import Plan, plan, rotate_vault, settling


@click.group()
def vault() -> None:
    """The key that the database is sealed with."""


@vault.command()
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--save-old-key",
    type=click.Path(dir_okay=False, resolve_path=True, path_type=Path),
    help="Also write the old key to this new file: backups made before need it.",
)
@click.option("--json", "as_json", is_flag=True, help="One object: what was done.")
@click.pass_context
def rotate(ctx: click.Context, dry_run: bool, yes: bool, save_old_key: Path | None, as_json: bool) -> None:
    """Replace the vault key by a new one, and seal everything anew under it.

    relay may go on meanwhile, and finds the new key by itself. Stopped at any moment, the same command goes on where it
    was. A backup made before the end needs the old key: relay restore FILE --old-key KEY.
    """
    what = in_session(ctx, lambda session: plan(session.store))
    if dry_run:
        say(_words(what))
        _printed(as_json, what, rotated=False)
        return
    confirm(f"{_words(what)} Backups made until now need the old key: is there a copy of it? Go on?", yes)

    async def work(session: Session) -> bool:
        with _alone(session.home):
            if save_old_key is not None:
                _saved(session.home, save_old_key)
            wait = settling(session.home.place(session.settings.store.url))
            if wait:
                say(f"Other relays on this database get {wait.seconds} seconds to find the new key.")
            return await rotate_vault(session.home, session.store, now, wait)

    cleared = in_session(ctx, work)
    _printed(as_json, what, rotated=True)
    say("Everything is under the new key, and the old one is gone from keys.")
    if not cleared:
        say("Its log (relay.db-wal) may hold rows under the old key until relay serve has stopped once.")
    say("Copy the folder keys to its second place now. The copy of before goes with the backups of before.")


def _words(what: Plan) -> str:
    if what.begun_at is not None:
        return f"A change of the vault key was begun and not ended: {what.rows} rows are left."
    return f"{what.rows} rows are sealed anew under a new vault key."


def _printed(as_json: bool, what: Plan, *, rotated: bool) -> None:
    if as_json:
        print_json({"rotated": rotated, "rows": what.rows, "resumed": what.begun_at is not None})


def _saved(home: Home, file: Path) -> None:
    """The old key, into a new file for its owner's eyes only."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(home.vault_key.read_text("ascii"))
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}; nothing was changed") from error


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One change of keys at a time in this home."""
    handle = os.open(home.vault_key, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise click.ClickException("another relay vault rotate is at work; wait for it to end") from None
    finally:
        os.close(handle)
