"""Where people under 18 may be mentees, a guardian's yes is a third key, and nobody learns the guardian's address."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from relay.home import Home
from relay.letters.invitations import InvitationLetters, InvitationWriter
from relay.mentoring.beginning import Beginning
from relay.mentoring.consent import follow_up, invite_again
from relay.mentoring.corrections import set_guardian
from relay.mentoring.members import MemberError
from relay.mentoring.pairing import create_pair
from relay.mentoring.validation import Checker, Person, Request, RequestError
from relay.model import EventKind, MemberState, Pair, PairState, Side
from relay.settings_file import load
from relay.vault import new_key

from .conftest import DOMAIN, JANE, NOW, OMAR, OPERATOR, Inbound, opened, words_of
from .test_invitations import BOTH_WELCOME, WHERE, Asked, asked_in, subject_of

MAMA, PAPA = "mama.omar@home2.example", "papa.omar@home2.example"


@dataclass
class Story:
    """A pair whose mentee has a guardian, with the question that each of the three got."""

    inbound: Inbound
    pair: Pair
    asked: dict[str, Asked]

    async def answers(self, who: str, body: str, as_asked: str = "") -> str:
        return await self.inbound.send(who, self.asked[as_asked or who].answer_to, body=body, subject="Re: a question")

    async def got(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in await self.inbound.due():
            found.setdefault(one.recipient, []).append(subject_of(one))
        return {who: sorted(subjects) for who, subjects in found.items()}

    async def state(self) -> PairState:
        pair = await self.inbound.store.directory.pair(self.pair.id)
        assert pair is not None
        return pair.state


def programme_of(home: Home, under_18: str = "guardian") -> Any:
    return replace(load(home.toml, {}).programme, operator=OPERATOR, under_18=under_18)


@pytest.fixture
async def story(home: Home) -> AsyncIterator[Story]:
    async with opened(home, programme=programme_of(home)) as inbound:
        request = Request(Person(JANE, "Amber Heron"), Person(OMAR, "Quiet River", guardian=MAMA))
        beginning = Beginning(invite=InvitationWriter(inbound.notices.writer))
        pair = await create_pair(request, inbound.store, DOMAIN, beginning, NOW, under_18="guardian")
        yield Story(inbound, pair, {one.recipient: asked_in(one) for one in await inbound.due()})


async def test_the_guardian_is_asked_in_words_of_their_own(story: Story) -> None:
    assert set(story.asked) == {JANE, OMAR, MAMA}
    text = " ".join(story.asked[MAMA].text.split())
    assert "invites a young person in your care to write letters with an adult" in text
    assert f"write YES, or the code {story.asked[MAMA].code}" in text
    assert "Pen name" not in text and "365 days" in text


@pytest.mark.parametrize("order", [(JANE, OMAR, MAMA), (MAMA, JANE, OMAR), (OMAR, MAMA, JANE)])
async def test_three_yeses_open_the_pair(story: Story, order: tuple[str, ...]) -> None:
    for who in order[:-1]:
        await story.answers(who, "YES")
        assert await story.state() is PairState.INVITED
        told = (await story.got())[who]
        assert told == (["Thank you for your answer"] if who == MAMA else [WHERE, "Thank you for your answer"])
    await story.answers(order[-1], "YES")
    assert await story.state() is PairState.ACTIVE
    got = await story.got()
    assert [one for one in got[JANE] if one in BOTH_WELCOME] == BOTH_WELCOME
    assert [one for one in got[OMAR] if one in BOTH_WELCOME] == BOTH_WELCOME
    assert not set(got.get(MAMA, [])) & set(BOTH_WELCOME)


async def test_the_mentee_cannot_answer_for_the_guardian_nor_the_other_way_round(story: Story) -> None:
    assert (await story.answers(OMAR, "YES", as_asked=MAMA)).startswith("550 5.7.1")
    assert (await story.answers(MAMA, "YES", as_asked=OMAR)).startswith("550 5.7.1")
    assert (await story.answers(MAMA, "YES", as_asked=JANE)).startswith("550 5.7.1")
    shown = await story.inbound.store.invitations.shown(story.pair.id)
    assert [(one.side, one.asks, one.answer.value) for one in shown] == [
        (Side.MENTOR, "", ""),
        (Side.MENTEE, "", ""),
        (Side.MENTEE, "guardian", ""),
    ]


async def test_the_guardians_yes_is_not_the_mentees(story: Story) -> None:
    await story.answers(MAMA, "YES\r\nPen name: Zuri")
    member = await story.inbound.store.members.on(story.pair.id, Side.MENTEE)
    assert member is not None and member.state is MemberState.INVITED
    pair = await story.inbound.store.directory.pair(story.pair.id)
    assert pair is not None and pair.mentee.name == "Quiet River"


async def test_the_guardians_no_ends_it_and_the_two_hear_no_reason(story: Story) -> None:
    for who in (JANE, OMAR):
        await story.answers(who, "YES")
    await story.got()
    await story.answers(MAMA, "NO")
    assert await story.state() is PairState.DECLINED
    letters = {(one.recipient, subject_of(one)): words_of(one) for one in await story.inbound.due()}
    assert set(letters) == {
        (MAMA, "Thank you for your answer"),
        (JANE, "It does not begin this time"),
        (OMAR, "It does not begin this time"),
        (OPERATOR, "The guardian of Quiet River: no consent"),
    }
    for (who, _), text in letters.items():
        assert MAMA not in text.replace(f"To: <{MAMA}>", "") or who == MAMA


async def test_the_operators_answer_about_a_guardian_reaches_nobody(story: Story) -> None:
    for body in ("Who are you?", "Call me first"):
        await story.answers(MAMA, body)
    letters = {one.recipient: one for one in await story.inbound.due() if one.recipient == OPERATOR}
    assert "Call me first" in words_of(letters[OPERATOR])
    to = asked_to(letters[OPERATOR])
    assert (await story.inbound.send(OPERATOR, to, body="I call you")).startswith("550 5.1.1")


def asked_to(delivery: Any) -> str:
    head = delivery.content.decode("latin-1").partition("\r\n\r\n")[0]
    (line,) = [one for one in head.split("\r\n") if one.startswith("Reply-To:")]
    return str(line.partition("<")[2].rstrip(">"))


async def test_the_guardian_is_reminded_and_asked_again_like_the_others(story: Story) -> None:
    for who in (JANE, OMAR):
        await story.answers(who, "YES")
    await story.got()
    story.inbound.now += load_days(story, "remind_after")
    await follow_up(story.inbound.store, InvitationLetters(story.inbound.notices), story.inbound.now)
    (reminder,) = await story.inbound.due()
    assert reminder.recipient == MAMA and "We do not ask again" in " ".join(words_of(reminder).split())
    again = await invite_again(
        story.pair.id, story.inbound.store, InvitationWriter(story.inbound.notices.writer), story.inbound.now
    )
    assert again.state is PairState.INVITED
    assert [one.recipient for one in await story.inbound.due()] == [MAMA]
    await story.answers(MAMA, "YES")
    assert await story.state() is PairState.ACTIVE


def load_days(story: Story, name: str) -> Any:
    from datetime import timedelta

    return timedelta(seconds=getattr(story.inbound.settings.invitations, name) + 1)


async def test_what_the_guardian_answers_after_the_beginning_changes_nothing(story: Story) -> None:
    for who in (JANE, OMAR, MAMA):
        await story.answers(who, "YES")
    await story.got()
    await story.answers(MAMA, "NO")
    assert await story.state() is PairState.ACTIVE
    (told,) = await story.inbound.due()
    assert told.recipient == MAMA and "changed nothing" in words_of(told)


async def test_the_guardians_address_does_not_reach_the_mentor(story: Story) -> None:
    for who in (JANE, OMAR, MAMA):
        await story.answers(who, "YES")
    await story.got()
    body = f"Ask {MAMA} about it. Best wishes"
    said = await story.inbound.send(OMAR, story.pair.mentor.alias, body=body, message_id="m5@home.example")
    assert said.startswith("250 "), said
    (letter,) = await story.inbound.due(JANE)
    assert "mama" not in words_of(letter).lower()


async def test_a_new_vault_key_finds_the_guardians_invitation(story: Story) -> None:
    change = story.inbound.store.key_change
    await change.begin(b64decode(new_key()), NOW)
    while await change.step():
        pass
    for who in (MAMA, JANE, OMAR):
        assert (await story.answers(who, "YES")).startswith("250 ")
    assert await story.state() is PairState.ACTIVE


async def test_a_forgotten_mentee_takes_the_guardian_with_them(story: Story, home: Home) -> None:
    member = await story.inbound.store.members.on(story.pair.id, Side.MENTEE)
    assert member is not None
    await story.inbound.store.members.forget(member.number, NOW, None, who="cora")
    assert (await story.answers(MAMA, "YES")).startswith("250 ")
    assert await story.got() == {}
    assert [one.side for one in await story.inbound.store.invitations.shown(story.pair.id)] == [Side.MENTOR]


async def test_a_command_in_the_guardians_answer_is_not_carried_out_for_the_mentee(story: Story) -> None:
    await story.answers(MAMA, "FORGET")
    assert await story.state() is PairState.INVITED
    (told,) = await story.inbound.due()
    assert told.recipient == MAMA and "We could not tell whether it means yes or no" in " ".join(words_of(told).split())


@pytest.mark.parametrize(
    ("under_18", "guardian", "fault"),
    [
        ("refused", MAMA, "people under 18 are refused"),
        ("refused", "adult", "people under 18 are refused"),
        ("guardian", "", "mentee guardian is missing"),
        ("guardian", JANE, "a third person must agree"),
        ("guardian", OMAR.upper(), "a third person must agree"),
        ("guardian", "nobody", "mentee guardian address must look like"),
    ],
)
def test_what_the_programme_does_not_allow_is_refused(under_18: str, guardian: str, fault: str) -> None:
    with pytest.raises(RequestError, match=fault):
        Checker(DOMAIN, under_18=under_18).checked(Request(Person(JANE), Person(OMAR, guardian=guardian)))


def test_an_adult_needs_no_guardian() -> None:
    request = Checker(DOMAIN, under_18="guardian").checked(Request(Person(JANE), Person(OMAR, guardian="Adult")))
    assert request.mentee.guardian == "" and request.mentee.identity.known_as == ()


async def corrected(story: Story, address: str = PAPA) -> Asked:
    """The question to the new address, after the operator has corrected the guardian's."""
    store = story.inbound.store
    member = await store.members.on(story.pair.id, Side.MENTEE)
    assert member is not None
    await set_guardian(member, address, store, InvitationWriter(story.inbound.notices.writer), NOW, who="petra")
    (asked,) = [asked_in(one) for one in await story.inbound.due() if one.recipient == address]
    story.asked[address] = asked
    return asked


async def test_a_guardian_whose_address_was_mistyped_is_asked_at_the_right_one_and_the_wrong_ones_yes_is_void(
    story: Story,
) -> None:
    for who in (JANE, MAMA):
        await story.answers(who, "YES")
    await corrected(story)
    await story.answers(OMAR, "YES")
    assert await story.state() is PairState.INVITED
    await story.answers(MAMA, "YES")  # from the address of before, to the question of before
    assert await story.state() is PairState.INVITED
    await story.answers(PAPA, "YES")
    assert await story.state() is PairState.ACTIVE
    identities = await story.inbound.store.directory.identities(story.pair.id)
    assert identities is not None and identities[1].addresses == (OMAR, PAPA)
    events = await story.inbound.store.events.list()
    assert {one.who for one in events if one.kind is EventKind.INVITED and one.facts.get("by") == "guardian"} >= {
        "petra"
    }


async def test_a_guardian_corrected_after_the_beginning_is_removed_from_letters_and_not_asked(story: Story) -> None:
    for who in (JANE, OMAR, MAMA):
        await story.answers(who, "YES")
    await story.inbound.due()
    store = story.inbound.store
    member = await store.members.on(story.pair.id, Side.MENTEE)
    assert member is not None
    await set_guardian(member, PAPA, store, InvitationWriter(story.inbound.notices.writer), NOW)
    assert await story.inbound.due() == []
    assert await story.state() is PairState.ACTIVE
    mentor = story.pair.mentor.alias
    await story.inbound.send(
        OMAR, mentor, body=f"Dear Amber,\r\n\r\nwrite to {PAPA}, please.", message_id="l1@x.example"
    )
    (letter,) = [one for one in await story.inbound.due() if one.recipient == JANE]
    assert PAPA.encode() not in letter.content


async def test_an_expired_pair_is_invited_again_at_the_corrected_address(story: Story) -> None:
    store, writer = story.inbound.store, InvitationWriter(story.inbound.notices.writer)
    await follow_up(store, InvitationLetters(story.inbound.notices), NOW + timedelta(days=90))
    await story.inbound.due()
    member = await store.members.on(story.pair.id, Side.MENTEE)
    assert member is not None
    await set_guardian(member, PAPA, store, writer, NOW)
    assert await story.state() is PairState.EXPIRED
    await invite_again(story.pair.id, store, writer, NOW)
    assert {one.recipient for one in await story.inbound.due()} >= {JANE, OMAR, PAPA}


async def test_a_guardian_is_a_third_person_and_only_corrected_where_one_was_asked(story: Story) -> None:
    store, writer = story.inbound.store, InvitationWriter(story.inbound.notices.writer)
    members = [await store.members.on(story.pair.id, side) for side in (Side.MENTEE, Side.MENTOR)]
    for member, address, said in ((members[0], JANE, "third person"), (members[0], MAMA, "already"),
                                  (members[1], PAPA, "no guardian was asked"), (members[0], "papa", "@")):  # fmt: skip
        assert member is not None
        with pytest.raises(MemberError, match=said):
            await set_guardian(member, address, store, writer, NOW)
    assert await story.inbound.due() == []
