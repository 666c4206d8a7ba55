"""What people call a firm whose legal form joins its name without a blank: 青葉製陶 of 株式会社青葉製陶."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from relay.anonymise.names.fold import letters, skeleton_of
from relay.anonymise.names.joined_forms import joined_forms
from relay.anonymise.names.lexicon import lexicon

_LONGEST_PLACE = 5
_SHORTEST_LATIN, _SHORTEST = 3, 2
_EDGES = " \t・·,、-–—[]「」『』《》〈〉\"“”'"


def firm_cores(name: str) -> tuple[tuple[str, ...], ...]:
    """The words of each thing that people call a firm: its registered name; its name without its legal form, without
    its place and without its trade, where that is no ordinary word. A name that is an ordinary word alone counts with
    each form of that kind. Nothing for a name that has no such form."""
    if name.isascii():
        return ()
    written = unicodedata.normalize("NFKC", name).strip()
    form, core = _apart(written)
    if not form or not core:
        return ()
    here = _without_place(core)
    alone = [words for words in (tuple(one.split()) for one in (core, here, _without_trade(here))) if _tells(words)]
    return tuple(dict.fromkeys(((written,), *(alone or _with_forms(form, core)))))


def _apart(name: str) -> tuple[str, str]:
    """The first legal form at an end of the name, and the name without any."""
    forms = joined_forms().forms
    first = ""
    while True:
        form = next((one for one in forms if name.startswith(one) or name.endswith(one)), "")
        if not form:
            return first, name
        first = first or form
        name = (name.removeprefix(form) if name.startswith(form) else name.removesuffix(form)).strip(_EDGES)


def _with_forms(form: str, core: str) -> Iterator[tuple[str, ...]]:
    """The name with its legal form, and with those that abbreviate it or are abbreviated by it: (株)青葉, 青葉(株)."""
    for other in joined_forms().forms:
        if other.lstrip("(")[:1] == form.lstrip("(")[:1]:
            blank = "" if "(" in other else " "
            yield from ((f"{other}{blank}{core}",), (f"{core}{blank}{other}",))


def _without_place(core: str) -> str:
    """The core without the cities and provinces that it begins with: 广东省深圳市."""
    known = joined_forms().places
    for size in range(min(_LONGEST_PLACE, len(core) - 2), 1, -1):
        place = core[:size]
        if letters(skeleton_of(place)) in lexicon().proper or (size > 2 and place.endswith(known)):
            return _without_place(core[size:])
    return core


def _without_trade(core: str) -> str:
    return next((core.removesuffix(trade) for trade in joined_forms().trades if core.endswith(trade)), core)


def _tells(words: tuple[str, ...]) -> bool:
    """Whether these words identify the firm alone: several, or one that is no ordinary word, no place, no surname."""
    if len(words) != 1:
        return len(words) > 1
    known, spelt = lexicon(), letters(skeleton_of(words[0]))
    least = _SHORTEST_LATIN if spelt.isascii() else _SHORTEST
    return len(spelt) >= least and not known.is_word(spelt) and not known.surnames.get(spelt)
