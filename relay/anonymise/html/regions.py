"""Removes whole regions from a formatted letter: their elements, links and pictures."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from relay.anonymise.history import QUOTED
from relay.anonymise.identities import Finding
from relay.anonymise.removal_kinds import CONTACT
from relay.anonymise.signature_blocks import PICTURE, SITE

__all__ = ["PICTURE", "REGIONS", "SITE", "Element", "Picture", "outermost", "take_out"]

REGIONS = frozenset({"signature", "doubtful-signature", "footer", "disclaimer", "banner"})
"""Kinds of findings that are removed with everything in them."""


@dataclass(slots=True)
class Picture:
    """An inline picture of the letter: whether the HTML shows it, and whether a use of it was removed with a signature
    block."""

    content_id: str
    shown: bool = False
    removed: bool = False


class Element(NamedTuple):
    """An element that was written: its range [start, end) of the visible text, the indexes of its tags in the output
    (the same one twice without an end tag), and the picture it shows."""

    start: int
    end: int
    places: tuple[int, int]
    is_link: bool = False
    picture: Picture | None = None


def outermost(marked: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges (start, end) in order, without those inside another one."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(marked, key=lambda region: (region[0], -region[1])):
        if start < end and (not kept or end > kept[-1][1]):
            kept.append((start, end))
    return kept


def take_out(findings: Sequence[Finding], elements: Sequence[Element], out: list[str]) -> None:
    """Remove the tags of elements inside a region from the output, and note which pictures are still shown. Links on
    removed contact details or quoted identities lose their target."""
    _unlink([finding for finding in findings if finding.kind in CONTACT], elements, out)
    _unlink([finding for finding in findings if finding.kind in QUOTED], elements, out, wholly=True)
    _join_lines([finding for finding in findings if finding.kind in QUOTED], elements, out)
    regions = [finding for finding in findings if finding.kind in REGIONS]
    starts = [region.start for region in regions]
    for element in elements if regions else [element for element in elements if element.picture]:
        at = bisect_right(starts, element.start) - 1
        inside = at >= 0 and element.end <= regions[at].end
        if inside:
            for place in element.places:
                out[place] = ""
        if element.picture is not None:
            element.picture.shown |= not inside
            element.picture.removed |= inside


def _unlink(cut: Sequence[Finding], elements: Sequence[Element], out: list[str], *, wholly: bool = False) -> None:
    """Remove the targets of links on the findings ``cut``. ``wholly``: only of mailto links, and of links whose text
    is covered completely."""
    ends = [finding.end for finding in cut]
    for element in elements if cut else ():
        at = bisect_right(ends, element.start)
        if not element.is_link or at == len(cut) or cut[at].start >= element.end:
            continue
        covered = cut[at].start <= element.start and element.end <= cut[at].end
        if covered or not wholly or "mailto:" in out[element.places[0]]:
            out[element.places[0]] = "<a>"


def _join_lines(quoted: Sequence[Finding], elements: Sequence[Element], out: list[str]) -> None:
    """Remove line breaks within what was cut from attribution lines and header blocks above quoted text."""
    starts = [finding.start for finding in quoted]
    for element in elements if quoted else ():
        if element.places[0] != element.places[1] or element.picture is not None:
            continue
        at = bisect_right(starts, element.start) - 1
        if at >= 0 and element.end <= quoted[at].end:
            out[element.places[0]] = ""
