"""Markdown, notebooks, maps and other XML show what they say, and fetch nothing."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from relay.anonymise.attachments.acting.remote import in_markdown
from relay.anonymise.attachments.acting.xml_text import acts_in_browser, in_xml
from relay.anonymise.identities import replaced
from relay.model import Attachment
from relay.refusals import CannotAnonymise

Cleaned = Callable[[Attachment], list[Attachment]]
XML = '<?xml version="1.0"?>'
U = "http://tracker.example/p.png?u=1"


def markdown(text: str) -> str:
    return replaced(text, in_markdown(text))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"a ![x]({U}) b", "a [x] b"),
        (f'![x [y]](<{U}> "title")', "[x [y]]"),
        ("![x](//tracker.example/a(b).png)", "[x]"),
        ("![x](\\\\tracker.example\\s)", "[x]"),
        ("![x](&#104;ttp://tracker.example)", "[x]"),
        (f"![x][one]\n\n[one]: {U}\n", f"[x][one]\n\n[one]: {U}\n"),
        (f"[![x]({U})](http://ok.example)", "[[x]](http://ok.example)"),
        (f'<img alt="x" src="{U}">', '<img alt="x" src="">'),
        (f"<img src={U} alt='a>b'>", "<img src=\"\" alt='a>b'>"),
        (f"<img alt='>' src='{U}'/>", "<img alt='>' src=''/>"),
        (f'<td background="{U}">', '<td background="">'),
        (f'<p style="background:url({U})">', '<p style="">'),
        (f"<iframe src='{U}'></iframe>", f"&lt;iframe src='{U}'></iframe>"),
        (f"<style>@import '{U}'</style>", f"&lt;style>@import '{U}'</style>"),
        (f"```html\n<img src='{U}'>\n```\n<img src='{U}'>", f"```html\n<img src='{U}'>\n```\n<img src=''>"),
        (f"- a\n\n  ```\n<img src='{U}'>\n", "- a\n\n  ```\n<img src=''>\n"),
    ],
)
def test_remote_pictures_become_their_description(text: str, clean: str) -> None:
    assert markdown(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        f"[x]({U}) <{U}> {U}\n[1]: {U}\n",
        '![x](data:image/png;base64,iVBORw0KGgo=) ![y](pictures/a&b.png "t") ![z](#here)',
        '<a href="http://ok.example" title="x">y</a> <b>a < b</b> if a<b and c="d"',
        "<br/> <div align=center> <img src='a.png'>",
    ],
)
def test_links_and_own_pictures_stay(text: str) -> None:
    assert markdown(text) == text


KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{}\n-----END PGP PUBLIC KEY BLOCK-----"
NESTED = [
    f"![<img src='{U}'>]({U})",
    f'![<p title="a]({U}") x=" style=\'background:url({U})\' ">',
    f"![<img src='{U[5:]}]({U}){U[5:]}' >",
    f"![![![x]({U})]({U})]({U})",
]


def test_what_acts_however_much_is_taken_out_is_refused(cleaned: Cleaned) -> None:
    text = "!" * 30 + f"[x][a]\n\n[a]: {U}\n"
    with pytest.raises(CannotAnonymise, match="save it as"):
        cleaned(Attachment(text.encode(), "text/markdown", "a.md"))


@pytest.mark.parametrize("text", NESTED)
def test_what_is_taken_out_uncovers_nothing_else(text: str, cleaned: Cleaned) -> None:
    (clean,) = cleaned(Attachment(text.encode(), "text/markdown", "a.md"))
    assert clean.content.decode() != text
    assert not in_markdown(clean.content.decode())
    content = notebook({"cell_type": "markdown", "source": text})
    (clean,) = cleaned(Attachment(content, "application/x-ipynb+json", "a.ipynb"))
    assert not in_markdown(json.loads(clean.content)["cells"][0]["source"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", f"<img\n{KEY.format('>')}\nsrc='{U}'>"),
        ("a.kml", f"<kml><hr<atom:author>x</atom:author>ef>{U}</href></kml>"),
    ],
)
def test_nothing_that_goes_for_another_reason_joins_what_acts(name: str, text: str, cleaned: Cleaned) -> None:
    (clean,) = cleaned(Attachment(text.encode(), "text/plain", name))
    shown = clean.content.decode()
    assert "PGP" not in shown
    assert "author" not in shown
    assert not (in_xml(shown) if name == "a.kml" else in_markdown(shown))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f'{XML}<?xml-stylesheet type="text/xsl" href="{U}"?><a/>', f"{XML}<a/>"),
        (f'{XML}<!DOCTYPE a PUBLIC "-//x" "{U}"><a/>', f"{XML}<!DOCTYPE a><a/>"),
        (f"<kml><Icon><href>{U}</href></Icon></kml>", "<kml><Icon><href></href></Icon></kml>"),
        (f"<kml><k:styleUrl>{U}#s</k:styleUrl></kml>", "<kml><k:styleUrl></k:styleUrl></kml>"),
        ("<kml><styleUrl>#s</styleUrl><href>files/a.png</href></kml>",) * 2,
        (
            f"<kml><description><![CDATA[<img src='{U}'><a href='{U}'>x</a>]]></description></kml>",
            f"<kml><description><![CDATA[<img src=''><a href='{U}'>x</a>]]></description></kml>",
        ),
        ("<kml><a>&lt;img src='http://tracker.example/'&gt;</a></kml>", "<kml><a>&lt;img src=''&gt;</a></kml>"),
        (f'<gpx><link href="{U}"/></gpx>', '<gpx><link href=""/></gpx>'),
        ('<gpx><link href="http://ok.example/walk"><text>x</text></link></gpx>',) * 2,
    ],
)
def test_xml_loses_what_would_be_fetched(text: str, clean: str) -> None:
    assert replaced(text, in_xml(text)) == clean


@pytest.mark.parametrize(
    "text",
    [
        f'{XML}<a><script xmlns="http://www.w3.org/1999/xhtml" src="{U}"/></a>',
        f'{XML}<a><x:svg xmlns:x="http&#58;//www.w3.org/2000/svg"/></a>',
        f'{XML}<!DOCTYPE a [<!ENTITY x SYSTEM "{U}">]><a>&x;</a>',
        f'{XML}<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{U}"/></a>',
        f'{XML}<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>',
        f"{XML}<!--{'x' * 70_000}--><a/>",
    ],
)
def test_xml_that_a_browser_would_run_opens_as_text(text: str, cleaned: Cleaned) -> None:
    assert acts_in_browser(text)
    (clean,) = cleaned(Attachment(text.encode(), "text/xml", "a.xml"))
    assert (clean.filename, clean.media_type, clean.content) == ("a.xml.txt", "text/plain", text.encode())


@pytest.mark.parametrize(
    "root",
    [
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        '<s:Workbook xmlns:s="urn:schemas-microsoft-com:office:spreadsheet">',
        '<a xmlns="http://schemas.microsoft.com/office/2006/xmlPackage">',
        '<!-- x --><o:document xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0">',
    ],
)
def test_a_document_in_one_xml_file_is_refused_as_one(root: str, cleaned: Cleaned) -> None:
    with pytest.raises(Exception, match="saved as plain XML"):
        cleaned(Attachment(f"{XML}\n{root}</x>".encode(), "text/xml", "a.xml"))


def notebook(*cells: dict[str, Any]) -> bytes:
    return json.dumps({"cells": list(cells), "metadata": {"widgets": {}}, "nbformat": 4}).encode()


def test_a_notebook_keeps_its_words_code_and_results(cleaned: Cleaned) -> None:
    table = "<div><style scoped>.a {color: red}</style><table><tr><td>1</td></tr></table></div>"
    outputs = [
        {"output_type": "display_data", "data": {"text/html": f"<script src='{U}'></script>", "text/plain": "<x>"}},
        {"output_type": "display_data", "data": {"application/javascript": "x()", "text/plain": ["y"]}},
        {"output_type": "execute_result", "data": {"text/html": [table], "image/png": "iVBORw0KGgo="}},
        {"output_type": "stream", "text": ["1\n"]},
    ]
    content = notebook(
        {"cell_type": "markdown", "source": [f"![x]({U})\n", f"[y]({U})"]},
        {"cell_type": "code", "source": f"fetch('{U}')", "outputs": outputs},
    )
    (clean,) = cleaned(Attachment(content, "application/x-ipynb+json", "a.ipynb"))
    words, code = json.loads(clean.content)["cells"]
    assert clean.filename == "a.ipynb"
    assert words["source"] == ["[x]\n", f"[y]({U})"]
    assert code["source"] == f"fetch('{U}')"
    assert [output.get("data") for output in code["outputs"]] == [
        {"text/plain": "<x>"}, {"text/plain": ["y"]}, {"text/html": [table], "image/png": "iVBORw0KGgo="}, None,
    ]  # fmt: skip


@pytest.mark.parametrize("depth", [150, 800])
def test_a_deeply_nested_notebook_loses_what_acts_too(depth: int, cleaned: Cleaned) -> None:
    nested = "[" * depth + "]" * depth
    acting = {"output_type": "display_data", "data": {"application/javascript": "x()", "text/plain": "y"}}
    content = notebook({"cell_type": "code", "source": "", "outputs": [acting]}).replace(
        b'{"widgets": {}}', f'{{"x": {nested}}}'.encode()
    )
    (clean,) = cleaned(Attachment(content, "application/x-ipynb+json", "a.ipynb"))
    assert json.loads(clean.content)["cells"][0]["outputs"][0]["data"] == {"text/plain": "y"}


def test_a_drawing_in_a_notebook_is_cleaned_as_one(cleaned: Cleaned) -> None:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><metadata>Plotter 3, 2026-11-02</metadata>'
        f'<path d="M0 0h9"/><image href="{U}"/></svg>'
    )
    content = notebook(
        {
            "cell_type": "markdown",
            "source": "![a](attachment:a.svg)",
            "attachments": {"a.svg": {"image/svg+xml": drawing}},
        },
        {
            "cell_type": "code",
            "source": "",
            "outputs": [{"output_type": "display_data", "data": {"image/svg+xml": [drawing]}}],
        },
    )
    (clean,) = cleaned(Attachment(content, "application/x-ipynb+json", "a.ipynb"))
    words, code = json.loads(clean.content)["cells"]
    shown = words["attachments"]["a.svg"]["image/svg+xml"]
    assert code["outputs"][0]["data"] == {"image/svg+xml": shown}
    assert "M0 0h9" in shown
    assert not re.search("onload|Plotter|tracker", shown)


@pytest.mark.parametrize(
    "piece",
    ["<a ", "![", "![a](", "<img src='", "<", "[a]: b\n", "```\n\n", "&lt;img ", "<style>", "![a](",
     "\n\n```\n```\n\n<img src=//a>"],
)  # fmt: skip
def test_it_is_linear_in_hostile_text(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    in_markdown(text)
    in_xml("<kml>" + text)
    assert time.process_time() - began < 3
