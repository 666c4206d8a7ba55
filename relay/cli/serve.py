"""relay serve: accepts and relays letters until stopped. Sets up logging and the event loop."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import click

from relay.cli.errors import kind_and_place
from relay.cli.session import home_of, settings_of
from relay.cli.verbs import Verb
from relay.daemon import serve as serve_home
from relay.home import Home
from relay.settings import Address, Settings
from relay.settings_file import SettingsError, startable
from relay.smtp.server.passed_sockets import listening_on, passed_sockets


@click.command(cls=Verb)
@click.pass_context
def serve(ctx: click.Context) -> int:
    """Accept and relay letters, in the foreground.

    SIGTERM finishes what is under way and stops. SIGHUP reads the settings and the TLS certificate again.
    Listening sockets that systemd passes (relay.socket) replace smtp.listen.
    """
    home = home_of(ctx)
    passed = passed_sockets(os.environ, os.getpid())
    listen = tuple(listening_on(one) for one in passed)
    settings = _startable(home, listen)
    _log_to_stderr()
    return _run(serve_home(home, settings, lambda: _startable(home, listen), passed))


def _startable(home: Home, listen: tuple[Address, ...]) -> Settings:
    """The settings; ``listen`` replaces smtp.listen unless it is empty. Raises SettingsError."""
    settings = settings_of(home)
    if listen:
        settings = replace(settings, smtp=replace(settings.smtp, listen=listen))
    if reasons := startable(settings):
        raise SettingsError(reasons)
    return settings


class _SafeFormatter(logging.Formatter):
    """One line a record, without letter text or addresses.

    The message of a library and the text of an exception may hold either. Of an exception only its type and place are
    logged, and a library's message is replaced.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        from_relay = record.name.partition(".")[0] == "relay"
        if from_relay and not (record.exc_info or record.stack_info):
            return super().format(record)
        safe = logging.makeLogRecord(record.__dict__)
        if not from_relay:
            safe.msg, safe.args = "something went wrong", None
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            safe.msg, safe.args = f"{safe.getMessage()} ({kind_and_place(error)})", None
        safe.exc_info = safe.exc_text = safe.stack_info = None
        return super().format(safe)


def _log_to_stderr() -> None:
    """Log to standard error, with the time unless systemd's journal adds it (JOURNAL_STREAM, systemd.exec(5))."""
    form = "%(name)s: %(message)s" if os.environ.get("JOURNAL_STREAM") else "%(asctime)s %(name)s: %(message)s"
    handler = logging.StreamHandler()
    handler.setFormatter(_SafeFormatter(form))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("relay").setLevel(logging.INFO)
    logging.getLogger().setLevel(logging.ERROR)


def _run(work: Coroutine[Any, Any, int]) -> int:
    try:
        import uvloop
    except ImportError:  # uvloop does not exist for Windows
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
