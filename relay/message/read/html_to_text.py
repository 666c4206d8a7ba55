"""Converts HTML to plain text."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Mapping

from relay.message.read.html_tokens import WRITTEN_ATTRIBUTE, WRITTEN_TAG, html_tokens, unescape
from relay.message.read.list_numbers import Numbers

_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)

_TAG = re.compile(WRITTEN_TAG)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_WIDE = re.compile("(?:\u00a0[ \u00a0]+| +\u00a0[ \u00a0]*)")  # a gap that somebody typed: code, columns
_INDENTED = re.compile("\u00a0(?=\\S)")
_STRUCK = dict.fromkeys(("s", "strike", "del"), "~~") | {"ins": "++"}
"""Marks around words that are struck out or inserted: without them both would stand there alike."""
_OTHER_BLANK = re.compile(r"[\t\r\n\f]")

_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre", "table"))
"""Blocks separated from their neighbours by an empty line."""

_BLOCKS = _SPACED.union(
    ("address", "article", "aside", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
    (
        "footer",
        "form",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "section",
        "summary",
        "tbody",
        "tfoot",
        "thead",
        "tr",
    ),
)
_DEEPEST = 50  # levels of nested quotes and lists that are shown; each costs a character in every line
_MOST_LINKS = 8  # open at a time
_TOLD = frozenset(("a", "img", "ol", "li"))  # elements whose attributes say something
_SILENT = frozenset(("head", "script", "style", "title", "template", "noscript"))


def declared_charset(octets: bytes) -> str | None:
    """The charset that an HTML document's meta element declares within its first kilobyte."""
    found = _META.search(octets[:1024])
    return found.group(1).decode("ascii") if found else None


def html_to_text(markup: str) -> str:
    """The visible text of ``markup``: paragraphs, list marks, "> " quotes, and link targets."""
    lines = _Lines()
    for found in html_tokens(markup):
        if isinstance(found, str):
            lines.text_piece(found)
            continue
        if found.kind != "end":
            lines.start(found.name, found.attributes if found.name in _TOLD else {})
        if found.kind != "start":
            lines.end(found.name)
    return lines.text()


def well_formed_to_text(markup: str) -> str:
    """The same for HTML written by relay: lower case, with every "<", ">" and "&" in text and every attribute escaped.
    It needs no full parser."""
    lines = _Lines()
    at = 0
    for tag in _TAG.finditer(markup):
        if tag.start() > at:
            lines.text_piece(unescape(markup[at : tag.start()]))
        at = tag.end()
        if tag[1]:
            lines.end(tag[2])
        else:
            lines.start(
                tag[2], {key: unescape(value) for key, value in WRITTEN_ATTRIBUTE.findall(tag[3])} if tag[3] else {}
            )
    if at < len(markup):
        lines.text_piece(unescape(markup[at:]))
    return lines.text()


class _Lines:
    """Collects lines. Blank lines are written only when something follows them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._blank = False
        self._quotes = 0
        self._depth = 0
        self._silent = 0
        self._pre = 0
        self._marked: Counter[str] = Counter()
        self._item = ""  # the mark of the last item
        self._pending: list[str] = []  # marks before the next word
        self._lists: list[Numbers | None] = []
        self._links: deque[tuple[str, int]] = deque(maxlen=_MOST_LINKS)

    def start(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """A start tag, in lower case."""
        if tag == "br":
            self._end_line(force=True)
        elif tag in _SILENT:
            self._silent += 1
        elif tag == "img":
            self._alt(attributes)
        elif tag == "a":
            self._links.append((attributes.get("href") or "", len(self._line)))
        elif tag in ("td", "th"):
            if self._line:
                self._line.append("\t")
        elif tag in _STRUCK:
            self._begin_marked(_STRUCK[tag])
        elif tag in _BLOCKS:
            self._block(tag)
            self._open(tag, attributes)

    def end(self, tag: str) -> None:
        """An end tag, in lower case."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._links:
            self._link(*self._links.pop())
        elif tag in _STRUCK:
            self._end_marked(_STRUCK[tag])
        elif tag in _BLOCKS:
            self._end_line()
            if tag == "blockquote":
                self._quotes = max(0, self._quotes - 1)
            elif tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            elif tag == "pre":
                self._pre = max(0, self._pre - 1)
            self._blank = self._blank or (tag in _SPACED and not self._lists)

    def text_piece(self, data: str) -> None:
        """Text between two tags."""
        if self._silent:
            return
        if self._pre:
            first, *rest = data.split("\n")
            self._say(first)
            for line in rest:
                self._end_line(force=True)
                self._say(line)
            return
        words = _BLANKS.sub(" ", data) if "  " in data or _OTHER_BLANK.search(data) else data
        if not self._line or self._line[-1].endswith((" ", "\t")):
            words = words.removeprefix(" ")
        if "\xa0" in words:
            words = _WIDE.sub(lambda gap: " " * len(gap[0]), words)
            if not self._line and _INDENTED.match(words):
                words = f" {words[1:]}"
        if words:
            self._say(words)

    def _say(self, words: str) -> None:
        if self._pending and words.strip():
            self._line += self._pending
            self._pending = []
        self._line.append(words)

    def _begin_marked(self, mark: str) -> None:
        self._marked[mark] += 1
        if self._marked[mark] == 1:
            self._pending.append(mark)

    def _end_marked(self, mark: str) -> None:
        """The end of struck or inserted words; the mark follows the last of them directly."""
        self._marked[mark] = max(-1, self._marked[mark] - 1)
        if self._marked[mark] > 0:
            return
        if self._marked[mark] < 0:
            self._marked[mark] = 0  # an end tag alone
        elif mark in self._pending:
            self._pending.remove(mark)  # no words
        elif self._line and self._line[-1].endswith(" "):
            self._line[-1] = self._line[-1].rstrip(" ")
            self._line.append(f"{mark} ")
        elif self._line or not self._lines:
            self._line.append(mark)
        else:
            self._lines[-1] += mark

    def text(self) -> str:
        """Everything read so far."""
        self._end_line()
        return "\n".join(self._lines).strip("\n") + "\n" if self._lines else ""

    def _open(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "ul":
            self._lists.append(None)
        elif tag == "ol":
            self._lists.append(Numbers.of(attributes))
        elif tag == "pre":
            self._pre += 1
        elif tag == "hr":
            self._line.append("---")
            self._end_line()
        elif tag == "li":
            self._item = self._mark(attributes.get("value") or "")
            self._line.append(self._item)

    def _mark(self, value: str) -> str:
        indent = "  " * min(max(0, len(self._lists) - 1), _DEEPEST)
        numbers = self._lists[-1] if self._lists else None
        return f"{indent}- " if numbers is None else f"{indent}{numbers.next(value)}. "

    def _block(self, tag: str) -> None:
        if tag != "li" and len(self._line) == 1 and self._line[0] == self._item:
            return  # a paragraph at the beginning of an item stands beside its mark
        self._end_line()
        self._blank = self._blank or (tag in _SPACED and not self._lists and bool(self._lines))

    def _end_line(self, *, force: bool = False) -> None:
        line = "".join(self._line)
        line = line if self._pre else line.rstrip(" \t")
        self._line = []
        if self._links:
            self._links = deque(((href, 0) for href, _ in self._links), _MOST_LINKS)
        if not line and not force:
            return
        quote = ">" * min(self._quotes, _DEEPEST) + " " if self._quotes else ""
        if self._blank and line:
            # The empty line gets the quote depth of the outer of the two paragraphs it separates.
            self._lines.append(">" * min(self._quotes, self._depth, _DEEPEST))
            self._blank = False
        self._depth = self._quotes
        self._lines.append((quote + line).rstrip() if not line else quote + line)

    def _link(self, href: str, start: int) -> None:
        shown = "".join(self._line[start:]).strip()
        target = href.removeprefix("mailto:")
        if href.startswith(("http:", "https:", "mailto:")) and shown and target.rstrip("/") != shown.rstrip("/"):
            self._line.append(f" <{target}>")

    def _alt(self, attributes: Mapping[str, str | None]) -> None:
        alt = (attributes.get("alt") or "").strip()
        if alt:
            self._line.append(f"[{alt}]")
