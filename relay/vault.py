"""Sealing: what rests in the database rests encrypted, and is found again by keyed hash.

One 32-byte secret (keys/vault.key) yields three keys by HKDF (RFC 5869): one seals with AES-256-GCM, one looks up and
one vouches for backups, both with HMAC-SHA-256. The row's identity is the associated data, so a sealed value moved to
another row does not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class VaultError(Exception):
    """A key is not a vault key, or a sealed value does not open: wrong key, wrong row, or damaged."""


class Vault:
    """Seals octets for one row, opens them again, and makes keyed look-up hashes.

    ``secret`` is 32 octets. Raises VaultError when it is not.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise VaultError("a vault key is 32 octets")
        self._seal = AESGCM(_derive(secret, b"relay seal v1"))
        self._lookup = _derive(secret, b"relay look-up v1")
        self._backup = _derive(secret, b"relay backup v1")

    def seal(self, plain: bytes, row: str) -> bytes:
        """Encrypt ``plain`` for the row named ``row``, such as "member/17". Random nonce first (NIST SP 800-38D)."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._seal.encrypt(nonce, plain, row.encode())

    def open(self, sealed: bytes, row: str) -> bytes:
        """Decrypt what ``seal`` made for the same ``row``. Raises VaultError when it does not open."""
        try:
            return self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], row.encode())
        except (InvalidTag, ValueError) as error:
            raise VaultError(f"the sealed value of {row} does not open with this vault key") from error

    def lookup(self, purpose: str, value: str) -> bytes:
        """The 32-octet keyed hash by which ``value`` is found; ``purpose`` keeps kinds of values apart."""
        return hmac.digest(self._lookup, f"{purpose}\0{value}".encode(), hashlib.sha256)

    def vouch(self, listing: bytes) -> bytes:
        """The 32-octet MAC under a backup's list of contents, which only a holder of the vault key can make."""
        return hmac.digest(self._backup, listing, hashlib.sha256)


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


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret)
