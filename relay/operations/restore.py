"""relay restore: makes a home from a backup.

Nothing in the backup is used before its seal was checked, and nothing is written outside of the home.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from relay import ledger
from relay.durable_files import sync_folder
from relay.home import Home, HomeError
from relay.ledger import Ledger
from relay.operations.backup_file import Contents, unpack
from relay.operations.backup_layout import FORM, UnfitError
from relay.operations.forget_again import Again, forget_again
from relay.operations.vault_rotation import reseal
from relay.settings_file import SettingsError, load
from relay.store import Store
from relay.vault import Vault

_RESERVED = ("keys", "templates", "relay.toml")


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored home.

    ``due``: the number of deliveries in ``database``, the file that was restored. ``foreign``: store.url names another
    database than that. ``faults``: what is wrong with relay.toml. ``sealed`` False: the backup had no seal, so it could
    have been altered. ``forgotten``: how many members were forgotten after the backup was made, and were forgotten
    again now; None when there was no ledger. ``kept``: pairs on legal hold, whose members wait to be forgotten again.
    """

    due: int
    database: Path
    foreign: bool
    faults: Sequence[str]
    sealed: bool
    forgotten: int | None = None
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What an operator may give besides the backup.

    ``old_key``: the vault key from when the backup was made, if it was replaced since. ``ledgers``: copies of the
    ledger of forgotten members (relay.ledger). ``who`` restores; events tell it.
    """

    old_key: Path | None = None
    ledgers: tuple[Path, ...] = ()
    who: str = ""


async def restore(
    home: Home, file: Path, now: datetime, *, hold: bool, unsealed: bool = False, given: Given | None = None
) -> Restored:
    """Make a home from a backup, in a folder that is new, empty or holds only the keys folder.

    ``hold``: hold all deliveries until an operator releases them, because they may have been delivered since the
    backup. ``unsealed``: accept a backup of form 1, which has no seal. Members in a ledger are forgotten again. Raises
    HomeError, StoreError; then the folder is as it was.
    """
    given = given or Given()
    with _new_folder(home), tempfile.TemporaryDirectory(dir=home.path, prefix=".relay-restore-") as folder:
        made = Home(Path(folder))
        contents = _unpack(file, made)
        if contents.form < FORM and not unsealed:
            raise HomeError(
                f"{file} has no seal, so nothing shows whether it was altered: an old relay made it, or somebody "
                "removed the seal",
                "if you know that nobody could change the file, add --unsealed",
            )
        vault = _vault(home, made)
        opening = (
            vault if given.old_key is None else Vault(vault.secret, [*vault.secrets, home.read_secret(given.old_key)])
        )
        if contents.form >= FORM:
            _check_seal(contents, opening, file)
        ledgers = ledger.read(
            [*(one.forgotten for one in (home, made) if one.forgotten.exists()), *given.ledgers], opening
        )
        due, again = await _prepare_database(made, opening, ledgers, now, hold=hold, who=given.who)
        inside, faults = _database_path(made)
        database = home.path / (inside or home.db.name)
        _move(made, home, database)
        ledger.keep(home, ledgers)
    known = again.forgotten if ledgers.sections else None
    return Restored(due, database, inside is None, faults, contents.form >= FORM, known, again.kept)


@contextmanager
def _new_folder(home: Home) -> Iterator[None]:
    """Make the folder of the home. After an exception, a folder that did not exist before is removed again."""
    if home.toml.exists():
        raise HomeError(
            f"{home.path} is a home already", "restore into another folder with --home, and look at it first"
        )
    existed = home.path.is_dir()
    try:
        if existed and any(path != home.keys for path in home.path.iterdir()):
            raise HomeError(f"{home.path} is not empty", "restore into a new folder, or one that holds only keys")
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HomeError(f"{home.path} cannot be made: {error.strerror}", "choose another folder") from error
    try:
        yield
    except BaseException:
        if not existed:
            home.path.rmdir()
        raise


def _unpack(file: Path, made: Home) -> Contents:
    try:
        return unpack(file, made.path)
    except UnfitError as error:
        raise HomeError(f"{file} cannot be restored: {error}", error.remedy) from error
    except OSError as error:
        raise HomeError(f"{file} cannot be unpacked: {error.strerror}", "check the file and the disk") from error


def _vault(home: Home, made: Home) -> Vault:
    """The vault of the new home: with the folder's own keys if it has any, else with the backup's."""
    if home.vault_key.exists():
        return home.read_vault()
    if home.keys.exists():
        raise HomeError(f"{home.keys} holds no vault.key", "put it there, or move that folder away")
    if not made.vault_key.exists():
        raise HomeError(
            "the backup holds no keys, and without vault.key nothing in it can be read",
            f"put your copy of the keys folder into {home.path}",
        )
    try:
        return made.read_vault()
    except HomeError as error:
        raise HomeError("the vault key in the backup cannot be read", "give another backup") from error


def _check_seal(contents: Contents, vault: Vault, file: Path) -> None:
    """Raise HomeError unless nothing was altered since a holder of the vault key made the backup."""
    altered = contents.altered(vault)
    if altered is None:
        return
    if altered:
        raise HomeError(f"{altered} in {file} was altered, so nothing was restored", "give another backup")
    raise HomeError(
        f"{file} was altered, or was made under another vault key than the one in keys, so nothing was restored",
        "give another backup, or give the vault.key from when it was made with --old-key FILE",
    )


async def _prepare_database(
    made: Home, vault: Vault, ledgers: Ledger, now: datetime, *, hold: bool, who: str
) -> tuple[int, Again]:
    """Check and migrate the database, encrypt it with the key of the new home, and forget members of the ledgers again.

    Returns how many deliveries are due, and who was forgotten.
    """
    store = await Store.open(made.db, vault)
    try:
        await store.check()
        if vault.secret != (await store.key_change.secrets())[0]:
            await reseal(store, vault.secret, now)
        again = await forget_again(store, ledgers, now, who=who)
        if hold:
            await store.queue.hold_all()
        await store.key_change.clear_log()
        return sum((await store.queue.counts()).values()), again
    finally:
        await store.close()


def _database_path(made: Home) -> tuple[PurePosixPath | None, Sequence[str]]:
    """The path of the database by store.url, relative to the home, and the errors in relay.toml.

    The path is None when it is not in the home, or when relay.toml has errors.
    """
    try:
        url = load(made.toml, {}).store.url
    except SettingsError as error:
        return None, [line.replace(f"{made.path}/", "") for line in error.errors]
    except RecursionError:
        return None, ["relay.toml: is nested too deeply"]
    scheme, _, name = url.partition(":")
    path = PurePosixPath(name)
    leads_out = path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name
    if scheme != "sqlite" or leads_out or path.parts[0] in _RESERVED or path.parts[0].startswith("."):
        return None, []
    return path, []


def _move(made: Home, home: Home, database: Path) -> None:
    """Move the files into the home, relay.toml last, because it makes the folder a home. On an exception, undo it."""
    moves = [(made.templates, home.templates), (made.db, database), (made.toml, home.toml)]
    if not home.keys.exists():
        moves.insert(0, (made.keys, home.keys))
    placed: list[Path] = []
    try:
        for source, target in moves:
            if source.exists():
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                source.rename(target)
                placed.append(target)
                sync_folder(target.parent)
    except BaseException:
        for target in placed:
            _remove(home.path / target.relative_to(home.path).parts[0])
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
