"""The leak check has eyes of its own: with any finder switched off, nothing registered passes, and clean letters do."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import quote

import pikepdf
import pytest

import relay.anonymise.text
from relay.anonymise import canonical_form as uniform
from relay.anonymise import escapes, identities, mailboxes, passages, searched_person, tokens
from relay.anonymise import scrub as scrubbing
from relay.anonymise.attachments.text_files import cells as records
from relay.anonymise.attachments.text_files import clean as plain
from relay.anonymise.attachments.text_files import syntax as structure
from relay.anonymise.html import page_links
from relay.anonymise.html import scrub as html
from relay.anonymise.leak_check.check import leak_check
from relay.anonymise.links.clean import Link
from relay.anonymise.names import contexts, find, gaps, lexicon, parts, person_names, spellings
from relay.anonymise.scrub import SCRUBBERS, scrub
from relay.anonymise.searched_person import person_of, registered_person
from relay.message.read import charset_guess
from relay.model import Attachment, Identity, Known, Message, Persona
from relay.refusals import CannotAnonymise, StillIdentifying

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
READER = Identity(("q5x1@read.example",))

# Who is registered, a sentence without them ("…" for the place of the name), and how they are written in it.
PEOPLE = [
    ("Harriet Brandmoor", "Mrs … has the keys of the hall.", "Brandmoor"),
    ("Dr. Harriet Anne Brandmoor, MBA", "I am … and I teach.", "Harriet Brandmoor"),
    ("Nuala O'Shea", "Please ask … about the poems.", "O’Shea"),
    ("Jörg Käsebauer", "Der Aufsatz von … ist lang.", "Kaesebauer"),
    ("Joerg Kaesebauer", "Der Aufsatz von … ist lang.", "Käsebauer"),
    ("Hedda Rosenquist", "Es sind … Hefte und Stifte.", "Rosenquists"),
    ("Dorota Kowalczyk", "Wczoraj byłam u niej z …, było miło.", "Kowalczykiem"),
    ("Zbyněk Strnádek", "Knihu jsem dala …, on ji čte.", "Strnádekovi"),
    ("Тимофей Заборский", "Вчера я говорил с … о книге.", "Заборским"),
    ("Орися Даниленко", "Вчора я бачила … у школі.", "Даниленка"),
    ("Λουκάς Αντωνάδης", "Χθες είδα τον … στο σχολείο.", "Αντωνάδη"),
    ("Teuvo Karjalainen", "Annoin kirjan … eilen.", "Karjalaiselle"),
    ("Edibe Çamlıoğlu", "Dün … sordum, bilmiyor.", "Çamlıoğlu'na"),
    ("Szilvia Bozóki", "Tegnap beszéltem … a leckéről.", "Bozókival"),
    ("עמליה טולדנו", "אתמול כתבתי … מכתב.", "לטולדנו"),
    ("أسامة القطراني", "أمس تكلمت … في المدرسة.", "والقطرانى"),
    ("مریم کیانی‌پور", "دیروز با … حرف زدم.", "کیانی پور"),
    ("नंदिता चट्टोपाध्याय", "कल … ने मुझे बताया।", "नन्दिता"),
    ("সানজিদা মণ্ডলী", "কাল আমি … বলেছি।", "সানজিদাকে"),
    ("இந்துகலா ஒளிவாணன்", "நேற்று … கடிதம் வந்தது.", "இந்துகலாவின்"),
    ("ปัญญาพร ติณวัฒน์", "เมื่อวานครูชม…มาก", "ปัญญาพร"),
    ("王晓菲", "大家好，我叫…，很高兴。", "晓菲"),
    ("蓑輪 ミノリ", "昨日、…と学校へ行きました。", "みのり"),
    ("박서윤", "어제 … 학교에 왔어요.", "서윤이가"),
    ("Bhekizitha Mthethwa", "Izolo ngibone … esikoleni.", "uBhekizitha"),
    ("Trần Diệu Hường", "Hôm qua tôi gặp … ở trường.", "Trần Diệu Hường"),
    ("Hazel Oakbourne", "My account there is … as always.", "hoakbourne"),
    ("Борислав Левитанский", "My account there is … as always.", "levitanskiyb"),
    ("Thornbank Advisory", "I work for … in town.", "Thorn-Bank Advisory"),
    ("jwhit42@post.example", "Look for … on the forum.", "jwhit42"),
    ("jane.whitmoor@post.example", "Mrs … has the keys of the hall.", "Whitmoor"),
    ("jane.whitmoor@post.example", "Write to …, please.", "jane (dot) whitmoor (at) post (dot) example"),
]


def known_of(registered: str) -> Known:
    named = "@" not in registered
    person = Identity(("z91x7q@letters.example",), (registered,)) if named else Identity((registered,))
    return Known(person, AMBER, READER, QUIET)


def attached(content: bytes, name: str, media_type: str = "text/plain") -> Message:
    return Message("x", "Good morning.", None, (Attachment(content, media_type, name),))


def zipped(name: str, content: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


PLACES: dict[str, Callable[[str], Message]] = {
    "subject": lambda said: Message(said, "Good morning."),
    "text": lambda said: Message("x", f"Good morning.\n\n{said}\n\nUntil then."),
    "html": lambda said: Message("x", None, f"<p>Good morning.</p><p>{said[:5]}<b>{said[5:]}</b></p>"),
    "file name": lambda said: attached(b"", f"{said}.png", "image/png"),
    "table": lambda said: attached(f"number;text\n1;{said}\n".encode(), "a.csv", "text/csv"),
    "wide": lambda said: attached(said.encode("utf-16"), "a.txt"),
    "wide, without a mark": lambda said: attached(f"a\n{said}".encode("utf-16-le"), "a.txt"),
    "json": lambda said: attached(json.dumps({"a": said}).encode(), "a.json", "application/json"),
    "references": lambda said: attached(f"<a>{''.join(f'&#{ord(sign)};' for sign in said)}</a>".encode(), "a.xml"),
    "percent": lambda said: Message("x", f"https://forum.example/?q={quote(said)}"),
    "zip": lambda said: attached(zipped("a.txt", said), "a.zip", "application/zip"),
    "zip in zip": lambda said: attached(zipped("b.docx", zipped("a.xml", said)), "a.zip", "application/zip"),
    "zip name": lambda said: attached(zipped(f"{said}.txt", "x"), "a.zip", "application/zip"),
}


@pytest.mark.parametrize(("registered", "sentence", "written"), PEOPLE)
@pytest.mark.parametrize("place", sorted(PLACES))
def test_without_any_finder_the_letter_is_refused(registered: str, sentence: str, written: str, place: str) -> None:
    message = PLACES[place](sentence.replace("…", written))
    with pytest.raises(StillIdentifying):
        leak_check(message, ["Amber Heron"], b"", known_of(registered), ())


def test_a_name_in_a_token_is_seen() -> None:
    token = base64.urlsafe_b64encode(b"calendar of Harriet Brandmoor, 2026").decode()
    with pytest.raises(StillIdentifying):
        leak_check(Message("x", f"https://x.example/{token}"), [], b"", known_of("Harriet Brandmoor"), ())


def test_a_name_on_the_page_of_a_pdf_is_seen() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    pdf.pages[0].Contents = pdf.make_stream(b"BT /F1 12 Tf 50 50 Td [(Brand) 20 (moor)] TJ ET")
    out = io.BytesIO()
    pdf.save(out)
    with pytest.raises(StillIdentifying):
        leak_check(attached(out.getvalue(), "a.pdf", "application/pdf"), [], b"", known_of("Harriet Brandmoor"), ())


@pytest.mark.parametrize(
    ("registered", "content", "name"),
    [
        ("Jörg Käsebauer", rb"\author{J\"{o}rg K\"asebauer}", "a.tex"),
        ("Žofie Strnádková", rb"\v{Z}ofie Strn\'adkov\'a", "a.bib"),
        ("Žofie Strnádková", rb"{\rtf1\ansi\ansicpg1250 \'8eofie Strn\'e1dkov\'e1\par}", "a.rtf"),
        ("Žofie Strnádková", rb"{\rtf1\ansi \u381?ofie\par}", "a.rtf"),
        ("Edibe Çamlıoğlu", rb"name = b'\xc3\x87aml\xc4\xb1o\xc4\x9flu'", "a.py"),
        ("Edibe Çamlıoğlu", rb"name = '\303\207aml\304\261o\304\237lu'", "a.c"),
        ("Edibe Çamlıoğlu", rb'{"a": "\u00c7aml\u0131o\u011flu"}', "a.json"),
    ],
)
def test_a_name_behind_the_escapes_of_a_language_is_seen(registered: str, content: bytes, name: str) -> None:
    with pytest.raises(StillIdentifying):
        leak_check(attached(content, name), [], b"", known_of(registered), ())


@pytest.mark.parametrize(
    ("registered", "end"),
    [
        ("Hope Brandmoor", "See you next week,\nHope"),
        ("Róża Kowalczyk", "Do zobaczenia w szkole, pozdrawiam,\nRóża"),
        ("Toivo Karjalainen", "Nähdään taas ensi viikolla.\nTerveisin\nToivo"),
        ("أمل القطراني", "نلتقي في المدرسة،\nأمل"),
    ],
)
def test_an_ordinary_word_that_signs_the_letter_is_seen(registered: str, end: str) -> None:
    with pytest.raises(StillIdentifying):
        leak_check(Message("x", f"{end}\n"), [], b"", known_of(registered), ())


def _without_passages(patch: pytest.MonkeyPatch) -> None:
    for module in (relay.anonymise.text, html, uniform, passages):
        patch.setattr(module, "passages", lambda *_: [])


# Each patches out one thing that finds or tells something.
OFF: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "names": lambda patch: patch.setattr(find.Finder, "find", lambda *_, **__: iter(())),
    "all finding": lambda patch: patch.setattr(identities.Redactor, "_find", lambda *_, **__: []),
    "addresses": lambda patch: patch.setattr(mailboxes.Mailbox, "may_stand_in", lambda *_: False),
    "percent": lambda patch: patch.setattr(identities.Redactor, "_encoded", lambda *_: iter(())),
    "contexts": lambda patch: patch.setattr(contexts.Place, "named", lambda *_, **__: False),
    "endings": lambda patch: patch.setattr(spellings, "_endings", lambda _: {}),
    "spellings": lambda patch: patch.setattr(spellings, "_spellings", lambda word: iter((word,))),
    "log-ins": lambda patch: patch.setattr(person_names, "logins", lambda _: ()),
    "handles": lambda patch: patch.setattr(searched_person, "handles", lambda _: iter(())),
    "Latin letters": lambda patch: patch.setattr(person_names, "romanised", lambda _: iter(())),
    "names in one piece": lambda patch: patch.setattr(person_names, "_in_one_piece", lambda _: iter(())),
    "joints": lambda patch: patch.setattr(spellings, "_JOINT", ""),
    "gaps": lambda patch: patch.setattr(find, "gap_between", lambda *_, **__: gaps.Gap.OTHER),
    "in front": lambda patch: patch.setattr(parts, "_clitics", frozenset),
    "behind": lambda patch: patch.setattr(parts, "_behind", frozenset),
    "language": lambda patch: patch.setattr(lexicon.Lexicon, "text_languages", lambda *_: frozenset({"en"})),
    "escapes": lambda patch: patch.setattr(escapes, "find", lambda *_, **__: []),
    "tokens": lambda patch: patch.setattr(tokens, "find", lambda *_: []),
    "charsets": lambda patch: patch.setattr(charset_guess, "_guessed", lambda *_: "latin-1"),
    "attached texts": lambda patch: patch.setattr(plain, "_mentions", lambda *_: []),
    "records": lambda patch: patch.setattr(records, "find", lambda *_: []),
    "structure": lambda patch: patch.setattr(structure, "within", lambda found, *_: found),
    "links": lambda patch: patch.setattr(page_links, "clean_link", lambda url, _: Link(url)),
    "passages": _without_passages,
    **{
        scrubber.__name__: lambda patch, scrubber=scrubber: patch.setattr(  # type: ignore[misc]
            scrubbing, "SCRUBBERS", tuple(one for one in SCRUBBERS if one is not scrubber)
        )
        for scrubber in SCRUBBERS
    },
}


@pytest.mark.parametrize("off", sorted(OFF))
def test_with_any_finder_off_a_letter_is_clean_or_refused(off: str, monkeypatch: pytest.MonkeyPatch) -> None:
    OFF[off](monkeypatch)
    person_of.cache_clear()
    registered_person.cache_clear()
    spellings.spellings_of.cache_clear()
    places = sorted(PLACES)
    for number, (registered, sentence, written) in enumerate(PEOPLE):
        # Another place for each person, and for each finder: together all meet all.
        for place in (places[(number + len(off)) % len(places)], "text"):
            message = PLACES[place](sentence.replace("…", written))
            try:
                done = scrub(message, known_of(registered)).message
                leak_check(done, ["Amber Heron"], b"", known_of(registered), ())
            except (StillIdentifying, CannotAnonymise):
                continue
            # What passed is what the finders changed: an independent look at the plainest forms.
            assert done != message, (registered, place)
            assert written not in f"{done.subject}\n{done.text}", (registered, place)
    person_of.cache_clear()
    registered_person.cache_clear()
    spellings.spellings_of.cache_clear()


def test_clean_letters_pass() -> None:
    sentences = [sentence.replace("…", AMBER.name) for _, sentence, _ in PEOPLE]
    for registered in {registered for registered, _, _ in PEOPLE}:
        for sentence, following in pairwise(sentences):
            said = f"{sentence} {following}"
            for place in PLACES.values():
                leak_check(place(said), ["Amber Heron", "text/plain; charset=utf-8"], b"", known_of(registered), ())


@pytest.mark.parametrize(
    ("registered", "text"),
    [
        ("Lin Williams", "William Shakespeare wrote it, and Willis read it."),
        ("Thornbank Advisory", "The advisory board sits on the bank of the river, near a thorn."),
        ("Anna Lindt", "Annabel and Johanna like Lindthout."),
        ("Mari Holt", "Maria holts. Marie and Marion as well."),
        ("Li Na", "Carolina and Bali Nadia"),
        ("Kim Plain", "multipart/alternative, text/html"),
        ("Prof. Ada Grimsby", "The Prof said so."),
        ("Jan van der Berg", "It is von and van and der."),
        ("Trần Văn Minh", "Bạn rất thông minh, văn hay."),
        ("रोहन रंग", "होली में रंगीन कपड़े"),
        ("Rosa Klein", "Das Zimmer ist klein, rosa und hell."),
        ("S. Park", "It's park weather, sparks fly."),
    ],
)
def test_what_only_looks_like_the_name_passes(registered: str, text: str) -> None:
    message = Message("x", text, '<p style="font-family:Courier">x</p>')
    leak_check(message, ["text/plain; charset=utf-8"], b"Content-Type: text/plain", known_of(registered), ())
