"""Recognises notices of firms below a letter and banners of gateways above it, by the terms they are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from relay.anonymise.appended.hints import Hints
from relay.anonymise.appended.languages import BANNER, languages
from relay.anonymise.appended.tokens import Vocabulary, Words, tokens, words_of

MOST_READ = 6000
"""A paragraph is read up to this length, in characters."""
_LEAD, _BEGINS, _SHORT = 6, 200, 60
_MANY_CORE, _MANY_FORMAL = 5, 3
_LONGEST_BANNER = 1500
_QUOTED = re.compile('["“„«‹「『][^"“”„«»‹›「」『』]{1,400}["”“»›」』]')
_NUMBER = re.compile(r"\d{5}|\d{2,3}[ .]\d{3}")
_ASKS = re.compile(r"[?？؟¿]")
_ADDRESS = re.compile(r"\S@\S")
_FRAMED = re.compile(r"[\[({<*=#!⚠【「-][^\n]*[\])}>*=#!⚠】」️-]\W*")
_HEADED = re.compile(
    r"\W{0,8}[^\n:：!！.。\-–—\]】]{2,40}[:：!！.。\]】]|\W{0,8}[^\n]{2,40}? [-–—] |\W{0,8}[^\W\da-zß-ÿ]{4,}"
)
_FIRST = re.compile(r"\W{0,8}[^\n:：!！.。?？]{2,40}(?:[:：!！.。\n]| [-–—])")
_CORE = frozenset(str.split("confidential addressee error tell delete forbidden liability"))
_FORMAL = frozenset(str.split("addressee error tell forbidden liability if"))
_TELLING = ("outside", "seldom", "suspect", "button")
_MOST_ASKED = 200
_MOST_OF_ADVICE = 300
# "Use the" stands in any text.
_OF_BANNERS = BANNER - {"press"}
_ADVICE = frozenset(str.split("care links trust report"))


@dataclass(slots=True)
class _Terms:
    """What a text holds of one language: its groups of terms, those of its first term (word number
    ``begins``), those at its beginning, and the terms of firms."""

    groups: set[str] = field(default_factory=set)
    first: set[str] = field(default_factory=set)
    begins: int = 0
    leading: set[str] = field(default_factory=set)
    firm: set[str] = field(default_factory=set)

    @property
    def is_notice(self) -> bool:
        """See is_notice. A letter may speak of confidential things; a notice speaks of itself, or to whoever is not its
        addressee, and of what they must do."""
        if not self.groups & _FORMAL or "personal" in self.groups:
            return False
        core = len(self.groups & _CORE)
        formal = len(self.groups & _FORMAL)
        if core >= _MANY_CORE and formal >= _MANY_FORMAL:
            return True
        itself = bool(self.groups & {"this", "if"})
        leads = bool(self.leading & {"this", "if", "heading"})
        return (itself and core >= 3) or (core >= 2 and (leads or (itself and (bool(self.firm) or formal >= 2))))


@lru_cache(maxsize=1)
def _notice_hints() -> Hints:
    return Hints(_of_groups("notice", _FORMAL | _CORE | {"firm", "heading"}))


@lru_cache(maxsize=1)
def _banner_hints() -> Hints:
    return Hints(_of_groups("banner", frozenset(_TELLING)))


@lru_cache(maxsize=1)
def _any_banner_hints() -> Hints:
    return Hints(_of_groups("banner", _OF_BANNERS))


@lru_cache(maxsize=1)
def _notice_words() -> Vocabulary:
    return Vocabulary(_phrases("notice"))


@lru_cache(maxsize=1)
def _banner_words() -> Vocabulary:
    here = [one.code for one in languages() if one.banner.phrases]
    itself = (
        (phrase, f"{one.code} {group}")
        for one in languages()
        if one.code in here
        for group in ("this", "personal")
        for phrase in one.notice.phrases.get(group, ())
    )
    return Vocabulary((*_phrases("banner"), *itself))


def _phrases(section: str) -> Iterator[tuple[str, str]]:
    for one in languages():
        for group, phrases in getattr(one, section).phrases.items():
            yield from ((phrase, f"{one.code} {group}") for phrase in phrases)


def _of_groups(section: str, groups: frozenset[str]) -> Iterator[str]:
    return (phrase for phrase, kind in _phrases(section) if kind.partition(" ")[2] in groups)


def load() -> None:
    """Read the words. Raises ValueError when a file is invalid."""
    _notice_words()
    _banner_words()
    _notice_hints()
    _banner_hints()
    _any_banner_hints()


def is_notice(text: str, *, ruled: bool = False) -> bool:
    """Whether the paragraph is a notice of confidentiality, or of a firm's seat and number. ``ruled``: it stands below
    a rule, where less is enough. Work in proportion to the text, read up to MOST_READ."""
    text = text[:MOST_READ]
    if _ASKS.search(text) or not may_hold_notice(words_of(text), fewest=1 if ruled else 2):
        return False
    if _notice_hints().count(text) < (1 if ruled else 2):
        return False
    for terms in _terms(_QUOTED.sub(" ", text), _notice_words()).values():
        if terms.is_notice or (ruled and bool(terms.leading & {"this", "if", "heading"}) and terms.groups & _CORE):
            return True
        firm = 0 if "personal" in terms.groups else len(terms.firm)
        if firm >= 3 or (firm == 2 and (ruled or "firm" in terms.leading or _NUMBER.search(text))):
            return True
    return False


def may_hold_notice(words: Words, fewest: int = 1) -> bool:
    """A quick test whether a paragraph of a text with these words is a notice: False is certain. ``fewest`` terms of
    one language are needed, or two of a firm's seat and number."""
    core, firm = set[str](), Counter[str]()
    for kind in _notice_words().possible(words):
        code, _, group = kind.partition(" ")
        if group in _CORE:
            core.add(kind)
        elif group == "firm":
            firm[code] += 1
    languages_of_core = Counter(kind.partition(" ")[0] for kind in core)
    return max(languages_of_core.values(), default=0) >= fewest or max(firm.values(), default=0) >= 2


def may_hold_banner(words: Words) -> bool:
    """The same for banners."""
    return any(kind.endswith(_TELLING) for kind in _banner_words().possible(words))


def may_be_notice(text: str) -> bool:
    """A quick test: False is certain."""
    return _notice_hints().count(text[:MOST_READ]) > 1


def is_heading(text: str) -> bool:
    """Whether a short line is the heading of a notice: "CONFIDENTIALITY NOTICE"."""
    found = tokens(text)
    return 0 < len(found) <= _LEAD and any(
        kind.endswith(" heading") for kinds, _ in _notice_words().segments(found) for kind in kinds
    )


def leads(text: str) -> bool:
    """Whether a line begins like a notice: with its heading, with itself ("This e-mail …"), or with a firm's seat."""
    return any(
        terms.leading & {"this", "if", "heading", "firm"} for terms in _terms(text[:_BEGINS], _notice_words()).values()
    )


def advises(text: str) -> bool:
    """Whether a line gives the advice of a banner, and is not about a person."""
    several = _terms(text[:MOST_READ], _banner_words()).values()
    return any(len(terms.groups & _ADVICE) > 1 and "personal" not in terms.groups for terms in several)


def of_firm(text: str) -> bool:
    """Whether a short line holds a term of a firm's seat or number."""
    return any("firm" in terms.groups for terms in _terms(text[:MOST_READ], _notice_words()).values())


def is_banner(text: str) -> bool:
    """Whether the paragraph is the warning of a gateway that a letter came from outside, or from somebody new: it says
    so of the letter itself, or below a heading, and gives advice; or says it at once."""
    if len(text) > _LONGEST_BANNER:
        return False
    if not may_hold_banner(words_of(text)) or not _banner_hints().count(text):
        return False
    said = _QUOTED.sub(" ", text) if _ASKS.search(text) else text  # "The box says "EXTERNAL". What is that?"
    several = [terms for terms in _terms(said, _banner_words()).values() if "personal" not in terms.groups]
    if _ASKS.search(text):
        # "Is this suspicious? Report it: …", or a question below a heading: "EXTERNAL EMAIL. Do you know …?"
        return len(text) <= _MOST_ASKED and any(_asks_to_report(text, terms) for terms in several)
    return any(_warns(text, terms) for terms in several) or _is_stamp(text)


def _warns(text: str, terms: _Terms) -> bool:
    groups = terms.groups
    if "seldom" in groups and (_ADDRESS.search(text) or len(groups) > 1):
        return True
    if "button" in groups and len(groups) > 1 and len(text) <= _MOST_OF_ADVICE:
        return True
    if "outside" not in groups:
        return False
    # Who tells somebody what not to open begins with that, and has no heading.
    headed = bool(terms.leading & {"care", "outside"}) and "links" not in terms.first and bool(_HEADED.match(text))
    if (headed or "this" in groups) and groups & _ADVICE:
        return True
    # Without advice: it is about itself at once, or below a heading of its own.
    return "outside" in terms.leading and "this" in groups and (headed or "this" in terms.leading)


def _asks_to_report(text: str, terms: _Terms) -> bool:
    """Whether a text with a question is a banner: it names a suspicious letter at once and asks to report it; or it
    begins with where it came from, and gives advice."""
    addressed = _ADDRESS.search(text) is not None or "://" in text or "this" in terms.groups
    if addressed and "report" in terms.groups and "suspect" in terms.leading:
        return True
    return "outside" in terms.leading and bool(_FIRST.match(text)) and bool(terms.groups & _ADVICE)


def _is_stamp(text: str) -> bool:
    """Whether the text is only "EXTERNAL SENDER", in capitals or between signs."""
    if len(text) > _SHORT or not (text.isupper() or _FRAMED.fullmatch(text)):
        return False
    segments = [kinds for kinds, _ in _banner_words().segments(tokens(text))]
    groups = [{kind.partition(" ")[2] for kind in kinds} for kinds in segments]
    return all(each & _OF_BANNERS for each in groups) and any("outside" in each for each in groups)


def of_banner(text: str) -> bool:
    """Whether a short text has hardly any words but those of banners: "CAUTION", "Report suspicious"."""
    found = tokens(text) if len(text) <= _SHORT and _any_banner_hints().count(text) else []
    known = 0
    for kinds, several in _banner_words().segments(found):
        groups = {kind.partition(" ")[2] for kind in kinds}
        if "personal" in groups:
            return False
        known += len(several) if groups & _OF_BANNERS else 0
    return len(found) <= _LEAD and 2 * known > len(found)


def _terms(text: str, vocabulary: Vocabulary) -> dict[str, _Terms]:
    """What the text holds of each language."""
    out: dict[str, _Terms] = {}
    at = 0
    for kinds, several in vocabulary.segments(tokens(text)):
        for kind in kinds:
            code, _, group = kind.partition(" ")
            if group == "this" and f"{code} links" in kinds:
                continue  # "attachments": those of any letter
            if group == "heading" and f"{code} confidential" in kinds and at and not several[0].written.isupper():
                continue  # "It is confidential" is no heading
            terms = out.setdefault(code, _Terms())
            if not terms.first or at == terms.begins:
                terms.first.add(group)
                terms.begins = at
            terms.groups.add(group)
            if at < _LEAD:
                terms.leading.add(group)
            if group == "firm":
                terms.firm.add(" ".join(token.folded for token in several))
        at += len(several)
    return out
