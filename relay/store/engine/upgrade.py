"""What is known about an upgrade of the database before its first migration is applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A database of version ``found`` is about to be migrated to ``shipped``. It has ``octets``. ``copy_to`` copies it
    into a new file, as it is."""

    found: int
    shipped: int
    octets: int
    copy_to: Callable[[Path], None]


BeforeUpgrade = Callable[[Upgrade], None]
"""Called in the database's thread before the first migration. When it raises, nothing is migrated."""
