"""Proves the HTML of a letter: the elements and attributes that canonical letters are written in, well nested."""

from __future__ import annotations

import base64
import re
from urllib.parse import unquote

from relay.anonymise.leak_check.forms.reading import Proof, need, needed

_DIR = r'(?: dir="rtl")?'
_NUMBER = r'"-?\d{1,6}%?"'
_COLOUR = r"#[0-9a-f]{6}"
_VALUE = r"[^\"<>]"
_LEFT = "margin:0 0 0 2px;padding:0 0 0 6px;border-left:1px solid #ccc"
_RIGHT = "margin:0 2px 0 0;padding:0 6px 0 0;border-right:1px solid #ccc"
_PICTURES = r"jpeg|png|gif|webp|svg\+xml|tiff"
# The path of a file beside a page, percent-encoded: no scheme, no root.
_NEAR = r"(?:\.\./){0,50}[\w.~%\-]+(?:/[\w.~%\-]+){0,200}"
# Element → the attributes it may have, in this order.
_ATTRIBUTES = {
    "p|pre|h[1-6]": rf'{_DIR}(?: style="text-align:(?:center|right|justify)")?',
    "blockquote": rf'(?: class="gmail_quote" type="cite")?(?: style="(?:margin:0|{_LEFT}|{_RIGHT})")?{_DIR}',
    "div": rf'(?: class="gmail_quote"| class="gmail_attr" id="divRplyFwdMsg")?{_DIR}',
    "ul": _DIR,
    "ol": rf'(?: start={_NUMBER})?(?: type="[1aAiI]")?(?: reversed="")?{_DIR}',
    "li": rf"(?: value={_NUMBER})?",
    "table": rf'(?: border="1")?{_DIR}',
    "tr": "",
    "td|th": rf"(?: colspan={_NUMBER})?(?: rowspan={_NUMBER})?",
    "b|i|u|s|ins|code|sub|sup|small|big|hr|br": "",
    "span": rf' style="(?:color:{_COLOUR};?)?(?:background-color:{_COLOUR})?"',
    "a": rf' href="(?:https?|mailto|tel):{_VALUE}*+"',
    "img": rf' src="(?:cid:[!-%\'-;=?-~]{{1,200}}|data:image/(?:{_PICTURES});base64,[A-Za-z0-9+/]*+={{0,2}})"'
    rf'(?: alt="{_VALUE}*+")?(?: width={_NUMBER})?(?: height={_NUMBER})?',
}  # fmt: skip
_START = re.compile("|".join(f"<(?:{names}){attributes}>" for names, attributes in _ATTRIBUTES.items()))
# An attached page keeps its layout: elements that show, with attributes of layout.
_OF_PAGES = re.compile(
    r"<(?:a|abbr|address|article|aside|b|bdi|big|blockquote|br|caption|center|cite|code|col|colgroup|dd|del|details|dfn|div"
    r"|dl|dt|em|fieldset|figcaption|figure|font|footer|form|h[1-6]|header|hr|i|img|ins|kbd|label|legend|li|main|mark|nav|ol"
    r"|p|pre|q|s|samp|section|small|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|wbr)"
    rf'(?>(?: style="(?!{_VALUE}*?(?:url|expression|image-set|@|\\)){_VALUE}*+"'
    rf'| href="(?:https?|mailto|tel):{_VALUE}*+"'
    rf'| src="(?:data:image/(?:{_PICTURES});base64,[A-Za-z0-9+/]*+={{0,2}}|{_NEAR})?"| alt="{_VALUE}*+"'
    rf"| (?:width|height|colspan|rowspan|border|cellpadding|cellspacing|start|value|span|size)={_NUMBER}"
    r'| (?:align|valign|dir|bgcolor|color|type|scope)="#?[A-Za-z0-9]{1,20}"| (?:reversed|nowrap)="")*)>'
)
_TAG = re.compile(r"<(/?)([a-z0-9]*)[^<>]*>")
_VOID = frozenset(("br", "hr", "img", "col", "wbr"))
_PICTURE = re.compile(r' src="data:[a-z/+]+;base64,([^"]*)"')
_LINKED = re.compile(rf' src="({_NEAR})"')
_PAGE = re.compile(
    r'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n(.*)\n</body></html>\n', re.DOTALL
)


def read_html(html: str, cids: frozenset[str] | None) -> None:
    """The HTML of a letter; its pictures are those of ``cids`` (None: they are in it). Raises NotOurForm for any other
    element or attribute, what is not well nested, and a picture from elsewhere."""
    form = _START if cids is not None else _OF_PAGES
    known = set[str]()
    nested: list[str] = []
    count = 0
    for tag in _TAG.finditer(html):
        count += 1
        name = tag[2]
        if tag[1]:
            need(nested and nested.pop() == name, "an end tag without its element")
            need(len(tag[0]) == len(name) + 3, "an end tag with attributes")
            continue
        if tag[0] not in known:
            need(form.fullmatch(tag[0]), "an element or attribute that is not listed")
            known.add(tag[0])
        if name not in _VOID:
            nested.append(name)
    need(not nested, "an element without its end")
    need(count == html.count("<") == html.count(">"), "a comment, or a bracket that is none")
    pictures = {tag[10 : tag.index('"', 10)] for tag in known if tag.startswith('<img src="')}
    need(
        all(cids is None or (each[:4] == "cid:" and each[4:] in cids) for each in pictures), "a picture from elsewhere"
    )


def read_page(octets: bytes, proof: Proof) -> None:
    """An attached page: the same in a frame of ours, with its pictures in it, or beside it in its archive. Raises
    NotOurForm."""
    body = needed(_PAGE.fullmatch(octets.decode("utf-8")), "a page of another form")[1]
    read_html(body, None)
    name, among = proof.place
    for near in _LINKED.finditer(body):
        path = name.split("/")[:-1]
        for step in unquote(near[1]).split("/"):
            path = path[:-1] if step == ".." else [*path, step]
        need("/".join(path) in among, "a picture from elsewhere")
    for picture in _PICTURE.finditer(body):
        proof.inside(base64.b64decode(picture[1], validate=True))
