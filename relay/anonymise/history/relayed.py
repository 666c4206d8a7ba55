"""Recognises words that were relayed in a pair before, by keyed hashes of every four in a row.

No word is kept: 64 bits, made of the BLAKE2b hashes (RFC 7693) of four words under a key of the pair, say whether they
stood together in an earlier letter. Words count as relayed when every four in a row did; so what was typed between
quoted words, taken out of them or changed is noticed, even if it repeats other words of that letter, while paragraphs
may be wrapped, joined and split.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import chain

from relay.model import History

_TOGETHER = 4
_OCTETS = 8
# Scripts without spaces between words are read sign by sign.
_WORD = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W_]+")
_ALL_BITS = 2**64 - 1


def words_of(text: str) -> list[str]:
    """The words of a text, in one case."""
    return _WORD.findall(text.casefold())


def remembered(texts: Iterable[Sequence[str]], pictures: Iterable[bytes], key: bytes) -> bytes:
    """What recognises these words and pictures later, under ``key`` (16 to 64 octets). ``texts`` are words without a
    gap, each."""
    values = _Values(key)
    found = dict.fromkeys(chain.from_iterable(map(values.of_words, texts)))
    found |= dict.fromkeys(values.of_picture(picture) for picture in pictures)
    return array("Q", found).tobytes()


class Recall:
    """Recognises what ``history`` remembers."""

    def __init__(self, history: History) -> None:
        self._history = history

    @cached_property
    def _known(self) -> list[tuple[_Values, set[int]]]:
        """The hashes under each key."""
        found: dict[bytes, set[int]] = {}
        for key, hashes in self._history.past:
            numbers = array("Q")
            numbers.frombytes(hashes[: len(hashes) // _OCTETS * _OCTETS])
            found.setdefault(key, set()).update(numbers)
        return [(_Values(key), numbers) for key, numbers in found.items()]

    def relayed(self, words: Sequence[str]) -> bool:
        """Whether these words, which follow one another without a gap, were relayed before, and so that they did."""
        left = None
        for values, known in self._known:
            unknown = {at for at, number in enumerate(values.of_words(words)) if number not in known}
            left = unknown if left is None else left & unknown
            if not left:
                return True
        return not words

    def shown(self, picture: bytes) -> bool:
        """Whether this picture was relayed before."""
        return any(values.of_picture(picture) in known for values, known in self._known)


class _Values(dict[str, int]):
    """The number of each word under a key, and of words together. Four numbers are combined with factors that come of
    the key, which takes a fraction of the time of hashing all fours."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._factors = array("Q", blake2b(b"factors", digest_size=_TOGETHER * _OCTETS, key=key).digest())

    def __missing__(self, word: str) -> int:
        self[word] = number = self._hash(word.encode("utf-8", "surrogatepass"), b"word")
        return number

    def of_words(self, words: Sequence[str]) -> list[int]:
        """The number of every four words in a row; of fewer words, one number."""
        numbers = [self[word] for word in words]
        if 0 < len(numbers) < _TOGETHER:
            numbers += [len(numbers)] * (_TOGETHER - len(numbers))
        a, b, c, d = self._factors
        rows = zip(numbers, numbers[1:], numbers[2:], numbers[3:], strict=False)
        return [(one * a + two * b + three * c + four * d) & _ALL_BITS for one, two, three, four in rows]

    def of_picture(self, picture: bytes) -> int:
        """The number of a picture."""
        return self._hash(picture, b"picture")

    def _hash(self, octets: bytes, person: bytes) -> int:
        return array("Q", blake2b(octets, digest_size=_OCTETS, key=self._key, person=person).digest())[0]
