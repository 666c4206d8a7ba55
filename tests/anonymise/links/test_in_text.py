"""Links in running text: broken over lines, with punctuation, with names, in quotations."""

from __future__ import annotations

import time

import pytest

from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.links.in_text import find
from relay.anonymise.passages import passages
from relay.anonymise.scrub import scrub
from relay.model import Identity, Known, Message, Persona
from relay.refusals import ContactDetails

SAFE = (
    "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbooks.example%2Fledger&data=05%7C02&reserved=0"
)


def redactor(contact: str = "allow") -> Redactor:
    return Redactor(
        Known(
            Identity(("jane.whitcombe@northbank.example", "harriet.oakwell@tern.example"), ("Jane Whitcombe",)),
            Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
            Identity(("reader@mailbox.example",)),
            Persona("Quiet River", "quiet-river.p9@relay.example.org"),
            contact=contact,
        )
    )


def scrubbed(text: str, contact: str = "allow") -> str:
    one = redactor(contact)
    return replaced(text, passages(text, one))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"See {SAFE}.", "See https://books.example/ledger."),
        (f"({SAFE})", "(https://books.example/ledger)"),
        (f"[the ledger]({SAFE}), and", "[the ledger](https://books.example/ledger), and"),
        (f"a {SAFE} b {SAFE} c", "a https://books.example/ledger b https://books.example/ledger c"),
        ("https://books.example/?fbclid=1, yes", "https://books.example/, yes"),
        ("https://books.example/?id=2&gclid=1#x", "https://books.example/?id=2#x"),
        ("https://protect-eu.mimecast.com/s/AbC123 is it", "[…] is it"),
        (
            "eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbooks.example%2F&reserved=0.",
            "https://books.example/.",
        ),
        ("protect-eu.mimecast.com/s/AbC123 is it", "[…] is it"),
        ("books.example/?u=" + SAFE, "books.example/?u=https://books.example/ledger"),
        ("write to a@eur03.safelinks.protection.outlook.com/x", "write to a@eur03.safelinks.protection.outlook.com/x"),
        (
            "<https://eur03.safelinks.protec\ntion.outlook.com/?url=https%3A%2F%2Fbooks.exam\nple%2F&data=05> ok",
            "<https://books.example/> ok",
        ),
        ("https://jane-whitcombe.example/x and", "[…] and"),
        ("https://protect-eu.mimecast.com/s/AbC123?domain=books.example is it", "https://books.example/ is it"),
    ],
)
def test_a_link_in_text_leads_where_it_led_and_tells_no_more(text: str, clean: str) -> None:
    assert scrubbed(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbooks.exa\nmple%2Fledger&data=05%7C02%7C0f1e\n2d3c&reserved=0\nBye",
        "https://eur03.safelinks.protection.outlook.com/?url=3Dhttps%3A%2F%2Fbooks.exa=\nmple%2Fledger&data=3D05%7C02%7C0f1e=\n2d3c&reserved=3D0\nBye",
        "https://protect2.fireeye.com/url?k=d62c9c1b-8bf82073-d62d1754-\n0cc47a3356b2-012ef3655070329a&u=https%3A%2F%2Fbooks.example%2F\nledger%2D2\nBye",
        "https://secure-web.cisco.com/1rpFFtn1JZDE_g214Q-YS6vXmf7iX-GrSqz5=\nBRG0LQVcDxlbCKOBLjxI7GcMNx/https%3A%2F%2Fbooks.example%2Fledger\nBye",
    ],
)
@pytest.mark.parametrize("mark", ["", "> ", ">> ", "| "])
def test_a_link_broken_by_a_mail_program_is_one_link(text: str, mark: str) -> None:
    quoted = mark + text.replace("\n", "\n" + mark)
    clean = scrubbed(quoted)
    assert "0f1e" not in clean and "2d3c" not in clean and "0cc47" not in clean and "BRG0" not in clean
    assert "https://books.example/ledger" in clean
    assert clean.endswith("Bye")


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://www-books-example.ezproxy.firm.example/stable/1?page=2", "https://www.books.example/stable/1?page=2"),
        ("https://www.books.example.ezproxy.firm.example/stable/1", "https://www.books.example/stable/1"),
        ("https://old--books-example.libproxy.firm.example/a", "https://old-books.example/a"),
        ("https://books-example.firm.idm.oclc.org/a", "https://books.example/a"),
        ("https://0-www-books-example.library.firm.example/a", "https://www.books.example/a"),
        ("https://0-www.books.example.library.firm.example/a?b=1", "https://www.books.example/a?b=1"),
        ("https://0-search.books.org.lib.firm.example/a", "https://search.books.org/a"),
        ("http://0-www.books.com.sally.firm.example/a", "https://www.books.com/a"),
        ("https://0-day.books.example/a", "https://0-day.books.example/a"),
        ("https://10-0.library.books.example/a", "https://10-0.library.books.example/a"),
        (
            "https://go.openathens.net/redirector/firm.example?url=https%3A%2F%2Fbooks.example%2Fa",
            "https://books.example/a",
        ),
        (
            "https://webmail.firm.example/horde/services/go.php?url=https%3A%2F%2Fbooks.example%2Fa",
            "https://books.example/a",
        ),
        ("https://ezproxy.firm.example/menu", "[…]"),
        ("https://mail.firm.example/owa/redir.aspx?REF=0f1e2d3c", "[…]"),
    ],
)
def test_a_link_through_a_library_or_web_mail_leads_to_the_page_itself(link: str, target: str) -> None:
    assert scrubbed(f"Read {link} please") == f"Read {target} please"


def test_a_word_below_a_link_that_ends_with_an_empty_parameter_stays() -> None:
    link = "https://vk.com/away.php?to=https%3A%2F%2Fbooks.example%2Fledger&cc_key="
    for below in ("Karla", "18 pages of it", "18", "https://books.example/2"):
        assert scrubbed(f"{link}\n{below}\n") == f"https://books.example/ledger\n{below}\n"


def test_the_words_below_a_link_are_no_part_of_it() -> None:
    text = f"{SAFE}\nBye\nA. 24/7"
    assert scrubbed(text) == "https://books.example/ledger\nBye\nA. 24/7"
    other = "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fbooks.example%2fledger\nRegards"
    assert scrubbed(other) == "https://books.example/ledger\nRegards"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://example.org/@jane.whitcombe and", "https://example.org/@Amber%20Heron and"),
        ("https://people.example/in/jane-whitcombe.", "https://people.example/in/Amber%20Heron."),
        ("https://people.example/?q=jane%20whitcombe&x=1", "https://people.example/?q=Amber%20Heron&x=1"),
        ("Write to Jane Whitcombe", "Write to Amber Heron"),
    ],
)
def test_a_name_in_a_link_is_replaced_without_breaking_the_link_in_two(text: str, clean: str) -> None:
    assert scrubbed(text) == clean


def test_a_name_within_a_wrapped_link_goes_with_the_wrapper_and_from_the_target() -> None:
    wrapped = (
        "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbooks.example%2Fu%2Fjane.whitcombe"
        "&data=05%7C02%7Cjane.whitcombe%40northbank.example%7C0&reserved=0"
    )
    assert scrubbed(f"at {wrapped} ok") == "at https://books.example/u/Amber%20Heron ok"


def test_a_wrapped_link_to_a_host_that_names_its_author_becomes_the_alias() -> None:
    wrapped = "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fnorthbank.example%2Fx&reserved=0"
    assert scrubbed(f"at {wrapped} ok") == "at amber-heron.x7k2m4@relay.example.org ok"


def test_a_link_that_may_not_open_is_told_of_in_own_words_and_not_in_quoted_ones() -> None:
    gone = "https://protect-eu.mimecast.com/s/AbC123"
    assert [finding.kind for finding in find(f"See {gone}\n", redactor()).changed] == ["broken-link"]
    assert [finding.kind for finding in find(f"Yes.\n\n> See {gone}\n", redactor()).changed] == ["link"]
    assert [finding.kind for finding in find(f"See {SAFE}", redactor()).changed] == ["tracking"]


def test_a_meeting_in_a_wrapper_is_a_meeting() -> None:
    wrapped = "https://a.safelinks.protection.outlook.com/?url=https%3A%2F%2Fzoom.us%2Fj%2F123&reserved=0"
    assert scrubbed(f"Join {wrapped} now", "redact") == "Join […] now"
    assert scrubbed(f"Join {wrapped} now", "allow") == "Join https://zoom.us/j/123 now"
    with pytest.raises(ContactDetails):
        scrubbed(f"Join {wrapped} now", "refuse")


@pytest.mark.parametrize(
    "text",
    [
        f"{SAFE}\n" * 8_000,
        "<https://a.safelinks.protection.outlook.com/?a\n" * 20_000,
        "https://a.safelinks.protection.outlook.com/?a=\n" * 20_000,
        "https://a.safelinks.protection.outlook.com/?reserved=0" * 18_000,
        ("https://a.safelinks.protection.outlook.com/?a\n" + ("b=" * 80 + "\n") * 5) * 1_100,
        "https://" * 120_000,
        "https://a.safelinks.protection.outlook.com/?" + "a" * 1_000_000,
        "https://a.example/" + ")" * 1_000_000,
        "https://a.example/?fbclid=" + "https://a.example/?fbclid=" * 38_000,
        "https://a.example/?x=1 " * 43_000,
        "mimecast.com " + "a.b/," * 200_000,
        "mimecast.com " + "a." * 500_000,
        "mimecast.com " + "a.b/https://" * 80_000,
        "https://urldefense.com/v3/__https://a.example/__;!!\n" * 19_000,
    ],
    ids=range(14),
)
def test_a_megabyte_of_hostile_links_is_read_in_good_time(text: str) -> None:
    one = redactor()
    one.find(text)
    started = time.process_time()
    find(text, one)
    assert time.process_time() - started < 8


def test_a_link_in_the_subject_is_read_too() -> None:
    done = scrub(Message(subject=f"Fwd: {SAFE}", text="Hello"), redactor().known)
    assert done.message.subject == "Fwd: https://books.example/ledger"
