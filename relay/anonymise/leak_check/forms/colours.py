"""Proves colour profiles (ICC.1:2022): those of common colour spaces, and numbers without words about a device."""

from __future__ import annotations

import hashlib
import struct

from relay.anonymise.leak_check.forms.reading import need

COMMON = {
    "sRGB": "8ccaa5a329ce390d8ae4b27164b066c3b08834aadfb0bc2017ba39d0a621f9fd",
    "Display P3": "c7d5dfe0db25303c7f006c958c25b70e7da2ac7f46a9fb807686cd4dcc61a722",
    "Adobe RGB": "9dadd2c7f9328463206998f00990239dfa40de96a56d157427677609f8f0121d",
    "Generic RGB": "6954e1b425396efbfd2fecda61aac4365ad9969acab98efc97fa9f9107a9e3ba",
}
"""SHA-256 of the one profile that relay writes for each of these colour spaces."""

# 9.2: tags of numbers. All further ones name a device, its maker, a program or a time.
_NUMBERS = frozenset(bytes.split(b"A2B0 A2B1 A2B2 B2A0 B2A1 B2A2 gamt wtpt bkpt kTRC rTRC gTRC bTRC chad"))
# 10: types of numbers.
_TYPES = frozenset((b"mft1", b"mft2", b"mAB ", b"mBA ", b"XYZ ", b"curv", b"para", b"sf32"))
_SOME_TIME = struct.pack(">6H", 2020, 1, 1, 0, 0, 0)
_DESCRIPTIONS = frozenset(
    (
        b"mluc" + bytes(4) + struct.pack(">LL4sLL", 1, 12, b"enUS", 14, 28) + "Colours".encode("utf-16-be"),
        b"desc" + bytes(4) + struct.pack(">L", 8) + b"Colours\0" + bytes(78),
    )
)
_RIGHTS = frozenset(
    (
        b"mluc" + bytes(4) + struct.pack(">LL4sLL", 1, 12, b"enUS", 26, 28) + "Public domain".encode("utf-16-be"),
        b"text" + bytes(4) + b"Free\0",
    )
)


def prove_common(profile: bytes) -> None:
    """A profile of a picture: exactly one of those in COMMON. Raises NotOurForm."""
    need(hashlib.sha256(profile).hexdigest() in COMMON.values(), "a colour profile of a device")


def prove_numbers(profile: bytes) -> None:
    """A profile in a document: one of those, or none with more than numbers in it (7.2: no maker, model, creator, and
    one date for all). Raises NotOurForm."""
    if not profile or hashlib.sha256(profile).hexdigest() in COMMON.values():
        return
    need(len(profile) >= 132 and int.from_bytes(profile[:4], "big") == len(profile), "octets behind a colour profile")
    need(profile[24:40] == _SOME_TIME + b"acsp", "the time of a colour profile")
    need(not any(profile[4:8] + profile[40:64] + profile[80:128]), "the device of a colour profile")
    end = 132 + 12 * int.from_bytes(profile[128:132], "big")
    for entry in range(132, end, 12):
        need(entry + 12 <= len(profile), "a tag beyond the end")
        tag, start, length = struct.unpack_from(">4sLL", profile, entry)
        body = profile[start : start + length]
        listed = _DESCRIPTIONS if tag == b"desc" else _RIGHTS if tag == b"cprt" else ()
        need(body in listed or (tag in _NUMBERS and body[:4] in _TYPES), "a tag of a colour profile")
        need(start == end, "octets between the tags of a colour profile")
        end = start + length + -length % 4
    need(end == len(profile), "octets behind the tags of a colour profile")
