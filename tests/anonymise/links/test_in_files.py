"""Links in attached files: behind words, in cells, in annotations, in the descriptions of calendars."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pikepdf
import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from relay.anonymise.scrub import scrub
from relay.model import Attachment, Doubt, Identity, Known, Message, Persona, Scrubbed

SAFE = (
    "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbooks.example%2Fledger&data=05%7C02&reserved=0"
)
TARGET = "https://books.example/ledger"
CLOSED = "https://protect-eu.mimecast.com/s/AbCdE1234FgH"
SHARED = "https://firm-my.sharepoint.com/:w:/g/personal/jo_berry_firm_example/EaBcDeFg"
KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
    Identity(("reader@mailbox.example",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)


def scrubbed(content: bytes, name: str, media_type: str = "application/octet-stream") -> Scrubbed:
    return scrub(Message(text="Hello", attachments=(Attachment(content, media_type, name),)), KNOWN)


def kinds(done: Scrubbed) -> set[str]:
    return {removal.kind for removal in done.removals}


def word_file(*links: str) -> bytes:
    document = Document()
    paragraph = document.add_paragraph(f"See {links[0]} please")
    for link in links:
        paragraph.part.relate_to(link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        rid = next(key for key, rel in paragraph.part.rels.items() if rel.is_external and rel.target_ref == link)
        run = paragraph.add_run("here")
        hyperlink = run._r.makeelement("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}hyperlink", {})
        hyperlink.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", rid)
        paragraph._p.append(hyperlink)
        hyperlink.append(run._r)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def members(done: Scrubbed) -> str:
    with zipfile.ZipFile(io.BytesIO(done.message.attachments[0].content)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_a_word_document_is_unwrapped_behind_words_and_in_its_text() -> None:
    done = scrubbed(word_file(SAFE), "a.docx")
    assert "safelinks" not in members(done)
    assert members(done).count(TARGET) >= 2
    assert "broken-link" not in kinds(done) and done.doubts == ()


def test_the_author_hears_of_a_broken_link_in_a_document_and_decides_about_a_share() -> None:
    done = scrubbed(word_file(TARGET, CLOSED, SHARED), "plan.docx")
    assert "AbCdE1234FgH" not in members(done)
    assert "broken-link" in kinds(done)
    assert done.doubts == (Doubt("link", SHARED, "plan.docx"),)


def test_the_cells_of_a_workbook_are_unwrapped() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = SAFE
    book.active["A2"] = "https://people.example/@jane.whitcombe"
    book.active["A3"] = "here"
    book.active["A3"].hyperlink = SAFE
    out = io.BytesIO()
    book.save(out)
    text = members(scrubbed(out.getvalue(), "a.xlsx"))
    assert "safelinks" not in text and text.count(TARGET) >= 2
    assert "https://people.example/@Amber%20Heron" in text


def test_the_links_of_a_pdf_are_unwrapped() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(SAFE))
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 99, 99], A=action, Border=[0, 0, 0]
    )
    pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(link)]))
    out = io.BytesIO()
    pdf.save(out)
    done = scrubbed(out.getvalue(), "a.pdf", "application/pdf")
    with pikepdf.open(io.BytesIO(done.message.attachments[0].content)) as clean:
        assert str(clean.pages[0].Annots[0].A.URI) == TARGET


def test_the_description_of_a_calendar_entry_is_unwrapped() -> None:
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:1@x", "DTSTAMP:20260203T101112Z"),
        *("DTSTART:20260210T100000Z", "SUMMARY:Talk", f"DESCRIPTION:See {SAFE} now", f"URL:{SAFE}"),
        *("END:VEVENT", "END:VCALENDAR", ""),
    ]
    done = scrubbed("\r\n".join(lines).encode(), "a.ics", "text/calendar")
    text = done.message.attachments[0].content.decode().replace("\r\n ", "")
    assert "safelinks" not in text and f"See {TARGET} now" in text and f"URL:{TARGET}" in text


@pytest.mark.parametrize(
    ("name", "written", "clean"),
    [
        ("a.csv", f'n,link\n1,{SAFE},x\n2,"{SAFE}",y\n', f'n,link\n1,{TARGET},x\n2,"{TARGET}",y\n'),
        ("a.json", f'{{"a": "{SAFE}", "b": ["{SAFE}"]}}\n', f'{{"a": "{TARGET}", "b": ["{TARGET}"]}}\n'),
        ("a.py", f"URL = '{SAFE}'\nx = f('{SAFE}', 1)\n", f"URL = '{TARGET}'\nx = f('{TARGET}', 1)\n"),
        ("a.txt", f"See {SAFE}.\n", f"See {TARGET}.\n"),
        ("a.md", f"See [it]({SAFE}).\n", f"See [it]({TARGET}).\n"),
        ("a.ini", f"[a]\nurl={SAFE}\n", f"[a]\nurl={TARGET}\n"),
        (
            "a.csv",
            "n,link\n1,https://b.example/?id=2&n=jane.whitcombe,x\n",
            "n,link\n1,https://b.example/?id=2&n=Amber%20Heron,x\n",
        ),
        ("a.csv", "n,link\n1,https://b.example/?id=2,x\n", "n,link\n1,https://b.example/?id=2,x\n"),
    ],
)
def test_text_files_are_unwrapped_cell_by_cell_and_string_by_string(name: str, written: str, clean: str) -> None:
    assert scrubbed(written.encode(), name, "text/plain").message.attachments[0].content.decode() == clean
