"""Makes hostile or sloppy HTML well-formed, without scripts, comments, forms and embedded media, in bounded time."""

from __future__ import annotations

import re
from collections.abc import Callable

import nh3

from relay.anonymise.html.ruby import with_readings_in_brackets
from relay.anonymise.tally import Tally
from relay.refusals import CannotAnonymise

MAX_HTML = 2 * 1024 * 1024
MAX_DEPTH = 200
# The parser's work grows with the sum of the depths of all tags; ordinary letters stay below a tenth of this.
_MAX_WORK = 3_000_000
# A writer of HTML looks from each "&" and no-break space to the end of its text for the next sign to escape.
_MOST_ESCAPED = 200_000
_MOST_BRACKETS = 500_000  # tags and what looks like one; long newsletters have 20,000

BLOCKS = frozenset(
    str.split("""
        address article aside blockquote caption center dd details div dl dt fieldset figcaption figure footer
        form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre section summary table tbody td tfoot th
        thead tr ul
    """)
)
INLINES = frozenset(
    str.split("""
        a abbr b bdi big br cite code del dfn em font i img ins kbd label mark q s samp small span strike strong
        sub sup tt u var wbr col colgroup
    """)
)
VOID = frozenset(str.split("br col hr img wbr"))

_DROPPED_WITH_CONTENT = frozenset(
    str.split("""
        script style title noscript template select option optgroup datalist textarea button iframe frameset
        noframes object applet svg math video audio canvas map xml noembed o:documentproperties
        o:officedocumentsettings w:worddocument
    """)
)
_FORMATTING = frozenset(str.split("a b big code em font i nobr s small strike strong tt u"))
_CLOSED_BY_NEXT = frozenset(str.split("html head body p li td th tr tbody thead tfoot dt dd option colgroup"))
_NO_CONTENT = VOID | frozenset(str.split("area base embed input link meta param source track"))

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
# The attributes of a tag, as a browser reads them (HTML Standard 13.2.5.32 to 38), and a whole tag.
_BLANK = r"\t\n\f\r "
_BEFORE, _NAME = rf"[{_BLANK}/]*+", rf"=?[^{_BLANK}/>=]++"
_VALUE = rf"(?>(?:[{_BLANK}]*+=[{_BLANK}]*+(?:\"[^\"]*+\"|'[^']*+'|[^{_BLANK}>]*+))?)"
_ATTRIBUTES_OF = re.compile(rf"{_BEFORE}({_NAME}){_VALUE}")
_WHOLE_TAG = re.compile(rf"<[a-zA-Z][^{_BLANK}/>]*+(?>(?:{_BEFORE}{_NAME}{_VALUE})*)")
_LONG = 20_000  # characters of a tag in which attributes are counted
_MOST_COMPARED = 50_000_000
"""Comparisons of the attributes of a tag: each is compared with all names before it."""
_LOST = re.compile(
    r"<(?:!--|!\[|/?(?:script|style|title|form|input|select|textarea|button|iframe|object|embed|svg|video|audio|meta|base"
    r"|link|xml|noscript)\b)",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"<[a-z][^<>]*?\s(?:class|id|name|title|lang|cite|datetime|on[a-z]+|data-[\w-]+|aria-[\w-]+)\s*=", re.IGNORECASE
)
# Apple Notes puts each table into an object without attributes: nothing is loaded, and the table is what is shown.
_BARE_OBJECT = re.compile(r"<object\s*>", re.IGNORECASE)
_RTL = re.compile(r"<(?:html|body)\b[^>]{0,2000}?\sdir\s*=\s*[\"']?rtl\b", re.IGNORECASE)

# How mail programs mark the signature block under a letter, in class, id, name and data attributes: Gmail,
# Thunderbird, Apple Mail, Outlook (which also renames those of others: x_…), Samsung, Proton, Yahoo, K-9, Zoho,
# Airmail, Canary, Naver, Zimbra, Roundcube; and those who manage signatures for firms.
_SIGNATURE = re.compile(
    r"signature|mailautosig|moz-txt-sig|-sgn\d?\b|bloop_sign|canarysig|nhn_mail_sign|__sig_p|_rc_sig\b|exclaimer|codetwo"
    r"|wisestamp|newoldstamp|letsignit|<sign\b",
    re.IGNORECASE,
)
# Mailspring and NetEase have elements of their own.
_ELEMENT = re.compile(r"<(/?)sign(?:ature)?\b[^<>]{0,400}>", re.IGNORECASE)
_BEGINS_BELOW = "lineBreakAtBeginningOfSignature"
SIGNED, SIGNED_BELOW = "signature", "signature-below"
"""The only values of MARKS that are kept: the element is a signature block, or one begins
below it."""
MARKS = frozenset({"class", "id", "name", "data-smartmail", "data-marker", "data-signature-widget"})


def _mark(_element: str, attribute: str, value: str) -> str | None:
    """Reduce identifying attributes to the mark of a signature block; others are dropped."""
    if attribute not in MARKS:
        return value
    if value == _BEGINS_BELOW:
        return SIGNED_BELOW
    return SIGNED if attribute == "data-signature-widget" or _SIGNATURE.search(value) else None


_ATTRIBUTES = {
    "*": {"style", "hidden", "dir", "align", "valign", "bgcolor", "width", "height"},
    "a": {"href"},
    "img": {"src", "alt"},
    "font": {"color", "size"},
    "ol": {"start", "type", "reversed"},
    "ul": {"type"},
    "li": {"value"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
}


def _cleaner(
    attributes: dict[str, set[str]], attribute_filter: Callable[[str, str, str], str | None] | None
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(BLOCKS | INLINES),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes=attributes,
        attribute_filter=attribute_filter,
        # More schemes than are kept: links.py counts those it drops.
        url_schemes={"http", "https", "mailto", "tel", "cid", "file", "webcal", "ftp"},
        link_rel=None,
    )


_PLAIN = _cleaner(_ATTRIBUTES, None)
_MARKING = _cleaner(_ATTRIBUTES | {"*": _ATTRIBUTES["*"] | MARKS}, _mark)


def well_formed(html: str, tally: Tally) -> str:
    """The letter as well-formed HTML of known elements and attributes; everything else in it is counted.

    Raises CannotAnonymise when it is too large or too deeply nested to be parsed in acceptable time.
    """
    if len(html) > MAX_HTML or html.count("&") + html.count("\xa0") > _MOST_ESCAPED:
        raise CannotAnonymise(
            "the formatted text of this letter is too large to be made anonymous; please send it as plain text"
        )
    if _too_tangled(html):
        raise CannotAnonymise("this letter is too deeply nested to be made anonymous; please send it as plain text")
    tally.add("html-markup", sum(1 for _ in _LOST.finditer(html)))
    tally.add("html-attribute", sum(1 for _ in _MARKED.finditer(html)))
    html = with_readings_in_brackets(_BARE_OBJECT.sub("", html))
    marked = _SIGNATURE.search(html) is not None
    if marked and "<sign" in html.lower():
        html = _ELEMENT.sub(rf'<\1div class="{SIGNED}">', html)
    clean = (_MARKING if marked else _PLAIN).clean(html)
    if _RTL.search(html[:20000]):
        clean = f'<div dir="rtl">{clean}</div>'
    return clean


def _too_tangled(html: str) -> bool:
    """Whether an HTML parser would build a tree that is too deep, or that grows with every tag (unclosed emphasis is
    repeated in each block: HTML Standard 13.2.4.3), or would find too many tags, or too many attributes in one."""
    if len(html) > _LONG and any(len(tag[0]) > _LONG and _many_attributes(tag[0]) for tag in _WHOLE_TAG.finditer(html)):
        return True
    brackets = html.count("<")
    if brackets <= MAX_DEPTH or brackets > _MOST_BRACKETS:
        return brackets > _MOST_BRACKETS
    stack: list[str] = []
    open_count: dict[str, int] = {}
    formatting = work = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _NO_CONTENT or name in _CLOSED_BY_NEXT:
            pass
        elif name in _FORMATTING:
            formatting = max(0, formatting - 1) if tag[1] else formatting + 1
        elif not tag[1]:
            stack.append(name)
            open_count[name] = open_count.get(name, 0) + 1
        elif open_count.get(name):
            while stack:
                last = stack.pop()
                open_count[last] -= 1
                if last == name:
                    break
        work += len(stack) + formatting
        if len(stack) + formatting > MAX_DEPTH or work > _MAX_WORK:
            return True
    return False


def _many_attributes(tag: str) -> bool:
    names = _ATTRIBUTES_OF.findall(tag)
    return len(names) * len(set(names)) > _MOST_COMPARED
