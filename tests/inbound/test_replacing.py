"""One partner is replaced: the other one's consent is kept, nobody learns why, and only the new one is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from relay.home import Home
from relay.letters.invitations import InvitationWriter
from relay.mentoring.beginning import Beginning
from relay.mentoring.pairing import PairingError, change_state, create_pair
from relay.mentoring.replacing import replace_partner
from relay.mentoring.validation import Person, Request, RequestError
from relay.model import EventKind, Pair, PairState, Side

from .conftest import DOMAIN, JANE, NOW, OMAR, Inbound, opened, words_of
from .test_guardians import MAMA, programme_of
from .test_invitations import BOTH_WELCOME, Story, asked_in, subject_of

EVA = "eva@new.example"


@pytest.fixture
async def story(home: Home) -> AsyncIterator[Story]:
    async with opened(home) as inbound:
        yield await begun(inbound)


async def begun(inbound: Inbound, **mentee: Any) -> Story:
    request = Request(Person(JANE, "Amber Heron"), Person(OMAR, "Quiet River", ("Omar Haddad",), **mentee))
    beginning = Beginning(invite=InvitationWriter(inbound.notices.writer))
    under_18 = inbound.settings.programme.under_18
    pair = await create_pair(request, inbound.store, DOMAIN, beginning, NOW, under_18=under_18)
    asked = {one.recipient: asked_in(one) for one in await inbound.due()}
    if MAMA in asked:
        await inbound.send(MAMA, asked[MAMA].answer_to, body="YES")
    return Story(inbound, pair, asked[JANE], asked[OMAR])


async def replaced(story: Story, side: Side = Side.MENTOR, who: str = EVA, **more: Any) -> Pair:
    writer = InvitationWriter(story.inbound.notices.writer)
    new_one = (side, Person(who, **more))
    return await replace_partner(story.pair.id, new_one, story.inbound.store, writer, story.inbound.now, who="cora")


async def test_after_a_no_the_other_keeps_their_yes(story: Story) -> None:
    await story.answers(OMAR, story.omar, "YES")
    await story.answers(JANE, story.jane, "NO")
    await story.got()
    new = await replaced(story)
    assert (new.state, new.mentee.name) == (PairState.INVITED, "Quiet River")
    assert new.mentee.alias != story.pair.mentee.alias
    letters = {one.recipient: one for one in await story.inbound.due()}
    assert {who: subject_of(one) for who, one in letters.items()} == {
        EVA: "A question to you",
        OMAR: "Your letters go on",
    }
    for one in letters.values():
        text = words_of(one).lower()
        assert "jane" not in text and "declined" not in text and "amber heron" not in text
    old, kept = [await story.inbound.store.invitations.shown(one.id) for one in (story.pair, new)]
    mine = {"answer", "answered_at", "text", "version", "reply"}
    assert [getattr(kept[1], name) for name in mine] == [getattr(old[1], name) for name in mine]
    # One yes is enough now.
    asked = asked_in(letters[EVA])
    await story.inbound.send(EVA, asked.answer_to, body="YES")
    pair = await story.inbound.store.directory.pair(new.id)
    assert pair is not None and pair.state is PairState.ACTIVE
    got = await story.got()
    assert sorted(got[OMAR]) == BOTH_WELCOME
    events = await story.inbound.store.events.list(pair_id=new.id)
    consents = [one for one in events if one.kind is EventKind.CONSENTED]
    assert [(one.facts.get("from"), one.who) for one in consents] == [(story.pair.id, "cora"), (None, "")]
    assert {one.who for one in events if one.kind is EventKind.INVITED} == {"cora"}


async def test_after_an_end_the_mentee_can_be_replaced(story: Story) -> None:
    for who, asked in ((JANE, story.jane), (OMAR, story.omar)):
        await story.answers(who, asked, "YES")
    with pytest.raises(PairingError, match="is active; end it first"):
        await replaced(story, Side.MENTEE)
    await change_state(story.pair.id, PairState.ENDED, story.inbound.store, NOW, who="cora")
    await story.got()
    new = await replaced(story, Side.MENTEE, known_as=("Eva Lind",))
    assert (new.mentor.name, new.state) == ("Amber Heron", PairState.INVITED)
    assert {one.recipient for one in await story.inbound.due()} == {JANE, EVA}


async def test_who_stays_can_still_say_no(story: Story) -> None:
    await story.answers(OMAR, story.omar, "YES")
    await story.answers(JANE, story.jane, "NO")
    await story.got()
    new = await replaced(story)
    told = {one.recipient: asked_in(one) for one in await story.inbound.due()}
    await story.inbound.send(OMAR, told[OMAR].answer_to, body="No, thank you")
    pair = await story.inbound.store.directory.pair(new.id)
    assert pair is not None and pair.state is PairState.DECLINED
    assert (await story.inbound.send(EVA, told[EVA].answer_to, body="YES")).startswith("250 ")
    assert "About your answer" in (await story.got())[EVA]


async def test_without_a_yes_nobody_is_replaced(story: Story) -> None:
    await story.answers(JANE, story.jane, "NO")
    with pytest.raises(PairingError, match="no consent of the mentee of pair"):
        await replaced(story)
    with pytest.raises(PairingError, match="no consent of the mentor of pair"):
        await replaced(story, Side.MENTEE)


async def test_a_name_that_is_the_new_partners_is_drawn_anew(story: Story) -> None:
    await story.answers(OMAR, story.omar, "YES\r\nPen name: Eva")
    await story.answers(JANE, story.jane, "NO")
    new = await replaced(story)
    assert new.mentee.name != "Eva"


async def test_what_is_wrong_with_the_new_one_is_said(story: Story) -> None:
    await story.answers(OMAR, story.omar, "YES")
    await story.answers(JANE, story.jane, "NO")
    with pytest.raises(RequestError, match="mentor address must look like"):
        await replaced(story, who="eva")
    with pytest.raises(RequestError, match="the same address"):
        await replaced(story, who=OMAR)


async def test_the_guardians_yes_is_kept_with_the_mentees(home: Home) -> None:
    async with opened(home, programme=programme_of(home)) as inbound:
        story = await begun(inbound, guardian=MAMA)
        await story.answers(OMAR, story.omar, "YES")
        await story.answers(JANE, story.jane, "NO")
        await story.got()
        new = await replaced(story)
        told = {one.recipient: asked_in(one) for one in await inbound.due()}
        assert set(told) == {EVA, OMAR}
        await inbound.send(EVA, told[EVA].answer_to, body="YES")
        pair = await inbound.store.directory.pair(new.id)
        assert pair is not None and pair.state is PairState.ACTIVE
