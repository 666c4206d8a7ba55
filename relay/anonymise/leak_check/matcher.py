"""The leak check's matcher: decides whether a text names the author of a letter, by comparing letters only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import copy
from functools import lru_cache
from itertools import accumulate, pairwise

import regex

from relay.anonymise.leak_check.echoes import Mentions, echoes_blanked
from relay.anonymise.leak_check.letters_alone import letters, only_letters, signs, spaced, without_digits
from relay.anonymise.leak_check.mixed_alphabets import mixes_a_name
from relay.anonymise.leak_check.needles import Learned, Needles, Whole, needles_of
from relay.anonymise.leak_check.registered_words import is_hangul, is_ordinary
from relay.anonymise.names.roles import CONJUNCTIONS
from relay.model import Identity, Known

_WORD = regex.compile(r"[\p{L}\p{M}]+")
# A lower-case prefix before a capital: Zulu "uThandeka", Irish "hÓgáin".
_PREFIXED = regex.compile(r"(?<!\p{L})(\p{Ll}{1,4})(?=\p{Lu}\p{Ll}{3})")
_JOINT = regex.compile(r"(?<=\p{L})['’‘ʼʻ׳´`\-\u2010\u2011\u05be](?=\p{L})")
_JOINED_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’‘ʼʻ׳´`\-\u2010\u2011\u05be][\p{L}\p{M}]+)*")
_UNSPACED = regex.compile(r"[\p{Script=Thai}\p{Script=Han}\p{Script=Kana}\p{Script=Khmer}\p{Script=Lao}]{6}")
# Clitics written before a name without a blank.
_JOINED_BEFORE = re.compile("[ובלכמשה]{1,3}|[وفبلكا]{1,3}")
_COMMAS = (",", "，", "،", "、", "፣", "၊")
# Georgian letters count as small ones since Unicode 11, but are not written with capitals.
_SMALL = regex.compile(r"(?!\p{Script=Georgian})\p{Ll}")
_LONGEST_END, _LONGEST_PARTICLE = 4, 6
# A shorter name in a non-Latin alphabet has shorter endings.
_SHORT_STEM, _SHORTER_END = 5, 2
_SHORTEST_CLITIC = 3
# Jiwoo is also written Ji-woo.
_SHORTEST_APART = 5
_LONGEST_SIGNATURE = 40
_AROUND = 80
# Sentence ends.
_STOP = re.compile(r"[.!?;:][\"'”»)\]}]*[\s,]|\n\s*\n")
# The same in every script; "St." and "Dr." end none.
_ANY_STOP = re.compile(rf"(?<!\b[A-Z])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z][a-z]){_STOP.pattern}|[。！？؟۔।॥።፧។៕։]")


@lru_cache(maxsize=256)
def _needles(identity: Identity) -> Needles:
    """Cached for the people whose letters a worker handles."""
    return needles_of(identity)


class Matcher:
    """Searches for the author of one letter. ``forbidden`` are further words that must not occur; ``quoted``: what is
    read was all written by somebody else, as an attached mail."""

    def __init__(self, known: Known, forbidden: Sequence[str], *, quoted: bool = False) -> None:
        self._needles = _needles(known.author.registered)
        self._learned = Learned(known.author.learned)
        personas = (known.author_persona, known.recipient_persona)
        # The recipient's own addresses and both personas are no leak.
        own = [word for one in personas for word in (one.alias, one.name) if word]
        self._own = [word for word in (*own, *known.recipient.addresses) if word]
        self._echoes, self._quoted = Mentions(known.echoes.mentions, known.echoes.sketches), quoted
        self._forbidden = tuple(whole for word in forbidden if len(whole := signs(word)) >= 6)

    def matches(self, text: str, shortest: int = 1) -> bool:
        """Whether the text names the author. Words of a name shorter than ``shortest`` letters do not count, nor does
        what the reader wrote and gets back."""
        text = self._without_own(text)
        if not self._matches(text, shortest):
            return False
        return not self._echoes or self._matches(self.without_echoes(text), shortest)

    def for_attached_mail(self) -> Matcher:
        """The same for a mail that somebody else wrote."""
        within = copy(self)
        within._quoted = True
        return within

    @property
    def is_quoted(self) -> bool:
        """Whether all that is read was written by somebody else."""
        return self._quoted

    @property
    def has_echoes(self) -> bool:
        """Whether the reader wrote anything that may come back."""
        return bool(self._echoes)

    def _matches(self, text: str, shortest: int) -> bool:
        whole = signs(text)
        return (
            self._says_word(text, whole)
            or (self._may_name(whole) and self._names(text, shortest))
            or mixes_a_name(text, self._needles.words)
        )

    def may_match(self, text: str) -> bool:
        """A quick test: False is certain, for the text and for each piece of it."""
        text = self._without_own(text)
        whole = signs(text)
        words = (*self._forbidden, *self._needles.addresses)
        return any(word in whole for word in words) or self._may_name(whole) or mixes_a_name(text, self._needles.words)

    def without_echoes(self, text: str) -> str:
        """The text without what the reader wrote and gets back."""
        return echoes_blanked(text, self._echoes, everywhere=self._quoted)

    def _without_own(self, text: str) -> str:
        for own in self._own:
            if own in text:
                text = _without(text, own)
        return text

    def _says_word(self, text: str, whole: str) -> bool:
        """Whether it holds a forbidden word or an address."""
        return any(word in whole for word in self._forbidden) or any(
            each in whole and _edged(spaced(text), each) for each in self._needles.addresses
        )

    def _may_name(self, whole: str) -> bool:
        joined = only_letters(whole)
        return any(key in joined for key in self._needles.keys) or any(key in joined for key in self._learned.keys)

    def _names(self, text: str, shortest: int) -> bool:
        text = _PREFIXED.sub(r"\1 ", text)
        apart = without_digits(spaced(text))
        joined = apart.replace(" ", "")
        wholes = (*self._needles.wholes, *self._learned.wholes)
        return (
            any(one.letters in joined and _stands(text, apart, one) for one in wholes)
            or self._word(text, apart, shortest)
            or any(len(each) >= shortest and each in apart for each in self._needles.inside)
            or any(each in joined and _is_login(text, each) for each in self._needles.logins)
        )

    def signed(self, text: str) -> bool:
        """Whether an ordinary word that is part of the author's name stands alone below a letter, or below a short line
        that ends in a comma: there it is a name in every language."""
        if not self._needles.ordinary:
            return False
        if self._echoes:
            text = self.without_echoes(text)
        lines = [line for line in (line.strip(" \t>") for line in text.splitlines()) if line]
        for number, (above, line) in enumerate(pairwise(lines), 2):
            word = self._signature(line)
            if not word:
                continue
            # In a list each line holds one word; below a letter at most one line separates it from the name.
            below_letter = (
                number == len(lines) and word not in self._needles.proper and any(map(_is_prose, lines[-3:-1]))
            )
            if below_letter or (above.endswith(_COMMAS) and len(above.split()) <= 6):
                return True
        return False

    def _signature(self, line: str) -> str:
        """The ordinary word of a name that is the whole line, with a capital; "" otherwise."""
        words = _WORD.findall(line[:_LONGEST_SIGNATURE])
        if len(words) != 1 or len(line) > _LONGEST_SIGNATURE or _SMALL.match(words[0]):
            return ""
        word = letters(words[0])
        return word if word in self._needles.ordinary else ""

    def _word(self, text: str, apart: str, shortest: int) -> bool:
        """Whether a word of a name occurs by itself or inflected."""
        wanted = self._needles
        words = set(apart.split())
        jointed = _JOINT.search(text) is not None
        if jointed and wanted.jointed:
            words.update(without_digits(spaced(_JOINT.sub("", text))).split())
        found = words.union(_in_pieces(text) if jointed else ()) & wanted.words
        if any(len(word) >= shortest for word in found):
            return True
        found = words & wanted.with_capital
        if any(len(word) >= shortest for word in found) and _has_capital(text, found):
            return True
        if not apart.isascii() and any(rest in wanted.words for word in words for rest in _without_clitics(word)):
            return True
        inflected = {word for word in words if len(word) >= shortest and word.startswith(wanted.stems)}
        return bool(inflected) and _has_capital(text, {word for word in inflected if self._is_inflected(word)})

    def _is_inflected(self, word: str) -> bool:
        return not is_ordinary(word) and any(
            word.startswith(stem) and _may_end(stem, len(word) - len(stem)) for stem in self._needles.stems
        )


def _in_pieces(text: str) -> Iterator[str]:
    """The words that stand with hyphens inside: Ji-woo of Jiwoo. Not those of ordinary words: well-er."""
    for one in _JOINED_WORD.finditer(text):
        pieces = [letters(piece) for piece in _JOINT.split(one[0])]
        whole = "".join(pieces)
        if len(pieces) > 1 and len(whole) >= _SHORTEST_APART and not all(map(is_ordinary, pieces)):
            yield whole


def _may_end(stem: str, size: int) -> bool:
    """Whether a form of the name with this stem may have ``size`` more letters. Zero only in non-Latin alphabets, where
    an ending may replace the last letter: in Latin "William" is no form of "Williams"."""
    if is_hangul(stem):
        return size <= _LONGEST_PARTICLE
    if stem.isascii():
        return 0 < size <= _LONGEST_END
    return size <= (_LONGEST_END if len(stem) > _SHORT_STEM else _SHORTER_END)


def _is_prose(line: str) -> bool:
    return len(line.split()) > 2 or bool(_UNSPACED.search(line))


def _without(text: str, own: str) -> str:
    """The text with a line end in place of each whole word ``own``."""
    pieces: list[str] = []
    done = at = 0
    while (at := text.find(own, at)) >= 0:
        end = at + len(own)
        if not text[max(0, at - 1) : at].isalnum() and not text[end : end + 1].isalnum():
            pieces += (text[done:at], "\n")
            done = end
        at = end
    return "".join((*pieces, text[done:]))


def _edged(apart: str, joined: str) -> bool:
    """Whether the letters ``joined`` occur in the spaced text from the beginning of a word to the end of one."""
    words = apart.split()
    ends = set(accumulate(map(len, words), initial=0))
    whole = "".join(words)
    at = whole.find(joined)
    while at >= 0:
        if at in ends and at + len(joined) in ends:
            return True
        at = whole.find(joined, at + 1)
    return False


def _stands(text: str, apart: str, one: Whole) -> bool:
    """Whether a full name occurs: at word edges, with capitals where required."""
    if one.capital:
        return any(_is_name(text, words) for words in _runs(text, one.letters))
    if one.edged:
        return _edged(apart, one.letters)
    return not _ANY_STOP.search(text) or any(one.letters in letters(part) for part in _ANY_STOP.split(text))


def _runs(text: str, joined: str) -> Iterator[list[regex.Match[str]]]:
    """The runs of words in the text that together have these letters."""
    written = list(_WORD.finditer(text))
    plain = [letters(word[0]) for word in written]
    starts = list(accumulate(map(len, plain), initial=0))
    number = {start: at for at, start in enumerate(starts)}
    whole = "".join(plain)
    at = whole.find(joined)
    while at >= 0:
        if at in number and at + len(joined) in number:
            yield written[number[at] : number[at + len(joined)]]
        at = whole.find(joined, at + 1)


def _is_name(text: str, words: list[regex.Match[str]]) -> bool:
    """Whether ordinary words form a name here: with capitals, and within one sentence. With a comma between them only
    when they fill a line: "Egypt, Jordan, Israel" are countries."""
    start, end = words[0].start(), words[-1].end()
    between = text[start:end]
    capital = all(word[0][0].isupper() or letters(word[0]) in CONJUNCTIONS for word in words)
    if len(words) < 2 or not capital or _STOP.search(between):
        return False
    around = text[max(0, start - _AROUND) : start].rpartition("\n")[2] + text[end : end + _AROUND].partition("\n")[0]
    return "," not in between or not any(map(str.isalpha, around))


def _has_capital(text: str, wanted: set[str]) -> bool:
    """Whether one of the words occurs with a capital, or in a script without capitals."""
    return any(not _SMALL.match(word[0]) and letters(word[0]) in wanted for word in _JOINED_WORD.finditer(text))


def _without_clitics(word: str) -> Iterator[str]:
    joined = _JOINED_BEFORE.match(word)
    for cut in range(1, joined.end() + 1 if joined else 1):
        if len(word) - cut >= _SHORTEST_CLITIC:
            yield word[cut:]


def _is_login(text: str, login: str) -> bool:
    """Whether the login occurs in one piece, with at most a dot or dash between its initial and the rest."""
    pattern = "|".join(f"{re.escape(login[:cut])}[._-]?{re.escape(login[cut:])}" for cut in (1, 2, -1, -2))
    return re.search(rf"(?<![^\W_])(?:{pattern})(?![^\W\d_])", text, re.IGNORECASE) is not None
