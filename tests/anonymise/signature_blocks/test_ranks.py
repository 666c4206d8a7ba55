"""Signature blocks go below the closing formulas of many languages, and without a formula; the formula stays."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.signature_blocks import find
from relay.model import Identity, Known, Persona

ROWS = tomllib.loads((files("relay.anonymise.signature_blocks") / "ranks.toml").read_text("utf-8"))
REDACTOR = Redactor(
    Known(
        Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
        Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
        Identity(("tom@gmx.de",), ("Tom",)),
        Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org"),
    )
)
HELLO = "Thank you for the chapter.\n\n"
WITHOUT_FORMULA = [
    "张维彬 | 华桐科技有限公司 | 人力资源部\n手机 13800138000 | 微信 zhangwb88\n北桥市松林区桂花大街1号",
    "张维彬\n华桐科技有限公司\n手机 13800138000\n邮箱 zhangwb@huatong.example\n北桥市松林区桂花大街1号",
    "Ines Farrow · Harlow Ltd\nTel. +44 7700 900123\nines@harlow.example",
]
STAYS = [
    "Pozdrav iz Zagreba,\nAmber\n",
    "Ar cieņu,\nAmber\n\nP.S. The school is near the bank.\n",
    "我们学校的老师很好。\n公司在北桥市。\n",
    "See you soon,\nJane\n\nGrace period\nTen days\nLibrary\n",
    "学生\n老师\n经理\n",
    "Vadovė\nmokytoja\ninžinierė\n",
]


def without(text: str) -> str:
    return replaced(text, find(text, REDACTOR))


@pytest.mark.parametrize("code", ROWS)
def test_a_block_below_the_formula_of_a_language_goes_and_the_formula_stays(code: str) -> None:
    closing, block = ROWS[code]["closing"], ROWS[code]["block"]
    assert without(f"{HELLO}{closing},\n\n{block}\n") == f"{HELLO}{closing},\n"
    assert without(f"{HELLO}{closing}\n{block}\n") == f"{HELLO}{closing}\n"
    quoted = "".join(f"> {line}\n" for line in f"{HELLO}{closing}\n{block}".split("\n"))
    assert block.split("\n")[-1] not in without(f"Yes.\n\nOn 3 Nov 2026 at 14:05, X wrote:\n{quoted}")


@pytest.mark.parametrize("block", WITHOUT_FORMULA)
def test_a_block_without_a_formula_goes(block: str) -> None:
    assert without(f"你好，\n\n文章不错。\n\n{block}\n") == "你好，\n\n文章不错。\n"


@pytest.mark.parametrize("text", STAYS)
def test_words_of_rank_in_a_letter_stay(text: str) -> None:
    assert find(HELLO + text, REDACTOR) == []
