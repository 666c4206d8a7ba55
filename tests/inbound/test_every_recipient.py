"""Whatever the recipients of an envelope: each that is taken with 250 has its line of the journal and what it is owed,
and each that is not is refused, journalled, and told to a proven author. Nobody's handler swallows another's.

What must happen to each recipient is decided here a second time, by a table that knows only what the test has made, and
compared with what stands in the database file.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.inbound import accept as accept_module
from relay.inbound.accept import Acceptor, Handlers
from relay.model import Envelope, JournalEntry, NewDelivery, Side
from relay.policy import recipients as recipients_module
from relay.store import Acceptance, ConfirmationRequest

from .conftest import DOMAIN, Inbound, opened

MEMBER, STRANGER, FORGED, BARE = "jane@real.example", "x@stranger.example", "jane2@real.example", "bare@bare.example"
TOKEN, OTHER, PATH = "a" * 24, "c" * 24, "b" * 24

PLACES = {
    "own": f"amber-heron.p1@{DOMAIN}",
    "second": f"c-major.p2@{DOMAIN}",
    "third": f"b-side.p3@{DOMAIN}",
    "paused": f"quiet-river.p4@{DOMAIN}",
    "foreign": f"tall-pine.p5@{DOMAIN}",
    "unknown": f"nobody-here.k7t3mp9wq2xrd@{DOMAIN}",
    "nonsense": f"c-nonsense@{DOMAIN}",
    "nonsense path": f"b-nonsense@{DOMAIN}",
    "command": f"help@{DOMAIN}",
    "quoted": f'"a b"@{DOMAIN}',
    "question": f"c-{TOKEN}@{DOMAIN}",
    "no question": f"c-{OTHER}@{DOMAIN}",
    "path": f"b-{PATH}@{DOMAIN}",
    "no path": f"b-{OTHER}@{DOMAIN}",
    "postmaster": f"postmaster@{DOMAIN}",
    "abuse": f"abuse@{DOMAIN}",
    "reports": f"dmarc@{DOMAIN}",
}
LETTERS = ("own", "second", "third")
AUTHORS = {MEMBER: Verdict.PASS, STRANGER: Verdict.PASS, FORGED: Verdict.FAIL, BARE: Verdict.UNPROVEN}

WORDS = "Subject: Words\r\n\r\nHello, how are you?\r\n"
VACATION = "Subject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
REPORT = (
    "Subject: Undelivered Mail\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    "--b\r\n\r\nUser unknown\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
    "Final-Recipient: rfc822; a@b.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
)


@dataclass(frozen=True)
class Mail:
    """One envelope, in the words of PLACES and AUTHORS; ``number`` makes its Message-ID."""

    author: str
    to: tuple[str, ...]
    what: str
    null_sender: bool
    number: int
    upper: bool

    def envelope(self) -> Envelope:
        recipients = tuple(PLACES[place].upper() if self.upper else PLACES[place] for place in self.to)
        recipients = tuple(one.rpartition("@")[0] + "@" + DOMAIN for one in recipients)
        head = f"From: <{self.author}>\r\nMessage-ID: <{self.number}@real.example>\r\n"
        return Envelope("" if self.null_sender else self.author, recipients, (head + self.what).encode(), "192.0.2.1")


MAILS = st.builds(
    Mail,
    author=st.sampled_from([MEMBER, MEMBER, MEMBER, *AUTHORS]),
    to=st.lists(st.sampled_from([*PLACES]), min_size=1, max_size=5).map(tuple),
    what=st.sampled_from([WORDS, WORDS, WORDS, VACATION, REPORT]),
    null_sender=st.sampled_from([False, False, False, True]),
    number=st.integers(1, 3),
    upper=st.booleans(),
)


def expected(mail: Mail, place: str) -> str:
    """What must become of one recipient: the kind of its line in the journal."""
    machine = mail.what is not WORDS
    if place in ("postmaster", "abuse"):
        return "operator"
    if place == "reports":
        proven = AUTHORS[mail.author] is Verdict.PASS and not mail.null_sender
        return "automatic" if proven else "refusal"
    if place == "path":
        return "automatic" if mail.null_sender or machine else "refusal"
    if place == "no path":
        return "refusal"
    if place == "no question":
        return "answer"
    if place == "question":
        if mail.null_sender:
            return "automatic"
        if mail.author != MEMBER:
            return "refusal"
        return "automatic" if machine else "answer"
    if mail.null_sender:
        return "automatic" if machine else "refusal"
    if place not in (*LETTERS, "command") or mail.author != MEMBER:
        return "refusal"
    return "automatic" if machine else "command" if place == "command" else "letter"


@dataclass
class Checked:
    """A relay's way in, and what is in its database."""

    inbound: Inbound
    file: Path
    taken: set[tuple[str, int, str]] = field(default_factory=set)

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.file)) as db:
            return db.execute(sql).fetchall()

    def journal(self) -> dict[str, tuple[str, str]]:
        return {id: (kind, outcome) for id, kind, outcome in self.rows("SELECT id, kind, outcome FROM journal")}

    def owed(self) -> Counter[str]:
        return Counter(id for (id,) in self.rows("SELECT journal_id FROM delivery"))

    async def hand_over(self, mail: Mail) -> None:
        """Send it, and look at everything that came of it."""
        before, owed = self.journal(), self.owed()
        said = await self.inbound.envelope(mail.envelope())
        journal, now_owed = self.journal(), self.owed()
        new = {id: journal[id] for id in journal.keys() - before.keys()}
        lines = Counter(kind for kind, _ in new.values() if kind != "notice")
        must = {place: expected(mail, place) for place in dict.fromkeys(mail.to)}
        letters = [place for place, kind in must.items() if kind == "letter"]
        again = [place for place in letters if (place, mail.number, mail.what) in self.taken]
        if all(kind == "refusal" for kind in must.values()):
            assert said.startswith("5"), (said, must)
            assert [*new.values()] == [("refusal", "refused")]
            assert now_owed == owed
            return
        assert said.startswith("250 2.0.0 accepted as "), (said, must)
        wanted = Counter(must.values())
        wanted["letter"] -= len(again)
        assert lines == +wanted, (lines, wanted)
        self.look_at_what_is_owed(new, now_owed)
        self.look_at_the_words(mail, must, new, again)
        name = said.rpartition(" ")[2]
        assert name in journal
        if letters:
            assert journal[name][0] == "letter"
        self.taken |= {(place, mail.number, mail.what) for place in letters}

    def look_at_what_is_owed(self, new: dict[str, tuple[str, str]], owed: Counter[str]) -> None:
        served = 0
        for id, (kind, outcome) in new.items():
            if kind in ("letter", "notice"):
                assert owed[id] == 1, (id, kind)
            elif kind == "operator":
                served += owed[id]
            else:
                assert owed[id] == 0
                assert outcome == ("refused" if kind == "refusal" else "accepted")
        assert served == ("operator" in (kind for kind, _ in new.values()))

    def look_at_the_words(
        self, mail: Mail, must: dict[str, str], new: dict[str, tuple[str, str]], again: list[str]
    ) -> None:
        """A proven author hears of what was refused beside what was taken, but not again for the same letter."""
        refused = [place for place, kind in must.items() if kind == "refusal"]
        letters = [place for place, kind in must.items() if kind == "letter" and place not in again]
        told = sum(kind == "notice" and id.endswith("-n") for id, (kind, _) in new.items())
        proven = AUTHORS[mail.author] is Verdict.PASS and not mail.null_sender
        if letters:
            assert told == bool(refused)
        elif {*must.values()} <= {"refusal", "letter"}:
            assert told == 0
        else:
            # Who wrote it is only asked when somebody is among the recipients to whom that matters.
            asked = {*must} - {"path", "no path", "postmaster", "abuse"}
            assert told == (len(refused) if proven and asked else 0)


async def run(pattern: Path, mails: list[Mail]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "home"
        shutil.copytree(pattern, path)
        home = Home(path)
        async with opened(home) as inbound:
            await made(inbound)
            checked = Checked(inbound, home.db)
            for mail in mails:
                await checked.hand_over(mail)
            inbound.quarantine.delayed._waiting.clear()


async def made(inbound: Inbound) -> None:
    """Five pairs, a question that is open, and a delivery with a return path."""
    inbound.verdicts |= AUTHORS
    # What is done behind a refusal has tests of its own.
    inbound.quarantine.delayed._has_room = lambda job: False  # type: ignore[method-assign]
    names = {"p1": "Amber Heron", "p2": "C Major", "p3": "B Side", "p4": "Quiet River", "p5": "Tall Pine"}
    for number, (id, name) in enumerate(names.items()):
        mentor = "somebody@else.example" if id == "p5" else MEMBER
        state = "paused" if id == "p4" else "active"
        await inbound.pair(id, mentor, f"mentee{number}@home.example", (f"Mentor {number}", name), state)
    await ask(inbound)


async def ask(inbound: Inbound) -> None:
    """A letter of the member's that is held, with the question TOKEN; its return path is PATH."""
    entry = JournalEntry("held1", "p1", Side.MENTOR, "letter", inbound.now, 3, 3)
    delivery = NewDelivery("d1", "held1", "mentee0@home.example", f"b-{PATH}@{DOMAIN}", b"hello", inbound.now)
    delivery = replace(delivery, held="unproven")
    question = ConfirmationRequest(TOKEN, "d1", inbound.now + timedelta(days=7), mailbox=MEMBER)
    await inbound.store.accept([Acceptance(entry, None, (delivery,), keep=True, question=question)])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(mails=st.lists(MAILS, min_size=1, max_size=8))
def test_every_recipient_is_dealt_with_once_and_by_its_own_handler(pattern_home: Path, mails: list[Mail]) -> None:
    asyncio.run(run(pattern_home, mails))


def test_what_was_lost_once(pattern_home: Path) -> None:
    lost = [
        ("own", "nonsense"),
        ("second",),
        ("own", "no question"),
        ("own", "question"),
        ("third", "no path"),
        ("own", "path"),
    ]
    asyncio.run(run(pattern_home, [Mail(MEMBER, to, WORDS, False, n, False) for n, to in enumerate(lost)]))


def _by_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    """A local part means an answer because it begins with c-."""
    whole = recipients_module.classify

    def classify(address: str) -> Any:
        if address.lower().startswith("c-"):
            return recipients_module.Confirmation(address.lower(), address.lower().removeprefix("c-").partition("@")[0])
        return whole(address)

    monkeypatch.setattr(accept_module, "classify", classify)
    monkeypatch.setattr("relay.inbound.handlers.confirmation.classify", classify)


def _one_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first handler that takes anything takes the envelope."""
    each = Handlers.each
    monkeypatch.setattr(Handlers, "each", lambda self, recipients: each(self, recipients)[:1])


def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused beside something else is told to nobody."""
    monkeypatch.setattr(Acceptor, "_notices", lambda self, arrived, taken, refused: [])


@pytest.mark.parametrize("breakage", [_by_prefix, _one_for_all, _silent])
def test_the_look_notices_when_it_is_not_so(pattern_home: Path, monkeypatch: pytest.MonkeyPatch, breakage: Any) -> None:
    breakage(monkeypatch)
    with pytest.raises(AssertionError):
        test_what_was_lost_once(pattern_home)
