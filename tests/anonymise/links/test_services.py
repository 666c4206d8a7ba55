"""Every entry of services.toml: its example, what resembles it, and where it is from."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.links.in_text import find
from relay.anonymise.links.owners import shows_owner
from relay.anonymise.links.places import ByPlace, Place
from relay.anonymise.links.read import read_link
from relay.anonymise.links.services import Share, Told, Wrapper, link_services, may_show_gateway
from relay.anonymise.scrub import scrub
from relay.model import Identity, Known, Message, Persona

SERVICES = link_services()
WRAPPERS = (*SERVICES.gateways, *SERVICES.redirectors)
PRODUCTS = [rule.told for rule in (*WRAPPERS, *SERVICES.services)] + [SERVICES.tracking_told]
KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
    Identity(("reader@mailbox.example",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)
REDACTOR = Redactor(KNOWN)


@pytest.mark.parametrize("told", PRODUCTS, ids=lambda told: told.product)
def test_a_link_of_each_product_is_read_as_its_example_says(told: Told) -> None:
    assert read_link(told.example).url == told.result
    assert read_link(told.example).changed


@pytest.mark.parametrize("told", PRODUCTS, ids=lambda told: told.product)
def test_what_resembles_a_product_stays_as_it_is(told: Told) -> None:
    assert read_link(told.alike).url == told.alike
    assert find(f"See {told.alike} please", REDACTOR).changed == []


@pytest.mark.parametrize("told", PRODUCTS, ids=lambda told: told.product)
def test_each_product_is_read_alike_in_running_text_quoted_and_in_angle_brackets(told: Told) -> None:
    for before, behind in (("The book: ", " is good"), ("(", ")."), ("> Read <", ">"), ("\n", "\n"), ("“", "”!")):
        text = before + told.example + behind
        (found,) = find(text, REDACTOR).changed
        assert text[: found.start] + found.replacement + text[found.end :] == before + (told.result or "[…]") + behind


@pytest.mark.parametrize("wrapper", WRAPPERS, ids=lambda wrapper: wrapper.told.product)
def test_a_wrapped_link_at_the_end_of_a_letter_is_no_footer_of_the_gateway(wrapper: Wrapper) -> None:
    for words in (f"Hello,\n\nthe book: {wrapper.told.example}\n", f"Hello,\n\nsee\n\n{wrapper.told.example}\n"):
        text = scrub(Message(text=words), KNOWN).message.text
        assert text == words.replace(wrapper.told.example, wrapper.told.result or "[…]")


@pytest.mark.parametrize("told", PRODUCTS, ids=lambda told: told.product)
def test_what_was_read_once_is_not_changed_again(told: Told) -> None:
    assert read_link(told.result).url == told.result


@pytest.mark.parametrize("told", [*PRODUCTS, *(share.told for share in SERVICES.shares)], ids=lambda told: told.product)
def test_each_entry_has_a_source_and_the_day_it_was_looked_at(told: Told) -> None:
    assert told.source.startswith(("https://", "http://"))
    assert date(2026, 1, 1) <= told.date <= datetime.now(UTC).date()  # may be newer than the look through all
    assert told.identifies


def test_each_product_stands_in_the_file_once() -> None:
    assert len({told.product for told in PRODUCTS}) == len(PRODUCTS) > 60


@pytest.mark.parametrize("wrapper", [one for one in WRAPPERS if one.until], ids=lambda wrapper: wrapper.told.product)
def test_a_link_whose_end_is_known_is_put_together_from_lines_of_any_length(wrapper: Wrapper) -> None:
    whole = _long(wrapper.told.example)
    if not (wrapper.until and wrapper.until.search(whole)):
        pytest.fail("its example has no end")
    for width in (61, 75, 120):
        for mark in ("", "> ", "> > "):
            lines = [whole[at : at + width] for at in range(0, len(whole), width)]
            text = f"{mark}The book: " + f"\n{mark}".join(lines) + f"\n{mark}Bye"
            (found,) = find(text, REDACTOR).changed
            assert found.replacement == wrapper.told.result
            assert text[found.end :] == f"\n{mark}Bye"


def _long(example: str) -> str:
    """The example with signatures as long as they are in the wild."""
    signature = "deadbeef" * 5
    return example.replace("&auth=deadbeef", f"&auth={signature}-{signature}").replace(
        "&h=b05e70cb", "&h=b05e70cb&s=AVNPUEhUT0NFTkNSWVBUSV" + "aqsQ" * 11
    )


@pytest.mark.parametrize("share", SERVICES.shares, ids=lambda share: share.told.product)
def test_a_link_that_shows_its_owner_is_known_as_one_and_its_like_is_not(share: Share) -> None:
    owner = shows_owner(share.told.example)
    assert owner is not None
    assert (owner.product, owner.by, owner.kind) == (share.told.product, share.by, share.kind)
    assert owner.by in ("address", "page") and owner.kind in ("link", "meeting-link")
    assert shows_owner(share.told.alike) is None


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("a.example.com", {"below"}),
        ("b.a.example.com", {"below"}),
        ("example.com", {"itself"}),
        ("notexample.com", set()),
        ("not.example.com", set()),
        ("example.com.evil.example", set()),
        ("shop.de", {"country"}),
        ("shop.co.uk", {"country"}),
        ("shop.evil.example", set()),
        ("my-safelinks.example", {"word"}),
    ],
)
def test_hosts_match_whole_labels(host: str, found: set[str]) -> None:
    rules = ByPlace(
        [
            (Place(("*.example.com",), apart_from=("not.example.com",)), "below"),
            (Place(("example.com",)), "itself"),
            (Place(("shop.{country}",)), "country"),
            (Place(("*safelink*",)), "word"),
        ]
    )
    assert set(rules.find(host, "/")) == found


def test_the_host_of_every_gateway_is_noticed_in_a_text() -> None:
    assert [end for end in SERVICES.gateway_ends if not may_show_gateway(f"see {end}/x here")] == []
    assert not may_show_gateway("A sentence. Another one, e.g. this.")


@pytest.mark.parametrize(
    "link",
    [
        "https://u123.ct.sendgrid.net/ls/click?upn=Zz1q2w3e",
        "https://northquell.us1.list-manage.com/track/click?u=0f1e&id=2d3c",
        "https://mandrillapp.com/track/click/301/books.example?p=bm90IGpzb24",
        "https://e.customeriomail.com/e/c/eyJub3QiOiJhIn0/0a1b2c",
        "https://t.yesware.com/tt/0f/1e/2d/",
    ],
)
def test_the_author_is_told_where_only_the_tracker_knows_the_target(link: str) -> None:
    reading = read_link(link)
    assert (reading.url, reading.closed, reading.is_missed_in("")) == ("", True, True)
    scrubbed = scrub(Message(text=f"See {link} please.\n"), KNOWN)
    assert scrubbed.message.text == "See […] please.\n"
    assert "broken-link" in {removal.kind for removal in scrubbed.removals}


@pytest.mark.parametrize(
    "link",
    [
        "https://books.example/ls/click?page=2",
        "https://books.example/c/ledgers-and-other-books",
        "https://books.example/ss/c/about-the-binding-of-ledgers",
        "https://books.example/track/click/12/about",
        "https://books.example/e/2026/spring/fair?day=2",
        "https://books.example/dc/comics",
        "https://books.example/unsubscribe",
        "https://sendgrid.com/en-us/blog/ls/click",
        "https://mailchi.mp/northquell/spring",
        "https://firm.salesloft.com/resources",
    ],
)
def test_pages_whose_path_resembles_a_trackers_stay(link: str) -> None:
    assert read_link(link).url == link


def test_a_target_in_a_tracker_that_is_no_address_of_the_web_counts_as_unknown() -> None:
    for target in ("javascript%3Aalert(1)", "books.example%40evil.example", "%2F%2F", "%00books.example"):
        assert read_link(f"https://click.pstmrk.it/3s/{target}/qzFR/112tAQ").url == ""
