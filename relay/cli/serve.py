"""relay serve: take letters and carry them on, until stopped."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine
from typing import Any

import click

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


def _log_to_stderr() -> None:
    """One line an event. The journal of systemd has its own clock."""
    form = "%(name)s: %(message)s" if os.environ.get("JOURNAL_STREAM") else "%(asctime)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, format=form)
    # Libraries may say whom they talk to: addresses belong in no log.
    logging.getLogger("relay").setLevel(logging.INFO)
    logging.getLogger().setLevel(logging.ERROR)


def _run(work: Coroutine[Any, Any, int]) -> int:
    try:
        import uvloop
    except ImportError:  # it is there everywhere but on Windows
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
