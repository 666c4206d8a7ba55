"""Sealing: what rests in the database rests encrypted, and is found again by keyed hash.

One 32-byte secret (keys/vault.key) yields three keys by HKDF (RFC 5869): one seals with AES-256-GCM, one looks up and
one vouches for backups, both with HMAC-SHA-256. The row's identity is the associated data, so a sealed value moved to
another row does not open. While one secret takes another's place both open and find
(docs/decisions/0020-changing-keys.md).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class VaultError(Exception):
    """A key is not a vault key, or a sealed value does not open: wrong key, wrong row, or damaged."""


@dataclass(frozen=True, slots=True)
class _Key:
    """The keys that come of one secret."""

    secret: bytes
    seal: AESGCM
    lookup: bytes
    backup: bytes


@dataclass(frozen=True, slots=True)
class _Ring:
    """``current`` seals; all ``keys``, the current one first, open; ``lookups`` find, that of the current one first.
    ``version`` grows with each change."""

    current: _Key
    keys: tuple[_Key, ...]
    lookups: tuple[bytes, ...]
    version: tuple[int, int] = (0, 0)


class Vault:
    """Seals octets for one row, opens them again, and makes keyed look-up hashes.

    ``secret`` is 32 octets, as are ``others``, which open and find as well: while one key replaces another, two hold.
    ``more`` reads further secrets from where these came from. Raises VaultError when one is not 32 octets.
    """

    def __init__(
        self, secret: bytes, others: Sequence[bytes] = (), more: Callable[[], Sequence[bytes]] = lambda: ()
    ) -> None:
        keys = tuple(_key(one) for one in dict.fromkeys((secret, *others)))
        self._ring = _Ring(keys[0], keys, tuple(key.lookup for key in keys))
        self._vouching = keys[0]
        self._more = more

    def own(self) -> Vault:
        """The same vault, for one database: what ``turn`` does to it is not seen by the others."""
        copy = Vault(self._vouching.secret, self.secrets, self._more)
        copy._ring = self._ring
        return copy

    def sealing_with(self, secret: bytes) -> Vault:
        """A vault that seals with ``secret`` and opens what this one opens."""
        return Vault(secret, self.secrets, self._more)

    @property
    def version(self) -> tuple[int, int]:
        """Which change of keys this vault has seen last."""
        return self._ring.version

    @property
    def secret(self) -> bytes:
        """The secret that seals now."""
        return self._ring.current.secret

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """Every secret that opens, the one that seals first."""
        return tuple(key.secret for key in self._ring.keys)

    @property
    def lookup_key(self) -> bytes:
        """The key of ``lookup``, which opens nothing."""
        return self._ring.current.lookup

    def further(self) -> tuple[bytes, ...]:
        """All that ``secrets`` has, and what lies now where they came from."""
        return tuple(dict.fromkeys((*self.secrets, *self._more())))

    def turn(
        self, version: tuple[int, int], secret: bytes, others: Sequence[bytes] = (), lookups: Sequence[bytes] = ()
    ) -> None:
        """Seal with ``secret`` from now on; ``others``, and what opened before, open as well, and ``lookups`` find. Not
        when the vault has seen a later ``version``: another thread may look at an older state of the database."""
        ring = self._ring
        if version < ring.version:
            return
        known = {key.secret: key for key in ring.keys}
        keys = tuple([known.get(one) or _key(one) for one in dict.fromkeys((secret, *others, *known))])
        self._ring = _Ring(keys[0], keys, tuple(dict.fromkeys((keys[0].lookup, *lookups))), version)

    def seal(self, plain: bytes, row: str) -> bytes:
        """Encrypt ``plain`` for the row named ``row``, such as "member/17". Random nonce first (NIST SP 800-38D)."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._ring.current.seal.encrypt(nonce, plain, row.encode())

    def open(self, sealed: bytes, row: str) -> bytes:
        """Decrypt what ``seal`` made for the same ``row``. Raises VaultError when it does not open."""
        for key in self._ring.keys:
            try:
                return key.seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], row.encode())
            except (InvalidTag, ValueError):
                continue
        raise VaultError(f"the sealed value of {row} does not open with this vault key")

    def lookup(self, purpose: str, value: str) -> bytes:
        """The 32-octet keyed hash by which ``value`` is found; ``purpose`` keeps kinds of values apart."""
        return _hash(self._ring.lookups[0], purpose, value)

    def lookups(self, purpose: str, value: str) -> tuple[bytes, ...]:
        """``lookup``, and what it was under each earlier key that rows may still be found by."""
        return tuple(_hash(key, purpose, value) for key in self._ring.lookups)

    def vouch(self, listing: bytes) -> bytes:
        """The 32-octet MAC under a backup's list of contents, which only a holder of the vault key can make: that in
        keys/vault.key, also while another one is taking its place."""
        return hmac.digest(self._vouching.backup, listing, hashlib.sha256)

    def vouched(self, listing: bytes, mac: bytes) -> bool:
        """Whether a holder of one of these secrets made ``mac``."""
        macs = [hmac.digest(key.backup, listing, hashlib.sha256) for key in self._ring.keys]
        return any(hmac.compare_digest(one, mac) for one in macs)


def lookup_key_of(secret: bytes) -> bytes:
    """The look-up key that comes of a secret."""
    return _derive(secret, b"relay look-up v1")


def new_key() -> str:
    """A fresh vault key, as the one line that keys/vault.key holds (base64, with newline)."""
    return base64.b64encode(secrets.token_bytes(32)).decode() + "\n"


def read_key(line: str) -> bytes:
    """The 32 octets of a vault key line. Raises VaultError when the line is none."""
    try:
        secret = base64.b64decode(line.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise VaultError("this is not a vault key (one line of base64, 32 octets)") from error
    if len(secret) != 32:
        raise VaultError("this is not a vault key (one line of base64, 32 octets)")
    return secret


def _key(secret: bytes) -> _Key:
    if len(secret) != 32:
        raise VaultError("a vault key is 32 octets")
    seal, backup = _derive(secret, b"relay seal v1"), _derive(secret, b"relay backup v1")
    return _Key(secret, AESGCM(seal), lookup_key_of(secret), backup)


def _hash(key: bytes, purpose: str, value: str) -> bytes:
    return hmac.digest(key, f"{purpose}\0{value}".encode(), hashlib.sha256)


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret)
