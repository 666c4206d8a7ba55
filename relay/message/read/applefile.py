"""Extracts the file inside an AppleSingle container (RFC 1740, appendix A)."""

from __future__ import annotations

import struct

from relay.refusals import CannotAnonymise

_SINGLE = b"\0\x05\x16\0"
_DATA_FORK = 1


def data_fork(octets: bytes) -> bytes | None:
    """The file's own octets; None for AppleDouble, which holds only Finder metadata. Raises CannotAnonymise when the
    container is damaged."""
    if not octets.startswith(_SINGLE):
        return None
    try:
        (count,) = struct.unpack_from(">H", octets, 24)
        for number in range(min(count, 100)):
            kind, offset, length = struct.unpack_from(">LLL", octets, 26 + 12 * number)
            if kind == _DATA_FORK and offset + length <= len(octets):
                return octets[offset : offset + length]
    except struct.error:
        pass
    raise CannotAnonymise("an attachment in this letter is damaged; please attach it again")
