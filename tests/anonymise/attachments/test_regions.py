"""Language marks lose their region, and keep what decides how text looks."""

from __future__ import annotations

import pytest

from relay.anonymise.attachments.regions import (
    marks_without_region,
    number_for_format,
    number_without_region,
    tag_for_format,
    tag_without_region,
)


@pytest.mark.parametrize(
    ("tag", "neutral"),
    [
        ("en-GB", "en"),
        ("sw-KE", "sw"),
        ("en_GB.UTF-8", "en"),
        ("en-GB-oxendict", "en"),
        ("es-419", "es"),
        ("fr", "fr"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-cmn-Hans-CN", "zh-Hans"),
        ("zh", "zh"),
        ("sr-ME", "sr-Latn"),
        ("sr-Cyrl-BA", "sr-Cyrl"),
        ("pa-PK", "pa-Arab"),
        ("gsw-CH", "gsw"),
        ("x-none", ""),
        ("not a tag!", ""),
    ],
)
def test_a_tag_keeps_language_and_script(tag: str, neutral: str) -> None:
    assert tag_without_region(tag) == neutral
    assert tag_without_region(neutral) == neutral


@pytest.mark.parametrize(
    ("number", "neutral"),
    [
        (1089, 0x41),
        (2057, 9),
        (1033, 9),
        (3079, 7),
        (0x0804, 4),
        (0x0404, 0x7C04),
        (0x241A, 0x701A),
        (1024, 1024),
        (0, 0),
    ],
)
def test_a_number_keeps_the_language(number: int, neutral: int) -> None:
    assert number_without_region(number) == neutral
    assert number_without_region(neutral) == neutral


def test_a_format_gets_the_region_that_stands_for_its_language() -> None:
    assert number_for_format(0x809, numeric=False) == 0x409
    assert number_for_format(0x807, numeric=False) == number_for_format(0xC07, numeric=True) == 0x407
    assert number_for_format(0x80A, numeric=False) == 0xC0A
    assert (tag_for_format("de-AT", numeric=True), tag_for_format("zh-HK", numeric=False)) == ("de-DE", "zh-TW")


def test_a_number_format_keeps_only_how_the_region_writes_numbers() -> None:
    assert number_for_format(0x807, numeric=True) == number_for_format(0x1407, numeric=True) == 0x807
    assert tag_for_format("es-HN", numeric=True) == tag_for_format("es-PE", numeric=True) == "es-MX"


def test_marks_in_source_are_found() -> None:
    page = "<a lang=\"en-GB\" hreflang='fr-CA'><b xml:lang='zh-TW'>lang=\"fr\""
    assert [page[start:end] + ">" + new for start, end, new in marks_without_region(page)] == [
        "en-GB>en",
        "zh-TW>zh-Hant",
    ]
