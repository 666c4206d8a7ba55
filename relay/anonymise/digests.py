"""Finds digests of the author's addresses, by which services know somebody: Gravatar."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from relay.anonymise.identities import Finding, Redactor

_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})(?![0-9A-Za-z])")
SHORTEST = 32
"""Characters of the shortest digest."""
_METHODS = {SHORTEST: hashlib.md5, 40: hashlib.sha1, 64: hashlib.sha256}


def find(text: str, redactor: Redactor) -> Iterator[Finding]:
    """The digests (MD5, SHA-1, SHA-256) of the author's addresses in small letters, replaced by that of their alias, in
    order. Linear in the text."""
    known: Mapping[str, str] | None = None
    for written in _DIGEST.finditer(text):
        if known is None:
            known = _digests(redactor.known.author.addresses, redactor.known.author_persona.alias)
        instead = known.get(written[0].lower())
        if instead:
            yield Finding(*written.span(), instead, "address")


@lru_cache(maxsize=64)
def _digests(addresses: Sequence[str], alias: str) -> Mapping[str, str]:
    return {
        _digest(size, address): _digest(size, alias) for size in _METHODS for address in addresses if address != alias
    }


def _digest(size: int, address: str) -> str:
    return _METHODS[size](address.strip().lower().encode(), usedforsecurity=False).hexdigest()
