"""Languages in a PDF keep their name for screen readers, and lose the region."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from relay.model import Attachment


def tagged() -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    page.Contents = pdf.make_stream(b"/P <</Lang (en-GB)/MCID 0>> BDC 0 0 9 9 re f EMC /Span /L BDC 1 1 2 2 re f EMC")
    page.Resources = Dictionary(Properties=Dictionary(L=Dictionary(Lang=String("zh-TW"), MCID=1)))
    part = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, Lang=String("sw-KE"), K=0, Pg=page.obj))
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Array([part])))
    part.P = root
    pdf.Root.StructTreeRoot, pdf.Root.Lang = root, String("de-AT")
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_languages_lose_their_region(clean: Callable[..., Attachment]) -> None:
    with pikepdf.open(io.BytesIO(clean(tagged(), "a.pdf").content)) as pdf:
        assert str(pdf.Root.Lang) == "de"
        assert str(pdf.Root.StructTreeRoot.K[0].Lang) == "sw"
        page = pdf.pages[0]
        marks = [i.operands for i in pikepdf.parse_content_stream(page) if str(i.operator) == "BDC"]
        assert str(marks[0][1].Lang) == "en"
        whole = b"".join(thing.unparse(resolved=True) for thing in pdf.objects) + page.Contents.read_bytes()
    assert b"-TW" not in whole
    assert b"-KE" not in whole
