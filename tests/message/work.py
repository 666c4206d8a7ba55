"""Counts what reading a stranger's header costs: instructions of the processor, which valgrind counts alike on every
machine and on every day, in Python, in the regular expressions and in the tables of Unicode.

Run by test_work_is_linear.py, under valgrind: ``work.py SHIM READER…``.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterator

from relay.authentication.arc import arc_sets
from relay.authentication.authentication_results import read_results
from relay.authentication.dkim_verify import Letter, read_signature, signing_domain, without_value
from relay.authentication.tags import tags
from relay.message.addresses import display_names, mailboxes, mailboxes_of, normalise
from relay.message.author import author_of_from
from relay.message.canonical import body_hash, field_form
from relay.message.charsets import tidy
from relay.message.fingerprint import fingerprint
from relay.message.glance import glance
from relay.message.headers import split
from relay.message.plain import html_to_text
from relay.message.returned import recognise
from relay.message.words import decoded, parameters, raw_text
from relay.refusals import Refusal
from relay.smtp.server.data import Body

SIZES = (0, 1_000, 4_000, 16_000)  # octets

SHIM = """
#include <valgrind/callgrind.h>
void start(void) { CALLGRIND_START_INSTRUMENTATION; }
void tell(void) { VALGRIND_MONITOR_COMMAND("status internal"); }
"""
"""Valgrind's client requests are instructions that do nothing elsewhere; only C can write them. The second writes to
standard error, among other things, how many instructions there were so far."""

_WORDS = {
    "letters": "a", "blanks": " ", "tabs": " \t", "folds": "\r\n ", "folded words": "x\r\n ", "controls": "\x01",
    "commas": ",", "commas and blanks": " ,", "semicolons": ";", "colons": ":", "dots": ".", "at signs": "@",
    "open": "<", "close": ">", "open and close": "<>", "unclosed": "<a ", "opened on and on": "<a@b,",
    "comments opened": "(", "comments with words": "(a", "comments closed": ")", "empty comments": "()",
    "quotes": '"', "quotes and words": '"a', "quotes and commas": '",', "backslashes": "\\", "escaped quotes": '\\"',
    "brackets": "[", "dotted": "a.", "addresses": "a@b,", "addresses and blanks": "a@b , ", "mailboxes": "<a@b>",
    "local parts": "a@", "groups": "g:a@b;", "group names": "a:", "routes": "<@a,@b:", "names": "Doe, ", "words": "a b ",
    "Unicode domains": "a@\u00e9.c,", "labels": "\u00e9.", "encoded words": "=?utf-8?q?a?=",
    "encoded apart": "=?utf-8?b?YQ==?= ", "encoded in turns": "=?utf-8?q?a?= =?latin1?q?b?= ", "opened words": "=?a?q?",
    "word marks": "=?", "bad base64": "=?utf-8?b?a?=", "unknown charset": "=?x-y?q?a?=", "escaped": "=?utf-8?q?=20?=",
    "tags": ";d=", "many tags": "; d", "equals": "=", "parameters": ';a*1*=a"', "percents": "%41", "dashes": "-",
    "marks": "\u0301\u0323", "marks in one": "\u0f73", "marks on a letter": "e\u0301\u0323\u0331 ", "jamo": "\u1100\u1161\u11a8",
    "emoji": "\U0001f600", "no-break": "\u00a0", "line ends of Unicode": "\u2028", "next lines": "\x85",
    "tags of HTML": "<p>", "comments of HTML": "<!--", "declarations": "<!", "instructions": "<?", "sections": "<![",
    "scripts": "<script>", "end tags": "</a", "attributes": "<a b='", "references": "&lt;", "ampersands": "&#",
    "lists": "<ul><li>", "links": "<a href=http:x>", "quoting lines": "> a\r\n", "line ends": "\r\n", "dot lines": "\r\n.",
}  # fmt: skip
_SHAPES = {name: word.encode() for name, word in _WORDS.items()} | {
    "octets beyond ASCII": b"\xff",
    "half letters": b"\xc3",
}
_FROM = b"From: <a@b.test>\r\n"


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
    glance(content, head)
    fingerprint(content, head)


def _received(run: bytes) -> None:
    arriving = Body(1 << 20)
    for at in range(0, len(run), 1000):
        arriving.feed(run[at : at + 1000])
    arriving.feed(b"\r\n.\r\n")
    arriving.content()


def _text(reader: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda run: reader(raw_text(run))


_FIELDS = (b"From", b"To", b"Cc", b"Reply-To", b"Message-ID", b"References", b"Subject", b"DKIM-Signature", b"X-Other")
READERS: dict[str, Callable[[bytes], object]] = {
    **{f"all of {name.decode()}": lambda run, name=name: _glanced(letter(name, run)) for name in _FIELDS},
    **{f"many {name.decode()}": lambda run, name=name: _glanced(many(name, run)) for name in (*_FIELDS[:4], b"Received")},
    "author_of_from": lambda run: author_of_from(run + b" <a@b.test>"),
    "author_of_from, a comment": lambda run: author_of_from(b"a@b.test (" + run + b")"),
    "mailboxes": _text(mailboxes),
    "mailboxes_of": lambda run: mailboxes_of([run] * 2, 1 << 20),
    "display_names": _text(display_names),
    "normalise": _text(lambda run: normalise(f"{run}@b.test")),
    "normalise, a domain": _text(lambda run: normalise(f"a@{run}")),
    "decoded": decoded,
    "parameters": lambda run: parameters(b"text/plain; a=b" + run),
    "tidy": _text(tidy),
    "html_to_text": _text(html_to_text),
    "recognise, text": lambda run: recognise(body(b"text/plain", run), null_sender=True),
    "recognise, HTML": lambda run: recognise(body(b"text/html", run), null_sender=True),
    "recognise, From": lambda run: recognise(letter(b"From", run), null_sender=True),
    "recognise, Subject": lambda run: recognise(letter(b"Subject", run), null_sender=True),
    "recognise, Content-Type": lambda run: recognise(letter(b"Content-Type", b"text/plain" + run), null_sender=True),
    "fingerprint": lambda run: fingerprint(body(b"text/plain", run)),
    "body_hash": lambda run: [body_hash(run, 0, relaxed=relaxed) for relaxed in (True, False)],
    "Letter.of": lambda run: Letter.of(letter(b"DKIM-Signature", b"v=1; d=b.test; " + run)).plain,
    "read_signature": lambda run: read_signature(b"DKIM-Signature: v=1; a=rsa-sha256; d=b.test; s=s; h=from" + run),
    "signing_domain": lambda run: signing_domain(b"DKIM-Signature: d=b.test; " + run),
    "without_value": lambda run: without_value(b"DKIM-Signature: b=" + run + b"\r\n"),
    "field_form": lambda run: field_form(b"Subject: " + run + b"\r\n", relaxed=True),
    "tags": _text(tags),
    "arc_sets": lambda run: arc_sets(Letter.of(letter(b"ARC-Seal", b"i=1; " + run))),
    "read_results": _text(lambda run: read_results(f"mx.test; spf=pass {run}")),
    "Body": _received,
}  # fmt: skip
"""What is done for a letter before anybody is proven. Each takes a run of one shape."""


def runs(size: int) -> Iterator[tuple[str, bytes]]:
    """Every shape, ``size`` octets of it."""
    for name, word in _SHAPES.items():
        yield name, (word * (size // len(word) + 1))[:size]


def _read(reader: Callable[[bytes], object], run: bytes) -> None:
    with contextlib.suppress(Refusal, ValueError):
        reader(run)


def main(shim: str, *names: str) -> None:
    """Call each reader with each run; valgrind writes down what it took."""
    valgrind = ctypes.CDLL(shim)
    for name in names:  # what is imported, compiled or kept at the first call is not counted
        for _, run in runs(300):
            _read(READERS[name], run)
    gc.collect()
    gc.disable()
    valgrind.start()
    for name in names:
        for size in SIZES:
            for shape, run in runs(size):
                valgrind.tell()
                _read(READERS[name], run)
                valgrind.tell()
                os.write(2, f"counted: {name}|{shape}|{size}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
