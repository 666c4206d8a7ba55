"""Makes a backup of the home before its database is upgraded to the version of this relay, and deletes old ones.

They are in the folder upgrades of the home, sealed like those of relay backup, without the keys: relay restore reads
them. relay of the earlier version, with such a backup, is the way back.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from relay.home import Home, HomeError
from relay.operations.backup import back_up_before
from relay.operations.findings import Finding, fine
from relay.store import StoreError, Upgrade

log = logging.getLogger(__name__)

KEPT = 2
"""Backups: those before the last two upgrades."""
KEPT_FOR = timedelta(days=30)
"""How long. People who are forgotten meanwhile, and letters that [retention] deletes, stay in them until then."""
_RESERVE = 64 * 1024 * 1024  # octets
_NAME = re.compile(r"version-(\d{3})-(\d{8}T\d{6}Z)\.backup")
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A backup that was made ``at``, before the database of ``version`` was upgraded."""

    file: Path
    version: int
    at: datetime


def backing_up(home: Home, now: Callable[[], datetime]) -> Callable[[Upgrade], None]:
    """A function for Store.open that makes the backup of ``home``. It raises StoreError when there is not enough room,
    or the backup cannot be made; then the database is not upgraded."""

    def make(upgrade: Upgrade) -> None:
        _check_room(home, upgrade)
        at = now()
        folder = home.upgrades
        file = folder / f"version-{upgrade.found:03d}-{at.astimezone(UTC).strftime(_TIME)}.backup"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            size = back_up_before(home, upgrade.copy_to, file, at)
            remove_old(home, at)
        except HomeError as error:
            raise StoreError(f"the database was not upgraded: {error.what}", error.remedy) from error
        except OSError as error:
            raise StoreError(
                f"the database was not upgraded, because {folder} cannot be written ({error.strerror})",
                "run relay as the user who owns the home folder",
            ) from error
        log.warning(
            "the database is upgraded from version %d to %d; a backup of before (%d octets) is in %s",
            upgrade.found,
            upgrade.shipped,
            size,
            file,
        )

    return make


def _check_room(home: Home, upgrade: Upgrade) -> None:
    """Raise StoreError unless there is room for the snapshot, the backup made of it, and the upgrade's own log."""
    needed = 3 * upgrade.octets + _RESERVE
    free = shutil.disk_usage(home.path).free
    if free < needed:
        raise StoreError(
            f"the database was not upgraded to version {upgrade.shipped}: the backup before it needs "
            f"{needed // 1024**2} MiB, and {free // 1024**2} MiB are free in {home.path}",
            "free some disk space, then start relay again; the earlier version of relay still works with the database",
        )


def remove_old(home: Home, now: datetime) -> None:
    """Delete the backups that are older than KEPT_FOR, and all but the newest KEPT. Raises OSError."""
    newest_first = sorted(_kept(home), key=lambda one: one.at, reverse=True)
    for place, one in enumerate(newest_first):
        if place >= KEPT or one.at < now - KEPT_FOR:
            one.file.unlink(missing_ok=True)
            log.info("deleted the backup of before the upgrade from version %d", one.version)


def check_upgrades(home: Home) -> Iterator[Finding]:
    """Which backups of before an upgrade there are, and until when."""
    for one in sorted(_kept(home), key=lambda one: one.at):
        yield fine(
            f"the database was upgraded from version {one.version} on {one.at:%Y-%m-%d}; the backup of before is "
            f"{one.file}, and is deleted on {one.at + KEPT_FOR:%Y-%m-%d}"
        )


def _kept(home: Home) -> Iterator[_Kept]:
    for file in home.upgrades.iterdir() if home.upgrades.is_dir() else ():
        if made := _NAME.fullmatch(file.name):
            yield _Kept(file, int(made[1]), datetime.strptime(made[2], _TIME).replace(tzinfo=UTC))
