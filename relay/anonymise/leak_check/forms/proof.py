"""Proves the form of a finished letter: of the letter itself, and of each file in it by its kind."""

from __future__ import annotations

import re
from collections.abc import Callable

from relay.anonymise.echoes import is_known_file
from relay.anonymise.leak_check.forms.kinds import KINDS, kind_of
from relay.anonymise.leak_check.forms.letter import File, read_letter
from relay.anonymise.leak_check.forms.reading import NotOurForm, Proof, need
from relay.anonymise.leak_check.forms.shown import prove_shown
from relay.message.read.parse import parse
from relay.model import Attachment, Known, Message
from relay.refusals import NotProven

_LETTER = (
    "this letter is built in a way that could not be proven anonymous; please send it as plain text, without what you "
    "do not need"
)
_FILE = (
    "a file in this letter may still say who made it, where or with what; please save it in another format, or leave "
    "it out"
)


def prove_form(letter: bytes, known: Known, received: Message | None = None) -> None:
    """Prove a finished, unsigned letter, which was made of ``received``. A file that its reader wrote may pass as it
    is, and a file that relay cannot read as ``known.unknown_files`` says. Raises NotProven, with the file's name."""
    proof = Proof(reader_for(known), frozenset(change.written for change in known.echoes.changes))
    try:
        read = read_letter(letter)
        if received is not None:
            names = (known.author_persona.name, known.recipient_persona.name)
            prove_shown(received, read.text, read.html or "", names)
    except NotOurForm as fault:
        raise NotProven(_LETTER) from fault
    for number, file in enumerate(read.files):
        try:
            _read_file(file, proof, known)
        except NotOurForm as fault:
            raise NotProven(_FILE, _name_of(letter, number, file)) from fault


def reader_for(known: Known) -> Callable[[bytes, Proof], str]:
    """The reader of files inside of files: of each by its kind, which it returns."""

    def read(octets: bytes, proof: Proof) -> str:
        kind = kind_of(octets)
        need(kind != "unknown" or known.unknown_files != "refuse", "a file that cannot be read")
        KINDS[kind].prove(octets, proof)
        return kind

    return read


def _read_file(file: File, proof: Proof, known: Known) -> None:
    """Prove a file of a letter, which may be a letter. Raises NotOurForm."""
    attachment = Attachment(file.content, file.media_type)
    if is_known_file(attachment, known):
        return
    if file.media_type == "message/rfc822":
        for inner in read_letter(file.content).files:
            _read_file(inner, proof, known)
    else:
        read_file(attachment, proof)


def read_file(file: Attachment, proof: Proof) -> None:
    """Prove a file by its kind, and that its type says so. Raises NotOurForm."""
    kind = proof.inside(file.content)
    if kind == "unknown" and file.media_type.startswith("text/"):
        kind = "text"
    need(re.fullmatch(KINDS[kind].types, file.media_type), "the type of a file")


def _name_of(letter: bytes, number: int, file: File) -> str:
    """The name of a file as its author gave it."""
    named = parse(letter).attachments
    names = (one.filename for one in named if one.content == file.content)
    return next(names, None) or (named[number].filename if number < len(named) else None) or ""
