"""A request for a pair is checked, and every error is reported without repeating an address."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relay.mentoring.validation import Checker, Person, Request, RequestError
from relay.message.read.addresses import normalise
from relay.settings_values import mail_address

CHECKER = Checker("relay.test")


def faults_of(request: Request) -> list[str]:
    with pytest.raises(RequestError) as caught:
        CHECKER.checked(request)
    return caught.value.faults


def test_addresses_get_their_canonical_form_and_blanks_are_trimmed() -> None:
    clean = CHECKER.checked(
        Request(
            Person(" Anna.Berg@Bücher.EXAMPLE ", "  Quiet   River ", ("Anna  Berg", "", "Anna Berg", " Annie ")),
            Person("bo+letters@mail.test"),
            "  spring  ",
            "",
        )
    )
    assert clean.mentor == Person("Anna.Berg@xn--bcher-kva.example", "Quiet River", ("Anna Berg", "Annie"))
    assert clean.mentee.address == "bo+letters@mail.test"
    assert clean.cohort == "spring"
    assert clean.language == "en"
    assert clean.key == ("anna.berg@xn--bcher-kva.example", "bo+letters@mail.test")


@pytest.mark.parametrize("address", ["a@x.test", "a@mail.example", "o'brien@x.org", "x_y=z@sub.x.org"])
def test_ordinary_addresses_are_accepted_also_in_test_and_example_domains(address: str) -> None:
    assert CHECKER.checked(Request(Person(address), Person("b@x.org"))).mentor.address == address


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("a@localhost", "the part after the @-sign is not valid. It should have a period"),
        ("a@test", "the part after the @-sign should have a period"),
        ("a@1.2.3.4", "the part after the @-sign is not valid. It is not within a valid top-level domain"),
        ("a@[192.0.2.1]", "a bracketed IP address after the @-sign is not allowed here"),
        ("a@x.test.", "an email address cannot end with a period"),
        ("a@x.test>", "the part after the @-sign contains invalid characters"),
        ("a@sécrét\u0378.org", "the email address contains unsafe characters"),
        ("a@xn--0.org", "the part after the @-sign is not valid IDNA"),
        ("Anna <a@x.test>", "a display name and angle brackets around the email address are not permitted here"),
        ("a b@x.test", "the email address contains invalid characters before the @-sign"),
        ("a..b@x.test", "an email address cannot have two periods in a row"),
        (".a@x.test", "an email address cannot start with a period"),
        ('"a"@x.test', "quoting the part before the @-sign is not allowed here"),
        ("a\r\nb@x.test", "the email address contains invalid characters before the @-sign"),
        ("x" * 65 + "@x.test", "it has more than 64 characters before the @-sign"),
        ("x@" + "y" * 64 + ".test", "after the @-sign, periods cannot be separated by so many characters"),
        ("x" * 20 + "@" + ".".join(["y" * 60] * 4) + ".test", "the email address is too long"),
        (
            "änna@x.test",
            "it has letters before the @-sign that are not plain ASCII, and not every mail server takes them",
        ),
    ],
)
def test_an_invalid_address_is_refused_with_the_message_of_email_validator(address: str, fault: str) -> None:
    assert faults_of(Request(Person(address), Person("b@x.org"))) == [f"mentor address cannot be used: {fault}"]


@pytest.mark.parametrize(
    "domain", ["x.local", "x.onion", "x.invalid", "x.localhost", "x.home.arpa", "LOCAL", "x.LOCAL"]
)
def test_domains_that_mail_cannot_reach_are_refused(domain: str) -> None:
    (fault,) = faults_of(Request(Person(f"a@{domain}"), Person("b@x.org")))
    assert re.search("special-use or reserved name|should have a period", fault)


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        *((address, "mentor address must look like name@example.org") for address in ("", "anna", "@x.test", "a@")),
        ("a@Relay.Test", "mentor address is in relay's own domain relay.test: give the member's real address"),
    ],
)
def test_text_that_is_no_address_and_relays_own_domain_are_refused(address: str, fault: str) -> None:
    assert faults_of(Request(Person(address), Person("b@x.org"))) == [fault]


def test_all_errors_are_reported_at_once() -> None:
    request = Request(Person("a", "x"), Person("b@relay.test", "b@c", ("a\nb",)), "c" * 101, "english please")
    assert len(faults_of(request)) == 7


def test_two_spellings_of_one_address_make_no_pair() -> None:
    (fault,) = faults_of(Request(Person("Anna@X.test"), Person("anna@x.test")))
    assert "a pair needs two people" in fault


def test_both_pseudonyms_must_differ() -> None:
    (fault,) = faults_of(Request(Person("a@x.test", "Kind Lake"), Person("b@x.test", "kind lake")))
    assert "they must differ" in fault


def test_a_pseudonym_with_a_word_of_a_real_name_is_refused() -> None:
    (fault,) = faults_of(Request(Person("a@x.test", "Cheerful Bo"), Person("b@x.test", "", ("Bo Chen",))))
    assert fault.startswith("mentor name holds a word of a real name or address")


_PIECES = st.one_of(
    st.text(max_size=12),
    st.text("abzA.-+'@ \"<>[]:()xn0é\u0301ß\u212a。ａ", max_size=12),
    st.sampled_from(
        [
            "qzxj",
            "qzxj é.",
            "xn--qzxj",
            "bücher",
            "XN--BCHER-KVA",
            "xn--",
            "x.org",
            "Mail.Test",
            "postmaster",
            "ﬁ",
            "faß",
            "ΣΑΣ",
            "ı",
        ]
    ),
)


@settings(max_examples=3000)
@given(st.lists(_PIECES, max_size=4), st.lists(_PIECES, max_size=4), st.sampled_from(["", ".org", ".Bücher.example"]))
@example(["POSTMASTER"], ["Bücher.EXAMPLE"], "")
@example(["a"], ["ex\u212aample.org"], "")
@example(["a"], ["XN--BCHER-KVA.example"], "")
@example(["a"], ["faß.example"], "")
def test_an_accepted_address_is_recognised_in_letters(local: list[str], domain: list[str], top: str) -> None:
    """The canonical form from email-validator and the address as written in a letter normalise to the same mailbox."""
    written = "".join([*local, "@", *domain, top])
    try:
        canonical = Checker("relay.test").address(written)
    except ValueError as unfit:
        assert str(unfit).isascii()
        assert "qzxj" not in str(unfit).lower()
        return
    assert canonical.isascii()
    assert normalise(canonical) == normalise(written)
    assert mail_address(canonical) == canonical
