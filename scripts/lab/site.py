"""Makes a website of the documentation with Sphinx, MyST and Furo: static files, nothing from another server."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Caption → pages, in their order. A page that is in none of them goes to the last.
CHAPTERS: dict[str, tuple[str, ...]] = {
    "For people who run it": (
        *("docs/production", "docs/operating", "docs/settings", "docs/check", "docs/cli", "docs/behind-another-server"),
        *("docs/deliverability", "docs/replies", "docs/letters", "docs/scaling", "docs/show"),
    ),
    "Short guides": (
        *("docs/help/first-pair", "docs/help/held", "docs/help/lost", "docs/help/keys", "docs/help/privacy"),
        *("docs/help/rights", "docs/help/safeguarding", "docs/help/reported", "docs/help/scripts"),
    ),
    "What it does to letters": (
        *("docs/flow", "docs/what-we-remove", "docs/names", "docs/guesses", "docs/files"),
        *("docs/converters", "docs/forms", "docs/malware", "docs/fingerprint"),
    ),
    "Safety": ("docs/privacy", "docs/threat-model", "docs/durability", "docs/SECURITY"),
    "For people who change it": (
        *("CONTRIBUTING", "docs/architecture", "docs/glossary", "docs/testing", "docs/fuzzing", "docs/performance"),
        *("docs/decisions/README", "CHANGELOG"),
    ),
}
_LINKED = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_FONTS = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif"
SETTINGS = {
    "project": "relay",
    "html_title": "relay",
    "extensions": ["myst_parser"],
    "root_doc": "index",
    "html_theme": "furo",
    "html_theme_options": {
        "light_css_variables": {
            "font-stack": _FONTS,
            "color-brand-primary": "#1d5c49",
            "color-brand-content": "#1d5c49",
        },
        "dark_css_variables": {"color-brand-primary": "#8fd3bb", "color-brand-content": "#8fd3bb"},
    },
    "html_show_sphinx": False,
    "html_show_copyright": False,
    "html_copy_source": False,
    "html_use_index": False,
    "myst_heading_anchors": 4,
    "highlight_language": "text",
}


class SiteError(Exception):
    """The site cannot be made. The text says why: a link that leads nowhere, or a program that is missing."""


def build(into: Path) -> None:
    """Write the site to ``into``, which must not exist or be empty. Raises SiteError."""
    if into.exists() and any(into.iterdir()):
        raise SiteError(f"{into} is not empty")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "source"
        arrange(source)
        warnings = _run(source, into, folder / "doctrees")
    for rest in (".buildinfo", "objects.inv"):
        (into / rest).unlink(missing_ok=True)
    shutil.rmtree(into / "_sources", ignore_errors=True)
    if warnings:
        raise SiteError("\n".join(line.replace(f"{source}/", "") for line in warnings))


def arrange(source: Path) -> None:
    """Copy the pages, and what they link to, to ``source``; README becomes the first page."""
    pages = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    pages += sorted((ROOT / "docs").rglob("*.md"))
    for page in pages:
        text = page.read_text("utf-8")
        for link in _LINKED.findall(text):
            _copy((page.parent / link).resolve(), source)
        if page.name == "README.md" and page.parent == ROOT:
            text = f"{text}\n{_contents(pages)}"
            target = source / "index.md"
        else:
            target = source / page.relative_to(ROOT)
            text = re.sub(r"\]\((\.\./)README\.md", r"](\1index.md", text) if page.parent == ROOT / "docs" else text
            text += _numbered(page)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def _copy(linked: Path, source: Path) -> None:
    """Copy a file that is no page; a link to what does not exist is reported by Sphinx."""
    if linked.is_file() and linked.suffix != ".md" and linked.is_relative_to(ROOT):
        target = source / linked.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(linked, target)


def _contents(pages: Sequence[Path]) -> str:
    """The table of contents, for the side of each page."""
    known = {name for names in CHAPTERS.values() for name in names}
    names = [str(page.relative_to(ROOT).with_suffix("")) for page in pages]
    others = [one for one in names if one not in known and one != "README" and not one.startswith("docs/decisions/")]
    chapters = {**CHAPTERS, **({"More": tuple(others)} if others else {})}
    return "\n".join(_toctree(f":caption: {caption}", names) for caption, names in chapters.items())


def _numbered(page: Path) -> str:
    """Below the page of decisions: the decisions."""
    if page != ROOT / "docs" / "decisions" / "README.md":
        return ""
    return "\n" + _toctree(":maxdepth: 1", [one.stem for one in sorted(page.parent.glob("0*.md"))])


def _toctree(option: str, names: Sequence[str]) -> str:
    return "\n".join(["```{toctree}", ":hidden:", option, "", *names, "```", ""])


def _run(source: Path, into: Path, doctrees: Path) -> list[str]:
    """Run Sphinx. Returns its warnings."""
    try:
        import furo  # noqa: F401 -- a theme that is missing would only be named in a traceback
        import myst_parser  # noqa: F401
        from sphinx.application import Sphinx
        from sphinx.errors import SphinxError
    except ImportError as missing:
        raise SiteError(f"{missing.name} is not installed: pip install --group site") from missing
    found = _Lines()
    try:
        app = Sphinx(source, None, into, doctrees, "html", SETTINGS, status=None, warning=found)
        app.build()
    except SphinxError as error:
        raise SiteError(str(error)) from error
    return found.lines


class _Lines:
    """A file to write to that keeps lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, text: str) -> int:
        self.lines += [line for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines() if line.strip()]
        return len(text)

    def flush(self) -> None:
        pass


if __name__ == "__main__":
    folder = Path(sys.argv[1]).absolute()
    try:
        build(folder)
    except SiteError as error:
        sys.exit(f"docs: {error}")
    print(f"open {folder / 'index.html'}")
