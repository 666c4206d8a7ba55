"""Coordinators and safeguarding contacts are asked first; then what a person decides about members reaches them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.letters.invitations import InvitationWriter
from relay.letters.role_letters import RoleLetters
from relay.mentoring.beginning import Beginning
from relay.mentoring.pairing import create_pair
from relay.mentoring.validation import Person, Request
from relay.model import Pair
from relay.operations.findings import Level
from relay.operations.roles_check import check_roles
from relay.roles import Roles, named
from relay.settings import SafeguardingSettings, Settings
from relay.settings_file import load
from relay.vault import new_key

from .conftest import DOMAIN, JANE, NOW, OMAR, OPERATOR, Inbound, opened, words_of
from .test_invitations import Asked, asked_in, subject_of

CORA, SPRING, SAFE, DEPUTY = "cora@ops.example", "sami@ops.example", "safe@ops.example", "deputy@ops.example"
SAFEGUARDING = SafeguardingSettings(SAFE, "Petra Vogel", DEPUTY, "Ann Lee", 3600.0, "Call 116 123.", "Not at night.")


def programme_of(home: Home, **more: Any) -> Any:
    programme = load(home.toml, {}).programme
    return replace(programme, operator=OPERATOR, coordinator=CORA, coordinators=(f"spring: {SPRING}",), **more)


@pytest.fixture
async def inbound(home: Home) -> AsyncIterator[Inbound]:
    async with opened(home, programme=programme_of(home), safeguarding=SAFEGUARDING) as made:
        yield made


async def ask(inbound: Inbound) -> dict[str, Asked]:
    """Ask everybody with a role; the questions by address."""
    letters, addresses = RoleLetters(inbound.notices.writer), [one.address for one in named(inbound.settings)]
    asked = [letters.question(one, ["coordinator"], inbound.now) for one in addresses]
    rows, written = [row for row, _ in asked], [letter for _, letter in asked]
    await inbound.store.role_mailboxes.ask(rows, written, roles=addresses_of(addresses), who="root")
    return {one.recipient: asked_in(one) for one in await inbound.due()}


def addresses_of(addresses: list[str]) -> list[str]:
    return ["coordinator"] * len(addresses)


async def confirm(inbound: Inbound, *addresses: str) -> None:
    asked = await ask(inbound)
    for address in addresses:
        assert (await inbound.send(address, asked[address].answer_to, body="YES")).startswith("250 ")
    await inbound.due()


async def pair_of(inbound: Inbound, cohort: str = "", mentor: str = JANE, mentee: str = OMAR) -> Pair:
    request = Request(Person(mentor), Person(mentee), cohort)
    beginning = Beginning(invite=InvitationWriter(inbound.notices.writer))
    return await create_pair(request, inbound.store, DOMAIN, beginning, NOW)


def roles(inbound: Inbound) -> Roles:
    return Roles(inbound.settings, inbound.store)


async def test_nobody_has_a_role_before_they_confirmed_it(inbound: Inbound) -> None:
    pair = await pair_of(inbound, "spring")
    assert await roles(inbound).coordinator_of(pair) == OPERATOR
    await ask(inbound)
    assert await roles(inbound).coordinator_of(pair) == OPERATOR
    safe = await roles(inbound).safeguarding(pair)
    assert (safe.contact, safe.contact_name, safe.deputy, safe.answer_within) == ("", "", "", 3600.0)


async def test_a_cohort_has_its_own_coordinator(inbound: Inbound) -> None:
    spring, autumn = await pair_of(inbound, "spring"), await pair_of(inbound, "autumn", "a@x.example", "b@x.example")
    await inbound.due()
    await confirm(inbound, CORA)
    assert [await roles(inbound).coordinator_of(one) for one in (spring, autumn, None)] == [CORA, CORA, CORA]
    await confirm(inbound, CORA, SPRING)
    assert [await roles(inbound).coordinator_of(one) for one in (spring, autumn)] == [SPRING, CORA]


async def test_safeguarding_names_who_has_confirmed(inbound: Inbound) -> None:
    await confirm(inbound, SAFE, DEPUTY)
    safe = await roles(inbound).safeguarding()
    assert (safe.contact, safe.contact_name, safe.deputy, safe.deputy_name) == (SAFE, "Petra Vogel", DEPUTY, "Ann Lee")
    assert (safe.helplines, safe.hours) == ("Call 116 123.", "Not at night.")


async def test_who_is_a_member_of_the_pair_has_no_role_in_it(inbound: Inbound) -> None:
    own = await pair_of(inbound, "", mentor=CORA, mentee=SAFE)
    others = await pair_of(inbound, "")
    await inbound.due()
    await confirm(inbound, CORA, SAFE, DEPUTY)
    assert await roles(inbound).coordinator_of(own) == OPERATOR
    assert await roles(inbound).coordinator_of(others) == CORA
    assert (await roles(inbound).safeguarding(own)).contact == ""
    assert (await roles(inbound).safeguarding(own)).deputy == DEPUTY
    assert (await roles(inbound).safeguarding(others)).contact == SAFE


async def test_a_no_is_kept_and_the_check_says_so(inbound: Inbound) -> None:
    asked = await ask(inbound)
    await inbound.send(CORA, asked[CORA].answer_to, body="No, I am not that.")
    (told,) = await inbound.due()
    assert told.recipient == CORA and "Nothing about members is sent to this address" in " ".join(
        words_of(told).split()
    )
    assert (await inbound.send(CORA, asked[CORA].answer_to, body="YES")).startswith("250 ")
    assert await roles(inbound).coordinator_of(None) == OPERATOR
    said = [one.what for one in check_roles(inbound.settings, await roles(inbound).all())]
    assert "whoever reads the mail of programme.coordinator says that they are not that" in said


async def test_an_unclear_answer_is_asked_about_once(inbound: Inbound) -> None:
    asked = await ask(inbound)
    for expected in (1, 0, 0):
        await inbound.send(CORA, asked[CORA].answer_to, body="Who are you?")
        assert len(await inbound.due()) == expected
    assert await roles(inbound).coordinator_of(None) == OPERATOR


async def test_only_the_mailbox_that_was_asked_can_answer(inbound: Inbound) -> None:
    asked = await ask(inbound)
    inbound.verdicts["eve@x.example"] = Verdict.PASS
    for author in (SPRING, "eve@x.example", JANE):
        assert (await inbound.send(author, asked[CORA].answer_to, body="YES")).startswith("550 5.7.1")
    assert await roles(inbound).coordinator_of(None) == OPERATOR


async def test_letters_for_a_decision_go_to_the_coordinator_and_the_answer_to_the_member(inbound: Inbound) -> None:
    pair = await pair_of(inbound, "spring")
    asked = {one.recipient: asked_in(one) for one in await inbound.due()}
    await confirm(inbound, SPRING)
    await inbound.send(JANE, asked[JANE].answer_to, body="I would rather talk first")
    await inbound.send(JANE, asked[JANE].answer_to, body="Can you call me?")
    told = {one.recipient: one for one in await inbound.due()}
    assert set(told) == {JANE, SPRING}
    assert "Can you call me?" in words_of(told[SPRING])
    to = reply_to(told[SPRING])
    # The operator is nobody in this conversation, nor is another coordinator.
    for author in (OPERATOR, CORA):
        assert (await inbound.send(author, to, body="Hello")).startswith("550 5.7.1")
    body = f"I call you today. {SPRING}"
    assert (await inbound.send(SPRING, to, body=body, subject="Re: x", message_id="m7@ops.example")).startswith("250 ")
    (answer,) = await inbound.due()
    assert answer.recipient == JANE and "I call you today." in words_of(answer)
    assert SPRING not in words_of(answer) and "ops.example" not in words_of(answer)
    await inbound.send(JANE, to, body="Thank you!", message_id="m8@real.example")
    (back,) = await inbound.due()
    assert back.recipient == SPRING and "Thank you!" in words_of(back)
    assert await roles(inbound).coordinator_of(pair) == SPRING


async def test_mail_to_postmaster_stays_the_operators(inbound: Inbound) -> None:
    await pair_of(inbound, "spring")
    await inbound.due()
    await confirm(inbound, SPRING)
    await inbound.send(JANE, f"postmaster@{DOMAIN}", body="It does not work.")
    (told,) = await inbound.due()
    assert told.recipient == OPERATOR
    await inbound.send(OPERATOR, reply_to(told), body="What?", message_id="m9@ops.example")
    assert [one.recipient for one in await inbound.due()] == [JANE]


def test_the_check_names_who_is_missing_and_who_has_two_roles() -> None:
    def said(settings: Settings) -> list[tuple[Level, str]]:
        return [(one.level, one.what) for one in check_roles(settings, named(settings))]

    assert [level for level, _ in said(Settings(DOMAIN))] == [Level.OK, Level.WARNING]
    programme = replace(Settings(DOMAIN).programme, operator=CORA, coordinator=CORA)
    both = Settings(DOMAIN, programme=programme, safeguarding=SafeguardingSettings(CORA, deputy=CORA))
    assert (Level.WARNING, "safeguarding.contact and deputy are one person") in said(both)
    one = replace(both, safeguarding=SafeguardingSettings(SAFE, deputy=DEPUTY))
    assert (Level.OK, "one person is programme.coordinator and programme.operator") in said(one)
    assert (Level.WARNING, "safeguarding.contact (hears reports) was not asked yet") in said(one)


def reply_to(delivery: Any) -> str:
    head = delivery.content.decode("latin-1").partition("\r\n\r\n")[0]
    (line,) = [one for one in head.split("\r\n") if one.startswith("Reply-To:")]
    return str(line.partition("<")[2].rstrip(">"))


async def test_the_question_says_what_they_are_asked_to_be(inbound: Inbound) -> None:
    letters = RoleLetters(inbound.notices.writer)
    _, letter = letters.question(CORA, ["coordinator", "deputy"], NOW)
    text = " ".join(words_of(letter.deliveries[0]).split())
    assert "Coordinator: you decide" in text and "Deputy for safety" in text and "Contact for safety" not in text
    assert subject_of(letter.deliveries[0]) == "Please confirm this address"


async def test_a_new_vault_key_finds_who_has_a_role(inbound: Inbound) -> None:
    asked = await ask(inbound)
    await inbound.send(SAFE, asked[SAFE].answer_to, body="YES")
    change = inbound.store.key_change
    await change.begin(b64decode(new_key()), NOW)
    while await change.step():
        pass
    assert (await roles(inbound).safeguarding()).contact == SAFE
    await inbound.send(CORA, asked[CORA].answer_to, body="YES")
    assert await roles(inbound).coordinator_of(None) == CORA


async def test_addresses_of_people_with_a_role_are_encrypted(inbound: Inbound, home: Home) -> None:
    await ask(inbound)
    stored = b"".join(path.read_bytes() for path in home.path.glob("relay.db*"))
    assert all(one.encode() not in stored for one in (CORA, SPRING, SAFE, DEPUTY))
