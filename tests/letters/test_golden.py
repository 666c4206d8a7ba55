"""Golden letters: in.eml arrives with the octets of out.eml. In each folder, why.md says what it shows.

RELAY_GOLDEN=write writes the present result to out.eml. Read it with care before you commit it.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relay.anonymise.header_names import learned
from relay.message.read.routing_headers import read_routing_headers
from relay.message.write.dkim_sign import Signer
from relay.model import Headers, Identity, Known, Persona, RebuildOrder
from relay.rebuild import rebuild

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/in.eml"))
KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe", "Northbank Advisory")),
    Persona("Amber Heron", "amber-heron.p9@relay.example.org"),
    Identity(("tom.ashdown@mailbox.example",), ("Tom Ashdown",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)
HEADERS = Headers(
    KNOWN.author_persona.name,
    KNOWN.author_persona.alias,
    KNOWN.recipient.addresses[0],
    "a1b2c3d4e5f6@relay.example.org",
    datetime(2026, 2, 4, 8, 13, tzinfo=UTC),
)


def arrives(letter: bytes) -> bytes:
    """The mail that Tom gets of Jane's letter, without DKIM signatures."""
    octets = letter.replace(b"\n", b"\r\n")
    seen = read_routing_headers(octets)
    forbidden = (seen.message_id,) if seen.message_id else ()
    return rebuild(RebuildOrder(octets, learned(KNOWN, seen), HEADERS, forbidden), Signer("", ())).content


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_letter_arrives_as_in_its_folder(folder: Path) -> None:
    out = arrives((folder / "in.eml").read_bytes()).replace(b"\r\n", b"\n")
    if os.environ.get("RELAY_GOLDEN") == "write":
        (folder / "out.eml").write_bytes(out)
    assert out == (folder / "out.eml").read_bytes()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_why_md_has_two_sentences(folder: Path) -> None:
    assert re.match(r"\d\d-[a-z0-9-]+$", folder.name)
    assert {path.name for path in folder.iterdir()} == {"in.eml", "out.eml", "why.md"}
    assert len(re.findall(r"\.(?=\s|$)", (folder / "why.md").read_text("utf-8"))) == 2


def test_a_change_of_one_octet_changes_the_result() -> None:
    letter = (FOLDERS[0] / "in.eml").read_bytes()
    assert arrives(letter.replace(b"slowly", b"Slowly")) != arrives(letter)


def test_two_deliveries_of_one_letter_differ_only_in_the_message_id_and_boundary() -> None:
    letter = (FOLDERS[0] / "in.eml").read_bytes().replace(b"\n", b"\r\n")
    other = replace(HEADERS, message_id="f6e5d4c3b2a1@relay.example.org")
    made = rebuild(RebuildOrder(letter, KNOWN, other), Signer("", ())).content
    first = arrives(letter.replace(b"\r\n", b"\n"))
    boundary, theirs = (re.findall(rb'boundary="(.*?)"', octets)[0] for octets in (first, made))
    assert made.replace(b"f6e5d4c3b2a1", b"a1b2c3d4e5f6").replace(theirs, boundary) == first
