"""Encrypts recipient and return path of a delivery for its row."""

from __future__ import annotations

import json

from relay.vault import Vault


def sealed_envelope(vault: Vault, id: str, recipient: str, return_path: str) -> bytes:
    """Encrypt both addresses of delivery ``id``."""
    return vault.seal(json.dumps([recipient, return_path]).encode(), _row(id))


def opened_envelope(vault: Vault, id: str, sealed: bytes) -> tuple[str, str]:
    """Decrypt recipient and return path of delivery ``id``. Raises VaultError."""
    recipient, return_path = json.loads(vault.open(sealed, _row(id)))
    return str(recipient), str(return_path)


def _row(id: str) -> str:
    return f"delivery/{id}"
