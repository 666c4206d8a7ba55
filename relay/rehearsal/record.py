"""Writes the results of a rehearsal: a file for each letter sent, and a line in events.jsonl for each event."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from relay.model import Delivery


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that was sent in the rehearsal. ``content`` is the whole mail."""

    recipient: str
    return_path: str
    content: bytes


class Record:
    """Writes letters/NNNNNN.eml and events.jsonl into a folder."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError when the folder cannot be made, or holds letters already."""
        self._letters = folder / "letters"
        self._letters.mkdir(parents=True)
        self._file: TextIO = (folder / "events.jsonl").open("x", encoding="utf-8")
        self.sent: list[SentLetter] = []
        self.events = 0

    def close(self) -> None:
        """Close events.jsonl."""
        self._file.close()

    def letter(self, delivery: Delivery) -> str:
        """Write a letter that is sent. Returns its path, relative to the folder."""
        self.sent.append(SentLetter(delivery.recipient, delivery.return_path, delivery.content))
        name = f"letters/{len(self.sent):06d}.eml"
        (self._letters.parent / name).write_bytes(delivery.content)
        return name

    def event(self, at: datetime, event: str, **more: str | None) -> None:
        """Write an event. Fields that are None are left out."""
        fields = {"at": at.isoformat().replace("+00:00", "Z"), "event": event}
        fields |= {key: value for key, value in more.items() if value is not None}
        self._file.write(json.dumps(fields, ensure_ascii=False) + "\n")
        self.events += 1
