"""relay serve: accepts and relays letters until stopped. Sets up the event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from typing import Any

import click

from relay.cli.errors import explained
from relay.cli.logs import log_error, log_to_stderr
from relay.cli.session import home_of, settings_of
from relay.daemon import serve as serve_home
from relay.home import Home
from relay.settings import Settings
from relay.settings_file import SettingsError, startable


@click.command()
@click.pass_context
def serve(ctx: click.Context) -> int:
    """Accept and relay letters, in the foreground.

    SIGTERM finishes what is under way and stops. SIGHUP reads the settings and the TLS certificate again.
    """
    try:
        home = home_of(ctx)
        settings = _startable(home)
        log_to_stderr(os.environ)
        return _run(serve_home(home, settings, lambda: _startable(home)))
    except Exception as error:  # the outermost handler of the server: all its lines have a level
        lines, code = explained(error)
        for line in lines:
            log_error(os.environ, line)
        return code


def _startable(home: Home) -> Settings:
    settings = settings_of(home)
    if reasons := startable(settings):
        raise SettingsError(reasons)
    return settings


def _run(work: Coroutine[Any, Any, int]) -> int:
    try:
        import uvloop
    except ImportError:  # uvloop does not exist for Windows
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
