"""Removes from Markdown, and from HTML in text, what a reader's program would fetch to show it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from html import unescape

import regex

from relay.anonymise.identities import Finding
from relay.anonymise.passages import together

KIND = "remote-picture"

# A target outside of the file: any scheme but data: and cid:, a host, a share.
_REMOTE = re.compile(r"\s*(?:(?!data:|cid:|attachment:)[a-z][a-z0-9+.\-]{1,30}:|//|\\\\|/\\|\\/)", re.IGNORECASE)
_FETCHED_BY_STYLE = re.compile(r"url\s{0,9}\(|@import|image-set|expression|\\", re.IGNORECASE)
_TAG = regex.compile(r"<([A-Za-z][\w:-]{0,40})((?:[^\"'<>]++|\"[^\"]{0,4000}+\"|'[^']{0,4000}+'){0,200}+)>")
_OPENING = re.compile(r"<(?=[A-Za-z])")
_ATTRIBUTE = regex.compile(r"([\w:@.-]{1,60})\s{0,20}+=\s{0,20}+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
_LINKS = frozenset({("a", "href"), ("area", "href")})
_PLAIN = frozenset(str.split("alt title class id name width height align dir lang rel type target"))
# Elements that are of no use without what they fetch or run.
_ACTIVE = frozenset(str.split("script iframe frame frameset object embed applet base link meta portal form"))

_FETCHING = re.compile(
    r"<(?:img|image|video|audio|source|track|input|embed|object|i?frame|script|link|body|table|t[rdh]|svg|use|feimage|base"
    r"|meta|style|portal|form|applet)[\s/]",
    re.IGNORECASE,
)
_STYLED = re.compile(r"(?:style|background)\s{0,9}=", re.IGNORECASE)
_LONGEST_SHEET, _LONGEST_TAG = 8_000, 4_000

_PICTURE = regex.compile(
    r"!\[((?:[^\[\]\n]|\\.|\[[^\[\]\n]{0,300}\]){0,1000}+)\]"
    r"(?:\(\s{0,50}+(?:<([^<>\n]{0,4000}+)>|([^\s()]{0,4000}+(?:\([^\s()]{0,4000}+\)[^\s()]{0,4000}+){0,9}))"
    r"(?:\s{1,50}+(?:\"[^\"]{0,1000}+\"|'[^']{0,1000}+'|\([^()]{0,1000}+\)))?\s{0,50}+\)|\s?\[[^\[\]\n]{0,1000}+\])?"
)
_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]\n]{1,999})\]:\s{0,9}<?(\S{1,4000})", re.MULTILINE)
_FENCE = re.compile(r"^(```+|~~~+)([^\n`]*)$", re.MULTILINE)
_ANY_FENCE = re.compile(r"```|~~~")
_BLOCK = re.compile(r"<(?:pre|script|style|textarea|!|\?)", re.IGNORECASE)


def is_remote(target: str) -> bool:
    """Whether a target leads out of the file."""
    return _REMOTE.match(target) is not None


def in_markdown(text: str) -> list[Finding]:
    """Pictures of Markdown become their description, those in HTML lose their source; links stay. In order."""
    if "![" not in text and "<" not in text:
        return []
    code = _fenced(text)
    found = together((list(_pictures(text)), in_html(text)))
    ends = [end for _, end in code]
    nearest = ((one, bisect_right(ends, one.start)) for one in found)
    return [one for one, at in nearest if at == len(code) or one.start < code[at][0]]


def in_html(text: str) -> list[Finding]:
    """What the HTML elements in a text would fetch: the values of their attributes, and elements that run. In order."""
    found: list[Finding] = []
    styled = [each.start() for each in _STYLED.finditer(text)]
    end = 0
    for opening in _OPENING.finditer(text):
        at = opening.start()
        if at < end:
            continue
        tag = _TAG.match(text, at)
        if tag is None:
            # Too long or unfinished: programs differ in where it ends.
            if _FETCHING.match(text, at) or _is_styled(text, at, styled):
                found.append(Finding(at, at + 1, "&lt;", KIND))
            continue
        end = tag.end()
        found += _in_tag(tag, text)
    return found


def _is_styled(text: str, at: int, styled: list[int]) -> bool:
    """Whether an unfinished tag at ``at`` may go on until a style."""
    number = bisect_left(styled, at)
    if number == len(styled) or styled[number] - at > _LONGEST_TAG:
        return False
    return text.find(">", at, styled[number]) < 0


def _in_tag(tag: regex.Match[str], text: str) -> Iterator[Finding]:
    name = tag[1].lower()
    if name in _ACTIVE or (name == "style" and _style_fetches(text, tag.end())):
        yield Finding(tag.start(), tag.start() + 1, "&lt;", KIND)
        return
    for attribute in _ATTRIBUTE.finditer(text, tag.start(2), tag.end(2)):
        key = attribute[1].lower()
        group = next(number for number in (2, 3, 4) if attribute[number] is not None)
        if key in _PLAIN or (name, key) in _LINKS or not _fetches(key, attribute[group]):
            continue
        yield Finding(attribute.start(group), attribute.end(group), "" if group < 4 else '""', KIND)


def _style_fetches(text: str, start: int) -> bool:
    end = text.find("</", start, start + _LONGEST_SHEET)
    return end < 0 or _FETCHED_BY_STYLE.search(text, start, end) is not None


def _fetches(key: str, value: str) -> bool:
    value = re.sub(r"[\x00-\x20]", "", unescape(value))
    if key.startswith("on"):
        return bool(value)
    if key == "style":
        return _FETCHED_BY_STYLE.search(value) is not None
    if key == "srcset":
        return any(is_remote(each) for each in value.split(","))
    return is_remote(value)


def _pictures(text: str) -> Iterator[Finding]:
    targets = {" ".join(each[1].casefold().split()): each[2] for each in _DEFINITION.finditer(text)}
    for picture in _PICTURE.finditer(text):
        words = picture[1]
        target = picture[2] if picture[2] is not None else picture[3]
        if target is not None:
            # A backslash escapes a sign (CommonMark 2.4), or begins a share.
            if is_remote(unescape(target)) or is_remote(unescape(target.replace("\\", ""))):
                yield Finding(picture.start(), picture.end(), f"[{words}]", KIND)
            continue
        label = picture[0][len(words) + 3 :].strip(" []") or words
        if is_remote(unescape(targets.get(" ".join(label.casefold().split()), ""))):
            # A reference to a definition: without its mark it is a link.
            yield Finding(picture.start(), picture.start() + 1, "", KIND)


def _fenced(text: str) -> list[tuple[int, int]]:
    """The blocks of code between fences, where every Markdown program sees them as such: all fences at the beginning
    of a line, each after an empty one, and no HTML that could hold them (CommonMark 4.5, 4.6)."""
    fences = list(_FENCE.finditer(text))
    if not fences or len(_ANY_FENCE.findall(text)) != sum(len(each[1]) // 3 for each in fences) or _BLOCK.search(text):
        return []
    blocks: list[tuple[int, int]] = []
    start: re.Match[str] | None = None
    for fence in fences:
        if start is None:
            if fence.start() and not text.endswith(("\n\n", "\n\r\n"), 0, fence.start()):
                return []
            start = fence
        elif fence[1].startswith(start[1]) and not fence[2].strip():
            blocks.append((start.end(), fence.start()))
            start = None
    return blocks
