"""Formulas in text tables that may call something become text; numbers, telephone numbers and sums stay."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from relay.anonymise.attachments.acting.tables import harmless_cells
from relay.anonymise.identities import replaced
from relay.model import Attachment

Cleaned = Callable[[Attachment], list[Attachment]]


def harmless(text: str) -> str:
    return replaced(text, harmless_cells(text))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ('=WEBSERVICE("http://x/"),1\r\n', '\'=WEBSERVICE("http://x/"),1\r\n'),
        ("a,=cmd|' /c calc'!A1,2\r\n", "a,'=cmd|' /c calc'!A1,2\r\n"),
        ("a;+cmd|'/c calc'!A1\n", "a;'+cmd|'/c calc'!A1\n"),
        ("a\t-IMPORTXML(A1)\n", "a\t'-IMPORTXML(A1)\n"),
        ("@SUM(1),+1,-1\r\n", "'@SUM(1),+1,-1\r\n"),
        ('a,"=HYPERLINK(""http://x"",""y"")"\n', 'a,"\'=HYPERLINK(""http://x"",""y"")"\n'),
        ('a, "  =IF(1,WEBSERVICE(B1),2)"\n', 'a, "  \'=IF(1,WEBSERVICE(B1),2)"\n'),
        ('a,"\r=WEBDIENST(B1)"\n', 'a,"\r\'=WEBDIENST(B1)"\n'),
        ('"words\n=IMAGE(B1)"\n', '"words\n\'=IMAGE(B1)"\n'),
        ("sep=^\n1^=RTD(1)\n", "sep=^\n1^'=RTD(1)\n"),
        ("＝WEBSERVICE(A1)\n", "'＝WEBSERVICE(A1)\n"),
        ("=SUM(A1)+WEBSERVICE (B1)\n", "'=SUM(A1)+WEBSERVICE (B1)\n"),
        ("1,='\\\\host\\[a.xls]S'!A1\n", "1,'='\\\\host\\[a.xls]S'!A1\n"),
        ("1,='http://host/a.ods'#$S.A1\n", "1,'='http://host/a.ods'#$S.A1\n"),
        ('x"y;=WEBSERVICE(A1)\n', "x\"y;'=WEBSERVICE(A1)\n"),
    ],
)
def test_a_cell_that_calls_becomes_text(text: str, clean: str) -> None:
    assert harmless(text) == clean
    assert harmless(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "name,phone,sum\nA,+254 712 345 678,-12.5\nB,+1 (555) 010-9999,-3e5\nC,-,+\n",
        'a,b\n-1,"see Webservice(x), or (y)"\n',
        "=SUM(A1:A9),=AVERAGE(B1;B2),=A1*(1+B1)\n",
        "=SUMME(A1:A9);=WENN(A1>1;2;3)\n",
        "- buy milk, - wash\n@jane,#1,=)\n",
        "a@b.example,=A1+B1\n-5 (about),x\n",
        "2024-01-01,12:30,50%,-5 %\n",
        "ok=WEBSERVICE(1),a-cmd|'x'!A1\n",
        "'=WEBSERVICE(A1)\n",
    ],
)
def test_what_people_write_in_tables_stays(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize("codec", ["utf-16", "cp1252", "utf-8-sig"])
def test_charset_and_all_other_octets_stay(codec: str, cleaned: Cleaned) -> None:
    text = "größe;-5\r\nähnlich;=CALL(1)\r\n"
    (clean,) = cleaned(Attachment(text.encode(codec), "text/csv", "a.csv"))
    assert clean.content == text.replace("=CALL", "'=CALL").encode(codec)


@pytest.mark.parametrize(
    "piece", ["=,", '"=,', '"=,""', ";=,", "  =", "=(", "'", "|!", "=\r", "=WEBSERVICE(", "-1,", "!"]
)
def test_it_is_linear_in_hostile_text(piece: str) -> None:
    text = (piece * 100_000)[:100_000] + "|x!(a("
    began = time.process_time()
    harmless_cells(text)
    assert time.process_time() - began < 3
