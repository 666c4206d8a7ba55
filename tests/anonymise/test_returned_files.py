"""A file that comes back with changes names its reader's partner as its reader wrote it, and nowhere else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from html import escape

import pytest

from relay.anonymise.returned_files import MAX_MENTIONS
from relay.message.read.parse import parse
from relay.model import Attachment, Message
from relay.refusals import CannotAnonymise

from .test_echoes import names, seen, to_eve, to_omar

Rows = list[str]
_WORD_TYPES = (
    "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'><Default Extension='rels' "
    "ContentType='application/vnd.openxmlformats-package.relationships+xml'/><Override PartName='/word/document.xml' "
    "ContentType='application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'/></Types>"
)
_WORD_LINKS = (
    "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r1' "
    "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' "
    "Target='word/document.xml'/></Relationships>"
)


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, words in members.items():
            file.writestr(name, words)
    return out.getvalue()


def note(rows: Rows) -> Attachment:
    return Attachment("\n".join((*rows, "")).encode(), "text/plain", "people.txt")


def table(rows: Rows) -> Attachment:
    out = io.StringIO()
    csv.writer(out).writerows([("number", "name"), *enumerate(rows)])
    return Attachment(out.getvalue().encode(), "text/csv", "people.csv")


def records(rows: Rows) -> Attachment:
    return Attachment(json.dumps([{"name": row} for row in rows]).encode(), "application/json", "people.json")


def page(rows: Rows) -> Attachment:
    listed = "".join(f"<li>{escape(row)}</li>" for row in rows)
    return Attachment(f"<html><body><ul>{listed}</ul></body></html>".encode(), "text/html", "people.html")


def rich(rows: Rows) -> Attachment:
    text = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\\f0\\fs22 " + "\\par\n".join(rows) + "\\par}"
    return Attachment(text.encode(), "application/rtf", "people.rtf")


def document(rows: Rows) -> Attachment:
    text = "".join(f"<w:p><w:r><w:t>{escape(row)}</w:t></w:r></w:p>" for row in rows)
    body = f"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>{text}"
    parts = {
        "[Content_Types].xml": _WORD_TYPES,
        "_rels/.rels": _WORD_LINKS,
        "word/document.xml": f"{body}</w:body></w:document>",
    }
    return Attachment(zipped(**parts), "application/octet-stream", "people.docx")


def archive(rows: Rows) -> Attachment:
    return Attachment(zipped(**{"people.txt": "\n".join(rows)}), "application/zip", "people.zip")


def drawing(rows: Rows) -> Attachment:
    shown = "".join(f'<text x="5" y="{20 * at}">{row}</text>' for at, row in enumerate(rows))
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">{shown}</svg>'
    return Attachment(text.encode(), "image/svg+xml", "people.svg")


def printed(rows: Rows) -> Attachment:
    words = "\n".join(("BT /F1 9 Tf 40 800 Td 11 TL", *(f"({row}) Tj T*" for row in rows), "ET")).encode()
    things = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(words), words),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    objects = b"".join(b"%d 0 obj\n%b\nendobj\n" % one for one in enumerate(things, 1))
    return Attachment(b"%PDF-1.4\n" + objects + b"trailer<</Size 6/Root 1 0 R>>\n", "application/pdf", "people.pdf")


MADE = (note, table, records, page, rich, document, archive, drawing, printed)

CHANGES: dict[str, Callable[[Rows], Rows]] = {
    "a column": lambda rows: [f"{row} - no" for row in rows],
    "some cells": lambda rows: [f"{row} - never met" if at % 3 else row for at, row in enumerate(rows)],
    "between": lambda rows: [one for row in rows for one in (row, "no, I do not know them")],
    "fewer": lambda rows: [row for at, row in enumerate(rows) if at % 4],
    "sorted": lambda rows: sorted(rows, reverse=True),
    "more": lambda rows: ["My remarks:", *rows, "I know none of them."],
    "capitals": lambda rows: [row.upper() for row in rows],
}


def shown(letter: Message) -> list[str]:
    """The words of the files of a letter."""
    texts = []
    for one in letter.attachments:
        if one.content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(one.content)) as packed:
                texts += [packed.read(name).decode() for name in sorted(packed.namelist())]
        else:
            texts.append(one.content.decode("utf-8", "replace"))
    return [letter.text or "", *texts]


def returned(made: Callable[[Rows], Attachment], sent: Sequence[str], back: Sequence[str]) -> list[str]:
    first = to_omar(Message("Hello", "Which of these is yours?", None, (made(list(sent)),)))
    answer = Message("Re: Hello", "Here it is.", None, (made(list(back)),))
    return shown(seen(to_eve(answer, first.echoes)))


@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_comes_back_changed_does_not_tell_whose_name_is_in_it(
    made: Callable[[Rows], Attachment], change: str
) -> None:
    came_back = []
    for with_his in (True, False):
        rows = names(with_his)
        came_back.append(returned(made, rows, CHANGES[change](rows)))
    theirs, strangers = came_back
    if made is printed:
        # The page stays text, as for a stranger; other octets follow from the letters.
        assert abs(len(theirs[1]) - len(strangers[1])) < 40
        return
    for his, stranger in (("Omar", "Olaf"), ("Haddad", "Hallgr"), ("OMAR", "OLAF"), ("HADDAD", "HALLGR")):
        theirs = [one.replace(his, stranger) for one in theirs]
    if change == "sorted":
        theirs, strangers = (sorted(" ".join(those).replace(",", " ").split()) for those in (theirs, strangers))
    assert theirs == strangers


OWN: dict[str, Callable[[Rows], Rows]] = {
    "last": lambda rows: [*rows, "Omar Haddad"],
    "signed": lambda rows: [*rows, "Yours", "Omar Haddad"],
    "filled in": lambda rows: [*rows, "Your name: Omar Haddad"],
    "first": lambda rows: ["Omar Haddad, my remarks", *rows],
    "said": lambda rows: [*rows[:12], "I am Omar Haddad by the way", *rows[12:]],
    "put in": lambda rows: [*rows[:3], "Omar Haddad", *rows[3:]],
}


@pytest.mark.parametrize("made", [one for one in MADE if one not in (drawing, printed)])
@pytest.mark.parametrize("own", OWN)
def test_a_name_that_was_put_into_a_file_that_comes_back_is_scrubbed(
    made: Callable[[Rows], Attachment], own: str
) -> None:
    rows = names(with_his=True)
    text = "".join(returned(made, rows, OWN[own](rows)))
    assert text.count("Haddad") == 1
    before, _, behind = text.partition("Omar Haddad")
    assert "Carla Aldane" in before[-60:] and "Carla Brosk" in behind[:60], "the one that she wrote stays"


@pytest.mark.parametrize("made", [drawing, printed])
@pytest.mark.parametrize("own", OWN)
def test_nor_is_it_in_one_where_nothing_can_be_put_in_its_place(made: Callable[[Rows], Attachment], own: str) -> None:
    rows = names(with_his=True)
    first = to_omar(Message("Hello", "Which of these is yours?", None, (made(rows),)))
    answer = Message("Re: Hello", "Here it is.", None, (made(OWN[own](rows)),))
    assert "Haddad" not in "".join(shown(seen(to_eve(answer, first.echoes))))


@pytest.mark.parametrize("made", MADE)
def test_in_a_new_file_names_are_scrubbed_whatever_stood_in_others(made: Callable[[Rows], Attachment]) -> None:
    about = ["Curriculum vitae", "Omar Haddad", "I bake bread in a small town", "and like to read"]
    text = "".join(returned(made, names(with_his=True), about))
    assert "Haddad" not in text


def test_a_name_in_more_rows_than_are_remembered_comes_back() -> None:
    rows = [f"{at} {name}" for at in range(MAX_MENTIONS + 20) for name in ("Ann Aldane", "Omar Haddad", "Bert Brosk")]
    (_, text) = returned(table, rows, [f"{row} no" for row in rows])
    assert text.count("Omar Haddad") == text.count("Ann Aldane") == MAX_MENTIONS + 20


def test_words_for_a_picture_come_back_in_an_attached_mail_and_in_a_quotation() -> None:
    octets = bytes.fromhex("47494638396101000100800000ffffff00000021f90400000000002c00000000010001000002024401003b")
    pictures = tuple(Attachment(octets, "image/gif", None, f"p{at}", inline=True) for at in (1, 2))
    html = '<p>Who?</p><p><img src="cid:p1" alt="Ann Aldane">1</p><p><img src="cid:p2" alt="Omar Haddad">2</p>'
    sent = to_omar(Message("Hello", "Who?\n\n1\n\n2\n", html, pictures))
    back = Attachment(sent.content, "message/rfc822", None)
    mail = parse(seen(to_eve(Message("Fwd: Hello", "This came.", None, (back,)), sent.echoes)).attachments[0].content)
    assert 'alt="Omar Haddad"' in (mail.html or "")
    own = '<p>It is me: <img src="cid:p1" alt="Omar Haddad"></p>'
    quoted = Message("Re: Hello", None, f"{own}<blockquote>{html}</blockquote>", pictures)
    answered = seen(to_eve(quoted, sent.echoes)).html or ""
    assert answered.count("Omar Haddad") == 1
    assert answered.index("blockquote") < answered.index('alt="Omar Haddad"')


_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPENXML = "application/vnd.openxmlformats-officedocument"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(rows: Rows) -> Attachment:
    """A table that stores each string once, as Excel does."""
    strings = list(dict.fromkeys(rows))
    cells = "".join(f'<row><c t="s"><v>{strings.index(row)}</v></c></row>' for row in rows)
    types = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{_OPENXML}.spreadsheetml.{kind}+xml"/>'
        for name, kind in (("workbook", "sheet.main"), ("sheet1", "worksheet"), ("strings", "sharedStrings"))
    )
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{rels}{types}</Types>',
        "_rels/.rels": links(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": links(("worksheet", "sheet1.xml"), ("sharedStrings", "strings.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/sheet1.xml": f'<worksheet xmlns="{_SHEETS}"><sheetData>{cells}</sheetData></worksheet>',
        "xl/strings.xml": f'<sst xmlns="{_SHEETS}">' + "".join(f"<si><t>{one}</t></si>" for one in strings) + "</sst>",
    }
    return Attachment(zipped(**parts), "application/octet-stream", "people.xlsx")


def links(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="r{at}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for at, (kind, to) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("change", ["between", "sorted", "more", "capitals"])
def test_a_workbook_that_stores_each_string_once_comes_back(change: str, times: int) -> None:
    came_back = []
    for name in ("Omar Haddad", "Olaf Hallgr"):
        rows = [*(one.replace("Omar Haddad", name) for one in names(with_his=True)), *[name] * (times - 1)]
        text = "".join(returned(workbook, rows, CHANGES[change](rows))).lower()
        came_back.append(sorted(text.replace(name.lower(), "…").split("<si>")))
    assert came_back[0] == came_back[1]


@pytest.mark.parametrize("times", [1, 3])
def test_a_name_in_one_more_cell_of_it_is_for_its_author_to_take_out(times: int) -> None:
    rows = [*names(with_his=True), *["Omar Haddad"] * (times - 1)]
    with pytest.raises(CannotAnonymise, match="more cells than before"):
        returned(workbook, rows, [*rows, "Your name:", "Omar Haddad"])
    assert "Haddad" not in "".join(returned(workbook, ["Curriculum vitae"], ["Omar Haddad", "baker", "Omar Haddad"]))
