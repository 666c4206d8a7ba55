"""Stores many words with little memory; each worker holds those of all languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Codes = frozenset[str]
_NOBODY: Codes = frozenset()
_BASE, _FIRST = 128, 48


def _prefix(word: str) -> str:
    """The key of a word: two letters in ASCII, one in other scripts."""
    return word[:2] if word.isascii() else word[:1]


class Vocabulary:
    """Words, each with the codes of its languages. For each key all words are stored in one string, one per line: word,
    tab, two characters that number the set of codes."""

    __slots__ = ("_codes", "_lines")

    def __init__(self, lists: Iterable[tuple[str, Iterable[str]]]) -> None:
        """``lists`` gives words for a code; a code may occur repeatedly."""
        order: list[str] = []
        masks: dict[str, int] = {}
        for code, words in lists:
            if code not in order:
                order.append(code)
            bit = 1 << order.index(code)
            for word in words:
                masks[word] = masks.get(word, 0) | bit
        numbers = {mask: number for number, mask in enumerate(dict.fromkeys(masks.values()))}
        self._codes = [frozenset(code for at, code in enumerate(order) if mask >> at & 1) for mask in numbers]
        lines: dict[str, list[str]] = {}
        while masks:  # consumed while iterating, to halve the peak memory
            word, mask = masks.popitem()
            high, low = divmod(numbers[mask], _BASE)
            lines.setdefault(_prefix(word), []).append(f"\n{word}\t{chr(_FIRST + high)}{chr(_FIRST + low)}")
        self._lines: Mapping[str, str] = {prefix: "".join(each) for prefix, each in lines.items()}

    def get(self, word: str) -> Codes:
        """The languages that have the word; empty when it is in no list."""
        lines = self._lines.get(_prefix(word))
        at = lines.find(f"\n{word}\t") if lines else -1
        if lines is None or at < 0:
            return _NOBODY
        at += len(word) + 2
        return self._codes[(ord(lines[at]) - _FIRST) * _BASE + ord(lines[at + 1]) - _FIRST]

    def __contains__(self, word: str) -> bool:
        return bool(self.get(word))
