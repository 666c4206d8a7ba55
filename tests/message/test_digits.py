"""Digits of every script become those of ASCII, sign by sign."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from relay.message.digits import ascii_digits


@pytest.mark.parametrize(
    "text", ["٢١:١٤", "۲۱:۱۴", "२१:१४", "২১:১৪", "๒๑:๑๔", "၂၁:၁၄", "២១:១៤", "２１:１４", "𝟐𝟏:𝟏𝟒", "꯲꯱:꯱꯴", "21:14"]
)
def test_a_clock(text: str) -> None:
    assert ascii_digits(f"à {text} h") == "à 21:14 h"


def test_every_character_of_unicode_stays_one_and_only_digits_change() -> None:
    every = "".join(map(chr, range(0x80, sys.maxunicode + 1)))
    done = ascii_digits(every)
    assert len(done) == len(every)
    changed = {(one, new) for one, new in zip(every, done, strict=True) if one != new}
    assert len(changed) > 600
    assert all(unicodedata.category(one) == "Nd" and unicodedata.decimal(one) == int(new) for one, new in changed)
