"""A fixture that runs relay command lines in this process and returns their output and exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from relay.cli.command_line import run
from relay.home import Home
from relay.mentoring import mail_domains


@dataclass(frozen=True, slots=True)
class Done:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[Any]:
        """The JSON objects on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def relay(home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Runs ``relay --home HOME …``."""
    for name in ("RELAY_HOME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    # No test asks a real resolver: nobody answers here, and nobody waits for it.
    monkeypatch.setattr(mail_domains, "_SECONDS", 0.01)
    monkeypatch.setenv("RELAY_DNS__NAMESERVERS", '["127.0.0.1:9"]')

    def relay(*arguments: str) -> Done:
        capsys.readouterr()
        code = run(["--home", str(home.path), *arguments])
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return relay
