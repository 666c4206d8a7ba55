"""What a backup holds: the names of its members and their bounds."""

from __future__ import annotations

FORM = 2
"""Form 1 had no seal."""
MANIFEST, SETTINGS, DATABASE, SEAL = "backup.json", "relay.toml", "relay.db", "backup.seal"
LARGEST = 4 * 1024 * 1024  # octets of a member; only the database may have more
MOST_MEMBERS = 1000
_FOLDERS = ("keys", "templates")
_LONGEST_NAME = 1024  # octets


class UnfitError(Exception):
    """The file is no backup, or what is to go into one does not fit; the words say why, ``remedy`` what to do."""

    def __init__(self, what: str, remedy: str = "give another backup") -> None:
        super().__init__(what)
        self.remedy = remedy


def check_name(name: str) -> None:
    """Raise UnfitError unless a member may be called ``name``: one of the four files, or a file below keys or
    templates. Never one that leads out of the folder it is unpacked in."""
    if name in (MANIFEST, SETTINGS, DATABASE, SEAL):
        return
    folder, *below = name.split("/")
    try:
        octets = len(name.encode())
    except UnicodeEncodeError:
        octets = _LONGEST_NAME + 1
    plain = name.isprintable() and octets <= _LONGEST_NAME and not any(part in ("", ".", "..") for part in below)
    if folder not in _FOLDERS or not below or not plain:
        raise UnfitError(f"{name!r:.200} is no name of a file that a backup may hold")
