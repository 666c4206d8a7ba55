"""What most verbs start with: the home, its settings, its open store, the clock."""

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

from relay.cli.output import say
from relay.home import Home, no_home, working_directory
from relay.settings import Settings
from relay.settings_file import load
from relay.signing_keys import Mail
from relay.store import Program, Store, Upgrade, lock_holders

T = TypeVar("T")
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Session:
    """An open home."""

    home: Home
    settings: Settings
    store: Store


def home_of(ctx: click.Context) -> Home:
    """The home given by --home, RELAY_HOME or the working directory."""
    return Home.find(ctx.find_root().obj, os.environ, working_directory())


def settings_of(home: Home) -> Settings:
    """The settings of a home. Raises HomeError when the folder is no home, SettingsError when settings are wrong."""
    if not home.holds_settings():
        raise no_home(home)
    return load(home.toml, os.environ)


@asynccontextmanager
async def opened(home: Home) -> AsyncIterator[Session]:
    """Open a home's store for one command; relay serve may run meanwhile. Raises HomeError, SettingsError, StoreError.

    A command makes no WAL checkpoints: relay serve alone makes them.
    """
    settings = settings_of(home)

    def sign(content: bytes, at: datetime, own: bool) -> bytes:
        from relay.message.write.dkim_sign import Signer  # few commands sign
        from relay.message.write.sign_again import sign_again

        mail = Mail.PROGRAMME if own else Mail.RELAYED
        return sign_again(content, at, Signer(settings.domain, home.dkim_keys(settings, mail)))

    def before(upgrade: Upgrade) -> None:
        from relay.operations.upgrade_backup import backing_up  # few commands upgrade

        backing_up(home, now)(upgrade)

    place = home.place(settings.store.url)
    waiting = asyncio.create_task(_say_if_locked(place))
    try:
        store = await Store.open(place, home.read_vault(), checkpoints=False, sign=sign, before=before)
        try:
            yield Session(home, settings, store)
        finally:
            await store.close()
    finally:
        waiting.cancel()


async def _say_if_locked(place: Path | str) -> None:
    """Tell the operator, once, which program keeps a command waiting."""
    if not isinstance(place, Path):
        return
    seen: list[set[Program]] = []
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        seen = [*seen[-3:], set(lock_holders(place))]
        if len(seen) == 4 and (lasting := set.intersection(*seen)):
            names = ", ".join(map(str, sorted(lasting, key=lambda one: one.pid)))
            say(f"{names} has locked the database: changes wait for up to 30 seconds, then fail and change nothing.")
            return


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
    """The time by the current clock, aware, UTC."""
    return _clock.get()()


@contextmanager
def with_clock(clock: Callable[[], datetime]) -> Iterator[None]:
    """Let ``now`` read this clock inside the block, as a rehearsal does."""
    before = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(before)


def confirm(question: str, yes: bool) -> None:
    """Return if --yes was given or a person at the terminal agrees. Raises Abort, or UsageError without a terminal."""
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError(f"{question} Add --yes: there is no terminal to ask on.")
    click.confirm(question, abort=True, err=True)


def who_types() -> str:
    """The login name of the operator: with sudo, that of the person who called it."""
    if name := os.environ.get("SUDO_USER"):
        return name
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"
