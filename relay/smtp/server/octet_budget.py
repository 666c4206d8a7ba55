"""Bounds the memory of letters whose authors are not proven yet: per network first, then in total. Pure.

Max-min fairness: when all letters together exceed the bound, the network that holds most loses its newest letter. So a
network that holds little can always send, however much others hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from relay.policy.peers import network
from relay.refusals import TooMuchAtOnce

SMALL = 256 * 1024
"""Octets below which a letter that announced its size (RFC 1870) may use the reserve."""

_RESERVE = 8  # the reserve for small letters is an eighth of each share
_ANSWERED = 2  # letters being answered cannot be dropped; they may hold half of the total


@dataclass(eq=False, slots=True)
class HeldLetter:
    """A letter after DATA. ``drop`` frees its octets; ``small``: it may use the reserve."""

    network: str
    small: bool
    drop: Callable[[], None]
    octets: int = 0
    answering: bool = False
    dropped: bool = False


class _Account:
    """Octets held, in total and by network."""

    def __init__(self) -> None:
        self.total = 0
        self.by_network: Counter[str] = Counter()

    def add(self, network: str, octets: int) -> None:
        self.total += octets
        self.by_network[network] += octets
        if not self.by_network[network]:
            del self.by_network[network]


class OctetBudget:
    """``total`` and ``per_network`` are octets, 0: no limit. ``largest`` is the largest accepted letter: a network that
    holds nothing else can always send one. ``freed`` is called with their number when octets were freed."""

    def __init__(
        self, total: int, per_network: int, largest: int, freed: Callable[[int], None] = lambda octets: None
    ) -> None:
        self._whole = max(total, largest) if total else 0
        self._per_network = max(per_network, largest) if per_network else 0
        self._largest = largest
        self._freed = freed
        self._all, self._ordinary = _Account(), _Account()
        self._answering = 0
        self._letters: dict[str, dict[HeldLetter, None]] = {}  # by network, oldest first

    @property
    def held(self) -> int:
        """Octets held now."""
        return self._all.total

    def open(self, peer: str, announced: int, drop: Callable[[], None]) -> HeldLetter:
        """A letter of ``announced`` octets (0: unknown) begins. Raises TooMuchAtOnce when it would certainly be
        dropped. Must be closed with ``close``."""
        letter = HeldLetter(network(peer), 0 < announced < SMALL, drop)
        if announced and not self._fits(letter, announced):
            raise TooMuchAtOnce
        self._letters.setdefault(letter.network, {})[letter] = None
        return letter

    def hold(self, letter: HeldLetter, octets: int) -> None:
        """``letter`` now holds ``octets`` in total. Drops letters, possibly this one, until all bounds are kept."""
        if letter.dropped:
            return
        if letter.small and octets >= SMALL:  # larger than announced
            letter.small = False
            self._ordinary.add(letter.network, letter.octets)
        more = octets - letter.octets
        for account in self._accounts(letter.small):
            account.add(letter.network, more)
        letter.octets = octets
        if more > 0:
            self._keep_bounds(letter.network)

    def begin_answer(self, letter: HeldLetter) -> bool:
        """Whether the complete ``letter`` may be answered now; it is not dropped from then on. False while letters
        being answered hold too much: the others must remain droppable, so that the bounds can be kept."""
        bound = self._whole // _ANSWERED
        if letter.octets < SMALL:
            bound += self._whole // _RESERVE
        if self._whole and self._answering and self._answering + letter.octets > bound:
            return False
        letter.answering = True
        self._answering += letter.octets
        return True

    def close(self, letter: HeldLetter) -> None:
        """``letter`` is answered or its client gone: it holds nothing any more."""
        if letter.answering:
            self._answering -= letter.octets
            letter.answering = False
        for account in self._accounts(letter.small):
            account.add(letter.network, -letter.octets)
        octets, letter.octets = letter.octets, 0
        letters = self._letters.get(letter.network, {})
        letters.pop(letter, None)
        if not letters:
            self._letters.pop(letter.network, None)
        self._freed(octets)

    def _accounts(self, small: bool) -> tuple[_Account, ...]:
        return (self._all,) if small else (self._all, self._ordinary)

    def _bound(self, share: int, account: _Account) -> int:
        """The part of ``share`` that letters of ``account`` may hold. Ordinary letters leave the reserve free, but a
        single letter of the largest size is always accepted."""
        return share if account is self._all else max(share - share // _RESERVE, self._largest)

    def _fits(self, letter: HeldLetter, octets: int) -> bool:
        for account in self._accounts(letter.small):
            held = account.by_network[letter.network]
            if held and self._per_network and held + octets > self._bound(self._per_network, account):
                return False
            most = max((n for name, n in account.by_network.items() if name != letter.network), default=0)
            if self._whole and account.total + octets > self._bound(self._whole, account) and held + octets > most:
                return False
        return True

    def _keep_bounds(self, name: str) -> None:
        for account in (self._ordinary, self._all):
            if self._per_network:
                bound = self._bound(self._per_network, account)
                while account.by_network[name] > bound and self._drop_newest([name], account):
                    pass
            if self._whole:
                bound = self._bound(self._whole, account)
                while account.total > bound and self._drop_newest(list(account.by_network), account):
                    pass

    def _drop_newest(self, names: list[str], account: _Account) -> bool:
        """Drop the newest letter of the network among ``names`` that holds most. False when all are being answered."""
        for name in sorted(names, key=account.by_network.__getitem__, reverse=True):
            for letter in reversed(self._letters[name]):
                counted = letter.octets and account in self._accounts(letter.small)
                if counted and not letter.answering:
                    letter.dropped = True
                    letter.drop()
                    self.close(letter)
                    return True
        return False
