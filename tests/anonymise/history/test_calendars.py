"""Lines above quotations dated in other calendars, as programs write them where a user chose one (Unicode CLDR)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.model import Message

Arrive = Callable[..., Message]
TABLE = tomllib.loads((files("relay.anonymise.history") / "calendars.toml").read_text("utf-8"))
YEARS = {"islamic": 1447, "hebrew": 5786, "persian": 1404, "coptic": 1742, "ethiopic": 2018, "indian": 1947}
Q = "Quiet River <quiet-river.p9@relay.example.org>"
ABOVE = "Dear friend,\n\nthank you for your words about bowls.\n\n"


def left(arrives: Arrive, head: str, kind: str = "plain") -> str:
    """What is left of a letter with this line above a quotation."""
    done = arrives(f"{ABOVE}{head}\n\n> hello there", kind)
    assert "about bowls" in (done.text or "") and "hello there" in (done.text or "")
    return f"{done.text}{done.html or ''}"


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize(
    "head",
    [
        f"在 令和8年2月3日(火) 21:14、{Q}：", f"令和8年2月3日(火) 21:14 {Q}:", f"R.O.C. 115年2月3日 21:14 {Q} 寫道：",
        f"民國115年2月3日 週二 下午9:14，{Q} 寫道：", f"於 民國 115年2月3日 (二) 21:14 {Q} 寫道：",
        f"الثلاثاء، 15 شعبان 1447 هـ في 21:14 كتب {Q}:", f"في الثلاثاء، ١٥ شعبان ١٤٤٧ هـ في ٩:١٤ م كتب {Q}:",
        f"در تاریخ سه‌شنبه ۱۴ بهمن ۱۴۰۴ ه‍.ش. ساعت ۲۱:۱۴ {Q} نوشت:", f"On Sha. 15, 1447 AH at 21:14, {Q} wrote:",
        f"Pada 15 Syaaban 1447 21:14, {Q} menulis:", f"15 Şaban 1447 Salı 21:14 tarihinde {Q} şunu yazdı:",
        f"יום שלישי, ט״ז בשבט תשפ״ו 21:14, {Q} כתב:", f"ב-16 בשבט 5786 בשעה 21:14, {Q} כתב:",
        f"On 16 Shevat 5786 at 21:14, {Q} wrote:", f"On Magha 14, 1947 Saka at 21:14, {Q} wrote:",
        f"ในวันที่ 3 ก.พ. พ.ศ. 2569 เวลา 21:14 {Q} เขียนว่า:", f"On Tuba 26, 1742 at 21:14, {Q} wrote:",
        f"2026. gada 3. februāris plkst. 21:14 {Q} rakstīja:", f"Reiwa 8 February 3 21:14, {Q} wrote:",
    ],
)  # fmt: skip
def test_the_date_and_the_clock_go(head: str, kind: str, arrives: Arrive) -> None:
    done = left(arrives, head, kind)
    for told in ("21:14", "9:14", "٩:١٤", "۲۱:۱۴", "1447", "١٤٤٧", "5786", "תשפ", "令和", "115", "1947", "2569"):
        assert told not in done


@pytest.mark.parametrize(
    "sent",
    ["寄件者: {q}\n寄件日期: 民國 115年2月3日 下午 09:14\n收件者: Jane Whitcombe\n主旨: bowls",
     "差出人: {q}\n日時: 令和8年2月3日 21:14:05 JST\n宛先: Jane Whitcombe\n件名: bowls",
     "差出人: Quiet River\n送信日時: 令和8年2月3日 21:14\n宛先: Jane Whitcombe\n件名: bowls",
     "من: {q}\nتم الإرسال: ١٥/٠٨/١٤٤٧ ٠٩:١٤ م\nإلى: Jane Whitcombe\nالموضوع: bowls",
     "از: {q}\nتاریخ: سه‌شنبه ۱۴ بهمن ۱۴۰۴ ۲۱:۱۴\nبه: Jane Whitcombe\nموضوع: bowls"],
)  # fmt: skip
def test_a_header_block(sent: str, arrives: Arrive) -> None:
    done = arrives(f"{ABOVE}{sent.format(q=Q)}\n\nhello there").text or ""
    assert "hello there" in done
    assert not any(told in done for told in ("21:14", "09:14", "٠٩:١٤", "۲۱:۱۴", "令和", "民國", "١٤٤٧", "۱۴۰۴"))


@pytest.mark.parametrize("calendar", YEARS)
def test_every_month_in_every_language(calendar: str, arrives: Arrive) -> None:
    heads = [f"On 15 {month} {YEARS[calendar]} 21:14, {Q} wrote:" for month in TABLE["months"][calendar].split()]
    assert len(heads) > 100
    for head in heads:
        assert "21:14" not in left(arrives, head), head


@pytest.mark.parametrize("name", ["Rajab", "Safar Ramadan", "Bahman Azar", "Tir", "Ram", "Raj Kartik", "Meher Aban"])
def test_months_are_names_too(name: str, arrives: Arrive) -> None:
    for head in (f"On 3 Feb 2026, at 21:14, {name} wrote:", f"{name} <x@y.example> 3 Feb 2026 21:14 wrote:"):
        done = left(arrives, head)
        assert "21:14" not in done and name not in done


@pytest.mark.parametrize(
    "words",
    [
        "In Ramadan 1447 we met each evening at 21:14:\n\n- soup\n- dates",
        "令和8年の春、朝9:14のバスに乗りました。\n\n楽しかったです。",
        "民國115年我搬到新家，早上9:14到了。\n\n很高興。",
        "On 15 Shevat 5786 we plant trees; be there at 9:14.\n\nBring gloves.",
        "در بهمن ۱۴۰۴ ساعت ۹:۱۴ به کوه رفتیم.\n\nخوب بود.",
    ],
)
def test_what_people_tell_of_days_stays(words: str, arrives: Arrive) -> None:
    done = arrives(f"{ABOVE}{words}").text or ""
    assert "".join(words.split()) in "".join(done.split())
