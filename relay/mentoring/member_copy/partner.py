"""Whether words that relay or an operator wrote say who the other member of a pair is.

Not for what the member wrote: if a name were missing from their own letters, they could try names out, and would see in
their copy which of them is the right one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from relay.model import Identity, Known, Message, Pair, Side
from relay.refusals import StillIdentifying


@dataclass(frozen=True, slots=True)
class Partner:
    """The other member of a pair: ``theirs`` is who they are, ``own`` who the reader of the copy is."""

    pair: Pair
    side: Side
    own: Identity
    theirs: Identity

    def named_in(self, words: str) -> bool:
        """Whether ``words`` name them."""
        if any(one.casefold() in words.casefold() for one in self._written()):
            return True
        from relay.anonymise.leak_check.check import leak_check  # loads the names of every language

        other, own = self.pair.persona(self.side.other), self.pair.persona(self.side)
        known = Known(self.theirs, other, self.own, own)
        try:
            leak_check(Message(text=words), [], words.encode("utf-8", "replace"), known, ())
        except StillIdentifying:
            return True
        return False

    def _written(self) -> Iterable[str]:
        """Their addresses and names as registered, but for those that both have."""
        shared = {one.casefold() for one in (*self.own.addresses, *self.own.known_as)}
        return [
            one
            for one in (*self.theirs.addresses, *self.theirs.known_as)
            if one.casefold() not in shared and len(one) > 2
        ]


def kept_back(partners: Iterable[Partner], words: str) -> str:
    """``words``, or nothing when they name one of ``partners``."""
    return "" if any(partner.named_in(words) for partner in partners) else words
