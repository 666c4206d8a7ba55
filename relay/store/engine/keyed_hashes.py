"""What is found by keyed hash, each kind under a purpose of its own: addresses, Message-IDs, tokens, domains.

X_hash is what a row is written with. X_hashes are all that it may be found by: more than one while rows made under an
earlier vault key are there.
"""

from __future__ import annotations

from collections.abc import Sequence

from relay.vault import Vault

_SHORT = 16  # octets: 128 keyed bits never meet by chance, and a million rows need half the room


def places(hashes: Sequence[bytes]) -> str:
    """What stands behind IN for so many hashes."""
    return f"({', '.join('?' * len(hashes))})"


def address_hash(vault: Vault, address: str) -> bytes:
    """How a member is found by an address, whatever its case."""
    return address_hashes(vault, address)[0]


def address_hashes(vault: Vault, address: str) -> tuple[bytes, ...]:
    """All that an address may be found by."""
    return vault.lookups("address", _text(address.lower()))


def foreign_hash(vault: Vault, pair_id: str, side: str, foreign_id: str) -> bytes:
    """How a member's own Message-ID is found: only within the pair, and only as this side's."""
    return foreign_hashes(vault, pair_id, side, foreign_id)[0]


def foreign_hashes(vault: Vault, pair_id: str, side: str, foreign_id: str) -> tuple[bytes, ...]:
    """All that a member's own Message-ID may be found by."""
    return _short(vault, f"thread/{pair_id}/{side}", _text(foreign_id))


def return_hash(vault: Vault, token: str) -> bytes:
    """How the token of a return path is found. Servers on the way may change its case."""
    return return_hashes(vault, token)[0]


def return_hashes(vault: Vault, token: str) -> tuple[bytes, ...]:
    """All that the token of a return path may be found by."""
    return _short(vault, "return path", _text(token.lower()))


def question_hash(vault: Vault, token: str) -> bytes:
    """How the token of a question to a member is found, whatever its case."""
    return question_hashes(vault, token)[0]


def question_hashes(vault: Vault, token: str) -> tuple[bytes, ...]:
    """All that the token of a question may be found by."""
    return _short(vault, "question", _text(token.lower()))


def conversation_hash(vault: Vault, token: str) -> bytes:
    """How the token of a conversation's address is found, whatever its case."""
    return conversation_hashes(vault, token)[0]


def conversation_hashes(vault: Vault, token: str) -> tuple[bytes, ...]:
    """All that the token of a conversation's address may be found by."""
    return _short(vault, "conversation", _text(token.lower()))


def network_hash(vault: Vault, network: str) -> bytes:
    """How letters of one network are counted together, without keeping which it is."""
    return vault.lookup("network", _text(network))[:_SHORT]


def written_hash(vault: Vault, pair_id: str, side: str, written: str) -> bytes:
    """How a letter of one side of a pair is known again by the fingerprint of what was written."""
    return written_hashes(vault, pair_id, side, written)[0]


def written_hashes(vault: Vault, pair_id: str, side: str, written: str) -> tuple[bytes, ...]:
    """All that a fingerprint may be known by."""
    return _short(vault, f"written/{pair_id}/{side}", written)


def destination_of(vault: Vault, recipient: str) -> bytes:
    """Which deliveries share a destination, without saying which one that is."""
    return destinations_of(vault, recipient)[0]


def destinations_of(vault: Vault, recipient: str) -> tuple[bytes, ...]:
    """All that deliveries to the same destination may have."""
    return _short(vault, "destination", _text(recipient.rpartition("@")[2].lower()))


def _short(vault: Vault, purpose: str, value: str) -> tuple[bytes, ...]:
    return tuple([hash[:_SHORT] for hash in vault.lookups(purpose, value)])


def _text(value: str) -> str:
    """Octets of mail that are no text arrive as lone surrogates; they are looked for (and not found) all the same."""
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace")
