"""The outcome for each reply code of a server."""

from __future__ import annotations

import pytest

from relay.letters.failure_reasons import reason_of
from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.smtp.client import reply_outcome
from relay.smtp.client.reply_outcome import ServerReply, Stage, from_a_server, meaning, outcome_of, unprotected

G, M, R, D, E = Stage.GREETING, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT


@pytest.mark.parametrize(
    ("stage", "code", "text", "smarthost", "outcome"),
    [
        (E, 250, "2.0.0 queued as 1234 for bea@far.example", True, Sent("250 2.0.0")),
        (E, 250, "ok", False, Sent("250")),
        (R, 550, "5.1.1 <bea@far.example>: no such user", True, Failed("550 5.1.1")),
        (R, 550, "bea@far.example unknown", True, Failed("550")),
        (R, 550, "4.1.1 the classes differ", True, Failed("550")),
        (R, 550, "5.1.1234 no code", True, Failed("550")),
        (R, 550, "", True, Failed("550")),
        (R, 552, "5.2.2 mailbox full", True, Failed("552 5.2.2")),
        (E, 552, "5.3.4 too large", True, Failed("552 5.3.4")),
        (D, 554, "5.7.1 spam", False, Failed("554 5.7.1")),
        (E, 554, "5.7.1\nspam", False, Failed("554 5.7.1")),
        (R, 450, "4.2.0 greylisted", False, Deferred("450 4.2.0")),
        (R, 421, "4.3.2 closing", False, Deferred("421 4.3.2")),
        (G, 554, "5.7.1 blocked", False, Deferred("554 5.7.1")),
        (G, 554, "5.7.1 blocked", True, Deferred("554 5.7.1")),
        (M, 553, "5.7.1 not yours", True, Deferred("553 5.7.1")),
        (M, 553, "5.7.1 SPF", False, Failed("553 5.7.1")),
        (R, 354, "", False, Deferred("4.5.0")),
        (D, 250, "", False, Deferred("4.5.0")),
        (E, -1, "", False, Deferred("4.5.0")),
        (E, 999, "", False, Deferred("4.5.0")),
    ],
)
def test_a_reply_means(stage: Stage, code: int, text: str, smarthost: bool, outcome: Outcome) -> None:
    assert outcome_of(stage, ServerReply(code, text), smarthost=smarthost) == outcome


LARGE, SMALL = 30_000_000, 4_000
TOO_LARGE = [
    (
        M,
        552,
        "5.3.4 Your message exceeded Google's message size limits. To view our message size\n5.3.4 guidelines",
        LARGE,
    ),
    (E, 552, "5.2.3 Your message exceeded Google's message size limits. Please visit", LARGE),
    (M, 552, "5.3.4 Message size exceeds fixed maximum message size", LARGE),  # Outlook.com, Exchange Online
    (E, 550, "5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", LARGE),  # Exchange
    (E, 554, "5.3.4 STOREDRV.Deliver; message size exceeds limit", LARGE),
    (M, 552, "Message size exceeds fixed maximum message size", LARGE),  # Yahoo
    (E, 552, "message size exceeds maximum permitted - https://postmaster.yahooinc.com/", LARGE),
    (M, 552, "5.3.4 Message size exceeds fixed limit", LARGE),  # Postfix
    (E, 552, "5.3.4 Error: message file too big", LARGE),
    (M, 552, "Message size exceeds maximum permitted", LARGE),  # Exim
    (E, 552, "Message size exceeds maximum permitted", LARGE),
    (E, 552, "sorry, that message size exceeds my databytes limit (#5.3.4)", LARGE),  # qmail
    (M, 552, "5.2.3 Message size exceeds maximum value", LARGE),  # Sendmail
    (E, 552, "5.0.0 Message too large", LARGE),
]


@pytest.mark.parametrize("smarthost", [True, False])
@pytest.mark.parametrize(("stage", "code", "text", "octets"), TOO_LARGE)
def test_a_letter_too_large_for_a_server_fails_at_once_and_its_author_is_told_to_send_less(
    stage: Stage, code: int, text: str, octets: int, smarthost: bool
) -> None:
    outcome = outcome_of(stage, ServerReply(code, text), smarthost=smarthost, octets=octets)
    assert isinstance(outcome, Failed)
    assert reason_of(outcome.status) == "smaller"


@pytest.mark.parametrize(
    ("stage", "text", "octets"),
    [
        (R, "5.2.2 The email account that you tried to reach is over quota.", LARGE),  # Gmail
        (R, "Requested mail action aborted: exceeded storage allocation", LARGE),
        (E, "Requested mail action aborted: exceeded storage allocation", SMALL),
        (E, "5.2.2 Mailbox full", LARGE),
    ],
)
def test_a_full_mailbox_is_none_of_the_letters_fault(stage: Stage, text: str, octets: int) -> None:
    outcome = outcome_of(stage, ServerReply(552, text), smarthost=False, octets=octets)
    assert reason_of(outcome.status) == "later"


def test_a_file_that_a_server_does_not_take_is_neither() -> None:
    blocked = ServerReply(552, "5.7.0 This message was blocked because its content presents a potential security issue")
    assert reason_of(outcome_of(E, blocked, smarthost=False, octets=LARGE).status) == "ask"


OWN = [reply_outcome.UNREACHABLE, reply_outcome.BROKEN_OFF, reply_outcome.NO_DNS, reply_outcome.NO_ROUTE]
OWN += [reply_outcome.OUR_FAULT, reply_outcome.OUR_ADDRESS, reply_outcome.NONSENSE]


@pytest.mark.parametrize("status", [*OWN, "tls 4.7.10", "tls 4.7.5"])
def test_an_operator_can_read_why_a_letter_waits(status: str) -> None:
    assert len(meaning(status)) > 10 and not from_a_server(status)


@pytest.mark.parametrize(
    ("status", "yes"),
    [
        ("tls 4.7.10", True),
        ("sts 4.7.5", True),
        ("dane 4.4.3", True),
        ("4.7.5", False),
        ("450 4.7.10", False),
        ("", False),
        ("tlsa 4.7.5", False),
        ("by hand", False),
    ],
)
def test_unprotected_recognises_the_statuses_of_missing_protection(status: str, yes: bool) -> None:
    assert unprotected(status) is yes
    assert meaning("450 4.7.10") == ""
