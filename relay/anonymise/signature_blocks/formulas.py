"""Recognises the formulas with which letters begin and end (formulas.toml): greetings, closings, postscripts."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from relay.anonymise.any_case import any_case, small
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.pronouns import FIRST_PERSON
from relay.anonymise.signature_blocks.ranks import closing_formulas, opening_words
from relay.anonymise.signature_blocks.words_of_lines import without_edges

_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("formulas.toml").read_text("utf-8"))

CLOSINGS = frozenset(map(str.strip, _TABLE["closings"].split("·")))
"""Closing formulas, in lower case, without punctuation at the end."""

GREETINGS = tuple(_TABLE["greetings"])
"""Beginnings of the first line of a letter, in lower case."""

_POSTSCRIPTS = tuple(_TABLE["postscripts"])
_LIST_ITEM = re.compile(r"(?:[-*•–+]|\d{1,2}[.)]|[a-z]\))\s+\S")
_PLACEHOLDER = any_case(r"[\[<{(](?:your|ihr|dein|votre|tu|su|name|phone|address|email|company|title|date|x{2,}|\.{3})")
_EITHER = re.compile(r"\s*[/|]\s*")
_COMMA = re.compile(r"\s*[,，、،!.]\s*")
_ENDS_GREETING = (",", "!", "，", "！", "،", ":", "：")
_FIRST_WORD = re.compile(r"[\W_]*([^\W_]*)")


def _bare(words: str) -> str:
    return without_edges(skeleton_of(words))


def _first_word(words: str) -> str:
    """The first run of letters and digits: a quick test for most lines."""
    found = _FIRST_WORD.match(skeleton_of(words))
    return found[1] if found else ""


_FORMULAS = frozenset(map(_bare, CLOSINGS))
_FIRST_WORDS = frozenset(map(_first_word, CLOSINGS))


def stands_apart(words: str) -> bool:
    """Whether this is a heading, a postscript, a greeting or a list item: no line of a signature block."""
    return (
        words.endswith((":", "："))
        or words[:40].casefold().startswith(_POSTSCRIPTS)
        or is_greeting(words)
        or bool(_LIST_ITEM.match(words))
    )


def is_greeting(words: str) -> bool:
    """Whether this is the first line of a letter ("Dear Amber,")."""
    return len(words) <= 60 and words[:40].casefold().startswith(GREETINGS) and words.endswith(_ENDS_GREETING)


def is_closing(words: str) -> bool:
    """Whether this is a closing formula, alone or with a few words after it ("Best regards from Leeds", "Thanks,
    Tom")."""
    if not words or len(words) > 60:
        return False
    if _first_word(words) not in _FIRST_WORDS:
        return _is_other_formula(words)
    bare = _bare(words)
    if bare in _FORMULAS or all(_bare(part) in _FORMULAS for part in _EITHER.split(words)):
        return True
    formula, comma, rest = _COMMA.sub("\n", bare, count=1).partition("\n")
    if comma and formula in _FORMULAS:
        return _may_sign(rest.split())
    parts = bare.split()
    if _is_other_formula(words):
        return True
    return len(parts) <= 7 and any(" ".join(parts[:n]) in _FORMULAS for n in range(max(1, len(parts) - 3), len(parts)))


@lru_cache(maxsize=1)
def _other_formulas() -> frozenset[str]:
    return frozenset(map(without_edges, closing_formulas()))


def _is_other_formula(words: str) -> bool:
    """Whether the line is one of the formulas that the languages of names know, alone or with a name behind a comma."""
    formula, _, rest = _COMMA.sub("\n", skeleton_of(words), count=1).partition("\n")
    return _may_sign(rest.split()) and without_edges(formula) in _other_formulas()


def _may_sign(words: list[str]) -> bool:
    """Whether folded words behind a formula and a comma may be a name: "Thanks, Tom", not "Thanks, my number is"."""
    return len(words) <= 3 and not (len(words) > 1 and any(word in FIRST_PERSON for word in words))


def is_opening(words: str) -> bool:
    """Whether a line is a greeting or thanks, with which letters begin: "Ciao", "Merci beaucoup", "Hei Tom"."""
    parts = without_edges(skeleton_of(words)).split()
    whole = without_edges(_COMMA.split(skeleton_of(words), maxsplit=1)[0])
    begins = (without_edges(" ".join(parts[:size])) for size in range(1, 4))
    known = opening_words()
    return any(one in known for one in begins) or (is_closing(words) and not known.isdisjoint(whole.split()))


def is_placeholder(words: str) -> bool:
    """Whether this is an unfilled line of a letter template ("[Your name]")."""
    return bool(_PLACEHOLDER.search(small(words)))
