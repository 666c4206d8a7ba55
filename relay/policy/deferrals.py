"""Which arriving letters were deferred (450), and since when, so that none is deferred for ever."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

_REMEMBERED = 10_000
_FORGOTTEN = timedelta(days=7)
"""Longer than any server goes on trying (RFC 5321 4.5.4.1): a letter that comes after that is a new one."""


class Deferrals:
    """Remembers when each letter was first deferred. Forgets the oldest when there are too many: those wait again."""

    def __init__(self) -> None:
        self._since: OrderedDict[str, datetime] = OrderedDict()

    def waited(self, letter: str, now: datetime) -> timedelta:
        """How long before ``now`` (aware UTC) ``letter``, any name for it, was first deferred; zero for the first
        time, which is remembered."""
        since = self._since.get(letter)
        if since is None or now - since > _FORGOTTEN:
            self._since.pop(letter, None)
            if len(self._since) >= _REMEMBERED:
                self._since.popitem(last=False)
            self._since[letter] = since = now
        return now - since

    def done(self, letter: str) -> None:
        """It was accepted."""
        self._since.pop(letter, None)
