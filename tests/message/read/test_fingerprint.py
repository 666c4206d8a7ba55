"""The same letter is the same whichever way it came; another is another."""

from __future__ import annotations

import pytest

from relay.message.read.fingerprint import fingerprint

HEAD = b"Message-ID: <m1@real.example>\r\nDate: Mon, 2 Mar 2026 10:00:00 +0300\r\nSubject: A long\r\n subject\r\n"
LETTER = HEAD + b"\r\nHello\r\n"


@pytest.mark.parametrize(
    "again",
    [
        b"Received: from elsewhere\r\nX-Scanned: yes\r\n" + LETTER,
        LETTER.replace(b"long\r\n subject", b"long subject"),
        LETTER.replace(b"\r\n", b"\n"),
        LETTER + b"\r\n\r\n",
        b"DKIM-Signature: v=1; d=real.example; b=other\r\n" + LETTER,
    ],
)
def test_what_servers_change_makes_no_difference(again: bytes) -> None:
    assert fingerprint(again) == fingerprint(LETTER)


@pytest.mark.parametrize(
    "other",
    [
        HEAD + b"\r\nHello again\r\n",
        LETTER.replace(b"m1@", b"m2@"),
        LETTER.replace(b"10:00:00", b"10:00:01"),
        LETTER.replace(b"A long", b"Another"),
        LETTER.replace(b"Message-ID: <m1@real.example>\r\n", b""),
        HEAD + b"\r\n\r\nHello\r\n",
    ],
)
def test_what_the_author_changes_makes_it_another_letter(other: bytes) -> None:
    assert fingerprint(other) != fingerprint(LETTER)
