"""What belongs to the reader comes back as it was written however it is quoted: shortened, with marks of Emacs, in
links, as a file, in an entry of a calendar. And an answer is never refused for it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from relay.anonymise.leak_check.echoes import Mentions, echoes_blanked
from relay.message.read.parse import parse
from relay.model import Attachment, Echo, Message, Scrubbed
from relay.refusals import StillIdentifying

from .test_echoes import EVE, HEAD, HERS, HIS, entry, names, quoted, seen, to_eve, to_omar

HIS_NAME, STRANGERS = "Omar Haddad", "Olaf Hallgr"
Make = Callable[[Message], Message]


def turned(first: Message, make: Make) -> list[str]:
    """All that Eve can see of the answer that ``make`` makes of her letter, which Omar got as it is rebuilt."""
    sent = to_omar(first)
    letter = seen(to_eve(make(seen(sent)), sent.echoes))
    words = (one.content.decode("utf-8", "replace").replace("\r\n ", "") for one in letter.attachments)
    return [letter.subject, letter.text or "", letter.html or "", *words]


def same_for_both(first: Callable[[str], Message], make: Make) -> list[str]:
    """What Eve sees when his name is among those she wrote; it is the same with a stranger's."""
    theirs, strangers = (turned(first(name), make) for name in (HIS_NAME, STRANGERS))
    for his, stranger in zip(HIS_NAME.split(), STRANGERS.split(), strict=True):
        theirs = [one.replace(his, stranger).replace(his.lower(), stranger.lower()) for one in theirs]
    assert theirs == strangers
    return theirs


def a_list(name: str) -> Message:
    return Message(
        "Hello", "Which of these is yours?\n\n" + "\n".join(one.replace(HIS_NAME, name) for one in names(True))
    )


def shortened(text: str) -> str:
    """Each third line left out, or replaced by dots."""
    kept = [line if at % 3 else "[…]" for at, line in enumerate(text.splitlines()) if at % 6]
    return f"None.\n\n{HEAD}\n\n{quoted(chr(10).join(kept), 'marks')}\n"


def first_words(text: str) -> str:
    """Of each line the first word."""
    cut = "\n".join(f"{line.split()[0]} (?)" for line in text.splitlines() if line)
    return f"None.\n\n{HEAD}\n\n{quoted(cut, 'marks')}\n"


def cited(prefix: str) -> Callable[[str], str]:
    return lambda text: f"{HEAD}\n\n" + "\n".join(f"{prefix} {line}" for line in text.splitlines()) + "\n\nNone.\n"


FORMS = {
    "shortened": shortened,
    "first words": first_words,
    "SuperCite": cited("    Amber>"),
    "initials": cited("AH>"),
    "two marks": cited("AH>>"),
}


@pytest.mark.parametrize("how", FORMS)
def test_a_list_of_names_comes_back_as_it_was_written(how: str) -> None:
    same_for_both(a_list, lambda arrived: Message("Re: Hello", FORMS[how](arrived.text or "")))


@pytest.mark.parametrize("shown", ["{0}", "the page"])
def test_links_with_names_come_back(shown: str) -> None:
    def first(name: str) -> Message:
        listed = [one.replace(HIS_NAME, name) for one in names(True)]
        rows = (
            f'<p>{at} <a href="https://people.example/{one.lower().replace(" ", "-")}">{shown.format(one)}</a></p>'
            for at, one in enumerate(listed)
        )
        return Message("Hello", None, "<p>Which?</p>" + "".join(rows))

    def text(arrived: Message) -> Message:
        return Message("Re: Hello", f"None.\n\n{HEAD}\n\n{quoted(arrived.text or '', 'marks')}\n")

    def page(arrived: Message) -> Message:
        return Message("Re: Hello", None, f"<p>None.</p><blockquote>{arrived.html}</blockquote>")

    for make in (text, page):
        assert any("people.example/olaf-hallgr" in one for one in same_for_both(first, make))


def test_a_link_that_holds_an_address_comes_back() -> None:
    def first(name: str) -> Message:
        address = f"{name.lower().replace(' ', '.')}@post.example"
        return Message("Hello", f"I saw https://people.example/{address}?who={address} and others.")

    answered = same_for_both(
        first, lambda arrived: Message("Re: Hello", f"No.\n\n{HEAD}\n\n{quoted(arrived.text or '', 'marks')}\n")
    )
    assert "who=olaf.hallgr@post.example" in answered[1]


@pytest.mark.parametrize("last", [HIS_NAME, "omar.haddad@post.example"])
def test_a_letter_that_comes_back_as_a_file_is_relayed_whole(last: str) -> None:
    text = "Which?\n\nAnn Aldane\nomar.haddad@post.example\nBert Brosk\n" + last
    sent = to_omar(Message("Hello", text))
    back = Message("Re: Hello", "None.", None, (Attachment(sent.content, "message/rfc822", None),))
    mail = parse(seen(to_eve(back, sent.echoes)).attachments[0].content)
    assert (mail.text or "").strip() == text
    assert "quiet-river" not in (mail.html or "")


def test_an_entry_with_a_list_in_its_description_comes_back() -> None:
    def first(name: str) -> Message:
        listed = [one.replace(HIS_NAME, name) for one in names(True)]
        invitation = entry("REQUEST", f"Lunch with {name}", HERS.addresses[0], EVE.alias)
        words = invitation.content.replace(b"Hello all", "\\n".join(listed).encode())
        return Message("Lunch", "Do come.", None, (Attachment(words, "text/calendar", "invite.ics"),))

    def accepted(arrived: Message) -> Message:
        invitation = arrived.attachments[0]
        reply = Attachment(invitation.content.replace(b":REQUEST", b":REPLY"), "text/calendar", "invite.ics")
        return Message("Accepted: Lunch", "", None, (reply,))

    same_for_both(first, accepted)


def test_a_drawing_comes_back_as_it_was_sent() -> None:
    def first(name: str) -> Message:
        shown = "".join(f'<text x="5" y="{20 * at}">{one}</text>' for at, one in enumerate(("Ann Aldane", name)))
        drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">{shown}</svg>'
        return Message("Hello", "see", None, (Attachment(drawing.encode(), "image/svg+xml", "people.svg"),))

    same_for_both(first, lambda arrived: Message("Re: Hello", "Thanks", None, arrived.attachments))


@pytest.mark.parametrize(
    "text",
    [
        "More:\n\nOH> I forgot to say this.\nOH> Yours, Omar Haddad\n",
        "Omar> I came late.\nOmar> So did Haddad.\n",
        "> Nobody asked.\n> Omar Haddad, baker\n",
        "> Which of these is yours?\n\nThe fourth, Omar Haddad.\n",
    ],
)
def test_words_of_the_authors_own_beside_such_lines_are_scrubbed(text: str) -> None:
    first = to_omar(Message("Hello", "Is it Ann Aldane, Omar Haddad or Bert Brosk? Which of these is yours?"))
    second = seen(to_eve(Message("Re: Hello", text), first.echoes))
    assert "Haddad" not in f"{second.text}{second.html}" and "Omar" not in f"{second.text}{second.html}"


def test_an_answer_is_relayed_even_where_the_leak_check_knows_no_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    first = to_omar(Message("Hello", "Are you Omar Haddad? I wonder."))
    monkeypatch.setattr("relay.anonymise.leak_check.matcher.echoes_blanked", lambda text, _, **how: text)
    second = seen(to_eve(Message("Re: Hello", f"No.\n\n{HEAD}\n\n> Are you Omar Haddad? I wonder.\n"), first.echoes))
    assert "> Are you Quiet River? I wonder." in (second.text or "")


def test_what_was_not_echoed_is_refused_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    first = to_omar(Message("Hello", "Are you Omar Haddad? I wonder."))
    monkeypatch.setattr("relay.rebuild.scrub", lambda message, known: Scrubbed(message))
    with pytest.raises(StillIdentifying):
        to_eve(Message("Re: Hello", "I am Omar Haddad."), first.echoes)


def test_an_invitation_that_is_changed_and_sent_back_names_as_it_was_written() -> None:
    def first(name: str) -> Message:
        invitation = entry("REQUEST", f"Meet {name}", HERS.addresses[0], EVE.alias)
        words = invitation.content.replace(b"Hello all", f"{name}, the Café".encode())
        return Message("Lunch", "Do come.", None, (Attachment(words, "text/calendar", "invite.ics"),))

    def later(arrived: Message) -> Message:
        moved = arrived.attachments[0].content.replace(b"20260310T", b"20260311T")
        return Message("Later: Lunch", "A day later?", None, (Attachment(moved, "text/calendar", "invite.ics"),))

    assert "SUMMARY:Meet Olaf Hallgr" in str(same_for_both(first, later))
    sent = to_omar(first(HIS_NAME))
    own = entry("REQUEST", f"Meet {HIS_NAME}", HIS.addresses[0], EVE.alias)
    other = Attachment(own.content.replace(b"UID:abc", b"UID:def"), "text/calendar", "invite.ics")
    (arrived, *_) = seen(to_eve(Message("Coffee", "Come.", None, (other,)), sent.echoes)).attachments
    assert b"Haddad" not in arrived.content


@pytest.mark.parametrize("text", ["See", "See the list of all."])
def test_names_in_html_alone_come_back(text: str) -> None:
    def first(name: str) -> Message:
        rows = "".join(f"<p>{one.replace(HIS_NAME, name)}</p>" for one in names(True))
        return Message("Hello", text, f"<p>Which?</p>{rows}")

    def page(arrived: Message) -> Message:
        return Message("Re: Hello", "None.", f"<p>None.</p><blockquote>{arrived.html}</blockquote>")

    assert "Olaf Hallgr" in same_for_both(first, page)[2]


@pytest.mark.parametrize("title", ["Omar Haddad", "Omar Haddad.txt", "haddad"])
def test_a_file_named_like_its_reader_does_not_blind_the_leak_check(
    title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = to_omar(Message("Hello", "see", None, (Attachment(b"a\n", "text/plain", title),)))
    (arrived,) = seen(first).attachments
    back = Message("Re: Hello", f"Thanks.\n\n{HEAD}\n\n> see\n> <{arrived.filename}>\n", None, (arrived,))
    assert seen(to_eve(back, first.echoes)).attachments[0].filename == arrived.filename
    monkeypatch.setattr("relay.rebuild.scrub", lambda message, known: Scrubbed(message))
    for own in ("I am Omar Haddad.", "My name is Haddad, at your service, and I hope that you are well."):
        with pytest.raises(StillIdentifying):
            to_eve(Message("Re: Hello", own), first.echoes)


def test_mentions_that_come_back_changed_are_looked_up_in_the_same_time_however_many_there_are() -> None:
    text = "\n".join(f"> q{at}\n\n> q{at} {HIS_NAME} z{at}\n\nNo." for at in range(800))

    def checked(count: int) -> float:
        mentions = Mentions([Echo(f"v{at} w{at}", HIS_NAME, f"x{at} y{at}") for at in range(count)])
        began = time.process_time()
        echoes_blanked(text, mentions)
        return time.process_time() - began

    few, many = checked(100), checked(4000)
    assert many < 4 * few + 0.2


@pytest.mark.parametrize(
    "form", ["{0} has accepted this invitation.\n\n{1}\n\nTuesday\n", "What: {1}\nWhen: Tuesday\n"]
)
def test_the_text_of_an_invitation_that_is_sent_back_repeats_its_title(form: str) -> None:
    def first(name: str) -> Message:
        return Message("Lunch", "Come.", None, (entry("REQUEST", f"Meet {name} there", HERS.addresses[0], EVE.alias),))

    def later(arrived: Message) -> Message:
        (title,) = (line[8:] for line in arrived.attachments[0].content.decode().splitlines() if "SUMMARY" in line)
        return Message("Invitation: Lunch", form.format("Omar Haddad", title), None, arrived.attachments)

    text = same_for_both(first, later)[1]
    assert "Meet Olaf Hallgr there" in text and "Omar Haddad" not in text
    sent = to_omar(first(HIS_NAME))
    own = Message("Lunch", "Meet Omar Haddad here.\n\nOmar Haddad\n", None, seen(sent).attachments)
    assert "Haddad" not in (seen(to_eve(own, sent.echoes)).text or "")


def test_an_entry_that_comes_back_with_more_words_names_as_it_was_written() -> None:
    def first(name: str) -> Message:
        listed = "\\n".join(one.replace(HIS_NAME, name) for one in names(True))
        invitation = entry("REQUEST", "Lunch", HERS.addresses[0], EVE.alias)
        words = invitation.content.replace(b"Hello all", listed.encode())
        return Message("Lunch", "Do come.", None, (Attachment(words, "text/calendar", "invite.ics"),))

    def later(arrived: Message) -> Message:
        more = arrived.attachments[0].content.replace(b"DESCRIPTION:", b"DESCRIPTION:Later\\, please.\\n")
        return Message("Later: Lunch", "A day later?", None, (Attachment(more, "text/calendar", "invite.ics"),))

    assert "Olaf Hallgr" in str(same_for_both(first, later))


DISGUISES: dict[str, Callable[[str], str]] = {
    "another alphabet": lambda name: name.replace("O", "О").replace("a", "а"),
    "signs": lambda name: name.replace("a", "4").replace("O", "0"),
    "one by one": " ".join,
    "lines": "\n".join,
    "emphasis": lambda name: f"**{name[:2]}**{name[2:]}",
    "initials": lambda name: f"Best wishes,\n{''.join(word[0] for word in name.split())}",
    "typist": lambda name: f"{''.join(word[0] for word in name.split())}/xy",
}


@pytest.mark.parametrize("how", DISGUISES)
def test_names_written_otherwise_come_back_as_they_were_written(how: str) -> None:
    def first(name: str) -> Message:
        written = "\n\n".join(DISGUISES[how](one.replace(HIS_NAME, name)) for one in names(True))
        return Message("Hello", f"Which of these is yours?\n\n{written}\n\nWrite soon, please.")

    def text(arrived: Message) -> Message:
        return Message("Re: Hello", f"None.\n\n{HEAD}\n\n{quoted(arrived.text or '', 'marks')}\n")

    def bare(arrived: Message) -> Message:
        return Message("Re: Hello", f"None.\n\n{HEAD}\n\n{arrived.text}\n")

    def page(arrived: Message) -> Message:
        return Message("Re: Hello", None, f"<p>None.</p><blockquote>{arrived.html}</blockquote>")

    def signs(words: str) -> str:
        return re.sub(r"&nbsp;|<[^>]*>|[\s>]", "", words)

    for make in (text, bare, page):
        theirs, strangers = (
            [signs(one).replace(signs(DISGUISES[how](name)), "…") for one in turned(first(name), make)]
            for name in (HIS_NAME, STRANGERS)
        )
        assert theirs == strangers
        assert "…" in "".join(theirs)


def test_a_name_in_another_script_comes_back_as_it_was_written() -> None:
    def first(name: str) -> Message:
        lists = {HIS_NAME: "Омар Хаддад", STRANGERS: "Олаф Хальгр"}
        return Message(
            "Hello", f"Кто это?\n\nС уважением,\n{lists[name]}\n\nС уважением,\nИван Шульц\n\nНапиши скорее."
        )

    def text(arrived: Message) -> Message:
        return Message("Re: Hello", f"None.\n\n{HEAD}\n\n{quoted(arrived.text or '', 'marks')}\n")

    def bare(arrived: Message) -> Message:
        return Message("Re: Hello", f"None.\n\n{HEAD}\n\n{arrived.text}\n")

    for make in (text, bare):
        theirs, strangers = (turned(first(name), make) for name in (HIS_NAME, STRANGERS))
        assert [one.replace("Омар Хаддад", "…") for one in theirs] == [
            one.replace("Олаф Хальгр", "…") for one in strangers
        ]
        assert "Омар Хаддад" in "".join(theirs)
