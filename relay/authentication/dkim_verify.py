"""Signatures under incoming mail: DKIM, and the one over the letter that ARC keeps (RFC 6376, RFC 8617 4.1.2)."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from relay.authentication.public_keys import PublicKey
from relay.authentication.tags import tags
from relay.message.canonical import field_form
from relay.message.headers import Fields, split_whole

_ALGORITHMS = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}  # rsa-sha1 proves nothing: RFC 8301 3.1
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]{1,12}")
_ONCE = (
    "from", "to", "cc", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
)  # fmt: skip
_COVERED = ("from", "subject")
"""Of what reaches the reader from the header; To and Date are made anew, and large providers leave To unsigned."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A whole mail as it came: its fields octet for octet, and where its body begins."""

    content: bytes
    fields: Fields
    body: int

    @classmethod
    def of(cls, content: bytes) -> Letter:
        """Raises Malformed when the header is beyond all bounds."""
        return cls(content, *split_whole(content))

    def named(self, name: str) -> Iterator[bytes]:
        """The fields of this name (lower case), the topmost first."""
        return (field for key, field in self.fields if key == name)

    @property
    def plain(self) -> bool:
        """Whether no field that must be alone stands twice (RFC 5322 3.6). With two, a signature over one of them
        says nothing about what people are shown."""
        counts = Counter(name for name, _ in self.fields)
        return counts["from"] == 1 and all(counts[name] <= 1 for name in _ONCE)


@dataclass(frozen=True, slots=True)
class Signature:
    """What one signature field says. ``domain`` and ``key_name`` are lower case; ``instance`` is ARC's i=, else 0;
    ``expires_at`` are seconds since 1970, or None."""

    field: bytes
    kind: str
    domain: str
    key_name: str
    below: bool
    relaxed_header: bool
    relaxed_body: bool
    signed: tuple[str, ...]
    body_hash: bytes
    value: bytes
    expires_at: int | None
    instance: int

    def proves(self, letter: Letter, body_hash: bytes, key: PublicKey, now: float) -> bool:
        """Whether this holds for the letter, whose body has ``body_hash`` in this signature's form, at ``now`` (seconds
        since 1970). What a signature leaves open to change is no proof: see ``read_signature`` and Letter.plain."""
        if key.kind != self.kind or body_hash != self.body_hash or (key.exact and self.below):
            return False
        if self.expires_at is not None and self.expires_at < now:
            return False
        if not letter.plain or any(name not in self.signed for name in _COVERED if any(letter.named(name))):
            return False
        return key.signed(self._octets(letter), self.value)

    def _octets(self, letter: Letter) -> bytes:
        """What was signed: the fields of h=, each name from the bottom up, and this one (RFC 6376 3.7, 5.4.2)."""
        standing: dict[str, list[bytes]] = {}
        for name, field in letter.fields:
            standing.setdefault(name, []).append(field)
        chosen = [standing[name].pop() for name in self.signed if standing.get(name)]
        forms = [field_form(field, relaxed=self.relaxed_header) for field in chosen]
        own = field_form(without_value(self.field), relaxed=self.relaxed_header)
        return b"".join(forms) + own.removesuffix(b"\r\n")


def read_signature(field: bytes, *, arc: bool = False) -> Signature | None:
    """A DKIM-Signature field, or with ``arc`` an ARC-Message-Signature. None when it is malformed or can prove nothing:
    another algorithm, only a part of the body signed (l=)."""
    said = _said(field)
    if said is None or "l" in said or not {"a", "b", "bh", "d", "h", "s"} <= said.keys():
        return None
    domain, selector = said["d"].lower(), said["s"].lower()
    signed = tuple(name.strip().lower() for name in said["h"].split(":"))
    head, _, body = said.get("c", "simple/simple").lower().partition("/")
    instance = said.get("i", "") if arc else "0"
    identity = "" if arc else said.get("i", "").rpartition("@")[2].lower()
    value, body_hash = decoded(said["b"]), decoded(said["bh"])
    if (
        (not arc and said.get("v") != "1")
        or said["a"].lower() not in _ALGORITHMS
        or not is_domain(domain)
        or not is_domain(f"{selector}.{domain}")
        or {head, body or "simple"} - {"simple", "relaxed"}
        or not (value and body_hash)
        or not _NUMBER.fullmatch(instance)
        or not _NUMBER.fullmatch(said.get("x", "0"))
        or not f".{identity or domain}".endswith(f".{domain}")
    ):
        return None
    return Signature(
        field=field,
        kind=_ALGORITHMS[said["a"].lower()],
        domain=domain,
        key_name=f"{selector}._domainkey.{domain}",
        below=bool(identity) and identity != domain,
        relaxed_header=head == "relaxed",
        relaxed_body=body == "relaxed",
        signed=signed,
        body_hash=body_hash,
        value=value,
        expires_at=int(said["x"]) if "x" in said else None,
        instance=int(instance),
    )


def signing_domain(field: bytes) -> str:
    """The d= of a signature field however bad the rest, lower case; "" when not even that can be read."""
    return (_said(field) or {}).get("d", "").lower()


def is_domain(name: str) -> bool:
    """Whether this can be the name of a domain: labels of A-label letters, at least two (RFC 1035 2.3.4)."""
    return len(name) <= 253 and _DOMAIN.fullmatch(name) is not None


def decoded(letters: str) -> bytes:
    """Base64 with folding; b"" when it is none."""
    try:
        return base64.b64decode("".join(letters.split()), validate=True)
    except ValueError:  # binascii.Error is one, and so is what b64decode says to letters beyond ASCII
        return b""


def without_value(field: bytes) -> bytes:
    """The signature field with the value of its b= taken out, as it was when it was made (RFC 6376 3.5, b=)."""
    name, _, value = field.partition(b":")
    items = value.removesuffix(b"\r\n").split(b";")
    kept = [
        item.partition(b"=")[0] + b"=" if item.partition(b"=")[0].strip(b" \t\r\n") == b"b" else item for item in items
    ]
    return name + b":" + b";".join(kept) + b"\r\n"


def _said(field: bytes) -> dict[str, str] | None:
    try:
        return tags(field.partition(b":")[2].decode("utf-8"))
    except UnicodeDecodeError:
        return None
