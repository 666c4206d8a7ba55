"""What signals ask of a running server: to stop, or to read settings, DKIM keys and certificate again."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from relay.home import Home, HomeError
from relay.settings import Settings
from relay.settings_file import SettingsError
from relay.signing_keys import Mail
from relay.smtp.server.tls import TlsFault, server_context

log = logging.getLogger(__name__)

_KEY_POLL_SECONDS = 15.0
"""Seconds between two checks for changed DKIM keys."""

_DkimKeys = tuple[tuple[tuple[str, str], ...], ...]
"""Selectors and PEM, for each kind of mail."""


@dataclass
class Signals:
    """What signals have asked for: the ``end`` of this run; then to ``stop``, or to restart with new ``settings``."""

    end: asyncio.Event
    stop: bool = False
    settings: Settings | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """What a run works with: settings, and what was read from the files that these name."""

    home: Home
    settings: Settings
    keys: _DkimKeys
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, home: Home, settings: Settings) -> Running:
        """Read the files. Raises HomeError, TlsFault, OSError."""
        keys, files = _dkim_keys(home, settings), home.tls_files(settings)
        tls = server_context(str(files[0]), str(files[1])) if files is not None else None
        return cls(home, settings, keys, tls)


def on_stop_signals() -> Signals:
    """Install handlers for TERM and INT, which stay for all runs."""
    signals = Signals(asyncio.Event())

    def stop() -> None:
        signals.stop = True
        signals.end.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return signals


def on_hup(reload: Callable[[], None]) -> None:
    """Let HUP call ``reload``, and nothing that it called before."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)


async def watch_keys(running: Running, reload: Callable[[], None]) -> None:
    """Call ``reload`` when relay dkim rotate has changed the keys."""
    while True:
        await asyncio.sleep(_KEY_POLL_SECONDS)
        try:
            changed = _dkim_keys(running.home, running.settings) != running.keys
        except HomeError:
            continue  # the running server has its keys; relay check reports the error
        if changed:
            reload()


def reload_files(
    running: Running, read: Callable[[], Settings], renew: Callable[[ssl.SSLContext], None], signals: Signals
) -> None:
    """Handle HUP, or changed keys: end the run when settings or keys differ, else ``renew`` the certificate. Does
    nothing while the run is ending; errors are logged, and the run goes on."""
    if signals.end.is_set():
        return
    try:
        # All files of the new run are read before the old one ends, so that an error in one does not stop the relay.
        found = Running.of(running.home, read())
    except (HomeError, SettingsError, TlsFault, OSError, ValueError) as error:
        log.error("nothing was reloaded, the old settings stay in use: %s", "; ".join(str(error).splitlines()))
        return
    if found.settings != running.settings or found.keys != running.keys:
        log.info("settings or DKIM keys changed: restarting with them")
        signals.settings = found.settings
        signals.end.set()
    elif found.tls is not None:
        renew(found.tls)
        log.info("certificate reloaded")
    else:
        log.info("nothing to reload: the settings are unchanged")


def _dkim_keys(home: Home, settings: Settings) -> _DkimKeys:
    """The DKIM keys for each kind of mail. Raises HomeError."""
    return tuple(home.dkim_keys(settings, mail) for mail in Mail)
