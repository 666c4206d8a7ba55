"""An answer to an invitation tells no hour and no zone, in the subject and below it; plans of people stay."""

# ruff: noqa: E501 -- rows of lines

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.anonymise.answered_meetings import find
from relay.anonymise.identities import replaced
from relay.model import Message

Arrive = Callable[..., Message]
ANSWERS = tomllib.loads((files("relay.anonymise") / "calendar_answers.toml").read_text("utf-8"))


def without(text: str) -> str:
    """The text as it goes on."""
    return replaced(text, find(text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Accepted: Plan @ Tue 3 Feb 2026 21:14 (CET)", "Accepted: Plan @ Tue 3 Feb 2026"),
        ("Accepted: Plan @ Tue Feb 3, 2026 9:14pm - 10:14pm (CET) (anna@x.example)", "Accepted: Plan @ Tue Feb 3, 2026"),
        ("Re: Declined: Plan @ Tue Feb 3, 2026 9pm - 10pm (GMT+1) (anna@x.example)", "Re: Declined: Plan @ Tue Feb 3, 2026"),
        ("Angenommen: Plan @ Di. 03.02.2026 um 21:14 - 22:14 (MEZ) (a@x.example)", "Angenommen: Plan @ Di. 03.02.2026"),
        ("Accepté : Plan - mar. 3 févr. 2026 21:14 - 22:14 (heure normale d’Europe centrale)",
         "Accepté : Plan - mar. 3 févr. 2026"),
        ("承諾: 会議 @ 2026年 2月 3日 (火) 午後9:14～10:14 (JST) (a@x.example)", "承諾: 会議 @ 2026年 2月 3日 (火)"),
        ("Принято: План @ вт 3 февр. 2026 21:14 – 22:14 (MSK)", "Принято: План @ вт 3 февр. 2026"),
        ("Anna has accepted this invitation.\n\nPlan\nTuesday Feb 3, 2026 ⋅ 9:14pm – 10:14pm\nCentral European Time - Prague\n\nSee you.",
         "Anna has accepted this invitation.\n\nPlan\nTuesday Feb 3, 2026\n\n\nSee you."),
        ("Anna hat diese Einladung angenommen.\nWann: Di, 3. Feb. 2026 21:14 - 22:14 (MEZ)\nbis dann",
         "Anna hat diese Einladung angenommen.\nWann: Di, 3. Feb. 2026\nbis dann"),
    ],
)  # fmt: skip
def test_the_hour_goes_and_the_day_stays(text: str, left: str) -> None:
    assert without(text) == left


@pytest.mark.parametrize("label", [label for one in ANSWERS.values() for label in one["labels"]])
def test_in_every_language(label: str) -> None:
    assert (
        without(f"{label.capitalize()}: Plan @ 2026-02-03 21:14 (UTC+01:00)")
        == f"{label.capitalize()}: Plan @ 2026-02-03"
    )


@pytest.mark.parametrize("says", [says for one in ANSWERS.values() for says in one["says"]])
def test_below_what_says_so_in_every_language(says: str) -> None:
    text = f"Anna {says.replace('*', '…')}.\n\n2026-02-03 21:14 (UTC+01:00)\n\nSee you."
    assert "21:14" not in without(text) and without(text).endswith("\n\nSee you.")


@pytest.mark.parametrize(
    "text",
    [
        "Plan: reading @ Tue 3 Feb 2026 21:14 (CET)", "Maybe: tea - Tue 3 Feb 2026 21:14", "Accepted: by 21:14 we were home",
        "Invitation: Plan @ Tue 3 Feb 2026 21:14 - 22:14 (CET)", "Accepted: the terms @ home", "Tuesday, 3 Feb 2026 21:14 (CET)",
        "Anna has accepted this invitation, and we meet on Tuesday, 3 Feb 2026, at 21:14 by the lake.",
        "He has accepted the invitation to dinner at 9.\nWe begin on 3 February 2026 at 21:00, by the lake.",
    ],
)  # fmt: skip
def test_plans_of_people_stay(text: str) -> None:
    assert without(text) == text


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("mark", ["", "> "])
def test_in_subject_text_and_html_and_in_quotations(kind: str, mark: str, arrives: Arrive) -> None:
    line = "Accepted: Plan @ Tue 3 Feb 2026 21:14 (CET)"
    message = arrives(f"{line}\n\nSee you.", kind, mark, line)
    for told in (message.subject, message.text or "", message.html or ""):
        assert "Plan @ Tue 3 Feb 2026" in told and "21:14" not in told and "CET" not in told


@pytest.mark.parametrize(
    "piece", ["Accepted: @ 21:14 ", "has accepted this invitation\n21:14\n", "a: b @ ", "a: - 1 ", "(21:14"]
)
def test_a_hostile_text_costs_little(piece: str) -> None:
    begun = time.process_time()
    find((piece * 100_000)[:100_000])
    assert time.process_time() - begun < 3
