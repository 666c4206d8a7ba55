"""A header block whose fields stand in one line or a wrapped paragraph tells no time and nobody; its words stay."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.anonymise.history.labels import LABELS, Field, field_of
from relay.anonymise.names.fold import skeleton_of
from relay.model import Message

Arrive = Callable[..., Message]
Q = "Quiet River <quiet-river.p9@relay.example.org>"
NORA = "Nora Quill <nora@nordquell.example>"
ABOVE = "Dear friend,\n\nthank you for your words about bowls.\n\n"
LANGUAGES = tomllib.loads((files("relay.anonymise.history") / "labels.toml").read_text("utf-8"))["languages"]
TOLD = ("21:14", "9:14", "2026", "Nora", "Quill", "nordquell", "Paul", "Norwood", "Jane", "Whitcombe")


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("mark", ["", "> "])
@pytest.mark.parametrize(
    "block",
    [
        f"From: {Q} Sent: Tuesday, 3 February 2026 21:14:05 To: Jane Whitcombe Subject: clay",
        f"-----Original Message----- From: {NORA} Sent: Tuesday, 3 February 2026 21:14 To: Jane Whitcombe Subject: c",
        f"-----Original Message-----\nFrom: {NORA} Sent: Tuesday, 3 February\n2026 21:14:05 To: Jane Whitcombe\n"
        "Cc: Paul Norwood <paul@x.example> Subject: clay",
        "*From:* Nora Quill *Sent:* Tuesday, February 3, 2026 9:14 PM *To:* Jane Whitcombe *Subject:* Re: clay",
        "Von: Nora Quill | Gesendet: Dienstag, 3. Februar 2026 21:14 | An: Jane Whitcombe | Betreff: clay",
        f"De : {NORA} Envoyé : mardi 3 février 2026 21:14 À : Jane Whitcombe Objet : clay",
        f"发件人: {NORA} 发送时间: 2026年2月3日 21:14 收件人: Jane Whitcombe 主题: clay",
        f"Subject: clay From: {NORA} To: Jane Whitcombe Date: Tue, 3 Feb 2026 21:14:05 +0100",
        f"Subject: clay Date: Tue, 3 Feb 2026 21:14:05 +0100 To: Jane Whitcombe From: {NORA}",
    ],
)
def test_times_and_people_go(block: str, mark: str, kind: str, arrives: Arrive) -> None:
    if kind == "plain":
        quoted = "\n".join(mark + line for line in f"{block}\n\nhello there".split("\n"))
        done = arrives(ABOVE + quoted)
    else:
        done = arrives(f"{block}\n\nhello there", kind, mark)
    left = f"{done.text}{done.html}"
    assert "hello there" in left
    assert not [told for told in TOLD if told in left.replace("relay.example", "")]


@pytest.mark.parametrize("row", LANGUAGES.values(), ids=LANGUAGES)
def test_in_every_language(row: str, arrives: Arrive) -> None:
    labels = {LABELS[skeleton_of(one)]: one for one in reversed(row.split("|"))}
    when = labels.get(Field.SENT) or labels.get(Field.DATE, "date")
    people = {Field.FROM: NORA, Field.TO: "Jane Whitcombe", Field.SUBJECT: "clay"}
    said = [f"{labels[field].capitalize()}: {value}" for field, value in people.items() if field in labels]
    said.insert(1, f"{when.capitalize()}: 03.02.2026 21:14")
    left = arrives(f"{ABOVE}{' '.join(said)}\n\nhello there").text or ""
    assert "hello there" in left and "21:14" not in left and "Nora" not in left


@pytest.mark.parametrize(
    "words",
    [
        "Date: 3 Feb 2026 21:14 From: Prague To: Vienna Seat: 42",
        "From: the mill To: the river Distance: two miles, and the clock said 21:14 in 2026.",
        "I write to: you, from: here, sent: never. It is 21:14, 3 Feb 2026, and cold.",
        "Abfahrt: Prag 3. Februar 2026 21:14 Ankunft: Wien Gleis: 3 Wagen: 12",
        "Time: 9:14 Subject: maths Room: 12 Teacher: none in 2026",
    ],
)
def test_lists_of_people_stay(words: str, arrives: Arrive) -> None:
    assert words in (arrives(f"{ABOVE}{words}\n\nhello there").text or "")


def test_words_behind_the_block_stay(arrives: Arrive) -> None:
    block = f"From: {NORA} Sent: Tuesday, 3 February 2026 21:14 To: Jane Whitcombe Subject: clay Dear friend, it is"
    left = arrives(f"{ABOVE}> {block}\n> 9:14 in the morning of my first day.").text or ""
    assert "Subject: clay Dear friend, it is" in left and "9:14 in the morning of my first day." in left
    late = f"Subject: clay From: {NORA} To: Jane Whitcombe Sent: Tuesday, 3 February 2026 21:14 It was cold, all of us"
    assert "It was cold, all of us" in (arrives(f"{ABOVE}> {late}\n> were glad.").text or "")


@pytest.mark.parametrize(
    ("label", "field"),
    [("主  题", Field.SUBJECT), ("主　题", Field.SUBJECT), ("日 期", Field.DATE), ("抄 送", Field.COPY), ("a n", None)],
)
def test_a_label_is_known_with_blanks_between_its_signs(label: str, field: Field | None) -> None:
    assert field_of(label) is field
