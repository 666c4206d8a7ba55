"""relay show: what it refuses before it starts. tests/show tests the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relay.cli.command_line import run

from .conftest import Done


def test_it_never_uses_a_home(relay: Callable[..., Done]) -> None:
    done = relay("show", "--port", "0")
    assert (done.code, "leave out --home" in done.err) == (2, True)


def test_it_names_the_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "--language", "tlh"]) == 2
    assert "one of ar, en, es, fr, hi, sw" in capsys.readouterr().err
