"""Writes the targets of a page's links, and settles those in quotations once the whole page is read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from relay.anonymise.contact import kind_of_link
from relay.anonymise.doubts import Doubts
from relay.anonymise.html.regions import REGIONS, Element
from relay.anonymise.identities import Finding, Redactor
from relay.anonymise.links.clean import clean_link
from relay.anonymise.links.owners import by_program, shows_owner
from relay.anonymise.links.read import Reading
from relay.anonymise.returned_words import link_comes_back, may_come_back
from relay.anonymise.tally import Tally
from relay.refusals import ContactDetails


class _Named(NamedTuple):
    """A link with names: where its words are ``shown``, in which piece it is ``written``, as which attribute, and its
    target as it came."""

    shown: int
    written: int
    href: str
    url: str


class PageLinks:
    """The links of one page. Places are offsets in its visible text."""

    def __init__(self, redactor: Redactor, tally: Tally) -> None:
        self._redactor = redactor
        self._tally = tally
        self._broken: list[tuple[int, Reading]] = []  # may not open any more
        self._owned: list[tuple[int, str, str]] = []  # show their owner
        self._named: list[_Named] = []

    def href(self, url: str, shown: int, written: int, *, quoted: bool) -> str:
        """The attribute with the clean target, for a link whose words are shown from ``shown`` on and whose tag becomes
        piece ``written`` of the page; "" where none may stay. Raises ContactDetails where they are refused."""
        known = self._redactor.known
        link = clean_link(url, self._redactor)
        kind = None if known.contact == "allow" or quoted else kind_of_link(link.reading.target or url)
        if kind and known.contact == "refuse":
            raise ContactDetails
        if kind and known.contact == "redact":
            self._tally.add(kind)
            return ""
        if kind:
            self._redactor.of_letter(Doubts).add(kind, link.reading.url or url)
        self._tally.add("tracking", int(link.reading.changed))
        owner = shows_owner(link.url, self._redactor) if link.url and not (kind or link.broken) else None
        if link.broken and not by_program(link.reading.url):
            self._broken.append((shown, link.reading))
        elif owner:
            self._owned.append((shown, owner.kind, link.url or ""))
        else:
            self._tally.add("link", int(link.broken or link.url is None))
        href = "" if not link.url else f' href="{escape(link.url)}"'
        if link.named and known.echoes.mentions:
            self._named.append(_Named(shown, written, href, link.reading.url))
        return href

    def note(self, visible: str, findings: Sequence[Finding], is_own: Callable[[int], bool]) -> None:
        """Count the links that may not open any more, unless nobody misses them, and note as doubts those that show
        their owner, unless they were quoted or are removed with what is around them."""
        regions = [(finding.start, finding.end) for finding in findings if finding.kind in REGIONS]
        starts = [start for start, _ in regions]

        def stays(place: int) -> bool:
            at = bisect_right(starts, place) - 1
            return is_own(place) and not (at >= 0 and place < regions[at][1])

        for place, reading in self._broken:
            self._tally.add("broken-link" if stays(place) and reading.is_missed_in(visible) else "link")
        for place, kind, url in self._owned:
            if stays(place):
                self._redactor.of_letter(Doubts).add(kind, url)

    def settle(self, visible: str, is_own: Callable[[int], bool], elements: Sequence[Element], out: list[str]) -> None:
        """Write the links in quotations, in the pieces ``out`` of the page: without the targets of addresses, because
        the page links each address that it shows, and a target would be replaced where it is the author's, whoever
        wrote it (relay.anonymise.echoes); and others as the reader wrote them, names and all."""
        for element in elements:
            place = element.places[0]
            if not (element.is_link and "mailto:" in out[place]):
                continue
            if not is_own(element.start) or may_come_back(visible, element.start, self._redactor):
                out[place] = "<a>"
        for link in self._named:
            quoted = may_come_back(visible, link.shown, self._redactor)
            if quoted and link.href and link.href in out[link.written] and link_comes_back(link.url, self._redactor):
                out[link.written] = out[link.written].replace(link.href, f' href="{escape(link.url)}"', 1)
