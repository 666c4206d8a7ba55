"""The folders of the tests mirror those of the source: tests/store/people tests
relay/store/people. Also: what the server's process loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "relay"
# Tests of the whole program, or of scripts/.
OF_ALL = {"stories", "fuzz", "scripts", "machines"}


def test_every_folder_of_tests_is_a_folder_of_the_source() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    assert len(folders) > 20
    assert [
        str(one)
        for one in sorted(folders)
        if one.parts[:1] != () and one.parts[0] not in OF_ALL and not (PACKAGE / one).is_dir()
    ] == []


def test_every_package_has_tests() -> None:
    packages = {path.parent.relative_to(PACKAGE).parts[0] for path in PACKAGE.glob("*/__init__.py")}
    # rehearsal is tested by its command, and model holds nothing but types.
    assert sorted(one for one in packages - {"rehearsal", "model"} if not any((TESTS / one).rglob("test_*.py"))) == []


def test_the_servers_process_does_not_load_what_reads_letters() -> None:
    """Workers read letters. It is a third of what the server would load, and parsers of files it has no use for."""
    loads = "import sys, relay.daemon; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert "relay.assembly" in done.stdout.split()
    assert not {"relay.anonymise.identities", "pikepdf", "PIL", "nh3", "lxml"} & set(done.stdout.split())
