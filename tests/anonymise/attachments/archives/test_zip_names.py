"""Names of files in a ZIP are read in the charset of the system that packed it."""

from __future__ import annotations

import io
import zipfile

import pytest

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.identities import Redactor
from relay.model import Attachment, Identity, Known, Message, Persona

QUIET = Persona("Quiet River", "quiet-river.p9@relay.example.org")


def packed(names: list[str], codec: str) -> bytes:
    """A ZIP whose names are in ``codec``, without the flag of UTF-8."""
    out = io.BytesIO()
    stand_ins = {f"{number}".rjust(len(name.encode(codec)), "x"): name for number, name in enumerate(names)}
    with zipfile.ZipFile(out, "w") as archive:
        for stand_in in stand_ins:
            archive.writestr(stand_in, "words of the homework")
    content = out.getvalue()
    for stand_in, name in stand_ins.items():
        content = content.replace(stand_in.encode(), name.encode(codec))
    return content


@pytest.mark.parametrize(
    ("codec", "person", "other"),
    [
        ("cp866", "Екатерина Волкова", "Домашняя работа.txt"),
        ("cp1251", "Екатерина Волкова", "Домашняя работа.txt"),
        ("gbk", "王晓明", "我的作业和学校.txt"),
        ("cp932", "田中浩", "学校のしゅくだい.txt"),
        ("cp949", "김민준", "학교 숙제 이야기.txt"),
        ("cp850", "Jürgen Müller", "Über die Prüfung für später.txt"),
        ("cp852", "Agnieszka Wróbel", "Żółta książka i gęś.txt"),
        ("utf-8", "Jürgen Müller", "Über die Prüfung.txt"),
    ],
)
def test_a_name_goes_and_the_others_can_be_read(codec: str, person: str, other: str) -> None:
    known = Known(Identity(("a7@real.example",), (person,)), QUIET, Identity(("b9@real.example",)), QUIET)
    content = packed([f"{person} 1.txt", other], codec)
    done = scrub_attachments(
        Message(attachments=(Attachment(content, "application/zip", "a.zip"),)), Redactor(known)
    ).message.attachments[0]
    with zipfile.ZipFile(io.BytesIO(done.content)) as archive:
        assert archive.namelist() == ["document-1.txt", other]
