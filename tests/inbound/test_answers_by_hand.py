"""An answer to a question of relay's that was sent to the partner's alias is for relay: its words never reach the
partner, and what it decides is done."""

from __future__ import annotations

import base64
import email
import email.policy
import html
import quopri
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.model import Identity, NewPair, PairState, Persona
from relay.settings_file import load

from .conftest import DOMAIN, JANE, NOW, OMAR, OPERATOR, Inbound, opened

ALIAS = f"quiet-river.p1@{DOMAIN}"
CALL = "Please call me on +44 7700 900123 tonight."
LANGUAGES = ("en", "ar", "es", "fr", "hi", "sw")


@asynccontextmanager
async def programme(home: Home, language: str = "en") -> AsyncIterator[Inbound]:
    """A relay that asks about contact details, with one pair of this language."""
    settings = replace(load(home.toml, {}).programme, operator=OPERATOR, contact="ask")
    async with opened(home, programme=settings) as made:
        personas = Persona("Amber Heron", f"amber-heron.p1@{DOMAIN}"), Persona("Quiet River", ALIAS)
        pair = NewPair("p1", *personas, Identity((JANE,)), Identity((OMAR,)), "", language, NOW)
        await made.store.directory.add_pairs([pair])
        yield made


@pytest.fixture
async def inbound(home: Home) -> AsyncIterator[Inbound]:
    async with programme(home) as made:
        yield made


class Asked:
    """A letter of relay's that asks something."""

    def __init__(self, delivery: Any) -> None:
        mail = email.message_from_bytes(delivery.content, policy=email.policy.default)
        self.subject, self.message_id = str(mail["Subject"]), str(mail["Message-ID"])
        self.sender, self.to = str(mail["From"]), str(mail["Reply-To"]).strip("<>")
        body = mail.get_body(("plain",))
        assert body is not None
        self.text = str(body.get_content())
        code = re.search(r"\[([0-9A-Z]{6})\]", self.subject)
        self.code = code[1] if code else ""

    def quoted(self) -> str:
        return f"On Sun, 1 Mar 2026 at 12:00, {self.sender} wrote:\n\n" + "".join(
            f"> {line}\n" for line in self.text.splitlines()
        )

    def forwarded(self) -> str:
        head = f"From: {self.sender}\nSent: Sunday, 1 March 2026 12:00\nTo: {JANE}\nSubject: {self.subject}\n\n"
        return f"________________________________\n{head}{self.text}"


async def held(inbound: Inbound, text: str = CALL) -> Asked:
    """Jane's letter is held; what she is asked."""
    assert (await inbound.send(JANE, ALIAS, body=text, message_id="held@real.example")).startswith("250 ")
    (asking,) = await inbound.due()
    assert asking.recipient == JANE
    return Asked(asking)


def words(delivery: Any) -> str:
    mail = email.message_from_bytes(delivery.content, policy=email.policy.default)
    return f"{mail['Subject']}\n" + "\n".join(
        str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"
    )


async def by_hand(inbound: Inbound, asked: Asked, body: str, *, subject: str = "", **more: Any) -> str:
    fields = ("MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit")
    thread = (f"In-Reply-To: {asked.message_id}", f"References: {asked.message_id}")
    fields = more.pop("fields", fields)
    said = {"subject": subject or f"Re: {asked.subject}", "message_id": "hand@real.example", **more}
    return await inbound.send(JANE, ALIAS, body=body.replace("\n", "\r\n"), fields=(*fields, *thread), **said)


@pytest.mark.parametrize(
    "body",
    [
        "YES\n\n{quoted}",
        "Yes please, thank you!\n\nSent from my iPhone\n\n{quoted}",
        "{code}",
        "{code}\n\nSent from my iPhone",
        "yes",
        "{quoted}\nyes\n",
        "YES\n\n{forwarded}",
    ],
)
async def test_a_yes_lets_the_letter_go_and_nothing_else_arrives(inbound: Inbound, body: str) -> None:
    asked = await held(inbound)
    said = body.format(code=asked.code, quoted=asked.quoted(), forwarded=asked.forwarded())
    assert (await by_hand(inbound, asked, said)).startswith("250 ")
    (relayed,) = await inbound.due()
    assert relayed.recipient == OMAR and CALL in words(relayed)
    assert not await inbound.store.holds.rows()


async def test_a_few_words_that_are_neither_yes_nor_no_are_asked_about_and_do_not_arrive(inbound: Inbound) -> None:
    asked = await held(inbound)
    assert (await by_hand(inbound, asked, f"Hmm, what is that about?\n\n{asked.quoted()}")).startswith("250 ")
    assert [one.recipient for one in await inbound.due()] == [JANE]
    assert await inbound.store.holds.rows()


async def test_the_code_in_a_new_letter_is_the_answer(inbound: Inbound) -> None:
    asked = await held(inbound)
    await inbound.send(JANE, ALIAS, body=f"{asked.code[:3].lower()} {asked.code[3:].lower()}", message_id="n@x.example")
    (relayed,) = await inbound.due()
    assert CALL in words(relayed)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_in_every_language(home: Home, language: str) -> None:
    async with programme(home, language) as inbound:
        asked = await held(inbound)
        no = {"en": "No", "ar": "لا", "es": "No, gracias", "fr": "Non merci", "hi": "नहीं", "sw": "Hapana"}[language]
        assert (await by_hand(inbound, asked, f"{no}\n\n{asked.quoted()}", subject="x")).startswith("250 ")
        assert [one.recipient for one in await inbound.due()] == [JANE]
        assert not await inbound.store.holds.rows()


def _as_html(text: str) -> str:
    return (
        f"<html><body><div>Yes</div><blockquote><p>{html.escape(text).replace(chr(10), '<br>')}</p></blockquote></body>"
    )


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
async def test_of_a_program_that_writes_html_alone(inbound: Inbound, encoding: str) -> None:
    asked = await held(inbound)
    octets = _as_html(asked.quoted()).encode()
    body = quopri.encodestring(octets) if encoding == "quoted-printable" else base64.encodebytes(octets)
    fields = (
        *("MIME-Version: 1.0", 'Content-Type: text/html; charset="utf-8"'),
        f"Content-Transfer-Encoding: {encoding}",
    )
    await by_hand(inbound, asked, body.decode(), subject="Words", fields=fields)
    (relayed,) = await inbound.due()
    assert relayed.recipient == OMAR and CALL in words(relayed)


async def test_a_partner_does_not_hear_that_somebody_thinks_of_leaving(inbound: Inbound) -> None:
    await inbound.send(JANE, f"leave@{DOMAIN}", body="", message_id="l@real.example")
    (asking,) = await inbound.due()
    asked = Asked(asking)
    await by_hand(inbound, asked, f"NO\n\n{asked.quoted()}")
    assert [one.recipient for one in await inbound.due()] == [JANE]
    await inbound.send(JANE, f"leave@{DOMAIN}", body="", message_id="l2@real.example")
    (asking,) = await inbound.due()
    asked = Asked(asking)
    await by_hand(inbound, asked, f"YES\n\n{asked.quoted()}", message_id="hand2@real.example")
    pair = await inbound.store.directory.pair("p1")
    assert pair is not None and pair.state is PairState.ENDED
    assert not any("LEAVE" in words(one) for one in await inbound.due(OMAR))


@pytest.mark.parametrize("command", ["help", "who", "away", "lang", "copy"])
async def test_another_letter_of_relays_is_taken_out_of_what_goes_to_the_partner(
    inbound: Inbound, command: str
) -> None:
    await inbound.send(JANE, f"{command}@{DOMAIN}", body="", message_id="l@real.example")
    told = Asked((await inbound.due())[0])
    letter = "Dear River,\n\nthe market was good, and I hope you sold all of it.\n\nAmber"
    for number, below in enumerate((told.quoted(), told.forwarded())):
        said = await by_hand(inbound, told, f"{letter}\n\n{below}", message_id=f"h{number}@real.example")
        assert said.startswith("250 ")
        (relayed,) = await inbound.due()
        assert relayed.recipient == OMAR and "the market was good" in words(relayed)
        sentences = [line for line in told.text.splitlines() if len(line) > 20]
        assert sentences and not any(line in words(relayed) for line in sentences)
        assert told.subject not in words(relayed)


async def test_what_only_the_formatted_text_quotes_is_taken_out_too(inbound: Inbound) -> None:
    await inbound.send(JANE, f"leave@{DOMAIN}", body="", message_id="l@real.example")
    asked = Asked((await inbound.due())[0])
    words_of_hers = "Dear River, the market was good. " * 9
    formatted = f"<p>{words_of_hers}</p><blockquote>{html.escape(asked.text)}</blockquote>"
    parts = (("plain", words_of_hers), ("html", formatted))
    body = "".join(f"--b\nContent-Type: text/{kind}; charset=utf-8\n\n{text}\n" for kind, text in parts) + "--b--\n"
    fields = ("MIME-Version: 1.0", 'Content-Type: multipart/alternative; boundary="b"')
    await by_hand(inbound, asked, body, subject="Hello", fields=fields)
    (relayed,) = await inbound.due()
    assert relayed.recipient == OMAR and "LEAVE" not in words(relayed) and "the market was good" in words(relayed)


async def test_words_of_relays_that_cannot_be_told_from_the_authors_are_refused_with_a_reason(
    inbound: Inbound,
) -> None:
    await inbound.send(JANE, f"who@{DOMAIN}", body="", message_id="l@real.example")
    told = Asked((await inbound.due())[0])
    said = await by_hand(inbound, told, f"Look what they write to me!\n\n{told.text}")
    assert said.startswith("554 5.6.0 your letter holds words of a letter of ours")
    (notice,) = await inbound.due()
    assert notice.recipient == JANE and "holds words of a letter of ours, which is for" in words(notice)


@pytest.mark.parametrize("kind", ["message/rfc822", "application/octet-stream"])
async def test_a_letter_of_relays_does_not_go_as_a_file_either(inbound: Inbound, kind: str) -> None:
    await inbound.send(JANE, f"leave@{DOMAIN}", body="", message_id="l@real.example")
    (asking,) = await inbound.due()
    file = f'Content-Type: {kind}\nContent-Disposition: attachment; filename="mail.eml"\n\n'
    inner = asking.content.decode().replace("\r\n", "\n")
    body = f"--b\nContent-Type: text/plain\n\nLook what they sent me.\n--b\n{file}{inner}\n--b--\n"
    fields = ("MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"')
    said = await inbound.send(JANE, ALIAS, body=body.replace("\n", "\r\n"), fields=fields, message_id="f@real.example")
    assert said.startswith("554 5.6.0 your letter holds words of a letter of ours")
    assert not await inbound.due(OMAR)


async def test_somebody_elses_question_is_not_answered(inbound: Inbound) -> None:
    await inbound.send(OMAR, f"leave@{DOMAIN}", body="", message_id="l@home.example")
    asked = Asked((await inbound.due())[0])
    assert (await by_hand(inbound, asked, asked.code, subject="Words")).startswith("250 ")
    (relayed,) = await inbound.due()
    assert relayed.recipient == OMAR and asked.code in words(relayed)
    pair = await inbound.store.directory.pair("p1")
    assert pair is not None and pair.state is PairState.ACTIVE


async def test_an_answer_to_both_addresses_counts_once(inbound: Inbound) -> None:
    asked = await held(inbound)
    octets = f"YES\r\n\r\n{asked.quoted()}"
    assert (await inbound.send(JANE, asked.to, ALIAS, body=octets, message_id="both@x.example")).startswith("250 ")
    (relayed,) = await inbound.due()
    assert CALL in words(relayed)


async def test_a_bare_yes_months_later_changes_nothing_and_does_not_arrive(inbound: Inbound) -> None:
    asked = await held(inbound)
    await by_hand(inbound, asked, "NO")
    await inbound.due()
    inbound.now = NOW + timedelta(days=20)
    await by_hand(inbound, asked, f"YES\n\n{asked.quoted()}", message_id="late@real.example")
    assert not await inbound.due(OMAR)


async def test_a_letter_in_the_thread_of_an_old_question_arrives(inbound: Inbound) -> None:
    asked = await held(inbound)
    await by_hand(inbound, asked, "NO")
    await inbound.due()
    text = "Yes, I would love to come to the market with you, and bring my sister."
    await by_hand(inbound, asked, f"{text}\n\n{asked.quoted()}", message_id="late@real.example")
    (relayed,) = await inbound.due()
    assert text in words(relayed) and "may show who" not in words(relayed) and asked.code not in words(relayed)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Thank you for your answer", "Yes"),
        ("Re: Booking [K7Q4TM]", "Yes"),
        ("Re: Words", "K7Q4TM"),
        ("Your language", "You do not need to explain it. It is not your fault.\n\nWith good wishes,\nAmber"),
        ("Re: A question to you", "Yes, on Monday.\n\nOn Sun, Quiet River wrote:\n> Shall we meet? Write YES or NO!"),
    ],
)
async def test_what_only_looks_like_it_is_a_letter(inbound: Inbound, subject: str, text: str) -> None:
    asked = replace_message_id(await held(inbound))
    assert (await by_hand(inbound, asked, text, subject=subject)).startswith("250 ")
    (relayed,) = await inbound.due()
    assert relayed.recipient == OMAR and text.splitlines()[0] in words(relayed)
    assert words(relayed).startswith(subject)


def replace_message_id(asked: Asked) -> Asked:
    asked.message_id = "<somebody@else.example>"
    return asked


async def test_an_unproven_answer_to_the_alias_leaks_nothing(inbound: Inbound) -> None:
    asked = await held(inbound)
    inbound.verdicts[JANE] = Verdict.UNPROVEN
    assert (await by_hand(inbound, asked, f"YES\n\n{asked.quoted()}")).startswith("550 5.7.1")
    await inbound.quarantine.drain(5)
    (again,) = await inbound.due()
    assert again.recipient == JANE
    inbound.verdicts.clear()
    await inbound.send(JANE, Asked(again).to, body="YES", message_id="y@x.example")
    assert not any("may show who" in words(one) or asked.code in words(one) for one in await inbound.due(OMAR))
