"""Names of files in an archive, without personal folders and identities."""

from __future__ import annotations

import re
import unicodedata

from relay.anonymise.filenames import is_invented, names_somebody, neutral_name
from relay.anonymise.identities import Redactor
from relay.anonymise.program_names import made_up, without_clock

_DRIVE = re.compile(r"[A-Za-z]:")
# Folders in which every user of a machine has a home directory.
_USERS = frozenset({"users", "home", "documents and settings", "benutzer", "utilisateurs", "usuarios", "profiles"})
_ABOVE_USERS = frozenset({"mnt", "c", "d", "export", "var", "private", "nfs", "host", "cygdrive", "volumes", "system"})
_MEDIA = frozenset({"media", "volumes"})
# Synchronised folders are named after the company that pays for them.
_SYNCED = re.compile(r"(?:OneDrive|Dropbox|SharePoint|Google Drive|iCloud Drive|Box|Nextcloud)(?: -|-| \().*", re.I)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NO_EXTENSION = ".folder"

_OF_PROGRAMS = re.compile(
    r"\.ds_store|thumbs\.db|ehthumbs(?:_vista)?\.db|desktop\.ini|\.localized|\._.*|~\$.*|\.~lock\..*#|icon\r|"
    r"\.directory|\.apdisk|\.fseventsd|\.spotlight-v100|\.trashes|\.bridgesort|\.picasa\.ini|picasa\.ini",
    re.IGNORECASE,
)
_FOLDERS_OF_PROGRAMS = frozenset({"__macosx", ".fseventsd", ".spotlight-v100", ".trashes", "$recycle.bin"})


def parts_of(name: str) -> list[str]:
    """The folders and the file name of a member's path, with either kind of slash; parts that lead upwards are
    dropped."""
    parts = [part.strip() for part in re.split(r"[/\\]", name.replace("\0", ""))]
    return [part for part in parts if part not in ("", ".", "..") and not _DRIVE.fullmatch(part)]


def of_programs(parts: list[str]) -> bool:
    """Whether a program created the file for itself. Those of office programs hold their user's name."""
    return bool(_FOLDERS_OF_PROGRAMS.intersection(part.lower() for part in parts[:-1])) or bool(
        _OF_PROGRAMS.fullmatch(parts[-1])
    )


class MemberNames:
    """Gives each file of one archive its new, unique name, by the rules for attached files (filenames.py)."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._folders: dict[str, str] = {}
        self._taken: set[str] = set()
        self._files = 0

    def name(self, parts: list[str], media_type: str = "") -> str:
        """The new name for a file with the path ``parts``, "/" between folders."""
        self._files += 1
        *folders, file = _without_users(parts)
        folders = [self._folder(folder) for folder in folders if not _SYNCED.fullmatch(folder)]
        timeless = without_clock(file)
        if self._telling(file) or is_invented(file, media_type) or timeless == "":
            file = self._neutral(file, media_type)
        elif timeless:
            file = timeless
        if self._telling(" ".join((*folders, file))) or self._telling("/".join((*folders, file))):
            folders, file = [], self._neutral(file, media_type)
        return self._unique("/".join((*folders, file)))

    def _folder(self, folder: str) -> str:
        timeless = _folder_without_clock(folder)
        if timeless and not self._telling(timeless):
            return timeless
        return self._folders.setdefault(folder, f"folder-{len(self._folders) + 1}")

    def _neutral(self, file: str, media_type: str) -> str:
        return neutral_name(file, media_type, self._files, self._redactor)

    def _telling(self, name: str) -> bool:
        unseen = any(
            unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c not in "\u200c\u200d" for c in name
        )
        return unseen or len(name) > 200 or names_somebody(name, self._redactor)

    def _unique(self, path: str) -> str:
        stem, dot, extension = path.rpartition(".")
        if not dot or "/" in extension:
            stem, extension = path, ""
        new, number = path, 1
        # On Windows, names that differ only in case are the same.
        while new.casefold() in self._taken:
            number += 1
            new = f"{stem} ({number}){dot}{extension}" if extension else f"{path} ({number})"
        self._taken.add(new.casefold())
        return new


def is_changed(file: str) -> bool:
    """Whether the file's name may be one that a program made up, or holds a clock."""
    return made_up(file) or without_clock(file) is not None


def _folder_without_clock(folder: str) -> str:
    """The folder's name without a time of day; "" where nothing else is left."""
    # The end of "2026-02-03 20.14.11" is no extension.
    timeless = without_clock(folder + _NO_EXTENSION)
    return folder if timeless is None else timeless.removesuffix(_NO_EXTENSION).strip(" -_.,")


def _without_users(parts: list[str]) -> list[str]:
    """The path below a home directory (/Users/jane/Desktop/plan.txt: Desktop/plan.txt)."""
    at = 0
    while at < len(parts) - 1 and parts[at].lower() in _ABOVE_USERS and parts[at].lower() not in _MEDIA:
        at += 1
    if at < len(parts) - 2 and parts[at].lower() in _USERS:
        return parts[at + 2 :]
    if len(parts) > 2 and parts[0].lower() in _MEDIA:
        return parts[2:]
    return parts[at:] if at and parts[at - 1].lower() in ("mnt", "cygdrive", "private") else parts
