"""Finds marks of contact in a line: telephone, address, home page, street, account (contacts.toml)."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

from relay.anonymise.any_case import any_case, small

_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("contacts.toml").read_text("utf-8"))
_EMAIL = re.compile(r"[^\s<>@,;:]{1,64}[@＠][^\s<>@,;:]{1,100}\.[^\s<>@,;:.]{2,24}")
_URL = any_case(
    r"https?://\S|\bwww\.[\w-]|(?:^|[\s:(])[\w-]{2,60}(?:\.[\w-]{2,60}){0,3}\.(?:com|org|net|edu|gov|io|info|co|eu|int"
    r"|example|ac\.uk|co\.uk|[a-z]{2})(?:/\S{0,80})?(?=$|[\s)|,·])"
)
_PAGE = re.compile(r"https?://[^\s/?#]{1,253}/[^\s]*[^\s/]", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.])[+＋(]{0,2}\d[\d \u00a0().\-/–‑]{5,24}\d(?![\w@])")
_NO_PHONE = re.compile(
    r"(?:19|20)\d\d[ ./-]\d|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)|\d{1,2}[.:]\d\d ?[-–] ?\d{1,2}[.:]\d\d|97[89]-"
)
_LABEL = any_case(
    rf"(?:{'|'.join(map(re.escape, _TABLE['labels']))}|[{_TABLE['letters']}])"
    r"[ .]{0,2}[:.：|)]? {0,2}(?=[+(\d＋<]|\S{1,64}@|https?:|www\.|[\w-]{2,40}\.[\w.-]{2,40}$)"
)
_STREET = any_case("|".join(_TABLE["streets"]))
_STREET_WITHOUT_NUMBER = any_case("|".join(_TABLE["streets_without_number"]))
_ACCOUNT = any_case(
    rf"\b(?:{'|'.join(_TABLE['accounts'])})\b|{'|'.join(_TABLE['accounts_within_words'])}|(?:^|\s)@\w{{3,}}"
)
_DIGIT = re.compile(r"\d")


def contacts_of_part(part: str, low: str) -> int:
    """The number of kinds of contact in a part of a line. ``low`` is the part in lower case."""
    # Required characters are tested before the patterns.
    mailed = ("@" in part or "＠" in part) and bool(_EMAIL.search(part))
    numbered = bool(_DIGIT.search(part))
    found = mailed + bool((numbered and _STREET.search(low)) or _STREET_WITHOUT_NUMBER.search(low))
    found += bool(_ACCOUNT.search(low))
    found += (numbered and has_phone(part)) or (not found and bool(_LABEL.match(low)))
    return found + (not mailed and ("." in low or "://" in low) and bool(_URL.search(low)))


def has_phone(words: str) -> bool:
    """Whether a short text holds a telephone number (seven digits or more; no date, hours, ISBN)."""
    return any(
        7 <= sum(map(str.isdigit, phone[0])) <= 15 and not _NO_PHONE.search(phone[0])
        for phone in _PHONE.finditer(words)
    )


def without_pages(words: str) -> str | None:
    """A line without its links to pages, which are neither the first page of a site nor an account; None if it has no
    such link, or an account."""
    if "://" not in words or not _PAGE.search(words) or _ACCOUNT.search(small(words).replace("youtube", "")):
        return None
    return _PAGE.sub("", words)
