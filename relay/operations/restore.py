"""Makes a home of a backup: nothing in it is used before its seal was checked, nothing is made outside of the home."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from relay import ledger
from relay.home import Home, HomeError
from relay.ledger import Ledger
from relay.operations.backup_file import Contents, unpack
from relay.operations.backup_layout import FORM, UnfitError
from relay.operations.forget_again import forget_again
from relay.operations.vault_rotation import reseal
from relay.settings_file import SettingsError, load
from relay.store import Store
from relay.vault import Vault

_TAKEN = ("keys", "templates", "relay.toml")


@dataclass(frozen=True, slots=True)
class Restored:
    """A home that was made: ``due`` deliveries wait in ``database``. ``foreign``: store.url names another place than
    that. ``faults``: what is wrong with relay.toml; ``sealed`` False: nothing showed that the backup is unaltered.
    ``forgotten``: how many people were forgotten after the backup was made, and so again; None when there was no ledger
    of them."""

    due: int
    database: Path
    foreign: bool
    faults: Sequence[str]
    sealed: bool
    forgotten: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What an operator gives besides the backup: the vault key that it was made under, when another one lies in keys
    now, and ledgers of who was forgotten (relay.ledger)."""

    old_key: Path | None = None
    ledgers: tuple[Path, ...] = ()


async def restore(
    home: Home, file: Path, now: datetime, *, hold: bool, unsealed: bool = False, given: Given | None = None
) -> Restored:
    """Make a home of a backup, in a folder that is new, empty or holds the keys only.

    ``hold``: what was still to be delivered is held until somebody looks (relay queue retry), for it may have arrived
    after the backup was made. ``unsealed``: take a backup of form 1, which has no seal. Whoever a ledger names is
    forgotten again. Raises HomeError, StoreError; then the folder is as it was.
    """
    given = given or Given()
    with _room(home), tempfile.TemporaryDirectory(dir=home.path, prefix=".relay-restore-") as folder:
        made = Home(Path(folder))
        contents = _unpacked(file, made)
        if contents.form < FORM and not unsealed:
            raise HomeError(
                f"{file} carries no seal, so nothing shows whether it was altered: an old relay made it, or somebody "
                "took the seal away",
                "if you know where it has been, say --unsealed",
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
        due, forgotten = await _made_ready(made, opening, ledgers, now, hold=hold)
        inside, faults = _place(made)
        database = home.path / (inside or home.db.name)
        _move(made, home, database)
        ledger.keep(home, ledgers)
    known = forgotten if ledgers.sections else None
    return Restored(due, database, inside is None, faults, contents.form >= FORM, known)


@contextmanager
def _room(home: Home) -> Iterator[None]:
    """The folder of the home to be. One that was not there is gone again after a fault."""
    if home.toml.exists():
        raise HomeError(
            f"{home.path} is a home already", "restore into another folder with --home, and look at it first"
        )
    there = home.path.is_dir()
    try:
        if there and any(path != home.keys for path in home.path.iterdir()):
            raise HomeError(f"{home.path} is not empty", "restore into a new folder, or one that holds only keys")
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HomeError(f"{home.path} cannot be made: {error.strerror}", "choose another folder") from error
    try:
        yield
    except BaseException:
        if not there:
            home.path.rmdir()
        raise


def _unpacked(file: Path, made: Home) -> Contents:
    try:
        return unpack(file, made.path)
    except UnfitError as error:
        raise HomeError(f"{file} cannot be restored: {error}", error.remedy) from error
    except OSError as error:
        raise HomeError(f"{file} cannot be unpacked: {error.strerror}", "see to the file and the disk") from error


def _vault(home: Home, made: Home) -> Vault:
    """The vault that the new home will have: its own, where the folder holds keys; the backup's otherwise."""
    if home.vault_key.exists():
        return home.read_vault()
    if home.keys.exists():
        raise HomeError(f"{home.keys} holds no vault.key", "put it there, or move the folder away")
    if not made.vault_key.exists():
        raise HomeError(
            "the backup holds no keys, and without vault.key nothing in it can be read",
            f"put the folder keys, which you kept at another place, into {home.path}",
        )
    try:
        return made.read_vault()
    except HomeError as error:
        raise HomeError("the backup holds no vault key that can be read", "give another backup") from error


def _check_seal(contents: Contents, vault: Vault, file: Path) -> None:
    """Raises HomeError unless everything is as it was when a holder of the vault key made the backup."""
    altered = contents.altered(vault)
    if altered is None:
        return
    if altered:
        raise HomeError(f"{altered} in {file} is not as it was saved, so nothing was restored", "give another backup")
    raise HomeError(
        f"{file} was altered, or was made under another vault key than the one in keys, so nothing was restored",
        "give another backup, or the keys that belong to this one: --old-key FILE names the vault.key of then",
    )


async def _made_ready(made: Home, vault: Vault, ledgers: Ledger, now: datetime, *, hold: bool) -> tuple[int, int]:
    """Look the database over, bring it up to date and under the key of the new home, and forget in it whoever was
    forgotten; returns how many deliveries wait in it, and how many people that were."""
    store = await Store.open(made.db, vault)
    try:
        await store.check()
        if vault.secret != (await store.key_change.secrets())[0]:
            await reseal(store, vault.secret, now)
        forgotten = await forget_again(store, ledgers, now)
        if hold:
            await store.queue.hold_all()
        await store.key_change.clear_log()
        return sum((await store.queue.counts()).values()), forgotten
    finally:
        await store.close()


def _place(made: Home) -> tuple[PurePosixPath | None, Sequence[str]]:
    """Where store.url has the database, from the home's folder (None: not in it), and what is wrong with relay.toml."""
    try:
        url = load(made.toml, {}).store.url
    except SettingsError as error:
        return None, [words.replace(f"{made.path}/", "") for words in error.errors]
    except RecursionError:
        return None, ["relay.toml: is nested too deeply"]
    scheme, _, name = url.partition(":")
    path = PurePosixPath(name)
    leads_out = path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name
    if scheme != "sqlite" or leads_out or path.parts[0] in _TAKEN or path.parts[0].startswith("."):
        return None, []
    return path, []


def _move(made: Home, home: Home, database: Path) -> None:
    """Into place; relay.toml last, for it makes the folder a home. After a fault nothing of it is there."""
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
                _sync(target.parent)
    except BaseException:
        for target in placed:
            _take_away(home.path / target.relative_to(home.path).parts[0])
        raise


def _take_away(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """A name is on the disk only when its folder is (fsync(2))."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
