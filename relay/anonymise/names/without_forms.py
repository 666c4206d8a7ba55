"""Takes the legal form off an employer's name: "Northbank" of "Northbank Ltd", "Maju Jaya" of "PT Maju Jaya Tbk"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from relay.anonymise.names.fold import letters, skeleton_of
from relay.anonymise.names.legal_forms import forms_of

_MOST_OF_FORM = 9  # words: "công ty trách nhiệm hữu hạn một thành viên"
_LEAST_SURE, _LONG = 3, 6  # letters
_VOWELS = frozenset("aeiouyáéíóúàèìòùâêîôûäöüåãõ")
_EDGES = "\"'«»„“”‘’‚,;. "


class Bare(NamedTuple):
    """A name without its legal form: ``words`` as written. ``sure``: the form tells that it is an employer's name;
    others may be initials or degrees (SA, PT, CB)."""

    words: list[str]
    sure: bool


class _Forms(NamedTuple):
    """Forms in letters only: those behind a name, before it, and ``within`` it; ``capitals`` as written; those that are
    ``sure`` by their letters, and those that are as ``written``."""

    behind: frozenset[str]
    before: frozenset[str]
    within: frozenset[str]
    capitals: frozenset[str]
    sure: frozenset[str]
    written: frozenset[str]


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    single, capitals, full = forms_of("any", "dotted"), forms_of("capitals"), forms_of("full")
    before = forms_of("before")
    telling = [form for form in (*forms_of("dotted"), *full) if len(_joined(form.split())) >= _LEAST_SURE]
    several = [form for form in (*single, *before) if " " in form and len(_joined(form.split())) >= _LEAST_SURE]
    caseless = [form for form in (*single, *before) if form.lower() == form.upper()]
    exact = [form.upper() for form in forms_of("any")]
    exact += [form for form in capitals if form.lower() in forms_of("any")]
    exact += [form.strip(_EDGES) for form in before]
    return _Forms(
        behind=_letters((*single, *capitals, *full)),
        before=_letters((*single, *capitals, *before)),
        within=_letters(single),
        capitals=frozenset(capitals),
        sure=_letters((*telling, *several, *caseless)),
        written=frozenset(form for form in exact if len(_joined(form.split())) >= _LEAST_SURE),
    )


def load() -> None:
    """Read the forms. Raises ValueError when the file is invalid."""
    _forms()


def _letters(forms: Iterable[str]) -> frozenset[str]:
    return frozenset(bare for bare in map(_joined, map(str.split, forms)) if len(bare) > 1)


def without_forms(name: str) -> Bare:
    """A registered name without the legal forms at its ends. Unchanged when nothing else is in it."""
    words = name.split()
    sure, first, last = False, 0, len(words)
    while size := _behind(words[max(first, last - _MOST_OF_FORM - 1) : last]):
        sure = sure or _is_sure(words[last - size : last], words)
        last -= size
    while size := _before(words[first : min(last, first + _MOST_OF_FORM + 1)]):
        sure = sure or _is_sure(words[first : first + size], words)
        first += size
    return Bare(words[first:last], sure)


def without_forms_within(words: Sequence[str]) -> list[str]:
    """The words without those that are a legal form by themselves, wherever they stand: "Müller GmbH Köln"."""
    known = _forms()
    return [word for word in words if _bare(word) not in known.within and word.strip(_EDGES) not in known.capitals]


def only_resembles_form(words: Sequence[str], at: int) -> bool:
    """Whether a short word of a name is a legal form but for its spelling or its place: Ana Sá, As Persson, Sia Furler.
    In small letters but for the first it is one at the end alone, and only where firms write it so: "Quillona Ltd"."""
    word = words[at].strip(_EDGES)
    if len(_bare(word)) > _LEAST_SURE or _bare(word) not in _forms().before | _forms().behind:
        return False
    if "." in word or not word.istitle():
        return False
    return at < len(words) - 1 or not (word in _forms().capitals or _VOWELS.isdisjoint(word.lower()))


def _behind(words: Sequence[str]) -> int:
    """The number of words of the longest legal form at the end, with its brackets."""
    known = _forms().behind
    for size in range(min(_MOST_OF_FORM, len(words) - 1), 0, -1):
        tail = words[-size:]
        if _joined(tail) in known and _bare(tail[0]) and _is_balanced(tail):
            return size
    return 0


def _before(words: Sequence[str]) -> int:
    known = _forms().before
    for size in range(min(_MOST_OF_FORM, len(words) - 1), 0, -1):
        if _joined(words[:size]) in known and _is_balanced(words[:size]):
            return size
    return 0


def _joined(words: Sequence[str]) -> str:
    return "".join(map(_bare, words))


def _is_balanced(words: Sequence[str]) -> bool:
    joined = "".join(words)
    return joined.count("(") == joined.count(")")


def _is_sure(taken: Sequence[str], words: Sequence[str]) -> bool:
    spelt, written = _joined(taken), " ".join(taken).strip(_EDGES)
    several = len(taken) > 1 or "." in written or len(spelt) >= _LONG
    if spelt in _forms().sure and (several or written.lower() == written.upper()):
        return True
    shouted = all(word.isupper() for word in words if any(map(str.isalpha, word)))
    return written in _forms().written and (not shouted or written.lower() == written.upper())


@lru_cache(maxsize=512)
def _bare(word: str) -> str:
    """The letters of a word; none of a word with "&" in it (A&B is no AB)."""
    return "" if word.strip("&+") != word.replace("&", "").replace("+", "") else letters(skeleton_of(word))
