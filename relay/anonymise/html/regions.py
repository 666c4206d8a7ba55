"""Takes whole regions out of a formatted letter: the elements in them, their links and their pictures."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from relay.anonymise import contact
from relay.anonymise.history import QUOTED
from relay.anonymise.identities import Finding
from relay.anonymise.signatures import PICTURE

__all__ = ["PICTURE", "REGIONS", "Element", "Picture", "outermost", "take_out"]

REGIONS = frozenset({"signature", "footer", "disclaimer"})
"""Kinds of findings that are taken out with all that stands in them."""


@dataclass(slots=True)
class Picture:
    """A picture that travels with the letter, whether the HTML shows it, and whether a place where it did was taken
    out with the signature it was in."""

    content_id: str
    shown: bool = False
    removed: bool = False


class Element(NamedTuple):
    """An element that was written: its share [start, end) of the visible text, its tags' places in the output (the
    same one twice when it has no end tag), and the picture it shows."""

    start: int
    end: int
    places: tuple[int, int]
    is_link: bool = False
    picture: Picture | None = None


def outermost(marked: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places (start, end) in order; of one inside another, the outer one."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(marked, key=lambda region: (region[0], -region[1])):
        if start < end and (not kept or end > kept[-1][1]):
            kept.append((start, end))
    return kept


def take_out(findings: Sequence[Finding], elements: Sequence[Element], out: list[str]) -> None:
    """Take the tags of elements that stand in a region out of the output, and note which pictures are still shown. A
    link on words that told how to reach somebody, or whom a letter quotes, leads nowhere any more."""
    _unlink([finding for finding in findings if finding.kind in contact.KINDS], elements, out)
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


def _unlink(told: Sequence[Finding], elements: Sequence[Element], out: list[str], *, wholly: bool = False) -> None:
    """Take the target from links on what was ``told``. ``wholly``: from links to an address, and from others only when
    all of their words were."""
    ends = [finding.end for finding in told]
    for element in elements if told else ():
        at = bisect_right(ends, element.start)
        if not element.is_link or at == len(told) or told[at].start >= element.end:
            continue
        covered = told[at].start <= element.start and element.end <= told[at].end
        if covered or not wholly or "mailto:" in out[element.places[0]]:
            out[element.places[0]] = "<a>"


def _join_lines(quoted: Sequence[Finding], elements: Sequence[Element], out: list[str]) -> None:
    """Take out the line ends in what went from the lines above quoted words: a field of a header block, the second line
    of an attribution."""
    starts = [finding.start for finding in quoted]
    for element in elements if quoted else ():
        if element.places[0] != element.places[1] or element.picture is not None:
            continue
        at = bisect_right(starts, element.start) - 1
        if at >= 0 and element.end <= quoted[at].end:
            out[element.places[0]] = ""
