"""What the pages of docs/ say of the code is so: files, settings, packages, layers, libraries, metrics, numbers."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lab import program_words

from relay.anonymise.identities import Redactor
from relay.anonymise.text import scrub_text
from relay.model import Identity, Known, Message, Persona

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "relay"
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "relay/**/README.md")
    for path in ROOT.glob(pattern)
    if ".venv" not in path.parts
)
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
    Identity(("reader@mailbox.example",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "config" / "relay.toml").read_text("utf-8"))

_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s#]*)#([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(r"[\w./-]+\.(?:py|toml|md|svg|lock|yml|txt|css|js)|(?:relay|tests|scripts|docs|config)/[\w./-]+")
# Files of a home, of a member's copy, of other programs, and patterns for files.
ELSEWHERE = re.compile(
    r"/.*|.*\b[A-Z]{4,}\b.*|.*/NN-name|templates/pt/.*|.*/pt\.txt|relay\.toml|keys/.*|(?:data|dkim)\.json|axe\.min\.js"
    r"|package/.*|letters\.html|compose\.yaml"
)


def said(page: Path) -> list[str]:
    """What a page writes as code, outside of blocks."""
    return _CODE.findall(_FENCED.sub("", page.read_text("utf-8")))


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def stored() -> frozenset[str]:
    """Every file and folder of the project."""
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    there = [file for file in files if (ROOT / file).exists()]
    return frozenset({*there, *(str(parent) for file in there for parent in Path(file).parents)})


def anchor(heading: str) -> str:
    """A heading's anchor, as forges make it."""
    words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_anchor_is_a_heading(page: Path) -> None:
    missing = []
    for file, wanted in _LINK.findall(page.read_text("utf-8")):
        there = (page.parent / file if file else page).read_text("utf-8")
        if wanted not in map(anchor, _HEADING.findall(_FENCED.sub("", there))):
            missing.append(f"{file}#{wanted}")
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    """Paths are from the root, from relay/, from the room that the page is about, or the end of a longer one."""
    names = [word.partition("::")[0].rstrip("/") for word in said(page) if _FILE.fullmatch(word.partition("::")[0])]
    missing = [
        name
        for name in names
        if not ELSEWHERE.fullmatch(name)
        and name.removeprefix("../") not in stored()
        and not any(file.endswith(f"/{name.removeprefix('../')}") for file in stored())
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_line_of_code(page: Path) -> None:
    """Lines move. Where a command takes one, it is an example in a block."""
    assert [word for word in said(page) if re.search(r"\.py:\d", word)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    unknown = []
    for word in said(page):
        found = re.fullmatch(r"([a-z]+)\.([a-z_0-9]+)(?: = .*)?", word)
        if found and isinstance(SETTINGS.get(found[1]), dict) and found[2] not in (*SETTINGS[found[1]], "py", "toml"):
            unknown.append(word)
    assert set(unknown) <= {"store.commit", "smtp.hostnme"}  # a function, and an example of an error


def test_every_page_can_be_found_from_the_readme() -> None:
    linked = re.findall(r"\]\((docs/[^)#]+)", (ROOT / "README.md").read_text("utf-8"))
    assert [name_of(page) for page in PAGES if page.parent.name == "docs" and name_of(page) not in linked] == []


def rows(after: str) -> Iterator[list[str]]:
    """The cells of the first table of architecture.md below a heading."""
    table = ARCHITECTURE[ARCHITECTURE.index(f"\n## {after}\n") :].split("\n| --- ", 1)[1].split("\n\n", 1)[0]
    yield from ([cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()[1:])


def names_in(cell: str) -> list[str]:
    return [name.rstrip("/").removesuffix(".py") for name in _CODE.findall(cell)]


def test_every_package_is_in_the_table_of_packages() -> None:
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert sorted(name for row in rows("Packages") for name in names_in(row[0])) == sorted(
        there - {"__init__", "__main__"}
    )


def test_every_room_of_the_anonymiser_is_in_the_table_of_rooms() -> None:
    folder = PACKAGE / "anonymise"
    there = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    named = [name for row in rows("Rooms of the anonymiser") for name in names_in(row[0])]
    assert sorted([*named, "scrub", "scrubbers", "passages"]) == sorted(there - {"__init__"})


@cache
def imports() -> dict[str, set[str]]:
    """Package → the packages that it imports."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "relay":
                parts = node.module.split(".")
                names = [parts[1]] if len(parts) > 1 else [one.name for one in node.names]
                found.setdefault(own, set()).update(name for name in names if name != own)
    return found


def test_what_the_table_says_of_imports_is_so() -> None:
    """What a row names is imported, and all else that is imported comes with it, or is a plain type or setting."""
    plain = {"model", "outcomes", "states", "refusals", "settings", "settings_file", "settings_values", "ownership"}
    plain |= {"durable_files"}
    wrong = []
    for first, _, cell in rows("Packages"):
        if not re.fullmatch(r"nothing|[a-z_]+(?:, [a-z_]+)*", cell):
            continue
        named = set() if cell == "nothing" else set(cell.split(", "))
        own = set(names_in(first))
        actual = {one for name in own for one in imports().get(name, ())} - own
        reached = set(named)
        while more := {one for name in reached for one in imports().get(name, ())} - reached:
            reached |= more
        if named - actual or actual - reached - plain:
            wrong.append((first, sorted(named - actual), sorted(actual - reached - plain)))
    assert wrong == []


def test_the_drawing_of_layers_is_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [one["layers"] for one in contracts if one["type"] == "layers"]
    drawn = ARCHITECTURE.split("## Who may import whom", 1)[1].split("```")[1].removeprefix("text\n")
    lines = [re.split(r"  +", line.strip())[0].split(" │ ") for line in drawn.splitlines() if line.strip()]
    assert [set(line) for line in lines] == [set(layer.split(" | ")) for layer in layers if layer != "__main__"]


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    page = (ROOT / "docs" / "decisions" / "0007-libraries.md").read_text("utf-8")
    named = {line.split("|")[1].split()[0].lower() for line in page.splitlines() if line.startswith("| ")}
    assert sorted({re.split(r"[\[<>=; ]", one)[0].lower() for one in wanted} - named) == []


def test_every_metric_is_in_the_table() -> None:
    source = (PACKAGE / "monitoring" / "metrics.py").read_text("utf-8")
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    said_in = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    made = {one for one in said_in if isinstance(one, str) and re.fullmatch(r"relay_[a-z_]+", one)}
    named = {word.removesuffix("_total") for word in _CODE.findall(page) if re.fullmatch(r"relay_[a-z_]+", word)}
    assert len(made) > 10
    assert sorted(one.removesuffix("_total") for one in made) == sorted(named)


SPELLED = {"six": 6, "twenty": 20, "eighty": 80}


@pytest.mark.parametrize(
    ("page", "pattern", "counted"),
    [
        ("CHANGELOG.md", r"similar lines are removed in (\w+) languages", "sent"),
        ("CHANGELOG.md", r"company details are removed in (\w+) languages", "notice"),
        ("CHANGELOG.md", r"warnings of gateways in (\w+),", "banner"),
        ("CHANGELOG.md", r"closing formulas of (\w+) languages", "names"),
        ("CHANGELOG.md", r"Names are found in (\w+) languages", "names"),
        ("CHANGELOG.md", r"recognised by their words in (\w+) languages", "absence"),
        ("CHANGELOG.md", r"letters in (\w+) languages before and after", "gallery"),
        ("CHANGELOG.md", r"write as words are recognised in (\w+) languages", "receipts"),
        ("docs/flow.md", r"absence messages in (\w+) languages", "absence"),
        ("docs/flow.md", r"receipts in (\w+) languages", "receipts"),
        ("docs/flow.md", r"a word for yes or no in (\w+) languages", "letters"),
        ("docs/names.md", r"below a closing formula, in all (\w+) languages", "names"),
    ],
)
def test_a_number_of_languages_is_that_of_the_data(page: str, pattern: str, counted: str) -> None:
    found = re.findall(pattern, (ROOT / page).read_text("utf-8"))
    assert found, pattern
    assert {SPELLED.get(one) or int(one) for one in found} == {how_many(counted)}


def how_many(counted: str) -> int:
    folders = {
        "names": "relay/anonymise/names/languages/*.toml",
        "sent": "relay/anonymise/appended/languages/*.toml",
        "gallery": "tests/letters/languages/*.eml",
        "letters": "templates/*/answers.toml",
    }
    if counted in folders:
        return len(list(ROOT.glob(folders[counted])))
    if counted in ("notice", "banner"):
        return sum(f"[{counted}]" in path.read_text("utf-8") for path in ROOT.glob(folders["sent"]))
    table = {"absence": "absence_phrases", "receipts": "receipt_phrases"}[counted]
    return len(tomllib.loads((PACKAGE / "message" / "automatic" / f"{table}.toml").read_text("utf-8")))


@pytest.mark.parametrize("row", program_words.ROWS, ids=lambda row: row.example[:20])
def test_an_example_of_what_programs_write_becomes_what_the_page_says(row: program_words.Row) -> None:
    """Below a letter, and a line of a receipt or an answer in it."""
    letter = f"Dear Tom,\n\nhow is the kiln? I fired forty bowls, and two of them cracked.\n\n{row.example}\n"
    done = scrub_text(Message(text=letter), Redactor(KNOWN))
    assert (done.message.text or "").strip() == letter.replace(row.example, row.left).strip()
    assert [removal.kind for removal in done.removals] == [row.kind]
