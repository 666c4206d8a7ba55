"""Guesses the charset of text that does not declare it: by byte patterns, letter frequencies and registered names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relay.message.read.charset_cost import ASCII_BITS, cost
from relay.message.read.charset_labels import codec_of
from relay.message.read.charset_languages import CANDIDATES, OF_DOS
from relay.message.read.charset_patterns import BYTE_ORDER_MARKS, HIGH, decoded, is_utf_8, shifted, utf_8_or_none, wide

_SAMPLE, _SHORT = 6_000, 1_200
_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")

_NAMED, _NAMED_SHORT, _DECLARED, _TRUSTED = 40.0, 18.0, 30.0, 60.0
_LIKELY = 6.5  # bits per non-ASCII octet in text that has its declared charset
_FEWEST_SEQUENCES = 2
_ICELANDIC = re.compile(rb"[\xd0\xdd\xde\xf0\xfd\xfe]")
_CLEARLY = 5.0  # bits for each of these octets
# Thai vowels and tones stand behind a consonant, and others before one. Chinese and Korean pairs of octets, which are
# mostly Thai letters too, and cheaper ones, do not keep to that.
_NO_THAI = re.compile(
    rb"(?<![\xa1-\xce\xd0-\xda\xe7-\xee])[\xd0-\xda\xe7-\xee]|[\xe0-\xe4](?![\xa1-\xce])|[\xdb-\xde\xfc-\xff]"
)
# Usual substitutes for letters that a charset lacks.
_INSTEAD = str.maketrans({"ș": "ş", "ț": "ţ", "Ș": "Ş", "Ț": "Ţ", "ی": "ي", "ک": "ك", "’": "'"})
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True, slots=True)
class Written:
    """A text and its encoding: ``codec`` a Python codec, ``mark`` the octets of its byte order mark."""

    text: str
    codec: str
    mark: bytes = b""

    @property
    def shown(self) -> str:
        """The text, of the same length, with U+FFFD for each undecodable octet."""
        return self.text if self.text.isascii() else _SURROGATE.sub("\ufffd", self.text)


def read(content: bytes, names: Iterable[str] = (), declared: str | None = None) -> Written:
    """Decode ``content``. ``names`` are registered names: a charset in which one of them occurs is most likely the
    right one. ``declared`` is the letter's label, which is often wrong. Undecodable octets become lone surrogates (PEP
    383). Linear in the content."""
    for mark, codec in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return Written(decoded(content[len(mark) :], codec), codec, mark)
    found = wide(content) or shifted(content) or utf_8_or_none(content)
    if found is None:
        found = _guessed(content, tuple(names), codec_of(declared) if declared else None)
    return Written(decoded(content, found), found)


def of_letter(content: bytes, names: Iterable[str], declared: str | None) -> Written:
    """Like ``read``, for the text of a letter that is neither in its declared charset nor UTF-8. Uses a short
    sample."""
    found = utf_8_or_none(content) or _guessed(content, tuple(names), codec_of(declared) if declared else None, _SHORT)
    return Written(decoded(content, found), found)


def better(content: bytes, codec: str, names: Iterable[str]) -> str | None:
    """The codec that fits a letter's text much better than the declared ``codec``; None when there is none. UTF-8 is
    recognised by its byte sequences, others by how unlikely the text is."""
    high = len(HIGH.findall(content[:_SAMPLE]))
    if not high or not knows(codec):
        return None
    if high >= 2 * _FEWEST_SEQUENCES and is_utf_8(content):
        return "utf-8"
    sample = _sample(content, _SHORT)
    plain = sum(octet < 0x80 for octet in sample)
    high = len(sample) - plain
    bits = cost(sample, _key(codec))
    if _key(codec) == "cp1252" and _is_turkish(sample, bits):
        return "cp1254"
    if bits - plain * ASCII_BITS <= high * _LIKELY or (_key(codec) == "cp874" and not _NO_THAI.search(sample)):
        return None
    found = _guessed(content, tuple(names), codec, _SHORT, _TRUSTED)
    return found if found != _key(codec) else None


def _is_turkish(sample: bytes, bits: float) -> bool:
    """Whether text under the most common label is Turkish: six letters are Icelandic in one charset, and Turkish in the
    other, and both languages use them often."""
    shared = len(_ICELANDIC.findall(sample))
    return shared > 0 and bits - cost(sample, "cp1254") >= shared * _CLEARLY


def knows(codec: str) -> bool:
    """Whether ``codec`` is one of the candidates for guessing."""
    return _key(codec) in CANDIDATES


def _key(codec: str | None) -> str:
    return (codec or "").replace("-", "_")


def beginning(head: bytes) -> str:
    """The beginning of a file as text, for tests on its ASCII: UTF-16 and UTF-32 decoded as such, all else as UTF-8."""
    if is_wide(head):
        return read(head).text
    return head.decode("utf-8", "replace")


def is_wide(content: bytes) -> bool:
    """Whether it is UTF-16 or UTF-32 text, with a byte order mark or without."""
    return any(content.startswith(mark) for mark, _ in BYTE_ORDER_MARKS[1:]) or wide(content) is not None


_LABELS = {
    "gb18030": "gb18030", "cp932": "shift_jis", "cp949": "euc-kr", "cp950": "big5", "cp874": "windows-874",
    "mac_roman": "macintosh", "mac_cyrillic": "x-mac-cyrillic", "iso2022_jp": "iso-2022-jp", "hz": "hz-gb-2312",
    "iso2022_kr": "iso-2022-kr",
}  # fmt: skip


def label_of(written: Written) -> str:
    """The charset label for mail (RFC 2046 4.1.2)."""
    codec = written.codec
    if codec in _LABELS:
        return _LABELS[codec]
    if codec.startswith("cp125"):
        return "windows-" + codec[2:]
    if codec.startswith("iso8859"):
        return "iso-8859-" + codec[8:]
    if codec.startswith("utf-16") and written.mark:
        return "utf-16"
    return "ibm" + codec[2:] if codec.startswith("cp") else codec.replace("_", "-")


def encoded_word(word: str, codec: str) -> bytes | None:
    """The word in a charset, with the usual substitutes for letters that it lacks; None when it cannot be encoded."""
    for form in (word, word.translate(_INSTEAD)):
        try:
            return ("".join(map(_toned, form)) if codec == "cp1258" else form).encode(codec)
        except UnicodeEncodeError:
            continue
    return None


def _toned(letter: str) -> str:
    """A Vietnamese letter as Windows-1258 encodes it: the tone is a separate mark."""
    parts = unicodedata.normalize("NFD", letter)
    base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    return base + "".join(part for part in parts if part in _TONES)


def _guessed(
    content: bytes, names: tuple[str, ...], declared: str | None, size: int = _SAMPLE, trust: float | None = None
) -> str:
    sample = _sample(content, size)
    costs = {codec: cost(sample, codec) + handicap for codec, (handicap, _) in CANDIDATES.items()}
    declared = _key(declared)
    if declared in costs:
        costs[declared] -= trust or (_DECLARED if declared != "cp1252" else 6.0)
    for codec, evidence in _evidence(content, names, costs):
        costs[codec] -= evidence
    return min(costs, key=lambda codec: costs[codec])


def of_names_in_zip(octets: bytes, names: Iterable[str] = ()) -> str:
    """The codec of the names in a ZIP that are not flagged as UTF-8."""
    plain = utf_8_or_none(octets)
    if plain is not None:
        return plain
    costs = {
        codec: cost(octets[:_SAMPLE], codec) + (0.0 if codec in OF_DOS else handicap + 2.0)
        for codec, (handicap, _) in CANDIDATES.items()
    }
    for codec, evidence in _evidence(octets, tuple(names), costs):
        costs[codec] -= evidence
    return min(costs, key=lambda codec: costs[codec])


def _sample(content: bytes, size: int = _SAMPLE) -> bytes:
    """Lines with non-ASCII characters, from all of the content."""
    if len(content) <= size:
        return content
    lines = [line[0] for line in _LINE.finditer(content)]
    if sum(map(len, lines)) > size:
        step = max(1, len(lines) * 60 // size)
        lines = [line[:size] for line in lines[::step]]
    return b"\n".join(lines)[:size]


def _evidence(content: bytes, names: tuple[str, ...], codecs: Iterable[str]) -> Iterator[tuple[str, float]]:
    """The charsets in which a non-ASCII name occurs in the content, and the weight of that evidence in bits."""
    seen: dict[bytes, bool] = {}
    words = {word for name in names for word in re.split(r"[\s\-.,]+", name) if not word.isascii()}
    for codec in codecs:
        bits = 0.0
        for word in words:
            forms = (encoded_word(stem, codec) for stem in _stems(word))
            bits += next((_weight(form) for form in forms if form and _stands(form, content, seen)), 0.0)
        if bits:
            yield codec, bits


def _stands(form: bytes, content: bytes, seen: dict[bytes, bool]) -> bool:
    if form not in seen:
        seen[form] = len(form) > 2 and not form.isascii() and form in content
    return seen[form]


def _weight(form: bytes) -> float:
    return _NAMED if len(form) >= 4 and len(HIGH.findall(form)) >= 2 else _NAMED_SHORT


def _stems(word: str) -> Iterator[str]:
    """A name as it may be written, without the last letter of long ones, because endings are inflected."""
    word = unicodedata.normalize("NFC", word)
    if word.isascii() or len(word) < 2:
        return
    stem = word[:-1] if len(word) > 5 else word
    yield from (stem if not stem.isascii() else word, stem.lower(), stem.upper(), stem.title())
