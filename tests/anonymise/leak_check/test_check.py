"""The leak check finds what is left anywhere in a finished letter, and nothing else."""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relay.anonymise.leak_check.check import as_received, leak_check
from relay.anonymise.scrub import scrub
from relay.model import Attachment, Echo, Echoes, Identity, Known, Message, Persona
from relay.refusals import StillIdentifying

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
KNOWN = Known(
    Identity(
        ("jane.whitcombe@northbank.example", "jwhit42@gmail.com"), ("Jane Whitcombe", "Grace", "Ana", "May", "王小明")
    ),
    AMBER,
    Identity(("tom.okoye@gmx.de",), ("Tom Okoye", "Will")),
    QUIET,
)
MESSAGE_ID = "<CAKx7d.Whit-4711abc@mail.northbank7.example>"
CLEAN = Message("A plan", "Dear Quiet River,\n\nwrite to " + AMBER.alias + "\n\nAmber Heron\n", "<p>A plan</p>")


def look(message: Message, headers: tuple[str, ...] = (), body: bytes = b"") -> None:
    leak_check(message, headers, body, KNOWN, (MESSAGE_ID,))


def test_a_clean_letter_passes() -> None:
    look(CLEAN, (f"{AMBER.name} <{AMBER.alias}>", "text/plain"), b"Dear Quiet River")


@pytest.mark.parametrize(
    "leak",
    [
        "jane.whitcombe@northbank.example",
        "JaneWhitcombe@NORTHBANK.example",
        "jane.whitcombe+x@northbank.example",
        "someone@mail.northbank.example",
        "j.whit42@googlemail.com",
        "jwhit42%40gmail.com",
        "jwhit42%2540gmail%252Ecom",
        "j-a-n-e w_h_i_t_c_o_m_b_e @ n.o.r.t.h.b.a.n.k e.x.a.m.p.l.e",
        "northbank.example",
        "Jane Whitcombe",
        "jane (whitcombe)",
        "Whitcombe, Jane",
        "Ana",
        "王小明",
        "CAKx7d.Whit-4711abc@mail.northbank7.example",
        "cakx7d whit 4711abc mail northbank7 example",
    ],
)
@pytest.mark.parametrize("where", ["subject", "text", "html", "attribute", "header", "file name", "text file"])
def test_whatever_is_left_is_found_wherever_it_is(leak: str, where: str) -> None:
    message, headers = CLEAN, ("Amber Heron",)
    if where == "subject":
        message = replace(CLEAN, subject=f"plan {leak}")
    elif where == "text":
        message = replace(CLEAN, text=f"Well, {leak} it is")
    elif where == "html":
        message = replace(CLEAN, html="<p>Well, <b>" + "</b>".join((leak[:3], leak[3:])) + " it is</p>")
    elif where == "attribute":
        message = replace(CLEAN, html=f'<a href="https://x.example/?{leak}">x</a>')
    elif where == "header":
        headers = ("Amber Heron", f"x; y={leak}")
    elif where == "file name":
        message = replace(CLEAN, attachments=(Attachment(b"", "image/png", f"{leak}.png"),))
    else:
        content = f"Well, {leak} it is".encode("utf-16")
        message = replace(CLEAN, attachments=(Attachment(content, "text/plain", "a.txt"),))
    with pytest.raises(StillIdentifying):
        look(message, headers)


@pytest.mark.parametrize("before", [b"", b"@", b"a@b.example ", b"x" * 5000])
@pytest.mark.parametrize("behind", [b"", b"@", b" a@b.example", b"x" * 5000])
def test_an_address_is_found_wherever_it_stands_among_other_at_signs(before: bytes, behind: bytes) -> None:
    """``before`` and ``behind`` it."""
    binary = b"\x01\x02" + before + b" Jane.Whitcombe@northbank.example " + behind
    with pytest.raises(StillIdentifying):
        look(replace(CLEAN, attachments=(Attachment(binary, "application/octet-stream"),)))
    with pytest.raises(StillIdentifying):
        look(CLEAN, (), before + b" jane.whitcombe@northbank.example " + behind)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_an_address_in_octets_that_are_no_text_is_found(encoding: str) -> None:
    octets = b"\0\xff" + "Jane.Whitcombe@northbank.example".encode(encoding) + b"\0"
    with pytest.raises(StillIdentifying):
        look(replace(CLEAN, attachments=(Attachment(octets, "image/png", "a.png"),)))
    with pytest.raises(StillIdentifying):
        look(CLEAN, body=b"--x\r\nX-Forgotten: " + octets)


PARTED = b"""Subject: A plan
Content-Type: multipart/mixed; boundary=b

BEFORE
--b
Content-Type: text/plain

Dear Quiet River
--b
Content-Type: image/png; x=HEADER
Content-Transfer-Encoding: base64

AWhitcombeAA
PACKED
--b
Content-Type: image/png
Content-Transfer-Encoding: base64

AAAABBBBCCCC
--b--
BEHIND
"""


@pytest.mark.parametrize("apart", [1, 60, 240, 400, 900])
@pytest.mark.parametrize("first", [True, False])
def test_a_name_in_octets_is_found_however_near_one_that_comes_back(apart: int, first: bool) -> None:
    known = replace(KNOWN, echoes=Echoes((Echo("lunch with", "Jane Whitcombe", "on Friday"),)))
    comes_back, between = b"lunch with Jane Whitcombe on Friday", b" " + b"a plan " * (apart // 7)
    leak_check(CLEAN, (), comes_back, known, ())
    with pytest.raises(StillIdentifying):
        leak_check(CLEAN, (), b"by Jane Whitcombe herself", known, ())
    ours = b"by Jane Whitcombe herself"
    octets = ours + between + comes_back if first else comes_back + between + ours
    with pytest.raises(StillIdentifying):
        leak_check(CLEAN, (), octets, known, ())


@pytest.mark.parametrize("where", [b"BEFORE", b"HEADER", b"PACKED", b"BEHIND"])
def test_octets_around_base64_are_searched_and_those_of_base64_spell_words_by_chance(where: bytes) -> None:
    leak_check(*as_received(PARTED.replace(b"PACKED\n", b"")), KNOWN, ())
    with pytest.raises(StillIdentifying):
        leak_check(*as_received(PARTED.replace(where, b"by Jane Whitcombe")), KNOWN, ())


@pytest.mark.parametrize(
    "text",
    [
        "Grace is a fine thing. By the grace of God, may it be so in May.",
        "banana bandana; atom and tomato",
        "Will you write? The will is read.",
        "desk@citylibrary.example, help@gmx.de",
    ],
)
def test_what_the_redactor_leaves_on_purpose_passes(text: str) -> None:
    message = replace(CLEAN, text=f"Well then. {text} And more.", html=f"<p>Well then. {text} And more.</p>")
    look(scrub(message, KNOWN).message)
    done = scrub(message, KNOWN).message
    assert done.text == message.text
    assert re.sub("<[^>]*>", "", done.html or "") == message.text


NAMES = (
    "Grace",
    "grace",
    "Will",
    "May",
    "Ana",
    "Jane",
    "Whitcombe",
    "Tom Okoye",
    "jane.whitcombe",
    "northbank.example",
)
AROUND = (
    "@",
    " ",
    " ",
    "\n",
    "\n\n",
    ", ",
    ". ",
    "! ",
    "> ",
    "Dear ",
    "in ",
    "the river ",
    "(at)",
    " dot ",
    "%40",
    " é ",
    "王小明",
)
PIECES = st.sampled_from((*NAMES, *AROUND))
TAGS = st.sampled_from(
    ["<b>", "</b>", "<p>", "</p>", "<br>", "<td>", "<wbr>", "<i> x </i>", "&amp;", "<span hidden>x</span>"]
)


@example(["%40", "Ana", "(at)", "Grace"], [], True)
@settings(max_examples=250, deadline=None)
@given(st.lists(PIECES, max_size=14), st.lists(PIECES | TAGS, max_size=14), st.booleans())
def test_the_scrubbers_and_the_leak_check_agree_on_every_letter(text: list[str], html: list[str], both: bool) -> None:
    message = Message("".join(text)[:20].replace("\n", " "), "".join(text) if both else None, "".join(html))
    once = scrub(message, KNOWN).message
    try:
        look(once)
    except StillIdentifying:
        # As rebuild does: a word may stand out only once its neighbours are replaced.
        look(scrub(once, KNOWN).message)


@pytest.mark.parametrize(
    "written",
    [
        lambda address: b64encode(address).decode(),
        lambda address: urlsafe_b64encode(b"id=7&to=" + address).decode().rstrip("="),
        lambda address: "xy" + b64encode(address).decode(),
        lambda address: address.hex(),
        lambda address: address.hex().upper(),
        lambda address: "".join(f"%{octet:02X}" for octet in address),
        lambda address: quote(quote(address.decode(), safe=""), safe=""),
        lambda address: reduce(lambda said, _: quote(said, safe=""), range(6), address.decode()),
        lambda address: quote(quote(address.decode().replace("@", "&#64;"), safe=""), safe=""),
        lambda address: quote(address.decode().replace("@", "=40"), safe=""),
        lambda address: quote(address.decode().replace("@", "\\u0040"), safe=""),
        lambda address: address.decode().replace("@", "%40"),
        lambda address: address.decode().replace("@", "=40"),
        lambda address: address.decode().replace("@", "-40"),
    ],
    ids=[
        "base64",
        "base64url",
        "shifted",
        "hex",
        "HEX",
        "percent",
        "percent twice",
        "six times",
        "reference",
        "leftover",
        "backslash",
        "one sign",
        "quoted",
        "dashed",
    ],
)
@pytest.mark.parametrize(
    "link", ["https://gate.example/r?d={}&k=1", "https://gate.example/{}/open", "https://gate.example/#t={}"]
)
@pytest.mark.parametrize("where", ["text", "attribute"])
def test_an_address_encoded_in_a_link_is_found_whatever_the_scrubber_knows_of_links(
    written: Callable[[bytes], str], link: str, where: str
) -> None:
    url = link.format(written(b"jane.whitcombe@northbank.example"))
    letter = (
        replace(CLEAN, text=f"See {url} now\n") if where == "text" else replace(CLEAN, html=f'<a href="{url}">x</a>')
    )
    with pytest.raises(StillIdentifying):
        look(letter)
