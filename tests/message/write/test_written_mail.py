"""Mail as an ordinary mail program writes it, whatever is typed into it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from relay.message.read.parse import parse
from relay.message.read.routing_headers import read_routing_headers
from relay.message.write.written_mail import Quoted, Written, new_id, write_mail
from relay.model import Attachment

AT = datetime(2026, 2, 4, 8, 41, tzinfo=UTC)
LETTER = Written("Jane Doe", "jane@real.example", "quiet-river.x@relay.example", "Hello", "Good morning.\n")


def test_it_says_who_wrote_it_and_what_it_answers() -> None:
    cited = replace(LETTER, cited=("a@b", "c@d"))
    fields = read_routing_headers(write_mail(cited, "1@real.example", AT))
    assert (fields.authors, fields.author_names) == (("jane@real.example",), ("Jane Doe",))
    assert (fields.message_id, fields.in_reply_to, fields.references) == ("1@real.example", ("c@d",), ("a@b", "c@d"))


def test_the_answered_letter_is_quoted_in_both_forms() -> None:
    quoted = Quoted("Amber Heron wrote:", "One <line>\nand another\n")
    mail = parse(write_mail(Written("", "a@b.example", "c@d.example", "", "Yes", quoted=quoted), "1@b.example", AT))
    assert mail.text == "Yes\n\nAmber Heron wrote:\n> One <line>\n> and another\n"
    assert '<blockquote type="cite">One &lt;line&gt;<br>' in (mail.html or "")


@pytest.mark.parametrize("typed", ["a\r\nBcc: x@y.example", "a\n\n\nbody", "\x00\x07", "x" * 5000, "שלום 🙂"])
def test_nothing_typed_becomes_a_header_field(typed: str) -> None:
    file = Attachment(b"%PDF-", "text/html\r\nX: y", f"{typed}.pdf")
    content = write_mail(Written(typed, "a@b.example", "c@d.example", typed, "Hi", (file,)), "1@b.example", AT)
    head = content.partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc:" not in content
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert head.lower().count(b"\r\nsubject:") == 1
    assert [one.media_type for one in parse(content).attachments] == ["application/octet-stream"]


def test_message_ids_differ_and_have_the_authors_domain() -> None:
    assert len({new_id("a@b.example") for _ in range(50)}) == 50
    assert new_id("a@b.example").endswith("@b.example")
