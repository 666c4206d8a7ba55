"""Makes lists of lines that were typed as such: "- first", "- second". Where a program has lists, people click them.

Lines of a conversation in a story begin with dashes as well: where one ends in a question mark, an exclamation mark, an
ellipsis or a quotation mark, the lines stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from relay.anonymise.html.blocks import Block, Line, Nest, Paragraph, Piece, nest
from relay.anonymise.html.inline_style import Look

_MARK = re.compile(r"(?P<indent>\xa0*)(?:(?P<sign>[-*\u2022\u00b7])|(?P<number>\d{1,2})\.) (?=\S)")
_GOES_ON = re.compile(r"\xa0{2,}(?=\S)")
_SPEECH = re.compile(r"[?!\u2026\u201d\u00bb\"]\s*\Z")
_DEEPEST = 6


def with_lists(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with a list in the place of two lines and more that begin with the same mark, or with the numbers from
    one on. Linear in the text."""
    return tuple([made for block in blocks for made in _with_lists(block)])


def _with_lists(block: Block) -> Iterator[Block]:
    if isinstance(block, Nest):
        yield replace(block, inner=with_lists(block.inner))
    elif isinstance(block, Paragraph) and block.tag == "p" and len(block.lines) > 1:
        yield from _split(block)
    else:
        yield block


@dataclass
class _Item:
    """A line with a mark, the lines that go on with it, and the items that are indented below it."""

    indent: int
    kind: str
    line: Line
    below: list[_Item] = field(default_factory=list)


def _split(paragraph: Paragraph) -> Iterator[Block]:
    start = number = 0
    lines = paragraph.lines
    while number < len(lines):
        items, end = _items(lines, number)
        if items is None:
            number = max(end, number + 1)
            continue
        if number > start:
            yield replace(paragraph, lines=lines[start:number])
        yield _list(items, rtl=paragraph.rtl)
        start = number = end
    if start < len(lines):
        yield replace(paragraph, lines=lines[start:]) if start else paragraph


def _items(lines: Sequence[Line], number: int) -> tuple[list[_Item] | None, int]:
    """The list that begins on this line, or None, and the number of the line below what was read."""
    top: list[_Item] = []
    stack: list[_Item] = []
    at = number
    while at < len(lines):
        mark = _MARK.match(_begin(lines[at]))
        if mark is None:
            if not stack or not _GOES_ON.match(_begin(lines[at])):
                break
            stack[-1].line = (*stack[-1].line, Piece(" ", Look()), *_cut(lines[at], _GOES_ON))
            at += 1
            continue
        item = _Item(len(mark["indent"]), mark["sign"] or "1", _cut(lines[at], _MARK))
        while stack and stack[-1].indent >= item.indent:
            stack.pop()
        beside = stack[-1].below if stack else top
        outdented = not stack and top and item.indent < top[0].indent
        if outdented or len(stack) >= _DEEPEST or not _fits(beside, item, mark["number"]):
            break
        beside.append(item)
        stack.append(item)
        at += 1
    spoken = any(_SPEECH.search(line[-1].text) for line in lines[number:at] if line)
    return (top, at) if len(top) > 1 and not spoken else (None, at)


def _fits(beside: Sequence[_Item], item: _Item, number: str | None) -> bool:
    """Whether an item is the next one of a list."""
    if number is not None and int(number) != len(beside) + 1:
        return False
    return not beside or beside[0].kind == item.kind


def _list(items: Sequence[_Item], *, rtl: bool) -> Nest:
    tag = "ol" if items[0].kind == "1" else "ul"
    made = []
    for item in items:
        inner: tuple[Block, ...] = (Paragraph("p", (item.line,)),)
        made.append(nest("li", "li", (*inner, _list(item.below, rtl=rtl)) if item.below else inner, rtl=rtl))
    return nest(tag, tag, tuple(made), rtl=rtl)


def _begin(line: Line) -> str:
    """The beginning of a line whose first words are plain text; "" of another."""
    first = line[0] if line else None
    if first is None or first.markup or first.look != Look():
        return ""
    return (first.text + "".join(piece.text[:1] for piece in line[1:2]))[:80]


def _cut(line: Line, mark: re.Pattern[str]) -> Line:
    found = mark.match(_begin(line))
    rest = line[0].text[found.end() if found else 0 :]
    return (line[0]._replace(text=rest), *line[1:]) if rest else line[1:]
