"""The numbers of ticket systems go from subjects and from lines of their own; what a person wrote stays."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.anonymise.appended.tickets import end_of_ticket, is_ticket_line, start_of_last_ticket
from relay.anonymise.history.prefixes import edits
from relay.anonymise.identities import Finding, replaced
from relay.model import Message

TABLE = tomllib.loads((files("relay.anonymise.appended") / "tickets.toml").read_text("utf-8"))
Left = Callable[..., dict[str, tuple[str, str, str]]]
Arrives = Callable[..., Message]


def passed(subject: str) -> str:
    return replaced(subject, [Finding(*edit, "quoted-header") for edit in edits(subject, lambda: "en")])


@pytest.mark.parametrize("ticket", TABLE["goes"])
def test_the_number_of_a_ticket_goes_from_a_subject(ticket: str, arrives: Arrives) -> None:
    assert arrives("Yes.", subject=f"{ticket} two hundred bowls").subject == "two hundred bowls"
    assert passed(f"Re: {ticket} Re: two hundred bowls") == "Re: two hundred bowls"
    assert passed(f"AW: [EXT] {ticket} [Idea] two hundred bowls") == "Re: [Idea] two hundred bowls"


@pytest.mark.parametrize("ticket", [one for one in TABLE["goes"] if one[0] in "[({" or one.startswith("CRM")])
def test_it_goes_from_the_end_of_a_subject_too(ticket: str) -> None:
    if not ticket.startswith("[JIRA]"):
        assert passed(f"Re: two hundred bowls {ticket}") == "Re: two hundred bowls"
        assert passed(f"two hundred bowls - {ticket} [EXTERNAL]") == "two hundred bowls"


@pytest.mark.parametrize("tag", TABLE["stays"])
def test_what_a_person_wrote_in_a_subject_stays(tag: str) -> None:
    assert passed(f"{tag} two hundred bowls") == f"{tag} two hundred bowls"
    assert passed(f"two hundred bowls {tag}") == f"two hundred bowls {tag}"


def test_a_subject_of_nothing_else_keeps_no_number() -> None:
    assert passed("[Case #00412877]") == ""
    assert passed("Re: [Case #00412877]") in ("Re:", "Re: ")


@pytest.mark.parametrize("line", TABLE["lines"])
def test_the_line_with_a_number_goes_as_if_it_had_never_been_there(line: str, left: Left) -> None:
    for place, (text, html, without) in left(line).items():
        assert (place, text, html) == (place, without, without)


@pytest.mark.parametrize("line", TABLE["above"])
def test_the_line_above_a_letter_goes(line: str, left: Left) -> None:
    for place, (text, html, without) in left(f"##- {line.capitalize()} -##", above=True).items():
        assert (place, text, html) == (place, without, without)


@pytest.mark.parametrize("line", TABLE["words_of_people"])
def test_words_of_a_person_that_resemble_them_stay(line: str, left: Left) -> None:
    words = re.sub(r"\s", "", line)
    for above in (False, True):
        for place, (text, html, _) in left(line, above=above).items():
            assert (place, words in re.sub(r"\s", "", text), words in re.sub(r"\s", "", html)) == (place, True, True)


@pytest.mark.parametrize("piece", ["[Case #0041] ", "ref:_0", "Ticket ", "#", "4477-", "(", "[[["])
def test_a_hostile_subject_costs_little(piece: str) -> None:
    begun = time.process_time()
    for _ in range(100):
        end_of_ticket(piece * 1000, 0)
        start_of_last_ticket(piece * 1000)
        is_ticket_line((piece * 120)[:120])
    assert time.process_time() - begun < 2
