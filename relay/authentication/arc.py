"""ARC sets: the authentication results of servers on the way, each sealed over those before it (RFC 8617)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from relay.authentication.dkim_verify import DkimSignature, Letter, decoded, is_domain, read_signature, without_value
from relay.authentication.tags import tags
from relay.message.dkim_canonical import field_form

_MOST = 50  # RFC 8617 5.1.1
_NAMES = ("arc-authentication-results", "arc-message-signature", "arc-seal")


@dataclass(frozen=True, slots=True)
class ArcSet:
    """One server's three ARC fields. ``domain`` is the sealing domain; ``results`` its Authentication-Results value;
    ``signature`` its ARC-Message-Signature; ``value`` the signature in its ARC-Seal."""

    results: str
    signature: DkimSignature
    domain: str
    key_name: str
    kind: str
    value: bytes
    fields: tuple[bytes, bytes, bytes]


def arc_sets(letter: Letter) -> tuple[ArcSet, ...]:
    """The sets in order, the first server's first. Empty when there are none or the chain is structurally broken
    (RFC 8617 5.2, steps 1 to 3: each instance complete, none missing, the right cv=)."""
    found: dict[int, dict[str, bytes]] = {}
    for name, field in letter.fields:
        if name in _NAMES:
            of_one = found.setdefault(_instance(field), {})
            if name in of_one or len(found) > _MOST:
                return ()
            of_one[name] = field
    if sorted(found) != list(range(1, len(found) + 1)):
        return ()
    sets = [_read(number, found[number]) for number in sorted(found)]
    return tuple(one for one in sets if one is not None) if None not in sets else ()


def seal_digests(sets: Sequence[ArcSet]) -> list[bytes]:
    """For each set, the SHA-256 of what its seal covers: all sets up to it, in order, without the seal's own value
    (RFC 8617 5.1.1). Linear in the number of sets."""
    before, found = hashlib.sha256(), []
    for one in sets:
        results, signature, seal = one.fields
        for field in (results, signature):
            before.update(field_form(field, relaxed=True))
        own = before.copy()
        own.update(field_form(without_value(seal), relaxed=True).removesuffix(b"\r\n"))
        found.append(own.digest())
        before.update(field_form(seal, relaxed=True))
    return found


def _instance(field: bytes) -> int:
    """The i= of an ARC field; 0, which no valid chain has, when it is missing. In ARC-Authentication-Results it is the
    first item."""
    item = field.partition(b":")[2].partition(b";")[0] if field[:6].lower() == b"arc-au" else field.partition(b":")[2]
    parsed = tags(item.decode("latin-1")) or {}
    number = parsed.get("i", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 2 else 0


def _read(number: int, fields: dict[str, bytes]) -> ArcSet | None:
    if len(fields) != len(_NAMES):
        return None
    results, message, seal = (fields[name] for name in _NAMES)
    signature = read_signature(message, arc=True)
    parsed = tags(seal.partition(b":")[2].decode("latin-1")) or {}
    domain, selector = parsed.get("d", "").lower(), parsed.get("s", "").lower()
    kind = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}.get(parsed.get("a", "").lower())
    value = decoded(parsed.get("b", ""))
    if signature is None or kind is None or not value or not is_domain(f"{selector}.{domain}") or "h" in parsed:
        return None
    if parsed.get("cv", "").lower() != ("none" if number == 1 else "pass"):
        return None
    words = results.partition(b":")[2].partition(b";")[2].decode("utf-8", "replace")
    return ArcSet(words, signature, domain, f"{selector}._domainkey.{domain}", kind, value, (results, message, seal))
