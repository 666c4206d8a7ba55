"""Answers the requests of the page: the page itself, formatted letters, files, and letters that are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from relay.model import Side
from relay.show import guard
from relay.show.form import read_form
from relay.show.guard import Guard
from relay.show.http import Request, Response
from relay.show.page import FOLDER, write_page
from relay.show.stage import Draft, Outcome, Stage
from relay.show.words import words_in

_OWN_FILES = {"/page.css": "text/css; charset=utf-8", "/page.js": "text/javascript; charset=utf-8"}
_MOST_TEXT = 100_000  # characters of a letter that is typed


@dataclass(slots=True)
class Handlers:
    """Everything that the page can ask for. ``language``: the one to begin with."""

    stage: Stage
    guard: Guard
    language: str
    _outcomes: list[Outcome] = field(default_factory=list)

    async def __call__(self, request: Request) -> Response:
        """Answer one request. Raises StoreError."""
        if refused := self.guard.refusal(request):
            return _plain(*refused)
        if request.method == "POST":
            return await self._write(request) if request.path == "/write" else _NOT_FOUND
        if request.path == "/":
            return self._page(request)
        if request.path in _OWN_FILES:
            content = (FOLDER / request.path[1:]).read_bytes()
            return _answer(content, _OWN_FILES[request.path], guard.FILE)
        return self._of_letter(request.path.split("/"))

    def _page(self, request: Request) -> Response:
        words = words_in(request.query.get("language", self.language))
        number = request.query.get("outcome", "")
        known = {str(at): one for at, one in enumerate(self._outcomes)}
        page = write_page(self.stage, words, known.get(number), self.guard.token)
        return _answer(page, "text/html; charset=utf-8", guard.PAGE)

    def _of_letter(self, path: list[str]) -> Response:
        """/letter/NUMBER/html, or /letter/NUMBER/file/NUMBER counted from 1."""
        match path:
            case ["", "letter", number, "html"] if letter := self.stage.letter(_number(number)):
                return _answer(letter.html.encode(), "text/html; charset=utf-8", guard.LETTER)
            case ["", "letter", number, "file", at] if letter := self.stage.letter(_number(number)):
                for file in letter.files[_number(at) - 1 : _number(at)] if _number(at) else ():
                    name = quote(file.filename or "file", safe="")
                    more = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
                    return _answer(file.content, "application/octet-stream", guard.FILE, more)
        return _NOT_FOUND

    async def _write(self, request: Request) -> Response:
        try:
            form = read_form(request.headers.get("content-type", ""), request.body)
            if not self.guard.is_ours(form):
                return _plain(403, "This page is from an earlier run. Open it anew.")
            side, text = Side(form.fields.get("side", "")), form.fields.get("text", "")
            if len(text) > _MOST_TEXT:
                return _plain(413, "This letter is too long to be typed: send its text as a file.")
            draft = Draft(form.fields.get("subject", ""), text, form.files, form.number("answers"))
            outcome = await self.stage.write(side, draft)
        except ValueError as error:
            return _plain(400, f"This form cannot be read: {error}. Go back and try again.")
        self._outcomes.append(outcome)
        query = {"language": words_in(form.fields.get("language", "")).language, "outcome": len(self._outcomes) - 1}
        shown = next((one for one in sorted(outcome.letters, key=lambda one: not one.relayed)), None)
        target = f"#letter-{shown.number}" if shown is not None else "#said"
        return _plain(303, "See the page.", {"Location": f"/?{urlencode(query)}{target}"})


def _number(text: str) -> int:
    """A whole number in a path, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _answer(body: bytes, kind: str, policy: str, more: Mapping[str, str] | None = None) -> Response:
    return Response(200, body, {"Content-Type": kind, **guard.headers(policy), **(more or {})})


def _plain(status: int, text: str, more: Mapping[str, str] | None = None) -> Response:
    headers = {"Content-Type": "text/plain; charset=utf-8", **guard.headers(guard.FILE), **(more or {})}
    return Response(status, f"{text}\n".encode(), headers)


_NOT_FOUND = _plain(404, "There is nothing here. The page is at /.")
