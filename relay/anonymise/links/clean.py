"""Cleans one link: removes tracking, redirects and identities."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlsplit

from relay.anonymise import tokens
from relay.anonymise.identities import Finding, Redactor, replaced
from relay.anonymise.links.read import NOTHING, Reading, read_link

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")
_UNSEEN = re.compile(r"[\x00-\x20\x7f]+")
_TELEPHONE = re.compile(r"tel:[+\d\s().;=*#\-]{2,40}", re.IGNORECASE)

_GAP = re.compile(r"(?:%(?:25)*(?:20|2[BDE]|5F)|[-+_.])?", re.IGNORECASE)
_SAFE = "%/:?#[]@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class Link:
    """A cleaned link: ``url`` None when it is removed; ``reading`` tells what it leads to, names and all, and what was
    removed from it; ``named``: it held an identity."""

    url: str | None
    reading: Reading = NOTHING
    named: bool = False

    @property
    def broken(self) -> bool:
        """Whether what is left of it may not open."""
        return self.named or self.reading.closed


def clean_link(url: str, redactor: Redactor) -> Link:
    """Clean one href. Only http, https, mailto and tel are kept (RFC 3986 3.1)."""
    url = _UNSEEN.sub("", url)
    scheme = _SCHEME.match(url)
    kind = scheme[1].lower() if scheme else ""
    if kind == "mailto":
        return _mailto(url, redactor)
    if kind == "tel":
        return Link(url if _TELEPHONE.fullmatch(url) else None)
    if url.startswith("//"):
        url, kind = "https:" + url, "https"
    if kind not in {"http", "https"} or not _is_valid(url):
        return Link(None)
    return cleaned(read_link(url), redactor)


def cleaned(reading: Reading, redactor: Redactor) -> Link:
    """What is left of a link that was read, without names."""
    if not reading.url:
        return Link(None, reading)
    url, named = _without_names(reading.url, redactor)
    return Link(url, reading, named)


def _is_valid(url: str) -> bool:
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True


def _mailto(url: str, redactor: Redactor) -> Link:
    clean, count = redactor.redact(unquote(url[7:]))
    if not count:
        return Link(url)
    to, mark, fields = clean.partition("?")
    return Link("mailto:" + quote(to, safe="@,+") + mark + quote(fields, safe="=&@,+;"), named=True)


def _without_names(url: str, redactor: Redactor) -> tuple[str | None, bool]:
    """A link with every identity in it replaced, in letters that a link may hold, and whether there was one; None where
    that is impossible, because the host names somebody."""
    hidden = tokens.find(url, redactor)
    # Programs put the addressee or the owner of a calendar into a token.
    plain = replaced(url, hidden)
    findings = redactor.find(plain)
    if not findings:
        return plain, bool(hidden)
    after_host = plain.find("/", plain.find("//") + 2)
    if after_host < 0 or any(finding.start < after_host for finding in findings):
        return None, True
    joined = _joined(plain, findings)
    clean = replaced(plain, [replace(one, replacement=quote(one.replacement, safe=_SAFE)) for one in joined])
    return (None if redactor.find(clean) or tokens.find(clean, redactor) else clean), True


def is_replaced(url: str, redactor: Redactor) -> bool:
    """Whether a name in a link was replaced already: it leads nowhere, and shows nobody."""
    persona = redactor.known.author_persona
    return any(quote(word, safe=_SAFE) in url for word in (persona.name, persona.alias) if word)


def _joined(url: str, findings: list[Finding]) -> list[Finding]:
    """The findings, those of one person that only a sign keeps apart as one: jane%20whitcombe."""
    out: list[Finding] = []
    for finding in findings:
        last = out[-1] if out else None
        if last and last.replacement == finding.replacement and _GAP.fullmatch(url, last.end, finding.start):
            out[-1] = replace(last, end=finding.end)
        else:
            out.append(finding)
    return out
