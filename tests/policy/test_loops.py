"""Mail loops are detected."""

from __future__ import annotations

import pytest

from relay.message.read.routing_headers import read_routing_headers
from relay.policy.routing import MAX_RECEIVED, check_loop
from relay.refusals import MailLoop

OURS = "relay.example"


@pytest.mark.parametrize(
    "head",
    [
        b"Received: from a\r\n" * (MAX_RECEIVED + 1),
        b"Message-ID: <3f9ac2@Relay.Example>\r\n",
        b"Message-ID: <new@real.example>\r\nDKIM-Signature: v=1; d=relay.example; b=x\r\n",
    ],
)
def test_a_letter_with_signs_of_a_loop_is_refused(head: bytes) -> None:
    with pytest.raises(MailLoop):
        check_loop(read_routing_headers(b"From: a@x.org\r\n" + head + b"\r\n"), OURS)


@pytest.mark.parametrize(
    "head",
    [
        b"Received: from a\r\n" * MAX_RECEIVED,
        b"Message-ID: <m@other.relay.example>\r\nIn-Reply-To: <3f9ac2@relay.example>\r\n",
        b"DKIM-Signature: v=1; d=real.example; b=x\r\n",
    ],
)
def test_a_reply_to_our_mail_is_no_loop(head: bytes) -> None:
    check_loop(read_routing_headers(b"From: a@x.org\r\n" + head + b"\r\n"), OURS)
