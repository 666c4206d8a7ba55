"""Links that show their owner: their author is asked about those in the author's own words."""

from __future__ import annotations

import pytest

from relay.anonymise.links.owners import shows_owner
from relay.anonymise.scrub import scrub
from relay.model import Doubt, Identity, Known, Message, Persona

DOCUMENT = "https://docs.google.com/document/d/1AbCdEf/edit"
TENANT = "https://firm-my.sharepoint.com/:w:/g/personal/jo_berry_firm_example/EaBcDeFg"
TEAMS = "https://teams.microsoft.com/l/channel/19%3aAbCd%40thread.tacv2/General?groupId=0f1e&tenantId=4b5a"


def doubts(message: Message, contact: str = "allow") -> tuple[Doubt, ...]:
    known = Known(
        Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
        Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
        Identity(("reader@mailbox.example",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
        contact=contact,
    )
    return scrub(message, known).doubts


@pytest.mark.parametrize(
    ("link", "by"),
    [
        (DOCUMENT, "page"),
        (TENANT, "address"),
        ("https://1drv.ms/w/s!AbCdEf", "page"),
        ("https://onedrive.live.com/?id=root&cid=0F1E", "page"),
        ("https://photos.app.goo.gl/AbCdEfGhIjKlMnOpQ", "page"),
        ("https://drive.google.com/file/d/1AbC/view", "page"),
        ("https://drive.google.com/drive/folders/1AbC", "page"),
        ("https://drive.google.com/open?id=1AbC", "page"),
        ("https://cloud.firm.example/s/AbCdEfGhIjKlMnO", "address"),
        ("https://firm.zoom.us/rec/share/AbC", "address"),
        (TEAMS, "address"),
    ],
)
def test_a_shared_file_shows_its_owner(link: str, by: str) -> None:
    owner = shows_owner(link)
    assert owner is not None and owner.by == by


@pytest.mark.parametrize(
    "link",
    [
        "https://books.example/ledger",
        "https://docs.google.com/",
        "https://www.google.com/drive/",
        "https://docs.google.com/spreadsheets/d/e/2PACX-1vQ/pubhtml",
        "https://docs.google.com/forms/d/e/1FAIpQLSf0f1e/viewform",
        "https://us02web.zoom.us/j/81234567890",
        "https://teams.microsoft.com/meet/2345678901?p=AbCdEf",
        "https://www.canva.com/learn/design/",
        "https://firm.example@docs.google.com/document/d/1AbCdEf/edit",
        "not a link",
    ],
)
def test_a_page_for_everybody_shows_no_owner(link: str) -> None:
    assert shows_owner(link) is None


def test_the_author_is_asked_about_a_share_link_with_the_link_as_it_would_leave() -> None:
    text = f"My plan: {DOCUMENT}?usp=sharing&ouid=10123 and more.\n"
    assert doubts(Message(text=text)) == (Doubt("link", DOCUMENT),)
    wrapped = f"https://a.safelinks.protection.outlook.com/?url={DOCUMENT}%3Fusp%3Dsharing&reserved=0"
    assert doubts(Message(text=f"My plan: {wrapped}\n")) == (Doubt("link", DOCUMENT),)


def test_the_author_is_asked_once_about_a_link_that_text_and_html_show() -> None:
    html = f'<p>My plan: <a href="{DOCUMENT}?usp=sharing">{DOCUMENT}</a></p>'
    assert doubts(Message(text=f"My plan: {DOCUMENT}\n", html=html)) == (Doubt("link", DOCUMENT),)


def test_the_author_is_asked_about_a_link_behind_words() -> None:
    html = f'<p>My plan is <a href="{TENANT}?e=4xyz">Plan.docx</a></p>'
    assert doubts(Message(html=html)) == (Doubt("link", TENANT),)
    assert doubts(Message(text=f"Join: {TEAMS}\n"))[0].kind == "meeting-link"


def test_nobody_is_asked_about_what_is_quoted_or_goes_with_a_signature() -> None:
    quoted = f"Yes.\n\n> My plan: {DOCUMENT}\n"
    assert doubts(Message(text=quoted)) == ()
    assert doubts(Message(html=f'<p>Yes.</p><blockquote><a href="{DOCUMENT}">plan</a></blockquote>')) == ()
    signed = f"Hello, I read it.\n\n-- \nJane Whitcombe\nNorthbank Advisory\n+44 20 7946 0000\n{DOCUMENT}\n"
    assert doubts(Message(text=signed)) == ()


def test_a_share_link_that_the_programme_takes_out_is_no_question() -> None:
    assert doubts(Message(text=f"My plan: {DOCUMENT}\n"), "redact") == ()
    asked = doubts(Message(text=f"My plan: {DOCUMENT}\n"), "ask")
    assert asked == (Doubt("share-link", DOCUMENT),)


def test_a_link_that_names_its_author_leads_nowhere_and_is_no_question() -> None:
    named = "https://firm-my.sharepoint.com/personal/jane_whitcombe/plan.docx"
    assert doubts(Message(text=f"My plan: {named}\n")) == ()
