"""OpenPGP in the text: words stay, keys and signatures go, what is encrypted is refused."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.pgp_armour import armoured
from relay.model import Message
from relay.refusals import CannotAnonymise

B64 = "xv8AAAENBGrp6hcBCAC2adxEqVUTVxGs+1x1weZlgRE5z1fElqNlc+NZwJce4gCU"
KEY = (
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: Zeb <zeb@firm.example>\n\n"
    f"{B64}\nxyz==\n=Hbyx\n-----END PGP PUBLIC KEY BLOCK-----"
)
SIGNATURE = f"-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v2\n\n{B64}\n=0YOh\n-----END PGP SIGNATURE-----"
SIGNED = (
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
    f"Dear you,\n- -- \n- - first\n- From here\n-like\n{SIGNATURE}\n"
)


def without(text: str, redactor: Redactor) -> str:
    return replaced(text, armoured(text, redactor))


def quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.splitlines())


def test_a_clear_signed_text_keeps_its_words_and_nothing_of_its_frame(redactor: Redactor) -> None:
    assert without(f"{SIGNED}After.\n", redactor) == "\nDear you,\n-- \n- first\nFrom here\n-like\n\nAfter.\n"


def test_words_after_the_mark_that_look_like_a_header_stay(redactor: Redactor) -> None:
    text = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nNote: bring bread.\n{SIGNATURE}\n"
    assert without(text, redactor).strip() == "Note: bring bread."


@pytest.mark.parametrize("wrap", [str, quoted, lambda t: quoted(quoted(t)), lambda t: t.replace("\n", "\r\n")])
def test_a_key_or_signature_goes_also_where_it_is_quoted(wrap: Callable[[str], str], redactor: Redactor) -> None:
    for block in (KEY, SIGNATURE, KEY.replace("PGP PUBLIC KEY BLOCK", "CERTIFICATE")):
        left = without(f"before\n{wrap(block)}\nafter\n", redactor)
        assert left.replace("\r", "").split("\n")[0] == "before"
        assert "after" in left
        for word in ("zeb", "xv8A", "xyz", "Hbyx", "GnuPG", "-----"):
            assert word not in left


def test_a_block_whose_end_is_missing_ends_where_words_begin(redactor: Redactor) -> None:
    cut = KEY.partition("\nxyz")[0]
    assert without(f"{cut}\n=Hbyx\nSee you on Thursday.\n", redactor).strip() == "See you on Thursday."


@pytest.mark.parametrize("kind", ["PGP MESSAGE", "PGP MESSAGE, PART 1/2", "PKCS7", "AGE ENCRYPTED FILE"])
def test_what_is_encrypted_is_refused(kind: str, redactor: Redactor) -> None:
    block = f"-----BEGIN {kind}-----\n\n{B64}\n-----END {kind}-----\n"
    for text in (block, quoted(block)):
        with pytest.raises(CannotAnonymise, match="encrypted"):
            armoured(text, redactor)


@pytest.mark.parametrize("kind", ["PGP PRIVATE KEY BLOCK", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY"])
def test_a_private_key_is_refused(kind: str, redactor: Redactor) -> None:
    with pytest.raises(CannotAnonymise, match="private key"):
        armoured(f"-----BEGIN {kind}-----\n{B64}\n", redactor)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN-----\nwords\n-----END-----\n",
        "What does -----BEGIN PGP MESSAGE----- mean?\n",
        "-----BEGIN FORWARDED MESSAGE-----\nhello\n-----END FORWARDED MESSAGE-----\n",
        "- a list\n- of things\n",
    ],
)
def test_words_that_are_no_armour_stay(text: str, redactor: Redactor) -> None:
    assert without(text, redactor) == text


def test_armour_leaves_the_formatted_letter_too(relayed: Callable[[bytes], Message]) -> None:
    rows = SIGNED.replace("<", "&lt;").replace("\n", "<br>\n")
    page = f"<p>{rows}</p><div>{KEY.replace('<', '&lt;').replace(chr(10), '<br>')}</div><p>after</p>"
    message = relayed(b"Subject: x\r\nContent-Type: text/html\r\n\r\n" + page.encode())
    for text in (message.html, message.text):
        assert text is not None
        assert "Dear you" in text
        assert "after" in text
        for word in ("Hash", "BEGIN", "END", "xv8A", "zeb", "GnuPG"):
            assert word not in text


def test_of_a_key_that_names_the_author_nothing_stays(relayed: Callable[[bytes], Message]) -> None:
    key = KEY.replace("zeb@firm.example", "jane.whitcombe@northbank.example")
    message = relayed(f"Subject: x\r\n\r\nwords\n\n{key}\n".encode())
    assert message.text is not None
    assert message.text.strip() == "words"


def test_a_letter_of_nothing_but_a_key_is_refused(relayed: Callable[[bytes], Message]) -> None:
    with pytest.raises(CannotAnonymise, match="nothing in this letter"):
        relayed(f"Subject: my key\r\n\r\n{KEY}\n".encode())


def test_hostile_marks_take_no_time(redactor: Redactor) -> None:
    began = time.process_time()
    for text in (
        "-----BEGIN PGP SIGNATURE-----\n" * 20_000,
        "-----BEGIN PGP SIGNED MESSAGE-----\n" * 20_000,
        "-----BEGIN PGP SIGNATURE-----\n" + ">" * 500_000,
        ("> " * 300 + "-----BEGIN\n") * 1000,
        "-----BEGIN PGP SIGNED MESSAGE-----\n" + "Hash: x\n" * 50_000,
    ):
        armoured(text, redactor)
    assert time.process_time() - began < 2
