"""SPF as RFC 7208 has it: the openspf test suite (release 2014.04, see rfc7208/LICENSE) against a real name server."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from relay.authentication.spf import check_spf
from relay.authentication.spf_record import NotSpfError, expanded, read_record
from relay.dns.cache import Answers
from relay.settings import Address, DnsSettings

MakeServer = Callable[[dict[object, object]], Awaitable[Address]]
SUITE = json.loads((Path(__file__).parent / "rfc7208" / "tests.json").read_text("utf-8"))


def quoted(strings: str | list[str]) -> str:
    """TXT in the form of a zone file."""
    parts = [strings] if isinstance(strings, str) else strings
    cut = [part[i : i + 255] for part in parts for i in range(0, max(len(part), 1), 255)]
    return " ".join(f'"{"".join(escaped(c) for c in part)}"' for part in cut or [""])


def escaped(char: str) -> str:
    return char if " " <= char <= "~" and char not in '"\\' else f"\\{ord(char):03d}"


def zone_of(data: dict[str, list[Any]]) -> dict[object, object]:
    """The suite's zone as the name server's. SPF stands for TXT, unless the name says itself what its TXT is."""
    zone: dict[object, object] = {}
    for name, records in data.items():
        key = name.lower().replace(" ", "\\032")
        own_txt = any(isinstance(record, dict) and "TXT" in record for record in records)
        for record in records:
            if record == "TIMEOUT":
                if (key, "TXT") not in zone:  # with one, it is the type SPF of old that is not answered
                    zone[key] = "SERVFAIL"
                continue
            ((kind, value),) = record.items()
            if kind == "SPF" and own_txt:
                continue
            if value == "NONE":
                zone.setdefault((key, "NAPTR"), ['1 1 "" "" "" .'])
                continue
            kind, text = in_zone(kind, value)
            zone.setdefault((key, kind), [])
            zone[key, kind].append(text)  # type: ignore[attr-defined]
            if kind == "CNAME":
                zone[key, "TXT"] = zone.get((value.lower(), "TXT"), [])  # as a resolver answers
    return zone


def in_zone(kind: str, value: Any) -> tuple[str, str]:
    if kind in ("SPF", "TXT"):
        return "TXT", quoted(value)
    if kind == "MX":
        return kind, f"{value[0]} {value[1] or '.'}" + ("" if not value[1] else ".")
    return kind, f"{value}." if kind in ("PTR", "CNAME") else value


def wanted(test: dict[str, Any]) -> set[str]:
    result = test["result"]
    return set(result) if isinstance(result, list) else {result}


@pytest.mark.parametrize("chapter", SUITE, ids=[chapter["about"] for chapter in SUITE])
async def test_the_results_are_those_of_the_rfc(chapter: dict[str, Any], name_server: MakeServer) -> None:
    answers = Answers(DnsSettings(nameservers=(await name_server(zone_of(chapter["zone"])),)))
    wrong = []
    for name, test in chapter["tests"].items():
        found, _ = await check_spf(answers, test["host"], test["mailfrom"], test["helo"])
        if found.value not in wanted(test):
            wrong.append((name, found.value, test["result"]))
    assert wrong == []


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 exists:" + "%{s}." * 1600 + "a.test",
        "v=spf1 exists:" + "a" * 8000 + "!",
        "v=spf1 exists:a." + "a" * 8000 + "!",
        "v=spf1 a:" + "/1" * 4000,
        "v=spf1 a:" + "%{" * 4000,
        "v=spf1 " + "ip4:192.0.2.1 " * 580,
        "v=spf1 " + "ip4:192.0.2.1 " * 4000,
    ],
)
async def test_a_record_of_whatever_length_takes_no_time(record: str, name_server: MakeServer) -> None:
    zone: dict[object, object] = {("a.test", "TXT"): [quoted(record)]}
    answers = Answers(DnsSettings(nameservers=(await name_server(zone),)))
    sender = "x" * 60 + "@" + "b." * 90 + "a.test"
    begun = time.process_time()
    await check_spf(answers, "198.51.100.1", "x@a.test", "a.test")
    with contextlib.suppress(NotSpfError):
        target = read_record(record).mechanisms[0].domain
        assert len(expanded(target or "", dict.fromkeys("slodipvh", sender))) <= 253
    assert time.process_time() - begun < 2


async def test_answers_too_large_to_keep_are_asked_for_again(name_server: MakeServer) -> None:
    zone: dict[object, object] = {("a.test", "TXT"): [quoted("x" * 5000)], ("b.test", "TXT"): [quoted("x" * 50)]}
    answers = Answers(DnsSettings(nameservers=(await name_server(zone),)))
    assert [len(await answers.txt("a.test")), len(await answers.txt("b.test"))] == [1, 1]
    zone.clear()
    assert [len(await answers.txt("a.test")), len(await answers.txt("b.test"))] == [0, 1]


@pytest.mark.parametrize(
    "name", ["", ".", "a..b", "x" * 64 + ".test", "a." * 140 + "test", "\\", "\\400.test", "b\u00fc.test"]
)
async def test_what_cannot_be_a_name_has_no_records(name: str, name_server: MakeServer) -> None:
    assert list(await Answers(DnsSettings(nameservers=(await name_server({}),))).txt(name)) == []
