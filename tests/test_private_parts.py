"""Private names of libraries are used only if they are listed here, and then the library's version has an upper bound.

When an upgrade removes one of them, a test here fails with its name.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import pkgutil
import re
import ssl
import textwrap
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import aiosqlite
import pytest
from aiosmtpd.smtp import SMTP
from packaging.requirements import Requirement

import relay

ROOT = Path(__file__).resolve().parent.parent

# Class → its private names that relay uses. The reasons are in docs/decisions/0013-private-parts.md.
NAMED: dict[type, set[str]] = {
    aiosqlite.Connection: {"_execute", "_conn"},
    SMTP: {"_handle_client", "_handler_coroutine", "_reader", "_writer"},
    ssl.SSLObject: {"_sslobj"},
    asyncio.StreamReader: {"_buffer", "_transport"},
    asyncio.StreamWriter: {"_transport"},
}
_ALL = set().union(*NAMED.values())
# Documented names with an underscore: those of named tuples, lxml's class of an element, and what logging's HOWTO names
# under "Optimization".
_DOCUMENTED = {"_replace", "_asdict", "_fields", "_make", "_Element", "_exit", "_srcfile"}


def modules() -> list[ModuleType]:
    names = [found.name for found in pkgutil.walk_packages(relay.__path__, "relay.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def made_here(tree: ast.AST) -> set[str]:
    """Every private name that a module defines."""
    made: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and of_self(node):
            made.add(node.attr)
    return made


def of_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def borrowed() -> Iterator[tuple[str, str]]:
    """(place, name) of every use of a private name that the module does not define."""
    for path in sorted((ROOT / "relay").rglob("*.py")):
        tree = ast.parse(path.read_text())
        own = made_here(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and private(node.attr) and not of_self(node) and node.attr not in own:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.attr


def inherited() -> Iterator[tuple[str, str, type]]:
    """(class, name, base) of every private name of a library's base class that a class in relay uses or overrides."""
    for module in modules():
        for kind in vars(module).values():
            if not (inspect.isclass(kind) and kind.__module__ == module.__name__):
                continue
            foreign = [base for base in kind.__mro__ if not base.__module__.startswith(("relay.", "builtins"))]
            theirs = {base: parts(base) for base in foreign if base.__module__.split(".")[0] in _LIBRARIES}
            for name in parts(kind):
                for base, names in theirs.items():
                    if name in names:
                        yield f"{module.__name__}.{kind.__name__}", name, base


def parts(kind: type) -> set[str]:
    """Every private name that a class defines, or uses of self."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and of_self(node)}
    return {name for name in used | made_here(tree) if private(name)}


_LIBRARIES = {
    Requirement(words).name.replace("-", "_").split(".")[0]
    for words in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
} | {"asyncio", "dkim", "dns", "PIL", "jinja2"}


def test_the_decision_names_the_same() -> None:
    page = (ROOT / "docs" / "decisions" / "0013-private-parts.md").read_text("utf-8")
    table = "".join(line.split(" | ")[1] for line in page.splitlines() if line.startswith("| "))
    assert set(re.findall(r"\b_[a-z]\w+", table)) == _ALL


def test_private_names_of_libraries_are_used_only_if_listed() -> None:
    assert [(where, name) for where, name in borrowed() if name not in _ALL | _DOCUMENTED] == []


def test_private_names_of_base_classes_are_used_only_if_listed() -> None:
    found = list(inherited())
    assert [(who, name) for who, name, base in found if name not in NAMED.get(base, set())] == []
    assert any(base is SMTP for _, _, base in found), "the search finds nothing"


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in NAMED.items() for name in sorted(names)], ids=str
)
def test_each_listed_name_exists_in_the_installed_version(kind: type, name: str) -> None:
    assert name in parts(kind), f"{kind.__module__}.{kind.__name__} has no {name} any more: see docs/decisions"


@pytest.mark.parametrize("library", sorted({kind.__module__.split(".")[0] for kind in NAMED} - {"asyncio", "ssl"}))
def test_a_library_whose_private_names_are_used_has_an_upper_version_bound(library: str) -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    (wanted,) = [found for words in table if (found := Requirement(words)).name == library]
    assert any(bound.operator in ("<", "<=", "==", "~=") for bound in wanted.specifier)
    assert version(library) in wanted.specifier
