"""Whether the clock of this machine can be right. Without the network only a clock that went back can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from relay.home import Home
from relay.operations.findings import Finding, fine, wrong

_TOLERATED = timedelta(minutes=5)


def check_clock(home: Home, now: datetime) -> Iterator[Finding]:
    """Compare ``now`` with the times at which relay's own files were last written: none can be in the future."""
    newest = None
    for path in (home.toml, home.db, home.db.with_name("relay.db-wal"), home.vault_key):
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except (OSError, OverflowError, ValueError):
            continue
        if newest is None or written > newest[0]:
            newest = (written, path)
    if newest is None:
        return
    if newest[0] - now > _TOLERATED:
        yield wrong(
            f"the clock of this machine is behind: here it is {now:%Y-%m-%d %H:%M} UTC, but {newest[1].name} was "
            f"written at {newest[0]:%Y-%m-%d %H:%M}",
            "set the clock by NTP (timedatectl set-ntp true): letters are dated and signatures expire by it",
        )
    else:
        yield fine(f"the clock is not behind: it is {now:%Y-%m-%d %H:%M:%S} UTC (compare it; no time server is asked)")
