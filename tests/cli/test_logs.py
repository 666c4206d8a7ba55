"""Every line of the log has one time stamp and a level, in systemd's journal, too."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

import pytest

from relay.cli.command_line import run
from relay.cli.logs import SafeFormatter, formatter

TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}"


def record(level: int = logging.INFO, name: str = "relay.inbound.accept") -> logging.LogRecord:
    return logging.LogRecord(name, level, "", 1, "%s accepted", ("k7f3",), None)


def line(journal: str, level: int = logging.INFO) -> str:
    read, write = os.pipe()
    with os.fdopen(read), os.fdopen(write, "w") as stream:
        environ = {"JOURNAL_STREAM": journal.format(os.fstat(write))}
        return formatter(environ, stream).format(record(level))


@pytest.mark.parametrize(
    ("level", "begins"),
    [(logging.INFO, "<6>INFO"), (logging.WARNING, "<4>WARNING"), (logging.ERROR, "<3>ERROR"), (25, "<5>Level 25")],
)
def test_a_line_for_the_journal_has_its_priority_and_no_time(level: int, begins: str) -> None:
    assert line("{0.st_dev}:{0.st_ino}", level) == f"{begins} relay.inbound.accept: k7f3 accepted"


@pytest.mark.parametrize("journal", ["", "8:1234", "rubbish"])
def test_elsewhere_a_line_has_a_time_and_a_level_though_the_journal_was_inherited(journal: str) -> None:
    assert re.fullmatch(f"{TIME} WARNING relay.inbound.accept: k7f3 accepted", line(journal, logging.WARNING))


def test_without_systemd_a_line_has_a_time(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file:
        assert re.match(f"{TIME} INFO ", formatter({}, file).format(record()))


def test_an_error_at_the_start_is_a_line_like_the_others(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["--home", str(tmp_path), "serve"]) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert re.fullmatch(f"{TIME} ERROR relay: {re.escape(str(tmp_path))} holds no relay.toml; .*", said)


def test_the_log_of_a_library_and_of_an_exception_hold_no_letter_text() -> None:
    form = SafeFormatter("%(name)s: %(message)s")
    try:
        raise ValueError("canary@home.example")
    except ValueError as error:
        caught = (type(error), error, error.__traceback__)
    foreign = logging.LogRecord("asyncio", logging.ERROR, "", 1, "exception=%r", (caught[1],), caught)
    assert re.fullmatch(r"asyncio: something went wrong \(ValueError at test_logs\.py:\d+\)", form.format(foreign))
    assert form.format(record()) == "relay.inbound.accept: k7f3 accepted"
