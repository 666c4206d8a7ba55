"""Counts what reading a stranger's letter costs: instructions of the processor, which valgrind counts alike on every
machine and on every day, in Python, in its regular expressions and in the tables of Unicode.

Run by test_work_is_linear.py, under valgrind: ``work.py SHIM NTH READER…``, where only every NTH shape is counted.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from relay.authentication.arc import arc_sets
from relay.authentication.authentication_results import read_results
from relay.authentication.dkim_verify import Letter, read_signature, signing_domain, without_value
from relay.authentication.tags import tags
from relay.authentication.unsigned_content import accounts_for_body
from relay.message.automatic.recognise import recognise
from relay.message.confirmation.read_answer import read_answer
from relay.message.dkim_canonical import body_hash, field_form
from relay.message.read.addresses import display_names, mailboxes, normalise
from relay.message.read.author import author_of_from
from relay.message.read.charsets import tidy
from relay.message.read.field_values import client_address
from relay.message.read.fingerprint import fingerprint
from relay.message.read.header_words import decoded, parameters, raw_text
from relay.message.read.headers import split
from relay.message.read.html_to_text import html_to_text
from relay.message.read.routing_headers import read_routing_headers
from relay.refusals import Refusal
from relay.smtp.server.data import Body

SHIM = """
#include <valgrind/callgrind.h>
void start(void) { CALLGRIND_START_INSTRUMENTATION; }
void tell(void) { VALGRIND_MONITOR_COMMAND("status internal"); }
"""
"""Valgrind's client requests are instructions that do nothing elsewhere; only C can write them. The second writes to
standard error, among other things, how many instructions there were so far."""

Shapes = dict[str, str | bytes]

ANY: Shapes = {
    "letters": "a", "blanks": " ", "tabs": " \t", "folds": "\r\n ", "folded words": "x\r\n ", "controls": "\x01",
    "marks": "\u0301\u0323", "marks in one": "\u0f73", "marks on a letter": "e\u0301\u0323\u0331 ",
    "jamo": "\u1100\u1161\u11a8", "emoji": "\U0001f600", "no-break spaces": "\u00a0", "separators": "\u2028",
    "beyond ASCII": b"\xff", "half letters": b"\xc3",
}  # fmt: skip
ADDRESSES: Shapes = {
    "commas": ",", "commas and blanks": " ,", "semicolons": ";", "colons": ":", "dots": ".", "at signs": "@",
    "open": "<", "close": ">", "open and close": "<>", "unclosed": "<a ", "opened on and on": "<a@b,",
    "comments opened": "(", "comments with words": "(a", "comments closed": ")", "empty comments": "()",
    "quotes": '"', "quotes and words": '"a', "quotes and commas": '",', "backslashes": "\\", "escaped quotes": '\\"',
    "brackets": "[", "dotted": "a.", "addresses": "a@b,", "addresses and blanks": "a@b , ", "mailboxes": "<a@b>",
    "local parts": "a@", "groups": "g:a@b;", "group names": "a:", "routes": "<@a,@b:", "names": "Doe, ",
    "words": "a b ", "Unicode domains": "a@\u00e9.c,", "labels": "\u00e9.",
}  # fmt: skip
ENCODED: Shapes = {
    "encoded words": "=?utf-8?q?a?=", "encoded apart": "=?utf-8?b?YQ==?= ", "bad base64": "=?utf-8?b?a?=",
    "encoded in turns": "=?utf-8?q?a?= =?latin1?q?b?= ", "opened words": "=?a?q?", "word marks": "=?",
    "unknown charset": "=?x-y?q?a?=", "encoded blanks": "=?utf-8?q?=20?=",
}  # fmt: skip
TAGS: Shapes = {
    "semicolons": ";", "tags": ";d=", "many tags": "; d", "equals": "=", "continued": ';a*1*=a"', "percents": "%41",
    "colons": ":", "comments": "(", "quotes": '"', "backslashes": "\\", "results": " a.b=c", "slashes": "/",
}  # fmt: skip
HTML: Shapes = {
    "tags": "<p>", "comments": "<!--", "declarations": "<!", "instructions": "<?", "sections": "<![", "unclosed": "<a ",
    "scripts": "<script>", "end tags": "</a", "attributes": "<a b='", "references": "&lt;", "ampersands": "&#",
    "lists": "<ul><li>", "links": "<a href=http:x>a", "quotes": "<blockquote>a", "whole comments": "<!-->",
}  # fmt: skip
LINES: Shapes = {
    "quoting": "> a\r\n", "line ends": "\r\n", "dots": "\r\n.", "dashes": "-", "words": "your message ",
    "numbers": "5.1.1 ", "delimiters": "--b\r\n", "fields": "Status: \r\n", "bars": "- | ",
}  # fmt: skip
_FROM = b"From: <a@b.test>\r\n"
_FIELDS = (500, 2_000, 8_000)  # octets: within what is read of a list of addresses
_AUTHOR = (110, 440, 1_760)  # within what is read of From
_ADDRESS = (17, 68, 272)  # within what an address may have


class Reader(NamedTuple):
    """Something that is done for a letter before anybody is proven, given a run of one of ``shapes``, which has each of
    ``sizes`` in turn."""

    read: Callable[[bytes], object]
    shapes: Shapes
    sizes: tuple[int, int, int] = _FIELDS


def letter(name: bytes, run: bytes) -> bytes:
    """A letter in which one field holds the run."""
    return name + b": " + run + b"\r\n" + (b"" if name == b"From" else _FROM) + b"\r\nHello\r\n"


def many(name: bytes, run: bytes) -> bytes:
    """A letter in which many fields hold it, a hundred octets each."""
    fields = (name + b": " + run[at : at + 100].replace(b"\r\n", b"") + b"\r\n" for at in range(0, len(run), 100))
    return _FROM + b"".join(fields) + b"\r\nHello\r\n"


def body(kind: bytes, run: bytes) -> bytes:
    """A letter whose body is the run."""
    return _FROM + b"Content-Type: " + kind + b"\r\n\r\n" + run


def _glanced(content: bytes) -> None:
    head = split(content)
    read_routing_headers(content, head)
    fingerprint(content, head)


def _received(run: bytes) -> None:
    arriving = Body(1 << 20)
    for at in range(0, len(run), 1000):
        arriving.feed(run[at : at + 1000])
    arriving.feed(b"\r\n.\r\n")
    arriving.content()


def _whole(name: bytes) -> Callable[[bytes], object]:
    return lambda run: _glanced(letter(name, run))


def _many(name: bytes) -> Callable[[bytes], object]:
    return lambda run: _glanced(many(name, run))


def _accounted(kind: bytes) -> Callable[[bytes], object]:
    """A body whose Content-Type was not signed."""
    return lambda run: accounts_for_body(Letter.of(body(kind, run)), ("from",))


def _text(reader: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda run: reader(raw_text(run))


def _within(reader: Callable[[str], object], *contexts: str) -> Callable[[bytes], object]:
    """The reader on the run in each context, where "…" stands for it: what opens before it, and what follows it."""
    return _text(lambda run: [reader(context.replace("…", run)) for context in contexts])


def _recognised(make: Callable[[bytes], bytes]) -> Callable[[bytes], object]:
    return lambda run: recognise(make(run), null_sender=True)


_PLACES = ("…", "a@x…y", "Jane…<a@b", '"…', "<…", "a@b (…", "a@b…@c")
READERS = {
    "From": Reader(_whole(b"From"), ANY | ADDRESSES | ENCODED, _AUTHOR),
    "To": Reader(_whole(b"To"), ANY | ADDRESSES),
    "Reply-To": Reader(_whole(b"Reply-To"), ANY | ADDRESSES | ENCODED),
    "Message-ID": Reader(_whole(b"Message-ID"), ANY | ADDRESSES),
    "References": Reader(_whole(b"References"), ANY | ADDRESSES),
    "Subject": Reader(_whole(b"Subject"), ANY | ENCODED),
    "DKIM-Signature": Reader(_whole(b"DKIM-Signature"), ANY | TAGS),
    "a field that is not read": Reader(_whole(b"X-Other"), ANY | ADDRESSES),
    "many From": Reader(_many(b"From"), ANY | ADDRESSES | ENCODED),
    "many Cc": Reader(_many(b"Cc"), ADDRESSES),
    "many Reply-To": Reader(_many(b"Reply-To"), ANY | ADDRESSES | ENCODED),
    "many References": Reader(_many(b"References"), ADDRESSES),
    "many DKIM-Signature": Reader(_many(b"DKIM-Signature"), TAGS),
    "many Received": Reader(_many(b"Received"), ANY),
    "author_of_from": Reader(lambda run: author_of_from(run + b" <a@b.test>"), ANY | ADDRESSES | ENCODED, _AUTHOR),
    "author_of_from, in a comment": Reader(lambda run: author_of_from(b"a@b.test (" + run + b")"), ADDRESSES, _AUTHOR),
    "mailboxes": Reader(_within(mailboxes, *_PLACES), ANY | ADDRESSES),
    "display_names": Reader(_within(display_names, *_PLACES), ANY | ADDRESSES),
    "normalise": Reader(_text(lambda run: normalise(f"{run}@b.test")), ANY, _ADDRESS),
    "normalise, a domain": Reader(_text(lambda run: normalise(f"a@{run}")), ANY | ADDRESSES, _ADDRESS),
    "decoded": Reader(
        _within(lambda text: decoded(text.encode()), "…", "=?utf-8?q?…?=", "=?utf-8?b?…", "a…b", "a\n…\n"),
        ANY | ENCODED,
    ),
    "parameters": Reader(
        _within(lambda text: parameters(text.encode()), 'a/b; c="…', "a/b; c*0*=…", "a/b; …=d", "a/b;c…=d"), ANY | TAGS
    ),
    "tidy": Reader(_text(tidy), ANY),
    "html_to_text": Reader(
        _within(html_to_text, "…", '<a href="…', "<a …", "<!--…", "<script>…", "<a…>b", "</p…", "&…"), ANY | HTML
    ),
    "recognise, text": Reader(_recognised(lambda run: body(b"text/plain", run)), ANY | LINES),
    "recognise, HTML": Reader(_recognised(lambda run: body(b"text/html", run)), HTML),
    "recognise, parts": Reader(_recognised(lambda run: body(b"multipart/report; boundary=b", run)), LINES),
    "recognise, From": Reader(_recognised(lambda run: letter(b"From", run)), ADDRESSES),
    "recognise, Subject": Reader(_recognised(lambda run: letter(b"Subject", run)), ANY | ENCODED | LINES),
    "recognise, Content-Type": Reader(_recognised(lambda run: letter(b"Content-Type", b"a/b" + run)), TAGS),
    "fingerprint": Reader(lambda run: fingerprint(body(b"text/plain", run)), ANY | LINES),
    "body_hash": Reader(lambda run: [body_hash(run, 0, relaxed=relaxed) for relaxed in (True, False)], ANY | LINES),
    "Letter": Reader(lambda run: Letter.of(letter(b"DKIM-Signature", b"v=1; d=b.test; " + run)).plain, ANY | TAGS),
    "read_signature": Reader(lambda run: read_signature(b"DKIM-Signature: v=1; a=rsa-sha256; h=" + run), ANY | TAGS),
    "signing_domain": Reader(lambda run: signing_domain(b"DKIM-Signature: d=b.test; " + run), ANY | TAGS),
    "without_value": Reader(lambda run: without_value(b"DKIM-Signature: b=" + run + b"\r\n"), ANY | TAGS),
    "field_form": Reader(lambda run: field_form(b"Subject: " + run + b"\r\n", relaxed=True), ANY),
    "tags": Reader(_text(tags), ANY | TAGS),
    "arc_sets": Reader(lambda run: arc_sets(Letter.of(letter(b"ARC-Seal", b"i=1; " + run))), TAGS),
    "read_results": Reader(_text(lambda run: read_results(f"mx.test; spf=pass {run}")), ANY | TAGS),
    "accounts_for_body, text": Reader(_accounted(b"text/plain"), ANY | LINES),
    "accounts_for_body, parts": Reader(_accounted(b"multipart/mixed; boundary=b"), LINES),
    "accounts_for_body, in parts": Reader(
        lambda run: accounts_for_body(
            Letter.of(body(b"multipart/mixed; boundary=b", b"--b\r\n\r\n" + run + b"\r\n--b--\r\n")), ("from",)
        ),
        ANY | LINES,
    ),
    "read_answer, text": Reader(lambda run: read_answer(body(b"text/plain", run), "abcd"), ANY | LINES),
    "read_answer, HTML": Reader(lambda run: read_answer(body(b"text/html", run), "abcd"), HTML),
    "client_address": Reader(lambda run: client_address(split(b"Received: " + run + b"\r\n\r\n")), ADDRESSES),
    "Body": Reader(_received, ANY | LINES),
}

QUADRATIC = "marks put in order without a bound"
"""What must be found, so that the count is known to find something."""
READERS[QUADRATIC] = Reader(_text(lambda run: unicodedata.normalize("NFC", run)), {"marks": ANY["marks"]})


def run_of(word: str | bytes, size: int) -> bytes:
    """The word again and again, some ``size`` octets of it."""
    octets = word.encode() if isinstance(word, str) else word
    return octets * (size // len(octets))


def _read(reader: Reader, run: bytes) -> None:
    with contextlib.suppress(Refusal, ValueError):
        reader.read(run)


def chosen(name: str, nth: int) -> list[str]:
    """Every ``nth`` shape of a reader, and each reader begins at another one."""
    return list(READERS[name].shapes)[list(READERS).index(name) % nth :: nth] or list(READERS[name].shapes)


def main(shim: str, nth: str, *names: str) -> None:
    """Call each reader with each run of each size; valgrind tells how many instructions it took."""
    valgrind = ctypes.CDLL(shim)
    shapes = {name: {shape: READERS[name].shapes[shape] for shape in chosen(name, int(nth))} for name in names}
    for name in names:  # what is imported, compiled or kept at the first call is not counted
        for word in shapes[name].values():
            _read(READERS[name], run_of(word, 100))
    gc.collect()
    gc.disable()
    valgrind.start()
    for name in names:
        for shape, word in shapes[name].items():
            for size in READERS[name].sizes:
                run = run_of(word, size)
                valgrind.tell()
                _read(READERS[name], run)
                valgrind.tell()
                os.write(2, f"counted: {name}|{shape}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
