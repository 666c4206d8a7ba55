"""What relay quickstart says, on the terminal and in a file that stays."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from relay.operations.quickstart.step import Step

FILE = "/var/log/relay-quickstart.log"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a step. ``state``: "ok" when there was nothing to do, "done", "to do" in a dry run, "by hand"."""

    what: str
    state: str
    commands: tuple[str, ...] = ()


@dataclass
class Transcript:
    """Says each line with ``say`` and keeps it. With ``dry`` steps are shown and not done. ``changes`` counts the steps
    that were done or would be, ``left`` those that a person has to do."""

    say: Callable[[str], None]
    dry: bool
    changes: int = 0
    left: int = 0
    lines: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    def tell(self, line: str = "") -> None:
        """Say one line."""
        self.lines.append(line)
        self.say(line)

    def take(self, step: Step) -> None:
        """Do a step unless it is done. Raises StepError, OSError."""
        if step.done():
            self.tell(f"Checking {step.what} … OK")
            self.taken.append(Taken(step.what, "ok"))
            return
        if step.by_hand:
            self.left += 1
            self.taken.append(Taken(step.what, "by hand", step.commands))
            self.tell(f"Checking {step.what} … {step.by_hand}. Type:")
        elif self.dry:
            self.changes += 1
            self.taken.append(Taken(step.what, "to do", step.commands))
            self.tell(f"Checking {step.what} … would be done by:")
        else:
            self.changes += 1
            step.act()
            self.taken.append(Taken(step.what, "done", step.commands))
            self.tell(f"Checking {step.what} … done, as by:")
        for command in step.commands:
            self.tell(f"    {command}")

    def keep(self, path: Path, now: datetime) -> None:
        """Append what was said to a file that only root can read. Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write("\n".join([f"== {now:%Y-%m-%dT%H:%M:%SZ}", *self.lines, ""]))
