"""What is written to postmaster@ can be read by the operator at once, and answered: the answer goes through relay."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.letters.questions import Questions
from relay.model import Envelope, Identity, Manner, NewPair, PairState, Persona, Side
from relay.outbound.suspension import Suspending
from relay.outcomes import Failed
from relay.store import OpenConfirmation, Part

from .conftest import DOMAIN, NOW, OPERATOR, Inbound, opened

JANE, OMAR, EVE = "jane@real.example", "omar@home.example", "eve@evil.example"


@pytest.fixture
async def inbound(home: Home) -> AsyncIterator[Inbound]:
    async with opened(home) as made:
        amber, quiet = (
            Persona("Amber Heron", f"amber-heron.p1@{DOMAIN}"),
            Persona("Quiet River", f"quiet-river.p1@{DOMAIN}"),
        )
        people = Identity((JANE,), ("Jane Doe",)), Identity((OMAR,), ("Omar Haddad",))
        await made.store.directory.add_pairs([NewPair("p1", amber, quiet, *people, "", "en", NOW)])
        yield made


def read(delivery: Any) -> EmailMessage:
    message = email.message_from_bytes(delivery.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


async def handed_over(inbound: Inbound, author: str, body: str, subject: str = "Help", **more: Any) -> EmailMessage:
    said = await inbound.send(author, f"postmaster@{DOMAIN}", body=body, subject=subject, **more)
    assert said.startswith("250 2.0.0 accepted as ")
    (mail,) = await inbound.due(OPERATOR)
    return read(mail)


def answer(to: str, body: str, cites: str = "", subject: str = "Re: Help", html: str = "", **fields: str) -> Envelope:
    """An answer of the operator's, as a mail program writes it."""
    mail = EmailMessage()
    mail["From"] = f"Petra Vogel <{OPERATOR}>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = "<answer1@ops.example>"
    mail["User-Agent"] = "SomeMail 1.2 (Linux)"
    if cites:
        mail["In-Reply-To"] = cites
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    if html:
        mail.add_alternative(html, subtype="html")
    return Envelope(OPERATOR, (to,), mail.as_bytes(policy=email.policy.SMTP), "192.0.2.9")


async def test_the_words_are_in_the_mail_and_pair_and_side_are_named(inbound: Inbound) -> None:
    mail = await handed_over(inbound, JANE, "I cannot find the welcome letter.")
    assert mail["Subject"] == "Amber Heron (mentor, p1): Help"
    text = text_of(mail)
    assert text.startswith("Amber Heron (mentor of pair p1) wrote to you:\n\n> I cannot find the welcome letter.\n\n")
    assert "Anybody can write under such an address" in text
    html = mail.get_body(("html",))
    assert html is not None
    assert '<p dir="auto">I cannot find the welcome letter.</p>' in html.get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["message.eml"]


async def test_the_names_of_its_files_are_in_the_mail(inbound: Inbound) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = JANE, f"abuse@{DOMAIN}", "A plan"
    mail.set_content("Here it is.")
    mail.add_attachment(b"1,2", maintype="text", subtype="csv", filename="plan.csv")
    await inbound.envelope(Envelope(JANE, (f"abuse@{DOMAIN}",), mail.as_bytes(policy=email.policy.SMTP), "192.0.2.1"))
    (owed,) = await inbound.due(OPERATOR)
    assert "> Here it is.\n>\n> 📎 plan.csv\n" in text_of(read(owed))


async def test_somebody_else_s_address_is_said_to_be_no_member_s(inbound: Inbound) -> None:
    mail = await handed_over(inbound, EVE, "Buy this.")
    assert mail["Subject"] == f"Mail for {DOMAIN}: Help"
    assert "The address is no member's" in text_of(mail)
    assert "> Buy this." in text_of(mail)


async def test_all_pairs_of_a_member_are_named(inbound: Inbound) -> None:
    await inbound.pair("p2", JANE, EVE, ("Green Hill", "Late Bird"))
    assert "They are also in these pairs: p2." in text_of(await handed_over(inbound, JANE, "Hello"))


async def test_what_looks_like_ours_in_a_strangers_words_is_marked_as_theirs(inbound: Inbound) -> None:
    text = text_of(
        await handed_over(inbound, EVE, "relay has checked that it comes from an address of theirs.\r\n\ufffc")
    )
    assert "> relay has checked that it comes from an address of theirs.\n" in text
    assert text.count("relay has checked") == 1


@pytest.mark.parametrize("author", [JANE, EVE])
async def test_how_long_it_takes_tells_nobody_who_is_a_member(inbound: Inbound, author: str) -> None:
    begun = asyncio.get_running_loop().time()
    await inbound.send(author, f"postmaster@{DOMAIN}")
    assert asyncio.get_running_loop().time() - begun >= 0.2


async def test_the_operators_answer_reaches_the_member_as_a_letter_of_the_programme(inbound: Inbound) -> None:
    mail = await handed_over(inbound, JANE, "Where is it?")
    to = mail["Reply-To"].addresses[0].addr_spec
    assert to == mail["From"].addresses[0].addr_spec
    quoted = "\n".join(f"> {line}" for line in text_of(mail).splitlines())
    body = (
        "Dear Amber Heron,\n\nhere is the link: https://ops.example/welcome\n"
        "Ask again, or write to desk@ops.example.\n\n"
        f"Best wishes,\nPetra\n\n-- \nPetra Vogel\nOps House, Tel. +49 30 1234567\n\n"
        f"On Tue, 3 Mar 2026 at 10:00, Your letters <{to}> wrote:\n{quoted}\n"
    )
    said = await inbound.envelope(answer(to, body, mail["Message-ID"], f"Re: {mail['Subject']}"))
    assert said.startswith("250 2.0.0 accepted as ")
    (owed,) = await inbound.due(JANE)
    letter = read(owed)
    whole = owed.content.decode("ascii") + text_of(letter)
    for secret in (OPERATOR, "Petra", "Vogel", "SomeMail", "answer1", "1234567", "mentor of pair", "Where is it"):
        assert secret not in whole, secret
    assert letter["Subject"] == "Re: Help"
    assert letter["From"].addresses[0].display_name == "Your letters"
    assert letter["From"].addresses[0].addr_spec == letter["Reply-To"].addresses[0].addr_spec == to
    assert letter["In-Reply-To"] == "<m1@real.example>"
    assert letter["Auto-Submitted"] is None
    assert letter["DKIM-Signature"] is not None
    assert owed.return_path.startswith("b-")
    assert f"https://ops.example/welcome\nAsk again, or write to {to}." in text_of(letter)
    assert "A person here wrote this to you. To answer, just answer this mail." in text_of(letter)


async def test_a_discreet_member_sees_no_subject_of_the_operators(inbound: Inbound) -> None:
    member = await inbound.store.members.on("p1", Side.MENTOR)
    assert member is not None
    await inbound.store.members.set_manner(member.number, Manner("en", discreet=True))
    mail = await handed_over(inbound, JANE, "Where is it?", "The mentoring programme")
    to = mail["Reply-To"].addresses[0].addr_spec
    await inbound.envelope(answer(to, "Mentoring begins.", mail["Message-ID"], f"Re: {mail['Subject']}"))
    letter = read((await inbound.due(JANE))[0])
    assert letter["Subject"] == "Your letters"
    text = text_of(letter)
    assert text.startswith("This is a short message about your letters.") and "\n\nMentoring begins.\n" in text


async def test_an_answer_is_journalled_and_an_event_of_the_pair(inbound: Inbound) -> None:
    mail = await handed_over(inbound, JANE, "Where is it?")
    await inbound.envelope(answer(mail["Reply-To"].addresses[0].addr_spec, "Here."))
    entries = [(entry.kind, entry.pair_id, entry.side) for entry in await inbound.entries()]
    assert entries == [("operator", "p1", "mentor"), ("from-operator", "p1", "mentor")]
    events = [(event.side, event.facts) for event in await inbound.store.events.list(pair_id="p1") if event.journal_id]
    assert events == [("mentor", {"letter": "operator"}), ("mentor", {"letter": "from-operator"})]


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.UNPROVEN])
async def test_who_is_not_proven_to_be_the_operator_hears_what_strangers_hear(
    inbound: Inbound, verdict: Verdict
) -> None:
    mail = await handed_over(inbound, JANE, "Where is it?")
    to = mail["Reply-To"].addresses[0].addr_spec
    inbound.verdicts[OPERATOR] = verdict
    said = await inbound.envelope(answer(to, "Here."))
    assert said.rpartition(" ")[0] == (await inbound.send(EVE, to)).rpartition(" ")[0]
    assert said.startswith("550 5.7.1 this address takes letters only from the person it was made for")
    assert not await inbound.due(JANE)


async def test_a_conversation_ends_by_time_and_only_the_operator_hears_that(inbound: Inbound) -> None:
    mail = await handed_over(inbound, JANE, "Where is it?")
    to = mail["Reply-To"].addresses[0].addr_spec
    inbound.now = NOW + timedelta(days=181)
    assert (await inbound.envelope(answer(to, "Here."))).startswith("550 5.1.1 nobody can be answered")
    assert (await inbound.send(EVE, to)).startswith("550 5.7.1 this address takes letters only")


async def test_what_the_operator_knows_of_the_partner_does_not_leave(inbound: Inbound) -> None:
    mail = await handed_over(inbound, JANE, "How is my mentee?")
    to = mail["Reply-To"].addresses[0].addr_spec
    await inbound.envelope(answer(to, "Omar Haddad is well. He writes from omar@home.example now."))
    (owed,) = await inbound.due(JANE)
    text = text_of(read(owed))
    assert "Quiet River is well." in text
    assert "omar" not in text.lower()


async def test_another_letter_below_the_answer_is_not_passed_on_in_silence(inbound: Inbound) -> None:
    mail = await handed_over(inbound, JANE, "Where is it?")
    to = mail["Reply-To"].addresses[0].addr_spec
    fields = "From: Tom Hill <tom@else.example>\nSent: Monday, March 2, 2026 9:00\nTo: desk\nSubject: Plans"
    body = f"See below.\n\n{fields}\n\nsecret\n"
    said = await inbound.envelope(answer(to, body))
    assert said.startswith("554 5.6.0 below your words stands another letter")
    assert not await inbound.due(JANE)


async def test_an_automatic_answer_of_the_operators_mailbox_is_absorbed(inbound: Inbound) -> None:
    mail = await handed_over(inbound, JANE, "Where is it?")
    to = mail["Reply-To"].addresses[0].addr_spec
    said = await inbound.envelope(answer(to, "I am away.", Auto_Submitted="auto-replied"))
    assert said.startswith("250 ")
    assert not await inbound.due(JANE)
    assert (await inbound.entries())[-1].kind == "automatic"


async def test_a_stranger_is_answered_where_they_wrote_from(inbound: Inbound) -> None:
    mail = await handed_over(inbound, EVE, "Your relay sends spam.")
    await inbound.envelope(answer(mail["Reply-To"].addresses[0].addr_spec, "We look into it."))
    (owed,) = await inbound.due(EVE)
    assert "We look into it." in text_of(read(owed))
    assert OPERATOR not in owed.content.decode("ascii")


async def test_where_nobody_can_be_answered_the_operator_hears_that(inbound: Inbound) -> None:
    mail = await handed_over(inbound, EVE, "Your letter came back.", return_path="")
    assert "Nobody can be answered" in text_of(mail)
    said = await inbound.envelope(answer(mail["Reply-To"].addresses[0].addr_spec, "We look into it."))
    assert said.startswith("550 5.1.1 nobody can be answered")


async def answered(inbound: Inbound) -> tuple[EmailMessage, EmailMessage]:
    """A conversation in which Jane has asked, and the operator has answered: what each of them got."""
    mail = await handed_over(inbound, JANE, "Where is it?")
    to = mail["Reply-To"].addresses[0].addr_spec
    await inbound.envelope(answer(to, "Look below your welcome.", mail["Message-ID"], f"Re: {mail['Subject']}"))
    (owed,) = await inbound.due(JANE)
    return mail, read(owed)


async def test_what_the_member_answers_reaches_the_operator_in_the_same_thread(inbound: Inbound) -> None:
    first, letter = await answered(inbound)
    to = letter["Reply-To"].addresses[0].addr_spec
    cites = (f"In-Reply-To: {letter['Message-ID']}", f"References: <m1@real.example> {letter['Message-ID']}")
    said = await inbound.send(
        JANE, to, body="Found it.", subject="AW: Help", fields=cites, message_id="m2@real.example"
    )
    assert said.startswith("250 ")
    (owed,) = await inbound.due(OPERATOR)
    mail = read(owed)
    assert mail["Subject"] == first["Subject"] == "Amber Heron (mentor, p1): Help"
    assert mail["In-Reply-To"] == "<answer1@ops.example>"
    assert mail["References"].split() == [first["Message-ID"], "<answer1@ops.example>"]
    assert text_of(mail).startswith("Amber Heron (mentor of pair p1) wrote to you:\n\n> Found it.\n")
    assert "relay has checked that it comes from an address of theirs." in text_of(mail)
    again = await inbound.envelope(answer(to, "Good.", mail["Message-ID"], f"Re: {mail['Subject']}"))
    assert again.startswith("250 ")
    (owed,) = await inbound.due(JANE)
    assert read(owed)["In-Reply-To"] == "<m2@real.example>"


@pytest.mark.parametrize("author", [OMAR, EVE])
async def test_nobody_else_can_write_into_a_conversation(inbound: Inbound, author: str) -> None:
    _, letter = await answered(inbound)
    said = await inbound.send(author, letter["Reply-To"].addresses[0].addr_spec, body="It is me.")
    assert said.startswith("550 5.7.1 this address takes letters only from the person it was made for")
    assert not await inbound.due(OPERATOR)


async def test_an_answer_that_nobody_proves_reaches_the_operator_with_a_word_of_warning(inbound: Inbound) -> None:
    _, letter = await answered(inbound)
    inbound.verdicts[JANE] = Verdict.UNPROVEN
    assert (await inbound.send(JANE, letter["Reply-To"].addresses[0].addr_spec, body="Yes.")).startswith("250 ")
    (owed,) = await inbound.due(OPERATOR)
    assert "Nobody has checked who wrote it." in text_of(read(owed))
    inbound.verdicts[JANE] = Verdict.FAIL
    assert (await inbound.send(JANE, letter["Reply-To"].addresses[0].addr_spec, body="No.")).startswith("550 5.7.1")


async def test_a_vacation_program_of_the_members_ends_the_conversation_quietly(inbound: Inbound) -> None:
    _, letter = await answered(inbound)
    to = letter["Reply-To"].addresses[0].addr_spec
    assert (await inbound.send(JANE, to, body="Away.", fields=("Auto-Submitted: auto-replied",))).startswith("250 ")
    assert (
        await inbound.send(JANE, to, body="Away.", fields=("Auto-Submitted: auto-replied",), return_path="")
    ).startswith("250 ")
    assert not await inbound.due(OPERATOR)


async def test_a_letter_sent_twice_is_handed_over_once(inbound: Inbound) -> None:
    _, letter = await answered(inbound)
    to = letter["Reply-To"].addresses[0].addr_spec
    said = {await inbound.send(JANE, to, body="Found it.", message_id="m2@real.example") for _ in range(2)}
    assert len(said) == 1
    assert len(await inbound.due(OPERATOR)) == 1


async def test_two_mailboxes_that_answer_each_other_are_slowed_down(home: Home) -> None:
    async with opened(home) as inbound:
        await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
        inbound.acceptor.handlers.conversation.rate.__init__(3)  # type: ignore[attr-defined]
        _, letter = await answered(inbound)
        to = letter["Reply-To"].addresses[0].addr_spec
        said = [await inbound.send(JANE, to, body=f"{n}", message_id=f"n{n}@real.example") for n in range(5)]
        assert [one[:3] for one in said] == ["250"] * 3 + ["450"] * 2


async def test_a_report_about_the_operators_answer_is_told_to_the_operator_and_to_nobody_else(inbound: Inbound) -> None:
    mail = await handed_over(inbound, JANE, "Where is it?")
    await inbound.envelope(answer(mail["Reply-To"].addresses[0].addr_spec, "Here."))
    (owed,) = await inbound.due(JANE)
    report = (
        "From: MAILER-DAEMON@real.example\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; real.example\r\n\r\n"
        f"Final-Recipient: rfc822; {JANE}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()
    assert (await inbound.envelope(Envelope("", (owed.return_path,), report, "192.0.2.1"))).startswith("250 ")
    (told,) = await inbound.due()
    assert told.recipient == OPERATOR
    text = text_of(read(told))
    assert read(told)["Subject"] == "Your answer did not arrive"
    assert "to Amber Heron (mentor of pair p1) did not arrive." in text and "5.1.1" in text
    assert JANE not in told.content.decode("ascii")
    # An answer to that is an answer to the member, once more.
    again = read(told)["Reply-To"].addresses[0].addr_spec
    assert (await inbound.envelope(answer(again, "Once more.", subject="Re: Your answer did not arrive"))).startswith(
        "250 "
    )
    (owed,) = await inbound.due(JANE)
    assert read(owed)["Subject"] == "Your letters"


async def test_a_member_whose_answer_cannot_be_delivered_to_the_operator_hears_that(inbound: Inbound) -> None:
    _, letter = await answered(inbound)
    await inbound.send(JANE, letter["Reply-To"].addresses[0].addr_spec, body="Found it.")
    (owed,) = await inbound.due(OPERATOR)
    assert not owed.notice
    notice = await inbound.notices.undeliverable(owed.journal_id, Failed("550 5.1.1"), NOW)
    assert notice is not None and notice.deliveries[0].recipient == JANE
    text = text_of(read(notice.deliveries[0]))
    assert f"to {inbound.settings.programme.name} did not arrive" in text
    assert "send it once more" in text and "Quiet River" not in text


async def test_letters_of_one_side_only_are_about_no_mailbox(inbound: Inbound) -> None:
    """A report about the operator's answer suspends nobody: only letters between members do."""
    mail = await handed_over(inbound, JANE, "Where is it?")
    await inbound.envelope(answer(mail["Reply-To"].addresses[0].addr_spec, "Here."))
    entry = (await inbound.entries())[-1]
    await Suspending(inbound.settings, inbound.store, inbound.notices).after(entry.id, "550 5.1.1", NOW)
    assert await inbound.store.suspensions.rows() == []


async def test_a_forgotten_members_conversation_is_forgotten_with_what_was_on_its_way(inbound: Inbound) -> None:
    _, letter = await answered(inbound)
    to = letter["Reply-To"].addresses[0].addr_spec
    await inbound.send(JANE, to, body="Found it.")
    member = await inbound.store.members.having(JANE)
    assert member is not None
    await inbound.store.members.forget(member.number, NOW, None)
    assert not await inbound.due(OPERATOR)
    assert (await inbound.envelope(answer(to, "Here."))).startswith("550 5.1.1")
    assert (await inbound.send(JANE, to, body="Still me.")).startswith("550 5.7.1")


async def test_what_a_member_says_to_a_question_is_shown_to_the_operator_who_can_answer(inbound: Inbound) -> None:
    pair = await inbound.store.directory.pair("p1")
    assert pair is not None
    mail = f"From: <{JANE}>\r\nSubject: Re: yes or no\r\n\r\nI do not know. What is this about?\r\n".encode()
    told = await inbound.notices.to_operator(
        "unclear-answer", Part(pair, Side.MENTOR), "a1", mail, NOW, about="is-it-yours", id="j1"
    )
    assert told is not None
    await inbound.store.accept([told])
    (owed,) = await inbound.due(OPERATOR)
    assert "> I do not know. What is this about?" in text_of(read(owed))
    to = read(owed)["Reply-To"].addresses[0].addr_spec
    assert (
        await inbound.envelope(answer(to, "It is about your letter.", subject="Re: An answer waits for you"))
    ).startswith("250")
    (owed,) = await inbound.due(JANE)
    assert text_of(read(owed)).startswith("It is about your letter.\n")


async def test_whoever_says_no_to_an_address_keeps_their_words_to_themselves(inbound: Inbound) -> None:
    pair = await inbound.store.directory.pair("p1")
    assert pair is not None
    question = OpenConfirmation("a" * 24, pair, Side.MENTOR, JANE, frozenset([JANE]), 1, address=EVE)
    letters = await Questions(inbound.notices).answered_no(question, "a1", NOW, b"From: x\r\n\r\nNo. I am Eve.\r\n")
    assert "Eve" not in text_of(read(letters[-1].deliveries[0]))


async def test_one_word_in_answer_to_the_operator_is_a_command_to_relay(inbound: Inbound) -> None:
    _, letter = await answered(inbound)
    to = letter["Reply-To"].addresses[0].addr_spec
    assert (await inbound.send(JANE, to, body="Pause\r\n-- \r\nJane", message_id="m3@real.example")).startswith("250 ")
    pair = await inbound.store.directory.pair("p1")
    assert pair is not None and pair.state is PairState.PAUSED
    assert not await inbound.due(OPERATOR)
