"""Encodes and decodes a worker's answer: a line of JSON, and octets where the answer has some.

A worker parses hostile mail and may be compromised, so its answer must not run code in the server: it is never
unpickled, and accepted only when its type is one that its order allows.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, fields

from relay.message.confirmation.read_answer import ReadAnswer, YesNo
from relay.model import Change, DmarcReport, Doubt, Echo, Echoes, Passed, Rebuilt, Removal, ToConvert
from relay.outcomes import Returned, ReturnKind, Sign
from relay.refusals import (
    CannotAnonymise,
    ContactDetails,
    Malformed,
    NeedsConversion,
    NotProven,
    Refusal,
    StillIdentifying,
)

FRAME = struct.Struct("!?QQ")
"""Precedes each order and each answer: whether it is in the shared buffer, and the lengths in octets of its two parts
(an order is its pickle and a letter; an answer, JSON and a letter). The first frame of a worker is empty: it is
ready."""

Answer = Rebuilt | Passed | Returned | ReadAnswer | DmarcReport | None

_WITH_LETTER = ("removals", "doubts", "echoes", "subject_returned", "command", "questions")
_REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind for kind in (CannotAnonymise, StillIdentifying, NotProven, ContactDetails, Malformed)
}


def written(answer: Answer | Refusal) -> tuple[bytes, bytes]:  # noqa: PLR0911 -- one for each type
    """Encode an answer as JSON and octets."""
    match answer:
        case Rebuilt(content, remembered=remembered):
            facts = asdict(answer)
            told = {name: facts[name] for name in _WITH_LETTER}
            return _json("rebuilt", {**told, "remembered": len(remembered)}), remembered + content
        case Passed(content, subject, removals):
            return _json("passed", [subject, [asdict(removal) for removal in removals]]), content
        case Returned():
            return _json("returned", {f.name: getattr(answer, f.name) for f in fields(answer)}), b""
        case NeedsConversion(files=files):
            described = [[one.kind, one.filename, len(one.content)] for one in files]
            return _json("conversion", [answer.detail, described]), b"".join(one.content for one in files)
        case Refusal():
            return _json("refusal", [type(answer).__name__, answer.detail, answer.file, answer.own_words]), b""
        case ReadAnswer():
            return _json("answer", {f.name: getattr(answer, f.name) for f in fields(answer)}), b""
        case DmarcReport():
            return _json("dmarc", asdict(answer)), b""
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


def _read(kind: str, value: object, content: bytes) -> Answer | Refusal:  # noqa: PLR0911 -- one for each type
    match kind, value:
        case "rebuilt", {
            "removals": list(removals),
            "doubts": list(doubts),
            "echoes": dict(echoes),
            "remembered": int(length),
            "subject_returned": bool(returned),
            "command": str(command),
            "questions": list(questions),
        } if 0 <= length <= len(content):
            told = _echoes(**echoes), content[:length], returned, command, tuple(map(_word, questions))
            return Rebuilt(content[length:], tuple(map(_removal, removals)), tuple(map(_doubt, doubts)), *told)
        case "returned", {
            "kind": str(why),
            "status": str(status),
            "certain": bool(certain),
            "sign": str(sign),
            "senders": list(senders),
            "until": list(until),
            "back": list(back),
        }:
            words = (tuple(map(_word, those)) for those in (senders, until, back))
            return Returned(ReturnKind(why), status, certain, Sign(sign), *words)
        case "refusal", [str(name), str(detail), str(file), list(words)]:
            return _REFUSALS[name](detail, file, tuple(map(_word, words)))
        case "conversion", [str(detail), list(files)] if files:
            return NeedsConversion(detail, files=_files(files, content))
        case "passed", [str(subject), list(removals)]:
            return Passed(content, subject, tuple(map(_removal, removals)))
        case "answer", dict(facts):
            return _answer(**facts)
        case "dmarc", dict(facts):
            return _dmarc(**facts)
        case "none", None:
            return None
    raise ValueError("no answer")


def _files(told: list[object], content: bytes) -> tuple[ToConvert, ...]:
    """Files that stand one behind the other in ``content``."""
    found: list[ToConvert] = []
    at = 0
    for one in told:
        match one:
            case [str(kind), str(name), int(length)] if 0 <= length <= len(content) - at:
                found.append(ToConvert(kind, content[at : at + length], name))
                at += length
            case _:
                raise TypeError("no file")
    return tuple(found)


def _dmarc(*, report_id: object, domain: object, **numbers: object) -> DmarcReport:
    match report_id, domain:
        case str(id), str(name) if all(isinstance(one, int) and 0 <= one < 2**62 for one in numbers.values()):
            return DmarcReport(id, name, **numbers)  # type: ignore[arg-type]  # they are int: tested above
    raise TypeError("no report")


def _removal(one: dict[str, object]) -> Removal:
    match one:
        case {"kind": str(kind), "count": int(count), "detail": str(detail)}:
            return Removal(kind, count, detail)
    raise TypeError("no removal")


def _doubt(one: dict[str, object]) -> Doubt:
    match one:
        case {"kind": str(kind), "words": str(words), "file": str(file), "page": int(page)}:
            return Doubt(kind, words, file, page)
    raise TypeError("no doubt")


def _echoes(mentions: list[dict[str, object]], changes: list[dict[str, object]], **others: list[object]) -> Echoes:
    words = {name: tuple(map(_word, words)) for name, words in others.items()}
    return Echoes(tuple(map(_echo, mentions)), changes=tuple(map(_change, changes)), **words)


def _change(one: dict[str, object]) -> Change:
    match one:
        case {"kind": str(kind), "arrived": str(arrived), "written": str(written)}:
            return Change(kind, arrived, written)
    raise TypeError("no change")


def _echo(one: dict[str, object]) -> Echo:
    match one:
        case {"before": str(before), "words": str(words), "behind": str(behind), "times": int(times)}:
            return Echo(before, words, behind, times)
    raise TypeError("no echo")


def _word(word: object) -> str:
    if not isinstance(word, str):
        raise TypeError("no word")
    return word


def _answer(  # noqa: PLR0917 -- its fields
    answer: object,
    code_written: object,
    code_anywhere: object,
    line: object,
    words: object,
    below: object,
    files: object,
    own: object,
    conditional: object,
) -> ReadAnswer:
    match answer, code_written, code_anywhere, line, words, below, files:
        case str(word), bool(written), bool(anywhere), str(first), int(count), str(second), bool(attached):
            if isinstance(own, str) and isinstance(conditional, bool):
                return ReadAnswer(YesNo(word), written, anywhere, first, count, second, attached, own, conditional)
    raise ValueError("no answer")
