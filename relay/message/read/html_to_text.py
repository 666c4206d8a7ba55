"""Converts HTML to plain text."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping

from relay.message.read.html_tokens import html_tokens, unescape

_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^\">]*(?:\"[^\"]*\"[^\">]*)*)>")
_ATTRIBUTE = re.compile(r"([a-z][\w:\-]*)=\"([^\"]*)\"")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_OTHER_BLANK = re.compile(r"[\t\r\n\f]")

_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre", "table"))
"""Blocks separated from their neighbours by an empty line."""

_BLOCKS = _SPACED.union(
    ("address", "article", "aside", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
    ("footer", "form", "header", "hr", "li", "main", "nav", "section", "summary", "tbody", "tfoot", "thead", "tr"),
)
_DEEPEST = 50  # levels of nested quotes and lists that are shown; each costs a character in every line
_MOST_LINKS = 8  # open at a time
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
            lines.start(found.name, found.attributes if found.name in ("a", "img") else {})
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
            lines.start(tag[2], {key: unescape(value) for key, value in _ATTRIBUTE.findall(tag[3])} if tag[3] else {})
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
        self._lists: list[int | None] = []
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
        elif tag in _BLOCKS:
            self._block(tag)
            self._open(tag)

    def end(self, tag: str) -> None:
        """An end tag, in lower case."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._links:
            self._link(*self._links.pop())
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
            self._line.append(first)
            for line in rest:
                self._end_line(force=True)
                self._line.append(line)
            return
        words = _BLANKS.sub(" ", data) if "  " in data or _OTHER_BLANK.search(data) else data
        if not self._line or self._line[-1].endswith((" ", "\t")):
            words = words.removeprefix(" ")
        if words:
            self._line.append(words)

    def text(self) -> str:
        """Everything read so far."""
        self._end_line()
        return "\n".join(self._lines).strip("\n") + "\n" if self._lines else ""

    def _open(self, tag: str) -> None:
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "ul":
            self._lists.append(None)
        elif tag == "ol":
            self._lists.append(0)
        elif tag == "pre":
            self._pre += 1
        elif tag == "hr":
            self._line.append("---")
            self._end_line()
        elif tag == "li":
            self._line.append(self._mark())

    def _mark(self) -> str:
        indent = "  " * min(max(0, len(self._lists) - 1), _DEEPEST)
        if not self._lists or self._lists[-1] is None:
            return f"{indent}- "
        self._lists[-1] += 1
        return f"{indent}{self._lists[-1]}. "

    def _block(self, tag: str) -> None:
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
