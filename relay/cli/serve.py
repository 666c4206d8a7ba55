"""relay serve: take letters and carry them on, until stopped."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine
from typing import Any

import click

from relay.cli.errors import kind_and_place
from relay.cli.session import home_of, settings_of
from relay.daemon import serve as serve_home
from relay.home import Home
from relay.settings import Settings
from relay.settings_file import SettingsError, startable


@click.command()
@click.pass_context
def serve(ctx: click.Context) -> int:
    """Take letters and carry them on, in the foreground. TERM drains and stops, HUP reads TLS and settings again."""
    home = home_of(ctx)
    settings = _startable(home)
    _log_to_stderr()
    return _run(serve_home(home, settings, lambda: _startable(home)))


def _startable(home: Home) -> Settings:
    settings = settings_of(home)
    if reasons := startable(settings):
        raise SettingsError(reasons)
    return settings


class _Discreet(logging.Formatter):
    """One line an event. What relay says is ours; what a library says, and the words of an exception, may hold an
    address or a letter, so of those only the kind and the place are told."""

    def format(self, record: logging.LogRecord) -> str:
        """As text."""
        ours = record.name.partition(".")[0] == "relay"
        if ours and not (record.exc_info or record.stack_info):
            return super().format(record)
        told = logging.makeLogRecord(record.__dict__)
        if not ours:
            told.msg, told.args = "something went wrong", None
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told.msg, told.args = f"{told.getMessage()} ({kind_and_place(error)})", None
        told.exc_info = told.exc_text = told.stack_info = None
        return super().format(told)


def _log_to_stderr() -> None:
    """The journal of systemd has its own clock."""
    form = "%(name)s: %(message)s" if os.environ.get("JOURNAL_STREAM") else "%(asctime)s %(name)s: %(message)s"
    handler = logging.StreamHandler()
    handler.setFormatter(_Discreet(form))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("relay").setLevel(logging.INFO)
    logging.getLogger().setLevel(logging.ERROR)


def _run(work: Coroutine[Any, Any, int]) -> int:
    try:
        import uvloop
    except ImportError:  # it is there everywhere but on Windows
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
