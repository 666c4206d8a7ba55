"""Makes Jupyter notebooks harmless: outputs that run or fetch are dropped, remote pictures become their description
(nbformat 4)."""

from __future__ import annotations

import json
import re
from typing import Any

from relay.anonymise.attachments.acting.remote import in_html, in_markdown
from relay.anonymise.identities import replaced
from relay.anonymise.tally import Tally

_DEEPEST = 100
# Outputs that only show; all others need a script, or may hold one.
_SHOWN = re.compile(r"text/(?:plain|latex|markdown|html)|image/(?:png|jpeg|gif|webp|svg\+xml)|application/json")
_ACTIVE = re.compile(
    r"<\s{0,9}(?:script|iframe|object|embed|link|meta|base|form|frame|applet)\b|\bon\w{2,20}\s{0,9}="
    r"|javascript:|@import|url\s{0,9}\(\s{0,9}['\"]?\s{0,9}(?:https?:)?//",
    re.IGNORECASE,
)


def harmless_notebook(text: str, tally: Tally) -> str:
    """The notebook without what acts, counted in ``tally``; ``text`` itself when there is none, and when it is no valid
    notebook, which is refused elsewhere."""
    if _depth(text) > _DEEPEST:
        return text
    try:
        notebook = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return text
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    count = _Count()
    for cell in cells if isinstance(cells, list) else ():
        if isinstance(cell, dict):
            _clean_cell(cell, count)
    tally.add("remote-picture", count.pictures)
    tally.add("fetched", count.outputs)
    if not (count.pictures or count.outputs):
        return text
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


class _Count:
    def __init__(self) -> None:
        self.pictures = self.outputs = 0


def _clean_cell(cell: dict[str, Any], count: _Count) -> None:
    if cell.get("cell_type") != "code":
        cell["source"] = _clean_words(cell.get("source", ""), count, markdown=True)
        return
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, dict) else None
        if isinstance(data, dict):
            _clean_output(data, count)


def _clean_output(data: dict[str, Any], count: _Count) -> None:
    for media_type in list(data):
        words = _joined(data[media_type])
        if not _SHOWN.fullmatch(media_type.lower()) or (_is_markup(media_type) and (words is None or _acts(words))):
            del data[media_type]
            count.outputs += 1
        elif media_type.lower() in ("text/html", "text/markdown"):
            data[media_type] = _clean_words(data[media_type], count, markdown=media_type.lower() == "text/markdown")


def _is_markup(media_type: str) -> bool:
    return media_type.lower() in ("text/html", "text/markdown", "image/svg+xml")


def _acts(words: str) -> bool:
    return _ACTIVE.search(words) is not None or ("<svg" in words.lower() and bool(in_html(words)))


def _joined(value: object) -> str | None:
    """The text of a value, which is a string or a list of lines; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return None


def _clean_words(value: Any, count: _Count, *, markdown: bool) -> Any:
    words = _joined(value)
    if words is None:
        return ""
    found = in_markdown(words) if markdown else in_html(words)
    if not found:
        return value
    count.pictures += len(found)
    clean = replaced(words, found)
    return clean if isinstance(value, str) else clean.splitlines(keepends=True)


def _depth(text: str) -> int:
    """An upper bound of how deeply a JSON text is nested; brackets in strings count, too."""
    depth = deepest = 0
    for sign in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if sign[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign[0] in "]}":
            depth -= 1
    return deepest
