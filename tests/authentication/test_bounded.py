"""What a stranger's letter costs before anybody is proven: counted by what is looked at, with inputs that grow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import relay.authentication.arc as arc
import relay.authentication.dkim_verify as dkim_verify
import relay.authentication.examination as examination
from relay.authentication.arc import arc_sets, seal_digests
from relay.authentication.dkim_verify import Letter
from relay.authentication.dmarc import organisations
from relay.authentication.verdict import Verdict
from relay.settings import Address

from .posting import ALIAS, BIG
from .test_for_whom import MEMBER, brought, judged, letter

MakeServer = Callable[[dict[object, object]], Awaitable[Address]]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], list[int]]:
    """Counts the octets that a function of a module is given first, call by call."""

    def count(module: Any, name: str) -> list[int]:
        seen: list[int] = []
        real = getattr(module, name)

        def noted(first: Any, *more: Any, **named: Any) -> Any:
            seen.append(len(first))
            return real(first, *more, **named)

        monkeypatch.setattr(module, name, noted)
        return seen

    return count


@pytest.mark.parametrize("domain", ["d{}.example", "{}." + BIG])
async def test_a_letter_full_of_signatures_is_looked_at_as_one_with_twenty(
    domain: str, counted: Callable[[Any, str], list[int]], name_server: MakeServer
) -> None:
    fields = [
        f"DKIM-Signature: v=1; a=rsa-sha256; d={domain.format(n)}; s=k; h=from:to:subject; bh=AAAA; b=AAAA\r\n".encode()
        for n in range(900)
    ]
    seen, asked = counted(dkim_verify, "tags"), counted(examination, "alignment")
    content = b"".join(fields) + letter(ALIAS)
    assert (await judged(brought(content, ALIAS), name_server)).verdict(ALIAS) is Verdict.FAIL
    assert len(asked) == 20
    assert len(seen) <= 25  # twenty for their domain, five of them whole
    assert (await judged(brought(b"".join(fields[:4]) + letter(ALIAS), ALIAS), name_server)).verdict(
        ALIAS
    ) is Verdict.PASS


def test_a_signature_field_that_is_far_too_long_is_not_read(counted: Callable[[Any, str], list[int]]) -> None:
    seen = counted(dkim_verify, "tags")
    many = b":from" * 40_000
    field = b"DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=k; h=from" + many + b"; bh=AAAA; b=AAAA\r\n"
    assert dkim_verify.read_signature(field) is None
    assert dkim_verify.signing_domain(field) == ""
    assert seen == []


def test_a_domain_that_is_none_is_not_looked_up() -> None:
    """The library for it takes time quadratic in the number of labels."""
    assert dkim_verify.signing_domain(b"DKIM-Signature: d=" + b"a." * 7_000 + b"example\r\n") == ""
    name = "a." * 100_000 + "example"
    assert organisations()(name) == name


def chain(length: int) -> bytes:
    sets = [
        b"ARC-Seal: i=%d; a=rsa-sha256; cv=%s; d=lists.example; s=k; b=AAAA\r\n"
        b"ARC-Message-Signature: i=%d; a=rsa-sha256; d=lists.example; s=k; h=from; bh=AAAA; b=AAAA\r\n"
        b"ARC-Authentication-Results: i=%d; lists.example; dmarc=pass header.from=bigmail.example\r\n"
        % (n, b"none" if n == 1 else b"pass", n, n)
        for n in range(1, length + 1)
    ]
    return b"".join(reversed(sets)) + f"From: {MEMBER}\r\nTo: {ALIAS}\r\n\r\n".encode()


def test_a_chain_of_seals_is_gone_through_once_however_long(counted: Callable[[Any, str], list[int]]) -> None:
    seen = counted(arc, "field_form")
    work = []
    for length in (5, 50):
        content = chain(length)
        sets = arc_sets(Letter.of(content))
        assert len(sets) == length
        seen.clear()
        assert len(set(seal_digests(sets))) == length
        work.append(sum(seen) / len(content))
    assert work[1] < 1.2 * work[0]


async def test_recipients_are_read_once_for_all_signatures(
    counted: Callable[[Any, str], list[int]], name_server: MakeServer
) -> None:
    seen = counted(examination, "mailboxes_of")
    content = letter(ALIAS)
    signature = content.partition(b"From:")[0]
    await judged(brought(signature * 5 + content.removeprefix(signature), ALIAS), name_server)
    assert sorted(seen) == [0, 1]  # the one To, and no Cc
