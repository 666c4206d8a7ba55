"""Rewrites a Jupyter notebook with what it shows: code, text and results; no authors, accounts, machines or times, and
nothing that runs or is fetched when it is opened.

Source: the notebook format 4.5 (nbformat.v4.schema.json).
"""

from __future__ import annotations

import json
import re
from typing import Any

from relay.anonymise.attachments.acting.outputs import only_shows, remote_pictures
from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.identities import replaced
from relay.model import Attachment
from relay.refusals import CannotAnonymise

BROKEN = (
    "a notebook (.ipynb) is damaged or of an old version and cannot be made anonymous; please save it again in Jupyter "
    "and attach it anew, or export it as PDF"
)
_ROUNDS = 9
"""How often remote pictures are taken out of a text, until none is left; what is taken out may join another."""
_CELLS = frozenset({"code", "markdown", "raw"})
_CELL_MARKS = frozenset({"tags", "collapsed", "scrolled", "slideshow"})
_LANGUAGE = ("name", "file_extension", "mimetype", "pygments_lexer", "nbconvert_exporter")
_OUTPUTS = {
    "stream": ("name", "text"),
    "error": ("ename", "evalue", "traceback"),
    "display_data": ("data",),
    "execute_result": ("data", "execution_count"),
}
_SIZES = frozenset({"width", "height"})
# The account in a path below the home directories.
_HOME = re.compile(r"((?:/home|/Users|\b[A-Za-z]:[\\/]{1,4}Users)[\\/]{1,4})(?!user\b)[^\\/\s\"'<>:;,)]{1,64}")


def is_notebook(filename: str | None, text: str) -> bool:
    """Whether a text file is a notebook, by its name or its content."""
    if (filename or "").lower().endswith(".ipynb"):
        return True
    return '"nbformat"' in text and '"cells"' in text and text.lstrip("\ufeff \t\r\n").startswith("{")


def cleaned(text: str, cleaning: Cleaning) -> str:
    """The notebook as JSON, in the layout in which Jupyter writes it. What acts in it is counted. Raises
    CannotAnonymise when it is invalid."""
    try:
        book = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise CannotAnonymise(BROKEN) from error
    if not isinstance(book, dict) or not isinstance(book.get("cells"), list) or book.get("nbformat") != 4:
        raise CannotAnonymise(BROKEN)
    minor = book.get("nbformat_minor")
    minor = minor if isinstance(minor, int) and 0 <= minor <= 5 else 4
    cells = [_cell(cell, number, minor, cleaning) for number, cell in enumerate(book["cells"], 1)]
    new = {"cells": cells, "metadata": _metadata(book.get("metadata")), "nbformat": 4, "nbformat_minor": minor}
    try:
        return json.dumps(new, ensure_ascii=False, indent=1) + "\n"
    except (ValueError, RecursionError) as error:
        raise CannotAnonymise(BROKEN) from error


def _metadata(old: Any) -> dict[str, Any]:
    """The language, and a kernel named after it: kernels are named after environments on the author's machine."""
    marks = _dict(old)
    info = _dict(marks.get("language_info"))
    language = _word(info.get("name")) or _word(_dict(marks.get("kernelspec")).get("language"))
    if not language:
        return {}
    python = language.lower() == "python"
    kernel = {
        "display_name": "Python 3" if python else language,
        "language": language,
        "name": "python3" if python else language.lower(),
    }
    known = {key: _word(info.get(key)) for key in _LANGUAGE}
    return {"kernelspec": kernel, "language_info": {"name": language} | {k: word for k, word in known.items() if word}}


def _cell(old: Any, number: int, minor: int, cleaning: Cleaning) -> dict[str, Any]:
    if not isinstance(old, dict) or old.get("cell_type") not in _CELLS:
        raise CannotAnonymise(BROKEN)
    is_code = old["cell_type"] == "code"
    new: dict[str, Any] = {"cell_type": old["cell_type"]}
    if isinstance(old.get("attachments"), dict):
        new["attachments"] = {str(name): _bundle(data, cleaning) for name, data in old["attachments"].items()}
    if is_code:
        new["execution_count"] = _count(old.get("execution_count"))
    if minor >= 5:
        new["id"] = f"cell-{number}"
    new["metadata"] = _cell_marks(_dict(old.get("metadata")))
    if is_code:
        outputs = old.get("outputs")
        new["outputs"] = [_output(each, cleaning) for each in outputs] if isinstance(outputs, list) else []
    new["source"] = _lines(old.get("source")) if is_code else _harmless(old.get("source"), "text/markdown", cleaning)
    return new


def _cell_marks(old: dict[str, Any]) -> dict[str, Any]:
    marks = {key: value for key, value in old.items() if key in _CELL_MARKS}
    hidden = {key: value for key, value in _dict(old.get("jupyter")).items() if value in (True, False)}
    return marks | ({"jupyter": hidden} if hidden else {})


def _output(old: Any, cleaning: Cleaning) -> dict[str, Any]:
    kind = old.get("output_type") if isinstance(old, dict) else None
    if kind not in _OUTPUTS:
        raise CannotAnonymise(BROKEN)
    new: dict[str, Any] = {"output_type": kind}
    for key in _OUTPUTS[kind]:
        value = old.get(key)
        if key == "data":
            new[key] = _bundle(value, cleaning)
            new["metadata"] = _sizes(_dict(old.get("metadata")))
        else:
            new[key] = _count(value) if key == "execution_count" else _lines(value)
    return new


def _sizes(old: dict[str, Any]) -> dict[str, Any]:
    sizes = {kind: {k: v for k, v in _dict(marks).items() if k in _SIZES} for kind, marks in old.items()}
    return {kind: size for kind, size in sizes.items() if size and "/" in kind}


def _bundle(old: Any, cleaning: Cleaning) -> dict[str, Any]:
    """One result in several formats, by media type: those that only show it."""
    new: dict[str, Any] = {}
    for kind, value in _dict(old).items():
        shown = _result(kind, value, cleaning)
        if shown is None:
            cleaning.tally.add("fetched")
        else:
            new[kind] = shown
    return new


def _result(kind: str, value: Any, cleaning: Cleaning) -> Any:
    words = _joined(value)
    if not only_shows(kind, words):
        return None
    if kind.startswith("text/"):
        return _harmless(value, kind, cleaning)
    if kind == "application/json":
        return value
    if "<" in words:
        drawing = cleaning.inside(Attachment(words.encode("utf-8", "replace"), "image/svg+xml"))
        return drawing.content.decode("utf-8") if drawing.media_type == "image/svg+xml" else None
    # Base64 in one line, so that it is recognised wherever its lines were broken.
    return "".join(words.split())


def _harmless(old: Any, media_type: str, cleaning: Cleaning) -> str | list[str]:
    """The text of a cell or result, with remote pictures as their description."""
    lines = _lines(old)
    words = clean = _joined(lines)
    for _ in range(_ROUNDS):
        found = remote_pictures(media_type, clean)
        if not found:
            return lines if clean == words else clean if isinstance(lines, str) else clean.splitlines(keepends=True)
        cleaning.tally.found(found)
        clean = replaced(clean, found)
    raise CannotAnonymise(BROKEN)


def _lines(old: Any) -> str | list[str]:
    """Text, which notebooks write as one string or line by line. Accounts in paths are replaced."""
    lines = [_HOME.sub(r"\1user", line) for line in _strings(old)]
    return lines if isinstance(old, list) else "".join(lines)


def _joined(old: Any) -> str:
    """The text in one string, as it is."""
    return "".join(_strings(old))


def _strings(old: Any) -> list[str]:
    lines = old if isinstance(old, list) else [old]
    return lines if all(isinstance(line, str) for line in lines) else []


def _count(old: Any) -> int | None:
    return old if isinstance(old, int) and not isinstance(old, bool) else None


def _word(old: Any) -> str:
    return old if isinstance(old, str) and re.fullmatch(r"[\w.+#/ -]{1,60}", old) else ""


def _dict(old: Any) -> dict[str, Any]:
    return old if isinstance(old, dict) else {}
