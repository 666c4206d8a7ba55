"""A reaction arrives as one line, and as a reaction where the reader's program knows them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from relay.message.read.parse import parse
from relay.message.read.reactions import emoji_of_gmail, is_emoji
from relay.message.write.dkim_sign import Signer
from relay.model import Headers, Identity, Known, Message, Persona, RebuildOrder
from relay.rebuild import rebuild

KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.p9@relay.example.org"),
    Identity(("tom.ashdown@mailbox.example",), ("Tom Ashdown",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)
HEADERS = Headers(
    "Amber Heron", "amber-heron.p9@relay.example.org", "tom.ashdown@mailbox.example", "a@relay.example.org",
    datetime(2026, 2, 4, tzinfo=UTC), in_reply_to="theirs@mailbox.example",
)  # fmt: skip
HEAD = "From: jane.whitcombe@northbank.example\nSubject: {subject}\nMIME-Version: 1.0\n"
WORDS = tomllib.loads((files("relay.anonymise") / "reactions.toml").read_text("utf-8"))
GMAIL = """Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

{emoji}

Hattie Brandreth reacted via Gmail
<https://www.google.com/gmail/about/?utm_source=gmail-in-product>
--b
Content-Type: text/vnd.google.email-reaction+json; charset=utf-8

{{"version": 1, "emoji": "{emoji}"}}
--b
Content-Type: text/html; charset=utf-8

<p style="font-size:50px">{emoji}</p><p>Hattie Brandreth <a href="https://x.example">reacted via Gmail</a></p>
--b--
"""
BLOCK = "From: Quiet River <quiet-river.p9@relay.example.org>\nSent: Tuesday\nTo: Hattie\nSubject: Bowls\n\ntext\n"


def arrives(letter: str, subject: str = "Re: Bowls", headers: Headers = HEADERS) -> tuple[str, Message]:
    """The source of what the reader gets, and what it says."""
    octets = (HEAD.format(subject=subject) + letter).replace("\n", "\r\n").encode()
    out = rebuild(RebuildOrder(octets, KNOWN, headers), Signer("", ())).content
    return out.decode(), parse(out)


@pytest.mark.parametrize("emoji", ["👍", "❤️", "👩🏽\u200d🏫", "🇰🇪", "5️⃣"])
def test_gmails_reaction_arrives_as_one(emoji: str) -> None:
    source, message = arrives(GMAIL.format(emoji=emoji))
    assert (message.text, message.reaction) == (f"{emoji}\n", emoji)
    assert "Hattie" not in source
    assert source.index("text/plain") < source.index("email-reaction+json") < source.index("text/html")


def test_without_the_letter_answered_it_is_only_a_line() -> None:
    source, message = arrives(GMAIL.format(emoji="👍"), headers=replace(HEADERS, in_reply_to=None))
    assert message.text == "👍\n"
    assert "reaction+json" not in source


@pytest.mark.parametrize("told", ["hello", "👍 Jane Whitcombe", "👍" * 20, "", "<script>", "123"])
def test_what_is_no_emoji_is_no_reaction(told: str) -> None:
    assert not is_emoji(told)
    _, message = arrives(GMAIL.format(emoji=told))
    assert message.reaction == ""


@pytest.mark.parametrize("octets", [b"", b"[]", b"[" * 5000, b'{"emoji": 1}', b'{"emoji": "\xff"}', b"{" * 100])
def test_a_broken_part_is_no_reaction(octets: bytes) -> None:
    assert emoji_of_gmail(octets) == ""


def test_a_reaction_by_rfc_9078_is_one_when_it_says_nothing_else() -> None:
    part = "Content-Type: text/plain; charset=utf-8\nContent-Disposition: reaction\n\n👍\n"
    assert arrives(part)[1].reaction == "👍"
    mixed = f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nI like it very much\n--b\n{part}--b--\n"
    _, message = arrives(mixed)
    assert message.reaction == ""
    assert (message.text or "").split() == ["I", "like", "it", "very", "much", "👍"]


@pytest.mark.parametrize(
    ("line", "arrived"),
    [
        ("Hattie Brandreth reacted to your message:", "Amber Heron reacted to your message"),
        ("Hattie Brandreth hat auf Ihre Nachricht reagiert:", "Amber Heron hat auf Ihre Nachricht reagiert"),
        ("Hattie a réagi à votre message :", "Amber Heron a réagi à votre message"),
        ("Hattieさんがメッセージにリアクションしました", "Amber Heron さんがメッセージにリアクションしました"),
        ("تفاعل مع رسالتك Hattie", "Amber Heron تفاعل مع رسالتك"),
        ("Hattie Brandreth reagierte auf Ihre Nachricht:", "Amber Heron reagierte auf Ihre Nachricht"),
        ("[heart] Hattie Brandreth reageerde op je bericht:", "❤️ Amber Heron reageerde op je bericht"),
        ("[like]\nHattie отреагировал(-а) на ваше сообщение:", "👍 Amber Heron отреагировал(-а) на ваше сообщение"),
        ("👏\nHattie reagavo į jūsų pranešimą", "👏 Amber Heron reagavo į jūsų pranešimą"),
    ],
)
def test_outlooks_reaction_is_one_line(line: str, arrived: str) -> None:
    head = "Content-Type: text/plain; charset=utf-8\n\n"
    source, message = arrives(f"{head}{line}\n\n________________________________\n{BLOCK}", "Reaction to: Bowls")
    assert (message.text or "").strip() == arrived
    assert message.subject == "Re: Bowls"
    assert "Hattie" not in source


@pytest.mark.parametrize(("picture", "emoji"), [("heart", "❤️"), ("like_v2", "👍"), ("celebrate", "🎉"), ("odd", "")])
def test_outlooks_picture_is_its_emoji(picture: str, emoji: str) -> None:
    page = (
        "Content-Type: text/html; charset=utf-8\n\n"
        f'<div><img src="https://res.cdn.office.net/assets/reaction/{picture}.png" width=40></div>'
        "<div>Hattie Brandreth reacted to your message:</div><hr><div><b>From:</b> Quiet River<br>text</div>"
    )
    _, message = arrives(page, "Reaction to: Bowls")
    assert (message.text or "").strip() == f"{emoji} Amber Heron reacted to your message".strip()
    assert message.reaction == emoji


@pytest.mark.parametrize(
    ("line", "arrived"),
    [
        ("Liked “Bowls are on the shelf”", "👍 “Bowls are on the shelf”"),
        ("Laughed at “Bowls!”", "😂 “Bowls!”"),
        ("Removed a like from “Bowls are on the shelf”", "✖️ “Bowls are on the shelf”"),
        ("Removed a heart from “Bowls!”", "✖️ “Bowls!”"),
        ("Le encantó “Los cuencos”", "❤️ “Los cuencos”"),
        ("Reacted 🎉 to “We won”", "🎉 “We won”"),
        ("👍 to “We won”", "👍 “We won”"),
        ("Hat mit 👍 auf „Gewonnen“ reagiert", "👍 „Gewonnen“"),
        ("A réagi avec ❤️ à « Gagné »", "❤️ « Gagné »"),
        ("Zareagował(a) 👍 na „Tak”", "👍 „Tak”"),
    ],
)
def test_what_telephones_write_for_a_reaction_is_the_emoji_and_the_words_it_is_about(line: str, arrived: str) -> None:
    _, message = arrives(f"Content-Type: text/plain; charset=utf-8\n\n{line}\n")
    assert (message.text or "").strip() == arrived
    assert message.subject == "Re: Bowls"


@pytest.mark.parametrize(("mark", "code"), [(mark, code) for mark, those in WORDS["marks"].items() for code in those])
def test_what_telephones_write_is_known_in_every_language(mark: str, code: str) -> None:
    for phrase in WORDS["marks"][mark][code]:
        line = phrase.replace("*", "“Bowls are on the shelf”")
        _, message = arrives(f"Content-Type: text/plain; charset=utf-8\n\n{line[0].upper()}{line[1:]}\n")
        assert (message.text or "").strip() == f"{mark} “Bowls are on the shelf”"
        for thing in WORDS["things"].get(code, ())[:1]:
            _, message = arrives(f"Content-Type: text/plain; charset=utf-8\n\n{phrase.replace('*', thing)}\n")
            assert (message.text or "").strip() == mark


@pytest.mark.parametrize(("code", "phrase"), [(code, one) for code, those in WORDS["outlook"].items() for one in those])
def test_outlooks_line_is_known_in_every_language(code: str, phrase: str) -> None:
    head = f"Content-Type: text/plain; charset=utf-8\n\nHattie Brandreth {phrase}:\n\n_____________\n{BLOCK}"
    source, message = arrives(head, "Reaction to: Bowls")
    assert (message.text or "").strip().rstrip(".") == f"Amber Heron {phrase}".rstrip("."), code
    assert "Hattie" not in source


@pytest.mark.parametrize(
    "text",
    [
        "Loved an image of the lake, and the story.\n",
        "Liked “Bowls”, and so did my sister.\n",
        "I liked “Bowls”\n",
        'Loved "Bowls"\n',
        "Liked “Bowls”\nand read it twice.\n",
        "My answer is 👍 to “Bowls”\n",
        "My teacher reacted to your message: she laughed.",
        "Hattie reacted to your message:\nshe laughed and laughed.\n",
        "I reacted to your message yesterday.\n",
        "Nobody reacted to your message, or to mine\n> bowls\n",
    ],
)
def test_words_about_a_reaction_are_words(text: str) -> None:
    _, message = arrives(f"Content-Type: text/plain; charset=utf-8\n\n{text}")
    assert " ".join(text.split()[:3]) in " ".join((message.text or "").split())
