"""Finds contact details that the author gives: numbers, accounts, addresses, streets, links, and where they work."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files

from relay.anonymise.identities import Finding
from relay.anonymise.links.read import read_link
from relay.anonymise.signature_blocks import Rows, own_passages
from relay.anonymise.whereabouts import descriptions, streets

REPLACEMENT = "[…]"

# Distance from a number or name within which cue words make it the author's own.
_BEFORE, _AFTER = 80, 40
_MAX_SERVICES = 500

_TABLE: dict[str, dict[str, list[str]]] = tomllib.loads(
    files(__package__).joinpath("contact_cues.toml").read_text("utf-8")
)
_PHONE = re.compile(r"(?<![\w.@/=&?#-])[+＋(]{0,2}\d[\d \u00a0().\-/–‑]{5,24}\d(?![\w@])")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_URL = re.compile(
    r"(?:https?://|(?<![\w.@/-])(?=[\w.-]{1,60}\.[a-z]{2,8}/))[^\s<>\"'“”‘’()\[\]{}|]{4,2000}", re.IGNORECASE
)
_SERVICE = re.compile(
    rf"\b(?:{'|'.join(_TABLE['services']['words'])})\b|{'|'.join(_TABLE['services']['within_words'])}", re.IGNORECASE
)
_HANDLE = re.compile(r"(?<![\w.@/+-])@[A-Za-z0-9_](?:[\w.]{1,28}\w)(?![\w@])")
_NAMED = re.compile(
    r"[ \u00a0]?(?:id|name|handle|account|username|user name|nick|konto|compte|cuenta|profil|号)?[ \u00a0]*"
    r"(?:is|ist|est|es|è|é|jest|är|adı|ni|adalah|là|as|als|under|unter|هو|है|は|是|:|：|=|-|–)[ \u00a0]*"
    r"([A-Za-z0-9_](?:[\w.-]{2,28})\w)",
    re.IGNORECASE,
)

_MEETING = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:zoom\.(?:us|com)/(?:j|my|s|w|meeting)/|meet\.google\.com/|g\.co/meet"
    r"|teams\.(?:microsoft|live)\.com/(?:l/meetup|meet|l/chat)|calendly\.com/|cal\.com/|whereby\.com/|meet\.jit\.si/"
    r"|webex\.com/(?:meet|join|\S*j\.php)|join\.skype\.com/|doodle\.com/(?:bp|mm)/|bookings?\.\S{0,40}microsoft\.com/"
    r"|calendar\.app\.google/|savvycal\.com/|acuityscheduling\.com|kmeet\.infomaniak\.com/|discord\.gg/"
    r"|facetime\.apple\.com/)",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:(?:docs|drive|sites|photos|script|keep)\.google\.com/(?!intl)|photos\.app\.goo\.gl/"
    r"|forms\.gle/|1drv\.ms/|onedrive\.live\.com/|sharepoint\.com/|icloud\.com/(?:\w|#)|dropbox\.com/(?:s|sh|scl|l|t)/"
    r"|we\.tl/|wetransfer\.com/downloads|box\.com/s/|notion\.(?:so|site)/|padlet\.com/|overleaf\.com/(?:read"
    r"|project|\d)"
    r"|canva\.com/design|figma\.com/(?:file|design)|miro\.com/app|disk\.yandex\.\w+/|cloud\.mail\.ru/public"
    r"|pan\.baidu\.com/s/)",
    re.IGNORECASE,
)
# Links that are always a personal account; and those that may be anybody's.
_ACCOUNT = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:linkedin\.com/in/|wa\.me/|api\.whatsapp\.com/send|chat\.whatsapp\.com/"
    r"|t\.me/|m\.me/"
    r"|snapchat\.com/add/|signal\.(?:me|group)/|discord(?:app)?\.com/users/|line\.me/ti/|u\.wechat\.com/"
    r"|linktr\.ee/|vk\.me/)",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:instagram\.com|facebook\.com|fb\.com|twitter\.com|x\.com|tiktok\.com|github\.com"
    r"|gitlab\.com|youtube\.com|threads\.net|bsky\.app|reddit\.com|vk\.com|ok\.ru|weibo\.com|xing\.com|medium\.com"
    r"|\w[\w-]*\.(?:wordpress|blogspot|tumblr|substack)\.com)/",
    re.IGNORECASE,
)
_NUMBER_CUE, _ADDRESS_CUE, _ACCOUNT_CUE = (
    re.compile("|".join(cue for cues in _TABLE[of].values() for cue in cues), re.IGNORECASE)
    for of in ("number", "address", "account")
)


def find(text: str, rows: Rows, *, described: bool = False) -> list[Finding]:
    """Contact details in the author's own words, not in quoted text; in order, none overlapping. Kinds: phone, handle,
    own-address, meeting-link, share-link, street; with ``described`` also self-description.

    A number, an address or a profile counts when words such as "call me on" or "my new mail is" are near; somebody
    else's stays. A handle next to the name of its service, and a link to a meeting room, a shared file or a personal
    account, counts by itself. ``rows`` are those of the letter. Linear in the text.
    """
    found: list[Finding] = []
    for start, end in own_passages(text, rows):
        passage = text[start:end]
        found += (Finding(start + at, start + until, REPLACEMENT, kind) for at, until, kind in _in(passage))
        found += (Finding(start + at, start + until, REPLACEMENT, "street") for at, until in streets(passage))
        if described:
            spans = descriptions(passage)
            found += (Finding(start + at, start + until, REPLACEMENT, "self-description") for at, until in spans)
    found.sort(key=lambda finding: (finding.start, -finding.end))
    chosen: list[Finding] = []
    for finding in found:
        if not chosen or finding.start >= chosen[-1].end:
            chosen.append(finding)
    return chosen


def kind_of_link(url: str) -> str | None:
    """The kind of a link that counts by itself: "meeting-link", "share-link", "handle"; or None."""
    if _MEETING.match(url):
        return "meeting-link"
    if _SHARE.match(url):
        return "share-link"
    return "handle" if _ACCOUNT.match(url) else None


def _in(passage: str) -> Iterator[tuple[int, int, str]]:
    for url in _URL.finditer(passage):
        end = url.start() + len(url[0].rstrip(".,;:!?。，、»*_"))
        target = read_link(url[0]).target if "://" in url[0] else url[0]
        kind = kind_of_link(target)
        if kind is None and _PROFILE.match(target) and _is_own(passage, url.start(), end, _ACCOUNT_CUE):
            kind = "handle"
        if kind:
            yield url.start(), end, kind
    for address in _ADDRESS.finditer(passage) if "@" in passage else ():
        if _is_own(passage, *address.span(), _ADDRESS_CUE):
            yield *address.span(), "own-address"
    for phone in _PHONE.finditer(passage):
        digits = sum(map(str.isdigit, phone[0]))
        if 7 <= digits <= 15 and _is_own(passage, *phone.span(), _NUMBER_CUE):
            yield *phone.span(), "phone"
    yield from _handles(passage)


def _handles(passage: str) -> Iterator[tuple[int, int, str]]:
    services = [service.span() for service in _SERVICE.finditer(passage)]
    for _, end in services[:_MAX_SERVICES]:
        named = _NAMED.match(passage, end)
        if named and _ACCOUNT_CUE.search(passage, max(0, end - _BEFORE), end):
            yield *named.span(1), "handle"
    if not services:
        return
    for handle in _HANDLE.finditer(passage):
        around = passage[max(0, handle.start() - 30) : handle.end() + 30]
        if _SERVICE.search(around):
            yield *handle.span(), "handle"


def _is_own(passage: str, start: int, end: int, cue: re.Pattern[str]) -> bool:
    """Whether words that mark something as the author's own stand just before, or just after on the same line."""
    before = passage[max(0, start - _BEFORE) : start].rpartition("\n\n")[2]
    after = passage[end : end + _AFTER].partition("\n")[0]
    return bool(cue.search(before) or cue.search(after))
