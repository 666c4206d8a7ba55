"""Formulas of workbooks that call something leave their value; sums and links to the web stay."""

from __future__ import annotations

import pytest
from lxml import etree

from relay.anonymise.attachments.acting.formulas import acts
from relay.anonymise.attachments.documents.ooxml.formulas import without_calls


@pytest.mark.parametrize(
    "formula",
    ['WEBSERVICE("http://x")', '_xlfn.IMAGE(A1)', "IF(1,_xlfn.WEBSERVICE(A1),2)", "cmd|'/c calc'!A1",
     'of:=DDE("soffice";"x";"y")', "of:='http://x/a.ods'#$S.A1", "HYPERLINK(A1)", 'HYPERLINK("file:///x")'],
)  # fmt: skip
def test_what_calls_is_known(formula: str) -> None:
    assert acts(formula)


@pytest.mark.parametrize(
    "formula",
    ["SUM(A1:A9)", "'My sheet'!A1*2", 'HYPERLINK("https://ok.example","x")', "VLOOKUP(A1,T!A:B,2,FALSE)", 'A1&"|x"'],
)
def test_what_computes_stays(formula: str) -> None:
    assert not acts(formula)


def test_a_cell_keeps_its_value_or_shows_its_formula() -> None:
    root = etree.fromstring(
        "<s><c><f>WEBSERVICE(A1)</f><v>7</v></c><c><f>RTD(1)</f></c><c><f>SUM(A1)</f><v>3</v></c></s>"
    )
    assert without_calls(root) == 2
    assert etree.tostring(root) == (b'<s><c><v>7</v></c><c t="str"><v>=RTD(1)</v></c><c><f>SUM(A1)</f><v>3</v></c></s>')
