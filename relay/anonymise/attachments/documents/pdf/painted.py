"""How often the forms of a PDF are painted (ISO 32000-2 8.10): thirty forms, each of which paints the next one twice,
keep a program that shows them busy for hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pikepdf import Dictionary, Name, Object, Stream

from relay.refusals import CannotAnonymise

MAX_PAINTED = 200_000
"""Forms that all pages of a document paint together, those within forms included."""
_TOO_MUCH = "a PDF document draws more than can be made anonymous; please send a shorter document"

Number = tuple[int, int]
"""The object number and generation of a page or form."""


class Painted:
    """Which forms each page and form paints, and how often."""

    def __init__(self) -> None:
        self._by: dict[Number, Counter[Number]] = {}

    def note(self, painter: Object, names: Iterable[str], resources: Object | None) -> None:
        """Note the ``names`` of what a page or form paints (the operands of Do)."""
        things = resources.get("/XObject") if isinstance(resources, Dictionary) else None
        if not isinstance(things, Dictionary):
            return
        for name, count in Counter(names).items():
            thing = things.get(name)
            if isinstance(thing, Stream) and thing.get("/Subtype") == Name.Form:
                self._by.setdefault(painter.objgen, Counter())[thing.objgen] += count

    def check(self, pages: Iterable[Object], forms: Iterable[Object]) -> None:
        """Raise CannotAnonymise when the pages paint more than MAX_PAINTED forms, or one of the ``forms`` does, which
        may be painted by a note or as a pattern."""
        totals: dict[Number, int] = {}
        if (
            sum(self._total(page.objgen, totals) for page in pages) > MAX_PAINTED
            or max((self._total(form.objgen, totals) for form in forms), default=0) > MAX_PAINTED
        ):
            raise CannotAnonymise(_TOO_MUCH)

    def _total(self, first: Number, totals: dict[Number, int]) -> int:
        """The forms painted by one page or form. A form within itself is not painted again."""
        if first in totals:
            return totals[first]
        ahead, begun = [first], set[Number]()
        while ahead:
            one = ahead[-1]
            inner = self._by.get(one, Counter[Number]())
            if one not in begun:
                begun.add(one)
                ahead += [each for each in inner if each not in totals and each not in begun]
                continue
            ahead.pop()
            total = sum(count * (1 + totals.get(each, 0)) for each, count in inner.items())
            totals[one] = min(total, MAX_PAINTED + 1)
        return totals[first]
