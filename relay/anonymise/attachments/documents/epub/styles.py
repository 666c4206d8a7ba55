"""Cleans the style sheets of an e-book: properties by allow-list, neutral classes, files of the book only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.attachments.documents.epub.names import Names

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_PROPERTY = re.compile(
    r"(?:-(?:webkit|epub|moz)-)?(?:"
    r"(?:background|border|break|caption|column|font|letter|line|list|margin|max|min|orphans|outline|padding|page|text|"
    r"word|writing|hyphens|ruby|unicode|white|table|empty|clear|float|quotes|counter)(?:-[a-z-]{1,40})?"
    r"|color|direction|display|height|width|widows|vertical-align|position|top|left|right|bottom|z-index|opacity|"
    r"visibility|overflow|transform|object-fit|object-position|box-sizing|content|src|align-items|justify-content|flex"
    r"|fill|stroke|line-height)"
)
_VALUE = re.compile(r"[\w\s#%.,()+\-/'\"!*:\u00a0-\uffff]{0,500}")
_URL = re.compile(r"url\(\s{0,9}([\"']?)([^\"'()\s]{1,500})\1\s{0,9}\)", re.IGNORECASE)
_UNSAFE = re.compile(r"url\(|expression|image-set|src\(|javascript|behavior|\\", re.IGNORECASE)
_SIMPLE = re.compile(
    r"([A-Za-z][\w-]{0,30}|\*)?((?:[.#][^\s.#,>+~:\[\]()]{1,200})*)"
    r"((?:::?(?:first-(?:child|letter|line|of-type)|last-(?:child|of-type)|link|visited|hover|active|before|after|root"
    r"|nth-(?:child|of-type)\([\w+ -]{1,20}\)))*)"
)
_PART = re.compile(r"([.#])([^\s.#,>+~:\[\]()]+)")
_STEPS = re.compile(r"\s*([>+~])\s*|\s+")
_MEDIA = re.compile(r"@(?:media|supports)[\w\s():,.\-]{0,200}")
_AT_RULES = frozenset({"@font-face", "@page"})


def clean_sheet(sheet: str, path: str, names: Names, depth: int = 0) -> str:
    """The rules of a style sheet that lies at ``path``. What imports or fetches, and what is of no known form, goes."""
    out: list[str] = []
    for prelude, body in _rules(_COMMENT.sub("", sheet) if not depth else sheet):
        if _MEDIA.fullmatch(prelude) and not names.redactor.find(prelude):
            within = clean_sheet(body, path, names, depth + 1) if depth < 3 else ""
            if within:
                out.append(f"{prelude} {{\n{within}}}\n")
            continue
        selectors = prelude if prelude in _AT_RULES else ",".join(filter(None, _selectors(prelude, names)))
        style = clean_style(body, path, names)
        if selectors and style and (prelude != "@font-face" or "src:" in style):
            out.append(f"{selectors} {{{style}}}\n")
    return "".join(out)


def clean_style(style: str, path: str, names: Names) -> str:
    """The kept declarations of a rule or a style attribute."""
    kept = []
    for declaration in _COMMENT.sub("", style).split(";"):
        name, _, value = declaration.partition(":")
        name, clean = name.strip().lower(), _value(value.strip(), path, names)
        if clean and _PROPERTY.fullmatch(name):
            kept.append(f"{name}:{clean}")
    return ";".join(kept)


def _value(value: str, path: str, names: Names) -> str:
    """A value with the new names of the files in it; "" when it would fetch something else, or names somebody."""
    left_out = False

    def renamed(found: re.Match[str]) -> str:
        nonlocal left_out
        new = names.link(found[2], path)
        left_out = left_out or new is None
        return f"URL({new})"

    clean = _URL.sub(renamed, value)
    if left_out or _UNSAFE.search(clean.replace("URL(", "")) or not _VALUE.fullmatch(clean):
        return ""
    return "" if names.redactor.find(value) else clean.replace("URL(", "url(")


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """(what stands before the braces, what is in them), for each rule at the top."""
    begun = body = depth = 0
    for mark in re.finditer(r"[{};]", sheet):
        if mark[0] == "{":
            depth += 1
            if depth == 1:
                body = mark.end()
        elif mark[0] == "}" and depth:
            depth -= 1
            if not depth:
                yield " ".join(sheet[begun : body - 1].split()), sheet[body : mark.start()]
                begun = mark.end()
        elif not depth:
            begun = mark.end()  # @import and the like


def _selectors(prelude: str, names: Names) -> Iterator[str]:
    for selector in prelude.split(","):
        steps = [_step(step, names) for step in _STEPS.split(selector.strip()) if step]
        yield " ".join(steps) if steps and all(steps) else ""


def _step(step: str, names: Names) -> str:
    if step in (">", "+", "~"):
        return step
    simple = _SIMPLE.fullmatch(step)
    if simple is None or names.redactor.find(simple[1] or ""):
        return ""
    parts = [
        m + (names.class_name(name) if m == "." else names.identifier(name)) for m, name in _PART.findall(simple[2])
    ]
    return (simple[1] or "") + "".join(parts) + (simple[3] or "")
