"""Decides which paragraphs of a formatted letter show space between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARAGRAPH = re.compile(r"<p\b[^>]*>")
_BOUNDARY = re.compile(r"<(?:/?(?:div|blockquote)|hr)\b")
_TAG = re.compile(r"<(?!img)[^>]*>")


def spaced(html: str) -> list[bool]:
    """For each <p> element, whether space separates it from its neighbours. Not where empty ones were typed between
    them, as in Outlook; but words that are quoted below may come from another program."""
    regions, region_of = [_Region()], []
    end = 0
    for found in _PARAGRAPH.finditer(html):
        if found.start() < end:
            region_of.append(len(regions) - 1)
            continue
        if _BOUNDARY.search(html, end, found.start()):
            regions.append(_Region())
        region_of.append(len(regions) - 1)
        last = html.find("</p>", found.end())
        if last >= 0:
            regions[-1].add(_is_filled(html[found.end() : last]))
            end = last + 4
    page = _Region(sum(region.empty for region in regions), sum(region.joined for region in regions))
    return [(regions[number] if regions[number].telling else page).spaced for number in region_of]


@dataclass(slots=True)
class _Region:
    """Paragraphs between two boundaries, and how many follow one with words: empty ones, and those with words."""

    empty: int = 0
    joined: int = 0
    _after_words: bool = False

    def add(self, filled: bool) -> None:
        self.joined += filled and self._after_words
        self.empty += not filled and self._after_words
        self._after_words = filled

    @property
    def telling(self) -> bool:
        return self.empty > 0 or self.joined > 1

    @property
    def spaced(self) -> bool:
        return self.joined > self.empty or not self.empty


def _is_filled(inside: str) -> bool:
    """Whether the HTML inside of a paragraph holds text or a picture."""
    begins = inside.partition("<")[0].replace("&nbsp;", "").strip()
    return bool(begins or _TAG.sub("", inside).replace("&nbsp;", "").strip())
