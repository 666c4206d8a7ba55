"""Verifies DKIM signatures of incoming mail, and the message signature that ARC keeps (RFC 6376, RFC 8617 4.1.2)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from relay.authentication.public_keys import PublicKey
from relay.authentication.tags import tags
from relay.message.dkim_canonical import field_form
from relay.message.read.field_values import instant
from relay.message.read.headers import Fields, split_whole

_ALGORITHMS = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}  # rsa-sha1 is no proof: RFC 8301 3.1
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]{1,12}")
_LONGEST = 16_384  # octets of a signature field; usual ones have about 800
_OLDEST = 29 * 86_400.0
"""Seconds. One day less than store/duplicates.py remembers letters, because clocks differ: once a letter is forgotten,
its signatures no longer count."""
_AHEAD = 86_400.0  # seconds that the signer's clock may be ahead of ours
_ONCE = (
    "from", "to", "cc", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
)  # fmt: skip
_COVERED = ("from", "subject")
"""Header fields that reach the recipient and must be signed. To and Date are rewritten, and large providers leave To
unsigned."""
_DISTINGUISHING = ("from", "subject", "date")
"""Fields that distinguish two letters with the same body, when all of them were signed."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A whole mail as received: its fields octet for octet, and the offset of its body."""

    content: bytes
    fields: Fields
    body: int

    @classmethod
    def of(cls, content: bytes) -> Letter:
        """Raises Malformed when the header exceeds the limits."""
        return cls(content, *split_whole(content))

    def named(self, name: str) -> Iterator[bytes]:
        """The fields of this name (lower case), topmost first."""
        return (field for key, field in self.fields if key == name)

    @property
    def plain(self) -> bool:
        """Whether no field that may occur once occurs twice (RFC 5322 3.6). With two, a signature may cover one
        of them while the mail program shows the other."""
        counts = Counter(name for name, _ in self.fields)
        return counts["from"] == 1 and all(counts[name] <= 1 for name in _ONCE)


@dataclass(frozen=True, slots=True)
class DkimSignature:
    """One signature field. ``domain`` and ``key_name`` are lower case; ``identity`` is the domain of i=, or ``domain``;
    ``instance`` is ARC's i=, else 0; ``made_at`` (t=) and ``expires_at`` (x=) are seconds since 1970, or None."""

    field: bytes
    kind: str
    domain: str
    key_name: str
    identity: str
    relaxed_header: bool
    relaxed_body: bool
    signed: tuple[str, ...]
    body_hash: bytes
    value: bytes
    made_at: int | None
    expires_at: int | None
    instance: int

    def covers_enough(self, letter: Letter) -> bool:
        """Whether the header that the recipient sees is signed: see ``_COVERED`` and Letter.plain."""
        return letter.plain and all(name in self.signed for name in _COVERED if any(letter.named(name)))

    def in_time(self, letter: Letter, now: float) -> bool:
        """Whether it was made so recently before ``now`` (seconds since 1970) that an earlier copy of the letter would
        still be remembered. Without t= the signed Date counts; without both there is no limit."""
        made_at = float(self.made_at) if self.made_at is not None else self._dated(letter)
        return made_at is None or now - _OLDEST < made_at < now + _AHEAD

    def proves(self, letter: Letter, body_hash: bytes, key: PublicKey, now: float) -> bool:
        """Whether this signature is valid for the letter at ``now`` (seconds since 1970). ``body_hash`` is the letter's
        body hash in this signature's canonical form. A signature that leaves parts open to change is no proof: see
        ``read_signature``, ``covers_enough``."""
        if key.kind != self.kind or body_hash != self.body_hash or (key.exact and self.identity != self.domain):
            return False
        if self.expires_at is not None and self.expires_at < now:
            return False
        return self.covers_enough(letter) and key.signed(hashlib.sha256(self._octets(letter)).digest(), self.value)

    def covered(self, letter: Letter, relaxed_hash: bytes) -> str:
        """The SHA-256, in hex, of what it covers: letters that share it are the same letter, whatever was changed
        outside of it. ``relaxed_hash`` is the body hash in the relaxed form.

        With a signed Date it covers From, Subject, Date and body alone, so that all signatures of a letter give the
        same value, and removing one of two signatures makes no new letter. Without a signed Date it covers all fields
        in h=, and t= when no Message-ID is signed that would distinguish two letters with the same text.
        """
        chosen = list(self._chosen(letter))
        if any(name == "date" and field is not None for name, field in chosen):
            chosen = [(name, field) for name, field in chosen if name in _DISTINGUISHING and field is not None]
            chosen.sort()
        digest = hashlib.sha256()
        for name, field in chosen:
            digest.update(b"\0" + name.encode() if field is None else field_form(field, relaxed=True))
        if self.made_at is not None and not {"date", "message-id"} & set(self.signed):
            digest.update(b"\0t=%d" % self.made_at)
        digest.update(b"\0\0" + relaxed_hash)
        return digest.hexdigest()

    def _octets(self, letter: Letter) -> bytes:
        """The signed octets: the fields of h=, then this field (RFC 6376 3.7)."""
        chosen = (field for _, field in self._chosen(letter) if field is not None)
        forms = [field_form(field, relaxed=self.relaxed_header) for field in chosen]
        own = field_form(without_value(self.field), relaxed=self.relaxed_header)
        return b"".join(forms) + own.removesuffix(b"\r\n")

    def _chosen(self, letter: Letter) -> Iterator[tuple[str, bytes | None]]:
        """The fields of h= in its order, each name from the bottom up (RFC 6376 5.4.2); None for an absent field."""
        standing: dict[str, list[bytes]] = {}
        for name, field in letter.fields:
            standing.setdefault(name, []).append(field)
        for name in self.signed:
            yield name, standing[name].pop() if standing.get(name) else None

    def _dated(self, letter: Letter) -> float | None:
        field = next(letter.named("date"), None) if "date" in self.signed else None
        moment = instant(field.partition(b":")[2]) if field is not None else None
        return moment.timestamp() if moment is not None else None


def read_signature(field: bytes, *, arc: bool = False) -> DkimSignature | None:
    """Parse a DKIM-Signature field, or with ``arc`` an ARC-Message-Signature. None when it is malformed or can prove
    nothing: unknown algorithm, or only part of the body signed (l=)."""
    parsed = signature_tags(field)
    if parsed is None or "l" in parsed or not {"a", "b", "bh", "d", "h", "s"} <= parsed.keys():
        return None
    domain, selector = parsed["d"].lower(), parsed["s"].lower()
    signed = tuple(name.strip().lower() for name in parsed["h"].split(":"))
    head, _, body = parsed.get("c", "simple/simple").lower().partition("/")
    instance = parsed.get("i", "") if arc else "0"
    identity = "" if arc else parsed.get("i", "").rpartition("@")[2].lower()
    value, body_hash = decoded(parsed["b"]), decoded(parsed["bh"])
    if (
        (not arc and parsed.get("v") != "1")
        or parsed["a"].lower() not in _ALGORITHMS
        or not is_domain(domain)
        or not is_domain(f"{selector}.{domain}")
        or {head, body or "simple"} - {"simple", "relaxed"}
        or not (value and body_hash)
        or not _NUMBER.fullmatch(instance)
        or not _NUMBER.fullmatch(parsed.get("x", "0"))
        or not _NUMBER.fullmatch(parsed.get("t", "0"))
        or not f".{identity or domain}".endswith(f".{domain}")
    ):
        return None
    return DkimSignature(
        field=field,
        kind=_ALGORITHMS[parsed["a"].lower()],
        domain=domain,
        key_name=f"{selector}._domainkey.{domain}",
        identity=identity or domain,
        relaxed_header=head == "relaxed",
        relaxed_body=body == "relaxed",
        signed=signed,
        body_hash=body_hash,
        value=value,
        made_at=int(parsed["t"]) if "t" in parsed else None,
        expires_at=int(parsed["x"]) if "x" in parsed else None,
        instance=int(instance),
    )


def signing_domain(field: bytes) -> str:
    """The d= of a signature field, lower case, even if the rest is malformed; "" when it cannot be read."""
    domain = (signature_tags(field) or {}).get("d", "").lower()
    return domain if is_domain(domain) else ""


def is_domain(name: str) -> bool:
    """Whether ``name`` is a valid domain name of at least two labels (RFC 1035 2.3.4)."""
    return len(name) <= 253 and _DOMAIN.fullmatch(name) is not None


def decoded(letters: str) -> bytes:
    """Decode folded base64; b"" when it is invalid."""
    try:
        return base64.b64decode("".join(letters.split()), validate=True)
    except ValueError:  # binascii.Error is a subclass; b64decode raises ValueError for non-ASCII letters
        return b""


def without_value(field: bytes) -> bytes:
    """The signature field with an empty b=, as it was when it was signed (RFC 6376 3.5, b=)."""
    name, _, value = field.partition(b":")
    items = value.removesuffix(b"\r\n").split(b";")
    kept = [
        item.partition(b"=")[0] + b"=" if item.partition(b"=")[0].strip(b" \t\r\n") == b"b" else item for item in items
    ]
    return name + b":" + b";".join(kept) + b"\r\n"


def signature_tags(field: bytes) -> dict[str, str] | None:
    """The tags of a signature field as written; None when it is no tag list, or too long."""
    if len(field) > _LONGEST:
        return None
    try:
        return tags(field.partition(b":")[2].decode("utf-8"))
    except UnicodeDecodeError:
        return None
