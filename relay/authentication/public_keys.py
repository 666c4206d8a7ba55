"""Public DKIM keys from DNS, and verification with them (RFC 6376 3.6.1, RFC 8301, RFC 8463)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa, utils

from relay.authentication.tags import tags

_SMALLEST, _LARGEST = 1024, 4096  # RFC 8301 3.2
_USUAL = 1024  # octets of a record that is remembered in parsed form


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One published key. ``exact``: it is valid for its own domain only, not for subdomains (t=s). ``testing``: what it
    signed counts as unsigned (t=y)."""

    key: rsa.RSAPublicKey | ed25519.Ed25519PublicKey
    exact: bool
    testing: bool

    @property
    def kind(self) -> str:
        """ "rsa" or "ed25519"."""
        return "rsa" if isinstance(self.key, rsa.RSAPublicKey) else "ed25519"

    def signed(self, digest: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is this key's over octets with the SHA-256 ``digest``."""
        try:
            if isinstance(self.key, rsa.RSAPublicKey):
                self.key.verify(signature, digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
            else:
                self.key.verify(signature, digest)  # RFC 8463 3
        except InvalidSignature:
            return False
        return True


def public_key(records: Sequence[str]) -> PublicKey | None:
    """The key in the TXT ``records`` of its name; None when there is none, or it is revoked, too weak or too large. Of
    several records, which RFC 6376 3.6.2.2 leaves undefined, the first usable one."""
    read = (_read_usual(record) if len(record) <= _USUAL else _read(record) for record in records)
    return next((key for key in read if key is not None), None)


def _read(record: str) -> PublicKey | None:
    parsed = tags(record)
    if parsed is None or "p" not in parsed or parsed.get("v", "DKIM1") != "DKIM1":
        return None
    if "h" in parsed and "sha256" not in _words(parsed["h"]):
        return None
    if "s" in parsed and not {"*", "email"} & _words(parsed["s"]):
        return None
    key = _load(parsed.get("k", "rsa"), parsed["p"])
    flags = _words(parsed.get("t", ""))
    return None if key is None else PublicKey(key, exact="s" in flags, testing="y" in flags)


_read_usual = lru_cache(maxsize=128)(_read)  # parsing a key takes as long as verifying a signature with it


def _words(value: str) -> set[str]:
    return {word.strip().lower() for word in value.split(":")}


def _load(kind: str, letters: str) -> rsa.RSAPublicKey | ed25519.Ed25519PublicKey | None:
    try:
        octets = base64.b64decode("".join(letters.split()), validate=True)
        if kind == "ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(octets)
        key = serialization.load_der_public_key(octets) if kind == "rsa" else None
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, rsa.RSAPublicKey) and _SMALLEST <= key.key_size <= _LARGEST else None
