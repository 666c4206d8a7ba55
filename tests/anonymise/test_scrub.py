"""All scrubbers together: every kind is explained, every part of a letter is cleaned, an innocent letter passes."""

from __future__ import annotations

import importlib
import inspect
import io
import pkgutil
import re
import sys
import time

import pytest
from PIL import Image

import relay.anonymise
from relay.anonymise.removal_kinds import KINDS
from relay.anonymise.scrub import SCRUBBERS, scrub
from relay.model import Attachment, Identity, Known, Message, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe", "Jane", "Whitcombe")),
    AMBER,
    Identity(("tom.okoye@gmx.de",), ("Tom Okoye", "Tom", "Okoye")),
    QUIET,
)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG", comment=b"Jane Whitcombe")
    return out.getvalue()


LETTER = Message(
    "Re: note from Jane Whitcombe",
    "Dear Tom,\n\nwrite to jane.whitcombe@northbank.example\n\nJane\n",
    '<!-- x --><p class="MsoNormal">Dear Tom, <span style="display:none">x</span>'
    '<a href="https://ok.example/?fbclid=1">see</a> <a href="file:///c">c</a>'
    '<img src="https://t.example/p.gif" width="1" height="1"></p>',
    (
        Attachment(picture(), "application/octet-stream", "Jane_Whitcombe.dat"),
        Attachment(b"Jane Whitcombe\n", "text/plain", "notes.txt"),
    ),
)


def test_every_part_of_a_letter_is_cleaned_and_every_kind_counted() -> None:
    done = scrub(LETTER, KNOWN)
    assert done.message.subject == "Re: note from Amber Heron"
    assert done.message.text == f"Dear Tom,\n\nwrite to {AMBER.alias}\n\nAmber Heron\n"
    assert done.message.html == '<p>Dear Tom, <a href="https://ok.example/">see</a> c</p>'
    assert [a.filename for a in done.message.attachments] == ["picture-1.dat", "notes.txt"]
    counts = {removal.kind: removal.count for removal in done.removals}
    assert counts == {
        "name": 2,
        "address": 1,
        "html-markup": 1,
        "hidden-text": 1,
        "tracking": 1,
        "link": 1,
        "remote-picture": 1,
        "html-attribute": 1,
        "picture-metadata": 1,
        "attached-text": 1,
        "file-name": 1,
    }


def test_every_kind_of_removal_is_explained_in_one_sentence() -> None:
    used = set()
    for name, module in list(sys.modules.items()):
        if name.startswith("relay.anonymise"):
            used |= set(re.findall(r"tally\.add\(\s*\"([a-z-]+)\"", inspect.getsource(module)))
    assert used
    assert used | {"name", "address", "header"} <= set(KINDS)
    assert {removal.kind for removal in scrub(LETTER, KNOWN).removals} <= set(KINDS)
    for explanation in KINDS.values():
        assert explanation.endswith(".")


def test_every_module_of_a_part_has_its_scrubber_in_the_list() -> None:
    names = [each.name for each in pkgutil.iter_modules(relay.anonymise.__path__, "relay.anonymise.")]
    members = (member for name in names for member in vars(importlib.import_module(name)).items())
    found = {value for name, value in members if name.startswith("scrub_") and name != "scrub_within"}
    assert set(SCRUBBERS) == found


def test_an_innocent_letter_passes_as_it_is() -> None:
    message = Message(
        "A plan — für dich", "Hello\u00a0you,\n\n  1 < 2 🙂\n-- x\n", "<p>Hello <b>you</b>, 1 &lt; 2 🙂</p>"
    )
    done = scrub(message, KNOWN)
    assert done.message == message
    assert done.removals == ()


def test_scrubbing_twice_is_scrubbing_once() -> None:
    once = scrub(LETTER, KNOWN).message
    again = scrub(once, KNOWN)
    assert again.message == once
    assert again.removals == ()


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("holiday plan (2).jpg", "holiday plan (2).jpg.txt"),
        ("größe 漢字 👩‍👩‍👧.txt", "größe 漢字 👩‍👩‍👧.txt"),
        ("Jane Whitcombe CV.txt", "document-1.txt"),
        ("CV_JaneWhitcombe_2026.TXT", "document-1.txt"),
        ("jane.whitcombe@northbank.example.txt", "document-1.txt"),
        ("C:\\Users\\someone\\notes.txt", "notes.txt"),
        ("../notes.txt", "notes.txt"),
        ("/Users/someone/Jane Whitcombe.txt", "document-1.txt"),
        ("C__Users_jwhit_AppData_Local_Temp_BO1.csv", "document-1.csv"),
        ("C:UsersjwhitDesktopplan.csv", "document-1.csv"),
        ("-home-jwhit-plan.txt", "document-1.txt"),
        ("home_work_plan.txt", "home_work_plan.txt"),
        ("Users guide.txt", "Users guide.txt"),
        ("c_documents.txt", "c_documents.txt"),
        ("gpj.\u202etxt", "document-1"),
        ("a\u0007.txt", "document-1.txt"),
        ("x" * 300 + ".txt", "document-1.txt"),
        ("plan.Jane", "document-1.txt"),
    ],
)
def test_file_names_stay_unless_they_name_somebody_or_hide_something(name: str, clean: str) -> None:
    done = scrub(Message("", "x", None, (Attachment(b"x", "text/plain", name),)), KNOWN).message
    assert done.attachments[0].filename == clean


def test_a_large_letter_is_scrubbed_in_good_time() -> None:
    paragraph = "The garden plan of next week is good, and I would like to ask about the price of seeds. " * 8
    text = f"{paragraph}\n\n" * 400
    html = f'<p class="MsoNormal"><span style="color:red">{paragraph}</span></p>' * 400
    started = time.process_time()
    scrub(Message("x", text + "Jane", html + "<p>Jane</p>"), KNOWN)
    assert time.process_time() - started < 2
