"""A name behind escapes is found, is replaced in the same form, and the file parses as before."""

from __future__ import annotations

import ast
import base64
import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.anonymise import tokens
from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.identities import Redactor
from relay.anonymise.links.clean import clean_link
from relay.anonymise.passages import passages
from relay.model import Attachment, Identity, Known, Message, Persona

QUIET = Persona("Quiet River", "quiet-river.p9@relay.example.org")
AMBER = Persona("Amber Heron", "amber-heron.x7@relay.example.org")
KNOWN = Known(
    Identity(("juergen.mueller@nordhafen.example",), ("Jürgen Müller", "Екатерина Волкова")),
    QUIET,
    Identity(("lena@kiel.example",)),
    AMBER,
)
MAIL = "juergen.mueller@nordhafen.example"


def cleaned(text: str, name: str) -> str:
    file = Attachment(text.encode(), "application/octet-stream", name)
    return scrub_attachments(Message(attachments=(file,)), Redactor(KNOWN)).message.attachments[0].content.decode()


@pytest.mark.parametrize(
    ("name", "text", "clean"),
    [
        ("a.txt", r"von J\u00fcrgen M\u00FCller, ja", "von Quiet River, ja"),
        ("a.js", r"x = 'J\xfcrgen M\u{fc}ller';", "x = 'Quiet River';"),
        ("a.py", r"x = b'J\xc3\xbcrgen M\xc3\xbcller'", "x = b'Quiet River'"),
        ("a.py", r"x = 'M\N{LATIN SMALL LETTER U WITH DIAERESIS}ller J\374rgen'", "x = 'Quiet River'"),
        ("a.json", r'{"t": "Gru\u00df\nJ\u00fcrgen M\u00fcller\n"}', r'{"t": "Gru\u00df\nQuiet River\n"}'),
        ("a.json", r'{"t": "{\"n\": \"J\\u00fcrgen M\\u00fcller\"}"}', r'{"t": "{\"n\": \"Quiet River\"}"}'),
        ("a.xml", "<n>J&#252;rgen M&#xFC;ller &amp; Gr&uuml;n</n>", "<n>Quiet River &amp; Gr&uuml;n</n>"),
        ("e.tex", '\\author{J\\"urgen M\\"{u}ller}', "\\author{Quiet River}"),
        ("e.tex", '\\documentclass{a} J{\\"u}rgen~M\\"uller {\\o}', "\\documentclass{a} Quiet River {\\o}"),
        ("a.properties", "who=J\\u00fcrgen M\\u00fcller\nb=1\n", "who=Quiet River\nb=1\n"),
        ("q.txt", "von J=C3=BCrgen M=C3=\n=BCller gr=C3=BC=C3=9Ft\n", "von Quiet River gr=C3=BC=C3=9Ft\n"),
        ("a.json", '{"a": "caf\\u00e9 \\ud83d\\ude00"}', '{"a": "caf\\u00e9 \\ud83d\\ude00"}'),
    ],
)
def test_a_name_behind_escapes_goes_and_other_escapes_stay(name: str, text: str, clean: str) -> None:
    assert cleaned(text, name) == clean


def test_files_with_a_syntax_parse_as_before() -> None:
    said = {"given": "Jürgen", "family": "Müller", "list": ["Jürgen", "Müller"], "n": 3, "q": 'x "Jürgen Müller"'}
    for ascii_only in (True, False):
        back = json.loads(cleaned(json.dumps(said, ensure_ascii=ascii_only), "a.json"))
        assert list(back) == list(said)
        assert back["list"] == [QUIET.name, QUIET.name]
        assert back["q"] == f'x "{QUIET.name}"'
    rows = list(csv.reader(io.StringIO(cleaned('a,b,c\nJürgen,Müller,5\n"Müller, Jürgen",x,"1,5"\n', "a.csv"))))
    assert rows == [["a", "b", "c"], [QUIET.name, QUIET.name, "5"], [QUIET.name, "x", "1,5"]]
    tree = ET.fromstring(cleaned('<a who="Jürgen Müller"><b>Jürgen</b><c>Müller</c></a>', "a.xml"))
    assert [tree.get("who"), *(each.text for each in tree)] == [QUIET.name] * 3
    code = "team = ['Jürgen', 'Müller']\npair = {'Jürgen': 'Müller'}\njuergen_mueller = 1\nx = juergen_mueller\n"
    assert "mueller" not in cleaned(code, "a.py")
    ast.parse(cleaned(code, "a.py"))


@pytest.mark.parametrize("kind", ["a.csv", "a.json", "a.xml"])
def test_what_stands_beside_the_cells_of_a_name_stays(kind: str) -> None:
    cells = ["Jürgen", "May", "Müller", "7", "Helga"]
    text = {
        "a.csv": ",".join(cells),
        "a.json": json.dumps(cells),
        "a.xml": "".join(f"<c>{cell}</c>" for cell in cells),
    }[kind]
    assert cleaned(text, kind) == text.replace("Jürgen", QUIET.name).replace("J\\u00fcrgen", QUIET.name).replace(
        "Müller", QUIET.name
    ).replace("M\\u00fcller", QUIET.name)


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode, lambda octets: octets.hex().encode()])
@pytest.mark.parametrize("before", ["abc123def ", "39#", "", "дом "])
def test_a_token_that_names_somebody_is_written_again_without(encode, before: str) -> None:  # type: ignore[no-untyped-def]
    token = encode(f"{before}{MAIL}".encode()).decode().rstrip("=")
    text = f"see https://books.example/c?id=2&e={token}&z=1 and more\n"
    clean = cleaned(text, "a.txt")
    assert token not in clean
    again = encode(f"{before}{QUIET.alias}".encode()).decode()
    assert clean in (text.replace(token, again), text.replace(token, again.rstrip("=")))


def test_tokens_wrapped_over_lines_keep_their_lines() -> None:
    token = base64.encodebytes(b"0123456789" * 9 + MAIL.encode() + b"0123456789" * 5).decode()
    clean = cleaned(f"<<\n{token}>>\n", "a.txt")
    assert MAIL.encode() not in base64.b64decode(clean[3:-4])
    assert all(len(line) <= 76 for line in clean.splitlines())


def test_a_line_with_padding_ends_a_token() -> None:
    first = base64.b64encode(b"x" * 55).decode()
    second = base64.b64encode(f"Write to {MAIL} by the sea and the hills, and to others"[:55].encode()).decode()
    assert first.endswith("=") and len(first) == len(second) == 76
    clean = cleaned(f"{first}\n{second}\n", "a.txt")
    assert clean.startswith(f"{first}\n") and second not in clean
    assert MAIL.encode() not in base64.b64decode(clean.splitlines()[1] + "==")


@given(st.binary(min_size=12, max_size=200))
def test_tokens_that_name_nobody_stay(octets: bytes) -> None:
    assert tokens.find(base64.b64encode(octets).decode(), Redactor(KNOWN)) == []


def test_links_of_calendars_tell_neither_owner_nor_time_zone() -> None:
    eid = base64.urlsafe_b64encode(f"abc123def {MAIL}".encode()).decode().rstrip("=")
    url = f"https://calendar.google.com/calendar/event?action=VIEW&eid={eid}&ctz=Europe%2FBerlin&hl=en"
    link = clean_link(url, Redactor(KNOWN))
    assert link.named
    assert link.url is not None
    assert eid not in link.url
    assert "Berlin" not in link.url
    assert link.url.startswith("https://calendar.google.com/calendar/event?action=VIEW&eid=")
    assert "hl=" not in link.url  # the language of its author
    text = f"Talk\n11am – 11:30am\nCentral European Time - Berlin\n\n{url}\n"
    shown = passages(text, Redactor(KNOWN))
    left = "".join(
        text[a:b] for a, b in zip([0, *(f.end for f in shown)], [*(f.start for f in shown), None], strict=True)
    )
    assert "Berlin" not in left
    assert "Talk\n11am" in left


def test_time_zones_stay_where_no_calendar_is_linked() -> None:
    text = "11am – 11:30am\nA walk - Berlin\nhttps://maps.example/?ctz=Europe/Berlin\n"
    assert passages(text, Redactor(KNOWN)) == []


@pytest.mark.parametrize("word", ["May", "grace", "may"])
def test_an_ordinary_word_in_another_row_than_the_name_stays(word: str) -> None:
    known = Known(
        Identity(("a7@real.example",), (f"{word.title()} Tollemache",)), QUIET, Identity(("b9@r.example",)), AMBER
    )
    text = f"word;kind\n{word};3\nTollemache;4\n{word};Tollemache\n"
    file = Attachment(text.encode(), "text/csv", "a.csv")
    clean = scrub_attachments(Message(attachments=(file,)), Redactor(known)).message.attachments[0].content.decode()
    assert clean == f"word;kind\n{word};3\n{QUIET.name};4\n{QUIET.name};{QUIET.name}\n"
