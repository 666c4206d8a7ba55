"""What is left of an employer's name without its legal form, for the leak check: 青葉製陶 of 株式会社青葉製陶.

Independent of the finder: one pattern of all forms, places and trades takes a name in one piece apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from relay.anonymise.leak_check.letters_alone import letters
from relay.anonymise.leak_check.registered_words import bare_firms, is_name_alone, places_and_months
from relay.anonymise.names.joined_forms import joined_forms

_PLACE = re.compile("(?:.{2,4}[省市县縣区區]){1,3}(?=..)")
_LONGEST_PLACE = 6


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """A name with forms around it: (1) the forms before, (2) what is left, (3) its trade, (4) the forms behind."""
    known = joined_forms()
    form, trade = (f"(?:{'|'.join(map(re.escape, words))})" for words in (known.forms, known.trades))
    return re.compile(rf"\s*((?:{form}\s*)*)(.+?)({trade}?)\s*((?:{form}\s*)*)")


def firm_names(name: str) -> Iterator[str]:
    """The letters of what people call an employer by: its name between the forms, without its place, and without its
    trade; each only if it identifies the employer alone. Nothing for a name without forms."""
    yield from (letters(words[0]) for words in bare_firms(name) if len(words) == 1 and is_name_alone(letters(words[0])))
    for core, trade in _cores(name):
        short = _without_place(core + trade)
        for one in (core + trade, short, short.removesuffix(trade)):
            if is_name_alone(letters(one)):
                yield letters(one)


def firm_phrases(name: str) -> Iterator[str]:
    """The name between the forms, where it has several words."""
    yield from (core + trade for core, trade in _cores(name) if " " in core)


def has_joined_form(name: str) -> bool:
    """Whether a legal form joins the name."""
    return any(True for _ in _cores(name))


def _cores(name: str) -> Iterator[tuple[str, str]]:
    found = None if name.isascii() else _pattern().fullmatch(unicodedata.normalize("NFKC", name))
    core = found[2].strip("-・ ") if found and (found[1] or found[4]) else ""
    if found and core:
        yield core, found[3]


def _without_place(core: str) -> str:
    found = _PLACE.match(core)
    core = core[found.end() :] if found else core
    sizes = range(min(_LONGEST_PLACE, len(core) - 2), 1, -1)
    return next((core[size:] for size in sizes if letters(core[:size]) in places_and_months()), core)
