"""relay serve: accepts and relays letters until stopped. Sets up the event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import click

from relay.cli.errors import explained
from relay.cli.logs import log_error, log_to_stderr
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
    try:
        home = home_of(ctx)
        passed = passed_sockets(os.environ, os.getpid())
        listen = tuple(listening_on(one) for one in passed)
        settings = _startable(home, listen)
        log_to_stderr(os.environ)
        return _run(serve_home(home, settings, lambda: _startable(home, listen), passed))
    except Exception as error:  # the outermost handler of the server: all its lines have a level
        lines, code = explained(error)
        for line in lines:
            log_error(os.environ, line)
        return code


def _startable(home: Home, listen: tuple[Address, ...]) -> Settings:
    """The settings; ``listen`` replaces smtp.listen unless it is empty. Raises SettingsError."""
    settings = settings_of(home)
    if listen:
        settings = replace(settings, smtp=replace(settings.smtp, listen=listen))
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
