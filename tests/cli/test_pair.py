"""relay pair and relay init: output for operators and JSON for scripts."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from relay.cli.command_line import run
from relay.home import Home
from relay.model import JournalEntry, Side
from relay.store import Authorship, Effects, PairsReported, Store

Relay = Callable[..., Any]


def make(relay: Relay, *more: str) -> Any:
    done = relay("pair", "create", "--mentor", "anna@a.test", "--mentee", "bo@b.test", *more, "--json")
    assert done.code == 0, done.err
    return done.objects[0]


def test_pair_create_prints_the_documented_json(relay: Relay) -> None:
    made = make(relay, "--silent", "--mentee-name", "Quiet River", "--cohort", "spring")
    assert set(made) == {"pair", "state", "mentor", "mentee"}
    assert made["state"] == "active"
    assert set(made["mentor"]) == {"name", "alias"}
    assert made["mentee"]["name"] == "Quiet River"
    assert re.fullmatch(r"quiet-river\.[a-z0-9]{12,}@relay\.test", made["mentee"]["alias"])
    (shown,) = relay("pair", "show", made["pair"], "--json").objects
    assert shown["cohort"] == "spring"
    assert {**shown, **made} == shown


@pytest.mark.parametrize(("how", "letters"), [([], 2), (["--no-invite"], 4), (["--silent"], 0)])
def test_a_pair_gets_invitations_or_welcome_letters_or_none(relay: Relay, how: list[str], letters: int) -> None:
    make(relay, *how)
    assert len(relay("queue", "list", "--json").objects) == letters


def test_no_invite_and_silent_contradict_each_other(relay: Relay) -> None:
    done = relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--silent", "--no-invite")
    assert done.code == 2


def test_all_errors_of_both_members_are_reported_at_once(relay: Relay) -> None:
    done = relay("pair", "create", "--mentor", "anna", "--mentee", "b@relay.test")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        "relay: mentor address must look like name@example.org",
        "relay: mentee address is in relay's own domain relay.test: give the member's real address",
    ]


def test_no_output_shows_a_real_address(relay: Relay) -> None:
    pair = make(relay, "--mentor-known-as", "Anna Berg")["pair"]
    for words in (["pair", "list"], ["pair", "show", pair], ["pair", "export"], ["log", "list"], ["queue", "list"]):
        for form in ([], ["--json"]) if words[1] != "export" else ([],):
            done = relay(*words, *form)
            assert done.out
            assert not re.search(r"\banna|bo@|b\.test", done.out + done.err, re.IGNORECASE)  # "Savanna" is a pseudonym


def test_a_pair_is_paused_resumed_and_ended(relay: Relay) -> None:
    pair = make(relay, "--silent")["pair"]
    assert relay("pair", "pause", pair, "--json").objects[0]["state"] == "paused"
    assert relay("pair", "list", "--state", "active").out == ""
    assert relay("pair", "resume", pair.upper(), "--yes", "--json").objects[0]["state"] == "active"
    refused = relay("pair", "end", pair)
    assert refused.code == 2
    assert "Add --yes" in refused.err
    assert relay("pair", "end", pair, "--yes", "--json").objects[0]["state"] == "ended"
    assert relay("pair", "resume", pair).code == 1
    assert relay("pair", "pause", "nix").code == 1


def test_importing_a_file_twice_makes_its_pairs_once(relay: Relay, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("mentor,mentee,mentor_name\na@x.test,b@x.test,Kind Lake\nc@x.test,d@x.test,\n")
    dry = relay("pair", "import", str(file), "--dry-run", "--json")
    assert (dry.code, dry.out) == (0, "")
    assert "new pairs: 2, existing: 0. Nothing was changed." in dry.err
    assert relay("pair", "list").out == ""
    first = relay("pair", "import", str(file), "--silent", "--json")
    assert first.objects[0]["mentor"]["name"] == "Kind Lake"
    assert set(first.objects[1]) == {"pair", "state", "mentor", "mentee"}
    second = relay("pair", "import", str(file), "--json")
    assert second.out == first.out
    assert "new pairs: 0, existing: 2" in second.err
    assert relay("queue", "list").out == ""
    assert len(relay("pair", "import", str(file)).out.splitlines()) == 2


def test_a_wrong_file_changes_nothing(relay: Relay, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("mentor,mentee\na@x.test,b@x.test\nc,d@x.test\n")
    done = relay("pair", "import", str(file))
    assert (done.code, done.err) == (1, "relay: people.csv:3: mentor address must look like name@example.org\n")
    assert relay("pair", "list").out == ""
    assert relay("pair", "import", str(tmp_path / "nowhere.csv")).code == 2


def test_exported_csv_holds_no_spreadsheet_formula(relay: Relay) -> None:
    made = make(relay, "--silent", "--cohort", "=cmd()")
    (row,) = csv.DictReader(io.StringIO(relay("pair", "export").out))
    assert row["pair"] == made["pair"]
    assert row["mentor_alias"] == made["mentor"]["alias"]
    assert row["cohort"] == "'=cmd()"


def test_init_makes_a_home_and_prints_the_next_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new"
    words = ["--home", str(path), "init", "--domain", "Relay.Example.ORG", "--listen", "127.0.0.1:2525"]
    assert run(words) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    for step in ("vault.key", "dns records", "check", "pair create", "serve"):
        assert step in printed.err
    assert 'domain = "relay.example.org"' in Home(path).toml.read_text()
    assert run(words) == 1
    assert "is a home already" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--domain", "localhost"],
        ["--domain", "a.test", "--listen", "here"],
        ["--domain", "a.test", "--smarthost", "mail:x"],
    ],
)
def test_a_wrong_init_makes_nothing(tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(tmp_path / "new"), "init", *words]) == 2
    assert not (tmp_path / "new").exists()


def test_relay_does_not_start_on_a_public_address_without_author_checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["--home", str(tmp_path / "new"), "init", "--domain", "a.test", "--listen", "0.0.0.0:25"])
    assert "Before relay can start" not in capsys.readouterr().err
    monkeypatch.setenv("RELAY_AUTHENTICITY__VERIFY", "none")
    assert run(["--home", str(tmp_path / "new"), "serve"]) == 1
    errors = capsys.readouterr().err
    assert "smtp.listen has 0.0.0.0:25" in errors
    assert json.dumps(errors).count("relay: ") == 1


def test_an_invited_pair_shows_the_consent_of_both(relay: Relay) -> None:
    made = make(relay)
    assert made["state"] == "invited"
    (shown,) = relay("pair", "show", made["pair"], "--json").objects
    assert [(one["side"], one["answer"], one["reminded"]) for one in shown["consent"]] == [
        ("mentor", "", False),
        ("mentee", "", False),
    ]
    assert "the mentee's consent" in relay("pair", "show", made["pair"]).out
    again = relay("pair", "invite", made["pair"])
    assert again.code == 0
    assert len(relay("queue", "list", "--json").objects) == 4
    others = relay("pair", "create", "--mentor", "cy@c.test", "--mentee", "di@d.test", "--silent", "--json")
    refused = relay("pair", "invite", others.objects[0]["pair"])
    assert (refused.code, "only an invited or expired pair" in refused.err) == (1, True)


def test_pairs_are_listed_by_cohort_and_silence_with_their_last_letter_and_turn(relay: Relay, home: Home) -> None:
    pair = make(relay, "--silent", "--cohort", "spring")["pair"]
    (new,) = relay("pair", "list", "--cohort", "spring", "--json").objects
    assert (new["last_letter_at"], new["turn"]) == (None, None)
    assert relay("pair", "list", "--silent-for", "30d", "--json").objects == []
    asyncio.run(wrote(home, pair, datetime.now(UTC) - timedelta(days=40)))
    (silent,) = relay("pair", "list", "--silent-for", "30d", "--json").objects
    assert (silent["pair"], silent["turn"]) == (pair, "mentee")
    assert relay("pair", "list").out.rstrip("\n").split("\t")[-1] == "mentee"
    assert relay("pair", "list", "--cohort", "autumn", "--json").objects == []
    relay("pair", "set-cohort", pair, "autumn")
    assert [one["pair"] for one in relay("pair", "list", "--cohort", "autumn", "--json").objects] == [pair]


async def wrote(home: Home, pair: str, at: datetime) -> None:
    store = await Store.open(home.db, home.read_vault())
    await store.journal.record(JournalEntry("letter1", pair, Side.MENTOR, "letter", at, 10, 20))
    refused = {"outcome": "refused", "reason": "TooLarge"}
    await store.journal.record(JournalEntry("letter2", pair, Side.MENTEE, "refusal", at, 10, 0, **refused))
    await store.close()


def test_welcome_letters_are_sent_again_to_one_or_both(relay: Relay) -> None:
    pair = make(relay, "--silent")["pair"]
    assert relay("pair", "welcome", pair, "mentee").code == 0
    assert len(relay("queue", "list", "--json").objects) == 2
    relay("pair", "welcome", pair)
    assert len(relay("queue", "list", "--json").objects) == 6
    relay("pair", "pause", pair)
    assert "is paused" in relay("pair", "welcome", pair).err


def test_a_mistyped_domain_is_doubted_and_the_pair_is_made(relay: Relay) -> None:
    done = relay("pair", "create", "--mentor", "anna@gmial.com", "--mentee", "bo@b.test", "--silent")
    assert done.code == 0
    assert "mentor: gmial.com is probably mistyped for gmail.com; if so, give the right one" in done.err
    assert "anna@" not in done.err


def test_an_import_doubts_each_domain_once_before_it_changes_anything(relay: Relay, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("mentor,mentee\n" + "".join(f"a{n}@hotmial.com,b{n}@gmail.com\n" for n in range(3)))
    done = relay("pair", "import", str(file), "--dry-run")
    assert done.err.count("hotmial.com is probably mistyped for hotmail.com") == 1
    assert "gmail.com is" not in done.err


@pytest.mark.parametrize(("how", "letters"), [([], 2), (["--silent"], 0)])
def test_both_members_are_told_once_that_their_pair_has_ended(relay: Relay, how: list[str], letters: int) -> None:
    pair = make(relay, "--silent")["pair"]
    assert relay("pair", "end", pair, "--yes", *how).code == 0
    assert relay("pair", "end", pair, "--yes", *how).code == 0
    assert len(relay("queue", "list", "--json").objects) == letters


def test_a_partner_is_replaced_only_when_the_pair_is_over(relay: Relay) -> None:
    made = relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--silent", "--json").objects[0]
    done = relay("pair", "replace", made["pair"])
    assert done.code == 2 and "either --mentor or --mentee" in done.err
    done = relay("pair", "replace", made["pair"], "--mentor", "c@x.test")
    assert done.code == 1 and f"end it first with relay pair end {made['pair']}" in done.err
    relay("pair", "end", made["pair"], "--yes")
    done = relay("pair", "replace", made["pair"], "--mentor", "c@x.test")
    assert done.code == 1 and "no consent of the mentee" in done.err


def test_a_programme_for_people_under_18_needs_guardians(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    people = ("--mentor", "a@x.test", "--mentee", "b@x.test")
    done = relay("pair", "create", *people, "--mentee-guardian", "g@x.test")
    assert done.code == 1 and "people under 18 are refused" in done.err
    monkeypatch.setenv("RELAY_PROGRAMME__UNDER_18", "guardian")
    assert "mentee guardian is missing" in relay("pair", "create", *people).err
    done = relay("pair", "create", *people, "--mentee-guardian", "g@x.test", "--silent")
    assert done.code == 1 and "Leave out --no-invite and --silent" in done.err
    made = relay("pair", "create", *people, "--mentee-guardian", "g@x.test", "--json").objects[0]
    shown = relay("pair", "show", made["pair"], "--json").objects[0]
    assert [(one["side"], one["guardian"]) for one in shown["consent"]] == [
        ("mentor", False),
        ("mentee", False),
        ("mentee", True),
    ]
    assert "the mentee's guardian's consent" in relay("pair", "show", made["pair"]).out
    assert "g@x.test" not in relay("member", "show", made["pair"], "mentee").out


def reported(home: Home, pair: str) -> None:
    async def report() -> None:
        store = await Store.open(home.db, home.read_vault())
        member = await store.members.on(pair, Side.MENTEE)
        assert member is not None
        now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        change = PairsReported(member.number, member.parts, Authorship.PROVEN, now, "contact")
        await store.commit(Effects(changes=(change,)))
        await store.close()

    asyncio.run(report())


def test_a_reported_pair_is_shown_and_goes_on_only_with_a_reason(relay: Relay, home: Home) -> None:
    pair = make(relay, "--silent")["pair"]
    reported(home, pair)
    shown = relay("pair", "show", pair).out
    assert "by the mentee on 2026-03-01 12:00 UTC, proven; told: the contact, not answered yet" in shown
    (one,) = relay("pair", "show", pair, "--json").objects
    assert (one["state"], one["reports"][0]["side"], one["reports"][0]["told"]) == ("reported", "mentee", "contact")
    assert [row["state"] for row in relay("pair", "list", "--json").objects] == ["reported"]
    for verb in ("resume", "end"):
        done = relay("pair", verb, pair, "--yes")
        assert done.code == 1 and "give with --reason why you decide so" in done.err
    assert relay("pair", "pause", pair, "--yes").code == 1
    assert relay("pair", "resume", pair, "--reason", "they talked").code == 0
    (one,) = relay("pair", "show", pair, "--json").objects
    assert (one["state"], one["reports"]) == ("active", [])
    (moved,) = [row for row in relay("log", "events", "--json").objects if row.get("why") == "they talked"]
    assert moved["who"]
    assert len(relay("queue", "list", "--json").objects) == 2
