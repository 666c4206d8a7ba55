"""Finds a person's mail addresses and private domains in a skeleton, including disguised ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from relay.anonymise.names.fold import letters, letters_at, skeleton_of
from relay.anonymise.percent import CODE, LONGEST_CODE
from relay.anonymise.providers import GMAIL, private_domains

# Blanks around a disguised sign include quotation marks, because a broken line may stand in a quotation.
_AT_WORDS = "at|arobase|arobas|arroba|chiocciola|klammeraffe|affenschwanz|apestaart|snabel-?a|sobaka|собака|et|kwenye"
_DOT_WORDS = "dot|punkt|punkto|point|punto|ponto|nokta|tochka|точка|prik|nukta|period"
_DISGUISED = re.compile(
    # A sign without blanks next to it needs no change and is skipped.
    rf"(?P<at>[\[({{<][\s>]{{0,3}}(?:@|{_AT_WORDS}|a)[\s>]{{0,3}}[\])}}>]|@(?=[\s>])|(?<=[\s>])@|%(?:25){{0,3}}40|&(?:\#0{{0,5}}64|\#x0{{0,5}}40|commat);)"
    rf"|(?P<dot>[\[({{<][\s>]{{0,3}}(?:\.|{_DOT_WORDS}|d)[\s>]{{0,3}}[\])}}>]|\.(?=[\s>])|(?<=[\s>])\.|%(?:25){{0,3}}2e|&(?:\#0{{0,5}}46|\#x0{{0,5}}2e|period);)"
    rf"|(?<=[\s>_*~-])(?:(?P<atword>{_AT_WORDS})|(?P<dotword>{_DOT_WORDS}))(?=[\s>_*~-])"
)
_BLANKS_BEFORE = re.compile(r"[\s>]{0,40}\Z")
_BLANKS = re.compile(r"[\s>]{0,40}")
_WORD_GAP = re.compile(r"[\s>_*~-]{0,40}")

_LOCAL = re.compile(r"[a-z0-9._+=\-]{0,80}\Z")
_LEFT = re.compile(r"(?:(?:https?|ftp)://)?(?:[a-z0-9.+_\-]{1,64}@)?(?:[a-z0-9\-]{1,63}\.){0,6}\Z")
_RIGHT = re.compile(r"(?::\d{1,5})?(?:[/?#][^\s<>\"'`()\[\]{}\x01\x02]*)?")
_PERCENT = re.compile(rf"{CODE}\Z")
_LONGEST_SIGN = 12  # letters and digits in any match of _DISGUISED: "%2525252e", "&#x000002e;"
_LOOSE = str.maketrans({"\x01": ".", "\x02": "@"})


@dataclass(frozen=True, slots=True)
class Undisguised:
    """A skeleton with every disguised "@" and "." replaced; ``places`` maps offsets back to the skeleton.

    In ``tight`` a sign with blanks around it is \\x01 (dot) or \\x02 (at), so that the full stop of a preceding
    sentence is not taken for the dot of a domain.
    """

    plain: str
    tight: str
    places: list[int]


def undisguise(skeleton: str) -> Undisguised:
    """Decode "jane (at) real dot org", "%40", line breaks around the signs, and similar. Linear."""
    out: list[str] = []
    places: list[int] = []
    at = 0
    for sign in _DISGUISED.finditer(skeleton):
        if sign.start() < at:
            continue
        is_at = sign["at"] is not None or sign["atword"] is not None
        word = sign["atword"] is not None or sign["dotword"] is not None
        start = max(at, _gap_start(skeleton, sign.start(), word))
        gap = (_WORD_GAP if word else _BLANKS).match(skeleton, sign.end())
        end = gap.end() if gap else sign.end()
        loose = word or (end - start != len(sign[0]) and len(sign[0]) == 1)
        out.append(skeleton[at:start])
        places.extend(range(at, start))
        out.append(("\x02" if is_at else "\x01") if loose else ("@" if is_at else "."))
        places.append(start)
        at = end
    out.append(skeleton[at:])
    places.extend(range(at, len(skeleton)))
    places.append(len(skeleton))
    tight = "".join(out)
    return Undisguised(tight.translate(_LOOSE), tight, places)


def _gap_start(skeleton: str, start: int, word: bool) -> int:
    blanks = " \t\n\r\f\v>\xa0\u3000" + ("_*~-" if word else "")
    low = max(0, start - 40)
    while start > low and skeleton[start - 1] in blanks:
        start -= 1
    return start


class Mailbox(NamedTuple):
    """One address, folded: its ``local`` part without dots, the ``domains`` it may be written at (both IDN forms), its
    ``letters`` in each form, and ``needles``, pairs of strings that occur in the letters of any text that contains
    it."""

    local: str
    domains: tuple[str, ...]
    letters: tuple[str, ...]
    needles: tuple[tuple[str, str], ...]

    def may_stand_in(self, all_letters: str) -> bool:
        """A quick test: False is certain."""
        return any(a in all_letters and b in all_letters for a, b in self.needles)

    def find(self, text: Undisguised) -> Iterator[tuple[int, int]]:
        """Its ranges in the skeleton: any case, dots and tags in the local part, disguised signs."""
        for domain in self.domains:
            for start, end in _whole(text.plain, domain):
                if start and text.plain[start - 1] in "@=":
                    begin = self._local_before(text, start - 1)
                    if begin is not None:
                        yield text.places[begin], text.places[end - 1] + 1

    def _local_before(self, text: Undisguised, at: int) -> int | None:
        run = _LOCAL.search(text.plain, max(0, at - 80), at)
        low = run.start() if run else at
        ends = [at, *(place for place in range(low, at) if text.plain[place] in "+-=")]
        for end in ends:
            place, left = end, len(self.local)
            while place > 0 and left:
                place -= 1
                character = text.plain[place]
                if character == self.local[left - 1]:
                    left -= 1
                elif character != ".":
                    break
            if left == 0 and _begins(text.tight, place):
                return place
        return None

    def find_scattered(self, skeleton: str) -> Iterator[tuple[int, int]]:
        """Its ranges where all its letters occur in order, with any punctuation between."""
        whole, places = letters_at(skeleton)
        for wanted in self.letters:
            if len(wanted) < 12:
                continue
            start = whole.find(wanted)
            while start >= 0:
                first, last = places[start], places[start + len(wanted) - 1]
                after = skeleton[last + 1 : last + 2]
                if _begins(skeleton, first) and not (after.isascii() and after.isalnum()):
                    yield first, last + 1
                start = whole.find(wanted, start + 1)


def _begins(text: str, place: int) -> bool:
    """Whether an address can begin here, rather than be the end of a longer one (mary-jane@)."""
    if place == 0 or _PERCENT.search(text, max(0, place - LONGEST_CODE), place):
        return True
    before = text[place - 1]
    if before.isascii() and before.isalnum():
        return False
    return not (before in "._+-" and place > 1 and text[place - 2].isascii() and text[place - 2].isalnum())


def _whole(text: str, word: str) -> Iterator[tuple[int, int]]:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        before, after = text[start - 1 : start], text[end : end + 1]
        clear_before = not (before.isascii() and (before.isalnum() or before == "-")) or _PERCENT.search(
            text, max(0, start - LONGEST_CODE), start
        )
        if clear_before and not (after.isascii() and after.isalnum()):
            yield start, end
        start = text.find(word, start + 1)


class PrivateDomain(NamedTuple):
    """A private domain, folded, and the letters of its ``labels``."""

    name: str
    labels: tuple[str, ...]

    def may_stand_in(self, all_letters: str) -> bool:
        """A quick test: False is certain. The first two labels occur side by side, with at most a written dot
        between."""
        first, second = self.labels[0], self.labels[1] if len(self.labels) > 1 else ""
        start = all_letters.find(first)
        while start >= 0:
            end = start + len(first)
            if all_letters.find(second, end, end + _LONGEST_SIGN + len(second)) >= 0:
                return True
            start = all_letters.find(first, start + 1)
        return False

    def find(self, text: Undisguised) -> Iterator[tuple[int, int]]:
        """Its ranges in the skeleton, with the address or URL around it."""
        low = 0
        for start, end in _whole(text.plain, self.name):
            if start < low:
                continue
            left = _LEFT.search(text.tight, max(low, start - 150), start)
            begin = left.start() if left else start
            right = _RIGHT.match(text.tight, end)
            low = right.end() if right else end
            while low > end and text.plain[low - 1] in ".,;:!?@":
                low -= 1
            yield text.places[begin], text.places[low - 1] + 1


def private_domain(domain: str) -> PrivateDomain:
    """Prepare a private domain for searching."""
    return PrivateDomain(domain, tuple(map(letters, domain.split("."))))


def mailbox(address: str) -> Mailbox:
    """Prepare one address for searching."""
    local, _, domain = address.rpartition("@")
    dotted = skeleton_of(local).partition("+")[0]
    # The dots may be written as words: only the longest piece between them is certain to occur unchanged.
    piece = letters(max(dotted.split("."), key=len))
    local = dotted.replace(".", "")
    forms = domain_forms(domain)
    if forms[0] in GMAIL:
        forms = tuple(sorted(GMAIL))
    local_letters = letters(local)
    return Mailbox(
        local,
        forms,
        tuple(local_letters + letters(form) for form in forms),
        tuple((piece, letters(form.split(".")[0])) for form in forms),
    )


def domain_forms(domain: str) -> tuple[str, ...]:
    """A domain in Unicode and as A-labels (RFC 5890 2.3.2.1), folded."""
    low = domain.casefold().strip(".")
    forms = [low]
    try:
        if "xn--" in low:
            forms.append(low.encode("ascii").decode("idna"))
        elif not low.isascii():
            forms.append(low.encode("idna").decode("ascii"))
    except UnicodeError:
        pass
    return tuple(dict.fromkeys(skeleton_of(form) for form in forms))


def domains_of(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The private domains of all of a person's addresses, folded, in every form."""
    found: dict[str, None] = {}
    for address in addresses:
        for domain in private_domains(address.rpartition("@")[2].casefold().strip(".")):
            found.update(dict.fromkeys(domain_forms(domain)))
    return tuple(found)
