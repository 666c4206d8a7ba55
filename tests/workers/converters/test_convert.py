"""Letters get what was made of their files; what hangs is refused, and what cannot begin is put off."""

from __future__ import annotations

from hashlib import sha256

import pytest

from relay.model import Conversions, ToConvert
from relay.refusals import CannotAnonymise, NeedsConversion, TryLater
from relay.settings import AttachmentSettings
from relay.workers.converters import convert, sandbox
from relay.workers.converters.convert import Converters
from relay.workers.converters.programs import Program

from .conftest import FILES

FILE = ToConvert("doc", b"old", "CV.doc")


async def asking(conversions: Conversions) -> Conversions:
    """A letter with one file to convert."""
    if not conversions.made:
        raise NeedsConversion("in an old form", files=(FILE,))
    return conversions


def using(script: str, monkeypatch: pytest.MonkeyPatch, **settings: object) -> Converters:
    """Converters whose only program is a shell script."""
    program = Program("Script", ("doc",), "old files", ("/bin/sh",), "dash", lambda _: script)
    monkeypatch.setattr(convert, "PROGRAMS", (program,))
    monkeypatch.setattr(convert, "program_for", lambda file: program if file.kind == "doc" else None)
    return Converters(AttachmentSettings(**settings))  # type: ignore[arg-type]


@pytest.mark.usefixtures("sandboxes")
async def test_a_letter_is_read_again_with_what_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    converters = using("tr a-z A-Z </job/input >/job/result", monkeypatch)
    await converters.open()
    assert converters.kinds == {"doc"}
    made = await converters.with_conversions(asking)
    assert made == Conversions(frozenset(), ((sha256(b"old").digest(), b"OLD"),))


@pytest.mark.usefixtures("sandboxes")
@pytest.mark.parametrize("script", ["true", "kill -SEGV $$"])
async def test_a_file_that_its_program_cannot_read_is_told_as_such(
    script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    converters = using(script, monkeypatch)
    await converters.open()
    assert (await converters.with_conversions(asking)).made == ((sha256(b"old").digest(), None),)


@pytest.mark.usefixtures("sandboxes")
async def test_a_converter_that_hangs_refuses_the_file_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    converters = using("sleep 60", monkeypatch, converter_deadline=30.0)
    await converters.open()
    converters.settings = AttachmentSettings(converter_deadline=0.5)
    with pytest.raises(CannotAnonymise, match="took too long") as refused:
        await converters.with_conversions(asking)
    assert refused.value.file == "CV.doc"


@pytest.mark.parametrize("bwrap", ["/bin/false", "/nowhere/bwrap"])
async def test_a_sandbox_that_is_gone_puts_the_letter_off(bwrap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    converters = using("true", monkeypatch)
    converters.kinds = frozenset({"doc"})
    monkeypatch.setattr(sandbox, "BWRAP", bwrap)
    with pytest.raises(TryLater):
        await converters.with_conversions(asking)


async def test_more_letters_than_can_wait_are_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    converters = using("true", monkeypatch)
    converters.kinds = frozenset({"doc"})
    converters._letters = 20
    with pytest.raises(TryLater):
        await converters.with_conversions(asking)
    assert converters._letters == 20


async def test_where_nothing_may_be_converted_the_letter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    never = using("true", monkeypatch, convert="never")
    await never.open()
    assert never.kinds == frozenset()
    monkeypatch.setattr(sandbox, "BWRAP", "/nowhere/bwrap")
    without = using("true", monkeypatch)
    await without.open()
    assert without.kinds == frozenset()


def test_the_old_document_of_these_tests_names_its_author() -> None:
    assert b"Jane Doe" in (FILES / "letter.doc").read_bytes()
