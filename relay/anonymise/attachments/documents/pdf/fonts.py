"""Decodes the character codes of a font and their widths (ISO 32000-2 9.6 to 9.10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pikepdf import Array, Dictionary, Name, Object, PdfError, Stream

from relay.anonymise.attachments.documents.pdf.glyphs import letters_of

_MAX_MAPPED = 70_000
_MAX_CMAP = 4 * 1024 * 1024
_BEGIN = re.compile(rb"begin(bfchar|bfrange|codespacerange)")
_END = re.compile(rb"end(?:bfchar|bfrange|codespacerange)")
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")
_SIMPLE = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
# Character sets of the predefined CMaps (9.7.5.2).
_CJK = (
    ("UCS2", "utf-16-be"), ("UTF16", "utf-16-be"), ("RKSJ", "cp932"), ("EUC-H", "euc_jp"), ("GBK", "gb18030"),
    ("GBpc", "gb18030"), ("B5", "big5hkscs"), ("KSC", "cp949"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Font:
    """``decode`` maps the octets of a shown string to its text and its width in text space at size 1; ``measured``:
    that width is known; ``longest`` is the longest text of one octet."""

    decode: Callable[[bytes], tuple[str, float]]
    measured: bool
    longest: int = 1


def font_of(font: Object | None, take: Callable[[int], None]) -> Font:
    """The font of a font dictionary; a guess when it is damaged. ``take`` gets the size in octets of its character map,
    and may raise CannotAnonymise."""
    try:
        if isinstance(font, Dictionary):
            return _composite(font, take) if font.get("/Subtype") == Name.Type0 else _simple(font, take)
    except (PdfError, ValueError, TypeError, KeyError, IndexError, ArithmeticError, AttributeError, LookupError):
        pass
    return Font(lambda octets: (octets.decode("cp1252", "replace"), 0.5 * len(octets)), measured=False)


def _simple(font: Object, take: Callable[[int], None]) -> Font:
    encoding = font.get("/Encoding")
    base = encoding.get("/BaseEncoding") if isinstance(encoding, Dictionary) else encoding
    table = list(_letters_of(_SIMPLE.get(str(base), "cp1252")))
    if isinstance(encoding, Dictionary):
        _differ(table, encoding.get("/Differences"))
    mapping, _ = _to_unicode(font, take)
    for code, text in mapping.items():
        if code < 256 and text:
            table[code] = text
    scale = _scale(font)
    widths = [0.5] * 256
    listed = font.get("/Widths")
    if isinstance(listed, Array):
        first = int(font.get("/FirstChar", 0))
        for code, width in enumerate(list(listed)[:256], first):
            if 0 <= code < 256:
                widths[code] = float(width) * scale
    return Font(
        lambda octets: ("".join([table[code] for code in octets]), sum([widths[code] for code in octets])),
        measured=isinstance(listed, Array),
        longest=max(map(len, table)),
    )


@lru_cache(maxsize=8)
def _letters_of(charset: str) -> tuple[str, ...]:
    """The letter of each octet."""
    return tuple(bytes((code,)).decode(charset, "replace") for code in range(256))


def _scale(font: Object) -> float:
    """The unit of widths: a thousandth, except for fonts drawn by instructions of the document (Type 3)."""
    matrix = font.get("/FontMatrix")
    if font.get("/Subtype") == Name.Type3 and isinstance(matrix, Array) and len(matrix) == 6:
        return abs(float(matrix[0])) or 0.001
    return 0.001


def _differ(table: list[str], differences: Object | None) -> None:
    code = 0
    items: list[object] = [*differences][:1024] if isinstance(differences, Array) else []
    for item in items:
        if isinstance(item, int):
            code = item
        elif isinstance(item, Name):
            if 0 <= code < 256:
                table[code] = letters_of(str(item)[1:]) or table[code]
            code += 1


def _composite(font: Object, take: Callable[[int], None]) -> Font:
    encoding = font.get("/Encoding")
    mapping, size = _to_unicode(font, take)
    charset = None
    if not mapping and isinstance(encoding, Name):
        charset = next((codec for part, codec in _CJK if part in str(encoding)), None)
    widths, usual = _cid_widths(font)

    def decode(octets: bytes) -> tuple[str, float]:
        codes = [int.from_bytes(octets[n : n + size], "big") for n in range(0, len(octets), size)]
        width = sum([widths.get(code, usual) for code in codes])
        if charset is not None:
            return octets.decode(charset, "replace"), width
        return "".join([mapping.get(code, "\ufffd") for code in codes]), width

    return Font(decode, measured=True, longest=max(map(len, mapping.values()), default=1))


def _cid_widths(font: Object) -> tuple[dict[int, float], float]:
    descendants = font.get("/DescendantFonts")
    inner = descendants[0] if isinstance(descendants, Array) and len(descendants) else None
    if not isinstance(inner, Dictionary):
        return {}, 1.0
    widths: dict[int, float] = {}
    listed = inner.get("/W")
    items = list(listed) if isinstance(listed, Array) else []
    place = 0
    while place + 1 < len(items) and len(widths) < _MAX_MAPPED:
        first, second = int(items[place]), items[place + 1]
        if isinstance(second, Array):
            widths.update((first + n, float(width) / 1000) for n, width in enumerate(second))
            place += 2
        elif place + 2 < len(items):
            last = min(int(second), first + _MAX_MAPPED - len(widths))
            widths.update(dict.fromkeys(range(first, last + 1), float(items[place + 2]) / 1000))
            place += 3
        else:
            break
    return widths, float(inner.get("/DW", 1000)) / 1000


def _to_unicode(font: Object, take: Callable[[int], None]) -> tuple[dict[int, str], int]:
    """Code → text, and the octets per code (9.10.3)."""
    stream = font.get("/ToUnicode")
    if not isinstance(stream, Stream):
        return {}, 2
    content = stream.read_bytes()
    take(len(content))
    if len(content) > _MAX_CMAP:
        return {}, 2
    mapping: dict[int, str] = {}
    width, left = 2, 2 * _MAX_MAPPED
    for kind, body in _blocks(content):
        if kind == b"codespacerange":
            width = max(
                1, min(4, max((len(_octets(low)) for low, bracket, _ in _tokens(body) if not bracket), default=2))
            )
            continue
        for code, text in _characters(body) if kind == b"bfchar" else _ranges(body):
            mapping[code] = text
            left -= 1
            if left < 0 or len(mapping) > _MAX_MAPPED:
                return mapping, width
    return mapping, width


def _blocks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while (begin := _BEGIN.search(content, place)) and (end := _END.search(content, begin.end())):
        yield begin[1], content[begin.end() : end.start()]
        place = end.end()


def _tokens(body: bytes) -> Iterator[tuple[bytes, bool, bool]]:
    """The hexadecimal strings (as their digits) and brackets of a block."""
    return ((token[1] or b"", token[2] is not None, token[3] is not None) for token in _HEX.finditer(body))


def _characters(body: bytes) -> Iterator[tuple[int, str]]:
    tokens = _tokens(body)
    for code, _, _ in tokens:
        text = next(tokens, None)
        if text is not None:
            yield int.from_bytes(_octets(code), "big"), _utf16(_octets(text[0]))


def _ranges(body: bytes) -> Iterator[tuple[int, str]]:
    tokens, none = _tokens(body), (b"", False, False)
    for low, _, _ in tokens:
        high, text = next(tokens, none), next(tokens, none)
        first, last = (int.from_bytes(_octets(digits), "big") for digits in (low, high[0]))
        if text[1]:
            for code, (each, _, closing) in enumerate(tokens, first):
                if closing:
                    break
                yield code, _utf16(_octets(each))
            continue
        start = _octets(text[0])
        number = int.from_bytes(start, "big")
        for code in range(first, last + 1):
            yield code, _utf16((number + code - first).to_bytes(len(start) + 1, "big")[1:])


def _octets(digits: bytes) -> bytes:
    packed = b"".join(digits.split())
    return bytes.fromhex((packed + b"0" * (len(packed) & 1)).decode("ascii"))


def _utf16(octets: bytes) -> str:
    return (octets if len(octets) != 1 else b"\0" + octets).decode("utf-16-be", "replace")
