"""Who is in: how many connections there are in all and from each peer, and whether one more may come. Pure."""

from __future__ import annotations

from collections import Counter

from relay.policy.peers import network


class Guests:
    """``most`` connections in all, ``most_per_peer`` from one; 0: no limit.

    An IPv6 peer is its /64 (see policy/peers.py).
    """

    def __init__(self, most: int, most_per_peer: int) -> None:
        self._most = most
        self._most_per_peer = most_per_peer
        self._by_peer: Counter[str] = Counter()
        self._count = 0

    def enter(self, peer: str) -> bool:
        """Let one more in, unless there are too many: then False, and nothing is counted."""
        peer = network(peer)
        if self._most and self._count >= self._most:
            return False
        if self._most_per_peer and self._by_peer[peer] >= self._most_per_peer:
            return False
        self._by_peer[peer] += 1
        self._count += 1
        return True

    def leave(self, peer: str) -> None:
        """One that was let in has gone."""
        peer = network(peer)
        self._count -= 1
        self._by_peer[peer] -= 1
        if self._by_peer[peer] <= 0:
            del self._by_peer[peer]

    def __len__(self) -> int:
        return self._count
