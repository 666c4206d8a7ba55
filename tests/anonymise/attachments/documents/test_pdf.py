"""PDF documents, dressed as programs and people dress them: their pages stay, whoever made them does not."""

from __future__ import annotations

import functools
import io
import zlib

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream, String
from PIL import Image, ImageStat

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.attachments.cleaning import BrokenPicture
from relay.anonymise.attachments.documents.pdf.covering import MAX_COVERED
from relay.anonymise.attachments.documents.pdf.jpx import clean_jpx
from relay.anonymise.identities import Redactor
from relay.anonymise.scrub import scrub
from relay.model import Attachment, Doubt, Identity, Known, Message, Persona
from relay.refusals import CannotAnonymise

AMBER = Persona("Amber Heron", "amber-heron.x7@relay.example.org")
REDACTOR = Redactor(
    Known(
        Identity(("jane@northbank.example", "tom@gmx.de"), ("Jane Whitcombe",)),
        AMBER,
        Identity(("reader@mailbox.example",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
    )
)
SECRET = "Jane Whitcombe SN-4711"


def helvetica() -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)


def document(*contents: bytes) -> Pdf:
    """A document of one page for each content, with one font."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(helvetica())
    for content in contents or (b"BT /F1 12 Tf 72 700 Td (Hello, reader) Tj ET",):
        pdf.add_blank_page(page_size=(300, 400))
        page = pdf.pages[-1].obj
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        page.Contents = pdf.make_stream(content)
    return pdf


def saved(pdf: Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def cleaned(content: bytes | Pdf) -> bytes:
    octets = content if isinstance(content, bytes) else saved(content)
    message = Message(attachments=(Attachment(octets, "application/pdf", "a.pdf"),))
    return scrub_attachments(message, REDACTOR).message.attachments[0].content


def everything(content: bytes) -> str:
    """All strings, names, keys and stream contents of a PDF as one text, and the file itself."""
    out: list[str] = [content.decode("latin-1")]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for thing in (*pdf.objects, pdf.trailer):
            out += _told(thing)
    return "\n".join(out)


def _told(thing: object, depth: int = 0) -> list[str]:
    if isinstance(thing, String):
        return [str(thing)]
    if isinstance(thing, Name):
        return [thing.unparse().decode("latin-1")]
    out: list[str] = []
    if isinstance(thing, Stream):
        out.append(thing.read_raw_bytes().decode("latin-1"))
        if "/Filter" not in thing or thing.get("/Filter") == Name.FlateDecode:
            out.append(thing.read_bytes().decode("latin-1"))
    if isinstance(thing, Dictionary | Stream) and depth < 8:
        for key, value in thing.items():
            out.append(key)
            if not (isinstance(value, Object) and value.is_indirect):
                out += _told(value, depth + 1)
    if isinstance(thing, Array) and depth < 8:
        for value in thing:
            if not (isinstance(value, Object) and value.is_indirect):
                out += _told(value, depth + 1)
    return out


@functools.cache
def opened(content: bytes) -> Pdf:
    """The document. It is kept: pages of a document that is gone are gone, too."""
    return pikepdf.open(io.BytesIO(content))


def first(content: bytes) -> Page:
    return opened(content).pages[0]


def root(content: bytes) -> Object:
    return opened(content).Root


def annotated(*annotations: Dictionary) -> Pdf:
    pdf = document()
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(annotation) for annotation in annotations])
    return pdf


def annotation(kind: str, **entries: object) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=Name("/" + kind), Rect=[10, 10, 30, 30], **entries)


def test_nothing_of_who_made_a_document_is_left_in_it() -> None:
    pdf = document()
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [SECRET]
        metadata["xmp:CreatorTool"] = SECRET
    pdf.docinfo["/Author"] = SECRET
    pdf.docinfo["/Company"] = SECRET
    page = pdf.pages[0].obj
    page.PieceInfo = Dictionary(Illustrator=Dictionary(LastModified=SECRET, Private=pdf.make_stream(SECRET.encode())))
    page.LastModified = String(SECRET)
    page.Metadata = pdf.make_stream(SECRET.encode())
    page.Thumb = pdf.make_stream(SECRET.encode())
    page.VP = Array([Dictionary(Name=SECRET, Measure=Dictionary(GPTS=[51.5, -0.1]))])
    page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=SECRET))
    form = pdf.make_stream(b"0 0 10 10 re f")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, [0, 0, 10, 10]
    form[Name("/PTEX.FileName")] = String("/home/" + SECRET)
    form[Name("/PTEX.InfoDict")] = pdf.make_indirect(Dictionary(Author=SECRET))
    page.Resources.XObject = Dictionary(Fm0=form)
    page.Resources.Properties = Dictionary(
        L=Dictionary(Type=Name.OCG, Name="Layer", Usage=Dictionary(CreatorInfo=Dictionary(Creator=SECRET)))
    )
    top = pdf.Root
    top.OpenAction = Dictionary(S=Name.JavaScript, JS=SECRET)
    top.AA = Dictionary(WC=Dictionary(S=Name.JavaScript, JS=SECRET))
    top.Names = Dictionary(
        JavaScript=Dictionary(Names=[SECRET, Dictionary(S=Name.JavaScript, JS=SECRET)]),
        Templates=Dictionary(Names=[SECRET, Dictionary(Type=Name.Template)]),
    )
    top.Perms = Dictionary(DocMDP=Dictionary(Type=Name.Sig, Name=SECRET))
    top.DSS = Dictionary(Certs=[pdf.make_stream(SECRET.encode())])
    top.URI = Dictionary(Base="https://northbank.example/" + SECRET)
    top.Threads = Array([pdf.make_indirect(Dictionary(I=Dictionary(Author=SECRET)))])
    top.OCProperties = Dictionary(OCGs=[], D=Dictionary(Creator=SECRET, Name="View", Order=[]))
    top.OutputIntents = Array([Dictionary(S=Name.GTS_PDFX, Info=SECRET)])
    pdf.attachments["cv.txt"] = SECRET.encode()
    pdf.trailer[Name("/Private")] = String(SECRET)
    told = everything(cleaned(pdf))
    assert "Jane" not in told
    assert "4711" not in told
    for key in ("/PieceInfo", "/Metadata", "/JavaScript", "/JS", "/EmbeddedFiles", "/PTEX", "/Info", "/Producer"):
        assert key not in told


def test_the_page_looks_as_before() -> None:
    pdf = document(b"q 1 0 0 RG 10 10 m 50 50 l S Q BT /F1 12 Tf 72 700 Td (Hello, reader) Tj ET")
    before = pdf.pages[0].Contents.read_bytes()
    page = first(cleaned(pdf))
    assert page.Contents.read_bytes() == before
    assert page.MediaBox == [0, 0, 300, 400]
    assert page.Resources.Font.F1.BaseFont == Name.Helvetica


def test_the_same_document_becomes_the_same_octets() -> None:
    pdf = document()
    pdf.docinfo["/Author"] = SECRET
    content, other = saved(pdf), saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable, static_id=True)
    assert cleaned(content) == cleaned(content) == cleaned(other)


def test_older_revisions_and_leftovers_are_gone() -> None:
    pdf = document()
    pdf.make_indirect(Dictionary(Old=SECRET))
    content = saved(pdf)
    later = content + b"\n99 0 obj\n(" + SECRET.encode() + b")\nendobj\n" + content[content.rindex(b"startxref") :]
    assert "Jane" not in everything(cleaned(later))


def test_a_page_taken_out_does_not_stay_behind_a_bookmark_or_a_note() -> None:
    pdf = document(b"BT (one) Tj ET", b"BT (" + SECRET.encode() + b") Tj ET")
    gone = pdf.pages[1].obj
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(annotation("Text", P=gone, Contents="look"))])
    item = pdf.make_indirect(Dictionary(Title="There", Dest=[gone, Name.Fit]))
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=item, Last=item, Count=1))
    pdf.Root.Dests = Dictionary(there=Array([gone, Name.Fit]))
    del pdf.pages[1]
    assert "Jane" not in everything(cleaned(pdf))


def test_notes_keep_their_words_and_place_and_lose_their_author_and_time() -> None:
    note = annotation("Text", Contents="well put, Jane Whitcombe", T=SECRET, NM=SECRET, M="D:20250101", Subj=SECRET)
    clean = first(cleaned(annotated(note))).Annots[0]
    assert str(clean.Contents) == f"well put, {AMBER.name}"
    assert {"/T", "/NM", "/M", "/Subj"}.isdisjoint(clean.keys())
    assert list(clean.Rect) == [10, 10, 30, 30]


def test_a_note_and_its_window_stay_together() -> None:
    pdf = annotated(annotation("Text", Contents="x"), annotation("Popup", Open=True))
    note, popup = pdf.pages[0].obj.Annots
    note.Popup, popup.Parent = popup, note
    clean = first(cleaned(pdf)).Annots
    assert [str(a.Subtype) for a in clean] == ["/Text", "/Popup"]
    assert clean[0].Popup.objgen == clean[1].objgen


@pytest.mark.parametrize(
    ("action", "stays"),
    [
        (Dictionary(S=Name.URI, URI="https://example.org/a?id=1"), "https://example.org/a?id=1"),
        (Dictionary(S=Name.URI, URI="https://example.org/a?fbclid=1"), "https://example.org/a"),
        (Dictionary(S=Name.URI, URI="mailto:info@example.org"), "mailto:info@example.org"),
        (Dictionary(S=Name.URI, URI="mailto:jane@northbank.example"), "mailto:" + AMBER.alias),
        (Dictionary(S=Name.URI, URI="https://www.northbank.example/"), None),
        (Dictionary(S=Name.URI, URI="file:///home/jane/cv.pdf"), None),
        (Dictionary(S=Name.Launch, F="C:\\Users\\jane"), None),
        (Dictionary(S=Name.GoToR, F="jane.pdf", D=[0, Name.Fit]), None),
        (Dictionary(S=Name.SubmitForm, F="https://example.org"), None),
        (Dictionary(S=Name.ImportData, F="x.fdf"), None),
        (Dictionary(S=Name.JavaScript, JS="app.alert(1)"), None),
    ],
)
def test_only_links_to_the_web_and_into_the_document_stay(action: Dictionary, stays: str | None) -> None:
    action.Next = Dictionary(S=Name.JavaScript, JS=SECRET)
    clean = first(cleaned(annotated(annotation("Link", A=action)))).get("/Annots")
    assert [dict(a.A.items()) for a in clean] == ([{"/S": Name.URI, "/URI": String(stays)}] if stays else [])


def test_links_bookmarks_and_named_places_within_the_document_work() -> None:
    pdf = document(b"", b"")
    there = Array([pdf.pages[1].obj, Name.XYZ, 0, 100, None])
    pdf.pages[0].obj.Annots = Array(
        [
            pdf.make_indirect(annotation("Link", Dest=String("chapter of Jane Whitcombe"))),
            pdf.make_indirect(annotation("Link", A=Dictionary(S=Name.GoTo, D=there))),
        ]
    )
    pdf.Root.Names = Dictionary(
        Dests=Dictionary(Kids=[Dictionary(Names=["chapter of Jane Whitcombe", Dictionary(D=there), "zebra", there])])
    )
    item = pdf.make_indirect(Dictionary(Title="About Jane Whitcombe", Dest=String("zebra"), SE=Dictionary()))
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=item, Last=item, Count=1))
    pdf.Root.PageLabels = Dictionary(Nums=[0, Dictionary(S=Name.D, P="Jane Whitcombe-")])
    clean = cleaned(pdf)
    names, links = root(clean).Names.Dests.Names, first(clean).Annots
    assert [str(name) for name in list(names)[::2]] == [f"chapter of {AMBER.name}", "zebra"]
    assert links[0].Dest == names[0]
    assert links[1].A.D[0].objgen == names[1][0].objgen
    assert str(root(clean).Outlines.First.Title) == f"About {AMBER.name}"
    assert str(root(clean).PageLabels.Nums[1].P) == f"{AMBER.name}-"


@pytest.mark.parametrize("kind", ["FileAttachment", "Sound", "Movie", "Screen", "RichMedia", "3D", "Projection"])
def test_notes_that_carry_files_are_gone(kind: str) -> None:
    pdf = annotated(annotation(kind, Contents=SECRET, FS=Dictionary(F=SECRET)))
    assert list(first(cleaned(pdf)).Annots) == []


def test_forms_keep_their_fields_and_values_and_lose_signatures_and_scripts() -> None:
    looks = {"Type": Name.Annot, "Subtype": Name.Widget, "Rect": [0, 0, 50, 20]}
    pdf = document()
    field = pdf.make_indirect(Dictionary(**looks, FT=Name.Tx, T="name", TU="Jane Whitcombe", V="Jane Whitcombe", Ff=0))
    field.AP = Dictionary(N=appearance(pdf, b"BT /F1 9 Tf (Jane Whitcombe) Tj ET"))
    field.AA = Dictionary(K=Dictionary(S=Name.JavaScript, JS=SECRET))
    box = pdf.make_indirect(Dictionary(**looks, FT=Name.Btn, T="box", V=Name.Yes, AS=Name.Yes))
    box.AP = Dictionary(N=Dictionary(Yes=appearance(pdf, b"0 0 5 5 re f")))
    signed = pdf.make_indirect(Dictionary(**looks, FT=Name.Sig, T="sig", V=Dictionary(Name=SECRET)))
    pdf.Root.AcroForm = Dictionary(
        Fields=[field, box, signed], SigFlags=3, XFA=SECRET, DA="/Helv 0 Tf", CO=[field], DR=Dictionary()
    )
    pdf.pages[0].obj.Annots = Array([field, box, signed])
    clean = cleaned(pdf)
    form = root(clean).AcroForm
    assert "4711" not in everything(clean)
    assert [str(f.T) for f in form.Fields] == ["name", "box"]
    assert str(form.Fields[0].V) == AMBER.name
    assert "/AP" not in form.Fields[0]
    assert form.NeedAppearances is True
    assert form.Fields[1].AP.N.Yes.read_bytes() == b"0 0 5 5 re f"
    assert [a.objgen for a in first(clean).Annots] == [f.objgen for f in form.Fields]
    assert {"/SigFlags", "/XFA", "/CO"}.isdisjoint(form.keys())


def chained(pdf: Pdf, forms: int, paints: bytes) -> Stream:
    """The first of ``forms`` that each paint the next; the last shows a name."""
    form = appearance(pdf, b"BT /F1 12 Tf (Jane Whitcombe) Tj ET")
    for _ in range(forms):
        inner, form = form, appearance(pdf, paints)
        form.Resources = Dictionary(XObject=Dictionary(X=inner))
    return form


@pytest.mark.parametrize("place", ["page", "note"])
def test_forms_that_paint_forms_twice_are_refused_at_once(place: str) -> None:
    pdf = document(b"/X Do")
    form = chained(pdf, 40, b"/X Do /X Do ")
    if place == "page":
        pdf.pages[0].obj.Resources.XObject = Dictionary(X=form)
    else:
        note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=[0, 0, 9, 9], AP=Dictionary(N=form))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])
    with pytest.raises(CannotAnonymise, match="draws more"):
        cleaned(pdf)


def test_forms_that_paint_themselves_or_one_another_pass() -> None:
    pdf = document(b"/X Do " * 1000)
    form = chained(pdf, 3, b"/X Do /Y Do ")
    last = form.Resources.XObject.X.Resources.XObject.X
    last.Resources = Dictionary(XObject=Dictionary(X=form, Y=last))
    last.write(b"/X Do /Y Do")
    pdf.pages[0].obj.Resources.XObject = Dictionary(X=form)
    assert b"%PDF" in cleaned(pdf)


def appearance(pdf: Pdf, content: bytes) -> Stream:
    stream = pdf.make_stream(content)
    stream.Type, stream.Subtype, stream.BBox = Name.XObject, Name.Form, [0, 0, 50, 20]
    stream.Resources = Dictionary(Font=Dictionary(F1=helvetica()))
    return stream


def test_the_structure_for_those_who_cannot_see_stays_without_names() -> None:
    pdf = document(b"/P <</MCID 0>> BDC BT /F1 12 Tf (Hello) Tj ET EMC")
    page = pdf.pages[0].obj
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    leaf = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, P=tree, Pg=page, K=0, Alt="by Jane Whitcombe"))
    leaf.A = Dictionary(O=Name.UserProperties, P=[Dictionary(N=SECRET, V=SECRET)])
    tree.K, tree.ParentTree = Array([leaf]), Dictionary(Nums=[0, Array([leaf])])
    tree.RoleMap = Dictionary(Chapter=Name.Sect)
    pdf.Root.StructTreeRoot, pdf.Root.MarkInfo = tree, Dictionary(Marked=True)
    clean = cleaned(pdf)
    kept = root(clean).StructTreeRoot
    assert "4711" not in everything(clean)
    assert str(kept.K[0].Alt) == f"by {AMBER.name}"
    assert kept.K[0].Pg.objgen == first(clean).obj.objgen
    assert kept.ParentTree.Nums[1][0].objgen == kept.K[0].objgen
    assert kept.RoleMap.Chapter == Name.Sect


def test_comments_and_hidden_words_in_the_instructions_are_gone() -> None:
    content = (
        b"% by Jane Whitcombe\nBT /F1 12 Tf 10 10 Td /Span <</ActualText (Jane Whitcombe) /X (Jane Whitcombe)>> BDC "
        b"(100% true) Tj EMC ET"
    )
    page = first(cleaned(document(content)))
    told = page.Contents.read_bytes()
    assert b"Jane" not in told
    assert b"(100% true) Tj" in told
    assert AMBER.name.encode() in told


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (b"BT /F1 12 Tf 10 10 Td (Dear Jane Whitcombe,) Tj ET", "Dear"),
        (b"BT /F1 12 Tf 10 10 Td [(Ja) 20 (ne) -300 (Whit) 15 (combe)] TJ ET", ""),
        (b"BT /F1 12 Tf 10 10 Td <4A616E65205768697463 6F6D6265> Tj ET", ""),
        (
            b"BT /F1 12 Tf 1 0 0 1 10 10 Tm (write to jane@north) Tj ET"
            b" BT /F1 12 Tf 1 0 0 1 98 10 Tm (bank.example) Tj ET",
            "write to",
        ),
        (b"BT /F1 12 Tf 60 10 Td (Whitcombe) Tj ET BT /F1 12 Tf 20 10 Td (Jane) Tj ET", ""),
        (b"BT /F1 12 Tf 14 TL 10 90 Td (Jane) Tj T* (Whitcombe) Tj ET", ""),
        (b"BT /F1 12 Tf 10 90 Td (Jane) Tj (Whitcombe) ' ET", ""),
        (b"q 0 1 -1 0 0 0 cm BT /F1 12 Tf 10 10 Td (Jane Whitcombe) Tj ET Q", ""),
        (b"BT 3 Tr /F1 12 Tf 10 10 Td (tom@gmx.de) Tj ET", ""),
        (b"BT /F1 12 Tf 10 10 Td (Write to jane@northbank.example, please) Tj ET", "Write to , please"),
    ],
)
def test_a_page_that_shows_an_identity_is_drawn_anew_with_the_place_black(content: bytes, left: str) -> None:
    out = cleaned(document(content, b"BT /F1 12 Tf 10 10 Td (the second page stays) Tj ET"))
    assert [text.strip() for text in texts_of_pages(out)] == [left, "the second page stays"]
    assert pages_of(out) == 2


def test_the_other_words_of_a_covered_page_can_be_searched_and_stand_where_they_are_seen() -> None:
    lines = b"BT /F1 12 Tf 40 340 Td (Our exams start in June.) Tj ET BT /F1 12 Tf 40 300 Td (Jane Whitcombe) Tj ET"
    pdf = document(lines + b" BT /F1 12 Tf 40 260 Td (Look once more?) Tj ET")
    before = [words.split() for words in texts_of_pages(saved(pdf))]
    out = cleaned(pdf)
    assert [words.split() for words in texts_of_pages(out)] == [
        [word for word in before[0] if word not in ("Jane", "Whitcombe")]
    ]
    page = pypdfium2.PdfDocument(out)[0].get_textpage()
    left, bottom, _, top = page.get_charbox(0)
    assert abs(left - 40) < 4 and 330 < bottom < top < 356


def test_the_black_hides_each_letter_and_nothing_else() -> None:
    """What is left of the page is the same, dot for dot, as with the name left out of it."""
    line = b"BT /F1 12 Tf 10 100 Td (Dear ) Tj ET BT /F1 12 Tf 160 100 Td (, hello) Tj ET"
    named = line + b" BT /F1 12 Tf 38 100 Td (Jane Whitcombe) Tj ET"
    shown, expected = picture_of(cleaned(document(named))), picture_of(saved(document(line)))
    # The letters of the name stand from 38 to 121 points across, and from 97 to 109 points up.
    assert shown.crop((2 * 38, 2 * (400 - 109), 2 * 121, 2 * (400 - 97))).getextrema()[1] < 64, "the place is black"
    for left, right in ((0, 34), (134, 300)):
        box = 2 * left, 2 * (400 - 116), 2 * right, 2 * (400 - 92)
        means = [ImageStat.Stat(one.crop(box)).mean[0] for one in (shown, expected)]
        assert abs(means[0] - means[1]) < 2, "the words beside it stay, and nothing else is black"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_page_is_covered_where_it_shows_the_name(turn: int) -> None:
    pdf = document(b"BT /F1 12 Tf 40 300 Td (Jane Whitcombe) Tj ET")
    pdf.pages[0].rotate(turn, relative=False)
    before = picture_of(saved(pdf))
    after = picture_of(cleaned(pdf))
    assert before.size == after.size
    dark = before.point(lambda dot: 255 if dot < 128 else 0).getbbox()
    assert dark is not None
    assert after.crop(dark).getextrema()[1] < 128


def test_a_name_in_a_field_is_not_left_behind_by_the_covered_page() -> None:
    pdf = document(b"BT /F1 12 Tf 10 300 Td (Jane Whitcombe) Tj ET")
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(annotation("Text", Contents=SECRET))])
    out = cleaned(pdf)
    with pikepdf.open(io.BytesIO(out)) as again:
        assert "/Annots" not in again.pages[0].obj
    assert b"SN-4711" not in out


def test_a_name_in_a_place_that_nobody_draws_is_refused_in_words_that_do_not_repeat_it() -> None:
    pdf = document()
    pdf.pages[0].obj.Resources.XObject = Dictionary(Fm=appearance(pdf, b"BT /F1 9 Tf (jane whitcombe) Tj ET"))
    with pytest.raises(CannotAnonymise, match="shows an address or a name") as refusal:
        cleaned(pdf)
    assert "jane" not in refusal.value.detail.lower()
    assert refusal.value.detail.isascii()


def test_a_name_on_more_pages_than_are_covered_is_refused() -> None:
    with pytest.raises(CannotAnonymise, match="too many pages"):
        cleaned(document(*[b"BT /F1 12 Tf 10 10 Td (Jane Whitcombe) Tj ET"] * (MAX_COVERED + 1)))


def test_a_word_that_may_be_a_part_of_the_name_stays_and_is_a_doubt() -> None:
    hope = Known(Identity(("hope@northbank.example",), ("Hope Whitcombe",)), AMBER, Identity(("r@x.example",)), AMBER)
    pdf = document(
        b"BT /F1 12 Tf 10 10 Td (First page) Tj ET", b"BT /F1 12 Tf 10 90 Td (Best wishes,) Tj 0 -20 Td (Hope) Tj ET"
    )
    done = scrub(Message("x", "see", None, (Attachment(saved(pdf), "application/pdf", "a.pdf"),)), hope)
    assert done.doubts == (Doubt("name", "Hope", "a.pdf", 2),)
    assert "Hope" in texts_of_pages(done.message.attachments[0].content)[1]


def texts_of_pages(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def pages_of(content: bytes) -> int:
    with pypdfium2.PdfDocument(content) as pdf:
        return len(pdf)


def picture_of(content: bytes) -> Image.Image:
    """The first page, two dots for a point, in shades of grey."""
    with pypdfium2.PdfDocument(content) as pdf:
        return pdf[0].render(scale=2).to_pil().convert("L")


CODES = {letter: number for number, letter in enumerate("JaneWhitcomb .@Düß", 1)}


def composite(pdf: Pdf, mapping: bytes) -> Object:
    inner = pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.X, DW=500, W=[1, [500, 500]])
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name.X,
            Encoding=Name("/Identity-H"),
            DescendantFonts=[inner],
            ToUnicode=pdf.make_stream(mapping),
        )
    )


def mapped(kind: str) -> bytes:
    if kind == "bfchar":
        rows = "\n".join(f"<{code:04x}> <{ord(letter):04X}>" for letter, code in CODES.items())
        body = f"{len(CODES)} beginbfchar\n{rows}\nendbfchar"
    elif kind == "bfrange":
        rows = "\n".join(f"<{code:04x}> <{code:04x}> <{ord(letter):04X}>" for letter, code in CODES.items())
        body = f"{len(CODES)} beginbfrange\n{rows}\nendbfrange"
    else:
        listed = " ".join(f"<{ord(letter):04X}>" for letter in CODES)
        body = f"1 beginbfrange\n<0001> <{len(CODES):04x}> [{listed}]\nendbfrange"
    return f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{body}".encode()


@pytest.mark.parametrize("kind", ["bfchar", "bfrange", "list"])
def test_text_of_fonts_with_codes_of_their_own_is_read(kind: str) -> None:
    words = "".join(f"{CODES[letter]:04X}" for letter in "Jane Whitcombe").encode()
    pdf = document(b"BT /F1 12 Tf 10 10 Td <" + words + b"> Tj ET")
    pdf.pages[0].obj.Resources.Font.F1 = composite(pdf, mapped(kind))
    assert texts_of_pages(cleaned(pdf)) == [""]


def test_text_of_fonts_that_name_their_glyphs_is_read() -> None:
    pdf = document(b"BT /F1 12 Tf 10 10 Td <0102030405> Tj ET")
    names = Array([1, Name.t, Name.o, Name.m, Name("/at"), Name("/g_m_x.alt")])
    pdf.pages[0].obj.Resources.Font.F1 = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.X, Encoding=Dictionary(Differences=names)
    )
    pdf.pages[0].obj.Contents.write(b"BT /F1 12 Tf 10 10 Td <0102030405> Tj (.de) Tj ET")
    with pytest.raises(CannotAnonymise, match="shows an address or a name"):
        cleaned(pdf)


def test_identities_in_forms_patterns_and_looks_of_notes_are_seen() -> None:
    for place in ("form", "pattern", "stamp"):
        pdf = document()
        drawing = appearance(pdf, b"BT /F1 9 Tf (jane@northbank.example) Tj ET")
        if place == "form":
            pdf.pages[0].obj.Resources.XObject = Dictionary(Fm=drawing)
        elif place == "pattern":
            del drawing.Subtype
            drawing.PatternType = 1
            pdf.pages[0].obj.Resources.Pattern = Dictionary(P1=drawing)
        else:
            pdf.pages[0].obj.Annots = Array([pdf.make_indirect(annotation("Stamp", AP=Dictionary(N=drawing)))])
        with pytest.raises(CannotAnonymise, match="shows an address or a name"):
            cleaned(pdf)


def test_a_line_of_text_in_a_note_is_drawn_again_from_clean_words() -> None:
    pdf = document()
    looks = Dictionary(N=appearance(pdf, b"BT /F1 9 Tf (from Jane Whitcombe) Tj ET"))
    note = annotation("FreeText", Contents="from Jane Whitcombe", DA="/Helv 9 Tf", AP=looks, RC="<p>Jane Whitcombe")
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])
    clean = first(cleaned(pdf)).Annots[0]
    assert str(clean.Contents) == f"from {AMBER.name}"
    assert "/AP" not in clean
    assert "/RC" not in clean


def jpeg() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = SECRET
    Image.new("RGB", (16, 16), (200, 30, 90)).save(out, "JPEG", exif=exif, comment=SECRET.encode())
    return out.getvalue()


@pytest.mark.parametrize("filters", [("DCTDecode",), ("FlateDecode", "DCTDecode")])
def test_pictures_in_a_document_are_bare_and_look_the_same(filters: tuple[str, ...]) -> None:
    pdf = document()
    octets = zlib.compress(jpeg()) if len(filters) > 1 else jpeg()
    picture = Stream(pdf, octets)
    picture.Type, picture.Subtype, picture.Width, picture.Height = Name.XObject, Name.Image, 16, 16
    picture.ColorSpace, picture.BitsPerComponent = Name.DeviceRGB, 8
    picture.Filter = Array([Name("/" + name) for name in filters])
    picture.Metadata = pdf.make_stream(SECRET.encode())
    pdf.pages[0].obj.Resources.XObject = Dictionary(Im0=picture)
    kept = first(cleaned(pdf)).Resources.XObject.Im0
    assert SECRET.encode() not in kept.read_raw_bytes()
    assert kept.Filter == Name.DCTDecode
    clean, before = Image.open(io.BytesIO(kept.read_raw_bytes())), Image.open(io.BytesIO(jpeg()))
    assert clean.tobytes() == before.tobytes()


def test_octets_behind_the_end_of_packed_data_are_cut() -> None:
    pdf = document()
    picture = Stream(pdf, zlib.compress(bytes(16)) + SECRET.encode())
    picture.Type, picture.Subtype, picture.Width, picture.Height = Name.XObject, Name.Image, 4, 4
    picture.ColorSpace, picture.BitsPerComponent, picture.Filter = Name.DeviceGray, 8, Name.FlateDecode
    pdf.pages[0].obj.Resources.XObject = Dictionary(Im0=picture)
    kept = first(cleaned(pdf)).Resources.XObject.Im0
    assert kept.read_bytes() == bytes(16)
    assert b"Jane" not in kept.read_raw_bytes()


def test_a_font_of_somebodys_hand_loses_their_name_and_others_keep_theirs() -> None:
    pdf = document()
    fonts = pdf.pages[0].obj.Resources.Font
    for key, name in (("/F2", "/ABCDEF+JaneWhitcombe-Regular"), ("/F3", "/DejaVuSans-Bold"), ("/F4", "/#CB#CE#CC#E5")):
        fonts[key] = Object.parse(f"<</Type /Font /Subtype /TrueType /BaseFont {name}>>".encode())
    kept = first(cleaned(pdf)).Resources.Font
    assert [kept[key].BaseFont.unparse() for key in ("/F2", "/F3", "/F4")] == [
        *(b"/Font", b"/DejaVuSans-Bold", b"/#cb#ce#cc#e5")
    ]


def jpx() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 30, 90)).save(out, "JPEG2000", comment=SECRET)
    content = out.getvalue()
    place = content.index(b"jp2c") - 4
    extra = b"".join(
        (len(SECRET) + 8).to_bytes(4, "big") + kind + SECRET.encode() for kind in (b"xml ", b"uuid", b"uinf", b"jumb")
    )
    return content[:place] + extra + content[place:]


def test_a_jpeg_2000_picture_is_bare_and_looks_the_same() -> None:
    clean = clean_jpx(jpx())
    assert SECRET.encode() in jpx()
    assert SECRET.encode() not in clean
    assert Image.open(io.BytesIO(clean)).tobytes() == Image.open(io.BytesIO(jpx())).tobytes()
    assert clean_jpx(clean) == clean
    stream = clean[clean.index(b"\xff\x4f\xff\x51") :]
    assert clean_jpx(stream) == stream
    for broken in (b"", b"\xff\x4f" + bytes(20), clean[:60]):
        with pytest.raises(BrokenPicture):
            clean_jpx(broken)


def test_an_address_hidden_in_a_font_is_refused() -> None:
    pdf = document()
    descriptor = Dictionary(Type=Name.FontDescriptor, FontName=Name.X, Flags=4)
    descriptor.FontFile2 = pdf.make_stream("made for jane@northbank.example".encode("utf-16-be"))
    pdf.pages[0].obj.Resources.Font.F1 = Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name.X, FontDescriptor=descriptor
    )
    with pytest.raises(CannotAnonymise, match="hidden place"):
        cleaned(pdf)


def test_a_locked_document_is_refused_and_one_that_opens_is_unlocked() -> None:
    locked = saved(document(), encryption=pikepdf.Encryption(user="secret", owner="secret"))
    with pytest.raises(CannotAnonymise, match="password"):
        cleaned(locked)
    opens = saved(document(), encryption=pikepdf.Encryption(user="", owner="secret"))
    clean = pikepdf.open(io.BytesIO(cleaned(opens)))
    assert not clean.is_encrypted
    assert b"Hello" in clean.pages[0].Contents.read_bytes()


def test_a_portfolio_is_refused_kindly() -> None:
    pdf = document()
    pdf.Root.Collection = Dictionary(View=Name.D)
    with pytest.raises(CannotAnonymise, match="one by one"):
        cleaned(pdf)


def test_a_broken_index_is_mended_and_what_is_no_document_refused() -> None:
    content = saved(document())
    broken = content[: content.rindex(b"startxref")] + b"startxref\n12345\n%%EOF"
    assert b"Hello" in first(cleaned(broken)).Contents.read_bytes()
    for hopeless in (b"%PDF-1.7\n", b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj trailer <</Root 1 0 R>>"):
        with pytest.raises(CannotAnonymise, match="damaged"):
            cleaned(hopeless)


def test_bombs_are_refused() -> None:
    packed = zlib.compress(bytes(150 * 1024 * 1024), 9)
    pdf = document()
    pdf.pages[0].obj.Contents.write(packed, filter=Name.FlateDecode)
    with pytest.raises(CannotAnonymise):
        cleaned(pdf)
    many = document(b"0 0 m " * 1000)
    for _ in range(12):
        many.pages.extend(many.pages)
    with pytest.raises(CannotAnonymise):
        cleaned(many)


def test_circles_come_to_an_end() -> None:
    pdf = document()
    item = pdf.make_indirect(Dictionary(Title="round"))
    item.First, item.Next, item.Parent = item, item, item
    pdf.Root.Outlines = item
    places = pdf.make_indirect(Dictionary())
    places.Kids = Array([places])
    pdf.Root.Names = Dictionary(Dests=places)
    form = appearance(pdf, b"/Fm Do")
    form.Resources.XObject = Dictionary(Fm=form)
    pdf.pages[0].obj.Resources.XObject = Dictionary(Fm=form)
    note = pdf.make_indirect(annotation("FreeText", Contents="x"))
    note.Parent, note.IRT, note.AP = note, note, Dictionary(N=form)
    pdf.pages[0].obj.Annots = Array([note])
    assert len(pikepdf.open(io.BytesIO(cleaned(pdf))).pages) == 1


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**31), st.binary(min_size=1, max_size=3))
def test_damaged_documents_are_cleaned_or_refused_and_never_crash(place: int, octets: bytes) -> None:
    pdf = annotated(annotation("Text", Contents="x", T=SECRET))
    pdf.docinfo["/Author"] = SECRET
    content = saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable, static_id=True)
    at = place % len(content)
    try:
        assert "4711" not in everything(cleaned(content[:at] + octets + content[at + len(octets) :]))
    except CannotAnonymise as refusal:
        assert refusal.detail.isascii()
