"""Finds what programs write into the head of a text file about who made it, when and with what (data: headers.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import regex

from relay.anonymise.identities import Finding
from relay.anonymise.passages import together

_KIND = "document-properties"
_HEAD = 4000
"""Characters within which the root element of XML begins."""
_LONGEST = 20_000
"""Characters of an element that is removed."""
_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]{0,40}:)?([A-Za-z][\w.-]{0,60})(?=[\s>/])")
# A comment before the root element in which a program names itself.
_MADE_WITH = re.compile(
    r"<!--[^<>]{0,80}?\b(?:generat(?:ed|or)|created|exported|made|written|saved)\b[^<>]{0,400}?-->", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Tree:
    elements: tuple[str, ...]
    attributes: tuple[str, ...]


@lru_cache(maxsize=1)
def _data() -> tuple[dict[str, list[regex.Pattern[str]]], dict[str, _Tree]]:
    """Extension → patterns, and root element → what goes."""
    read = tomllib.loads((files(__package__) / "headers.toml").read_text("utf-8"))
    lines = {
        extension: [regex.compile(pattern, regex.MULTILINE) for pattern in entry["patterns"]]
        for entry in read["lines"]
        for extension in entry["extensions"].split()
    }
    trees = {
        root: _Tree(tuple(entry["elements"].split()), tuple(entry["attributes"].split()))
        for entry in read["trees"]
        for root in entry["roots"].split()
    }
    return lines, trees


def find(text: str, filename: str | None, kind: str) -> list[Finding]:
    """What goes from the file, in order, none overlapping. ``kind`` is the kind of its syntax. Linear in the text."""
    lines = list(_in_lines(text, (filename or "").lower().rpartition(".")[2]))
    return together((lines, list(_in_tree(text)) if kind == "markup" else []))


def _in_lines(text: str, extension: str) -> Iterator[Finding]:
    for pattern in _data()[0].get(extension, ()):
        for match in pattern.finditer(text):
            start, end = match.span("gone")
            if start < end:
                yield Finding(start, end, "", _KIND)


def _in_tree(text: str) -> Iterator[Finding]:
    root = _ROOT.search(text, 0, _HEAD)
    if root is None:
        return
    for comment in _MADE_WITH.finditer(text, 0, root.start()):
        yield Finding(comment.start(), comment.end(), "", _KIND)
    tree = _data()[1].get(root[1])
    if tree is None:
        return
    for tag in tree.elements:
        yield from _elements(text, tag)
    for attribute in tree.attributes:
        for value in re.finditer(
            rf"\s{attribute}\s{{0,4}}=\s{{0,4}}(?:\"([^\"<>]{{1,400}})\"|'([^'<>]{{1,400}})')", text
        ):
            group = 1 if value[1] is not None else 2
            yield Finding(value.start(group), value.end(group), "", _KIND)


def _elements(text: str, tag: str) -> Iterator[Finding]:
    """Every element of that name, with its content."""
    place, end, closing = 0, -1, f"</{tag}>"
    for begin in re.finditer(rf"<{re.escape(tag)}(?=[\s>/])[^<>]{{0,1000}}(/?)>", text):
        if begin.start() < place:
            continue
        if begin[1]:
            yield Finding(begin.start(), begin.end(), "", _KIND)
            continue
        if end < begin.end():
            end = text.find(closing, begin.end())
            if end < 0:
                return
        if end - begin.end() <= _LONGEST:
            place = end + len(closing)
            yield Finding(begin.start(), place, "", _KIND)
