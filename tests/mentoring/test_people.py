"""What an operator says of two people is checked, and every fault is said kindly, without repeating an address."""

from __future__ import annotations

import pytest

from relay.mentoring.people import Checker, Person, Request, RequestError

CHECKER = Checker("relay.test")


def faults_of(request: Request) -> list[str]:
    with pytest.raises(RequestError) as caught:
        CHECKER.checked(request)
    return caught.value.faults


def test_addresses_get_their_one_form_and_words_are_trimmed() -> None:
    clean = CHECKER.checked(
        Request(
            Person(" Anna.Berg@Bücher.EXAMPLE ", "  Quiet   River ", ("Anna  Berg", "", "Anna Berg", " Annie ")),
            Person("bo+letters@mail.test."),
            "  spring  ",
            "",
        )
    )
    assert clean.mentor == Person("Anna.Berg@xn--bcher-kva.example", "Quiet River", ("Anna Berg", "Annie"))
    assert clean.mentee.address == "bo+letters@mail.test"
    assert clean.cohort == "spring"
    assert clean.language == "en"
    assert clean.key == ("anna.berg@xn--bcher-kva.example", "bo+letters@mail.test")


@pytest.mark.parametrize(
    "address", ["a@x.test", "a@x.invalid", "a@mail.example", "a@x.localhost", "o'brien@x.org", "x_y=z@sub.x.org"]
)
def test_every_ordinary_address_is_taken_special_use_domains_too(address: str) -> None:
    assert CHECKER.checked(Request(Person(address), Person("b@x.org"))).mentor.address == address


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("", "mentor address must look like name@example.org"),
        ("anna", "mentor address must look like name@example.org"),
        ("@x.test", "mentor address must look like name@example.org"),
        ("a@", "mentor address has no valid domain after the @"),
        ("a@localhost", "mentor address has no valid domain after the @"),
        ("a@1.2.3.4", "mentor address has no valid domain after the @"),
        ("a@x.test>", "mentor address has no valid domain after the @"),
        ("a b@x.test", "mentor address is not well formed before the @"),
        ("a..b@x.test", "mentor address is not well formed before the @"),
        (".a@x.test", "mentor address is not well formed before the @"),
        ('"a"@x.test', "mentor address is not well formed before the @"),
        ("a\r\nb@x.test", "mentor address is not well formed before the @"),
        ("x" * 65 + "@x.test", "mentor address is not well formed before the @"),
        (
            "änna@x.test",
            "mentor address has letters before the @ that are not plain ASCII; not every mail server takes it",
        ),
        ("a@Relay.Test", "mentor address is inside relay.test itself: give the address where they read their mail"),
    ],
)
def test_what_cannot_get_letters_is_refused(address: str, fault: str) -> None:
    assert faults_of(Request(Person(address), Person("b@x.org"))) == [fault]


def test_all_faults_are_said_at_once() -> None:
    request = Request(Person("a", "x"), Person("b@relay.test", "b@c", ("a\nb",)), "c" * 101, "english please")
    assert len(faults_of(request)) == 7


def test_one_person_alone_is_no_pair_whatever_the_case() -> None:
    (fault,) = faults_of(Request(Person("Anna@X.test"), Person("anna@x.test")))
    assert "a pair needs two people" in fault


def test_both_cannot_have_the_same_name() -> None:
    (fault,) = faults_of(Request(Person("a@x.test", "Kind Lake"), Person("b@x.test", "kind lake")))
    assert "each needs one of their own" in fault


def test_a_name_must_not_tell_who_either_of_them_is() -> None:
    (fault,) = faults_of(Request(Person("a@x.test", "Cheerful Bo"), Person("b@x.test", "", ("Bo Chen",))))
    assert fault.startswith("mentor name holds a word by which one of the two is known")
