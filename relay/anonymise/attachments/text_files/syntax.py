"""The syntax of text files: their kind, the borders that a mention does not cross, and how replacements are escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from relay.anonymise.escapes import without_escapes
from relay.anonymise.identities import Finding, Redactor
from relay.anonymise.links import in_text
from relay.anonymise.names.fold import letters, skeleton_of
from relay.model import Known

_KINDS = {
    "table": "csv tsv tab",
    "json": "json ipynb geojson jsonl ndjson har webmanifest topojson map jsonld",
    "markup": "xml gpx kml fb2 rss atom opml xliff xlf plist xsd xsl xslt wsdl tcx osm tmx ttml dae musicxml"
    " mml xaml resx",
    "tex": "tex bib sty cls ltx bbl",
    "code": "py pyw js mjs ts jsx tsx java c h cc cpp hpp cs go rs rb php sh bash zsh sql r jl kt kts swift lua pl pm m"
    " mm scala dart css scss less vb ps1 bat cmd hs clj ex exs erl f90 pas asm gradle groovy proto vue sol",
    "settings": "properties yaml yml toml ini cfg conf env po pot strings reg desktop",
}
_BY_EXTENSION = {extension: kind for kind, several in _KINDS.items() for extension in several.split()}
_BY_TYPE = {
    "text/csv": "table", "text/tab-separated-values": "table", "application/json": "json", "text/xml": "markup",
    "application/xml": "markup", "text/x-python": "code", "text/javascript": "code", "text/x-tex": "tex",
    "application/x-tex": "tex", "application/x-ipynb+json": "json", "application/geo+json": "json",
}  # fmt: skip

_CELL = re.compile(r'"(?:[^"]|"")*"|[,;\t|]')
# An apostrophe between letters belongs to the name, also when escaped, or doubled as in SQL and YAML.
_QUOTE = r"'(?<![^\W\d_]')(?<!\\')(?<![^\W\d_]'')|'(?![^\W\d_])(?!'[^\W\d_])"
_STRING_ENDS = str.maketrans(dict.fromkeys("'`{}", " "))
_BORDERS = {
    "json": re.compile(r'(?<!\\)"|[\r\n]'),
    "markup": re.compile(r"[<>\"\r\n]"),
    "tex": re.compile(r"[{}&%\r\n]|\\\\"),
    "code": re.compile(rf"[\"`{{}}()\[\]=;<>\r\n]|{_QUOTE}|,(?! )"),
    "settings": re.compile(rf"[\"=\r\n]|{_QUOTE}"),
    "text": re.compile(r"[\r\n]|\t| {3,}"),
}
_BRACED = re.compile(r"\\[uN]\{[^{}\r\n]*\}")
_MOST = 100
_COMMENT = re.compile(r"#|//|/\*|--|^\s*\*|<!--")
_EDGE = " \t,;:/&+|\\"


def kind_of(filename: str | None, media_type: str, text: str) -> str:
    """The kind of a text file: "table", "json", "markup", "tex", "code", "settings" or "text"."""
    extension = (filename or "").lower().rpartition(".")[2]
    known = _BY_EXTENSION.get(extension) or _BY_TYPE.get(media_type)
    if known:
        return known
    start = text[:200].lstrip("\ufeff \t\r\n")
    if start.startswith("<?xml") or media_type.endswith("+xml"):
        return "markup"
    if media_type.endswith("+json") or (re.match(r'[{\[]\s*["{\[\d]', start) and text.rstrip()[-1:] in ("}", "]")):
        return "json"
    return "text"


def within(findings: Sequence[Finding], text: str, kind: str, redactor: Redactor) -> list[Finding]:
    """The findings, none across a border of the file: where one crosses it, each piece is searched separately.
    Replacements are escaped so that the file still parses."""
    borders = _Borders(text, kind)
    pieces: dict[str, list[Finding]] = {}  # findings by piece; the same piece often occurs in many rows
    out: list[Finding] = []
    for finding in findings:
        edges = borders.inside(finding.start, finding.end)
        if not edges:
            out.append(_fitting(finding, text, kind))
            continue
        for start, end in pairwise((finding.start, *(edge for pair in edges for edge in pair), finding.end)):
            out += (_fitting(each, text, kind) for each in _piece(finding, text[start:end], start, redactor, pieces))
    return out


def in_links(text: str, kind: str, redactor: Redactor) -> list[Finding]:
    """What links tell, with replacements that fit in a file of that kind. A link ends where its cell or string does."""
    if "://" not in text:
        return []
    changed = in_text.find(_by_strings(text, kind), redactor).changed
    return [replace(finding, replacement=_link_in(kind, finding.replacement)) for finding in changed]


def _link_in(kind: str, link: str) -> str:
    """A link without signs that end a cell or string, percent-encoded (RFC 3986 2.1)."""
    link = re.sub(r"[',;|]" if kind == "table" else "'", lambda sign: f"%{ord(sign[0]):02X}", link)
    return link.replace("&", "&amp;") if kind == "markup" else link


def _by_strings(text: str, kind: str) -> str:
    """The text with a blank in the place of each sign that ends a cell or string; all offsets stay valid."""
    if kind != "table":
        return text.translate(_STRING_ENDS)
    pieces: list[str] = []
    at = 0
    for start, end in _Borders(text, kind).inside(0, len(text)):
        pieces += (text[at:start], text[start:end] if text[start:end] == "\n" else " " * (end - start))
        at = end
    return "".join((*pieces, text[at:]))


class _Borders:
    """The borders across which nothing is replaced. A line of a table is parsed once."""

    def __init__(self, text: str, kind: str) -> None:
        self._text, self._kind = text, kind
        self._line = (0, -1)
        self._cells: list[tuple[int, int]] = []

    def inside(self, start: int, end: int) -> list[tuple[int, int]]:
        """The ranges of the borders within [start, end)."""
        if self._kind == "table":
            return [cell for cell in self._in_rows(start, end) if start <= cell[0] and cell[1] <= end]
        found = [border.span() for border in _BORDERS[self._kind].finditer(self._text, start, end)]
        if found and self._kind == "code" and "\\" in self._text[start:end]:
            escapes = [escape.span() for escape in _BRACED.finditer(self._text, start, end)]
            found = [place for place in found if not any(first < place[0] < last for first, last in escapes[:_MOST])]
        if self._kind == "tex" and found and _is_balanced(self._text[start:end]):
            return [place for place in found if self._text[place[0]] not in "{}"]
        return found

    def _in_rows(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        while start < end:
            if not self._line[0] <= start <= self._line[1]:
                first = self._text.rfind("\n", 0, start) + 1
                last = self._text.find("\n", start)
                last = len(self._text) if last < 0 else last
                self._line = (first, last)
                self._cells = [
                    cell.span()
                    for cell in _CELL.finditer(self._text, first, last)
                    if cell.end() - cell.start() == 1 and cell[0] != '"'
                ]
            yield from self._cells
            if self._line[1] < end:
                yield self._line[1], self._line[1] + 1
            start = self._line[1] + 1


def _is_balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _piece(
    whole: Finding, piece: str, at: int, redactor: Redactor, known: dict[str, list[Finding]]
) -> Iterator[Finding]:
    """The findings in one piece, which begins at ``at``: what is found in it alone, or all of it when it is a word of a
    name."""
    if piece not in known:
        known[piece] = redactor.find(piece) or _whole(piece, whole, redactor)
    return (replace(each, start=each.start + at, end=each.end + at) for each in known[piece])


def _whole(piece: str, whole: Finding, redactor: Redactor) -> list[Finding]:
    bare = piece.strip(_EDGE + "\"'`()[]{}<>=\r\n")
    alone = letters(skeleton_of(without_escapes(bare)))
    if len(alone) < 2 or alone not in _registered(redactor.known):
        return []
    start = piece.find(bare)
    return [replace(whole, start=start, end=start + len(bare))]


@lru_cache(maxsize=1)
def _registered(known: Known) -> frozenset[str]:
    """The words in the names and addresses of both members, letters only."""
    names = (*known.author.known_as, *known.author.learned, *known.recipient.known_as, *known.recipient.learned)
    addresses = (*known.author.addresses, *known.recipient.addresses)
    words = [word for name in names for word in re.split(r"[\s,;./]+", name)]
    words += [word for address in addresses for word in re.split(r"[@._+\-]+", address)]
    return frozenset(filter(None, (letters(skeleton_of(word)) for word in (*words, *names))))


def _fitting(finding: Finding, text: str, kind: str) -> Finding:
    words = finding.replacement
    if kind == "markup":
        words = (
            re.sub(r"&(?!#?\w{1,31};)", "&amp;", words).replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        )
    elif kind == "json":
        words = re.sub(r'(?<!\\)"|\n|\\(?!u[0-9a-f]{4})', " ", words)
    elif kind == "table":
        words = re.sub(r'[",;\t|\r\n]', " ", words)
    elif kind == "code":
        words = re.sub(r"[\"'\r\n]|\\(?!u[0-9a-f]{4})", "", words)
        if _is_code(text, finding.start, finding.end):
            words = re.sub(r"\W+", "_", words).strip("_")
    return finding if words == finding.replacement else replace(finding, replacement=words)


def _is_code(text: str, start: int, end: int) -> bool:
    """Whether [start, end) is outside of quotation marks and comments."""
    if any(sign.isspace() for sign in text[start:end]):
        return False
    first = max(text.rfind("\n", 0, start) + 1, start - 500)
    line = text[first:start]
    if _COMMENT.search(line) or any(line.replace("\\" + mark, "").count(mark) % 2 for mark in "\"'`"):
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    if before in tuple("_.(") or after in tuple("_.(") or "_" in text[start:end]:
        return True
    rest = text[end : end + 40].lstrip(" ")
    return rest[:1] in tuple("=)],:+-*/[<>") or line.rstrip(" ")[-1:] in tuple("=([,+-*/<>:")
