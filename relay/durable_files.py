"""Writes files so that they survive a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Flush a folder: a file that was made or renamed in it survives a power cut only after that (fsync(2))."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_new(path: Path, text: str, mode: int = 0o600) -> None:
    """Write and fsync a new file with ``mode``, by default accessible by its owner only.

    Raises OSError; FileExistsError instead of overwriting a file.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, text: str) -> None:
    """Replace the content of a file, durably and atomically. Raises OSError."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    write_new(draft, text)
    draft.replace(path)
    sync_folder(path.parent)
