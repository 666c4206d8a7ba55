"""The clock goes also where a program wrote it in the digits of its user's script: what goes with 0 to 9 goes with
these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from relay.anonymise.filenames import scrub_filenames
from relay.anonymise.identities import Redactor
from relay.model import Attachment, Message

Arrive = Callable[..., Message]

ZEROS = {"ar": "٠", "fa": "۰", "hi": "०", "bn": "০", "ta": "௦", "th": "๐", "my": "၀", "km": "០", "full width": "０"}
LINES = (
    "تم التسليم: الثلاثاء 3 فبراير 2026 21:14 (UTC+2)",
    "تمت قراءة رسالتك في يوم الثلاثاء، 3 فبراير 2026 21:14 (UTC+2).",
    "تحویل داده شد: سه‌شنبه 3 فوریه 2026 21:14",
    "Delivered: Tue, 3 Feb 2026 21:14 +0100",
    "開封済み: 2026年2月3日 21:14",
    "Accepted: Plan @ 2026-02-03 21:14 (UTC+01:00)",
    "ارسال شده در 21:14 (Asia/Tehran)",
    "في الثلاثاء، 3 فبراير 2026 في 21:14 كتب Quiet River <quiet-river.p9@relay.example.org>:\n\n> hello",
    "मंगल, 3 फ़र॰ 2026 को 21:14 बजे को Quiet River <quiet-river.p9@relay.example.org> ने लिखा:\n\n> hello",
)
NAMES = (
    "لقطة الشاشة 2026-02-03 في 20.14.11",
    "स्क्रीनशॉट 2026-02-03 20.14.11",
    "نماگرفت 1404-11-14 20.14.11",
    "Screenshot 2026-02-03 at 20.14.11",
    "IMG_20260203_201411",
)


def written(text: str, zero: str) -> str:
    return text.translate({ord("0") + digit: chr(ord(zero) + digit) for digit in range(10)})


@pytest.mark.parametrize("zero", ZEROS.values(), ids=ZEROS)
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_line_tells_no_time(line: str, zero: str, kind: str, arrives: Arrive) -> None:
    words = f"Dear friend,\n\nthank you for your words about bowls.\n\n{written(line, zero)}"
    left = arrives(words, kind)
    assert left.text and "about bowls" in left.text
    assert written("21:14", zero) not in left.text + (left.html or "")


@pytest.mark.parametrize("zero", ZEROS.values(), ids=ZEROS)
def test_what_a_person_plans_stays(zero: str, arrives: Arrive) -> None:
    words = written("Shall we talk at 21:14 on Tuesday? The bus goes at 7:30.", zero)
    assert words in (arrives(f"Dear friend,\n\n{words}").text or "")


@pytest.mark.parametrize("zero", ZEROS.values(), ids=ZEROS)
@pytest.mark.parametrize("name", NAMES)
def test_a_files_name_tells_no_time(name: str, zero: str, redactor: Redactor) -> None:
    picture = Attachment(b"", "image/png", f"{written(name, zero)}.png")
    done: Any = scrub_filenames(Message(attachments=(picture,)), redactor)
    assert done.message.attachments[0].filename == "picture-1.png"
