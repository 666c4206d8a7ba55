"""Keyed hashes for lookups of addresses, Message-IDs, tokens and domains, each kind with a key purpose of its own.

X_hash is the hash to write. X_hashes are all hashes to search for: during a rotation of the vault key, old rows still
have the hash of the old key.
"""

from __future__ import annotations

from collections.abc import Sequence

from relay.vault import Vault

_SHORT = 16  # octets: 128 bits are enough against collisions, and a million rows take half the space


def places(values: Sequence[bytes | str]) -> str:
    """Placeholders for SQL's IN, one per value."""
    return f"({', '.join('?' * len(values))})"


def address_hash(vault: Vault, address: str) -> bytes:
    """The hash of a member's address in lower case."""
    return address_hashes(vault, address)[0]


def address_hashes(vault: Vault, address: str) -> tuple[bytes, ...]:
    """All hashes that an address may be stored under."""
    return vault.lookups("address", _text(address.lower()))


def foreign_hash(vault: Vault, pair_id: str, side: str, foreign_id: str) -> bytes:
    """The hash of a Message-ID made by a member's mail program; it matches only within this pair and side."""
    return foreign_hashes(vault, pair_id, side, foreign_id)[0]


def foreign_hashes(vault: Vault, pair_id: str, side: str, foreign_id: str) -> tuple[bytes, ...]:
    """All hashes that such a Message-ID may be stored under."""
    return _short(vault, f"thread/{pair_id}/{side}", _text(foreign_id))


def return_hash(vault: Vault, token: str) -> bytes:
    """The hash of a return path's token, in lower case because servers on the way may change its case."""
    return return_hashes(vault, token)[0]


def return_hashes(vault: Vault, token: str) -> tuple[bytes, ...]:
    """All hashes that a return path's token may be stored under."""
    return _short(vault, "return path", _text(token.lower()))


def question_hash(vault: Vault, token: str) -> bytes:
    """The hash of a confirmation request's token, in lower case."""
    return question_hashes(vault, token)[0]


def question_hashes(vault: Vault, token: str) -> tuple[bytes, ...]:
    """All hashes that a confirmation request's token may be stored under."""
    return _short(vault, "question", _text(token.lower()))


def code_hash(vault: Vault, code: str) -> bytes:
    """The hash of a question's code."""
    return code_hashes(vault, code)[0]


def code_hashes(vault: Vault, code: str) -> tuple[bytes, ...]:
    """All hashes that a question's code may be stored under."""
    return _short(vault, "question code", _text(code.upper()))


def conversation_hash(vault: Vault, token: str) -> bytes:
    """How the token of a conversation's address is found, whatever its case."""
    return conversation_hashes(vault, token)[0]


def conversation_hashes(vault: Vault, token: str) -> tuple[bytes, ...]:
    """All that the token of a conversation's address may be found by."""
    return _short(vault, "conversation", _text(token.lower()))


def network_hash(vault: Vault, network: str) -> bytes:
    """The hash of a network, by which its letters are counted without storing its address."""
    return vault.lookup("network", _text(network))[:_SHORT]


def written_hashes(vault: Vault, pair_id: str, side: str, written: str) -> tuple[bytes, ...]:
    """All hashes that a letter's fingerprint may be stored under, by which a duplicate from the same side of a pair is
    recognised."""
    return _short(vault, f"written/{pair_id}/{side}", written)


def destination_of(vault: Vault, recipient: str) -> bytes:
    """The hash of the recipient's domain: deliveries with the same one share a destination."""
    return destinations_of(vault, recipient)[0]


def destinations_of(vault: Vault, recipient: str) -> tuple[bytes, ...]:
    """All hashes that a destination may be stored under."""
    return _short(vault, "destination", _text(recipient.rpartition("@")[2].lower()))


def sts_hash(vault: Vault, domain: str) -> bytes:
    """How the MTA-STS policy of a domain is found, without saying which domain that is."""
    return sts_hashes(vault, domain)[0]


def sts_hashes(vault: Vault, domain: str) -> tuple[bytes, ...]:
    """All that the policy of a domain may be found by."""
    return _short(vault, "mta-sts", domain.lower())


def _short(vault: Vault, purpose: str, value: str) -> tuple[bytes, ...]:
    return tuple([hash[:_SHORT] for hash in vault.lookups(purpose, value)])


def _text(value: str) -> str:
    """``value`` with lone surrogates (octets of mail that are not UTF-8) escaped, so that it can be hashed."""
    if value.isascii():
        return value
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace")
