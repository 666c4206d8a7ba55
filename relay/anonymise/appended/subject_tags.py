"""Recognises the tags that gateways and spam filters put at the beginning of a subject: "[EXT]", "***SPAM***"."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.appended.hints import Hints
from relay.anonymise.names.fold import letters, skeleton_of
from relay.anonymise.names.lexicon import lexicon

_BLANK = " \t\xa0\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
# Signs of warning that gateways put before a tag.
_SIGNS = "\u26a0\ufe0f\u2757\u2755\u203c\u26d4\u2709\U0001f512\U0001f6a8\U0001f6d1\U0001f534\U0001f7e1\U0001f7e0"
_BRACKETED = re.compile(
    rf"[{_BLANK}{_SIGNS}]*(?:\[{{1,2}}(?P<square>[^\[\]\n]{{1,60}})\]{{1,2}}|\{{(?P<curly>[^{{}}\n]{{1,60}})\}}"
    r"|\((?P<round>[^()\n]{1,60})\)|<(?P<angle>[^<>\n]{1,60})>|[【［〔「](?P<wide>[^【】［］〔〕「」\n]{1,60})[】］〕」]"
    r"|(?P<mark>[*#~=+_-])(?P=mark){0,7}(?P<marked>[^*#~=+\n]{1,40}?)(?P=mark){1,8}(?=[^\w]|$))"
    rf"(?:[{_BLANK}]*[:：](?=[{_BLANK}]|$))?[{_BLANK}]*"
)
_LED = re.compile(
    rf"[{_BLANK}{_SIGNS}]*(?P<words>[^\W_][^:：|\n\[\]]{{1,40}}?)[{_BLANK}]*(?P<end>[:：|]|[-–—](?=[{_BLANK}]))[{_BLANK}]*"
)
_BRACKETS = frozenset("[{(<【［〔「*#~=+_-" + _SIGNS + _BLANK)
_WORD = re.compile(r"[^\W_]+")
_ANSWERS = re.compile(r"[^\W\d_]{2,8}[:：]")
_LONGEST_LABEL = 80
_MOST_WORDS, _MOST_OF_A_FIRM = 8, 2

_LISTS = str.split("outside in_capitals mail companions labels other_labels classifying")


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of subject_tags.toml, folded. ``classified`` are all labels, ``expected`` all words."""

    outside: frozenset[str]
    in_capitals: frozenset[str]
    mail: frozenset[str]
    companions: frozenset[str]
    labels: frozenset[str]
    other_labels: frozenset[str]
    classifying: frozenset[str]
    classified: frozenset[str]
    expected: frozenset[str]
    whole: frozenset[str]
    phrases: frozenset[tuple[str, ...]]
    sure: frozenset[tuple[str, ...]]
    desks: frozenset[tuple[str, ...]]


@lru_cache(maxsize=1)
def _words() -> _Words:
    table = tomllib.loads(files(__package__).joinpath("subject_tags.toml").read_text("utf-8"))
    words = {key: frozenset(skeleton_of(table[key]).split()) for key in _LISTS}
    classified = words["labels"] | words["other_labels"]
    whole = frozenset(" ".join(skeleton_of(phrase).split()) for phrase in table["whole"])
    phrases, sure, desks = (
        frozenset(tuple(_WORD.findall(skeleton_of(phrase))) for phrase in table[key])
        for key in ("phrases", "sure_phrases", "desks")
    )
    expected = classified.union(*words.values())
    return _Words(
        **words, classified=classified, expected=expected, whole=whole, phrases=phrases, sure=sure, desks=desks
    )


@lru_cache(maxsize=1)
def _hints() -> Hints:
    known = _words()
    phrases = (" ".join(phrase) for phrase in known.phrases)
    return Hints((*known.outside, *known.labels, *known.other_labels, *known.classifying, *phrases))


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _words()
    _hints()


def end_of_gateway_tag(subject: str, at: int) -> int | None:
    """Where the tag of a gateway ends that begins at ``at``, with the blanks behind it; None when there is none.

    In brackets or between asterisks, or before a colon ("EXTERNAL:", in capitals). A tag in a person's words is none:
    "[Draft 2]", "[External review]". The work is bounded, whatever the subject.
    """
    tag = _BRACKETED.match(subject, at)
    if tag is not None:
        content = next(tag[key] for key in ("square", "curly", "round", "angle", "wide", "marked") if tag[key])
        closed = tag["square"] or tag["curly"] or tag["wide"]
        words = _WORD.findall(content) if closed else []
        phrased = _is_phrase(words, firm=False) or (_ANSWERS.match(subject, tag.end()) and _is_desk(words))
        return tag.end() if phrased or (closed and _is_whole(content)) or _is_gateways(content, led=False) else None
    led = _LED.match(subject, at)
    return led.end() if led is not None and _is_gateways(led["words"], led=True) else None


def start_of_last_tag(subject: str) -> int | None:
    """Where the tag of a gateway begins with which a subject ends, with the blanks before it; None when there is none.
    Only in square or wide brackets."""
    bare = subject.rstrip()
    if bare[-1:] not in ("]", "】", "］"):
        return None
    first = max(bare.rfind(sign, max(0, len(bare) - _LONGEST_LABEL)) for sign in "[【［")
    first -= bare[first - 1 : first] == "["
    if first <= 0 or end_of_gateway_tag(bare, first) != len(bare):
        return None
    return len(bare[:first].rstrip(" -–|"))


def is_label(line: str) -> bool:
    """Whether a whole line is such a tag, or the classification of a firm: "Classification: Internal", "[EXTERNAL]",
    "Nordquell Internal - Confidential"."""
    if not line or len(line) > _LONGEST_LABEL:
        return False
    if line[0] in _BRACKETS and end_of_gateway_tag(line, 0) == len(line) and not line.endswith((":", "：", "|")):
        return True
    if not _hints().count(line):
        return False
    words = _WORD.findall(line)
    known = _words()
    labels = sum(skeleton_of(word) in known.classified for word in words)
    if words and words[0].isupper() and len(words) == labels > 1:
        return True
    if _is_phrase(words, firm=not line.isupper()):
        return True
    return (len(words) > 1 or line.isupper()) and _is_gateways(line, led=False)


def _is_whole(content: str) -> bool:
    return " ".join(_WORD.findall(skeleton_of(content))) in _words().whole


def _is_phrase(words: list[str], *, firm: bool) -> bool:
    """Whether the words are what a firm says its mails are, with its name before or behind; ``firm``: it needs one."""
    known = _words()
    if not 0 < len(words) <= _MOST_WORDS:
        return False
    folded = tuple(map(skeleton_of, words))
    if folded in known.phrases:
        return not firm or folded in known.sure
    for size in range(1, min(_MOST_OF_A_FIRM, len(words) - 1) + 1):
        for rest, names in ((folded[size:], words[:size]), (folded[:-size], words[-size:])):
            if len(rest) > 1 and rest in known.phrases and all(name[0].isupper() for name in names):
                return True
    return False


def _is_desk(words: list[str]) -> bool:
    """Whether the words are the name of a firm, which is no ordinary word, and of its desk: "Nordquell Support"."""
    return any(
        tuple(map(skeleton_of, words[size:])) in _words().desks
        and all(word[0].isupper() for word in words if word[0].lower() != word[0].upper())
        and not all(lexicon().is_word(letters(skeleton_of(word))) for word in words[:size])
        for size in range(1, min(_MOST_OF_A_FIRM, len(words) - 1) + 1)
    )


def _is_gateways(content: str, *, led: bool) -> bool:
    """Whether these are the words of a gateway's tag. ``led``: they stand before a colon, without brackets."""
    known = _words()
    found = list(_WORD.finditer(content))
    folded = [skeleton_of(word[0]) for word in found]
    if not 0 < len(found) <= _MOST_WORDS:
        return False
    capitals = content.upper() == content
    mailed = any(word in known.mail for word in folded)
    sure = known.outside | (known.in_capitals if mailed or (capitals and not led) else frozenset())
    classified = known.classified
    firm = [at for at, word in enumerate(folded) if word not in known.expected and not word.isdigit()]
    if led and (firm or not (capitals or mailed)):
        return False
    if any(word in sure for word in folded):
        return not firm or _names_firm(content, found, firm, [word in sure for word in folded])
    if any(word in known.classifying for word in folded):
        marked = [word in classified | known.classifying for word in folded]
        behind = marked[0] and len(firm) <= _MOST_OF_A_FIRM and all(found[at][0][0].isupper() for at in firm)
        return any(word in classified for word in folded) and (
            not firm or behind or _names_firm(content, found, firm, marked)
        )
    if {"use", "only"} <= set(folded):
        return any(word in known.labels for word in folded) and not led
    labelled = [word in known.labels for word in folded]
    return bool(firm) and any(labelled) and _names_firm(content, found, firm, labelled)


def _names_firm(content: str, found: list[re.Match[str]], firm: list[int], sure: list[bool]) -> bool:
    """Whether the unknown words are the name of a firm: one or two with a capital, before the ``sure`` word, or parted
    from it by a sign: "[NORDQUELL-EXT]", "[EXT:NORDQUELL]", "[Nordquell External]"."""
    if len(firm) > _MOST_OF_A_FIRM or not all(found[at][0][0].isupper() or found[at][0].isdigit() for at in firm):
        return False
    first, last = firm[0], firm[-1]
    if last < sure.index(True):
        return True
    between = content[found[first - 1].end() : found[first].start()]
    return first > 0 and last - first == len(firm) - 1 and bool(between.strip() or between == "_")
