"""The verbs that show things: log, queue, held, preview, dns, check."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from relay.home import Home
from relay.message.write.dkim_sign import public_record
from relay.message.write.dkimpy_check import verifies
from relay.model import JournalEntry, NewDelivery, Side
from relay.settings_file import load
from relay.store import Acceptance, Store

Relay = Callable[..., Any]
LETTER = b"Subject: hello\r\nDate: Sun, 01 Mar 2026 12:00:00 +0000\r\n\r\nA \x1b[31mred\x1b[0m word.\r\n"


@pytest.fixture
def pair(home: Home, relay: Relay) -> str:
    """A pair with one kept letter from the mentor, accepted two days ago, and one refusal from today."""
    done = relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--silent", "--json")
    pair_id: str = done.objects[0]["pair"]

    async def fill() -> None:
        store = await Store.open(home.db, home.read_vault())
        at = datetime.now(UTC)
        entry = JournalEntry("letter1", pair_id, Side.MENTOR, "letter", at - timedelta(days=2), 10, 20, {"header": 3})
        delivery = NewDelivery("delivery1", "letter1", "b@x.test", "b-token@relay.test", LETTER, at)
        await store.accept([Acceptance(entry, None, (delivery,), keep=True)])
        await store.journal.record(
            JournalEntry("refusal1", None, None, "refusal", at, 10, 0, {}, "refused", "UnknownAlias")
        )
        await store.close()

    asyncio.run(fill())
    return pair_id


def test_the_log_lists_letters_and_refusals_the_newest_last(relay: Relay, pair: str) -> None:
    assert [one["id"] for one in relay("log", "list", "--json").objects] == ["letter1", "refusal1"]
    line = relay("log", "list").out.splitlines()[0].split("\t")
    assert [line[0], *line[2:6], line[7]] == ["letter1", pair, "mentor", "letter", "accepted", "3"]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["--since", "1d"], ["refusal1"]),
        (["--since", "3d"], ["letter1", "refusal1"]),
        (["--since", "2000-01-01"], ["letter1", "refusal1"]),
        (["--since", "2000-01-01T10:00Z", "--limit", "1"], ["refusal1"]),
        (["--since", "2999-01-01"], []),
    ],
)
def test_the_log_can_be_limited_by_time_and_number(relay: Relay, pair: str, words: list[str], ids: list[str]) -> None:
    assert [one["id"] for one in relay("log", "list", *words, "--json").objects] == ids


def test_the_log_can_be_limited_to_one_pair(relay: Relay, pair: str) -> None:
    assert [one["id"] for one in relay("log", "list", "--pair", pair.upper(), "--json").objects] == ["letter1"]
    assert relay("log", "list", "--pair", "nix").out == ""


def test_text_that_is_no_time_is_a_usage_error(relay: Relay) -> None:
    assert relay("log", "list", "--since", "yesterday").code == 2


def test_a_journal_entry_is_shown_without_the_letter(relay: Relay, pair: str) -> None:
    (shown,) = relay("log", "show", "letter1", "--json").objects
    assert shown["removed"] == {"header": 3}
    assert shown["letter_kept"] is True
    assert "letter" not in shown
    assert "red" not in relay("log", "show", "letter1").out.replace("delivered", "").replace("removed", "")
    assert relay("log", "show", "nothing").code == 1


def test_a_letter_is_read_only_for_a_reason_and_that_is_recorded(relay: Relay, pair: str) -> None:
    assert relay("log", "show", "letter1", "--letter").code == 2
    done = relay("log", "show", "letter1", "--letter", "--reason", "REPORT of 3 March")
    assert "Subject: hello\nDate: Sun, 01 Mar 2026 12:00:00 +0000\n\nA �[31mred�[0m word.\n" in done.out
    last = relay("log", "events", "--json").objects[-1]
    assert (last["event"], last["pair"], last["id"], last["why"]) == ("read", pair, "letter1", "REPORT of 3 March")


def test_the_whole_log_is_exported_one_object_a_line(relay: Relay, pair: str) -> None:
    assert all("letter" not in one for one in relay("log", "export").objects)
    assert relay("log", "export", "--letters").code == 2
    found = relay("log", "export", "--letters", "--reason", "moving away").objects
    assert [one["letter"] for one in found] == [LETTER.decode(), None]
    last = relay("log", "events", "--json").objects[-1]
    assert (last["event"], last["letters"], last["why"]) == ("read", "all", "moving away")


def test_the_queue_is_listed_shown_held_retried_and_dropped(relay: Relay, pair: str) -> None:
    (row,) = relay("queue", "list", "--json").objects
    assert (row["id"], row["journal_id"], row["state"]) == ("delivery1", "letter1", "queued")
    assert relay("queue", "show", "delivery1", "--json").objects == [row | {"meaning": ""}]
    assert "by\ta member" in relay("queue", "show", "delivery1").out
    assert relay("queue", "hold", "delivery1").code == 0
    assert relay("queue", "list").out.split("\t")[2] == "held"
    assert relay("queue", "retry", "--all").err == "0 deliveries are due now.\n"
    assert relay("queue", "release", "delivery1").code == 0
    assert relay("queue", "list").out.split("\t")[2] == "queued"
    assert relay("queue", "release", "delivery1").code == 1
    assert relay("queue", "retry", "delivery1").code == 0
    assert relay("queue", "drop", "delivery1").code == 2
    assert relay("queue", "drop", "delivery1", "--yes").code == 0
    assert relay("queue", "list").out == ""
    assert relay("log", "show", "letter1", "--json").objects[0]["outcome"] == "failed"


def test_a_letter_that_cannot_be_signed_anew_stays_held_until_the_key_is_back(
    relay: Relay, home: Home, pair: str
) -> None:
    relay("queue", "hold", "delivery1")
    key = home.keys / "relay-ed25519.pem"
    pem = key.read_text()
    for broken, why in ((None, f"{key} is missing"), ("nonsense", "letter1 stays held: it cannot be signed")):
        key.unlink() if broken is None else key.write_text(broken)
        for command in (("queue", "release"), ("held", "release"), ("queue", "retry")):
            done = relay(*command, "delivery1")
            assert done.code == 1 and why in done.err
        assert [one["state"] for one in relay("held", "list", "--json").objects] == ["held"]
    key.write_text(pem)
    before = datetime.now(UTC).replace(microsecond=0)
    assert relay("held", "release", "letter1").code == 0
    (shown,) = relay("log", "export", "--letters", "--reason", "a test").objects[:1]
    assert before <= parsedate_to_datetime(message_from_string(shown["letter"])["Date"]) <= datetime.now(UTC)
    settings = load(home.toml, {})
    records = {f"{name}._domainkey.{settings.domain}": public_record(pem) for name, pem in home.dkim_keys(settings)}
    assert verifies(shown["letter"].encode(), records)


def test_a_held_letter_is_listed_and_released_or_refused_with_a_notice(relay: Relay, home: Home, pair: str) -> None:
    assert relay("held", "list").out == ""
    assert relay("held", "show", "delivery1").code == 1
    relay("queue", "hold", "delivery1")
    (row,) = relay("held", "list", "--json").objects
    assert (row["id"], row["journal_id"]) == ("delivery1", "letter1")
    assert relay("held", "show", "delivery1").out.startswith("id\tdelivery1\nletter\tletter1\n")
    assert relay("held", "release", "delivery1").code == 0
    assert relay("held", "release", "delivery1").code == 1
    relay("queue", "hold", "delivery1")
    assert relay("held", "refuse", "delivery1").code == 2
    assert relay("held", "refuse", "delivery1", "--yes").code == 0
    assert relay("log", "show", "letter1", "--json").objects[0]["outcome"] == "failed"
    (notice,) = relay("queue", "list", "--json").objects
    assert (notice["journal_id"], notice["notice"]) == ("letter1-r", True)


@pytest.mark.parametrize("verb", ["show", "hold", "release", "retry", "drop"])
def test_an_unknown_delivery_is_an_error(relay: Relay, verb: str) -> None:
    done = relay("queue", verb, "nothing", *(["--yes"] if verb == "drop" else []))
    assert done.code == 1
    assert "no such delivery is waiting" in done.err


def test_retry_needs_ids_or_all_and_not_both(relay: Relay) -> None:
    assert relay("queue", "retry").code == 2
    assert relay("queue", "retry", "x", "--all").code == 2


def test_a_letter_is_previewed_without_a_home(relay: Relay, tmp_path: Path) -> None:
    file = tmp_path / "letter.eml"
    file.write_bytes(
        b"From: Anna Berg <anna@a.test>\r\nTo: x@relay.test\r\nSubject: Hi\r\nX-Mailer: Secret 3\r\n\r\n"
        b"Hello there.\r\n-- \r\nAnna Berg\r\n"
    )
    done = relay("--home", str(tmp_path), "preview", str(file), "--json")
    assert done.code == 0, done.err
    (seen,) = done.objects
    assert set(seen) == {"subject", "text", "html", "attachments", "removals", "asks", "letter", "refused"}
    assert seen["subject"] == "Hi"
    assert "Hello there." in seen["text"]
    assert seen["removals"]
    assert not {"Anna", "Secret"} & set(done.out.replace('"', " ").split())
    plain = relay("preview", str(file)).out
    assert plain.startswith("Subject: Hi\n\nHello there.")
    assert "\nRemoved\n" in plain


def test_a_preview_with_known_as_words_leaves_them_out(relay: Relay, tmp_path: Path) -> None:
    file = tmp_path / "letter.eml"
    file.write_bytes(b"From: anna@a.test\r\nSubject: Hi\r\n\r\nI run the Fernhill Pottery.\r\n")
    assert "Fernhill" in relay("preview", str(file)).out
    assert "Fernhill" not in relay("preview", str(file), "--known-as", "Fernhill Pottery").out


def test_a_preview_for_a_pair_is_what_that_pair_would_relay(relay: Relay, tmp_path: Path) -> None:
    file = tmp_path / "letter.eml"
    file.write_bytes(b"From: x@other.test\r\nSubject: Hi\r\n\r\nDear Omar, I run the Fernhill Pottery. Anna\r\n")
    people = ("--mentor", "anna@a.test", "--mentee", "omar@b.test", "--mentor-known-as", "Fernhill Pottery")
    names = ("--mentor-name", "Kind Lake", "--mentee-known-as", "Omar Said")
    pair = relay("pair", "create", *people, *names, "--silent", "--json").objects[0]["pair"]
    done = relay("preview", str(file), "--pair", pair, "--side", "mentor", "--json")
    assert done.code == 0, done.err
    (seen,) = done.objects
    assert "I run the Kind Lake" in seen["text"]
    assert "From: Kind Lake <" in seen["letter"].replace('"', "")
    assert not [words for words in ("Fernhill", "omar@b.test", "anna@a.test") if words in done.out]
    relay("pair", "pause", pair)
    assert "paused" in relay("preview", str(file), "--pair", pair, "--side", "mentor").err
    assert relay("preview", str(file), "--pair", pair).code == 2


def test_previewing_a_letter_that_would_be_refused_exits_with_1_and_says_why(relay: Relay, tmp_path: Path) -> None:
    file = tmp_path / "letter.eml"
    file.write_bytes(b"no header at all")
    done = relay("preview", str(file), "--json")
    assert done.code == 1
    assert done.objects[0]["refused"][:1] == "5"
    assert "would be refused" in done.err


def test_dns_records_are_printed_as_a_zone_and_as_json(relay: Relay) -> None:
    done = relay("dns", "records")
    assert done.out.splitlines()[0] == "relay.test. 3600 IN MX 10 relay.test."
    assert "A or AAAA" in done.err
    found = relay("dns", "records", "--json").objects
    assert {"name": "relay.test", "type": "TXT", "value": "v=spf1 mx -all"} in found
    assert len(found) == 7


def test_check_prints_findings_and_fails_only_on_errors(home: Home, relay: Relay) -> None:
    done = relay("check", "--local", "--json")
    (found,) = done.objects
    assert found["ok"] is (done.code == 0)
    assert {"level", "what", "remedy"} == set(found["findings"][0])
    home.vault_key.chmod(0o644)
    done = relay("check", "--local")
    assert done.code == 1
    assert f"error\t{home.vault_key} is open to other users (mode 644)\tchmod 600 {home.vault_key}\n" in done.out
    assert json.loads(relay("check", "--local", "--json").out)["ok"] is False
