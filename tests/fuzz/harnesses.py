"""All harnesses by name."""

from __future__ import annotations

from . import door, files, mail, proof, protection, texts
from .harness import Harness

ALL: dict[str, Harness] = {
    harness.name: harness
    for harness in (
        *mail.HARNESSES,
        *proof.HARNESSES,
        *texts.HARNESSES,
        *files.HARNESSES,
        *door.HARNESSES,
        *protection.HARNESSES,
    )
}
