"""What nearly every verb needs first: the home meant, its settings, its open store."""

from __future__ import annotations

import asyncio
import os
import pwd
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from relay.home import Home, no_home
from relay.settings import Settings
from relay.settings_file import load
from relay.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Session:
    """An open home."""

    home: Home
    settings: Settings
    store: Store


def home_of(ctx: click.Context) -> Home:
    """The home that --home, RELAY_HOME or the working directory mean."""
    return Home.find(ctx.find_root().obj, os.environ, Path.cwd())


def settings_of(home: Home) -> Settings:
    """The settings of a home. Raises HomeError when it is none, SettingsError when they are wrong."""
    if not home.toml.exists():
        raise no_home(home)
    return load(home.toml, os.environ)


@asynccontextmanager
async def opened(home: Home) -> AsyncIterator[Session]:
    """The home with its store open beside a server that may run. Raises HomeError, SettingsError, StoreError."""
    settings = settings_of(home)
    store = await Store.open(home.place(settings.store.url), home.read_vault(), checkpoints=False)
    try:
        yield Session(home, settings, store)
    finally:
        await store.close()


def in_session(ctx: click.Context, work: Callable[[Session], Awaitable[T]]) -> T:
    """Run ``work`` with the open home and return what it returns."""

    async def run() -> T:
        async with opened(home_of(ctx)) as session:
            return await work(session)

    return asyncio.run(run())


def _wall_clock() -> datetime:
    return datetime.now(UTC)


_clock: ContextVar[Callable[[], datetime]] = ContextVar("clock", default=_wall_clock)


def now() -> datetime:
    """The clock: aware UTC."""
    return _clock.get()()


@contextmanager
def with_clock(clock: Callable[[], datetime]) -> Iterator[None]:
    """Verbs that are run inside go by this clock (a rehearsal's)."""
    before = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(before)


def confirm(question: str, yes: bool) -> None:
    """Let a destructive verb go on only with --yes, or a person who says so. Raises UsageError, Abort."""
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError(f"{question} Say --yes: there is nobody here to ask.")
    click.confirm(question, abort=True, err=True)


def who_types() -> str:
    """Who types this: the person behind sudo, where there is one."""
    if name := os.environ.get("SUDO_USER"):
        return name
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"
