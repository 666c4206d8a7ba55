"""Where a delivery goes and where a report about it comes back to, sealed for its row."""

from __future__ import annotations

import json

from relay.vault import Vault


def sealed_envelope(vault: Vault, id: str, recipient: str, return_path: str) -> bytes:
    """Both addresses of delivery ``id``, as its row keeps them."""
    return vault.seal(json.dumps([recipient, return_path]).encode(), _row(id))


def opened_envelope(vault: Vault, id: str, sealed: bytes) -> tuple[str, str]:
    """The recipient and the return path of delivery ``id``. Raises VaultError."""
    recipient, return_path = json.loads(vault.open(sealed, _row(id)))
    return str(recipient), str(return_path)


def _row(id: str) -> str:
    return f"delivery/{id}"
