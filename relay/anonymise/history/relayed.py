"""Recognises words that were relayed in a pair before, by keyed hashes of every four in a row.

No word is kept: 64 bits of BLAKE2b (RFC 7693) under a key of the pair say of four words whether they stood together in
an earlier letter. A word counts as relayed when it stands in four that did; so one that was typed between quoted words,
taken out of them or changed is noticed, while paragraphs may be wrapped, joined and split.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from hashlib import blake2b

from relay.model import History

_TOGETHER = 4
_OCTETS = 8
# Scripts without spaces between words are read sign by sign.
_WORD = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W_]+")
_PICTURE = b"picture\0"


def words_of(text: str) -> list[str]:
    """The words of a text, in one case."""
    return _WORD.findall(text.casefold())


def remembered(texts: Iterable[Sequence[str]], pictures: Iterable[bytes], key: bytes) -> bytes:
    """What recognises these words and pictures later, under ``key`` (16 to 64 octets). ``texts`` are words without a
    gap, each."""
    found = dict.fromkeys(hash for words in texts for hash in _hashes(words, key))
    found |= dict.fromkeys(_hash(_PICTURE + picture, key) for picture in pictures)
    return b"".join(found)


class Recall:
    """Recognises what ``history`` remembers."""

    def __init__(self, history: History) -> None:
        self._history = history

    @cached_property
    def _known(self) -> dict[bytes, set[int]]:
        """The numbers of the hashes under each key."""
        found: dict[bytes, set[int]] = {}
        for key, hashes in self._history.past:
            numbers = array("Q")
            numbers.frombytes(hashes[: len(hashes) // _OCTETS * _OCTETS])
            found.setdefault(key, set()).update(numbers)
        return found

    def relayed(self, words: Sequence[str]) -> list[bool]:
        """For each of these words, which follow one another without a gap, whether it was relayed before."""
        out = [False] * len(words)
        for key, known in self._known.items():
            for at, hash in enumerate(_hashes(words, key)):
                if _number(hash) in known:
                    out[at : at + _TOGETHER] = [True] * min(_TOGETHER, len(words) - at)
        return out

    def shown(self, picture: bytes) -> bool:
        """Whether this picture was relayed before."""
        return any(_number(_hash(_PICTURE + picture, key)) in known for key, known in self._known.items())


def _hashes(words: Sequence[str], key: bytes) -> Iterator[bytes]:
    for at in range(max(1, len(words) - _TOGETHER + 1) if words else 0):
        yield _hash("\0".join(words[at : at + _TOGETHER]).encode("utf-8", "surrogatepass"), key)


def _hash(octets: bytes, key: bytes) -> bytes:
    return blake2b(octets, digest_size=_OCTETS, key=key).digest()


def _number(hash: bytes) -> int:
    return array("Q", hash)[0]
