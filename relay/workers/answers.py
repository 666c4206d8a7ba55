"""Encodes and decodes a worker's answer: a line of JSON, and octets where the answer has some.

A worker parses hostile mail and may be compromised, so its answer must not run code in the server: it is never
unpickled, and accepted only when its type is one that its order allows.
"""

from __future__ import annotations

import json
import struct
from dataclasses import fields

from relay.message.confirmation.read_answer import ReadAnswer, YesNo
from relay.model import Doubt, Rebuilt, Removal
from relay.outcomes import Returned, ReturnKind
from relay.refusals import CannotAnonymise, ContactDetails, Malformed, Refusal, StillIdentifying

FRAME = struct.Struct("!?QQ")
"""Precedes each order and each answer: whether it is in the shared buffer, and the lengths in octets of its two parts
(an order has one, its pickle; an answer has JSON and a letter). The first frame of a worker is empty: it is ready."""

Answer = Rebuilt | Returned | ReadAnswer | bytes | None

_REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind for kind in (CannotAnonymise, StillIdentifying, ContactDetails, Malformed)
}


def written(answer: Answer | Refusal) -> tuple[bytes, bytes]:
    """Encode an answer as JSON and octets."""
    match answer:
        case Rebuilt(content, removals, doubts, remembered):
            told = [[r.kind, r.count, r.detail] for r in removals], [[d.kind, d.words, d.file, d.page] for d in doubts]
            return _json("rebuilt", [*told, len(remembered)]), remembered + content
        case Returned():
            return _json("returned", {f.name: getattr(answer, f.name) for f in fields(answer)}), b""
        case Refusal():
            return _json("refusal", [type(answer).__name__, answer.detail, answer.file]), b""
        case bytes():
            return _json("octets", None), answer
        case ReadAnswer():
            return _json("answer", {f.name: getattr(answer, f.name) for f in fields(answer)}), b""
        case None:
            return _json("none", None), b""


def read(line: bytes, content: bytes, allowed: tuple[type, ...]) -> Answer | Refusal:
    """Decode an answer. Raises ValueError when it is invalid, or of a type not in ``allowed``; a Refusal is always
    allowed."""
    try:
        kind, value = json.loads(line)
        answer = _read(kind, value, content)
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no answer") from error
    if not isinstance(answer, (*allowed, Refusal)):
        raise ValueError("an answer to another question")
    return answer


def _json(kind: str, value: object) -> bytes:
    return json.dumps([kind, value]).encode()


def _read(kind: str, value: object, content: bytes) -> Answer | Refusal:
    match kind, value:
        case "rebuilt", [list(removals), list(doubts), int(length)] if 0 <= length <= len(content):
            told = tuple(_removal(*each) for each in removals), tuple(_doubt(*each) for each in doubts)
            return Rebuilt(content[length:], *told, content[:length])
        case "returned", {"kind": str(why), "status": str(status), "certain": bool(certain)}:
            return Returned(ReturnKind(why), status, certain)
        case "refusal", [str(name), str(detail), str(file)]:
            return _REFUSALS[name](detail, file)
        case "octets", None:
            return content
        case "answer", {"answer": str(word), "code_written": bool(written), "code_anywhere": bool(anywhere)}:
            return ReadAnswer(YesNo(word), written, anywhere)
        case "none", None:
            return None
    raise ValueError("no answer")


def _removal(kind: object, count: object, detail: object) -> Removal:
    if not (isinstance(kind, str) and isinstance(count, int) and isinstance(detail, str)):
        raise TypeError("no removal")
    return Removal(kind, count, detail)


def _doubt(kind: object, words: object, file: object, page: object) -> Doubt:
    if not (isinstance(kind, str) and isinstance(words, str) and isinstance(file, str) and isinstance(page, int)):
        raise TypeError("no doubt")
    return Doubt(kind, words, file, page)
