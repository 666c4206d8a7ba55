"""Cleans one link: removes tracking, redirects and identities."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from relay.anonymise import tokens
from relay.anonymise.identities import Redactor, replaced

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")
_UNSEEN = re.compile(r"[\x00-\x20\x7f]+")
_TELEPHONE = re.compile(r"tel:[+\d\s().;=*#\-]{2,40}", re.IGNORECASE)

# Parameters that identify a reader or a click. Those of a campaign (utm_…) identify nobody and stay: some sites need
# them.
_TRACKING_PREFIXES = ("hsa_", "pk_", "mtm_", "oly_")
_TRACKING = frozenset(
    str.split("""
        fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid li_fat_id igshid igsh mc_eid mc_cid
        _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok vero_id vero_conv _ke wickedid ml_subscriber
        ml_subscriber_hash rb_clickid s_cid epik srsltid _openstat sc_cid ns_mchannel
    """)
)
# Time zone parameters in links to calendars: they show where the author lives.
_TIME_ZONES = frozenset({"ctz", "stz", "etz", "tz", "timezone"})
# (host or its suffix, path, parameters with the real address)
_DETOURS = (
    ("google.com", "/url", ("q", "url")),
    (".safelinks.protection.outlook.com", "", ("url",)),
    ("l.facebook.com", "/l.php", ("u",)),
    ("l.instagram.com", "", ("u",)),
    ("lm.facebook.com", "/l.php", ("u",)),
    ("youtube.com", "/redirect", ("q",)),
    ("linkedin.com", "/redir/redirect", ("url",)),
    ("slack-redir.net", "/link", ("url",)),
    ("deref-gmx.net", "/mail/client", ("redirectUrl",)),
    ("deref-web.de", "/mail/client", ("redirectUrl",)),
)
_SAFE = "%/:?#[]@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class Link:
    """A cleaned link: ``url`` None when it is removed; ``tracked``: tracking was removed from it; ``named``: it held an
    identity."""

    url: str | None
    tracked: bool = False
    named: bool = False


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
    if kind not in {"http", "https"}:
        return Link(None)
    try:
        straight = _without_detour(url)
        direct = _without_tracking(straight)
    except ValueError:
        return Link(None)
    return _without_names(direct, redactor, tracked=direct != url)


def _mailto(url: str, redactor: Redactor) -> Link:
    clean, count = redactor.redact(unquote(url[7:]))
    if not count:
        return Link(url)
    to, mark, fields = clean.partition("?")
    return Link("mailto:" + quote(to, safe="@,+") + mark + quote(fields, safe="=&@,+;"), named=True)


def _without_detour(url: str) -> str:
    for _ in range(3):
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        for end, path, names in _DETOURS:
            if not (host == end or host.endswith("." + end.lstrip("."))) or not parts.path.startswith(path):
                continue
            query = dict(parse_qsl(parts.query))
            target = next(
                (query[name] for name in names if query.get(name, "").lower().startswith(("http://", "https://"))), None
            )
            if target is not None:
                url = target
                break
        else:
            return url
    return url


def _without_tracking(url: str) -> str:
    parts = urlsplit(url)
    if not parts.query and "=" not in parts.fragment:
        return url
    own = _TIME_ZONES if "calendar" in parts.netloc + parts.path else frozenset()
    query, fragment = _untracked(parts.query, own), _untracked(parts.fragment, own)
    if (query, fragment) == (parts.query, parts.fragment):
        return url
    return urlunsplit(parts._replace(query=query, fragment=fragment))


def _untracked(query: str, own: frozenset[str]) -> str:
    kept = []
    for parameter in query.split("&"):
        name = unquote(parameter.partition("=")[0]).lower()
        if not (name in _TRACKING or name in own or name.startswith(_TRACKING_PREFIXES)):
            kept.append(parameter)
    return "&".join(kept)


def _without_names(url: str, redactor: Redactor, *, tracked: bool) -> Link:
    hidden = tokens.find(url, redactor)
    if hidden:
        # Programs put the addressee or the owner of a calendar into a token.
        return replace(_without_names(replaced(url, hidden), redactor, tracked=tracked), named=True)
    findings = redactor.find(url)
    if not findings:
        return Link(url, tracked)
    after_host = url.find("/", url.find("//") + 2)
    if after_host < 0 or any(finding.start < after_host for finding in findings):
        return Link(None, tracked, named=True)
    clean = replaced(
        url, [replace(finding, replacement=quote(finding.replacement, safe=_SAFE)) for finding in findings]
    )
    if redactor.find(clean):
        return Link(None, tracked, named=True)
    return Link(clean, tracked, named=True)
