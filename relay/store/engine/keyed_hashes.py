"""What is found by keyed hash, each kind under a purpose of its own: addresses, Message-IDs, tokens, domains."""

from __future__ import annotations

from relay.vault import Vault

_SHORT = 16  # octets: 128 keyed bits never meet by chance, and a million rows need half the room


def address_hash(vault: Vault, address: str) -> bytes:
    """How a member is found by an address, whatever its case."""
    return vault.lookup("address", _text(address.lower()))


def foreign_hash(vault: Vault, pair_id: str, side: str, foreign_id: str) -> bytes:
    """How a member's own Message-ID is found: only within the pair, and only as this side's."""
    return vault.lookup(f"thread/{pair_id}/{side}", _text(foreign_id))[:_SHORT]


def return_hash(vault: Vault, token: str) -> bytes:
    """How the token of a return path is found. Servers on the way may change its case."""
    return vault.lookup("return path", _text(token.lower()))[:_SHORT]


def question_hash(vault: Vault, token: str) -> bytes:
    """How the token of a question to a member is found, whatever its case."""
    return vault.lookup("question", _text(token.lower()))[:_SHORT]


def network_hash(vault: Vault, network: str) -> bytes:
    """How letters of one network are counted together, without keeping which it is."""
    return vault.lookup("network", _text(network))[:_SHORT]


def written_hash(vault: Vault, pair_id: str, side: str, written: str) -> bytes:
    """How a letter of one side of a pair is known again by the fingerprint of what was written."""
    return vault.lookup(f"written/{pair_id}/{side}", written)[:_SHORT]


def destination_of(vault: Vault, recipient: str) -> bytes:
    """Which deliveries share a destination, without saying which one that is."""
    return vault.lookup("destination", _text(recipient.rpartition("@")[2].lower()))[:_SHORT]


def _text(value: str) -> str:
    """Octets of mail that are no text arrive as lone surrogates; they are looked for (and not found) all the same."""
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace")
