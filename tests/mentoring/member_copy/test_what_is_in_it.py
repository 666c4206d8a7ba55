"""A member's copy holds what is theirs: their own letters, and those that reached them, with who read them and why."""

from __future__ import annotations

import random
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from io import BytesIO

import pytest

from relay.authentication.verdict import Verdict
from relay.letters.invitations import InvitationWriter
from relay.letters.templates import LetterTemplates
from relay.mentoring.audit import record_reading, record_reveal
from relay.mentoring.beginning import Beginning
from relay.mentoring.exporting import Asking, copy_of, export
from relay.mentoring.member_copy.gather import read_by
from relay.mentoring.members import MemberError
from relay.mentoring.pairing import create_pair
from relay.mentoring.validation import Person, Request
from relay.model import Event, EventKind, Manner, PairState, Side
from relay.outcomes import Failed
from relay.store import COORDINATOR_DECIDES, UNPROVEN, Settlement

from ...inbound.conftest import DOMAIN, NOW, Inbound
from .conftest import ALIASES, EVE, OMAR, arrive, copied, everything_in, exported, member, open_copy, write


async def held(inbound: Inbound, journal_id: str, why: str) -> None:
    """Hold an accepted letter, as if it had been held from the start."""
    statements = (
        "UPDATE delivery SET state = 'held', last_status = ? WHERE journal_id = ?",
        "INSERT INTO hold (delivery_id, journal_id, why, since_at, decider) "
        "SELECT id, journal_id, ?, 1, 'person' FROM delivery WHERE journal_id = ?",
    )
    for statement in statements:
        await inbound.store._writer.run(lambda db, sql=statement: db.execute(sql, (why, journal_id)))  # type: ignore[misc]


async def test_a_letter_is_in_the_readers_copy_only_once_it_was_delivered(inbound: Inbound) -> None:
    await write(inbound, EVE, "One", "the first words")
    assert (await copied(inbound, OMAR)).letters == []
    assert (await copied(inbound, EVE)).letters == ["the first words"]
    assert (await copied(inbound, EVE)).data["letters"][0]["state"] == "waiting"
    await arrive(inbound)
    assert (await copied(inbound, OMAR)).letters == ["the first words"]
    assert (await copied(inbound, EVE)).data["letters"][0]["state"] == "delivered"


@pytest.mark.parametrize("why", [COORDINATOR_DECIDES, "by hand", "author decides"])
async def test_a_held_letter_is_in_its_authors_copy_and_not_in_the_readers(inbound: Inbound, why: str) -> None:
    await held(inbound, await write(inbound, EVE, "One", "held words"), why)
    copy = await exported(inbound, OMAR)
    assert (copy.letters, "held words" in everything_in(copy)) == ([], False)
    assert not {"held", "relayed"} & set(copy.happened)
    assert (await copied(inbound, EVE)).letters == ["held words"]


async def test_a_letter_whose_author_was_never_proven_is_in_nobodys_copy(inbound: Inbound) -> None:
    inbound.verdicts[EVE] = Verdict.UNPROVEN
    reply = await inbound.send(EVE, ALIASES[OMAR], body="somebody else's words")
    assert "Unproven" in reply
    await inbound.quarantine.drain(5)
    assert [one.why for one in await inbound.store.holds.rows()] == [UNPROVEN]
    for address in (EVE, OMAR):
        assert "somebody else's words" not in everything_in(await copied(inbound, address))


async def test_a_refused_letter_leaves_an_event_for_its_author_alone(inbound: Inbound) -> None:
    await inbound.store.directory.set_state("p1", PairState.PAUSED, NOW)
    assert (await inbound.send(EVE, ALIASES[OMAR], body="refused words")).startswith("550")
    assert "refused" in (await copied(inbound, EVE)).happened
    his = await copied(inbound, OMAR)
    assert "refused" not in his.happened
    assert "refused words" not in everything_in(his)


async def test_a_letter_that_failed_or_came_back_is_its_authors_only(inbound: Inbound) -> None:
    await write(inbound, EVE, "One", "failed words")
    (owed,) = await inbound.due(OMAR)
    await inbound.store.queue.settle([Settlement(owed.id, Failed("550 5.1.1"), None, NOW)])
    back = await write(inbound, EVE, "Two", "bounced words")
    await arrive(inbound)
    bounce = Event(EventKind.BOUNCED, NOW, "p1", Side.MENTOR, None, back, {"status": "5.2.2 over quota"})
    await inbound.store.events.record([bounce])
    await inbound.store._writer.run(
        lambda db: db.execute("UPDATE journal SET outcome = 'failed' WHERE id = ?", (back,))
    )
    hers, his = await copied(inbound, EVE), await copied(inbound, OMAR)
    assert [(one["text"].strip(), one["state"]) for one in hers.data["letters"]] == [
        ("failed words", "not_delivered"),
        ("bounced words", "not_delivered"),
    ]
    assert "bounced" in hers.happened
    assert "quota" not in everything_in(hers), "the state of the reader's mailbox is the reader's"
    assert his.letters == []


async def test_that_the_other_one_reported_something_is_not_told(inbound: Inbound) -> None:
    await inbound.store.events.record([Event(EventKind.REPORTED, NOW, "p1", Side.MENTEE)])
    await inbound.store.directory.set_state("p1", PairState.REPORTED, NOW)
    letter = await write_before(inbound)
    found = await inbound.store.journal.show(letter)
    assert found is not None
    await record_reading(inbound.store, found[0], "olga", "he is accused", NOW)
    hers, his = await copied(inbound, EVE), await copied(inbound, OMAR)
    assert "report" not in everything_in(hers)
    assert "accused" not in everything_in(hers)
    assert "read-own" in hers.happened
    assert hers.data["pairs"][0]["state"] == "paused"
    assert "reported" in his.happened
    assert his.data["pairs"][0]["state"] == "reported"
    await inbound.store.directory.set_state("p1", PairState.ENDED, NOW, who="olga")
    assert "accused" not in everything_in(await copied(inbound, EVE)), "nor after it was decided"


async def write_before(inbound: Inbound) -> str:
    """A letter of hers that was delivered before the pair was reported."""
    await inbound.store._writer.run(lambda db: db.execute("UPDATE pair SET state = 'active'"))
    letter = await write(inbound, EVE, "One", "words")
    await arrive(inbound)
    await inbound.store._writer.run(lambda db: db.execute("UPDATE pair SET state = 'reported'"))
    return letter


async def test_who_read_is_told_with_when_and_why_and_what_was_not_delivered_yet_is_not(inbound: Inbound) -> None:
    delivered = await write(inbound, EVE, "One", "first")
    await arrive(inbound)
    waits = await write(inbound, EVE, "Two", "second")
    for id in (delivered, waits):
        found = await inbound.store.journal.show(id)
        assert found is not None
        await record_reading(inbound.store, found[0], "olga", "a word was unclear", NOW)
    await record_reading(inbound.store, None, "root", "moved to another machine", NOW)
    await record_reveal(inbound.store, await member(inbound, OMAR), "olga", "wrong address", NOW)
    hers = [(one.name, one.who, one.why) for one in await read_by(await member(inbound, EVE), inbound.store)]
    assert hers == [("read-own", "olga", "a word was unclear"), ("read-all", "root", "")]
    his = [(one.name, one.who, one.why) for one in await read_by(await member(inbound, OMAR), inbound.store)]
    assert his == [("read-theirs", "olga", ""), ("read-all", "root", ""), ("revealed", "olga", "wrong address")]


async def test_the_page_is_in_the_members_language_and_shows_only_escaped_words(inbound: Inbound) -> None:
    await write(inbound, EVE, "<script>alert(1)</script>", "</div><script>alert(2)</script> & more")
    await arrive(inbound)
    page = (await copied(inbound, OMAR)).page
    assert "<script" not in page
    assert "&lt;script&gt;alert(2)" in page
    assert 'lang="en" dir="ltr"' in page
    assert "http" not in page
    omar = await member(inbound, OMAR)
    await inbound.store.members.set_manner(omar.number, Manner("ar-EG"))
    page = (await copied(inbound, OMAR)).page
    assert 'lang="ar" dir="rtl"' in page


async def test_by_mail_it_comes_in_parts_that_a_mail_can_carry_and_names_what_is_too_large(inbound: Inbound) -> None:
    noise = random.Random(1)
    lines = ["".join(noise.choices("abcdefghij klmnop", k=70)) for _ in range(1500)]
    for number in range(5):
        await write(inbound, EVE, f"Number {number}", "\r\n".join(lines[: 1500 if number == 2 else 400]))
    await arrive(inbound)
    small = replace(inbound.settings, smtp=replace(inbound.settings.smtp, max_message_size=200_000))
    asking = Asking(inbound.store, LetterTemplates(), small, NOW)
    copy = await copy_of(await member(inbound, OMAR), asking)
    parts = [open_copy(one) for one in copy.archives]
    assert len(parts) > 1
    assert all(len(one) * 4 / 3 < 200_000 for one in copy.archives)
    letters = [letter for part in parts for letter in part.data["letters"]]
    assert [one["subject"] for one in letters] == [f"Number {number}" for number in range(5)]
    assert [one["file"] is None for one in letters] == [False, False, True, False, False]
    assert f"Part 2 of {len(parts)}." in parts[1].page
    assert "addresses" in parts[0].data
    assert "addresses" not in parts[1].data
    assert OMAR not in parts[1].page


async def test_nothing_is_made_of_a_forgotten_member_and_without_letters_it_says_so(inbound: Inbound) -> None:
    copy = await copied(inbound, OMAR)
    assert "There are no letters here." in copy.page
    omar = await member(inbound, OMAR)
    await inbound.store.members.forget(omar.number, NOW, None, who="root")
    gone = await inbound.store.members.numbered(omar.number)
    with pytest.raises(MemberError, match="was forgotten"):
        await export(gone, "root", "why", Asking(inbound.store, LetterTemplates(), inbound.settings, NOW), BytesIO())


async def test_it_holds_what_they_agreed_to_and_not_what_the_other_one_said(inbound: Inbound) -> None:
    request = Request(Person("gil@gil.example", "Slow Otter"), Person("noa@noa.example", "Grey Owl"))
    beginning = Beginning(invite=InvitationWriter(inbound.notices.writer))
    pair = await create_pair(request, inbound.store, DOMAIN, beginning, NOW)
    asked = {one.recipient: one for one in await inbound.due()}
    for who, answer in (("noa@noa.example", "YES"), ("gil@gil.example", "NO")):
        before = await copied(inbound, who)
        (consent,) = before.data["pairs"][0]["consent"]
        assert (consent["of"], consent["answer"]) == ("member", "")
        assert "YES" in consent["text"]
        reply_to = message_from_bytes(asked[who].content, policy=default)["Reply-To"]
        await inbound.send(who, str(reply_to).strip("<>"), body=answer, message_id=f"{answer}@x.example")
    found = await inbound.store.directory.pair(pair.id)
    assert found is not None
    assert found.state is PairState.DECLINED
    noa = await copied(inbound, "noa@noa.example")
    assert noa.data["pairs"][0]["state"] == "ended"
    assert [one["answer"] for one in noa.data["pairs"][0]["consent"]] == ["yes"]
    assert "declined" not in everything_in(noa)
    assert "You said yes on" in noa.page
    assert [one["answer"] for one in (await copied(inbound, "gil@gil.example")).data["pairs"][0]["consent"]] == ["no"]


async def test_a_damaged_letter_does_not_keep_the_others_back(inbound: Inbound) -> None:
    await write(inbound, EVE, "One", "first")
    await write(inbound, EVE, "Two", "second")
    await arrive(inbound)
    damage = "UPDATE letter SET sealed = ? WHERE number = (SELECT min(number) FROM letter)"
    await inbound.store._writer.run(lambda db: db.execute(damage, (b"x" * 60,)))
    for address in (EVE, OMAR):
        copy = await copied(inbound, address)
        assert copy.letters == ["", "second"]
        assert [one["file"] is None for one in copy.data["letters"]] == [True, False]
