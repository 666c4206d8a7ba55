"""relay vault: replaces the key that encrypts the database."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from relay.cli.output import print_json, say
from relay.cli.session import Session, confirm, in_session, now
from relay.cli.verbs import VerbGroup
from relay.durable_files import write_new
from relay.home import Home
from relay.operations.counted import counted
from relay.operations.vault_rotation import Plan, plan, rotate_vault, settling


@click.group(cls=VerbGroup)
def vault() -> None:
    """Replace the key that encrypts the database."""


@vault.command()
@click.option("--dry-run", is_flag=True, help="Change nothing; print what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--save-old-key",
    type=click.Path(dir_okay=False, resolve_path=True, path_type=Path),
    help="Write the old key to this new file: earlier backups need it.",
)
@click.option("--json", "as_json", is_flag=True, help="One object: what was done.")
@click.pass_context
def rotate(ctx: click.Context, dry_run: bool, yes: bool, save_old_key: Path | None, as_json: bool) -> None:
    """Replace the vault key, and encrypt everything again with the new key.

    relay may run meanwhile, and finds the new key by itself. If the command is interrupted, run it again: it goes on
    where it stopped. A backup made before it ends needs the old key: relay restore FILE --old-key KEY.
    """
    planned = in_session(ctx, lambda session: plan(session.store))
    if dry_run:
        say(_described(planned))
        _print_result(as_json, planned, rotated=False)
        return
    confirm(f"{_described(planned)} Earlier backups need the old key: do you have a copy of it? Go on?", yes)

    async def work(session: Session) -> bool:
        with _locked(session.home):
            if save_old_key is not None:
                _save_key(session.home, save_old_key)
            wait = settling(session.home.place(session.settings.store.url))
            if wait:
                say(f"Waiting {wait.seconds} seconds, so that other relays on this database find the new key.")
            return await rotate_vault(session.home, session.store, now, wait)

    cleared = in_session(ctx, work)
    _print_result(as_json, planned, rotated=True)
    say("Everything is encrypted with the new key. The old key was deleted from keys.")
    if not cleared:
        say("The database's log (relay.db-wal) may hold rows under the old key until relay serve is restarted.")
    say("Copy the keys folder to its other safe place now. Keep the old copy as long as backups that need it.")


def _described(planned: Plan) -> str:
    if planned.begun_at is not None:
        return f"An earlier vault key rotation did not finish: {counted(planned.rows, 'row is', 'rows are')} left."
    return f"{counted(planned.rows, 'row')} will be encrypted again with a new vault key."


def _print_result(as_json: bool, planned: Plan, *, rotated: bool) -> None:
    if as_json:
        print_json({"rotated": rotated, "rows": planned.rows, "resumed": planned.begun_at is not None})


def _save_key(home: Home, file: Path) -> None:
    """Write the vault key to a new file with mode 600. Raises ClickException when it cannot."""
    try:
        write_new(file, home.vault_key.read_text("ascii"))
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}; nothing was changed") from error


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    """Lock the vault key file, so that only one rotation runs in this home. Raises ClickException if one does."""
    handle = os.open(home.vault_key, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise click.ClickException("another relay vault rotate is running; wait until it ends") from None
    finally:
        os.close(handle)
