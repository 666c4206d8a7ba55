"""Takes out of a text what its reader once wrote of the author and now gets back (relay.model.Echo)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

import regex

from relay.anonymise.leak_check.letters_alone import letters
from relay.model import Echo

_TAG = regex.compile(r"<[/a-z][^<>]{0,500}>|&nbsp;", regex.IGNORECASE)
_SOFT_BREAK = regex.compile(r"=\r?\n")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


def echoes_blanked(text: str, mentions: Sequence[Echo]) -> str:
    """The text with a blank in place of each mention that has the same letters before or behind it as when it was
    written. Linear in the text for each mention."""
    text = _SOFT_BREAK.sub("", text)  # quoted-printable may break a line inside of an address
    for mention in mentions:
        if "@" in mention.words:
            text = text.replace(f"mailto:{mention.words}", "")
    # Tags stand between the words of a page's source.
    words = list(_WORD.finditer(_TAG.sub(lambda tag: " " * len(tag[0]), text)))
    plain = [_plain(word[0]) for word in words]
    starts = list(accumulate(map(len, plain), initial=0))
    number, whole = {start: at for at, start in enumerate(starts)}, "".join(plain)
    spans: list[tuple[int, int]] = []
    for mention in mentions:
        for start, end in _places(whole, mention):
            if start in number and end in number:
                spans.append((words[number[start]].start(), words[number[end] - 1].end()))
    return _blanked(text, spans)


def _places(whole: str, mention: Echo) -> Iterator[tuple[int, int]]:
    """Where the letters of a mention occur, with those before or behind it."""
    target, before, behind = (_joined(part) for part in (mention.words, mention.before, mention.behind))
    at = whole.find(target) if target else -1
    while at >= 0:
        end = at + len(target)
        alone = not before and not behind
        if alone or (before and whole.endswith(before, 0, at)) or (behind and whole.startswith(behind, end)):
            yield at, end
        at = whole.find(target, at + 1)


def _joined(part: str) -> str:
    return "".join(_plain(word) for word in _WORD.findall(part))


def _plain(word: str) -> str:
    """The letters of a word as they are compared; a number as it is."""
    return letters(word) or word


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    out: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            out += (text[done:start], " ")
            done = end
    return "".join((*out, text[done:]))
