"""Source code and text of unknown kinds arrive as NAME.txt; the endings of documents and data stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relay.anonymise.attachments.acting.table import table
from relay.model import Attachment

Cleaned = Callable[[Attachment], list[Attachment]]


@pytest.mark.parametrize("name", ["fetch.py", "a.js", "A.SH", "Main.java", "q.sql", "x.rb", "a.unheard-of"])
def test_source_code_and_unknown_text_become_text(name: str, cleaned: Cleaned) -> None:
    (clean,) = cleaned(Attachment(b"words 1\n", "text/x-source", name))
    assert (clean.filename, clean.media_type, clean.content) == (f"{name}.txt", "text/plain", b"words 1\n")


@pytest.mark.parametrize(
    "name",
    ["a.txt", "a.md", "a.csv", "a.tex", "a.json", "a.yaml", "a.srt", "README", "Makefile", ".gitignore", "a.fb2",
     "notes v1.2", "Letter to Dr. Smith", "a.py.txt", "a.geojson", "a.bib"],
)  # fmt: skip
def test_names_of_documents_and_data_stay(name: str, cleaned: Cleaned) -> None:
    (clean,) = cleaned(Attachment(b"words 1\n", "text/plain", name))
    assert clean.filename == name


@pytest.mark.parametrize(
    ("name", "declared", "passed"),
    [
        ("a.csv", "text/csv", "text/csv"),
        ("a.txt", "text/x-component", "text/plain"),
        ("a", "application/hta", "text/plain"),
        ("a", "text/x-ms-iqy", "text/plain"),
    ],
)
def test_a_media_type_by_which_programs_choose_an_ending_becomes_plain_text(
    name: str, declared: str, passed: str, cleaned: Cleaned
) -> None:
    (clean,) = cleaned(Attachment(b"words 1\n", declared, name))
    assert clean.media_type == passed


@pytest.mark.parametrize("name", ["a.xls", "a.doc", "a.csv", "a.js", "a.xml"])
def test_a_page_under_the_name_of_another_program_is_called_a_page(name: str, cleaned: Cleaned) -> None:
    content = b"<html><body><table><tr><td>=1<img src='http://tracker.example/p.png'></td></tr></table></body></html>"
    (clean,) = cleaned(Attachment(content, "application/vnd.ms-excel", name))
    assert (clean.filename, clean.media_type) == ("a.html", "text/html")
    assert b"tracker" not in clean.content


def test_a_saved_page_with_its_parts_is_made_anew_as_a_mail(cleaned: Cleaned) -> None:
    content = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: http://x.example/\r\nSubject: A page\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Words<img src='http://tracker.example/p.png'></p>\r\n"
    )
    (clean,) = cleaned(Attachment(content, "application/octet-stream", "page.mht"))
    assert clean.filename == "page.eml"
    assert b"tracker" not in clean.content


def test_an_ending_is_of_one_kind_only() -> None:
    known = table()
    assert not known.passive & known.source
    assert not (known.passive | known.source) & set(known.by_extension)
    assert known.text_types >= {"text/plain", "text/csv"}
