"""The octets of a stored letter: sealed in its row, or in a file of its own whose key is sealed in the row."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from relay.store.engine.database import Database
from relay.store.engine.letter_files import LetterFile, key_row, letter_files
from relay.store.errors import StoreError
from relay.vault import Vault, VaultError

InFiles = Mapping[str, LetterFile]
"""Id of a delivery to the file its letter is in already; the others go into the table."""
NO_FILES: InFiles = {}


def sealed_body(
    db: Database, vault: Vault, row: str, content: bytes, file: LetterFile | None
) -> tuple[bytes, str | None]:
    """The columns ``sealed`` and ``file`` of a new letter. Raises StoreError when its file is gone."""
    if file is None:
        return vault.seal(content, row), None
    files = letter_files(db)
    if files is None or not files.is_there(file.name):
        raise StoreError("the file of a large letter is gone; nothing was accepted", "send the letter again")
    return vault.seal(file.key, key_row(row)), file.name


def opened_body(db: Database, vault: Vault, row: str, sealed: bytes, file: str | None) -> bytes:
    """The octets of a letter. Raises VaultError when they cannot be read or decrypted."""
    if file is None:
        return vault.open(sealed, row)
    files = letter_files(db)
    if files is None:
        raise VaultError("the file of a letter is beside another database")
    return files.read(file, vault.open(sealed, key_row(row)))


def files_staying(db: Database) -> AbstractContextManager[None]:
    """While this is open no file of a letter is removed, so that a row that was read can be opened."""
    files = letter_files(db)
    return nullcontext() if files is None else files.staying()
