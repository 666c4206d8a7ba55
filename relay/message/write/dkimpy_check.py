"""Verifies our own DKIM signatures with dkimpy, the reference implementation in Python."""

from __future__ import annotations

from collections.abc import Mapping

import dkim


def verifies(signed: bytes, records: Mapping[str, str]) -> bool:
    """Whether every DKIM signature on ``signed`` (raw octets) is valid. ``records`` maps names
    ("selector._domainkey.domain") to TXT values and replaces DNS. False when there is no signature (RFC 6376 6.1)."""

    def found(name: bytes, timeout: int = 5) -> bytes | None:
        record = records.get(name.decode("ascii", "replace").rstrip("."))
        return None if record is None else record.encode()

    count = signed.partition(b"\r\n\r\n")[0].lower().count(b"dkim-signature:")
    try:
        return count > 0 and all(dkim.DKIM(signed).verify(index, dnsfunc=found) for index in range(count))
    except dkim.DKIMException:
        return False
