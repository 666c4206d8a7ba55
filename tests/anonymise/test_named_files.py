"""Names that programs write where a picture stands tell neither the clock nor the program."""

# ruff: noqa: E501 -- rows of names

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from relay.anonymise.identities import replaced
from relay.anonymise.named_files import find
from relay.model import Message

Arrive = Callable[..., Message]


@pytest.mark.parametrize(
    "name",
    [
        "[image: Screenshot 2026-02-03 at 21.14.11.png]", "[cid:image001.png@01DA56F2.3B4C5D60]", "[cid:f_lx8w2]",
        "[inline image: IMG_20260203_211411.jpg]", "<IMG_20260203_211411.jpg>", "[image: image.png]", "<image001.png>",
        "[Screenshot 2026-02-03 at 21.14.11.png]", "<cid:image001.png@01DA56F2.3B4C5D60>", "[ii_kx8w2m4p0.png]",
        "[Bild: PXL_20260203_211411123.MP.jpg]", "cid:part1.ABC.DEF@nordquell.example",
        "[画像: スクリーンショット 2026-02-03 21.14.11.png]", "[Immagine: Schermata 2026-02-03 alle 21.14.11.png]",
        "[image: Screenshot 2026-02-03 at\n21.14.11.png]", "[image: Screenshot 2026-02-03 at\n> > 21.14.11.png]",
        "[image: image001.png@01DA56F2.3B4C5D60]",
    ],
)  # fmt: skip
def test_a_name_that_a_program_made_up_becomes_a_picture(name: str) -> None:
    assert (
        replaced(f"The lake:\n{name}\nSee you.", find(f"The lake:\n{name}\nSee you."))
        == "The lake:\n[picture]\nSee you."
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[Scan_20260203_2014.pdf]", "[document]"),
        ("<VID-20260203-WA0003.mp4>", "[video]"),
        ("<AUD-20260203-WA0003.opus>", "[recording]"),
        ("[image: Lake 2026-02-03 21.14.11.jpg]", "[image: Lake 2026-02-03.jpg]"),
        ("![](Screenshot 2026-02-03 at 21.14.11.png)", "![](Screenshot 2026-02-03.png)"),
        ("I sent Lake 2026-02-03 21.14.11 (2).jpg to you.", "I sent Lake 2026-02-03 (2).jpg to you."),
    ],
)
def test_other_files_likewise_and_what_a_person_wrote_stays_beside_the_date(text: str, left: str) -> None:
    assert replaced(text, find(text)) == left


@pytest.mark.parametrize(
    "text",
    [
        "[image: The lake in the morning.jpg]", "[The book (vol. 1).pdf]", "(see plan.pdf)", "[https://x.example/image001.png]",
        "The log says 2026-02-03 21:14:11 started.", "We met on 2026-02-03 at 21.14. Docx or pdf?", "backup.zip at 21:14",
        "acid: the taste of lemons", "[placid: a word]", "a[0] < b.txt > c", "2026-02-03 pages 12-14.pdf",
    ],
)  # fmt: skip
def test_names_that_people_give_and_their_words_stay(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("mark", ["", "> "])
def test_in_text_and_html_and_in_quotations(kind: str, mark: str, arrives: Arrive) -> None:
    for name in ("[cid:image001.png@01DA56F2.3B4C5D60]", "<IMG_20260203_211411.jpg>"):
        message = arrives(f"The lake:\n\n{name}\n\nSee you.", kind, mark)
        for told in (message.text or "", message.html or ""):
            assert "2114" not in told and "01DA" not in told and "[picture]" in told


@pytest.mark.parametrize(
    "piece", ["[", "[image: ", "a.png", "[a.png@", "cid:", "\n> ", "2026-02-03 at ", "2026-02-03 21.14.11"]
)
def test_a_hostile_text_costs_little(piece: str) -> None:
    begun = time.process_time()
    find((piece * 500_000)[:500_000] + ".png]")
    assert time.process_time() - begun < 3
