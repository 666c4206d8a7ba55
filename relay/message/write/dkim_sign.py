"""Signs mail with DKIM, RSA and Ed25519 (RFC 6376, RFC 8463)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

_SIGNED = (
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type",
    "content-transfer-encoding", "auto-submitted", "reply-to", "list-unsubscribe",
)  # fmt: skip
_OVERSIGNED = ("from", "to", "subject", "date")
"""Listed once more than they occur, so that nobody can add another one (RFC 6376 8.15)."""

# Runs that become one space; single spaces, of which a letter has hundreds, need no change.
_BLANKS = re.compile(rb"[ \t]{2,}|\t")
_FOLD = re.compile(rb"\r\n(?=[ \t])")

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
_SignatureBy = tuple[bytes, Callable[[bytes], bytes]]
"""An algorithm's name in DKIM, and the function that signs with a key."""


class Signer:
    """Signs finished mail for ``domain`` with each of ``keys``, (selector, PEM private key).

    Raises ValueError when a key cannot be read. Canonicalisation is implemented here, in linear time; the signature
    itself is made by cryptography.
    """

    def __init__(self, domain: str, keys: Sequence[tuple[str, str]]) -> None:
        self._domain = domain.encode()
        self._keys = [(selector.encode(), _signature_by(_load(pem))) for selector, pem in keys]

    def sign(self, content: bytes) -> bytes:
        """``content`` (CRLF line ends, 7-bit) preceded by a DKIM-Signature field for every key."""
        end = content.find(b"\r\n\r\n")
        head, start = (content[:end], end + 4) if end >= 0 else (content, len(content))
        fields = _relaxed_fields(head)
        body_hash = base64.b64encode(_body_hash(content, start))
        names = [n for n in _SIGNED if n in fields]
        listed = ":".join([*names, *_OVERSIGNED]).encode()
        signed = b"".join(fields[n] + b"\r\n" for n in names)
        stamps = [self._stamp(selector, by, listed, signed, body_hash) for selector, by in self._keys]
        return b"".join((*stamps, content))

    def _stamp(self, selector: bytes, by: _SignatureBy, listed: bytes, signed: bytes, body_hash: bytes) -> bytes:
        algorithm, signature_of = by
        tags = (
            b"v=1; a=" + algorithm + b"; c=relaxed/relaxed; d=" + self._domain + b";\r\n s=" + selector
            + b"; h=" + listed.replace(b":mime-version", b":\r\n  mime-version")
            + b";\r\n bh=" + body_hash + b";\r\n b="
        )  # fmt: skip
        canonical = b"dkim-signature:" + _BLANKS.sub(b" ", _FOLD.sub(b"", tags)).strip()
        letters = base64.b64encode(signature_of(signed + canonical))
        lines = [letters[i : i + 72] for i in range(0, len(letters), 72)]
        return b"DKIM-Signature: " + tags + b"\r\n  ".join(lines) + b"\r\n"


@dataclass(frozen=True, slots=True)
class Signers:
    """``relayed`` signs members' letters, ``programme`` the mail that relay itself writes."""

    relayed: Signer
    programme: Signer


def _relaxed_fields(head: bytes) -> dict[str, bytes]:
    """The header fields in relaxed form (RFC 6376 3.4.2), by name; our mails have each only once."""
    fields: dict[str, bytes] = {}
    for line in _FOLD.sub(b"", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        key = name.strip().lower()
        fields[key.decode()] = key + b":" + _spaced_once(value).strip()
    return fields


def _spaced_once(octets: bytes) -> bytes:
    """``octets`` with one space for each run of blanks."""
    return _BLANKS.sub(b" ", octets) if b"  " in octets or b"\t" in octets else octets


def _body_hash(content: bytes, start: int) -> bytes:
    """SHA-256 of the body, which begins at ``start``, in relaxed form (RFC 6376 3.4.4)."""
    # After the last blank and its line end nothing changes; in a large letter that is nearly all of it, because base64
    # has none: it is hashed where it is.
    blank = max(content.rfind(b" ", start), content.rfind(b"\t", start))
    rest = min(blank + 3, len(content)) if blank >= 0 else start
    changed = _spaced_once(content[start:rest]).replace(b" \r\n", b"\r\n")
    end = len(content)
    while end > rest and content[end - 1] in b"\r\n":
        end -= 1
    if end == rest:
        changed = changed.rstrip(b" ").rstrip(b"\r\n")
    hashed = hashlib.sha256(changed)
    hashed.update(memoryview(content)[rest:end])
    if changed or end > rest:
        hashed.update(b"\r\n")
    return hashed.digest()


def _signature_by(key: PrivateKey) -> _SignatureBy:
    if isinstance(key, rsa.RSAPrivateKey):  # asked once: such classes are abstract, and asking takes long
        padded, hashed = padding.PKCS1v15(), hashes.SHA256()
        return b"rsa-sha256", lambda octets: key.sign(octets, padded, hashed)
    return b"ed25519-sha256", lambda octets: key.sign(hashlib.sha256(octets).digest())  # RFC 8463 3


def _load(pem: str) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise ValueError("a DKIM key has no passphrase") from None
    if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise ValueError("a DKIM key is RSA or Ed25519")
    return key


def new_rsa_key() -> str:
    """A new RSA-2048 private key as PEM (PKCS #8)."""
    return _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def new_ed25519_key() -> str:
    """A new Ed25519 private key as PEM (PKCS #8)."""
    return _pem(ed25519.Ed25519PrivateKey.generate())


def _pem(key: PrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_record(pem: str) -> str:
    """The TXT record that publishes the public half of a private key (RFC 6376 3.6.1, RFC 8463 4)."""
    key = _load(pem)
    if isinstance(key, rsa.RSAPrivateKey):
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        octets = key.public_key().public_bytes(serialization.Encoding.DER, info)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(octets).decode()}"
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
