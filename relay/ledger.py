"""The ledger of who was forgotten: keyed hashes in keys/forgotten, by which a restored backup forgets them again.

It lies with the keys because it must not lie in a backup: who was forgotten after a backup is what that backup cannot
know. Each line is an HMAC-SHA-256 of a part that somebody had in a pair, under a key of the ledger's own. The head
holds that key, sealed with the vault key. So a ledger outlives a change of the vault key, and only a holder of that key
can write a line that is believed. Two ledgers, one behind the other, are a ledger.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from relay.home import Home, HomeError, replace
from relay.vault import Vault, VaultError

_HEAD = re.compile(r"relay forgotten 1 ([A-Za-z0-9+/=]+)")
_LINE = re.compile(r"[0-9a-f]{64}")
_ROW = "forgotten/1"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was read: each (key of the ledger, hashes under it)."""

    sections: tuple[tuple[bytes, frozenset[str]], ...] = ()

    @property
    def size(self) -> int:
        """How many parts in pairs it names."""
        return sum(len(hashes) for _, hashes in self.sections)

    def holds(self, part: str) -> bool:
        """Whether who had this part in a pair (Part.key) was forgotten."""
        return any(_hash(key, part) in hashes for key, hashes in self.sections)


def record(home: Home, parts: Sequence[str]) -> None:
    """Write into the ledger, durably, that who had these parts in pairs is forgotten. To be called before they are: a
    ledger that names somebody who is still there does no harm, for that is what was asked for. Raises HomeError."""
    try:
        with home.holding_keys():
            vault = home.read_vault()
            if not home.forgotten.exists():
                replace(home.forgotten, _head(vault, secrets.token_bytes(32)))
            key = read([home.forgotten], vault).sections[-1][0]
            _append(home.forgotten, "".join(f"{_hash(key, part)}\n" for part in parts))
    except OSError as error:
        raise HomeError(
            f"{home.forgotten} cannot be written: {error.strerror}, so nobody was forgotten",
            "see to the disk and to whose files these are",
        ) from error


def read(files: Iterable[Path], vault: Vault) -> Ledger:
    """All that the ledgers ``files`` name. A line that a crash cut short names nobody. Raises HomeError when one is no
    ledger, or is under another vault key."""
    return Ledger(tuple(section for file in files for section in _sections(file, vault)))


def seal_anew(home: Home, vault: Vault) -> None:
    """Put the ledger's key under the secret that ``vault`` seals with. To be called while the keys are held. Raises
    HomeError, OSError."""
    if home.forgotten.exists():
        ledger = read([home.forgotten], vault)
        replace(home.forgotten, _written(ledger, vault))


def keep(home: Home, ledger: Ledger) -> None:
    """Let ``ledger``, whole, be that of ``home``, whose keys are in place. Raises HomeError, OSError."""
    if ledger.sections:
        with home.holding_keys():
            replace(home.forgotten, _written(ledger, home.read_vault()))


def _written(ledger: Ledger, vault: Vault) -> str:
    merged: dict[bytes, set[str]] = {}
    for key, hashes in ledger.sections:
        merged.setdefault(key, set()).update(hashes)
    return "".join(_head(vault, key) + "".join(f"{one}\n" for one in sorted(hashes)) for key, hashes in merged.items())


def _head(vault: Vault, key: bytes) -> str:
    return f"relay forgotten 1 {base64.b64encode(vault.seal(key, _ROW)).decode()}\n"


def _append(path: Path, text: str) -> None:
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW)
    with os.fdopen(handle, "r+b") as file:
        file.seek(-1, os.SEEK_END)
        torn = file.read(1) != b"\n"
        file.write(b"\n" * torn + text.encode())
        file.flush()
        os.fsync(file.fileno())


def _sections(file: Path, vault: Vault) -> list[tuple[bytes, frozenset[str]]]:
    sections: list[tuple[bytes, set[str]]] = []
    try:
        lines = file.read_text("ascii").splitlines()
        for line in lines:
            if head := _HEAD.fullmatch(line):
                sections.append((vault.open(base64.b64decode(head[1]), _ROW), set()))
            elif _LINE.fullmatch(line):
                sections[-1][1].add(line)
        if not sections:
            raise IndexError
    except VaultError as error:
        raise HomeError(
            f"{file} is under another vault key", "lay the vault key beside it that belongs to it"
        ) from error
    except (IndexError, UnicodeDecodeError, binascii.Error) as error:
        raise HomeError(
            f"{file} is no ledger of who was forgotten", "give the file keys/forgotten of a relay"
        ) from error
    except OSError as error:
        raise HomeError(f"{file} cannot be read: {error.strerror}", "see that it is there, and yours") from error
    return [(key, frozenset(hashes)) for key, hashes in sections]


def _hash(key: bytes, part: str) -> str:
    return hmac.new(key, part.encode(), hashlib.sha256).hexdigest()
