"""REPORT stops the letters at once, whoever it may be from, and a person hears of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.letters.report_letters import ReportLetters
from relay.letters.role_letters import RoleLetters
from relay.mentoring.pairing import PairingError, change_state
from relay.mentoring.report_follow_up import follow_up_report
from relay.model import Envelope, EventKind, PairState, Side
from relay.roles import named
from relay.scheduling.job import Work
from relay.scheduling.jobs import JOBS
from relay.scheduling.runner import run_due
from relay.settings import SafeguardingSettings
from relay.store import REPORTS, Authorship, StoreError

from ..inbound.conftest import NOW, OPERATOR, opened
from .conftest import DOMAIN, JANE, OMAR, PARTNER, AtTheDesk, code_in, field_of, subject_of, words_of

ANN = "ann@school.example"
SAFE, DEPUTY = "safe@ops.example", "deputy@ops.example"
SAFEGUARDING = SafeguardingSettings(
    SAFE, "Petra Vogel", DEPUTY, "Ann Lee", 14400.0, "Call 116 123.", "Nobody reads at night."
)
RESTS, GOES_ON = "Your letters rest for a while", "Your letters go on"
STOPPED = "your mentoring pair is paused just now"


@asynccontextmanager
async def at_the_desk(home: Home, **settings: Any) -> AsyncIterator[AtTheDesk]:
    async with opened(home, **settings) as inbound:
        await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
        desk = AtTheDesk(inbound)
        await confirmed(desk)
        yield desk


@pytest.fixture
async def desk(home: Home) -> AsyncIterator[AtTheDesk]:
    """The pair p1; a safeguarding contact and a deputy who have confirmed it."""
    async with at_the_desk(home, safeguarding=SAFEGUARDING) as made:
        yield made


async def confirmed(desk: AtTheDesk) -> None:
    inbound, letters = desk.inbound, RoleLetters(desk.inbound.notices.writer)
    addresses = [one.address for one in named(inbound.settings)]
    asked = [letters.question(one, ["contact"], NOW) for one in addresses]
    await inbound.store.role_mailboxes.ask([one for one, _ in asked], [one for _, one in asked], roles=addresses)
    for address in addresses:
        (question,) = await desk.letters(address)
        await desk.says("YES", to=field_of(question, "Reply-To"), who=address)
        await desk.letters(address)


def said_in(letter: Any) -> str:
    """The words of a letter, without what differs from one to the next."""
    words = " ".join(words_of(letter).partition("Hello,")[2].partition("With good wishes")[0].split())
    return re.sub(r"the letter \w+", "the letter", words)


async def writes(desk: AtTheDesk, who: str, to: str = PARTNER) -> str:
    return await desk.says("Dear friend,\r\n\r\nhow are you?", to=f"{to}@{DOMAIN}", who=who)


async def jobs(desk: AtTheDesk) -> int:
    """Run the jobs that are due."""
    notices, store = desk.inbound.notices, desk.inbound.store
    letters = ReportLetters(store, notices.writer, notices.show)

    async def nothing(*_: object) -> None: ...

    async def follow(key: str, now: Any) -> Any:
        return await follow_up_report(store, letters, key, now)

    work = Work(store, lambda: None, nothing, nothing, nothing, nothing, nothing, follow_report=follow)  # type: ignore[arg-type]
    return await run_due(work, lambda: desk.inbound.now, [job for job in JOBS if job.name == REPORTS])


async def later(desk: AtTheDesk, **more: float) -> None:
    desk.inbound.now += timedelta(**more)
    await jobs(desk)


async def unproven(desk: AtTheDesk, line: str, who: str = JANE, verdict: Verdict = Verdict.UNPROVEN) -> str:
    """A mail to report@ that is not proven to be theirs, and what follows it."""
    desk.inbound.verdicts[who] = verdict
    said = await desk.says(line, to="report", who=who)
    await desk.inbound.quarantine.delayed.idle()
    desk.inbound.verdicts.clear()
    return said


@pytest.mark.parametrize(
    ("to", "line"),
    [
        ("report", ""),
        ("report", "He asked for my telephone number, and where I live."),
        ("report", "A long letter about what happened. " * 40),
        ("report", "pause"),
        ("help", "REPORT"),
        ("help", "reportar\r\n\r\nHe asked for my address."),
        ("help", "بلاغ"),
    ],
)
async def test_a_report_stops_the_letters_in_both_directions_and_a_person_hears_its_words(
    desk: AtTheDesk, to: str, line: str
) -> None:
    assert (await desk.says(line, to=to)).startswith("250 ")
    assert await desk.state() is PairState.REPORTED
    (answer,) = await desk.letters(JANE)
    words = " ".join(words_of(answer).split())
    assert "Petra Vogel reads it and answers you, most often within 4 hours. Nobody reads at night." in words
    assert "Call 116 123." in words
    assert field_of(answer, "Reply-To") == f"report@{DOMAIN}"
    assert await desk.got(OMAR) == [RESTS]
    (heard,) = await desk.letters(SAFE)
    assert subject_of(heard) == "Amber Heron (mentor, p1) needs you"
    assert line.partition("\r\n")[2].strip() in words_of(heard)
    assert (await desk.got(DEPUTY), await desk.got(OPERATOR)) == ([], [])
    assert await desk.commands() == ["report"]


async def test_the_whole_mail_with_its_files_reaches_the_contact(desk: AtTheDesk) -> None:
    body = (
        "--x\r\nContent-Type: text/plain\r\n\r\nSee the picture.\r\n--x\r\nContent-Type: image/png\r\n"
        'Content-Disposition: attachment; filename="shot.png"\r\n\r\nPNG\r\n--x--'
    )
    await desk.says(body, to="report", fields=("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=x"))
    (heard,) = await desk.letters(SAFE)
    assert "> See the picture." in words_of(heard) and "shot.png" in words_of(heard)
    assert b"message.eml" in heard.content


async def test_the_other_member_cannot_tell_it_from_a_pause(desk: AtTheDesk) -> None:
    await desk.inbound.pair("p2", "ida@real.example", ANN, ("Amber Heron", "Silver Birch"))
    await desk.says("report", who=JANE)
    await desk.says("pause", who="ida@real.example")
    (reported,), (paused,) = await desk.letters(OMAR), await desk.letters(ANN)
    texts = [words_of(one).partition("\r\n\r\n")[2].replace(one.recipient, "") for one in (reported, paused)]
    assert [subject_of(one) for one in (reported, paused)] == [RESTS, RESTS]
    assert "Amber Heron would like a rest" in texts[0] and "Amber Heron would like a rest" in texts[1]
    replies = []
    for who, pair in ((OMAR, "p1"), (ANN, "p2")):
        to = f"amber-heron.{pair}"
        seen = [(await writes(desk, who, to)).replace(pair, "")]
        for line in ("resume", "pause", "pause", "resume", "resume"):
            assert (await desk.says(line, who=who)).startswith("250 ")
            seen += [said_in(one) for one in await desk.letters(who)]
        replies.append(seen)
    assert STOPPED in replies[0][0]
    assert replies[0] == replies[1]
    assert await desk.state() is PairState.REPORTED


async def test_who_reported_hears_that_a_person_decides_when_it_goes_on(desk: AtTheDesk) -> None:
    await desk.says("", to="report")
    await desk.letters(JANE)
    await desk.says("resume")
    (told,) = await desk.letters(JANE)
    assert "A person decides when they go on" in " ".join(words_of(told).split())
    assert await desk.state() is PairState.REPORTED
    assert STOPPED in await writes(desk, JANE)


async def test_letters_that_wait_are_held_and_not_delivered(desk: AtTheDesk) -> None:
    for who, to in ((OMAR, "amber-heron.p1"), (JANE, PARTNER)):
        assert (await writes(desk, who, to)).startswith("250 ")
    await desk.says("", to="report", who=OMAR)
    assert sorted(hold.why for hold in await desk.inbound.store.holds.rows()) == ["reported", "reported"]
    assert await desk.got(JANE) == [RESTS]
    assert await desk.got(OMAR) == ["Your message has arrived"]


async def test_a_letter_that_was_being_tried_is_held_when_it_would_be_tried_again(desk: AtTheDesk) -> None:
    await writes(desk, OMAR, "amber-heron.p1")
    (tried,) = await desk.letters(JANE)
    await desk.says("", to="report")
    await desk.inbound.store.queue.give_back([tried.id])
    assert await desk.got(JANE) == ["Your message has arrived"]
    assert [hold.why for hold in await desk.inbound.store.holds.rows()] == ["reported"]


async def test_an_unproven_report_gets_the_one_refusal_and_acts_before_anybody_is_asked(desk: AtTheDesk) -> None:
    unknown = await desk.inbound.send("eve@evil.example", f"nobody.k7t3mp9wq2xrd@{DOMAIN}")
    assert (await unproven(desk, "He knows my name.")).rpartition(" (")[0] == unknown.rpartition(" (")[0]
    assert await desk.state() is PairState.REPORTED
    (answer,) = await desk.letters(JANE)
    assert "Is the message from you?" in words_of(answer)
    (heard,) = await desk.letters(SAFE)
    assert "> He knows my name." in words_of(heard)
    assert "relay could not check that it is from them" in " ".join(words_of(heard).split())
    await desk.says("YES\r\n\r\nHe wrote again.", to=field_of(answer, "Reply-To"))
    assert await desk.state() is PairState.REPORTED
    (report,) = await desk.inbound.store.reports.about("p1")
    assert report.author is Authorship.CONFIRMED
    assert await desk.got(JANE) == ["Thank you for your answer"]
    (more,) = await desk.letters(SAFE)
    assert "says that the report is from them" in " ".join(words_of(more).split())
    assert "> He wrote again." in words_of(more)


async def test_a_no_is_told_and_only_a_named_person_reopens(desk: AtTheDesk) -> None:
    await unproven(desk, "")
    (answer,) = await desk.letters(JANE)
    await desk.letters(SAFE)
    await desk.says("NO", to=field_of(answer, "Reply-To"))
    assert await desk.state() is PairState.REPORTED
    (more,) = await desk.letters(SAFE)
    assert "says that the report is not from them" in " ".join(words_of(more).split())
    (report,) = await desk.inbound.store.reports.about("p1")
    assert report.author is Authorship.DENIED
    store = desk.inbound.store
    with pytest.raises(PairingError, match="named person"):
        await change_state("p1", PairState.ACTIVE, store, desk.inbound.now)
    await change_state("p1", PairState.ACTIVE, store, desk.inbound.now, who="petra", why="she is safe")
    assert await desk.state() is PairState.ACTIVE
    assert await store.reports.about("p1") == []


async def test_an_answer_that_is_neither_is_told_and_asked_about_once_more(desk: AtTheDesk) -> None:
    await unproven(desk, "")
    (answer,) = await desk.letters(JANE)
    reply_to = field_of(answer, "Reply-To")
    await desk.letters(SAFE)
    await desk.says("Who are you?", to=reply_to)
    assert await desk.got(JANE) == ["One question is open"]
    (more,) = await desk.letters(SAFE)
    assert "> Who are you?" in words_of(more)
    await desk.says("I wonder", to=reply_to)
    assert await desk.got(JANE) == ["Thank you for your answer"]
    assert await desk.state() is PairState.REPORTED


async def test_mail_that_fails_its_checks_does_not_act_but_is_asked_about(desk: AtTheDesk) -> None:
    assert (await unproven(desk, "He knows my name.", verdict=Verdict.FAIL)).startswith("550 5.7.1")
    assert await desk.state() is PairState.ACTIVE
    assert await desk.letters(SAFE) == []
    (asked,) = await desk.letters(JANE)
    assert code_in(asked) in words_of(asked)
    await desk.says("YES\r\n\r\nHe knows my name.", to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.REPORTED
    (heard,) = await desk.letters(SAFE)
    assert "> He knows my name." in words_of(heard)


async def test_a_stranger_reports_nothing(desk: AtTheDesk) -> None:
    for verdict in (Verdict.PASS, Verdict.UNPROVEN, Verdict.FAIL):
        assert (await unproven(desk, "report", "eve@evil.example", verdict)).startswith("550 5.7.1")
    assert await desk.state() is PairState.ACTIVE
    assert await desk.inbound.due() == []


async def test_the_word_alone_to_the_partner_is_a_report_at_once_and_is_not_sent(desk: AtTheDesk) -> None:
    assert (await desk.says("Report\r\n\r\n> Where do you live?", to=f"{PARTNER}@{DOMAIN}")).startswith("250 ")
    assert await desk.state() is PairState.REPORTED
    assert await desk.got(OMAR) == [RESTS]
    assert len(await desk.letters(SAFE)) == 1


async def test_what_a_machine_sends_is_no_report(desk: AtTheDesk) -> None:
    assert (await desk.says("", to="report", fields=("Auto-Submitted: auto-replied",))).startswith("250 ")
    assert await desk.state() is PairState.ACTIVE
    assert await desk.inbound.due() == []


async def test_a_second_report_is_heard_but_not_answered_again(desk: AtTheDesk) -> None:
    await desk.says("First.", to="report")
    assert await desk.got(JANE) == ["Your message has arrived"]
    await desk.says("Second.", to="report")
    assert (await desk.got(JANE), await desk.got(OMAR)) == ([], [RESTS])
    assert [subject_of(one) for one in await desk.letters(SAFE)] == [
        "Amber Heron (mentor, p1) needs you",
        "More from Amber Heron (mentor, p1)",
    ]
    assert [row.name for row in await desk.inbound.store.jobs.rows()].count("reports") == 1


async def test_both_sides_may_report_and_neither_learns_of_the_other(desk: AtTheDesk) -> None:
    await desk.says("", to="report", who=JANE)
    await desk.says("", to="report", who=OMAR)
    assert await desk.got(JANE) == ["Your message has arrived"]
    assert await desk.got(OMAR) == [RESTS, "Your message has arrived"]
    assert len(await desk.letters(SAFE)) == 2
    assert len(await desk.inbound.store.reports.about("p1")) == 2


async def test_the_deputy_hears_when_the_contact_does_not_answer_and_then_the_operator(desk: AtTheDesk) -> None:
    await desk.says("He knows my name.", to="report")
    await desk.letters(SAFE)
    await later(desk, hours=3)
    assert await desk.letters(DEPUTY) == []
    await later(desk, hours=1)
    (heard,) = await desk.letters(DEPUTY)
    assert subject_of(heard) == "Still no answer: Amber Heron (mentor, p1) needs you"
    assert "> He knows my name." in words_of(heard)
    await later(desk, hours=4)
    assert await desk.got(OPERATOR) == ["Still no answer: Amber Heron (mentor, p1) needs you"]
    await later(desk, hours=9)
    assert (await desk.letters(DEPUTY), await desk.letters(OPERATOR)) == ([], [])


async def test_an_answer_of_the_contact_reaches_the_reporter_and_nobody_else_is_told(desk: AtTheDesk) -> None:
    await desk.says("He knows my name.", to="report")
    (heard,) = await desk.letters(SAFE)
    await desk.letters(JANE)
    assert (
        await desk.says("You did the right thing. I call you tomorrow.", to=field_of(heard, "Reply-To"), who=SAFE)
    ).startswith("250 ")
    (answer,) = await desk.letters(JANE)
    assert "I call you tomorrow" in words_of(answer) and SAFE not in words_of(answer)
    await later(desk, hours=9)
    assert await desk.letters(DEPUTY) == []
    await desk.says("Thank you.", to=field_of(answer, "Reply-To"))
    (more,) = await desk.letters(SAFE)
    assert "> Thank you." in words_of(more)


async def test_a_decision_by_name_ends_the_waiting(desk: AtTheDesk) -> None:
    await desk.says("", to="report")
    await change_state("p1", PairState.ENDED, desk.inbound.store, desk.inbound.now, who="petra", why="not safe")
    await desk.letters(JANE)
    await later(desk, hours=9)
    assert await desk.letters(DEPUTY) == []


async def test_without_a_contact_the_operator_hears_it(home: Home) -> None:
    async with at_the_desk(home) as desk:
        await desk.says("", to="report")
        assert await desk.got(OPERATOR) == ["Amber Heron (mentor, p1) needs you"]
        assert [row.name for row in await desk.inbound.store.jobs.rows()].count("reports") == 0
        (answer,) = await desk.letters(JANE)
        assert "A person reads it" in words_of(answer)


async def test_who_is_the_partner_never_hears_a_report(home: Home) -> None:
    async with at_the_desk(home, safeguarding=replace(SAFEGUARDING, contact=OMAR)) as desk:
        await desk.says("He knows my name.", to="report")
        assert await desk.got(OMAR) == [RESTS]
        assert await desk.got(DEPUTY) == ["Amber Heron (mentor, p1) needs you"]


async def test_of_several_pairs_all_are_stopped_until_the_member_says_which(desk: AtTheDesk) -> None:
    await desk.inbound.pair("p2", JANE, ANN, ("Amber Heron", "Silver Birch"))
    assert (await writes(desk, ANN, "amber-heron.p2")).startswith("250 ")
    await desk.says("He knows my name.", to="report")
    assert (await desk.state("p1"), await desk.state("p2")) == (PairState.REPORTED, PairState.REPORTED)
    (answer,) = await desk.letters(JANE)
    assert "1. Quiet River" in words_of(answer) and "2. Silver Birch" in words_of(answer)
    (heard,) = await desk.letters(SAFE)
    assert "p1 (Quiet River), p2 (Silver Birch)" in " ".join(words_of(heard).split())
    assert (await desk.got(OMAR), await desk.got(ANN)) == ([RESTS], [RESTS])
    await desk.says("1", to=field_of(answer, "Reply-To"))
    assert (await desk.state("p1"), await desk.state("p2")) == (PairState.REPORTED, PairState.ACTIVE)
    letters = [subject_of(one) for one in await desk.letters(JANE)]
    assert sorted(letters) == ["Thank you for your answer", "Words"]
    assert (await desk.got(OMAR), await desk.got(ANN)) == ([], [GOES_ON])
    (more,) = await desk.letters(SAFE)
    assert "is about Quiet River" in " ".join(words_of(more).split())
    await later(desk, hours=5)
    assert len(await desk.letters(DEPUTY)) == 1


async def test_the_pair_that_was_not_meant_goes_on_as_it_was_before(desk: AtTheDesk) -> None:
    await desk.inbound.pair("p2", JANE, ANN, ("Amber Heron", "Silver Birch"))
    await desk.says("pause", who=ANN)
    await desk.letters(JANE)
    await desk.says("", to="report")
    (answer,) = await desk.letters(JANE)
    await desk.says("Quiet River", to=field_of(answer, "Reply-To"))
    assert (await desk.state("p1"), await desk.state("p2")) == (PairState.REPORTED, PairState.PAUSED)
    await desk.letters(ANN)
    await desk.says("resume", who=ANN)
    assert await desk.state("p2") is PairState.ACTIVE


@pytest.mark.parametrize(
    ("line", "states"),
    [
        ("Silver Birch", (PairState.ACTIVE, PairState.REPORTED)),
        ("2", (PairState.ACTIVE, PairState.REPORTED)),
        ("2 weeks ago Silver Birch asked where I live", (PairState.REPORTED, PairState.REPORTED)),
    ],
)
async def test_the_pair_is_named_by_a_name_or_a_number_alone(desk: AtTheDesk, line: str, states: Any) -> None:
    await desk.inbound.pair("p2", JANE, ANN, ("Amber Heron", "Silver Birch"))
    await desk.says(line, to="report")
    assert (await desk.state("p1"), await desk.state("p2")) == states


async def test_an_unproven_report_of_several_pairs_asks_first_whose_it_is_and_then_which(desk: AtTheDesk) -> None:
    await desk.inbound.pair("p2", JANE, ANN, ("Amber Heron", "Silver Birch"))
    await unproven(desk, "He knows my name.")
    assert (await desk.state("p1"), await desk.state("p2")) == (PairState.REPORTED, PairState.REPORTED)
    (answer,) = await desk.letters(JANE)
    await desk.says("YES", to=field_of(answer, "Reply-To"))
    (which,) = await desk.letters(JANE)
    assert "2. Silver Birch" in words_of(which)
    await desk.says("2", to=field_of(which, "Reply-To"))
    assert (await desk.state("p1"), await desk.state("p2")) == (PairState.ACTIVE, PairState.REPORTED)


async def test_another_report_about_one_pair_does_not_stop_the_others(desk: AtTheDesk) -> None:
    await desk.inbound.pair("p2", JANE, ANN, ("Amber Heron", "Silver Birch"))
    await desk.says("Quiet River", to="report")
    await desk.says("He wrote once more.", to="report")
    assert (await desk.state("p1"), await desk.state("p2")) == (PairState.REPORTED, PairState.ACTIVE)
    await desk.says("Silver Birch", to="report")
    assert await desk.state("p2") is PairState.REPORTED


async def test_an_invited_pair_is_stopped_and_its_partner_hears_nothing(desk: AtTheDesk) -> None:
    await desk.says("leave")
    (asked,) = await desk.letters(JANE)
    await desk.says("YES", to=field_of(asked, "Reply-To"))
    await desk.inbound.due()
    store = desk.inbound.store
    await desk.inbound.pair("p3", ANN, OMAR, ("Grey Seal", "Silver Birch"))
    await store._writer.run(lambda db: db.execute("UPDATE pair SET state = 'invited' WHERE id = 'p3'"))
    await desk.says("They know my name.", to="report", who=ANN)
    assert await desk.state("p3") is PairState.REPORTED
    assert (await desk.got(OMAR), await desk.got(ANN)) == ([], ["Your message has arrived"])
    await change_state("p3", PairState.ACTIVE, store, desk.inbound.now, who="petra", why="it was nothing")
    assert await desk.state("p3") is PairState.INVITED


async def test_a_report_about_a_pair_that_is_over_is_heard(desk: AtTheDesk) -> None:
    await desk.inbound.store.directory.set_state("p1", PairState.ENDED, desk.inbound.now)
    await desk.says("He wrote to my school.", to="report")
    assert await desk.state() is PairState.ENDED
    (heard,) = await desk.letters(SAFE)
    assert "The pair is over" in words_of(heard)
    assert (await desk.got(OMAR), await desk.got(JANE)) == ([], ["Your message has arrived"])
    await desk.says("I am here.", to=field_of(heard, "Reply-To"), who=SAFE)
    assert await desk.inbound.store.reports.about("p1") == []


async def test_who_leaves_a_reported_pair_hears_that_they_left_and_a_person_still_decides(desk: AtTheDesk) -> None:
    await desk.says("", to="report")
    await desk.letters(SAFE)
    await desk.says("leave", who=OMAR)
    asked = (await desk.letters(OMAR))[-1]
    await desk.says("YES", to=field_of(asked, "Reply-To"), who=OMAR)
    assert await desk.got(OMAR) == ["Your letters have come to an end"]
    assert await desk.state() is PairState.REPORTED
    (more,) = await desk.letters(SAFE)
    assert "Quiet River (mentee of pair p1) wants to leave" in " ".join(words_of(more).split())


async def test_when_the_letters_cannot_be_written_nothing_is_and_the_mail_comes_again(
    desk: AtTheDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise StoreError("the disk is gone")

    with monkeypatch.context() as broken:
        broken.setattr("relay.store.store.accept", breaks)
        assert (await desk.says("", to="report")).startswith("451")
    assert await desk.state() is PairState.ACTIVE
    assert await desk.inbound.store.reports.about("p1") == []
    assert await desk.commands() == []
    assert (await desk.says("", to="report")).startswith("250 ")
    assert await desk.state() is PairState.REPORTED


async def test_a_flood_of_forged_reports_is_heard_a_few_times_and_never_stops_a_real_one(desk: AtTheDesk) -> None:
    for number in range(30):
        await unproven(desk, f"Forged {number}.")
    assert len(await desk.letters(SAFE)) <= 21
    mails = desk.inbound.store.unproven_mails
    assert await mails.left(desk.inbound.now + timedelta(minutes=1)) == []
    await desk.says("This is me.", to="report")
    (more,) = await desk.letters(SAFE)
    assert "> This is me." in words_of(more)


async def test_a_report_for_which_there_is_no_room_is_acted_on_by_the_job(desk: AtTheDesk) -> None:
    desk.inbound.verdicts[JANE] = Verdict.UNPROVEN
    await desk.inbound.quarantine.drain(0)  # relay is about to stop, and nothing more is begun
    assert (await desk.says("He knows my street.", to="report")).startswith("550 ")
    await desk.inbound.quarantine.delayed.idle()
    assert await desk.state() is PairState.ACTIVE
    await desk.inbound.unproven.finish(desk.inbound.now + timedelta(minutes=1))
    assert await desk.state() is PairState.REPORTED
    (told,) = await desk.letters(SAFE)
    assert "> He knows my street." in words_of(told)
    assert await desk.inbound.unproven.finish(desk.inbound.now + timedelta(minutes=2)) is None


async def test_events_say_who_reported_and_nothing_that_was_written(desk: AtTheDesk) -> None:
    await desk.says("He knows my name.", to="report")
    events = await desk.inbound.store.events.list()
    (reported,) = [event for event in events if event.kind is EventKind.REPORTED]
    assert (reported.pair_id, reported.side, reported.facts) == ("p1", Side.MENTOR, {"author": "proven"})


async def test_the_contact_hears_when_their_answer_does_not_arrive(desk: AtTheDesk) -> None:
    await desk.says("He knows my name.", to="report")
    (heard,) = await desk.letters(SAFE)
    await desk.letters(JANE)
    await desk.says("I am here.", to=field_of(heard, "Reply-To"), who=SAFE)
    (answer,) = await desk.letters(JANE)
    report = (
        "From: MAILER-DAEMON@real.example\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; real.example\r\n\r\n"
        f"Final-Recipient: rfc822; {JANE}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()
    said = await desk.inbound.envelope(Envelope("", (answer.return_path,), report, "192.0.2.1"))
    assert said.startswith("250 ")
    (told,) = await desk.letters(SAFE)
    assert subject_of(told) == "Your answer did not arrive"
    assert await desk.got(OPERATOR) == []
    await desk.says("Once more.", to=field_of(told, "Reply-To"), who=SAFE)
    (again,) = await desk.letters(JANE)
    assert "Once more." in words_of(again)
