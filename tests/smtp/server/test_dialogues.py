"""Conversations as they stand in dialogues/*.txt: "C:" is said, "S:" is how the answer begins, "(closed)" the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda path: path.stem)
async def test_the_conversation_goes_as_written(dialogue, house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    for number, line in enumerate(dialogue.read_text().splitlines(), 1):
        side, words = line[:2], line[3:]
        if side == "C:":
            await talk.say(words)
        elif side == "S:":
            heard = await asyncio.wait_for(talk.reader.readline(), 30)
            expected = b"" if words == "(closed)" else words.encode()
            assert heard.startswith(expected) and bool(heard) == bool(expected), (
                f"line {number}: {words!r}, got {heard!r}"
            )
        else:
            assert line.startswith("#") or not line


async def test_what_arrived_is_what_the_dialogue_said(house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    for words in (
        "EHLO client.example",
        "MAIL FROM:<Jürgen@HOME.example> SMTPUTF8",
        "RCPT TO:<Amber@RELAY.example.org>",
        "RCPT TO:<postmaster>",
        "RCPT TO:<Amber@relay.example.org>",
        "DATA",
        "Subject: x\r\n\r\n..y\r\n.",
    ):
        answer = await talk.ask(words)
    assert answer == "250 2.0.0 accepted as k7f3q2"
    (envelope,) = house.letters
    assert envelope.return_path == "Jürgen@home.example"
    assert envelope.recipients == ("Amber@relay.example.org", "postmaster@relay.example.org")
    assert envelope.content == b"Subject: x\r\n\r\n.y\r\n"
    assert envelope.peer == "127.0.0.1"
    assert envelope.smtputf8
