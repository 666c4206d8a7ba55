"""Tests lie where what they test lies: tests/store/people is about relay/store/people."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "relay"
# What is about the whole program, or about scripts/.
OF_ALL = {"stories", "fuzz", "scripts"}


def test_every_folder_of_tests_is_a_folder_of_the_source() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    assert len(folders) > 20
    assert [
        str(one)
        for one in sorted(folders)
        if one.parts[:1] != () and one.parts[0] not in OF_ALL and not (PACKAGE / one).is_dir()
    ] == []


def test_every_room_has_tests() -> None:
    rooms = {path.parent.relative_to(PACKAGE).parts[0] for path in PACKAGE.glob("*/__init__.py")}
    # monitoring is tested by a story, rehearsal by its command.
    assert (
        sorted(room for room in rooms - {"monitoring", "rehearsal"} if not any((TESTS / room).rglob("test_*.py"))) == []
    )
