"""Guesses the charset of text that does not declare it: by byte patterns, letter frequencies and registered names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log2

from relay.message.read.charset_labels import codec_of
from relay.message.read.charset_languages import CANDIDATES, LETTERS, OF_DOS, SIGNS

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SAMPLE, _SHORT = 6_000, 1_200
_SHIFTS = re.compile(rb"\x1b(?:\$[@B]|\([BIJ])")
_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_ASCII, _OUTSIDE, _SYMBOL, _BROKEN = 5.0, 12.0, 16.0, 22.0
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})
_MARKS_OF_TEXT = (("“”‘’„«»–—…\u00a0", 7.0), ("€£°§№¿¡ªº½´·", 10.0))
_NAMED, _NAMED_SHORT, _DECLARED, _TRUSTED = 40.0, 18.0, 30.0, 60.0
_LIKELY = 6.5  # bits per non-ASCII octet in text that has its declared charset
_FEWEST_SEQUENCES = 2
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
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return Written(decoded(content[len(mark) :], codec), codec, mark)
    found = wide(content) or shifted(content) or _plain(content)
    if found is None:
        found = _guessed(content, tuple(names), codec_of(declared) if declared else None)
    return Written(decoded(content, found), found)


def of_letter(content: bytes, names: Iterable[str], declared: str | None) -> Written:
    """Like ``read``, for the text of a letter that is neither in its declared charset nor UTF-8. Uses a short
    sample."""
    found = _plain(content) or _guessed(content, tuple(names), codec_of(declared) if declared else None, _SHORT)
    return Written(decoded(content, found), found)


def better(content: bytes, codec: str, names: Iterable[str]) -> str | None:
    """The codec that fits a letter's text much better than the declared ``codec``; None when there is none. UTF-8 is
    recognised by its byte sequences, others by how unlikely the text is."""
    high = len(_HIGH.findall(content[:_SAMPLE]))
    if not high or not knows(codec):
        return None
    if high >= 2 * _FEWEST_SEQUENCES and is_utf_8(content):
        return "utf-8"
    sample = _sample(content, _SHORT)
    plain = sum(octet < 0x80 for octet in sample)
    high = len(sample) - plain
    if _cost(sample, _key(codec)) - plain * _ASCII <= high * _LIKELY:
        return None
    found = _guessed(content, tuple(names), codec, _SHORT, _TRUSTED)
    return found if found != _key(codec) else None


def knows(codec: str) -> bool:
    """Whether ``codec`` is one of the candidates for guessing."""
    return _key(codec) in CANDIDATES


def _key(codec: str | None) -> str:
    return (codec or "").replace("-", "_")


def is_utf_8(content: bytes) -> bool:
    """Whether it decodes as UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def beginning(head: bytes) -> str:
    """The beginning of a file as text, for tests on its ASCII: UTF-16 and UTF-32 decoded as such, all else as UTF-8."""
    if is_wide(head):
        return read(head).text
    return head.decode("utf-8", "replace")


def is_wide(content: bytes) -> bool:
    """Whether it is UTF-16 or UTF-32 text, with a byte order mark or without."""
    return any(content.startswith(mark) for mark, _ in _MARKS[1:]) or wide(content) is not None


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


def spelt(word: str, codec: str) -> bytes | None:
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


def decoded(content: bytes, codec: str) -> str:
    """``content`` decoded with ``codec``; undecodable octets become lone surrogates (PEP 383)."""
    if codec.startswith(("utf-16", "utf-32")):
        width = 2 if codec.startswith("utf-16") else 4
        whole = content[: len(content) // width * width]
        try:
            return whole.decode(codec, "surrogatepass")
        except UnicodeDecodeError:
            return whole.decode(codec, "replace")
    return content.decode(codec, "surrogateescape")


def wide(content: bytes) -> str | None:
    """The codec of UTF-16 without a byte order mark: the byte order in which it is text, with blanks, line ends and
    other ASCII. At least one letter in a hundred contains a NUL octet itself, such as "一"."""
    head = content[:8192]
    nuls = head.count(0)
    if not nuls or len(content) % 2:
        return None
    # Nearly all ASCII with few NULs: a binary file, whose octet pairs look like Chinese.
    if len(_ASCII_SIGN.findall(head)) > (len(head) - nuls) * 0.85 and nuls * 3 < len(head):
        return None
    most, best = 0, None
    for codec in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(codec, "replace")
        counts = Counter(text)
        odd = sum(number for sign, number in counts.items() if _is_no_text(sign)) - text.endswith("\ufffd")
        blanks, plain = (sum(counts[sign] for sign in signs) for signs in (_OF_ANY_TEXT, _PLAIN))
        if odd * 50 <= len(text) and blanks * 3 + plain > most:
            most, best = blanks * 3 + plain, codec
    return best


_ASCII_SIGN = re.compile(rb"[\t\n\r -~]")
_OF_ANY_TEXT = "\r\n\t ,.\u3000\u3001\u3002\uff0c"
_PLAIN = "".join(map(chr, range(0x21, 0x7F)))


def _is_no_text(sign: str) -> bool:
    return sign == "\ufffd" or (unicodedata.category(sign) in ("Cn", "Co", "Cs", "Cc") and sign not in "\t\r\n\f")


def shifted(content: bytes) -> str | None:
    """Seven-bit charsets that switch their meaning by escape sequences (RFC 1468)."""
    if b"\x1b" in content and _SHIFTS.search(content):
        return "iso2022_jp"
    if b"\x1b$)C" in content and b"\x0e" in content:
        return "iso2022_kr"
    return "hz" if b"~{" in content and b"~}" in content and content.isascii() and _is_hz(content) else None


def _is_hz(content: bytes) -> bool:
    try:
        return not content.decode("hz").isascii()
    except UnicodeDecodeError:
        return False


def _plain(content: bytes) -> str | None:
    if content.isascii():
        return "utf-8"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # A few wrong octets, from a cut or a mixture, do not make it another charset.
        sequences = sum(len(found) for found in _SEQUENCE.findall(content))
        high = len(_HIGH.findall(content))
        return "utf-8" if sequences * 10 >= high * 9 else None
    return "utf-8"


def _guessed(
    content: bytes, names: tuple[str, ...], declared: str | None, size: int = _SAMPLE, trust: float | None = None
) -> str:
    sample = _sample(content, size)
    costs = {codec: _cost(sample, codec) + handicap for codec, (handicap, _) in CANDIDATES.items()}
    declared = _key(declared)
    if declared in costs:
        costs[declared] -= trust or (_DECLARED if declared != "cp1252" else 6.0)
    for codec, evidence in _evidence(content, names, costs):
        costs[codec] -= evidence
    return min(costs, key=lambda codec: costs[codec])


def of_names_in_zip(octets: bytes, names: Iterable[str] = ()) -> str:
    """The codec of the names in a ZIP that are not flagged as UTF-8."""
    plain = _plain(octets)
    if plain is not None:
        return plain
    costs = {
        codec: _cost(octets[:_SAMPLE], codec) + (0.0 if codec in OF_DOS else handicap + 2.0)
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
            forms = (spelt(stem, codec) for stem in _stems(word))
            bits += next((_weight(form) for form in forms if form and _stands(form, content, seen)), 0.0)
        if bits:
            yield codec, bits


def _stands(form: bytes, content: bytes, seen: dict[bytes, bool]) -> bool:
    if form not in seen:
        seen[form] = len(form) > 2 and not form.isascii() and form in content
    return seen[form]


def _weight(form: bytes) -> float:
    return _NAMED if len(form) >= 4 and len(_HIGH.findall(form)) >= 2 else _NAMED_SHORT


def _stems(word: str) -> Iterator[str]:
    """A name as it may be written, without the last letter of long ones, because endings are inflected."""
    word = unicodedata.normalize("NFC", word)
    if word.isascii() or len(word) < 2:
        return
    stem = word[:-1] if len(word) > 5 else word
    yield from (stem if not stem.isascii() else word, stem.lower(), stem.upper(), stem.title())


def _cost(sample: bytes, codec: str) -> float:
    """The bits that the sample takes as text in ``codec``, in the language that needs the fewest."""
    text = sample.decode(codec, "surrogateescape")
    counts = Counter(text)
    plain = sum(number for sign, number in counts.items() if sign < "\x80")
    foreign = [(sign, number) for sign, number in counts.items() if sign >= "\x80"]
    least = min(sum(_bits(sign, language) * number for sign, number in foreign) for language in CANDIDATES[codec][1])
    return plain * _ASCII + least + _stumbles(text)


def _stumbles(text: str) -> float:
    """Penalty in bits for what is rare in text: capitals after small letters, two scripts in one word, symbols within
    words."""
    bits = 0.0
    for at, sign in enumerate(text):
        if sign < "\x80" or at == 0:
            continue
        before, after = text[at - 1], text[at + 1 : at + 2]
        if sign.isalpha():
            if sign.isupper() and before.islower():
                bits += 7.0
            elif sign.islower() and before.isupper() and after.isupper():
                bits += 5.0
            if sign > "\u036f":
                touching = (before.isascii() and before.isalpha()) + (after.isascii() and after.isalpha())
                bits += touching * (3.0 if sign > "\u2fff" else 8.0)
            if after.isupper() and sign.islower():
                bits += 7.0
        elif before.isalpha() and after.isalpha() and sign not in "’·\u200c" and not unicodedata.combining(sign):
            bits += 6.0
    return bits


@lru_cache(maxsize=16_384)  # per character; nothing of a text is kept
def _bits(sign: str, language: str) -> float:
    """The bits that a non-ASCII character takes in a language."""
    category = unicodedata.category(sign)
    if category in _NO_TEXT:
        return _BROKEN
    if language in SIGNS:
        return _bits_of_sign(sign, language)
    letters = LETTERS[language]
    place, capital = letters.find(sign), 0.0
    if place < 0 and sign.isupper():
        place, capital = letters.find(sign.lower()), 4.0
    if place >= 0:
        return log2((place + 2) * 4) + capital
    if category[0] in "LM":
        return _OUTSIDE
    return next((bits for signs, bits in _MARKS_OF_TEXT if sign in signs), _SYMBOL)


_LEVELS = {"zh": ("gb2312", 0xD7), "zh-Hant": ("big5", 0xC6), "ja": ("euc_jp", 0xCF), "ko": ("euc_kr", 0xC8)}


# (first, last, bits): other characters in East Asian text. Half-width kana are single octets.
_RANGES = (
    ("\u3000", "\u303f", 7.0),
    ("\u3040", "\u30ff", 17.0),
    ("\uff01", "\uff60", 9.0),
    ("\uff61", "\uff9f", 12.0),
)


def _bits_of_sign(sign: str, language: str) -> float:
    if sign in SIGNS[language]:
        return 8.0
    if language == "ja" and "\u3040" <= sign <= "\u30ff":
        return 6.0
    for first, last, bits in _RANGES:
        if first <= sign <= last:
            return bits
    if not ("\u3400" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7a3"):
        return 7.0 if sign in "“”‘’…—·" else 16.0
    charset, last_lead = _LEVELS[language]
    octets = sign.encode(charset, "ignore")
    if len(octets) != 2:
        return 22.0
    common = octets[0] <= last_lead
    return (11.0 if language == "ko" else 13.0) if common else 18.0
