"""Walks over well-formed HTML and writes it anew, element by element and word by word."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import unquote

from relay.anonymise import styles
from relay.anonymise.history import QUOTED
from relay.anonymise.identities import Finding, Redactor
from relay.anonymise.links import clean_link
from relay.anonymise.markup import BLOCKS, VOID
from relay.anonymise.passages import passages
from relay.anonymise.tally import Tally

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^\">]|\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r"([a-z][\w:\-]*)=\"([^\"]*)\"")
_SMALL_NUMBER = re.compile(r"-?\d{1,4}%?")
_WORD = re.compile(r"#?[A-Za-z0-9]{1,20}")
_HREF = re.compile(r" href=\"[^\"]*\"")
_INNER_LINE_END = re.compile(r"(?<=\S)[ \t\r]*+\n\s*+(?=\S)")
_FILE_NAME = re.compile(r"\s*[\w.\-() ]{1,80}\.(?:jpe?g|png|gif|webp|heic|heif|tiff?|bmp|svg)\s*", re.IGNORECASE)
_TWO_PIXELS = re.compile(r"[0-2](?:px|pt)?")

_NUMBERS = frozenset(str.split("width height colspan rowspan border cellpadding cellspacing start value span size"))
_WORDS = frozenset(str.split("align valign dir bgcolor color type scope"))
_FLAGS = frozenset({"reversed", "nowrap"})
# Elements whose content stays, but which themselves would be strange in a letter.
_UNWRAPPED = frozenset(str.split("form fieldset label legend details summary"))


@dataclass(slots=True)
class Picture:
    """A picture that travels with the letter, and whether the HTML shows it."""

    content_id: str
    shown: bool = False


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    hidden: bool
    small: bool
    written: bool
    as_typed: bool
    link: _Link | None = None


@dataclass(slots=True)
class _Link:
    """A link that was written: ``place`` in the output, its words at [start, end) of what a reader sees."""

    place: int
    mail: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the attributes of an element say."""

    attributes: dict[str, str]
    declared: dict[str, str]
    kept: str
    hides: bool
    shrinks: bool | None
    as_typed: bool | None


class Page:
    """The rebuilding of one page. ``pictures`` are those that travel with the letter, by Content-ID."""

    def __init__(self, redactor: Redactor, tally: Tally, pictures: dict[str, Picture]) -> None:
        self._redactor = redactor
        self._tally = tally
        self._pictures = pictures
        self._seen: dict[tuple[str, str], _Seen] = {}
        self._out: list[str] = []
        self._open: list[_Open] = []
        # What a reader sees, and where each piece of it stands: (start in the visible text, place in _out).
        self._visible: list[str] = []
        self._nodes: list[tuple[int, int]] = []
        self._length = 0
        self._links: list[_Link] = []
        self._quotes = 0
        self._hidden = self._small = self._as_typed = False

    def rebuilt(self, clean: str) -> str:
        """Write the page anew. ``clean`` is what markup.well_formed gives."""
        at = 0
        for tag in _TAG.finditer(clean):
            if tag.start() > at:
                self._text(clean[at : tag.start()])
            at = tag.end()
            if tag[1]:
                self._close(tag[2])
            else:
                self._start(tag[2], tag[3])
        if at < len(clean):
            self._text(clean[at:])
        self._write_findings()
        return "".join(self._out)

    def _text(self, raw: str) -> None:
        if self._hidden or self._small:
            if raw.strip():
                self._tally.add("hidden-text")
            return
        if "\n" in raw and not self._as_typed:
            # A line break in the source is a blank to the reader.
            raw = _INNER_LINE_END.sub(" ", raw)
        self._see(unescape(raw) if "&" in raw else raw)
        self._nodes.append((self._length - len(self._visible[-1]), len(self._out)))
        self._out.append(raw)

    def _see(self, text: str) -> None:
        self._visible.append(text)
        self._length += len(text)

    def _see_line_end(self) -> None:
        """A quotation looks to a finder as it does in plain text."""
        self._see("\n" + "> " * min(self._quotes, 9))

    def _start(self, name: str, raw: str) -> None:
        if name == "blockquote":
            self._quotes += 1
        if name in BLOCKS or name == "br":
            self._see_line_end()
        # Elements repeat: what one of a kind says is read once a page.
        seen = self._seen.get((name, raw))
        if seen is None:
            seen = self._seen[name, raw] = self._read(name, raw)
        hidden = self._hidden or seen.hides
        if name == "img":
            if not hidden:
                self._image(seen)
            return
        written = not hidden and name not in _UNWRAPPED
        link = None
        if written:
            href = self._href(seen.attributes["href"]) if "href" in seen.attributes else ""
            if href:
                mail = seen.attributes["href"].strip().lower().startswith("mailto")
                link = _Link(len(self._out), mail, self._length, self._length)
                self._links.append(link)
            self._out.append(f"<{name}{href}{seen.kept}>")
        if name not in VOID:
            self._open.append(_Open(name, self._hidden, self._small, written, self._as_typed, link))
            self._hidden = hidden
            self._small = self._small if seen.shrinks is None else seen.shrinks
            self._as_typed = self._as_typed if seen.as_typed is None else seen.as_typed

    def _read(self, name: str, raw: str) -> _Seen:
        attributes = {key: unescape(value) for key, value in _ATTRIBUTE.findall(raw)} if raw else {}
        declared = styles.declarations(attributes["style"]) if "style" in attributes else {}
        return _Seen(
            attributes,
            declared,
            self._kept(attributes, declared),
            "hidden" in attributes or styles.hides(declared),
            styles.shrinks(declared),
            _as_typed(name, declared),
        )

    def _close(self, name: str) -> None:
        if not self._open or self._open[-1].name != name:
            return
        last = self._open.pop()
        self._hidden, self._small, self._as_typed = last.hidden, last.small, last.as_typed
        if last.link is not None:
            last.link.end = self._length
        if last.written:
            self._out.append(f"</{name}>")
        if name == "blockquote":
            self._quotes -= 1
        if name in BLOCKS:
            self._see_line_end()

    def _kept(self, attributes: dict[str, str], declared: dict[str, str]) -> str:
        out: list[str] = []
        for key, value in attributes.items():
            if key == "style":
                style = styles.kept(declared)
                if style:
                    out.append(f' style="{style}"')
            elif (key in _NUMBERS and _SMALL_NUMBER.fullmatch(value)) or (
                key in _WORDS and _WORD.fullmatch(value) and not self._redactor.find(value)
            ):
                out.append(f' {key}="{value}"')
            elif key in _FLAGS:
                out.append(f' {key}=""')
        return "".join(out)

    def _href(self, url: str) -> str:
        link = clean_link(url, self._redactor)
        self._tally.add("tracking", int(link.tracked))
        self._tally.add("link", int(link.named or link.url is None))
        return "" if link.url is None else f' href="{escape(link.url)}"'

    def _image(self, seen: _Seen) -> None:
        source, alt = seen.attributes.get("src", "").strip(), seen.attributes.get("alt", "")
        if _FILE_NAME.fullmatch(alt):
            alt = ""  # put there by a mail program: it describes nothing, and numbers the author's camera roll
        if source[:4].lower() == "cid:":
            picture = self._pictures.get(unquote(source[4:])) or self._pictures.get(source[4:])
            if picture is not None:
                picture.shown = True
                words = self._tally.redacted(self._redactor, alt)
                said = f' alt="{escape(words)}"' if words else ""
                self._out.append(f'<img src="cid:{escape(picture.content_id)}"{said}{seen.kept}>')
                return
        self._tally.add("remote-picture")
        if alt.strip() and not _pixel(seen.attributes, seen.declared):
            self._text(escape(f"[{alt.strip()}]", quote=False))

    def _write_findings(self) -> None:
        """Write each replacement into the piece of text where the identity begins, and take the rest of it out of the
        pieces that follow: it may begin in one element and end in another."""
        findings = passages("".join(self._visible), self._redactor)
        if not findings:
            return
        self._tally.found(findings)
        self._unlink(findings)
        first = 0
        for start, place in self._nodes:
            raw = self._out[place]
            text = unescape(raw) if "&" in raw else raw
            end = start + len(text)
            while first < len(findings) and findings[first].end <= start:
                first += 1
            last = first
            while last < len(findings) and findings[last].start < end:
                last += 1
            if last > first:
                cut = findings[first:last]
                self._out[place] = escape(_cut(text, start, end, cut), quote=False).replace("\xa0", "&nbsp;")

    def _unlink(self, findings: list[Finding]) -> None:
        """A link on the name of somebody in quoted history would still lead to them."""
        names = [finding for finding in findings if finding.kind in QUOTED]
        for link in self._links if names else ():
            place = max(0, bisect_left(names, link.start, key=lambda finding: finding.start) - 1)
            for name in names[place : place + 2]:
                touched = name.start < link.end and link.start < name.end
                if touched and (link.mail or (name.start <= link.start and link.end <= name.end)):
                    self._out[link.place] = _HREF.sub("", self._out[link.place])


def _as_typed(name: str, declared: dict[str, str]) -> bool | None:
    """Are line breaks in the source of an element line breaks to its reader? None: as around it."""
    if "white-space" in declared:
        return declared["white-space"].startswith(("pre", "break-spaces"))
    return True if name == "pre" else None


def _cut(text: str, start: int, end: int, findings: list[Finding]) -> str:
    """The piece of text that stands at [start, end) of the page, its share of each finding replaced."""
    out: list[str] = []
    at = start
    for finding in findings:
        out.append(text[at - start : max(finding.start, at) - start])
        if finding.start >= start:
            out.append(finding.replacement)
        at = min(finding.end, end)
    return "".join((*out, text[at - start :]))


def _pixel(attributes: dict[str, str], declared: dict[str, str]) -> bool:
    sizes = [attributes.get("width"), attributes.get("height"), declared.get("width"), declared.get("height")]
    return any(size is not None and _TWO_PIXELS.fullmatch(size.strip()) for size in sizes)
