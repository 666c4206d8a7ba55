"""What belongs to the reader comes back as it was written, in quotations only: nothing tells which name was theirs."""

from __future__ import annotations

import io
import textwrap
import zipfile
from dataclasses import replace

import pytest

from relay.anonymise.scrub import scrub
from relay.anonymise.way_back import core
from relay.message.read.headers import split
from relay.message.read.parse import parse
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer
from relay.model import Attachment, Echoes, Headers, Identity, Known, Message, Persona, RebuildOrder, Rebuilt, Scrubbed
from relay.rebuild import rebuild
from relay.refusals import StillIdentifying

EVE, OMAR = (
    Persona("Amber Heron", "amber-heron.x7@relay.example"),
    Persona("Quiet River", "quiet-river.p9@relay.example"),
)
HERS, HIS = Identity(("eve@home.example",), ("Eve Sorrel",)), Identity(("omar.haddad@post.example",), ("Omar Haddad",))
GIVEN, FAMILY = ("Ann", "Bert", "Carla", "Dan", "Ida"), ("Aldane", "Brosk", "Corwen")
NAMES = [f"{given} {family}" for given in GIVEN for family in FAMILY]


def names(with_his: bool) -> list[str]:
    """Fifteen names, one of which is the reader's or a stranger's."""
    return [*NAMES[:7], "Omar Haddad" if with_his else "Olaf Hallgr", *NAMES[7:]]


def to_omar(message: Message) -> Rebuilt:
    known = Known(HERS, EVE, HIS, OMAR)
    return relayed(message, known, HIS.addresses[0])


def to_eve(message: Message, echoes: Echoes) -> Rebuilt:
    return relayed(message, Known(HIS, OMAR, HERS, EVE, echoes=echoes), HERS.addresses[0])


def relayed(message: Message, known: Known, to: str) -> Rebuilt:
    headers = Headers("x", "x@home.example", "y@relay.example", "m@home.example", None)
    ours = Headers(known.author_persona.name, known.author_persona.alias, to, "n@relay.example", None)
    return rebuild(RebuildOrder(compose(message, headers), known, ours), Signer("relay.example", ()))


def seen(letter: Rebuilt) -> Message:
    return parse(letter.content, split(letter.content))


def quoted(text: str, by: str) -> str:
    if by == "marks":
        return "\n".join(f"> {line}" for line in text.splitlines())
    return "-----Original Message-----\nFrom: Quiet River\nSubject: Hello\n\n" + text


def answer(arrived: Message, by: str, above: str) -> Message:
    text = f"{above}\n\nOn Tuesday Amber Heron wrote:\n\n{quoted(arrived.text or '', by)}\n"
    html = None
    if by == "html":
        text_html = arrived.html or "".join(f"<p>{line}</p>" for line in (arrived.text or "").splitlines())
        html = f"<p>{above}</p><blockquote>{text_html}</blockquote>"
        return Message(f"Re: {arrived.subject}", None, html)
    return Message(f"Re: {arrived.subject}", text, html)


@pytest.mark.parametrize("by", ["marks", "header", "html"])
@pytest.mark.parametrize(
    "form",
    [
        "I know {all}, and others.",
        "Dear friend,\n\n{lines}\n\nWho is it?",
        "Was it you, {last}?",
        "{lines}",
    ],
)
def test_a_quotation_does_not_tell_which_of_many_names_is_the_partners(form: str, by: str) -> None:
    came_back = []
    for with_his in (True, False):
        listed = names(with_his)
        text = form.format(all=", ".join(listed), lines="\n".join(listed), last=listed[7])
        first = to_omar(Message("Hello", text))
        assert listed[7] in (seen(first).text or ""), "it stays as its author wrote it"
        second = seen(to_eve(answer(seen(first), by, "I do not know."), first.echoes))
        came_back.append((second.text or "", second.html or ""))
    theirs, strangers = came_back
    assert [one.replace("Omar Haddad", "Olaf Hallgr") for one in theirs] == list(strangers)


HEAD = "On Tuesday, 3 March 2026 at 10:11, Amber Heron <amber-heron.x7@relay.example> wrote:"


def between(text: str) -> str:
    """Every line quoted alone, with an answer below."""
    return HEAD + "\n\n" + "\n".join(f"> {line}\n\nNo, never.\n" for line in text.splitlines() if line)


def only(text: str) -> str:
    """One line quoted, and nothing else."""
    return f"{HEAD}\n\n> {next(line for line in text.splitlines() if 'Olaf' in line or 'Omar' in line)}\n> […]\n\nNo.\n"


def wrapped(text: str) -> str:
    """Quoted in narrow lines, which break names."""
    return f"{HEAD}\n\n{quoted(textwrap.fill(text, 24), 'marks')}\n\nNo.\n"


def comb(text: str) -> str:
    """Every other line has lost its quote marks, as when a program wraps long ones."""
    lines = textwrap.wrap(text, 30)
    return f"{HEAD}\n\n" + "\n".join(line if at % 2 else f"> {line}" for at, line in enumerate(lines)) + "\n"


PARTLY = {
    "between the lines": between,
    "one line": only,
    "narrow": wrapped,
    "comb": comb,
    "without marks": lambda text: f"No.\n\n{HEAD}\n\n{text}\n",
    "indented": lambda text: f"No.\n\n{HEAD}\n\n{textwrap.indent(text, '    ')}\n",
    "bars": lambda text: f"No.\n\n{HEAD}\n\n{textwrap.indent(text, '| ')}\n",
}


@pytest.mark.parametrize("how", PARTLY)
@pytest.mark.parametrize(
    "form",
    [
        "I know {all}, and others.",
        "Dear friend,\n\n{lines}\n\nWho is it?",
        "{lines}",
        "Hello {last}!\n\nHow are you?",
        "Hi {last}",
        "{last}",
        "Jiří Brožek, {last}, Žofie Nováková, Łucja Żak",
    ],
)
def test_a_quotation_of_a_part_or_without_marks_tells_as_little(form: str, how: str) -> None:
    came_back = []
    for with_his in (True, False):
        listed = names(with_his)
        first = to_omar(Message("Hello", form.format(all=", ".join(listed), lines="\n".join(listed), last=listed[7])))
        second = seen(to_eve(Message("Re: Hello", PARTLY[how](seen(first).text or "")), first.echoes))
        came_back.append((second.text or "", second.html or ""))
    theirs, strangers = came_back
    for his, stranger in (("Omar", "Olaf"), ("Haddad", "Hallgr")):
        theirs = tuple(one.replace(his, stranger) for one in theirs)
    assert [one.split() for one in theirs] == [one.split() for one in strangers]


def test_a_name_written_more_often_than_is_remembered_comes_back_too() -> None:
    text = "\n".join(f"a{at} b{at} {name} c{at} d{at}" for at in range(150) for name in ("Omar Haddad", "Olaf Hallgr"))
    first = to_omar(Message("Hello", text))
    second = seen(to_eve(answer(seen(first), "marks", "I am Omar Haddad."), first.echoes)).text or ""
    assert second.count("Omar Haddad") == second.count("Olaf Hallgr") == 150


def test_the_signature_of_ones_own_quoted_letter_does_not_pass() -> None:
    first = to_omar(Message("Hello", "Are you Omar Haddad? I wonder. Ann Aldane, Omar Haddad, Bert Brosk."))
    text = "More:\n\n> I forgot to say this.\n>\n> Best regards\n> Omar Haddad\n"
    assert "Haddad" not in (seen(to_eve(Message("Re: Hello", text), first.echoes)).text or "")


def test_the_authors_own_new_words_are_scrubbed_as_ever() -> None:
    first = to_omar(Message("Hello", "Are you Omar Haddad? I wonder."))
    text = "Yes, I am Omar Haddad, I wonder too.\n\nBest,\nOmar Haddad\n\n> Are you Omar Haddad? I wonder.\n"
    second = seen(to_eve(Message("Re: Hello", text), first.echoes)).text or ""
    assert second.count("Omar Haddad") == 1 and "> Are you Omar Haddad?" in second


def test_a_name_put_into_the_quotation_by_its_owner_does_not_pass() -> None:
    first = to_omar(Message("Hello", "Are you Omar Haddad? I wonder."))
    text = "Look:\n\n> Are you Omar Haddad? I wonder.\n> This was written by Omar Haddad himself.\n"
    second = seen(to_eve(Message("Re: Hello", text), first.echoes)).text or ""
    assert second.count("Omar Haddad") == 1


def test_the_leak_check_alone_lets_back_what_was_written_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    first = to_omar(Message("Hello", "Are you Omar Haddad? I wonder."))
    monkeypatch.setattr("relay.rebuild.scrub", lambda message, known: Scrubbed(message))
    to_eve(Message("Re: Hello", "> Are you Omar Haddad? I wonder."), first.echoes)
    with pytest.raises(StillIdentifying):
        to_eve(Message("Re: Hello", "> My name, Omar Haddad, is new."), first.echoes)


def test_an_address_comes_back_like_a_name() -> None:
    first = to_omar(Message("Hello", "Is your mail omar.haddad@post.example or o.h@post.example, tell me?"))
    second = seen(to_eve(answer(seen(first), "marks", "No."), first.echoes)).text or ""
    assert "omar.haddad@post.example or o.h@post.example" in second


@pytest.mark.parametrize("by", ["marks", "header", "html"])
@pytest.mark.parametrize(
    "form", ["Hi!\n\n- {}\n- {}\n- {}\n", "Hi, how are you?\n\nBest wishes,\n{1}\n", "{0}\n\n{1}\n{1}\n{1}\n\n{2}\n"]
)
def test_an_address_comes_back_in_lists_and_below_a_letter(form: str, by: str) -> None:
    came_back = []
    for his in ("omar.haddad@post.example", "olaf.hallgr@host.example"):
        first = to_omar(Message("Hello", form.format("ann.aldane@hill.example", his, "bert.brosk@dale.example")))
        second = seen(to_eve(answer(seen(first), by, "No."), first.echoes))
        came_back.append([(part or "").replace(his, "…") for part in (second.text, second.html)])
    assert came_back[0] == came_back[1]


@pytest.mark.parametrize("by", ["marks", "header", "html"])
@pytest.mark.parametrize("form", ["Which is yours?\n\n{0}\n\n{1}\n\n{2}\n", "I saw {0}, {1}, {2} there.", "{1}\n"])
@pytest.mark.parametrize(
    ("his", "strangers"),
    [
        ("https://site.example/omar-haddad/cv", "https://site.example/olaf-hallgr/cv"),
        ("https://site.example/cv?of=omarhaddad", "https://site.example/cv?of=olafhallgr"),
    ],
)
def test_a_link_comes_back(form: str, by: str, his: str, strangers: str) -> None:
    came_back = []
    for link in (his, strangers):
        listed = ("https://site.example/ann-aldane/cv", link, "https://site.example/bert-brosk/cv")
        first = to_omar(Message("Hello", form.format(*listed)))
        second = seen(to_eve(answer(seen(first), by, "No."), first.echoes))
        came_back.append([(part or "").replace(link, "…") for part in (second.text, second.html)])
    assert came_back[0] == came_back[1]
    own = to_eve(Message("Re: Hello", None, f'<p>It is <a href="{his}">here</a>, {his}.</p>'), first.echoes)
    assert b"haddad" not in own.content.lower()


def test_an_address_in_capitals_comes_back() -> None:
    first = to_omar(Message("Hello", "Is it omar.haddad@post.example, tell me?"))
    text = f"{HEAD}\n\n> IS IT OMAR.HADDAD@POST.EXAMPLE, TELL ME?\n\nNo.\n"
    assert "OMAR.HADDAD@POST.EXAMPLE" in (seen(to_eve(Message("Re: Hello", text), first.echoes)).text or "")


@pytest.mark.parametrize("prefix", ["Re: ", "RE: ", "Antw: Re: ", "Fwd: "])
def test_a_subject_comes_back_as_it_was_written(prefix: str) -> None:
    first = to_omar(Message("Lunch with Omar Haddad", "Shall we?"))
    second = seen(to_eve(Message(prefix + "Lunch with Omar Haddad", "Yes."), first.echoes))
    assert second.subject.endswith("Lunch with Omar Haddad")
    third = seen(to_eve(Message("Omar Haddad", "Yes."), first.echoes))
    assert "Omar" not in third.subject


def table(text: str) -> Attachment:
    return Attachment(text.encode(), "text/csv", "people.csv")


def archive(text: str) -> Attachment:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("people.txt", text)
    return Attachment(out.getvalue(), "application/zip", "people.zip")


@pytest.mark.parametrize("made", [table, archive])
def test_a_file_that_comes_back_is_the_one_that_was_sent(made: object) -> None:
    first = to_omar(Message("Hello", "see", None, (made("\n".join(names(True))),)))  # type: ignore[operator]
    (arrived,) = seen(first).attachments
    second = seen(to_eve(Message("Re: Hello", "back", None, (arrived,)), first.echoes))
    assert [(one.content, one.filename) for one in second.attachments] == [(arrived.content, arrived.filename)]
    changed = replace(arrived, content=b"name\nOmar Haddad\n", media_type="text/csv", filename="people.csv")
    third = seen(to_eve(Message("Re: Hello", "new", None, (changed,)), first.echoes))
    assert b"Haddad" not in third.attachments[0].content


def test_a_files_name_comes_back() -> None:
    first = to_omar(Message("Hello", "see", None, (Attachment(b"a\n", "text/plain", "for Omar Haddad.txt"),)))
    (arrived,) = seen(first).attachments
    assert arrived.filename == "for Omar Haddad.txt"
    second = seen(to_eve(Message("Re: Hello", "back", None, (arrived,)), first.echoes))
    assert second.attachments[0].filename == "for Omar Haddad.txt"


def test_a_letter_that_comes_back_as_a_file_is_read_as_a_quotation() -> None:
    first = to_omar(Message("Hello", "Are you Omar Haddad? I wonder."))
    forwarded = Attachment(first.content, "message/rfc822", None)
    second = seen(to_eve(Message("Fwd: Hello", "This came.", None, (forwarded,)), first.echoes))
    assert "Omar Haddad" in (parse(second.attachments[0].content).text or "")


@pytest.mark.parametrize("made", [table, archive])
def test_a_letter_with_a_file_that_comes_back_as_a_file_is_relayed(made: object) -> None:
    first = to_omar(Message("Hello", "see", None, (made("\n".join(names(True))),)))  # type: ignore[operator]
    forwarded = Attachment(first.content, "message/rfc822", None)
    second = seen(to_eve(Message("Fwd: Hello", "This came.", None, (forwarded,)), first.echoes))
    assert parse(second.attachments[0].content).attachments[0].content == seen(first).attachments[0].content


def test_a_files_name_comes_back_in_a_quotation() -> None:
    first = to_omar(Message("Hello", "see", None, (Attachment(b"a\n", "text/plain", "for Omar Haddad.txt"),)))
    text = f"Thanks, Omar Haddad\n\n{HEAD}\n\n> see\n> <for Omar Haddad.txt>\n"
    second = seen(to_eve(Message("Re: Hello", text), first.echoes)).text or ""
    assert second.count("Omar Haddad") == 1 and "<for Omar Haddad.txt>" in second


@pytest.mark.parametrize("text", ["Hope", "I winter here, hope you are well. Winter is nice. In Winter we met Hope."])
def test_a_word_that_may_be_a_name_comes_back_where_it_looks_like_one(text: str) -> None:
    hers = Identity(("hope.winter@post.example",), ("Hope Winter",))
    first = relayed(Message("Hello", text), Known(HERS, EVE, hers, OMAR), hers.addresses[0])
    back = Known(hers, OMAR, HERS, EVE, echoes=first.echoes)
    second = seen(relayed(Message("Re: Hello", f"No.\n\n{HEAD}\n\n> {text}\n"), back, HERS.addresses[0]))
    assert f"> {text}" in (second.text or "")


def entry(method: str, summary: str, organiser: str, guest: str) -> Attachment:
    lines = (
        *(
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//x//EN",
            f"METHOD:{method}",
            "BEGIN:VEVENT",
            "UID:abc@home.example",
        ),
        *("DTSTAMP:20260303T100000Z", "DTSTART:20260310T100000Z", "DTEND:20260310T110000Z", f"SUMMARY:{summary}"),
        f"DESCRIPTION:Hello all\\n{summary}\\nBring coffee please",
        *(f"ORGANIZER:mailto:{organiser}", f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{guest}", "END:VEVENT", "END:VCALENDAR"),
    )
    return Attachment("\r\n".join((*lines, "")).encode(), "text/calendar", "invite.ics")


@pytest.mark.parametrize("words", ["", "Quiet River has accepted this invitation.\n\n{}\n\nTuesday 10 March\n"])
@pytest.mark.parametrize("form", ["Lunch with {}", "Ann Aldane, {}, Bert Brosk", "Where is {} today"])
def test_an_answer_to_an_invitation_does_not_tell_whose_name_is_in_it(form: str, words: str) -> None:
    came_back = []
    for name in ("Omar Haddad", "Olaf Hallgr"):
        title = form.format(name)
        invitation = entry("REQUEST", title, HERS.addresses[0], EVE.alias)
        first = seen(sent := to_omar(Message(title, f"{title}: do come.", None, (invitation,))))
        assert title in (first.text or "")
        reply = entry("REPLY", title, EVE.alias, HIS.addresses[0])
        answered = Message(f"Accepted: {title}", words.format(title), None, (reply,))
        second = seen(to_eve(answered, sent.echoes))
        texts = (second.subject, second.text or "", *(one.content.decode() for one in second.attachments))
        came_back.append([text.replace("\r\n ", "").replace(name, "…") for text in texts])
    assert came_back[0] == came_back[1]
    assert "…" in came_back[0][0] and "…" in came_back[0][2]


def test_a_letter_that_says_nothing_of_its_reader_leaves_no_memory() -> None:
    assert not to_omar(Message("Hello", "How are you?")).echoes
    assert not scrub(Message("Hello", "x"), Known(HERS, EVE, HIS, OMAR)).echoes


def test_subjects_are_compared_without_prefix_case_and_signs() -> None:
    assert core("RE: AW: Lunch, with Omar!") == core("lunch with omar") != core("lunch with anna")
