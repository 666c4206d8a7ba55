"""Notices about a letter and confirmation requests: who gets them, what they say and what they must not say."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

import pytest

from relay.home import Home
from relay.letters.catalogue import catalogue
from relay.letters.notices import Notices
from relay.letters.questions import Questions
from relay.letters.templates import LetterTemplates
from relay.letters.write import Writer
from relay.message.write.dkim_sign import Signer
from relay.model import (
    Delivery,
    Identity,
    JournalEntry,
    Manner,
    NewPair,
    Pair,
    PairState,
    Persona,
    Route,
    Side,
)
from relay.outcomes import Failed
from relay.refusals import PairClosed
from relay.settings import Settings
from relay.settings_file import load
from relay.states import EXCHANGING
from relay.store import Acceptance, OpenConfirmation, Store

NOW = datetime(2026, 3, 4, 5, 6, 7, 890, tzinfo=UTC)
OPERATOR, TOKEN = "desk@ops.example", "a" * 24
JANE, OMAR = Identity(("jane@real.example", "j@other.example")), Identity(("omar@home.example",))
AMBER, QUIET = Persona("Amber Heron", "amber@relay.test"), Persona("Quiet River", "quiet@relay.test")
ROUTE = Route("p1", PairState.ACTIVE, Side.MENTOR, Manner("en"), JANE, AMBER, OMAR, QUIET)
LETTER = JournalEntry("j1", "p1", Side.MENTOR, "letter", datetime(2026, 3, 1, 12, tzinfo=UTC), 3, 3)
PAUSED = PairClosed("your mentoring pair is paused just now")


def settings_of(home: Home, operator: str = OPERATOR, help: str = "") -> Settings:
    settings = load(home.toml, {})
    return replace(settings, programme=replace(settings.programme, operator=operator, name="The Bridge", help=help))


@pytest.fixture
async def store(home: Home) -> AsyncIterator[Store]:
    opened = await Store.open(home.db, home.read_vault())
    await opened.directory.add_pairs([NewPair("p1", AMBER, QUIET, JANE, OMAR, "", "en", NOW)])
    await opened.journal.record(LETTER)
    yield opened
    await opened.close()


@pytest.fixture
def notices(home: Home, store: Store) -> Notices:
    settings = settings_of(home)
    signer = Signer(settings.domain, home.dkim_keys(settings))
    return Notices(store, Writer(settings, LetterTemplates(), signer))


@pytest.fixture
def questions(notices: Notices) -> Questions:
    return Questions(notices)


def by(settings: Settings, notices: Notices) -> Notices:
    """The same notices with other settings."""
    return replace(notices, writer=replace(notices.writer, settings=settings))


@pytest.fixture
async def pair(store: Store) -> Pair:
    found = await store.directory.pair("p1")
    assert found is not None
    return found


def read(notice: Acceptance | None) -> EmailMessage:
    """The mail in a notice."""
    assert notice is not None
    (owed,) = notice.deliveries
    return email.message_from_bytes(owed.content, policy=email.policy.default)


def words(notice: Acceptance | None) -> str:
    return shown(notice, "plain")


def shown(notice: Acceptance | None, kind: Literal["plain", "html"]) -> str:
    body = read(notice).get_body((kind,))
    assert body is not None
    return " ".join(body.get_content().split())


def whole(notice: Acceptance | None) -> str:
    """Everything that a reader can see: subject, From, text and HTML."""
    mail = read(notice)
    return "\n".join((mail["Subject"], mail["From"], words(notice), shown(notice, "html"))).lower()


def delivery(id: str = "j1") -> Delivery:
    return Delivery("d1", id, OMAR.addresses[0], "b-1@relay.test", b"hello", 1, NOW, notice=False)


async def test_a_notice_has_the_null_return_path_and_auto_submitted_and_is_signed(notices: Notices) -> None:
    notice = notices.partly_relayed(ROUTE, "j1", NOW, missed=1, copied=0)
    (owed,) = notice.deliveries
    assert (owed.recipient, owed.return_path, owed.notice, owed.due_at) == ("jane@real.example", "", True, NOW)
    assert (notice.entry.id, notice.entry.kind, notice.entry.pair_id) == ("j1-n", "notice", "p1")
    mail = read(notice)
    assert mail["From"].addresses[0].addr_spec == "help@relay.test"
    assert mail["From"].addresses[0].display_name == "Your letters"
    assert words(notice).endswith("With good wishes, The Bridge")
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Date"].datetime == NOW.replace(microsecond=0)
    assert mail["Reply-To"] == "help@relay.test"
    assert len(mail.get_all("DKIM-Signature")) == 2


@pytest.mark.parametrize(("help", "named"), [("", "postmaster@relay.test"), ("help@ops.example", "help@ops.example")])
async def test_a_notice_names_the_address_for_help(help: str, named: str, home: Home, notices: Notices) -> None:
    other = by(settings_of(home, help=help), notices)
    assert f"name the letter j1: {named}" in words(other.partly_relayed(ROUTE, "j1", NOW, missed=1, copied=0))


@pytest.mark.parametrize(
    ("side", "to", "name"),
    [(Side.MENTOR, "jane@real.example", "Quiet River"), (Side.MENTEE, "omar@home.example", "Amber Heron")],
)
async def test_an_author_is_told_that_a_letter_did_not_arrive_by_the_partners_pseudonym(
    side: Side, to: str, name: str, notices: Notices, store: Store
) -> None:
    await store.journal.record(replace(LETTER, id="j2", side=side))
    notice = await notices.undeliverable("j2", Failed("552 5.2.2"), NOW)
    assert notice is not None and notice.entry.id == "j2-f"
    assert notice.deliveries[0].recipient == to
    assert f"your letter of 1 March 2026 to {name} did not arrive." in words(notice)
    assert "Please send it once more in a day or two." in words(notice)
    assert "full" not in whole(notice)
    assert "example" not in whole(notice)


async def test_there_is_no_notice_about_mail_that_is_not_from_a_member(notices: Notices, store: Store) -> None:
    await store.journal.record(JournalEntry("o1", None, None, "operator", NOW, 3, 3))
    for id in ("unknown", "o1"):
        assert await notices.undeliverable(id, Failed("550 5.1.1"), NOW) is None
        assert await notices.delayed(delivery(id), NOW) is None


async def test_a_forgotten_author_gets_no_notice(notices: Notices, store: Store) -> None:
    jane = await store.members.on("p1", Side.MENTOR)
    assert jane is not None
    await store.members.forget(jane.number, NOW, lambda owed: pytest.fail(f"nothing is owed: {owed}"))
    assert await notices.undeliverable("j1", Failed("550 5.1.1"), NOW) is None
    assert await notices.held_back(LETTER, NOW) is None
    assert await notices.not_passed_on(LETTER, NOW) is None


async def test_the_notice_about_a_late_letter_is_sent_once(notices: Notices, store: Store) -> None:
    first = await notices.delayed(delivery(), NOW)
    assert first is not None and first.entry.id == "j1-d"
    give_up_after = timedelta(seconds=notices.writer.settings.delivery.give_up_after)
    assert f"for {give_up_after.days} days in all" in words(first)
    await store.accept([first])
    assert await notices.delayed(delivery(), NOW) is None


async def test_when_the_database_fails_there_is_no_notice_and_an_error_in_the_log(
    notices: Notices, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store.close()
    assert await notices.undeliverable("j1", Failed("550 5.1.1"), NOW) is None
    assert await notices.delayed(delivery(), NOW) is None
    assert caplog.text.count("no notice to its author") == 2


@pytest.mark.parametrize(
    ("missed", "copied", "expected", "absent"),
    [
        (1, 0, "one other address of ours", "You also sent"),
        (2, 0, "2 other addresses of ours", "You also sent"),
        (0, 1, "You also sent a copy to somebody outside", "address of ours"),
        (1, 3, "You also sent copies to 3 people outside", "somebody"),
    ],
)
async def test_a_notice_says_how_many_other_recipients_were_missed_or_copied(
    missed: int, copied: int, expected: str, absent: str, notices: Notices
) -> None:
    text = words(notices.partly_relayed(ROUTE, "j1", NOW, missed, copied))
    assert expected in text and absent not in text


async def test_a_confirmation_request_has_its_own_reply_address(questions: Questions) -> None:
    for notice in (
        questions.asking(ROUTE, "j1", TOKEN, NOW, 7),
        questions.asking_about_address(ROUTE, "j@other.example", "j1", TOKEN, NOW),
    ):
        mail = read(notice)
        assert notice.entry.id == "j1-q"
        assert mail["From"].addresses[0].addr_spec == mail["Reply-To"].addresses[0].addr_spec
        assert mail["Reply-To"].addresses[0].addr_spec == f"c-{TOKEN}@relay.test"
        assert "Quiet River" in words(notice)
    assert notice.deliveries[0].recipient == "j@other.example"


async def test_the_reason_of_a_refusal_is_a_sentence(notices: Notices) -> None:
    refused = [
        notices.not_taken(ROUTE, "j@other.example", "j1", PAUSED, NOW),
        notices.not_relayed("jane@real.example", ROUTE, "j1", PAUSED, NOW),
        notices.not_relayed("x@stranger.example", None, "j1", PAUSED, NOW),
    ]
    assert all("Your pair is paused just now. Please keep your letter" in words(notice) for notice in refused)
    assert [notice.entry.id for notice in refused] == ["j1-q", "j1-n", "j1-n"]
    assert [notice.entry.pair_id for notice in refused] == ["p1", "p1", None]


def question(pair: Pair, **given: object) -> OpenConfirmation:
    asked = OpenConfirmation(TOKEN, pair, Side.MENTOR, "jane@real.example", frozenset(JANE.addresses), 1, "j1")
    return replace(asked, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", EXCHANGING)
async def test_a_yes_needs_no_notice_when_the_pair_exchanges_letters(
    state: PairState, questions: Questions, pair: Pair
) -> None:
    assert await questions.answered_yes(question(replace(pair, state=state)), "a1", NOW) == []


async def test_a_yes_when_the_pair_does_not_exchange_letters_any_more_gets_a_notice(
    questions: Questions, pair: Pair
) -> None:
    closed = replace(pair, state=PairState.PAUSED)
    (notice,) = await questions.answered_yes(question(closed), "a1", NOW)
    assert (notice.entry.id, notice.deliveries[0].recipient) == ("a1-m", "jane@real.example")
    assert await questions.answered_yes(question(closed, journal_id="unknown"), "a1", NOW) == []


async def test_a_confirmed_address_gets_a_notice(questions: Questions, pair: Pair) -> None:
    (notice,) = await questions.answered_yes(question(pair, address="j@new.example", waiting=2), "a1", NOW)
    assert (notice.entry.id, notice.deliveries[0].recipient) == ("a1-m", "j@new.example")


@pytest.mark.parametrize("about", [{}, {"elsewhere": True}, {"address": "j@new.example"}])
async def test_after_a_no_or_an_unclear_answer_the_member_and_the_operator_get_a_notice(
    about: dict[str, object], questions: Questions, pair: Pair
) -> None:
    for letters in (
        await questions.answered_no(question(pair, **about), "a1", NOW),
        await questions.left_to_coordinator(question(pair, **about), "a1", NOW),
    ):
        member, operator = letters
        assert (member.entry.id, member.deliveries[0].recipient) == ("a1-m", "jane@real.example")
        assert (operator.entry.id, operator.deliveries[0].recipient) == ("a1-p", OPERATOR)
        assert "Amber Heron" in words(operator) and "jane" not in whole(operator)


async def test_the_letter_after_a_no_differs_for_a_letter_and_an_address(questions: Questions, pair: Pair) -> None:
    texts = {
        words((await questions.answered_no(question(pair, **about), "a1", NOW))[0])
        for about in ({}, {"elsewhere": True}, {"address": "j@new.example"})
    }
    assert len(texts) == 2


async def test_without_an_operator_only_the_member_gets_a_notice_and_the_log_says_so(
    home: Home, notices: Notices, pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    alone = by(settings_of(home, operator=""), notices)
    assert len(await Questions(alone).answered_no(question(pair), "a1", NOW)) == 1
    assert len(await Questions(alone).left_to_coordinator(question(pair), "a1", NOW)) == 1
    assert caplog.text.count("programme.operator is not set") == 2
    assert await alone.suspended(pair, Side.MENTEE, "j1", NOW) is None


async def test_after_an_unclear_answer_the_same_mailbox_is_asked_again(questions: Questions, pair: Pair) -> None:
    notice = questions.asked_again(question(pair, mailbox="j@other.example"), "a1", NOW)
    assert (notice.entry.id, notice.deliveries[0].recipient) == ("a1-q", "j@other.example")
    assert read(notice)["Reply-To"].addresses[0].addr_spec == f"c-{TOKEN}@relay.test"


async def test_authors_of_held_and_refused_letters_get_a_notice(notices: Notices) -> None:
    for notice, id in (
        (await notices.held_back(LETTER, NOW), "j1-h"),
        (await notices.not_passed_on(LETTER, NOW), "j1-r"),
    ):
        assert notice is not None and notice.entry.id == id
        assert notice.deliveries[0].recipient == "jane@real.example"
        assert "Quiet River" in words(notice)


async def test_a_suspended_member_is_named_to_the_operator_by_pseudonym(notices: Notices, pair: Pair) -> None:
    notice = await notices.suspended(pair, Side.MENTEE, "j1", NOW)
    assert notice is not None
    assert (notice.entry.id, notice.deliveries[0].recipient) == ("j1-s", OPERATOR)
    text = words(notice)
    assert "Letters to Quiet River (mentee of pair p1) come back" in text
    assert "what Amber Heron and the programme write" in text
    assert not {"jane", "omar"} & set(re.findall("[a-z]+", whole(notice)))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("held-back.txt", "Subject: x\n\n{{ nobody }}\n"),
        ("words.toml", "sender = \n"),
        ("words.toml", "refusals = 3\n"),
    ],
)
async def test_a_notice_uses_the_shipped_template_when_the_operators_is_broken(
    file: str, text: str, tmp_path: Path, notices: Notices, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "own/en").mkdir(parents=True)
    (tmp_path / "own/en" / file).write_text(text)
    broken = replace(notices, writer=replace(notices.writer, templates=LetterTemplates(tmp_path / "own")))
    assert whole(await broken.held_back(LETTER, NOW)) == whole(await notices.held_back(LETTER, NOW))
    assert f"en/{file}" in caplog.text


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "1 minute"),
        (29, "1 minute"),
        (60, "1 minute"),
        (150, "2 minutes"),
        (1799, "30 minutes"),
        (3239, "54 minutes"),
        (3240, "1 hour"),
        (5401, "2 hours"),
        (43_199, "12 hours"),
        (77_759, "22 hours"),
        (77_760, "1 day"),
        (5 * 86_400, "5 days"),
    ],
)
def test_durations_are_rounded(seconds: float, expected: str) -> None:
    values = {**catalogue()["delayed"].samples[0], "tried_for": seconds}
    assert f"for {expected} in all" in LetterTemplates().letter("delayed", "en", **values).text
