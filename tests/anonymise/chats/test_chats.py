"""Messages that were copied out of a chat keep their words, and lose the clock and the names that the program wrote."""

from __future__ import annotations

import time

import pytest

from relay.anonymise.chats import find
from relay.anonymise.identities import Redactor, replaced
from relay.model import Identity, Known, Persona

_KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
    Identity(("tom.ashdown@gmx.example",), ("Tom Ashdown",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)


def cleaned(text: str) -> str:
    return replaced(text, find(text, Redactor(_KNOWN, text)))


@pytest.mark.parametrize(
    ("program", "text", "clean"),
    [
        ("Teams", "[9:14 AM] Petra Nowak\nHi.\n[9:15 AM] Jane Whitcombe\nHo.", "…:\nHi.\nAmber Heron:\nHo."),
        ("Teams, a day", "[2/3/2026 9:14 AM] Nowak, Petra\nhello there", "…:\nhello there"),
        (
            "Teams, new",
            "Petra Nowak\nYesterday 4:12 PM\nWell?\n\nJane Whitcombe\nYesterday 4:15 PM\nNo.",
            "…:\nWell?\n\nAmber Heron:\nNo.",
        ),
        (
            "WhatsApp on Android",
            "03/02/2026, 21:14 - Petra: so: hi\n03/02/2026, 21:15 - Jane Whitcombe: <Media omitted>",
            "…: so: hi\nAmber Heron: <Media omitted>",
        ),
        ("WhatsApp, German", "03.02.26, 21:14 - Petra: Ja\n03.02.26, 21:19 - Petra: Gut", "…: Ja\n…: Gut"),
        ("WhatsApp, a number", "3/2/26, 9:14 p. m. - +44 7700 900123: a\n3/2/26, 9:15 p. m. - Jane: b", None),
        ("WhatsApp, Arabic", "٣/٢/٢٠٢٦، ٩:١٤ م - ليلى: مرحبا\n٣/٢/٢٠٢٦، ٩:١٥ م - ليلى: أهلا", "…: مرحبا\n…: أهلا"),
        ("WhatsApp on iOS", "[03/02/2026, 21:14:05] Petra Nowak: Can you?", "…: Can you?"),
        ("WhatsApp Web", "> [21:14, 03/02/2026] Petra Nowak: hi", "> …: hi"),
        ("Skype", "[03/02/2026 21:14:05] Petra Nowak: hi", "…: hi"),
        ("Telegram", "Petra Nowak, [3 Feb 2026 at 21:14:02]:\nhi", "…:\nhi"),
        ("Telegram, digits", "Petra, [03.02.2026 21:14]\nhi", "…:\nhi"),
        ("Signal", "Petra (Feb 3, 2026, 9:14 PM): hi\nYou (Feb 3, 2026, 9:15 PM): ho", "…: hi\nAmber Heron: ho"),
        (
            "Slack",
            "Petra Nowak  9:14 AM\nPlease\nJane Whitcombe  9:20 AM\nYes\n9:21\nall",
            "…:\nPlease\nAmber Heron:\nYes\nall",
        ),
        ("Slack, older", "petra.nowak\n  [9:14 AM]\nPlease\njane [9:20 AM]\nYes", "…:\nPlease\nAmber Heron:\nYes"),
        ("Google Chat", "Petra Nowak, Tue 9:14 AM\nhi\nYou, Tue 9:16 AM\nho", "…:\nhi\nAmber Heron:\nho"),
        ("Discord", "petra_n — Today at 9:14 PM\nhi\njanew — Today at 9:15 PM\nho", "…:\nhi\nAmber Heron:\nho"),
        (
            "Discord, German",
            "petra_n — Heute um 21:14 Uhr\nhi\njane — Heute um 21:16 Uhr\nho",
            "…:\nhi\nAmber Heron:\nho",
        ),
        ("Discord, dense", "[9:14 PM]petra_n: hi\n[9:15 PM]janew: ho", "…: hi\nAmber Heron: ho"),
        ("IRC", "[21:14] <petra> hi\n[21:15] <jane> ho", "…: hi\nAmber Heron: ho"),
        ("LINE", "21:14\tPetra\thi\n21:16\tJane\tho", "…: hi\nAmber Heron: ho"),
        ("KakaoTalk", "[김민수] [오후 9:14] 안녕\n[김민수] [오후 9:16] 뭐해", "…: 안녕\n…: 뭐해"),
        (
            "KakaoTalk on telephones",
            "2026년 2월 3일 오후 9:14, 김민수 : 안녕\n2026년 2월 3일 오후 9:15, Jane : 네",
            None,
        ),
        ("QQ", "张三 21:14:05\n你好\nJane 21:15:11\n好", "…:\n你好\nAmber Heron:\n好"),
        ("WeChat", "张三 2026-02-03 21:14\n你好\nJane 2026-02-03 21:15\n好", "…:\n你好\nAmber Heron:\n好"),
        (
            "Zoom",
            "21:14:05 From Petra to Everyone:\n\thi\n21:14:12 From Jane Whitcombe to Petra (Direct Message):\n\tho",
            "…:\n\thi\nAmber Heron:\n\tho",
        ),
        ("Zoom, German", "21:14:05 Von Petra Nowak an Alle : hallo", "…:hallo"),
        ("Webex", "from Petra to everyone:    9:14 AM\nhi\nfrom Jane to everyone:    9:16 AM\nho", None),
        (
            "LinkedIn",
            "Petra Nowak sent the following message at 9:14 AM\nView Petra’s profile\nPetra Nowak  9:14 AM\nHi.",
            "…:\nHi.",
        ),
        (
            "three people",
            "[9:14 AM] Petra Nowak\na\n[9:15 AM] Jane Whitcombe\nb\n[9:16 AM] Karl May\nc\n[9:17 AM] Petra Nowak\nd",
            "… 1:\na\nAmber Heron:\nb\n… 2:\nc\n… 1:\nd",
        ),
    ],
)
def test_the_time_and_the_name_above_a_message_go(program: str, text: str, clean: str | None) -> None:
    after = cleaned(text)
    assert not any(telling in after for telling in ("Petra", "petra", "9:1", "Nowak", "77009", "민수", "Jane")), program
    assert clean in (None, after.replace("…: hallo", "…:hallo"))
    assert cleaned(after) == after


@pytest.mark.parametrize(
    "text",
    [
        "My diary:\n03/02/2026 21:14 - Home: tired\n04/02/2026 20:31 - School: happy",
        "Jane  9:00\nopen the shop\nPetra  13:00\nclose it\nJane  17:00\nclean",
        "Leeds  9:14\nplatform 3\nYork  9:36\nplatform 5\nLeeds  17:12\nhome",
        "Jane 12:14\nPetra 12:31\nTom 13:02",
        "[00:12] Intro\nwho I am\n[03:41] Chorus\nla la\n[05:13] Chorus\nla",
        "[00:12.50]Is this the real life\n[00:15.20]Is this just fantasy",
        "[21:14:05] INFO start\n[21:14:06] ERROR: file not found\n[21:14:07] ERROR: again",
        "9:00 - 9:30: Jane: opening\n9:32 - 10:01: Tom: questions\n10:05 Petra: end",
        "John 3:16\nFor God so loved the world\nJohn 11:35\nJesus wept.\nJane 1:23\nno such book",
        "Arsenal — Leeds 2:14\nPetra (3:14): pi!",
        "Monday  27:14\nslow\nTuesday 26:51\nbetter",
        "[21:14] Dune: part two\n[22:31] Alien: Romulus",
        "From Leeds to York 9:14\nplatform 3\nFrom York to Leeds 17:36\nhome",
        "JULIET\n[9:14 in the evening. The curtain falls.]",
        "Jane\nFriday 9:14\n\nworks for me!",
        "I wrote at 9:14: hello. You wrote at 9:16: ho.",
    ],
)
def test_lists_of_times_that_people_write_stay(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    "piece",
    ["[9:14 AM] Petra", "Petra  9:14 AM\n", "a b 9:14 ", "9:14\n", "3.2.26, 9:14 - P: a\n", "x (", "Q W E [1:11"],
)
def test_a_hostile_text_costs_little(piece: str) -> None:
    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        begin = time.process_time()
        cleaned(text)
        return time.process_time() - begin

    cost(1_000)
    small, large = (min(cost(size) for _ in range(2)) for size in (20_000, 80_000))
    assert large < 12 * small + 0.05
