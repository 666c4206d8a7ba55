"""scripts/mutants: changes are made one at a time and only in a copy, and the tests that should detect them do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mutants
import pytest
from lab.mutation import mutants as made_of

SCRIPT = Path(mutants.__file__)


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("x = 1\n", ["x = 2"]),
        ("x = True\n", ["x = False"]),
        ("x = a < b\n", ["x = (a <= b)"]),
        ("x = a not in b\n", ["x = (a in b)"]),
        ("x = a and b\n", ["x = (a or b)"]),
        ("x = a + b\n", ["x = (a - b)"]),
        ("x = not a\n", ["x = (a)"]),
        ("x = a if b else c\n", ["x = (a)", "x = (c)"]),
        ("if a:\n    b\n", ["if False:\n    b", "if True:\n    b", "if not (a):\n    b"]),
        ("def f():\n    return a\n", ["def f():\n    return None"]),
        ("f(é)\n", ["pass"]),
        ("async def f():\n    é; await g()\n", ["async def f():\n    é; pass"]),
        ('"""Words: 1 < 2."""\n', []),
        ("log.info(a)\n", []),
        ("x: Literal[1]\n", []),
        ("@f(1)\ndef g():\n    return None\n", []),
        ('x = f"{1}"\n', []),
    ],
)
def test_a_module_has_these_mutants(source: str, changes: list[str]) -> None:
    assert [mutant.applied(source).rstrip("\n") for mutant in made_of("m.py", source)] == changes


def tree(place: Path, check: str) -> Path:
    """A project with one line to change, whose test asserts ``check``."""
    for name, text in {
        "relay/__init__.py": "",
        "relay/store/__init__.py": '"""Adds."""\n\n\ndef more(number):\n    return number + 1\n',
        "tests/store/test_more.py": f"from relay.store import more\n\n\ndef test_more():\n    assert {check}\n",
        "pyproject.toml": '[tool.pytest.ini_options]\nmarkers = ["long: x"]\naddopts = "--import-mode=importlib"\n',
    }.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    return place


@pytest.mark.parametrize(
    ("check", "alive"),
    [("more(1) == 2", 0), ("more(0) in (-1, 1)", 1), ("callable(more)", 3)],
    ids=["an exact test", "a loose test", "a test of nothing"],
)
def test_a_mutant_survives_when_no_test_detects_it(check: str, alive: int, tmp_path: Path) -> None:
    root = tree(tmp_path / "tree", check)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    copies = [mutants.Copy.of(root, tmp_path / name, Path(sys.prefix)) for name in ("a", "b")]
    changes = made_of("relay/store/__init__.py", (root / "relay/store/__init__.py").read_text())
    results = mutants.Runner(copies).run(changes)
    assert [change for change, _ in results] == changes
    assert sum(ended.word == "passed" for _, ended in results) == alive
    assert mutants.table(results).startswith(f"3 mutants, {3 - alive} killed")
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_run_that_does_not_end_times_out_and_leaves_no_process(tmp_path: Path) -> None:
    root = tree(tmp_path / "tree", "__import__('subprocess').run(['sleep', '987654'])")
    copy = mutants.Copy.of(root, tmp_path / "copy", Path(sys.prefix))
    assert copy.test(["tests/store/test_more.py"], 5).word == "timeout"
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert "sleep 987654" not in running


def test_tests_that_fail_without_a_mutant_are_an_error(tmp_path: Path) -> None:
    copy = mutants.Copy.of(tree(tmp_path / "tree", "False"), tmp_path / "copy", Path(sys.prefix))
    with pytest.raises(mutants.MutantsError, match="without any mutant"):
        mutants.Runner([copy]).run(made_of("relay/store/__init__.py", "x = 1\n"))


def test_every_package_has_tests_and_the_nearest_come_first() -> None:
    rooms = {mutants.room_of(str(path.relative_to(mutants.ROOT))) for path in (mutants.ROOT / "relay").rglob("*.py")}
    without = [room for room in sorted(rooms) if not mutants.tests_of(f"relay/{room}/x.py", mutants.ROOT)]
    assert set(without) <= {
        "__init__.py",
        "__main__.py",
        "model",
        "outcomes.py",
        "refusals.py",
        "shipped.py",
        "rebuild_answer.py",
    }
    assert mutants.tests_of("relay/smtp/client/pipeline.py", mutants.ROOT)[0] == "tests/smtp/client/test_pipeline.py"


def test_a_seed_gives_the_same_sample() -> None:
    drawn = [mutants.sample(mutants.ROOT, ["policy", "outbound"], seed, 20) for seed in (5, 5, 6)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len({(mutant.path, mutant.line) for mutant in drawn[0]}) == 20


@pytest.mark.long
@pytest.mark.once
def test_most_mutants_of_a_sample_are_detected() -> None:
    options = ["--seed", "7", "--count", "12", "--most", "4"]
    done = subprocess.run([sys.executable, str(SCRIPT), *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("12 mutants")


@pytest.mark.long
@pytest.mark.once
@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("relay/daemon.py", "async def _serve(", "async def _serves("),
        (
            "relay/workers/process.py",
            "parts = written(done(order, letter, signers))",
            "parts = written(done(order, letter, None))",
        ),
    ],
)
def test_a_story_detects_a_fault_in_the_installed_program_and_in_its_workers(
    path: str, before: str, after: str, tmp_path: Path
) -> None:
    copy = mutants.Copy.of(mutants.ROOT, tmp_path / "copy", Path(sys.prefix))
    source = (copy.place / path).read_text("utf-8")
    assert source.count(before) == 1
    story = ["tests/stories/test_a_letter_crosses.py"]
    assert copy.test(story, 600).word == "passed"
    copy.write(path, source.replace(before, after))
    assert copy.test(story, 600).word == "failed"
