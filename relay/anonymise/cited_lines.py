"""Finds quotations whose lines begin with the initials or the name of who is quoted ("AH> "), as SuperCite and its
followers in Emacs write them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from relay.anonymise.identities import Redactor

_CITED = regex.compile(r"^[ \t]{0,8}+([\p{L}\p{M}.]{1,15}+)>[> ]*+", regex.MULTILINE)


def cited_passages(text: str, redactor: Redactor) -> Iterator[tuple[int, int]]:
    """The ranges (start, end) of lines one below the other that all begin with the same word and ">". One line alone
    may be anything, and a name of the author's own shows that it is their own text, such as a chat."""
    if ">" not in text:
        return
    found = list(_CITED.finditer(text))
    own = {word: bool(redactor.find(word)) for word in {one[1] for one in found}} if len(found) > 1 else {}
    run: list[regex.Match[str]] = []
    for one, following in pairwise([*found, None]):
        assert one is not None
        run.append(one)
        end = text.find("\n", one.end())
        end = len(text) if end < 0 else end
        goes_on = following is not None and following[1] == one[1] and not text[end : following.start()].strip()
        if goes_on:
            continue
        if len(run) > 1 and not own[one[1]]:
            yield run[0].end(), end
        run = []
