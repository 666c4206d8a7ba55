"""Proves text files. They have no form of their own, and what they say the words check reads; but a key is no text."""

from __future__ import annotations

import re

from relay.anonymise.leak_check.forms.reading import Proof, need

_KEY = re.compile(rb"-----BEGIN (?:PGP (?!SIGNED)|[A-Z ]{0,20}PRIVATE KEY)")


def read_text(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for a key at its beginning."""
    need(not _KEY.match(octets[:4096].lstrip()), "a key")
