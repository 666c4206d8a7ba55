"""What the page answers: letters cross between the two mailboxes, and nobody else reaches in."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from relay.home import HomeError
from relay.model import Side
from relay.show.handlers import Handlers
from relay.show.http import Request, Response
from relay.show.stage import Draft, Stage
from relay.show.words import words_in

from .conftest import HOST

pytestmark = pytest.mark.asyncio(loop_scope="module")

Form = Callable[..., Request]
Look = Callable[..., Awaitable[Response]]
LETTER = """Dear Jane,

write to margaret.ashdown@northbank.example.

Best wishes
Margaret Ashdown
Northbank Advisory

Sent from my iPhone
"""


def fields(handlers: Handlers, **more: str) -> dict[str, str]:
    return {"token": handlers.guard.token, "language": "en", "side": "mentor", "answers": "0", "text": "Hello"} | more


def photo() -> bytes:
    file, exif = BytesIO(), Image.Exif()
    exif[0x010F] = "Margaret's camera"
    Image.new("RGB", (8, 8), "green").save(file, "JPEG", exif=exif)
    return file.getvalue()


async def test_a_letter_without_a_subject_is_told_of_with_a_dash(handlers: Handlers, form: Form, look: Look) -> None:
    sent = await handlers(form(fields(handlers, subject="")))
    outcome = re.findall(r"outcome=(\d+)", sent.headers["Location"])[0]
    page = (await look("/", outcome=outcome, language="en")).body.decode()
    assert "The letter arrived: \u2068–\u2069." in html.unescape(page)


async def test_a_letter_crosses_with_its_file_and_what_was_removed_is_marked_with_the_reason(
    handlers: Handlers, form: Form, look: Look, stage: Stage
) -> None:
    given = fields(handlers, subject="Two hundred bowls", text=LETTER)
    sent = await handlers(form(given, (("IMG_1.jpg", "image/jpeg", photo()),)))
    assert sent.status == 303
    (arrived,) = [one for one in stage.boxes[Side.MENTEE] if one.subject == "Two hundred bowls"]
    assert sent.headers["Location"].endswith(f"#letter-{arrived.number}")
    assert [(one.gone.strip(), one.why) for one in arrived.pieces if one.gone] == [
        ("margaret.ashdown@northbank.example", "address"),
        ("Margaret Ashdown", "name"),
        ("Northbank Advisory", "signature"),
        ("Sent from my iPhone", "footer"),
    ]
    page = (await look("/", outcome="0", language="en")).body.decode()
    mentees = page.partition('id="mentee"')[2]
    assert re.search(r"<del>.{0,60}Margaret Ashdown</del><ins>", mentees, re.DOTALL)
    assert words_in("en").reasons["picture-metadata"] in mentees
    assert 'role="status">The letter arrived: ' in page
    (file,) = arrived.files
    got = await look(f"/letter/{arrived.number}/file/1")
    assert (got.body, b"camera" in got.body) == (file.content, False)
    assert got.headers["Content-Disposition"].startswith("attachment; ")


async def test_an_answer_is_in_the_thread_of_both(handlers: Handlers, form: Form, stage: Stage) -> None:
    await handlers(form(fields(handlers, subject="A question")))
    first = stage.boxes[Side.MENTEE][-1]
    await handlers(form(fields(handlers, side="mentee", text="An answer", answers=str(first.number))))
    answer = stage.boxes[Side.MENTOR][-1]
    asked = next(one for one in stage.boxes[Side.MENTOR] if one.subject == "A question")
    assert (answer.subject, answer.answers) == ("Re: A question", asked.number)
    await handlers(form(fields(handlers, text="Thank you", answers=str(answer.number))))
    thanks = stage.boxes[Side.MENTEE][-1]
    assert thanks.answers == next(one.number for one in stage.boxes[Side.MENTEE] if one.text == "An answer")
    assert "> > Hello" in thanks.text


async def test_a_refused_letter_shows_the_reply_and_nothing_arrives(
    handlers: Handlers, form: Form, look: Look, stage: Stage
) -> None:
    before = len(stage.boxes[Side.MENTEE])
    await handlers(form(fields(handlers), (("run.exe", "application/octet-stream", b"MZ" + bytes(200)),)))
    assert len(stage.boxes[Side.MENTEE]) == before
    page = (await look("/", outcome="0", language="en")).body.decode()
    assert re.search(r'role="status">relay refused the letter[^<]*554 5\.6\.0', page)


async def test_a_letter_that_waits_is_released_by_an_answer_to_relays_question(
    handlers: Handlers, form: Form, look: Look, stage: Stage
) -> None:
    unreadable = ("data.bin", "application/octet-stream", bytes(range(256)))
    await handlers(form(fields(handlers, subject="Data"), (unreadable,)))
    question = stage.boxes[Side.MENTOR][-1]
    assert not (question.relayed or question.sent)
    assert 'role="status">The letter was not passed on yet' in (await look("/", outcome="0")).body.decode()
    await handlers(form(fields(handlers, text="yes", answers=str(question.number))))
    arrived = stage.boxes[Side.MENTEE][-1]
    assert (arrived.subject, [one.content for one in arrived.files]) == ("Data", [bytes(range(256))])


async def test_words_of_a_letter_are_never_markup_of_the_page(handlers: Handlers, form: Form, look: Look) -> None:
    wicked = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    await handlers(form(fields(handlers, subject=wicked, text=f"{wicked} {{{{ 7*7 }}}}")))
    page = (await look("/", outcome="0")).body.decode()
    assert "<script>alert" not in page and "<img" not in page
    assert html.escape("{{ 7*7 }}", quote=False) in page


async def test_a_formatted_letter_has_a_sandbox_of_its_own(handlers: Handlers, stage: Stage, look: Look) -> None:
    letter = next(one for one in stage.boxes[Side.MENTEE] if one.html)
    policy = (await look(f"/letter/{letter.number}/html")).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("; sandbox")
    page = (await look("/")).body.decode()
    assert set(re.findall(r"<iframe [^>]*?(?=src=)", page)) == {"<iframe sandbox "}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example:8026"}, 421),
        ({"host": "127.0.0.1:9999"}, 421),
        ({"host": ""}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://127.0.0.1:8026", "sec-fetch-site": "same-origin"}, 303),
    ],
)
async def test_only_the_page_itself_can_send(
    handlers: Handlers, form: Form, headers: dict[str, str], status: int
) -> None:
    assert (await handlers(form(fields(handlers, subject=repr(headers)), headers=headers))).status == status


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"token": "guessed"}, 403),
        ({"side": "nobody"}, 400),
        ({"answers": "999999"}, 400),
        ({"text": "x" * 100_001}, 413),
    ],
)
async def test_a_form_that_the_page_did_not_write_sends_nothing(
    handlers: Handlers, form: Form, stage: Stage, change: dict[str, str], status: int
) -> None:
    before = {side: len(box) for side, box in stage.boxes.items()}
    assert (await handlers(form(fields(handlers, **change)))).status == status
    assert {side: len(box) for side, box in stage.boxes.items()} == before


@pytest.mark.parametrize(
    "path", ["/nothing", "/letter/0/html", "/letter/1/file/9", "/letter/x/file/0", "/../page.py", "/page.py"]
)
async def test_there_is_nothing_else(look: Look, path: str) -> None:
    assert (await look(path)).status == 404


@pytest.mark.parametrize("path", ["/", "/page.css", "/page.js", "/nothing"])
async def test_every_answer_allows_nothing_remote(look: Look, path: str) -> None:
    answer = await look(path)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(rb"(?:src|href|action)=.?(?:https?:)?//|url\(|@import", answer.body)


async def test_no_connection_leaves_while_a_letter_crosses(stage: Stage) -> None:
    watching, connected = [True], []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
            connected.append(arguments)

    sys.addaudithook(hook)
    outcome = await stage.write(Side.MENTOR, Draft("Nothing leaves", "https://a.example and b@c.example"))
    watching.clear()
    assert [one.subject for one in outcome.letters] == ["Nothing leaves"]
    assert connected == []


async def test_a_home_in_use_is_refused(stage: Stage) -> None:
    with pytest.raises(HomeError, match="is a home already"):
        async with AsyncExitStack() as closing:
            await Stage.open(stage.parts.home.path, words_in("en").request(), closing)
    assert Path(stage.parts.home.db).exists()


async def test_the_method_is_get_or_post(handlers: Handlers) -> None:
    assert (await handlers(Request("DELETE", "/", {}, HOST))).status == 405
