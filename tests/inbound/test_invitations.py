"""Both members of a new pair are asked first: only two yeses open it, and neither learns of the other's answer."""

from __future__ import annotations

import asyncio
import hashlib
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.letters.invitations import InvitationLetters, InvitationWriter
from relay.mentoring.beginning import Beginning
from relay.mentoring.consent import follow_up, invite_again
from relay.mentoring.pairing import PairingError, create_pair
from relay.mentoring.validation import Person, Request
from relay.model import Envelope, EventKind, MemberState, Pair, PairState, Side
from relay.store import AddressConfirmation, Consent, Decision, Effects, InvitationAnswer, StoreError, SuspendedRow
from relay.vault import new_key

from .conftest import DOMAIN, JANE, NOW, OMAR, OPERATOR, Inbound, opened, words_of


@dataclass(frozen=True)
class Asked:
    """An invitation as it reached its mailbox."""

    answer_to: str
    code: str
    text: str


@dataclass
class Story:
    """A pair that was made with invitations, and what each mailbox got since it was last looked at."""

    inbound: Inbound
    pair: Pair
    jane: Asked
    omar: Asked

    async def answers(self, author: str, asked: Asked, body: str, **more: Any) -> str:
        return await self.inbound.send(author, asked.answer_to, body=body, subject="Re: a question", **more)

    async def got(self) -> dict[str, list[str]]:
        """The subjects of new letters by mailbox."""
        found: dict[str, list[str]] = {}
        for one in await self.inbound.due():
            found.setdefault(one.recipient, []).append(subject_of(one))
        return found

    async def state(self) -> PairState:
        pair = await self.inbound.store.directory.pair(self.pair.id)
        assert pair is not None
        return pair.state

    async def member(self, side: Side) -> MemberState:
        member = await self.inbound.store.members.on(self.pair.id, side)
        assert member is not None
        return member.state

    async def kinds(self) -> list[EventKind]:
        return [event.kind for event in await self.inbound.store.events.list(pair_id=self.pair.id)]

    async def later(self, **more: float) -> datetime | None:
        """Let time pass, and do what falls due."""
        self.inbound.now += timedelta(**more)
        return await follow_up(self.inbound.store, InvitationLetters(self.inbound.notices), self.inbound.now)


def subject_of(delivery: Any) -> str:
    found = re.search(rb"^Subject: (.+?)\r\n(?! )", delivery.content, re.MULTILINE)
    assert found
    return re.sub(r" \[[A-Z0-9]{6}\]$", "", found[1].decode())


def asked_in(delivery: Any) -> Asked:
    text = words_of(delivery)
    head = delivery.content.decode("latin-1")
    reply_to = re.search(r"^Reply-To: <(.+)>\r$", head, re.MULTILINE)
    code = re.search(r"^Subject: .*\[([0-9A-Z]{6})\]\r$", head, re.MULTILINE)
    assert reply_to and code
    return Asked(reply_to[1], code[1], text)


@pytest.fixture
async def story(home: Home) -> AsyncIterator[Story]:
    async with opened(home) as inbound:
        request = Request(Person(JANE, "Amber Heron"), Person(OMAR, "Quiet River"))
        beginning = Beginning(invite=InvitationWriter(inbound.notices.writer))
        pair = await create_pair(request, inbound.store, DOMAIN, beginning, NOW)
        asked = {one.recipient: asked_in(one) for one in await inbound.due()}
        yield Story(inbound, pair, asked[JANE], asked[OMAR])


QUESTION = "A question to you"
WHERE = "A small question about the time"
BOTH_WELCOME = ["Hello, and how to write", "Who can read what you write"]


async def test_an_invitation_says_who_asks_who_reads_and_how_to_answer(story: Story) -> None:
    assert story.pair.state is PairState.INVITED
    for asked, role in ((story.jane, "mentor"), (story.omar, "mentee")):
        words = " ".join(asked.text.split())
        for needed in ("the mentoring programme", f"as a {role}", f"the code {asked.code}", "365 days", "21 days"):
            assert needed in words
        for other in ("Amber Heron", "Quiet River", story.pair.mentor.alias, story.pair.mentee.alias):
            assert other not in asked.text
    assert OMAR not in story.jane.text and JANE not in story.omar.text
    assert story.jane.answer_to != story.omar.answer_to


async def test_no_alias_works_before_both_have_agreed(story: Story) -> None:
    refused = await story.inbound.send(OMAR, f"nobody.k7t3mp9wq2xrd@{DOMAIN}")
    for author, alias in ((OMAR, story.pair.mentor.alias), (JANE, story.pair.mentee.alias)):
        assert await story.inbound.send(author, alias) == refused
    await story.answers(JANE, story.jane, "YES")
    assert await story.inbound.send(JANE, story.pair.mentee.alias) == refused


async def test_two_yeses_open_the_pair_and_welcome_both(story: Story) -> None:
    assert (await story.answers(JANE, story.jane, "Yes please")).startswith("250 ")
    assert (await story.state(), await story.member(Side.MENTOR)) == (PairState.INVITED, MemberState.ACTIVE)
    assert await story.got() == {JANE: ["Thank you for your answer", WHERE]}
    assert (await story.answers(OMAR, story.omar, story.omar.code)).startswith("250 ")
    assert (await story.state(), await story.member(Side.MENTEE)) == (PairState.ACTIVE, MemberState.ACTIVE)
    got = await story.got()
    assert {who: sorted(subjects) for who, subjects in got.items()} == {
        JANE: BOTH_WELCOME,
        OMAR: [WHERE, *BOTH_WELCOME],
    }
    assert (await story.inbound.send(OMAR, story.pair.mentor.alias)).startswith("250 ")
    assert (await story.kinds()).count(EventKind.CONSENTED) == 2


async def test_what_was_shown_and_answered_is_kept(story: Story, home: Home) -> None:
    body = "YES"
    await story.answers(JANE, story.jane, body)
    mentor, mentee = await story.inbound.store.invitations.shown(story.pair.id)
    assert (mentor.answer, mentor.answered_at) == (Consent.YES, NOW)
    assert f"write YES, or the code {story.jane.code}" in mentor.text
    assert mentor.version == mentee.version and len(mentor.version) == 12
    assert len(mentor.reply) == 64 and mentor.reply != hashlib.sha256(body.encode()).hexdigest()
    assert (mentee.answer, mentee.answered_at, mentee.reply) == (Consent.OPEN, None, "")


async def test_a_no_declines_the_pair_and_the_other_hears_no_reason(story: Story) -> None:
    await story.answers(JANE, story.jane, "Yes")
    await story.got()
    assert (await story.answers(OMAR, story.omar, "No, thank you")).startswith("250 ")
    assert await story.state() is PairState.DECLINED
    due = {one.recipient: one for one in await story.inbound.due()}
    assert {who: subject_of(one) for who, one in due.items()} == {
        JANE: "It does not begin this time",
        OMAR: "Thank you for your answer",
        OPERATOR: "Quiet River (mentee) declined",
    }
    assert "no" not in re.findall(r"\w+", words_of(due[JANE]).lower().replace("no pair", ""))


async def test_one_who_never_agreed_hears_nothing_of_a_no(story: Story) -> None:
    await story.answers(OMAR, story.omar, "NO")
    assert set(await story.got()) == {OMAR, OPERATOR}


@pytest.mark.parametrize("partner_agreed", [False, True])
async def test_a_letter_after_a_yes_does_not_depend_on_the_partners_answer(story: Story, partner_agreed: bool) -> None:
    if partner_agreed:
        await story.answers(OMAR, story.omar, "NO, sorry")
        await story.got()
        await story.answers(JANE, story.jane, "YES")
        (late,) = (await story.got())[JANE]
        assert late == "About your answer"
    else:
        await story.answers(JANE, story.jane, "YES")
        thanks, _ = (await story.got())[JANE]
        assert thanks == "Thank you for your answer"


async def test_a_yes_can_be_taken_back_until_the_pair_begins(story: Story) -> None:
    await story.answers(JANE, story.jane, "YES")
    await story.answers(JANE, story.jane, "NO")
    assert await story.state() is PairState.DECLINED


async def test_a_second_yes_gets_the_same_thanks_and_changes_nothing(story: Story) -> None:
    await story.answers(JANE, story.jane, "YES")
    await story.got()
    await story.answers(JANE, story.jane, "YES", message_id="again@real.example")
    assert await story.got() == {JANE: ["Thank you for your answer"]}
    assert (await story.kinds()).count(EventKind.CONSENTED) == 1


async def test_an_unclear_answer_is_asked_again_then_read_by_a_person(story: Story) -> None:
    await story.answers(OMAR, story.omar, "Who is this?")
    (again,) = await story.inbound.due(OMAR)
    assert asked_in(again).answer_to == story.omar.answer_to
    assert subject_of(again) == "Once more, please: yes or no?"
    await story.answers(OMAR, story.omar, "I do not know what this is", message_id="b@home.example")
    due = {one.recipient: one for one in await story.inbound.due()}
    assert set(due) == {OMAR, OPERATOR}
    assert "I do not know what this is" in words_of(due[OPERATOR])
    assert await story.state() is PairState.INVITED


async def test_automatic_mail_is_no_answer(story: Story) -> None:
    said = await story.answers(OMAR, story.omar, "YES", fields=("Auto-Submitted: auto-replied",))
    assert said.startswith("250 ")
    assert (await story.got(), await story.state()) == ({}, PairState.INVITED)


async def test_only_the_mailbox_that_was_asked_or_a_proven_member_answers(story: Story) -> None:
    stranger = await story.answers("eve@evil.example", story.omar, "YES")
    assert stranger.startswith("550 5.7.1 ")
    assert (await story.answers(JANE, story.omar, "YES")).startswith("550 5.7.1 ")
    story.inbound.verdicts[OMAR] = Verdict.FAIL
    assert (await story.answers(OMAR, story.omar, "YES")).startswith("550 5.7.1 ")
    assert (await story.answers(OMAR, story.omar, story.omar.code)).startswith("250 ")
    assert await story.member(Side.MENTEE) is MemberState.ACTIVE


async def test_a_reminder_goes_once_and_only_to_who_has_not_answered(story: Story) -> None:
    await story.answers(JANE, story.jane, "YES")
    await story.got()
    assert await story.later(days=6, hours=23) == NOW + timedelta(days=7)
    assert await story.got() == {}
    assert await story.later(hours=1) == NOW + timedelta(days=21)
    (reminder,) = await story.inbound.due(OMAR)
    assert asked_in(reminder).answer_to == story.omar.answer_to
    assert "14 days" in words_of(reminder)
    assert await story.later(days=10) == NOW + timedelta(days=21)
    assert await story.got() == {}


async def test_an_invitation_expires_and_the_one_who_agreed_hears_it(story: Story) -> None:
    await story.answers(JANE, story.jane, "YES")
    await story.later(days=8)
    await story.got()
    assert await story.later(days=14) is None
    assert await story.state() is PairState.EXPIRED
    assert await story.got() == {
        JANE: ["It does not begin this time"],
        OPERATOR: ["Quiet River (mentee) did not answer"],
    }
    assert (await story.answers(OMAR, story.omar, "YES")).startswith("250 ")
    assert await story.got() == {OMAR: ["About your answer"]}
    assert await story.state() is PairState.EXPIRED


async def test_invited_again_only_those_who_have_not_agreed_are_asked(story: Story) -> None:
    await story.answers(JANE, story.jane, "YES")
    await story.later(days=8)
    await story.later(days=14)
    await story.got()
    writer = InvitationWriter(story.inbound.notices.writer)
    again = await invite_again(story.pair.id, story.inbound.store, writer, story.inbound.now)
    assert again.state is PairState.INVITED
    (letter,) = await story.inbound.due()
    assert letter.recipient == OMAR
    await story.answers(OMAR, story.omar, "YES", message_id="late@home.example")  # to the first letter
    assert await story.state() is PairState.ACTIVE
    with pytest.raises(PairingError, match="only an invited or expired pair"):
        await invite_again(story.pair.id, story.inbound.store, writer, story.inbound.now)


async def test_an_invitation_goes_to_the_new_address_and_the_old_letter_is_void(story: Story) -> None:
    new, store = "omar@right.example", story.inbound.store
    member = await store.members.having(OMAR)
    assert member is not None
    await store.members.ask(member.number, AddressConfirmation("t1", new, NOW + timedelta(days=7)), [], NOW)
    await store.members.prove("t1", NOW)
    assert await store.members.set_primary(member.number, new, NOW)
    await invite_again(story.pair.id, store, InvitationWriter(story.inbound.notices.writer), NOW)
    due = {one.recipient: asked_in(one) for one in await story.inbound.due()}
    assert set(due) == {JANE, new}
    assert (due[JANE].answer_to, due[new].answer_to != story.omar.answer_to) == (story.jane.answer_to, True)
    await story.answers(OMAR, story.omar, "YES")
    assert await story.member(Side.MENTEE) is MemberState.INVITED
    await story.answers(new, due[new], "YES", message_id="new@right.example")
    assert await story.member(Side.MENTEE) is MemberState.ACTIVE


async def test_a_member_whose_mailbox_works_again_is_invited_as_before(story: Story) -> None:
    gone = SuspendedRow(story.pair.id, Side.MENTEE, "Quiet River", "550 5.1.1", NOW)
    await story.inbound.store.suspensions.add(OMAR, gone, None)
    assert await story.member(Side.MENTEE) is MemberState.SUSPENDED
    await story.inbound.store.suspensions.resume(OMAR, NOW)
    assert await story.member(Side.MENTEE) is MemberState.INVITED


async def test_what_was_asked_is_encrypted(story: Story, home: Home) -> None:
    stored = b"".join(path.read_bytes() for path in home.path.glob("relay.db*"))
    for secret in (JANE, OMAR, story.jane.code, "invites you"):
        assert secret.encode() not in stored


async def test_a_new_vault_key_finds_invitations(story: Story) -> None:
    change = story.inbound.store.key_change
    await change.begin(b64decode(new_key()), NOW)
    while await change.step():
        pass
    assert await story.inbound.store.invitations.find(token(story.jane)) is not None
    assert (await story.answers(JANE, story.jane, "YES")).startswith("250 ")


def token(asked: Asked) -> str:
    return asked.answer_to.partition("@")[0].removeprefix("i-")


async def test_an_answer_read_before_another_one_counts_is_read_again(story: Story) -> None:
    invitations = story.inbound.store.invitations
    before = await invitations.find(token(story.jane))
    assert before is not None
    await story.answers(JANE, story.jane, "NO")
    late = InvitationAnswer(before, Decision.YES, NOW, b"")
    with pytest.raises(StoreError, match="changed meanwhile"):
        await story.inbound.store.commit(Effects(consents=(late,)))
    assert await story.state() is PairState.DECLINED


async def name_of(story: Story, side: Side) -> str:
    pair = await story.inbound.store.directory.pair(story.pair.id)
    assert pair is not None
    return pair.persona(side).name


@pytest.mark.parametrize(
    "below", ["Pen name: Zuri", "pen name:  “Zuri”", "Nom de plume : Zuri", "Seudónimo: Zuri.", "Jina la kalamu: Zuri"]
)
async def test_a_pen_name_can_be_chosen_with_the_yes(story: Story, below: str) -> None:
    await story.answers(JANE, story.jane, f"YES\r\n\r\n{below}\r\n\r\n-- \r\nJane Doe\r\nName: Jane\r\n")
    told = {subject_of(one): words_of(one) for one in await story.inbound.due()}
    assert "In your letters you are called Zuri." in told["Thank you for your answer"]
    assert "About the name in your letters" not in told
    await story.answers(OMAR, story.omar, "YES")
    assert await name_of(story, Side.MENTOR) == "Zuri"
    welcome = {(one.recipient, subject_of(one)): words_of(one) for one in await story.inbound.due()}
    assert "now you can write to Zuri" in welcome[OMAR, "Hello, and how to write"].replace("Now", "now")
    pair = await story.inbound.store.directory.pair(story.pair.id)
    assert pair is not None and pair.mentor.alias == story.pair.mentor.alias
    await story.inbound.send(JANE, pair.mentee.alias)
    (letter,) = await story.inbound.due(OMAR)
    assert re.search(rb'^From: "?Zuri"? <', letter.content, re.MULTILINE)


@pytest.mark.parametrize(
    "below",
    [
        "Name: Zuri", "Zuri", "My name is Zuri", "Pen name Zuri", "Best,\r\n\r\nPen name: Zuri", "> Pen name: Zuri",
        "-- \r\nPen name: Zuri", "On Monday, we wrote:\r\n> Pen name: Zuri", "Old pen name: Zuri", "Pen name:",
    ],
)  # fmt: skip
async def test_no_other_line_chooses_one(story: Story, below: str) -> None:
    await story.answers(JANE, story.jane, f"YES\r\n{below}\r\n")
    assert await name_of(story, Side.MENTOR) == "Amber Heron"
    assert sorted((await story.got())[JANE]) == sorted(["Thank you for your answer", WHERE])


@pytest.mark.parametrize("name", ["Jane", "Janet", "Omar", "omár", "Quiet River", "amber heron", "Call 0712", "Real"])
async def test_a_name_that_cannot_be_used_is_refused_without_a_reason(story: Story, name: str) -> None:
    await story.answers(JANE, story.jane, f"YES\r\nPen name: {name}")
    told = {subject_of(one): " ".join(words_of(one).split()) for one in await story.inbound.due()}
    said = told["About the name in your letters"]
    assert "cannot be used here. It may be too much like another name" in said
    assert "In your letters you are called Amber Heron." in said
    assert await name_of(story, Side.MENTOR) == "Amber Heron"
    # Only the first yes can choose a name, so nobody finds out by trying who somebody is.
    await story.answers(JANE, story.jane, "YES\r\nPen name: Zuri")
    assert await name_of(story, Side.MENTOR) == "Amber Heron"


async def test_a_name_like_the_one_in_the_answers_header_cannot_be_used(story: Story) -> None:
    head = f"From: Wanjiku Doe <{JANE}>\r\nTo: <{story.jane.answer_to}>\r\nSubject: Re\r\n\r\n"
    await story.inbound.envelope(
        Envelope(JANE, (story.jane.answer_to,), f"{head}YES\r\nPen name: Wanjiku\r\n".encode(), "192.0.2.1")
    )
    assert await name_of(story, Side.MENTOR) == "Amber Heron"


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Kenya", "Africa/Nairobi"),
        ("القاهرة", "Africa/Cairo"),
        ("I live in Lima", ""),
        ("Lima, Peru", "America/Lima"),
        ("UTC+3", "Etc/GMT-3"),
        ("Who are you?", ""),
    ],
)
async def test_who_has_said_yes_is_asked_for_their_clock(story: Story, words: str, zone: str) -> None:
    await story.answers(JANE, story.jane, "YES")
    asked = {subject_of(one): one for one in await story.inbound.due()}[WHERE]
    assert asked_to(asked) == story.jane.answer_to
    await story.answers(JANE, story.jane, words)
    member = await story.inbound.store.members.on(story.pair.id, Side.MENTOR)
    assert member is not None and member.manner.time_zone == zone
    told = [words_of(one) for one in await story.inbound.due(JANE)]
    assert any(zone in one for one in told)


async def test_the_clock_can_be_told_when_the_pair_has_begun(story: Story) -> None:
    await story.answers(JANE, story.jane, "YES")
    await story.answers(OMAR, story.omar, "YES")
    await story.got()
    await story.answers(OMAR, story.omar, "Kenya")
    assert (await story.got()) == {OMAR: ["Thank you for your answer"]}
    member = await story.inbound.store.members.on(story.pair.id, Side.MENTEE)
    assert member is not None and member.manner.time_zone == "Africa/Nairobi"


def asked_to(delivery: Any) -> str:
    found = re.search(r"^Reply-To: <(.+)>\r$", delivery.content.decode("latin-1"), re.MULTILINE)
    assert found
    return found[1]


async def test_stop_is_a_no_and_another_command_is_carried_out(story: Story) -> None:
    assert (await story.answers(OMAR, story.omar, "help")).startswith("250 ")
    assert await story.got() == {OMAR: ["What you can ask for"]}
    assert (await story.answers(OMAR, story.omar, "STOP")).startswith("250 ")
    assert await story.state() is PairState.DECLINED


async def test_both_say_yes_at_once_and_neither_has_to_say_it_again(story: Story) -> None:
    replies = await asyncio.gather(story.answers(JANE, story.jane, "YES"), story.answers(OMAR, story.omar, "YES"))
    assert [reply[:4] for reply in replies] == ["250 ", "250 "]
    assert await story.state() is PairState.ACTIVE
