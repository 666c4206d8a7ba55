"""What a rehearsal leaves behind: every letter that would have left, and a line for each thing that happened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from relay.message.read.parse import parse
from relay.model import Delivery


@dataclass(frozen=True, slots=True)
class Left:
    """A letter that left: its ``recipient`` and ``return_path``, and the octets."""

    recipient: str
    return_path: str
    content: bytes


class Record:
    """Writes letters/NNNNNN.eml and events.jsonl into a folder."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError when the folder cannot be made, or has letters of a rehearsal already."""
        self._letters = folder / "letters"
        self._letters.mkdir(parents=True)
        self._file: TextIO = (folder / "events.jsonl").open("x", encoding="utf-8")
        self.left: list[Left] = []
        self.events = 0

    def close(self) -> None:
        """Finish the file of events."""
        self._file.close()

    def letter(self, delivery: Delivery) -> str:
        """Writes a letter that leaves; its path in the folder."""
        self.left.append(Left(delivery.recipient, delivery.return_path, delivery.content))
        name = f"letters/{len(self.left):06d}.eml"
        (self._letters.parent / name).write_bytes(delivery.content)
        return name

    def event(self, at: datetime, event: str, **more: str | None) -> None:
        """Writes one thing that happened; what is None is left out."""
        said = {"at": at.isoformat().replace("+00:00", "Z"), "event": event}
        said |= {key: value for key, value in more.items() if value is not None}
        self._file.write(json.dumps(said, ensure_ascii=False) + "\n")
        self.events += 1


def subject_and_text(content: bytes) -> tuple[str, str]:
    """What a letter of ours says, to find out which one it is."""
    message = parse(content)
    return message.subject, (message.text or "").strip()
