"""Gives a finished letter of ours a new Date, and signs it anew: for letters that were held after they were signed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from relay.message.write.compose import date_value
from relay.message.write.dkim_sign import Signer, Signers

_SIGNATURES = re.compile(rb"(?>(?:DKIM-Signature:[^\r\n]*+\r\n(?>(?:[ \t][^\r\n]*+\r\n)*))*)")
_DATE = re.compile(rb"^Date:[^\r\n]*+\r\n(?![ \t])", re.MULTILINE)


def sign_again(content: bytes, at: datetime, signer: Signer) -> bytes:
    """``content``, octets that ``Signer.sign`` made of a composed letter, with the Date ``at`` (aware UTC) and new
    signatures. All else stays, the Message-ID too. Raises ValueError when it is no such letter."""
    signatures = _SIGNATURES.match(content)
    unsigned = content[signatures.end() if signatures else 0 :]
    head, separator, body = unsigned.partition(b"\r\n\r\n")
    head, dates = _DATE.subn(f"Date: {date_value(at)}\r\n".encode(), head + b"\r\n")
    if dates != 1 or not separator:
        raise ValueError("a letter to be signed again has one Date field")
    return signer.sign(head + b"\r\n" + body)


def signing_again(signers: Signers) -> Callable[[bytes, datetime, bool], bytes]:
    """``sign_again`` for the store: octets, Date, and whether relay itself wrote the letter."""

    def sign(content: bytes, at: datetime, own: bool) -> bytes:
        return sign_again(content, at, signers.programme if own else signers.relayed)

    return sign
