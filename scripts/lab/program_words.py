"""The table in docs/what-we-remove.md of what programs write into a letter: an example, what is left, and the room."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

from relay.anonymise.appended.languages import languages

RELAY = Path(__file__).resolve().parents[2] / "relay"


class Row(NamedTuple):
    """What a program wrote, what is left of it ("" for nothing), the kind of removal, and the room that finds it."""

    example: str
    left: str
    kind: str
    room: str
    spoken: int = 0  # languages with words of their own; 0: it does not depend on words


def _phrases(file: str) -> int:
    """How many languages have a table of their own in the file."""
    table = tomllib.loads((RELAY / file).read_text("utf-8"))
    return sum(isinstance(one, dict) for one in table.values())


def _appended(section: str) -> int:
    return sum(bool(getattr(one, section).goes) for one in languages())


ROWS = (
    Row("Sent from my iPhone", "", "footer", "appended/program_lines.py", _appended("sent")),
    Row(
        "Sent at 21:14 (Europe/Prague)", "", "footer", "appended/stamps.py", _phrases("anonymise/appended/stamps.toml")
    ),
    Row("Drafted with Copilot", "", "footer", "appended/tool_lines.py", _phrases("anonymise/appended/tools.toml")),
    Row("[Case #00412877]", "", "footer", "appended/tickets.py"),
    Row("This email has been checked for viruses by Avast.", "", "footer", "appended/service_lines.py"),
    Row(
        "This e-mail is confidential. If you are not the intended recipient, please notify the sender and delete it.",
        "",
        "disclaimer",
        "appended/notices.py",
        _appended("notice"),
    ),
    Row(
        "CAUTION: This email came from outside of the organization. Do not click links unless you know the sender.",
        "",
        "banner",
        "appended/notices.py",
        _appended("banner"),
    ),
    Row(
        "Your message to Anna was read on Monday, 3 February 2026 9:14 PM (UTC+1).",
        "Your message … was read.",
        "quoted-header",
        "receipts.py",
        _phrases("message/automatic/receipt_phrases.toml"),
    ),
    Row(
        "Accepted: Plan @ Tue 3 Feb 2026 21:14 (CET)",
        "Accepted: Plan @ Tue 3 Feb 2026",
        "calendar",
        "answered_meetings.py",
        _phrases("anonymise/calendar_answers.toml"),
    ),
    Row(
        "[21:14, 03/02/2026] Petra Nowak: hello",
        "…: hello",
        "quoted-name",
        "chats/",
        _phrases("anonymise/chats/chats.toml"),
    ),
    Row("[image: IMG_20260203_211411.jpg]", "[picture]", "file-name", "named_files.py"),
)


def table() -> str:
    """The rows in Markdown."""
    rows = "".join(
        f"| {row.example} | {row.left or '(nothing)'} | `{row.kind}` | `{row.room}` | {row.spoken or '–'} |\n"
        for row in ROWS
    )
    return f"| a program wrote | what is left | kind | room | languages |\n| --- | --- | --- | --- | --- |\n{rows}"
