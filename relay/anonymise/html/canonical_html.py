"""Writes a formatted letter in canonical HTML, so that it does not show which mail program made it.

Mail programs write paragraphs (<div>, <p class=MsoNormal>, <br><br>), empty lines, bold words, colours and lists in
different ways. Here the letter is reduced to what it shows, and written in one way. Kept: emphasis, links, lists,
tables, quotations, headings, the author's own colours, direction, pictures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from relay.anonymise.html.blocks import Block, Nest, Rule, nest, pieces, without_colour, written
from relay.anonymise.html.inline_style import Look
from relay.anonymise.html.lists_and_tables import LIST_TYPES, is_row, items_apart, items_of, only_cell, start_tag
from relay.anonymise.html.paragraph_spacing import spaced
from relay.anonymise.html.paragraphs import Flow
from relay.anonymise.html.well_formed import BLOCKS, VOID
from relay.message.read.html_tokens import WRITTEN_ATTRIBUTE, WRITTEN_TAG, unescape

_TOKEN = re.compile(rf"{WRITTEN_TAG}|([^<]+|<)")
_NESTS = frozenset(str.split("blockquote ul ol li table tr td th"))
_HEADINGS = frozenset(str.split("h1 h2 h3 h4 h5 h6"))
_ALIGNED = {"center": "center", "right": "right", "end": "right", "justify": "justify", "left": "", "start": ""}


def canonical(html: str) -> str:
    """``html``, as returned by page.Page.rebuilt, in canonical form. Linear in its length."""
    return written(canonical_blocks(html))


def canonical_blocks(html: str) -> tuple[Block, ...]:
    """The same before it is written."""
    reader = _Reader(spaced(html))
    for token in _TOKEN.finditer(html):
        if token[4] is not None:
            reader.text(unescape(token[4]))
        elif token[1]:
            reader.close(token[2])
        else:
            reader.open(token[2], token[3])
    return _own_colours(reader.finished())


def _own_colours(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Remove the text colour when the author's whole text has the same one: then it is the program's default. Kept
    where text has a background colour."""
    outer = [block for block in blocks if not _quotes(block)]
    shown = [piece.look for piece in pieces(outer) if not piece.look.href and piece.text.strip()]
    colours = {look.colour for look in shown}
    if len(colours) != 1 or colours == {""} or any(look.ground for look in shown):
        return blocks
    return tuple(block if _quotes(block) else without_colour((block,))[0] for block in blocks)


def _quotes(block: Block) -> bool:
    return isinstance(block, Nest) and block.tag == "blockquote"


class _Open(NamedTuple):
    """An open element, and the state before it: look, alignment, direction, preserved spaces, preformatted lines."""

    name: str
    look: Look
    align: str
    rtl: bool
    verbatim: bool
    code: bool


@dataclass(slots=True)
class _Holder:
    """An open Nest, and the flow around it."""

    tag: str
    head: str
    flow: Flow
    rtl: bool


class _Reader:
    """Follows the elements of a page and lays out its text in blocks."""

    def __init__(self, spaced: Sequence[bool]) -> None:
        """``spaced`` says of each <p> in turn whether it is separated from its neighbours."""
        self._of_paragraphs = iter(spaced)
        self._spaced = True
        self._elements: list[_Open] = []
        self._holders: list[_Holder] = []
        self._flow = Flow()
        self._look = Look()
        self._align = ""
        self._rtl = self._verbatim = self._code = False

    def text(self, text: str) -> None:
        """Text between tags. Between rows of a table or items of a list only a caption is expected."""
        if self._holders and self._holders[-1].tag in ("ul", "ol", "table", "tr"):
            if not text.strip():
                return
            if self._holders[-1].tag == "table":
                self._flow.text(text, self._look, verbatim=False)
                return
            self._enter("li" if self._holders[-1].tag in ("ul", "ol") else "td", {})
            self._flow.text(text, self._look, verbatim=False)
            self._leave()
            return
        self._flow.text(text, self._look, verbatim=self._verbatim)

    def open(self, name: str, raw: str) -> None:
        """A start tag."""
        attributes = {key: unescape(value) for key, value in WRITTEN_ATTRIBUTE.findall(raw)} if raw else {}
        if name in VOID:
            self._void(name, attributes)
            return
        self._spaced = next(self._of_paragraphs, True) if name == "p" else self._spaced
        style = dict(_declarations(attributes["style"])) if "style" in attributes else {}
        self._elements.append(_Open(name, self._look, self._align, self._rtl, self._verbatim, self._code))
        if attributes.get("dir") in ("rtl", "ltr"):
            self._rtl = attributes["dir"] == "rtl"
        if name in BLOCKS:
            align = style.get("text-align", attributes.get("align", "center" if name == "center" else "")).lower()
            self._align = _ALIGNED.get(align, self._align) if name not in _NESTS - {"td", "th"} else self._align
        if name == "q":
            self._flow.text("\u201c", self._look, verbatim=False)
        if "bgcolor" in attributes:
            style.setdefault("background-color", attributes["bgcolor"].lower())
        if attributes or name not in BLOCKS:
            self._look = self._look.within(name, attributes, style)
        if "white-space" in style:
            self._verbatim = style["white-space"].startswith(("pre", "break"))
        if name in _NESTS:
            self._code = False
        elif name == "pre" or (name in BLOCKS and style.get("white-space") == "pre"):
            self._verbatim = self._code = True  # lines that were not to be wrapped are code
        if style.get("list-style-type", "") in LIST_TYPES:
            attributes.setdefault("type", LIST_TYPES[style["list-style-type"]])
        if name in _NESTS:
            self._enter(name, attributes)
        elif name in BLOCKS:
            self._boundary(name)

    def close(self, name: str) -> None:
        """An end tag; the HTML is well-formed, so it closes the last open element."""
        if not self._elements or self._elements[-1].name != name:
            return
        if name == "q":
            self._flow.text("\u201d", self._look, verbatim=False)
        if name in _NESTS:
            self._leave()
        elif name in BLOCKS:
            self._boundary(name, ends=True)
        last = self._elements.pop()
        self._look, self._align, self._rtl = last.look, last.align, last.rtl
        self._verbatim, self._code = last.verbatim, last.code
        if name in BLOCKS:
            self._flow.like("pre" if self._code else "p", self._align, self._rtl)

    def finished(self) -> tuple[Block, ...]:
        """All blocks of the page."""
        while self._holders:
            self._leave()
        return self._flow.finished()

    def _boundary(self, name: str, *, ends: bool = False) -> None:
        self._flow.line_ends()
        if (name == "p" and self._spaced) or name in _HEADINGS or name == "pre":
            self._flow.gap()
        code = self._elements[-1].code if ends else self._code
        tag = name if name in _HEADINGS and not ends else "pre" if code else "p"
        self._flow.like(tag, self._align, self._rtl)

    def _void(self, name: str, attributes: dict[str, str]) -> None:
        if name == "br":
            self._flow.line_break()
        elif name == "hr":
            self._flow.add(Rule())
        elif name == "img":
            kept = "".join(
                f' {key}="{escape(attributes[key])}"' for key in ("src", "alt", "width", "height") if key in attributes
            )
            self._flow.picture(f"<img{kept}>", self._look)

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        self._flow.line_ends()
        holder = _Holder(name, start_tag(name, attributes), self._flow, self._rtl)
        self._holders.append(holder)
        self._flow = Flow()
        self._flow.like("p", self._align, self._rtl)

    def _leave(self) -> None:
        holder = self._holders.pop()
        inner = self._flow.finished()
        self._flow = holder.flow
        if holder.tag in ("ul", "ol"):
            inner = items_of(inner)
        if holder.tag not in ("td", "th") and not any(True for _ in pieces(inner)):
            return
        if holder.tag == "table":
            # A caption is placed before its table.
            before = [block for block in inner if not is_row(block)]
            inner = tuple(block for block in inner if is_row(block))
            for block in (*before, *(only_cell(inner) or ())):
                self._flow.add(block)
            if not inner or only_cell(inner) is not None:
                return
        for part in items_apart(inner) if holder.tag == "li" else (inner,):
            self._flow.add(nest(holder.tag, holder.head, part, rtl=holder.rtl))


def _declarations(style: str) -> list[tuple[str, str]]:
    """The declarations of a style attribute written by page.py."""
    pairs = (declaration.partition(":") for declaration in style.split(";"))
    return [(name, value) for name, colon, value in pairs if colon]
