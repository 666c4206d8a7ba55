"""What relay says at the terminal is true, in whole sentences, and fits 80 columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relay.cli.journal_words import whose
from relay.cli.output import print_rows
from relay.cli.table import table, width
from relay.home import Home
from relay.model import JournalEntry, Side

from .conftest import Done
from .test_command import on_a_terminal

Relay = Callable[..., Done]
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
ENTRY = JournalEntry("8b42334226fa", "k7f3q2xw", Side.MENTOR, "letter", NOW, 1, 1)


def test_what_is_said_at_a_terminal_is_broken_between_words(home: Home) -> None:
    _, screen = on_a_terminal(
        ["--home", str(home.path), "pair", "create", "--mentor", "ann@x.test", "--mentee", "jo@y.test", "--silent"]
    )
    said = [line for line in screen.splitlines() if "@relay.test" not in line]
    assert "add how this person signs" in " ".join(" ".join(said).split())
    assert max(map(len, said)) <= 80


@pytest.mark.parametrize(
    "wrong",
    [
        ["pair", "list", "--silent-for", "x"],
        ["completion"],
        ["pair", "list", "--state", "foo"],
        ["pair", "create", "--mentor-discreet", "maybe"],
    ],
)
def test_a_wrong_command_line_is_answered_in_one_line_of_whole_sentences(relay: Relay, wrong: list[str]) -> None:
    done = relay(*wrong)
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert f". See: relay {' '.join(word for word in wrong[:2] if word.isalpha())} --help" in line
    assert "''" not in line, "an empty word is no choice"


def test_the_journal_says_which_letters_are_from_a_member_and_which_to_them() -> None:
    """Most letters of relay's own are entered with the other side of their reader."""
    assert whose(ENTRY) == "from mentor"
    for kind in ("refusal", "answer", "automatic", "operator"):
        assert whose(replace(ENTRY, kind=kind)) == "from mentor"
    for kind in ("invitation", "welcome", "notice"):
        assert whose(replace(ENTRY, kind=kind)) == "to mentee"
    for kind in ("from-operator", "copy"):
        assert whose(replace(ENTRY, kind=kind)) == "to mentor"
    assert whose(replace(ENTRY, side=None, pair_id=None)) == ""


def test_an_invitation_is_shown_as_a_letter_to_its_reader(home: Home, relay: Relay) -> None:
    relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test")
    to_mentor = next(one for one in relay("log", "events", "--json").objects if one["event"] == "sent")
    assert to_mentor["side"] == "mentor"
    _, screen = on_a_terminal(["--home", str(home.path), "log", "list"])
    assert "to mentor" in next(line for line in screen.splitlines() if to_mentor["id"] in line)
    _, screen = on_a_terminal(["--home", str(home.path), "log", "show", to_mentor["id"]])
    assert ["to", "mentor"] in [line.split() for line in screen.splitlines()]


def test_a_time_in_a_table_stays_whole_where_other_values_can_be_folded() -> None:
    rows = [("01 Dec 17:47", "state", "from invited, to active, and more words than there is room for in it")]
    lines = list(table(("AT", "EVENT", "FACTS"), rows, 50))
    assert lines[1].startswith("01 Dec 17:47  state")
    assert max(map(width, lines)) <= 50


def test_a_span_has_its_unit(capsys: pytest.CaptureFixture[str]) -> None:
    spans = [timedelta(seconds=15), timedelta(minutes=10), timedelta(hours=1), timedelta(days=2), timedelta(seconds=90)]
    print_rows(("EVERY",), [(span,) for span in spans], "")
    assert capsys.readouterr().out.split() == ["15s", "10m", "1h", "2d", "90s"]


def test_nobody_to_ask_is_said_and_no_letter_is_announced(relay: Relay) -> None:
    done = relay("roles", "ask")
    assert "Nobody is left to ask" in done.err and "queued" not in done.err


def test_a_dry_run_says_what_would_be_done(relay: Relay) -> None:
    said = relay("dkim", "rotate", "--dry-run").err
    assert "New keys would be made" in said and "Publish" not in said


def test_a_dry_run_of_an_import_names_the_row_because_there_is_no_pair_yet(relay: Relay, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("mentor,mentee\nanna@b.test,bo@b.test\nanna@gmial.com,bo@b.test\n")
    said = relay("pair", "import", str(file), "--dry-run", "--silent").err
    assert "people.csv:3: mentor: gmial.com is probably mistyped for gmail.com" in said
    assert "add-address" not in said, "there is no pair to add it to"
    assert "add-address" in relay("pair", "import", str(file), "--silent").err


def test_a_database_to_copy_into_that_exists_needs_another_name(home: Home, relay: Relay) -> None:
    said = relay("store", "copy", "sqlite:relay.db", "sqlite:relay.db").err
    assert "relay.db exists already and was not changed; choose another name" in said
    said = relay("store", "copy", "a", "sqlite:b.db").err
    assert "a names no database" in said and "relay.toml" not in said
