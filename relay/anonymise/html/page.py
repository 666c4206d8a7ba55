"""Rewrites well-formed HTML element by element, and replaces identities in its visible text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import NamedTuple
from urllib.parse import unquote

from relay.anonymise.html import style_attribute as styles
from relay.anonymise.html.emoji import is_emoji
from relay.anonymise.html.page_links import PageLinks
from relay.anonymise.html.regions import PICTURE, SITE, Element, Picture, outermost, take_out
from relay.anonymise.html.well_formed import BLOCKS, MARKS, SIGNED, SIGNED_BELOW, VOID
from relay.anonymise.identities import Finding, Redactor
from relay.anonymise.links.in_text import in_own_words
from relay.anonymise.named_files import without_notes
from relay.anonymise.passages import passages
from relay.anonymise.program_names import without_clock
from relay.anonymise.returned_files import FileEchoes
from relay.anonymise.returned_words import may_come_back
from relay.anonymise.tally import Tally
from relay.message.read.html_tokens import WRITTEN_ATTRIBUTE, WRITTEN_TAG, unescape

_TAG = re.compile(WRITTEN_TAG)
# A link to the first page of a site: next to a name it is a mark of a signature block, though only its words show.
_SITE = re.compile(r"https?://[^\s/?#]{4,253}/?(?:[?#]\S*)?", re.IGNORECASE)
_SMALL_NUMBER = re.compile(r"-?\d{1,4}%?")
_WORD = re.compile(r"#?[A-Za-z0-9]{1,20}")
_INNER_LINE_END = re.compile(r"(?<=\S)[ \t\r]*+\n\s*+(?=\S)")
_FILE_NAME = re.compile(r"\s*[\w.\-() ]{1,80}\.(?:jpe?g|png|gif|webp|heic|heif|tiff?|bmp|svg)\s*", re.IGNORECASE)
_TWO_PIXELS = re.compile(r"[0-2](?:px|pt)?")

_NUMBERS = frozenset(str.split("width height colspan rowspan border cellpadding cellspacing start value span size"))
_WORDS = frozenset(str.split("align valign dir bgcolor color type scope"))
_FLAGS = frozenset({"reversed", "nowrap"})
# Elements whose content is kept, but which do not belong in a letter themselves: one without its tags, and blocks.
_UNWRAPPED = "label"
_AS_DIV = frozenset(str.split("form fieldset legend details summary"))


_MAX_QUOTE_MARKS = 9


class _Open(NamedTuple):
    name: str
    hidden: bool
    small: bool
    pre: bool
    written: bool
    signed: bool
    shown_at: int
    place: int
    site: int = -1


@dataclass(frozen=True, slots=True)
class _TagFacts:
    """What the attributes of an element mean."""

    attributes: dict[str, str]
    declared: dict[str, str]
    kept: str
    hides: bool
    shrinks: bool | None
    pre: bool | None
    mark: str


class Page:
    """The rebuilding of one page. ``pictures`` are the letter's inline pictures, by Content-ID."""

    def __init__(self, redactor: Redactor, tally: Tally, pictures: dict[str, Picture]) -> None:
        self._redactor = redactor
        self._tally = tally
        self._pictures = pictures
        self._tag_facts: dict[tuple[str, str], _TagFacts] = {}
        self._out: list[str] = []
        self._open: list[_Open] = []
        # The visible text, and its pieces: (start in the visible text, index in _out).
        self._visible: list[str] = []
        self._nodes: list[tuple[int, int]] = []
        self._length = 0
        self._hidden = self._small = self._pre = False
        self._quotes = 0
        self._elements: list[Element] = []
        self._signed: list[tuple[int, int]] = []
        self._links = PageLinks(redactor, tally)
        # Words for pictures: where they are shown, their piece, and the attribute as it is written and as it came.
        self._alts: list[tuple[int, int, str, str]] = []

    def rebuilt(self, clean: str) -> str:
        """Rewrite the page. ``clean`` is the output of well_formed."""
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
        if "\n" in raw and not self._pre and "\n" in raw.strip():
            # A line break in the source shows as a blank, unless white space is preserved.
            raw = _INNER_LINE_END.sub(" ", raw)
        text = unescape(raw)
        self._show(text if self._pre else text.replace("\n", " "))
        self._nodes.append((self._length - len(self._visible[-1]), len(self._out)))
        self._out.append(raw)

    def _show(self, text: str) -> None:
        self._visible.append(text)
        self._length += len(text)

    def _new_line(self) -> None:
        self._show("\n" + "> " * min(self._quotes, _MAX_QUOTE_MARKS) if self._quotes else "\n")

    def _start(self, name: str, raw: str) -> None:
        start = self._length
        if name in BLOCKS or name == "br":
            self._quotes += name == "blockquote"
            self._new_line()
        # Elements repeat, so each distinct start tag is parsed once per page.
        facts = self._tag_facts.get((name, raw))
        if facts is None:
            facts = self._tag_facts[name, raw] = self._read(name, raw)
        hidden = self._hidden or facts.hides
        if name == "img":
            if not hidden:
                self._image(facts)
            return
        written = not hidden and name != _UNWRAPPED
        if written:
            href = self._href(facts.attributes["href"]) if "href" in facts.attributes else ""
            self._out.append(f"<{'div' if name in _AS_DIV else name}{href}{facts.kept}>")
        place = len(self._out) - 1
        if name in VOID:
            if written:
                self._elements.append(Element(start, start + 1, (place, place)))
            self._void(name, facts)
            return
        signed = facts.mark == SIGNED and not hidden
        linked = name == "a" and written and _SITE.fullmatch(facts.attributes.get("href", "").strip())
        site = len(self._visible) if linked else -1
        before = self._hidden, self._small, self._pre
        self._open.append(_Open(name, *before, written, signed, self._length, place, site))
        self._hidden = hidden
        self._small = self._small if facts.shrinks is None else facts.shrinks
        self._pre = self._pre if facts.pre is None else facts.pre

    def _void(self, name: str, facts: _TagFacts) -> None:
        """The visible effect of an element without content: a rule, or the beginning of a signature block."""
        if facts.mark == SIGNED_BELOW or name == "hr":
            self._show("-- " if facts.mark else "-----")
            self._new_line()

    def _read(self, name: str, raw: str) -> _TagFacts:
        attributes = {key: unescape(value) for key, value in WRITTEN_ATTRIBUTE.findall(raw)} if raw else {}
        declared = styles.declarations(attributes["style"]) if "style" in attributes else {}
        return _TagFacts(
            attributes,
            declared,
            self._kept(attributes, declared),
            "hidden" in attributes or styles.hides(declared),
            styles.shrinks(declared),
            True
            if name == "pre"
            else space.startswith(("pre", "break"))
            if (space := declared.get("white-space"))
            else None,
            SIGNED if "mailautosig" in declared.get("mso-bookmark", "") else _mark_of(attributes),
        )

    def _close(self, name: str) -> None:
        if not self._open or self._open[-1].name != name:
            return
        last = self._open.pop()
        self._hidden, self._small, self._pre = last.hidden, last.small, last.pre
        if last.written:
            self._out.append(f"</{'div' if name in _AS_DIV else name}>")
            self._elements.append(Element(last.shown_at, self._length, (last.place, len(self._out) - 1), name == "a"))
        if last.site >= 0 and not any("." in shown for shown in self._visible[last.site :]):
            self._show(SITE)
        if last.signed:
            self._signed.append((last.shown_at, self._length))
        if name in BLOCKS:
            self._quotes -= name == "blockquote"
            self._new_line()

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
        return self._links.href(url, self._length, len(self._out), quoted=self._quotes > 0)

    def _image(self, facts: _TagFacts) -> None:
        source, alt = facts.attributes.get("src", "").strip(), facts.attributes.get("alt", "")
        if _FILE_NAME.fullmatch(alt):
            alt = ""  # written by a mail program: it describes nothing, and numbers the author's pictures
        elif alt:
            alt = _without_clock(without_notes(alt))
        cited = source[4:] if source[:4].lower() == "cid:" else source  # else by its Content-Location (RFC 2557 4.2)
        if self._pictures and cited:
            picture = self._pictures.get(unquote(cited)) or self._pictures.get(cited)
            if picture is not None:
                written = self._alt(alt)
                self._out.append(f'<img src="cid:{escape(picture.content_id)}"{written}{facts.kept}>')
                place = len(self._out) - 1
                self._elements.append(Element(self._length, self._length + 1, (place, place), picture=picture))
                self._show(PICTURE)
                return
        self._tally.add("remote-picture")
        if alt.strip() and not _pixel(facts.attributes, facts.declared):
            words = alt.strip()
            self._text(escape(words if is_emoji(words) else f"[{words}]", quote=False))

    def _alt(self, alt: str) -> str:
        """The attribute with the words for a picture; in a quotation as the reader wrote them."""
        words, known = self._tally.redacted(self._redactor, alt), self._redactor.known
        if alt and self._redactor.find_reader(alt):
            self._redactor.of_letter(FileEchoes).note_value(alt)
        written = f' alt="{escape(words)}"' if words else ""
        if words != alt and alt in known.echoes.values:
            self._alts.append((self._length, len(self._out), written, f' alt="{escape(alt)}"'))
        return written

    def _settle_alts(self, visible: str) -> None:
        for shown, place, written, came in self._alts:
            if may_come_back(visible, shown, self._redactor):
                self._out[place] = self._out[place].replace(written, came, 1)

    def _write_findings(self) -> None:
        """Write each replacement into the piece of text where the identity begins, and remove the rest of it from the
        following pieces: an identity may span several elements."""
        visible = "".join(self._visible)
        findings = passages(visible, self._redactor, outermost(self._signed))
        self._tally.found(findings)
        is_own = in_own_words(visible, self._redactor)
        self._links.note(visible, findings, is_own)
        take_out(findings, self._elements, self._out)
        self._links.settle(visible, is_own, self._elements, self._out)
        self._settle_alts(visible)
        if not findings:
            return
        first = 0
        for start, place in self._nodes:
            raw = self._out[place]
            text = unescape(raw)
            end = start + len(text)
            while first < len(findings) and findings[first].end <= start:
                first += 1
            last = first
            while last < len(findings) and findings[last].start < end:
                last += 1
            if last > first:
                cut = findings[first:last]
                self._out[place] = escape(_cut(text, start, end, cut), quote=False).replace("\xa0", "&nbsp;")


def _mark_of(attributes: dict[str, str]) -> str:
    markers = {attributes.get(key, "") for key in MARKS}
    return SIGNED if SIGNED in markers else SIGNED_BELOW if SIGNED_BELOW in markers else ""


def _cut(text: str, start: int, end: int, findings: list[Finding]) -> str:
    """The piece of text at [start, end) of the page, with its part of each finding replaced."""
    out: list[str] = []
    at = start
    for finding in findings:
        out.append(text[at - start : max(finding.start, at) - start])
        if finding.start >= start:
            out.append(finding.replacement)
        at = min(finding.end, end)
    return "".join((*out, text[at - start :]))


def _without_clock(alt: str) -> str:
    """A picture's words without the time of day that a program wrote there: "Screenshot 2026-02-03 at 21.14.11"."""
    timeless = without_clock(f"{alt}.png")  # the end of "21.14.11" is no extension
    return alt if timeless is None else timeless.removesuffix(".png").strip()


def _pixel(attributes: dict[str, str], declared: dict[str, str]) -> bool:
    sizes = [attributes.get("width"), attributes.get("height"), declared.get("width"), declared.get("height")]
    return any(size is not None and _TWO_PIXELS.fullmatch(size.strip()) for size in sizes)
