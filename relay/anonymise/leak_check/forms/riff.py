"""Proves WAV (RIFF) and AIFF (EA IFF 85): the format and the sound, and no other chunk."""

from __future__ import annotations

from relay.anonymise.leak_check.forms.reading import Proof, chunks, need

# PCM, ADPCM, float, A-law, mu-law, IMA ADPCM, GSM, extensible.
_FORMATS = frozenset((0x0001, 0x0002, 0x0003, 0x0006, 0x0007, 0x0011, 0x0031, 0xFFFE))
_WAV = ([b"fmt ", b"data"], [b"fmt ", b"fact", b"data"])
_AIFF = {b"AIFF": [b"COMM", b"SSND"], b"AIFC": [b"FVER", b"COMM", b"SSND"]}


def read_wav(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for any other chunk, and for octets behind the last one."""
    need(octets[:4] == b"RIFF" and octets[8:12] == b"WAVE", "no WAV")
    need(int.from_bytes(octets[4:8], "little") + 8 == len(octets), "octets behind the sound")
    found = list(chunks(octets, 12, "little"))
    need([name for name, _ in found] in _WAV, "a chunk that is not listed")
    form = found[0][1]
    need(16 <= len(form) <= 512 and int.from_bytes(form[:2], "little") in _FORMATS, "a format that is not listed")
    need(len(found) == 2 or len(found[1][1]) == 4, "a sample count of another length")


def read_aiff(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for any other chunk, for a name of the compression, and for octets behind the last chunk."""
    need(octets[:4] == b"FORM" and int.from_bytes(octets[4:8], "big") + 8 == len(octets), "octets behind the sound")
    found = list(chunks(octets, 12, "big"))
    need([name for name, _ in found] == _AIFF.get(octets[8:12]), "a chunk that is not listed")
    form = found[-2][1]
    need(len(form) == 18 if octets[8:12] == b"AIFF" else len(form) == 24 and form[22:] == b"\0\0", "a name")
