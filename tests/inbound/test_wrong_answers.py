"""Answers to invitations as people send them by mistake: twice, late, forwarded, in another language, by a machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.letters.invitations import InvitationWriter
from relay.letters.role_letters import RoleLetters
from relay.mentoring.beginning import Beginning
from relay.mentoring.enrolment import EnrolError, enrol, plan, read_rows
from relay.mentoring.pairing import create_pair
from relay.mentoring.validation import Person, Request
from relay.model import MemberState, PairState, Side
from relay.store import AddressConfirmation, Consent

from .conftest import DOMAIN, JANE, NOW, OMAR, OPERATOR, Inbound, opened, words_of
from .test_invitations import Asked, Story, asked_in, story, subject_of

__all__ = ["story"]  # a fixture
EVE = "eve@evil.example"


async def answer_of(story: Story, side: Side) -> Consent:
    shown = await story.inbound.store.invitations.shown(story.pair.id)
    return next(one.answer for one in shown if one.side is side)


@pytest.mark.parametrize(
    ("bodies", "state", "answer"),
    [
        (("YES", "YES"), PairState.INVITED, Consent.YES),
        (("YES", "NO"), PairState.DECLINED, Consent.NO),
        (("NO", "YES"), PairState.DECLINED, Consent.NO),
        (("NO", "NO"), PairState.DECLINED, Consent.NO),
        (("maybe", "YES"), PairState.INVITED, Consent.YES),
        (("YES", "Thank you so much!"), PairState.INVITED, Consent.YES),
    ],
)
async def test_of_two_answers_a_no_counts_and_a_yes_never_undoes_it(
    story: Story, bodies: tuple[str, str], state: PairState, answer: Consent
) -> None:
    for number, body in enumerate(bodies):
        said = await story.answers(JANE, story.jane, body, message_id=f"m{number}@real.example")
        assert said.startswith("250 ")
    assert (await story.state(), await answer_of(story, Side.MENTOR)) == (state, answer)


@pytest.mark.parametrize("body", ["نعم", "oui", "Oui, avec plaisir", "ndiyo", "Sí", "हाँ", "Yes, with pleasure"])
async def test_a_yes_in_another_language_than_the_members_counts(story: Story, body: str) -> None:
    await story.answers(JANE, story.jane, body)
    assert await answer_of(story, Side.MENTOR) is Consent.YES


async def test_a_late_answer_is_told_that_it_is_late_and_changes_nothing(story: Story) -> None:
    await story.later(days=22)
    await story.got()
    for body in ("YES", "NO", "Who are you?"):
        assert (await story.answers(JANE, story.jane, body)).startswith("250 ")
        assert await story.got() == {JANE: ["About your answer"]}
    assert (await story.state(), await answer_of(story, Side.MENTOR)) == (PairState.EXPIRED, Consent.OPEN)


async def test_an_answer_from_another_proven_address_of_the_member_counts(story: Story) -> None:
    members = story.inbound.store.members
    member = await members.on(story.pair.id, Side.MENTOR)
    assert member is not None
    other = "jane@work.example"
    assert (await story.answers(other, story.jane, "YES")).startswith("550 5.7.1")
    await members.ask(member.number, AddressConfirmation("t" * 24, other, NOW.replace(year=2027)), (), NOW)
    assert (await story.answers(other, story.jane, "YES")).startswith("550 5.7.1")
    await members.prove("t" * 24, NOW)
    assert (await story.answers(other, story.jane, "YES")).startswith("250 ")
    assert await answer_of(story, Side.MENTOR) is Consent.YES


@pytest.mark.parametrize(
    "fields", [("Auto-Submitted: auto-replied",), ("X-Autoreply: yes", "Precedence: auto_reply"), ("X-Autorespond: x",)]
)
async def test_a_machines_yes_is_no_consent(story: Story, fields: tuple[str, ...]) -> None:
    await story.answers(JANE, story.jane, "YES, I am away until Monday.", fields=fields)
    assert await answer_of(story, Side.MENTOR) is Consent.OPEN
    assert await story.got() == {}


async def test_a_forwarded_invitation_cannot_be_answered_by_its_new_reader(story: Story) -> None:
    quoted = "\r\n".join(f"> {line}" for line in story.jane.text.splitlines()[:5])
    for verdict in (Verdict.PASS, Verdict.UNPROVEN):
        story.inbound.verdicts[EVE] = verdict
        said = await story.answers(EVE, story.jane, f"YES {story.jane.code}\r\n\r\n{quoted}")
        assert said.startswith("550 5.7.1")
    assert await answer_of(story, Side.MENTOR) is Consent.OPEN
    # Nor does a member's yes to the partner's question count, wherever they have got it from.
    assert (await story.answers(OMAR, story.jane, story.jane.code)).startswith("550 5.7.1")


async def test_a_forward_back_to_relay_is_no_yes(story: Story) -> None:
    body = (
        f"FYI, what do you think?\r\n\r\n---------- Forwarded message ---------\r\n\r\nwrite YES, or {story.jane.code}"
    )
    await story.answers(JANE, story.jane, body)
    assert await answer_of(story, Side.MENTOR) is Consent.OPEN


async def test_the_reader_of_a_mistyped_address_says_no_once_and_hears_nothing_more(story: Story) -> None:
    await story.answers(OMAR, story.omar, "Wrong person!")
    assert await story.got() == {OMAR: ["Once more, please: yes or no?"]}
    await story.answers(OMAR, story.omar, "NO")
    assert await story.state() is PairState.DECLINED
    told = await story.got()
    assert told[OMAR] == ["Thank you for your answer"] and set(told) == {OMAR, OPERATOR}
    await story.later(days=30)
    assert await story.got() == {}


@pytest.fixture
async def coordinated(home: Home) -> AsyncIterator[Inbound]:
    from relay.settings_file import load

    programme = replace(load(home.toml, {}).programme, operator=OPERATOR, coordinator=JANE)
    async with opened(home, programme=programme) as inbound:
        letters = RoleLetters(inbound.notices.writer)
        row, letter = letters.question(JANE, ["coordinator"], NOW)
        await inbound.store.role_mailboxes.ask([row], [letter], roles=["coordinator"])
        (asked,) = await inbound.due()
        await inbound.send(JANE, asked_in(asked).answer_to, body="YES")
        await inbound.due()
        yield inbound


async def test_a_coordinator_who_is_also_a_mentor_hears_nothing_of_their_own_pair(coordinated: Inbound) -> None:
    beginning = Beginning(invite=InvitationWriter(coordinated.notices.writer))
    pairs = []
    for mentor in (JANE, "other@real.example"):
        request = Request(Person(mentor), Person(OMAR))
        pairs.append(await create_pair(request, coordinated.store, DOMAIN, beginning, NOW))
    asked: dict[str, list[Asked]] = {}
    for one in await coordinated.due():
        asked.setdefault(one.recipient, []).append(asked_in(one))
    for one in asked[OMAR]:
        await coordinated.send(OMAR, one.answer_to, body="NO")
    told = [(one.recipient, subject_of(one), words_of(one)) for one in await coordinated.due() if one.recipient != OMAR]
    by_pair = {pair.id: who for pair in pairs for who, _, text in told if f"pair {pair.id}" in " ".join(text.split())}
    assert by_pair == {pairs[0].id: OPERATOR, pairs[1].id: JANE}


async def test_a_person_on_both_sides_of_a_csv_is_one_member_who_answers_each_invitation(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("mentor,mentee\njane@real.example,omar@home.example\nzoe@x.example,Jane@REAL.example\n")
    async with opened(home) as inbound:
        chosen = await plan(read_rows(file, DOMAIN), inbound.store, file.name, DOMAIN, NOW)
        beginning = Beginning(invite=InvitationWriter(inbound.notices.writer))
        first, second = await enrol(chosen, inbound.store, beginning, NOW)
        asked = [asked_in(one) for one in await inbound.due() if one.recipient.lower() == JANE]
        assert len(asked) == 2 and asked[0].answer_to != asked[1].answer_to
        roles = {"as a mentor" in one.text: one for one in asked}
        await inbound.send(JANE, roles[True].answer_to, body="YES")
        await inbound.send(JANE, roles[False].answer_to, body="NO", message_id="m2@real.example")
        states = [(await inbound.store.directory.pair(one.id)) for one in (first, second)]
        assert [one.state for one in states if one] == [PairState.INVITED, PairState.DECLINED]
        member = await inbound.store.members.having(JANE)
        assert member is not None and member.state is MemberState.ACTIVE and len(member.parts) == 2


def test_a_person_on_both_sides_of_one_row_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("mentor,mentee\njane@real.example,Jane@Real.example\n")
    with pytest.raises(EnrolError, match="the same address: a pair needs two people"):
        read_rows(file, DOMAIN)
