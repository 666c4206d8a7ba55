"""What a backup file may hold: the names of its members and their limits."""

from __future__ import annotations

FORM = 2
"""The version of the format. Form 1 had no seal."""
MANIFEST, SETTINGS, DATABASE, SEAL = "backup.json", "relay.toml", "relay.db", "backup.seal"
LARGEST = 4 * 1024 * 1024  # octets in a member; only the database may be larger
MOST_MEMBERS = 1000
_FOLDERS = ("keys", "templates")
_LONGEST_NAME = 1024  # octets


class UnfitError(Exception):
    """A file is no backup, or a backup cannot hold a file. The text says why, ``remedy`` what to do."""

    def __init__(self, what: str, remedy: str = "give another backup") -> None:
        super().__init__(what)
        self.remedy = remedy


def check_name(name: str) -> None:
    """Raise UnfitError unless ``name`` is one of the four fixed names or a file below keys/ or templates/.

    A name that leads out of the folder is refused.
    """
    if name in (MANIFEST, SETTINGS, DATABASE, SEAL):
        return
    folder, *below = name.split("/")
    try:
        octets = len(name.encode())
    except UnicodeEncodeError:
        octets = _LONGEST_NAME + 1
    plain = name.isprintable() and octets <= _LONGEST_NAME and not any(part in ("", ".", "..") for part in below)
    if folder not in _FOLDERS or not below or not plain:
        raise UnfitError(f"{name!r:.200} is not a file name that a backup may hold")
