"""The ledger of forgotten members: keyed hashes in keys/forgotten, by which they are forgotten again after a restore.

It is kept with the keys and not in backups, because it must include members who were forgotten after a backup was made.
Each line is an HMAC-SHA-256 of a member's part in a pair (Part.key), with a key of the ledger's own. The head of a
section holds that key, encrypted with the vault key. So a ledger survives a rotation of the vault key, and only a
holder of that key can add a valid line. Two ledgers can be concatenated.
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

from relay.durable_files import replace
from relay.home import Home, HomeError
from relay.vault import Vault, VaultError

_HEAD = re.compile(r"relay forgotten 1 ([A-Za-z0-9+/=]+)")
_LINE = re.compile(r"[0-9a-f]{64}")
_ROW = "forgotten/1"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger in memory: sections of (key, hashes made with it)."""

    sections: tuple[tuple[bytes, frozenset[str]], ...] = ()

    @property
    def size(self) -> int:
        """The number of parts in pairs."""
        return sum(len(hashes) for _, hashes in self.sections)

    def holds(self, part: str) -> bool:
        """Whether the member with this part in a pair (Part.key) was forgotten."""
        return any(_hash(key, part) in hashes for key, hashes in self.sections)


def record(home: Home, parts: Sequence[str]) -> None:
    """Add the ``parts`` in pairs of a member who is about to be forgotten, durably. Call it before the database forgets
    them: if that fails, the ledger names a member whom somebody wanted to forget, which does no harm. Raises
    HomeError."""
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
            "check that its disk has space and relay may write the file",
        ) from error


def read(files: Iterable[Path], vault: Vault) -> Ledger:
    """Read the ledgers ``files`` as one. A line truncated by a crash is ignored. Raises HomeError when one is no
    ledger, or belongs to another vault key."""
    return Ledger(tuple(section for file in files for section in _sections(file, vault)))


def reencrypt(home: Home, vault: Vault) -> None:
    """Encrypt the ledger's keys with the current key of ``vault``. Call it while the keys folder is locked. Raises
    HomeError, OSError."""
    if home.forgotten.exists():
        ledger = read([home.forgotten], vault)
        replace(home.forgotten, _written(ledger, vault))


def keep(home: Home, ledger: Ledger) -> None:
    """Write ``ledger`` as the ledger of ``home``, whose keys exist already. Raises HomeError, OSError."""
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
        raise HomeError(f"{file} belongs to another vault key", "put that vault key beside it") from error
    except (IndexError, UnicodeDecodeError, binascii.Error) as error:
        raise HomeError(
            f"{file} is no ledger of who was forgotten", "give the file keys/forgotten of a relay"
        ) from error
    except OSError as error:
        raise HomeError(
            f"{file} cannot be read: {error.strerror}", "check that it exists and you may read it"
        ) from error
    return [(key, frozenset(hashes)) for key, hashes in sections]


def _hash(key: bytes, part: str) -> str:
    return hmac.new(key, part.encode(), hashlib.sha256).hexdigest()
