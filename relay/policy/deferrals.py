"""Remembers since when each incoming letter is deferred (450), so that none is deferred for ever."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

_REMEMBERED = 10_000
_FORGOTTEN = timedelta(days=7)
"""Longer than any server retries (RFC 5321 4.5.4.1): a letter that comes later is a new one."""


class Deferrals:
    """When each letter was first deferred. Above a limit the oldest entries are forgotten; their wait starts again."""

    def __init__(self) -> None:
        self._since: OrderedDict[str, datetime] = OrderedDict()

    def waited(self, letter: str, now: datetime) -> timedelta:
        """How long before ``now`` (aware UTC) the letter with the key ``letter`` was first deferred; zero the first
        time, which is recorded."""
        since = self._since.get(letter)
        if since is None or now - since > _FORGOTTEN:
            self._since.pop(letter, None)
            if len(self._since) >= _REMEMBERED:
                self._since.popitem(last=False)
            self._since[letter] = since = now
        return now - since

    def done(self, letter: str) -> None:
        """``letter`` was accepted."""
        self._since.pop(letter, None)
