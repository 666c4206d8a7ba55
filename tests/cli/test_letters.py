"""relay letters, and the languages of members."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest

from relay.home import Home
from relay.letters.catalogue import catalogue

Relay = Callable[..., Any]


def test_every_letter_is_listed_with_its_languages(relay: Relay) -> None:
    listed = relay("letters", "list", "--json").objects
    assert [one["name"] for one in listed] == list(catalogue())
    assert all(one["languages"] == ["en", "ar", "es", "fr", "hi", "sw"] for one in listed)
    done = relay("letters", "list")
    assert len(done.out.splitlines()) == len(catalogue())
    assert "Arabic (ar), Spanish (es), French (fr), Hindi (hi), Swahili (sw)" in done.err


def test_a_letter_is_shown_with_each_of_its_samples(relay: Relay) -> None:
    shown = relay("letters", "show", "undeliverable", "--language", "fr", "--json").objects
    assert [one["sample"]["reason"] for one in shown] == ["gone", "later", "smaller", "ask"]
    assert {one["language"] for one in shown} == {"fr"}
    done = relay("letters", "show", "welcome")
    assert done.out.startswith("Subject: Hello, and how to write\n\nHello,\n")


def test_a_language_without_letters_falls_back_and_says_so(relay: Relay) -> None:
    done = relay("letters", "show", "welcome", "--language", "tlh")
    assert done.code == 0
    assert done.err == "There are no letters in tlh; this one is in English (en).\n"
    assert relay("letters", "show", "welcome", "--language", "ar").err == "The letters in Arabic (ar) are a draft.\n"


def test_an_unknown_letter_is_a_usage_error(relay: Relay) -> None:
    assert relay("letters", "show", "nothing").code == 2


def test_all_letters_in_all_languages_are_one_page(relay: Relay, tmp_path: Path) -> None:
    assert relay("letters", "list", "--html", str(tmp_path / "all.html")).code == 0
    page = (tmp_path / "all.html").read_text("utf-8")
    for name, entry in catalogue().items():
        assert f'<h2 id="{name}">' in page
        assert escape(entry.when) in page
    letters = sum(len(entry.samples) for entry in catalogue().values())
    assert page.count('<div lang="ar" dir="rtl"') == page.count('<div lang="sw" dir="ltr"') == letters


def test_one_letter_can_be_written_as_a_page(relay: Relay, tmp_path: Path) -> None:
    assert relay("letters", "show", "welcome", "--language", "ar", "--html", str(tmp_path / "one.html")).code == 0
    assert (tmp_path / "one.html").read_text("utf-8").count('dir="rtl"') == 2


def test_the_operators_own_template_is_shown(relay: Relay, home: Home) -> None:
    (home.templates / "en").mkdir(parents=True)
    (home.templates / "en/confirm-address.txt").write_text("Subject: Post!\n\nThe code is {{ code }}.\n")
    assert relay("letters", "show", "confirm-address").out.startswith("Subject: Post!\n\nThe code is K7F3Q2.\n")


@pytest.mark.parametrize("how", [[], ["--silent"]])
def test_each_member_has_a_language_and_one_without_letters_is_reported(relay: Relay, how: list[str]) -> None:
    people = ("--mentor", "a@x.test", "--mentee", "b@x.test", "--mentor-language", "sw", "--mentee-language", "tlh")
    done = relay("pair", "create", *people, *how, "--json")
    assert "There are no letters in tlh: relay writes to members with that language in English (en)." in done.err
    assert "Swahili" not in done.err
    (shown,) = relay("pair", "show", done.objects[0]["pair"], "--json").objects
    assert (shown["language"], shown["mentor_language"], shown["mentee_language"]) == ("en", "sw", "tlh")


def test_a_csv_file_can_give_the_members_languages(relay: Relay, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("mentor,mentee,language,mentor_language,mentee_language\na@x.test,b@x.test,fr,,xx-YY\n")
    done = relay("pair", "import", str(file), "--silent", "--json")
    assert "There are no letters in xx-YY" in done.err
    (shown,) = relay("pair", "show", done.objects[0]["pair"], "--json").objects
    assert (shown["language"], shown["mentor_language"], shown["mentee_language"]) == ("fr", "", "xx-YY")


def test_text_that_is_no_language_tag_is_refused(relay: Relay) -> None:
    done = relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--mentee-language", "en_GB")
    assert (done.code, done.err) == (1, "relay: mentee language must be a tag such as en, ar or pt-BR\n")


def test_a_member_without_letters_in_their_language_gets_the_programmes(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAY_PROGRAMME__LANGUAGES", '["fr", "en"]')
    done = relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--mentee-language", "tlh", "--json")
    assert "in French (fr)" in done.err
    (shown,) = relay("pair", "show", done.objects[0]["pair"], "--json").objects
    assert shown["language"] == "fr"


def test_check_says_which_languages_have_no_letters_or_a_draft(relay: Relay) -> None:
    people = ("--mentor", "a@x.test", "--mentee", "b@x.test", "--mentor-language", "sw-KE", "--mentee-language", "tlh")
    relay("pair", "create", *people, "--silent")
    said = [one["what"] for one in relay("check", "--local", "--json").objects[0]["findings"]]
    assert "there are no letters in tlh; relay writes to members with that language in English (en)" in said
    assert "the letters in Swahili (sw) are a draft" in said


def test_a_members_language_can_be_changed(relay: Relay) -> None:
    made = relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--silent", "--json").objects[0]
    assert relay("member", "set-language", made["pair"], "mentee", "ar").code == 0
    (shown,) = relay("pair", "show", made["pair"], "--json").objects
    assert (shown["mentor_language"], shown["mentee_language"]) == ("", "ar")
    assert "There are no letters in tlh" in relay("member", "set-language", "a@x.test", "tlh").err
    assert relay("member", "set-language", made["pair"], "mentee", "en_GB").code == 1


def test_a_members_time_zone_and_discretion_can_be_set(relay: Relay) -> None:
    people = (
        "--mentor",
        "a@x.test",
        "--mentee",
        "b@x.test",
        "--mentor-time-zone",
        "Europe/Paris",
        "--mentee-discreet",
        "on",
    )
    made = relay("pair", "create", *people, "--silent", "--json").objects[0]
    (shown,) = relay("pair", "show", made["pair"], "--json").objects
    assert (shown["mentor_time_zone"], shown["mentee_time_zone"]) == ("Europe/Paris", "")
    assert relay("member", "show", made["pair"], "mentee", "--json").objects[0]["discreet"] is True
    assert (
        relay("member", "time-zone", "b@x.test", "africa/nairobi", "--json").objects[0]["time_zone"] == "Africa/Nairobi"
    )
    assert relay("member", "discreet", made["pair"], "mentee", "off").code == 0
    (mentee,) = relay("member", "show", made["pair"], "mentee", "--json").objects
    assert (mentee["time_zone"], mentee["discreet"], mentee["language"]) == ("Africa/Nairobi", False, "")
    wrong = relay("member", "time-zone", made["pair"], "mentee", "Nairobi")
    assert wrong.code == 1 and 'such as "Africa/Nairobi"' in wrong.err
