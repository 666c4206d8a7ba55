"""Recognises receipts and delivery reports by their words, in the languages of receipt_phrases.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from relay.message.automatic.absence import plain
from relay.outcomes import ReturnKind

_OPENING = 160
"""Characters in which a receipt names what it is about."""
_FARTHEST = 400
"""Characters behind that in which it says what became of it."""
_GAP = 120
_SHORT = 4  # words of a phrase that may stand in any text: "was received by"
_AFTER_SUBJECT = re.compile(r"\s*[:：\-–—]")
# Scripts whose words are not parted by blanks.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

Spans = list[tuple[int, int]]


class Language(NamedTuple):
    """The phrases of one language, as comparison needs them (see absence.plain); what a receipt says, in the pieces
    between gaps, and what kind of mail says so."""

    opens: tuple[str, ...]
    says: tuple[tuple[tuple[str, ...], ReturnKind], ...]
    reads: tuple[tuple[str, ...], ...]


class _Phrases(NamedTuple):
    languages: tuple[Language, ...]
    subjects: frozenset[str]
    names: tuple[str, ...]
    hints: tuple[str, ...]
    opens: tuple[str, ...]
    firsts: tuple[str, ...]


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    table = tomllib.loads(files(__package__).joinpath("receipt_phrases.toml").read_text("utf-8"))
    languages = tuple(
        Language(
            tuple(sorted(map(_folded, one["opens"]), key=len, reverse=True)),
            tuple(
                sorted(
                    (
                        *((_pieces(phrase), ReturnKind.RECEIPT) for phrase in one["says"]),
                        *((_pieces(phrase), ReturnKind.DELIVERED) for phrase in one.get("arrived", ())),
                    ),
                    key=lambda said: -len("".join(said[0])),
                )
            ),
            tuple(map(_pieces, one.get("reads", ()))),
        )
        for one in table.values()
    )
    subjects = frozenset(_folded(subject) for one in table.values() for subject in one["subject"])
    names = tuple(dict.fromkeys(_folded(phrase) for one in table.values() for phrase in one.get("names", ())))
    usual = {word for language in languages for phrase in language.opens for word in phrase.split()}
    hints = tuple(dict.fromkeys(_rarest(phrase, usual) for phrase in names if len(phrase.split()) > _SHORT))
    opens = dict.fromkeys(phrase for language in languages for phrase in language.opens)
    # One that holds another adds nothing: "a mensagem" stands in "sua mensagem".
    opens.update(dict.fromkeys(pieces[0] for language in languages for pieces in language.reads))
    fewest = tuple(one for one in opens if not any(other in one for other in opens if other != one))
    firsts = tuple(dict.fromkeys(pieces[0] for language in languages for pieces, _ in language.says))
    return _Phrases(languages, subjects, names, hints, fewest, firsts)


def _rarest(phrase: str, usual: set[str]) -> str:
    """The word by which a phrase is looked for: the longest that does not stand in others."""
    return max((word for word in phrase.split() if word not in usual), key=len)


def _pieces(phrase: str) -> tuple[str, ...]:
    return tuple(piece.strip() for piece in _folded(phrase).split("*") if piece.strip())


def _folded(text: str) -> str:
    """See absence.plain; the Turkish İ is an i."""
    return plain(text).replace("i\u0307", "i")


def load() -> None:
    """Read the phrases. Raises ValueError when the file is invalid."""
    _phrases()


def is_label(words: str) -> bool:
    """Whether these words begin the subject of a receipt, or a line of one, before a colon: "Read", "Gelesen"."""
    return _folded(words) in _phrases().subjects


def receipt_in(subject: str, opening: str) -> ReturnKind | None:
    """What kind of receipt or report a mail with this subject and ``opening``, its first words, is; None for others.
    Both must look like one: a person may begin a subject with "Read: ", or write that a message was read."""
    begun = _AFTER_SUBJECT.search(subject, 0, 60)
    if begun is None or not any(
        is_label(subject[: end.start()].strip()) for end in _AFTER_SUBJECT.finditer(subject[:60])
    ):
        return None
    flat = " ".join(_folded(opening).split())
    if any(0 <= flat.find(phrase) < _OPENING for phrase in _phrases().names):
        return ReturnKind.RECEIPT
    return next((said.kind for said in sentences(flat) if said.pieces[0][0] < _OPENING and said.opened), None)


class Sentence(NamedTuple):
    """A sentence that tells what became of a mail: the ranges of its pieces, and whether the first is what it is
    about ("your message"), rather than what it says ("was read")."""

    pieces: Spans
    opened: bool
    kind: ReturnKind

    def names_reader(self, flat: str) -> bool:
        """Whether the name of the reader follows: "was received by"."""
        first, last = self.pieces[-1]
        return flat[first:last] in _phrases().names


def may_hold_sentence(words: str) -> bool:
    """A quick test whether a piece of text, in small letters and with single blanks, holds one: False is certain."""
    return may_begin_sentence(words) or any(map(words.__contains__, _phrases().opens))


def may_begin_sentence(words: str) -> bool:
    """The same for one that stands at the beginning and says only what became of the mail."""
    return words.startswith(_phrases().firsts)


def sentences(flat: str) -> Iterator[Sentence]:
    """The sentence of each language that ``flat``, text as absence.plain makes it, holds: of what it is about and what
    it says; or of the latter alone, at the beginning, as Outlook parts the two; or that somebody read it."""
    for language in _phrases().languages:
        yield from _of_a_reader(flat, language)
        opening = next((span for one in language.opens if (span := _stands(flat, one, 0, len(flat)))), None)
        for pieces, kind in language.says:
            if pieces[0] not in flat:
                continue
            if opening and (found := _all_stand(flat, pieces, opening[1])):
                yield Sentence([opening, *found], opened=True, kind=kind)
                break
            if flat.startswith(pieces[0]) and (found := _all_stand(flat, pieces, 0)):
                yield Sentence(found, opened=False, kind=kind)
                break


def _of_a_reader(flat: str, language: Language) -> Iterator[Sentence]:
    """ "Anna read your message"."""
    for pieces in language.reads:
        if pieces[0] in flat and (found := _all_stand(flat, pieces, 0)):
            yield Sentence(found, opened=False, kind=ReturnKind.RECEIPT)
            return


def reader_hints() -> tuple[str, ...]:
    """Words one of which stands in every text for which reader_at finds anything, as absence.plain makes it."""
    return _phrases().hints


def reader_at(flat: str) -> int:
    """Where the name of a reader begins: behind "the mail that you sent to"; -1 for none."""
    spans = (_stands(flat, phrase, 0, len(flat)) for phrase in _phrases().names if phrase in flat)
    return next((span[1] for span in spans if span), -1)


def _all_stand(flat: str, pieces: tuple[str, ...], at: int) -> Spans | None:
    """The pieces one after the other: the first within a message's reach, each further one near the one before."""
    found: Spans = []
    reach = _FARTHEST
    for piece in pieces:
        span = _stands(flat, piece, at, at + reach + len(piece))
        if span is None:
            return None
        found.append(span)
        at, reach = span[1], _GAP
    return found


def _stands(flat: str, phrase: str, start: int, stop: int) -> tuple[int, int] | None:
    """Where a phrase stands as whole words."""
    at = flat.find(phrase, start, stop)
    while at >= 0:
        end = at + len(phrase)
        if (at == 0 or _parted(flat[at - 1], phrase[0])) and (end == len(flat) or _parted(phrase[-1], flat[end])):
            return at, end
        at = flat.find(phrase, at + 1, stop)
    return None


def _parted(before: str, after: str) -> bool:
    """Whether a word may end between two signs."""
    return not (before.isalnum() and after.isalnum()) or bool(_UNSPACED.match(before) or _UNSPACED.match(after))
