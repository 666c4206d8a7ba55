"""What a machine sent is told from what a person wrote."""

from __future__ import annotations

import pytest

from relay.message.automatic.recognise import recognise
from relay.outcomes import Returned, ReturnKind

FAILED, ANSWER, RECEIPT = ReturnKind.FAILED, ReturnKind.ANSWER, ReturnKind.RECEIPT


def mail(*fields: str, body: str = "Hello") -> bytes:
    return "\r\n".join((*fields, "", body.replace("\n", "\r\n"), "")).encode()


def report(
    words: str, *fields: str, kind: str = "delivery-status", sender: str = "MAILER-DAEMON@mx.example", of: str = ""
) -> bytes:
    body = (
        f"--bb\nContent-Type: text/plain\n\n{words}\n--bb\nContent-Type: message/{kind}\n\nReporting-MTA: x\n\n"
        + "\n".join(("Final-Recipient: rfc822; jane@real.example", *fields))
        + f"\n\n--bb\nContent-Type: message/rfc822\n\nSubject: Words\n\n550 5.7.1 quoted words\n{of}\n--bb--"
    )
    head = (
        f"From: {sender}",
        "Subject: Undelivered",
        f"Content-Type: multipart/report; report-type={kind}; boundary=bb",
    )
    return mail(*head, body=body)


@pytest.mark.parametrize(
    ("fields", "words", "kind", "status"),
    [
        (("Action: failed", "Status: 5.1.1"), "", FAILED, "5.1.1"),
        (
            ("Action: FAILED (bounced)", "Status: 5.0.0", "Diagnostic-Code: smtp; 550 5.2.2 over quota"),
            "",
            FAILED,
            "5.2.2",
        ),
        (("Action: failed", "Status: 5.0.0"), "The user account does not exist", FAILED, "5.1.1"),
        (("Action: failed", "Status: 5.0.0"), "It went wrong", FAILED, "5.0.0"),
        (("Action: failed", "Status: 4.4.7"), "", FAILED, "4.4.7"),
        (("Action: delayed", "Status: 4.4.1"), "", ReturnKind.DELAYED, "4.4.1"),
        (("Action: delivered", "Status: 2.0.0"), "", ReturnKind.DELIVERED, "2.0.0"),
        (("Action: expanded", "Status: 2.0.0"), "", ReturnKind.DELIVERED, "2.0.0"),
        (("Status: 5.1.1",), "", FAILED, "5.1.1"),
        (("Action: delivered", "Status: 2.0.0", "", "Action: failed", "Status: 5.1.1"), "", FAILED, "5.1.1"),
    ],
)
def test_a_delivery_report_tells_what_became_of_the_letter(
    fields: tuple[str, ...], words: str, kind: ReturnKind, status: str
) -> None:
    assert recognise(report(words, *fields)) == Returned(kind, status)


@pytest.mark.parametrize(
    ("status", "diagnosis", "found"),
    [
        ("5.3.4", "smtp; 552 5.3.4 Message size exceeds fixed limit", "5.3.4"),
        ("5.2.3", "smtp;550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", "5.2.3"),
        ("5.0.0", "smtp; 552 Message size exceeds maximum permitted", "5.3.4"),
        ("5.0.0", "smtp; 552-5.3.4 Your message exceeded Google's message size limits.", "5.3.4"),
        ("5.0.0", "x-postfix; message size 31457280 exceeds size limit 26214400 of server mx.far.example", "5.3.4"),
        ("5.0.0", "smtp; 552 Requested mail action aborted: exceeded storage allocation", "5.2.2"),
        ("5.2.2", "smtp; 552 5.2.2 The email account that you tried to reach is over quota", "5.2.2"),
    ],
)
def test_a_report_tells_a_letter_that_was_too_large_from_a_mailbox_that_is_full(
    status: str, diagnosis: str, found: str
) -> None:
    told = recognise(
        report("It was not delivered.", "Action: failed", f"Status: {status}", f"Diagnostic-Code: {diagnosis}")
    )
    assert told is not None
    assert (told.kind, told.status) == (FAILED, found)


def test_the_original_inside_a_report_tells_nothing() -> None:
    told = recognise(report("It went wrong", "Action: failed", "Status: 5.0.0", of="user unknown, mailbox full"))
    assert told == Returned(FAILED, "5.0.0")


def test_a_report_cut_short_is_still_one() -> None:
    whole = report("It went wrong", "Action: failed", "Status: 5.1.1")
    assert recognise(whole[: whole.index(b"--bb--") - 60]) == Returned(FAILED, "5.1.1")
    assert recognise(whole[: whole.index(b"Reporting-MTA")]) == Returned(FAILED, "5.0.0")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (
            mail(
                "From: MAILER-DAEMON@mx.example",
                "Subject: failure notice",
                body="Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver.\n"
                "<jane@real.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
                "--- Below this line is a copy of the message.\n\nmailbox full\n",
            ),
            FAILED,
            "5.1.1",
        ),
        (
            mail(
                "From: Mail Delivery System <Mailer-Daemon@mx.example>",
                "Subject: Mail delivery failed: returning message to sender",
                "X-Failed-Recipients: jane@real.example",
                body="This message was created automatically by mail delivery software.\n\nmailbox is full: retry\n",
            ),
            FAILED,
            "5.2.2",
        ),
        (
            mail(
                "From: postmaster@mail.example",
                "Subject: Undeliverable: Words",
                body="Your message did not reach some or all of the intended recipients.\nRecipient Not Found\n",
            ),
            FAILED,
            "5.1.1",
        ),
        (
            mail(
                "From: mailer-daemon@corp.example",
                "Subject: =?utf-8?b?0JLQsNGI0LUg0YHQvtC+0LHRidC10L3QuNC1INC90LUg0LTQvtGB0YLQsNCy0LvQtdC90L4=?=",
                "Auto-Submitted: auto-replied",
                body="Не удалось доставить: не существует",
            ),
            FAILED,
            "5.1.1",
        ),
        (
            mail(
                "From: MAILER-DAEMON (Mail Delivery)",
                "Subject: Warning: could not send message for past 4 hours",
                body="THIS IS A WARNING MESSAGE ONLY\nwill keep trying until message is 5 days old",
            ),
            ReturnKind.DELAYED,
            "",
        ),
        (
            mail("From: <>", "Subject: Nachricht konnte nicht zugestellt werden", body="Das Postfach ist voll"),
            FAILED,
            "5.2.2",
        ),
    ],
)
def test_reports_of_no_standard_form_are_read_by_their_words(content: bytes, kind: ReturnKind, status: str) -> None:
    assert recognise(content) == Returned(kind, status)


ME = "From: Jane Doe <jane@real.example>"


@pytest.mark.parametrize(
    ("fields", "of", "senders"),
    [
        (("Original-Mail-From: <b-1@Relay.example>",), "", ("b-1@relay.example",)),
        (("Original-Mail-From: b-1@relay.example",), "Return-Path: <b-2@x.example>\n", ("b-1@relay.example",)),
        ((), "", ()),
        (("Original-Mail-From: <>",), "", ()),
        (("Original-Mail-From: <" + "a" * 70 + "@x.example>",), "", ()),
        (
            tuple(f"Original-Mail-From: <{n}@x.example>" for n in range(9)),
            "",
            tuple(f"{n}@x.example" for n in range(5)),
        ),
    ],
)
def test_a_complaint_names_who_sent_what_it_is_about(
    fields: tuple[str, ...], of: str, senders: tuple[str, ...]
) -> None:
    found = recognise(report("Spam", *fields, kind="feedback-report", of=of))
    assert found is not None and found.kind is ReturnKind.COMPLAINT
    assert found.senders[: len(senders)] == senders and (of or found.senders == senders)
    assert recognise(report("Undelivered", *fields, "Action: failed", "Status: 5.1.1")) == Returned(FAILED, "5.1.1")


def test_the_return_path_of_the_enclosed_mail_is_as_good() -> None:
    content = report("Spam", kind="feedback-report").replace(b"Subject: Words", b"Return-Path: <b-2@relay.example>")
    found = recognise(content)
    assert found is not None and found.senders == ("b-2@relay.example",)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (mail(ME, "Subject: Re: Words", "Auto-Submitted: auto-replied (vacation)"), ANSWER),
        (mail(ME, "Subject: Re: Words", "Auto-Submitted: auto-generated"), ANSWER),
        (mail(ME, "Subject: Re: Words", "X-Autoreply: yes"), ANSWER),
        (mail(ME, "Subject: Re: Words", "Precedence: auto_reply"), ANSWER),
        (mail(ME, "Subject: Auto reply: Words", "X-Apple-Action: VACATION"), ANSWER),
        (mail("From: no-reply@tickets.example", "Subject: We have news"), ANSWER),
        (
            report("Opened", "Disposition: x; displayed", kind="disposition-notification", sender="jane@real.example"),
            RECEIPT,
        ),
        (report("Spam", kind="feedback-report"), ReturnKind.COMPLAINT),
    ],
)
def test_a_machine_that_says_so_is_believed(content: bytes, kind: ReturnKind) -> None:
    told = recognise(content)
    assert told is not None
    assert (told.kind, told.certain) == (kind, True)


@pytest.mark.parametrize(
    "content",
    [
        mail(ME, "Subject: Abwesenheitsnotiz: Words"),
        mail(ME, "Subject: Automatic reply: Words"),
        mail(ME, "Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_Words?="),
        mail(ME, "Subject: Out of office: Re: Words"),
        mail(ME, "Subject: Read: Words", body="Your message\n\nTo: Jane\nSubject: Words\n\nwas read on Monday."),
        mail(ME, "Subject: [Ticket#123] Words", body="Your request was registered."),
        mail(ME, "Subject: Please confirm your mail", body="Jane protects the mailbox. Click the link"),
        mail(ME, "Subject: failure notice", body="Hi. This is the qmail-send program at mx.example.\nSorry."),
        mail(ME, "Subject: unsubscribe", body=""),
    ],
)
def test_words_alone_are_a_suspicion(content: bytes) -> None:
    told = recognise(content)
    assert told is not None
    assert not told.certain


QUOTED = "> Hi. This is the qmail-send program at mx.example.\n> I'm afraid I wasn't able to deliver your message\n"


@pytest.mark.parametrize(
    "content",
    [
        mail(ME, "Subject: Words"),
        mail(ME, "Subject: Words", "Auto-Submitted: no"),
        mail(ME, "Subject: Re: Automatic reply: Words", body="I saw that you were away."),
        mail(ME, "Subject: Out of office next week"),
        mail(ME, "Subject: Reading list"),
        mail(ME, "Subject: Read: the book I told you of", body="Your message made me read it again."),
        mail(ME, "Subject: Undeliverable: what now?", body="Look what I got:\n" + QUOTED),
        mail(ME, "Subject: Undeliverable: Words", body=QUOTED + "\nWhat does this mean?"),
        mail(ME, "Subject: Fwd: failure notice", body="Hi. This is the qmail-send program at mx.example.\n"),
        mail(ME, "Subject: failure notice", body="Dear Omar, our postman gave me one of these today."),
        mail(ME, "Subject: Please confirm our meeting", body="Could you confirm your mail arrived?"),
        mail(
            ME,
            "Subject: What is this?",
            "Content-Type: multipart/mixed; boundary=out",
            body="--out\nContent-Type: text/plain\n\nI got this:\n--out\nContent-Type: message/rfc822\n\n"
            + report("It failed", "Action: failed", "Status: 5.1.1").decode()
            + "\n--out--",
        ),
        mail(ME, "Subject: Accepted", "Content-Type: text/calendar; method=REPLY", body="BEGIN:VCALENDAR"),
        mail(
            ME, "Subject: Invitation", "Auto-Submitted: auto-generated", "Content-Type: text/calendar; method=REQUEST"
        ),
        mail(ME, "Subject: Accepted", "Precedence: bulk", 'Content-Type: text/calendar; method="Counter"'),
        mail(
            ME,
            "Subject: Accepted",
            "Content-Type: multipart/alternative; boundary=b",
            body="--b\n\nYes, gladly!\n--b\nContent-Type: text/calendar; method=REPLY\n\nX\n--b--",
        ),
        mail(
            ME,
            "Subject: Another day?",
            "Content-Type: multipart/mixed; boundary=b",
            body="--b\nContent-Type: text/calendar; method=REPLY\n\nX\n"
            "--b\nContent-Type: text/calendar; method=REQUEST\n\nY\n--b--",
        ),
        mail(ME, "Subject: Away from home - a story"),
        mail(ME, "Subject: [Ticket#123] Words", body="I got this number from them. What now?"),
        mail(ME, "Subject: Words", body="My request was registered yesterday, they say."),
        mail(ME, "Subject: Words", body="Somebody protects the mailbox. Click the link, it says."),
        mail("From: Сергей", "Subject: Words"),
    ],
)
def test_a_letter_about_a_machine_is_a_letter(content: bytes) -> None:
    assert recognise(content) is None


def test_the_null_sender_makes_a_failure_of_what_says_so_and_nothing_of_the_rest() -> None:
    said = mail("From: sysadmin@mobile.example", "Subject: Undeliverable Message", body="No valid recipients")
    assert recognise(said) is None
    assert recognise(said, null_sender=True) == Returned(FAILED, "5.1.1")
    assert recognise(mail(ME, "Subject: Words"), null_sender=True) is None


def test_hostile_mail_is_judged_in_bounds() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(80))
    assert recognise(b"From: x@y.example\r\n" + deep) is None
    assert recognise(b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n") == Returned(FAILED, "5.0.0")
    assert recognise(b"X: y\r\n" * 2000) is None
    assert recognise(b"") is None
