"""Lays out plain text in blocks, so that a letter that came as text alone leaves as text and HTML of the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from relay.anonymise.html.blocks import Block, nest
from relay.anonymise.html.inline_style import Look
from relay.anonymise.html.paragraphs import Flow
from relay.anonymise.unwrap import unwrapped

MAX_TEXT, MAX_LINES = 500_000, 20_000
"""Texts with more characters or lines are left as text alone: nobody reads them on a page."""

_MARKS = re.compile(r"(?:>[ ]?)+")
_DEEPEST = 50  # levels of quotation; further marks count as these, as in html_to_text
_MOST_NESTED = 10_000  # quotations in all; where lines jump between levels more often, all marks count as one
_PLAIN = Look()
# Spaces that draw columns, unlike the two spaces that some people type after a full stop.
_COLUMN = re.compile(r"[^\s.!?:;,][ ]{2,}\S|\S\t+\S")
_WIDEST = 120


class _Line(NamedTuple):
    depth: int
    body: str


def too_long(text: str) -> bool:
    """Whether a text is left as text alone."""
    return len(text) > MAX_TEXT or text.count("\n") > MAX_LINES


def text_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a plain ``text``: a paragraph for each run of lines, a quotation for each level of quote marks, and
    a paragraph with fixed spaces for columns. Linear in the text."""
    flows = [Flow()]
    if ">" not in text:
        _lay_out(flows[0], unwrapped(text))
        return flows[0].finished()
    for depth, run in groupby(_bounded(_blanks_placed([*map(_read, text.split("\n"))])), lambda line: line.depth):
        while len(flows) - 1 > depth:
            _leave(flows)
        while len(flows) - 1 < depth:
            flows.append(Flow())
        _lay_out(flows[-1], unwrapped("\n".join(line.body for line in run)))
    while len(flows) > 1:
        _leave(flows)
    return flows[0].finished()


def _read(line: str) -> _Line:
    marks = _MARKS.match(line)
    if marks is None:
        return _Line(0, line)
    return _Line(min(marks[0].count(">"), _DEEPEST), line[marks.end() :])


def _bounded(lines: list[_Line]) -> list[_Line]:
    nested = sum(max(0, below.depth - above.depth) for above, below in pairwise(lines))
    return lines if nested <= _MOST_NESTED else [_Line(min(line.depth, 1), line.body) for line in lines]


def _blanks_placed(lines: Sequence[_Line]) -> list[_Line]:
    """The lines, where an empty one between two lines of a quotation belongs to it, with or without a mark."""
    filled = [number for number, line in enumerate(lines) if line.body.strip()]
    depths = [line.depth for line in lines]
    for before, after in pairwise(filled):
        if after - before > 1:
            depth = min(depths[before], depths[after])
            depths[before + 1 : after] = [depth] * (after - before - 1)
    return [_Line(depth, line.body) for depth, line in zip(depths, lines, strict=True)]


def _leave(flows: list[Flow]) -> None:
    inner = flows.pop().finished()
    if inner:
        flows[-1].add(nest("blockquote", "blockquote", inner))


def _lay_out(flow: Flow, text: str) -> None:
    for filled, run in groupby(text.split("\n"), lambda line: bool(line.strip())):
        if not filled:
            flow.line_break()
            continue
        lines = list(run)
        fixed = _is_fixed(lines)
        flow.gap()
        flow.like("pre" if fixed else "p", "", rtl=False)
        for line in lines:
            flow.text(line.expandtabs() if "\t" in line else line, _PLAIN, verbatim=True)
            flow.line_break()
        flow.gap()


def _is_fixed(lines: Sequence[str]) -> bool:
    """Whether the spaces in these lines draw columns, in two lines or more."""
    spaced = [line for line in lines if "  " in line or "\t" in line]
    return (
        len(spaced) > 1
        and max(map(len, lines)) <= _WIDEST
        and sum(_COLUMN.search(line) is not None for line in spaced) > 1
    )
