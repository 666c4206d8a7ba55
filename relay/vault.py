"""Encrypts ("seals") values for the database, and makes keyed hashes for lookups.

One 32-octet secret (keys/vault.key) yields three keys by HKDF (RFC 5869): one for encryption with AES-256-GCM, one for
lookup hashes and one for MACs of backups, both with HMAC-SHA-256. The row name is the associated data, so a value
copied to another row cannot be decrypted. During a rotation both secrets decrypt and find values
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
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_REMEMBERED = 128
"""Hashes: a letter's fingerprint and its recipient's domain are looked up twice, some domains with every letter."""


class VaultError(Exception):
    """Not a vault key, or a value that cannot be decrypted: wrong key, wrong row, or damaged."""


@dataclass(frozen=True, slots=True)
class _Key:
    """The keys derived from one secret."""

    secret: bytes
    seal: AESGCM
    lookup: bytes
    backup: bytes


@dataclass(frozen=True, slots=True)
class _Ring:
    """``current`` encrypts; all ``keys`` decrypt, the current one first; ``found`` makes ``Vault.lookups``. ``version``
    grows with each rotation."""

    current: _Key
    keys: tuple[_Key, ...]
    found: Callable[[str, str], tuple[bytes, ...]]
    version: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, keys: tuple[_Key, ...], lookups: Sequence[bytes], version: tuple[int, int] = (0, 0)) -> _Ring:
        """The ring of ``keys``, with the keys ``lookups``, the current one first."""
        # Copying a hash that has its key takes a third of the time of giving one its key.
        keyed = [HMAC(key, SHA256()) for key in dict.fromkeys(lookups)]

        @lru_cache(maxsize=_REMEMBERED)
        def found(purpose: str, value: str) -> tuple[bytes, ...]:
            return tuple([_hash(one, purpose, value) for one in keyed])

        return cls(keys[0], keys, found, version)


class Vault:
    """Encrypts octets for one row, decrypts them, and makes keyed hashes for lookups.

    ``secret`` is the current secret, of 32 octets. ``others`` decrypt and find as well: during a rotation there are
    two. ``more`` reads the secrets again from their source. Raises VaultError when one is not 32 octets.
    """

    def __init__(
        self, secret: bytes, others: Sequence[bytes] = (), more: Callable[[], Sequence[bytes]] = lambda: ()
    ) -> None:
        keys = tuple(_key(one) for one in dict.fromkeys((secret, *others)))
        self._ring = _Ring.of(keys, [key.lookup for key in keys])
        self._backup_key = keys[0]
        self._more = more

    def own(self) -> Vault:
        """A copy for one database: ``switch_to`` on it does not change this one."""
        copy = Vault(self._backup_key.secret, self.secrets, self._more)
        copy._ring = self._ring
        return copy

    def sealing_with(self, secret: bytes) -> Vault:
        """A vault that encrypts with ``secret``, and decrypts what this one decrypts."""
        return Vault(secret, self.secrets, self._more)

    @property
    def version(self) -> tuple[int, int]:
        """The version of the last rotation that this vault has seen."""
        return self._ring.version

    @property
    def secret(self) -> bytes:
        """The current secret."""
        return self._ring.current.secret

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """All secrets, the current one first."""
        return tuple(key.secret for key in self._ring.keys)

    @property
    def lookup_key(self) -> bytes:
        """The current lookup key, which decrypts nothing."""
        return self._ring.current.lookup

    def all_secrets(self) -> tuple[bytes, ...]:
        """``secrets``, and those that their source has now."""
        return tuple(dict.fromkeys((*self.secrets, *self._more())))

    def switch_to(
        self, version: tuple[int, int], secret: bytes, others: Sequence[bytes] = (), lookups: Sequence[bytes] = ()
    ) -> None:
        """Make ``secret`` the current one. ``others`` and all earlier secrets still decrypt; ``lookups`` are further
        lookup keys. Ignored when the vault has seen a later ``version``, because another thread may read an older state
        of the database."""
        ring = self._ring
        if version < ring.version:
            return
        known = {key.secret: key for key in ring.keys}
        keys = tuple([known.get(one) or _key(one) for one in dict.fromkeys((secret, *others, *known))])
        self._ring = _Ring.of(keys, (keys[0].lookup, *lookups), version)

    def seal(self, plain: bytes, row: str) -> bytes:
        """Encrypt ``plain`` for the row named ``row``, such as "member/17". The result begins with a random nonce (NIST
        SP 800-38D)."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._ring.current.seal.encrypt(nonce, plain, row.encode())

    def open(self, sealed: bytes, row: str) -> bytes:
        """Decrypt what ``seal`` made for the same ``row``. Raises VaultError when it cannot be decrypted."""
        for key in self._ring.keys:
            try:
                return key.seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], row.encode())
            except (InvalidTag, ValueError):
                continue
        raise VaultError(f"the value of {row} cannot be decrypted with this vault key")

    def lookup(self, purpose: str, value: str) -> bytes:
        """The 32-octet keyed hash of ``value`` under the current key; ``purpose`` separates kinds of values."""
        return self.lookups(purpose, value)[0]

    def lookups(self, purpose: str, value: str) -> tuple[bytes, ...]:
        """``lookup``, and the hashes under earlier keys that rows may still have."""
        return self._ring.found(purpose, value)

    def backup_mac(self, listing: bytes) -> bytes:
        """The 32-octet MAC of a backup's list of contents, made with the secret in keys/vault.key, also during a
        rotation."""
        return hmac.digest(self._backup_key.backup, listing, hashlib.sha256)

    def verify_backup_mac(self, listing: bytes, mac: bytes) -> bool:
        """Whether ``mac`` was made with one of these secrets."""
        macs = [hmac.digest(key.backup, listing, hashlib.sha256) for key in self._ring.keys]
        return any(hmac.compare_digest(one, mac) for one in macs)


def lookup_key_of(secret: bytes) -> bytes:
    """The lookup key derived from a secret."""
    return _derive(secret, b"relay look-up v1")


def seal_apart(plain: bytes, name: str) -> tuple[bytes, tuple[bytes, bytes]]:
    """Encrypt a large value under a new key of its own, for ``name``. Returns the key, for ``Vault.seal``, and the
    result in two pieces, because joining them would copy it. Destroying the key destroys every copy of the value."""
    key, nonce = secrets.token_bytes(32), secrets.token_bytes(_NONCE)
    return key, (nonce, AESGCM(key).encrypt(nonce, plain, name.encode()))


def open_apart(key: bytes, sealed: bytes, name: str) -> bytes:
    """Decrypt what ``seal_apart`` made. Raises VaultError when it cannot be decrypted."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], memoryview(sealed)[_NONCE:], name.encode())
    except (InvalidTag, ValueError) as error:
        raise VaultError("a large value cannot be decrypted with the key of its row") from error


def new_key() -> str:
    """A new vault key, as the line that keys/vault.key holds (base64, with newline)."""
    return base64.b64encode(secrets.token_bytes(32)).decode() + "\n"


def read_key(line: str) -> bytes:
    """The 32 octets of a vault key line. Raises VaultError when it is no vault key."""
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


def _hash(keyed: HMAC, purpose: str, value: str) -> bytes:
    begun = keyed.copy()
    begun.update(f"{purpose}\0{value}".encode())
    return begun.finalize()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret)
