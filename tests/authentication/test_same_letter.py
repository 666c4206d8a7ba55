"""What makes a signed letter the same letter: all that was signed, and nothing that anybody may change."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate

import pytest

from relay.authentication.authorship import Authorship
from relay.authentication.dkim_verify import _OLDEST
from relay.authentication.verdict import Verdict
from relay.model import Envelope
from relay.settings import Address
from relay.store.duplicates import REMEMBERED

from .posting import ALIAS, BIG, LISTS, PASSED, sealed_by, stamped
from .test_for_whom import MEMBER, brought, judged

MakeServer = Callable[[dict[object, object]], Awaitable[Address]]
DAY = 86_400.0
BODY = "Hello, here is  a line.\r\nAnd another\r\n"
LISTED = (b"from", b"to", b"subject", b"date", b"message-id")


def written(body: str = BODY, at: float | None = None, subject: str = "words", message_id: str = "1") -> bytes:
    when = formatdate(time.time() if at is None else at, usegmt=True)
    head = f"From: Ann <{MEMBER}>\r\nTo: <{ALIAS}>\r\nSubject: {subject}\r\nDate: {when}\r\n"
    return f"{head}Message-ID: <{message_id}@x.example>\r\nMIME-Version: 1.0\r\n\r\n{body}".encode()


def signed(
    content: bytes, covered: tuple[bytes, ...] = LISTED, *, t: float | None = None, form: bytes = b"relaxed/relaxed"
) -> bytes:
    """With a signature of the author's provider on top; ``t`` is when it says that it was made."""
    return stamped(content, covered, form=form, more="" if t is None else f"t={int(t)}; ")


LETTER = written()
SIGNED = signed(LETTER)


async def found(content: bytes, name_server: MakeServer) -> Authorship:
    return await judged(brought(content, ALIAS), name_server)


CHANGED: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda c: c,
    "blanks inside a line": lambda c: c.replace(b"Hello, here", b"Hello,   here"),
    "a tab for a blank": lambda c: c.replace(b"And another", b"And\tanother"),
    "blanks at the ends of lines": lambda c: c.replace(b"line.\r\n", b"line. \t\r\n"),
    "empty lines at the end": lambda c: c + b"\r\n\r\n",
    "blanks in a signed field": lambda c: c.replace(b"Subject: words", b"Subject:   words  "),
    "a signed field folded": lambda c: c.replace(b"From: Ann <", b"From: Ann\r\n <"),
    "a field name in capitals": lambda c: c.replace(b"Subject:", b"SUBJECT:"),
    "a field more": lambda c: b"Received: from x by y; today\r\nX-Spam: no\r\n" + c,
    "an unsigned field changed": lambda c: c.replace(b"MIME-Version: 1.0", b"Mime-Version: 1.0 (x)"),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
async def test_what_leaves_the_signature_whole_leaves_the_letter_the_same(
    change: Callable[[bytes], bytes], name_server: MakeServer
) -> None:
    once, again = await found(SIGNED, name_server), await found(change(SIGNED), name_server)
    assert again.verdict(ALIAS) is Verdict.PASS
    assert again.signed_as == once.signed_as
    assert len(once.signed_as) == 1
    assert re.fullmatch("[0-9a-f]{64}", once.signed_as[0])


@pytest.mark.parametrize("covered", [LISTED[:4], LISTED[:3], LISTED[:3] + LISTED[4:]])
async def test_an_identity_that_was_not_signed_does_not_make_it_new(
    covered: tuple[bytes, ...], name_server: MakeServer
) -> None:
    letter = signed(LETTER, covered)
    changed = letter
    if b"message-id" not in covered:
        changed = re.sub(rb"Message-ID: <", b"Message-ID: <9", changed)
    if b"date" not in covered:
        changed = re.sub(rb"(Date: .*) GMT", rb"\1 -0500", changed)
    assert changed != letter
    once, again = await found(letter, name_server), await found(changed, name_server)
    assert again.verdict(ALIAS) is Verdict.PASS
    assert again.signed_as == once.signed_as != ()


@pytest.mark.parametrize("covered", [LISTED, LISTED[:4], LISTED[:3]])
async def test_two_letters_of_the_same_words_are_two(covered: tuple[bytes, ...], name_server: MakeServer) -> None:
    now = time.time()
    made = [signed(written(at=now - 60 * n, message_id=str(n)), covered, t=now - 60 * n) for n in range(3)]
    assert len({(await found(one, name_server)).signed_as for one in made}) == 3


async def test_another_subject_or_body_is_another_letter(name_server: MakeServer) -> None:
    now = time.time()
    made = [signed(written(at=now)), signed(written(at=now, subject="others")), signed(written("Hi\r\n", at=now))]
    assert len({(await found(one, name_server)).signed_as for one in made}) == 3


async def test_a_server_that_signs_again_sends_the_same_letter(name_server: MakeServer) -> None:
    now = time.time()
    once, again = signed(LETTER, t=now - 60), signed(LETTER, t=now)
    assert once != again
    assert (await found(once, name_server)).signed_as == (await found(again, name_server)).signed_as


async def test_who_takes_one_of_two_signatures_away_has_the_same_letter(name_server: MakeServer) -> None:
    """In whichever form each was made, and whichever came first."""
    second = signed(LETTER, (*LISTED[:4], b"mime-version"), form=b"simple/simple").removesuffix(LETTER)
    first = SIGNED.removesuffix(LETTER)
    seen = [set((await found(top + LETTER, name_server)).signed_as) for top in (first + second, first, second)]
    assert all(one & other for one in seen for other in seen)


@pytest.mark.parametrize("covered", [LISTED, LISTED[:3]])
async def test_who_takes_the_signature_under_a_seal_away_has_the_same_letter(
    covered: tuple[bytes, ...], name_server: MakeServer
) -> None:
    letter = signed(LETTER, covered)
    sealed = sealed_by(letter, LISTS, PASSED)
    alone = sealed.replace(letter.removesuffix(LETTER), b"")
    both, one = await found(sealed, name_server), await found(alone, name_server)
    assert both.verdict(ALIAS) is one.verdict(ALIAS) is Verdict.PASS
    assert set(both.signed_as) & set(one.signed_as)


async def test_a_letter_whose_key_was_not_to_be_had_is_known_when_it_comes_again(name_server: MakeServer) -> None:
    envelope = Envelope(MEMBER, (ALIAS,), SIGNED, "192.0.2.1", helo="mx.bigmail.example")
    first = await judged(envelope, name_server, {"k._domainkey." + BIG: "SERVFAIL"})
    assert first.verdict(ALIAS) is Verdict.PASS  # by SPF
    assert first.signed_as == (await found(SIGNED, name_server)).signed_as


async def test_a_signature_that_does_not_hold_tells_nothing(name_server: MakeServer) -> None:
    broken = SIGNED.replace(b"Hello", b"Hallo")
    envelope = Envelope(MEMBER, (ALIAS,), broken, "192.0.2.1", helo="mx.bigmail.example")
    first = await judged(envelope, name_server)
    assert first.verdict(ALIAS) is Verdict.PASS
    assert first.signed_as == ()


@pytest.mark.parametrize(
    ("covered", "t", "date", "verdict"),
    [
        # When it was made tells t=, or else a signed Date; without either nothing does.
        (LISTED, -28 * DAY, -28 * DAY, Verdict.PASS),
        (LISTED, -30 * DAY, 0, Verdict.FAIL),
        (LISTED, -1 * DAY, -40 * DAY, Verdict.PASS),
        (LISTED, None, -28 * DAY, Verdict.PASS),
        (LISTED, None, -30 * DAY, Verdict.FAIL),
        (LISTED[:3], None, -40 * DAY, Verdict.PASS),
        (LISTED, 2 * DAY, 0, Verdict.FAIL),
        (LISTED, None, 400 * DAY, Verdict.FAIL),
        (LISTED, 0.5 * DAY, 0, Verdict.PASS),
    ],
)
async def test_a_signature_from_before_what_is_remembered_proves_nothing(
    covered: tuple[bytes, ...], t: float | None, date: float, verdict: Verdict, name_server: MakeServer
) -> None:
    now = time.time()
    letter = signed(written(at=now + date), covered, t=None if t is None else now + t)
    judgement = await found(letter, name_server)
    assert judgement.verdict(ALIAS) is verdict
    assert bool(judgement.signed_as) == (verdict is Verdict.PASS)


async def test_a_seal_from_before_what_is_remembered_proves_nothing(name_server: MakeServer) -> None:
    sealed = sealed_by(LETTER, LISTS, PASSED)
    assert (await found(sealed, name_server)).verdict(ALIAS) is Verdict.PASS
    old = re.sub(rb"\bt=\d+", b"t=%d" % (time.time() - 30 * DAY), sealed)
    assert (await found(old, name_server)).verdict(ALIAS) is Verdict.FAIL


def test_a_letter_is_remembered_longer_than_any_signature_counts() -> None:
    assert REMEMBERED.total_seconds() >= _OLDEST + DAY
