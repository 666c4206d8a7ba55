"""Letters and answers as mail programs write them: structure, dialect of HTML, plain twin, quotation.

Each writer takes a letter and, for an answer, what its program shows of the letter answered, and returns the octets it
would send. The forms are those of the programs' current releases (Gmail 2025, Outlook 365 classic, new and mobile,
Apple Mail 16, iOS 18, Thunderbird 128, K-9 6, Yahoo, Proton, Zoho, eM Client 10, GMX, Samsung Email 6, Roundcube 1.6,
mutt 2.2, Evolution 3.5).
"""

# ruff: noqa: E501 -- HTML stands here as programs write it

from __future__ import annotations

import base64
import quopri
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.header import Header
from html import escape

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"\[(.+?)\]\((.+?)\)")


@dataclass(frozen=True)
class P:
    """A paragraph: lines ended with one Enter key. **bold** and [text](url) are marked."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class List:
    """A list, with bullets or numbers."""

    items: tuple[str, ...]
    numbered: bool = False


Block = P | List


def p(*lines: str) -> P:
    return P(lines)


@dataclass(frozen=True)
class Received:
    """The letter that is answered, as the program got it."""

    text: str
    html: str
    subject: str
    name: str
    address: str
    own_name: str = "Jane Doe"
    own_address: str = "jane.doe@real.example"


@dataclass(frozen=True)
class Letter:
    """What somebody writes. ``after``: with an answer between quoted paragraphs, (number of the paragraph, answer);
    the first paragraphs of ``blocks`` stand above the quotation."""

    subject: str
    blocks: tuple[Block, ...]
    answers: Received | None = None
    after: tuple[tuple[int, P], ...] = ()


# --- text ------------------------------------------------------------------------------------------------------------


def _plain(line: str, bold: str = "", link: str = "{0}") -> str:
    line = _BOLD.sub(lambda found: f"{bold}{found[1]}{bold}", line)
    return _LINK.sub(lambda found: link.format(found[1], found[2]), line)


def _text(blocks: Sequence[Block], *, bold: str = "", link: str = "{0}", bullet: str = "- ", width: int = 0) -> str:
    parts = []
    for block in blocks:
        if isinstance(block, P):
            lines = [_plain(line, bold, link) for line in block.lines]
        else:
            lines = [
                (f" {n}. " if block.numbered and bullet.startswith(" ") else f"{n}. " if block.numbered else bullet)
                + _plain(item, bold, link)
                for n, item in enumerate(block.items, 1)
            ]
        parts.append("\n".join(_wrapped(line, width) for line in lines))
    return "\n\n".join(parts) + "\n"


def _wrapped(line: str, width: int, mark: str = "") -> str:
    if not width or len(line) <= width:
        return mark + line
    folded = textwrap.wrap(line, width - len(mark), break_long_words=False, break_on_hyphens=False)
    return "\n".join(mark + piece for piece in folded)


def _marked(text: str, width: int = 0) -> str:
    """Quoted with "> ", or ">" before what is quoted already."""
    out = []
    for line in text.rstrip("\n").split("\n"):
        depth = re.match(r">*", line)
        assert depth is not None
        mark = ">" + (depth[0] and depth[0] + " ") + ("" if depth[0] else " ")
        body = line[depth.end() :].lstrip() if depth[0] else line
        out.append(_wrapped(body, width, mark) if body else mark.rstrip())
    return "\n".join(out)


# --- frame -----------------------------------------------------------------------------------------------------------


def _part(kind: str, text: str, charset: str, encoding: str, more: str = "") -> bytes:
    if charset == "windows-1252":
        charset = _outlooks_charset(text)
    octets = text.encode(charset)
    if encoding == "base64":
        body = base64.encodebytes(octets)
    elif encoding == "quoted-printable":
        body = quopri.encodestring(octets)
    else:
        body = octets
    if not body.endswith(b"\n"):
        body += b"\n"
    head = f"Content-Type: {kind}; charset={charset}{more}\nContent-Transfer-Encoding: {encoding}\n\n"
    return head.encode() + body


def _outlooks_charset(text: str) -> str:
    """The first that has all its letters."""
    for charset in ("windows-1252", "windows-1256", "utf-8"):
        try:
            text.encode(charset)
        except UnicodeEncodeError:
            continue
        return charset
    raise ValueError("no charset")


def _mail(letter: Letter, fields: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    subject = letter.subject
    shown = subject if subject.isascii() else Header(subject, "utf-8", maxlinelen=900).encode()
    head = (
        f"From: Jane Doe <jane.doe@real.example>\nTo: <q@relay.example>\nSubject: {shown}\n{fields}MIME-Version: 1.0\n"
    )
    if len(parts) == 1:
        return (head.encode() + parts[0]).replace(b"\n", b"\r\n")
    joined = b"".join(b"\n--" + boundary.encode() + b"\n" + part for part in parts)
    head += f'Content-Type: multipart/alternative; boundary="{boundary}"\n'
    return (head.encode() + joined + f"\n--{boundary}--\n".encode()).replace(b"\n", b"\r\n")


# --- HTML ------------------------------------------------------------------------------------------------------------


def _inline(line: str, bold: str = "b", link: str = '<a href="{1}">{0}</a>') -> str:
    line = escape(line, quote=False)
    line = _BOLD.sub(lambda found: f"<{bold}>{found[1]}</{bold.partition(' ')[0]}>", line)
    return _LINK.sub(lambda found: link.format(found[1], found[2]), line)


def _list(block: List, item: str = "<li>{0}</li>", tag: str = "", **style: str) -> str:
    name = "ol" if block.numbered else "ul"
    items = "".join(item.format(_inline(one, **style)) for one in block.items)
    return f"<{name}{tag}>{items}</{name}>"


def _divs(blocks: Sequence[Block], div: str = "<div>{0}</div>", empty: str = "<br>", **style: str) -> str:
    """Every line in a <div>, and an empty one between paragraphs: editors of browsers write so."""
    out: list[str] = []
    for block in blocks:
        if out and isinstance(block, P) and not out[-1].endswith(("</ul>", "</ol>")):
            out.append(div.format(empty))
        out += [div.format(_inline(line, **style)) for line in block.lines] if isinstance(block, P) else [_list(block)]
    return "".join(out)


def _paragraphs(
    blocks: Sequence[Block],
    paragraph: str,
    line_end: str = "<br>\n",
    item: str = "<li>{0}</li>",
    *,
    lists_typed: bool = False,
) -> str:
    """Every paragraph in an element. ``lists_typed``: the program has no lists."""
    out = ""
    for block in blocks:
        if isinstance(block, P):
            out += paragraph.format(line_end.join(map(_inline, block.lines)))
        elif lists_typed:
            marks = [f"{n}." if block.numbered else "-" for n in range(1, len(block.items) + 1)]
            out += paragraph.format(
                line_end.join(f"{mark} {_inline(one)}" for mark, one in zip(marks, block.items, strict=True))
            )
        else:
            out += _list(block, item)
    return out


AUTO, LTR = '<div dir="auto">{0}</div>', '<div dir="ltr">{0}</div>'
SET_LTR, OUTLINE = '<div dir="ltr" data-setdir="false">{0}</div>', ' class="MailOutline"'


def _quoted_paragraphs(html: str) -> list[str]:
    """The outermost elements of a received letter."""
    return re.split(r"\n(?=<(?:p|ul|ol|div|blockquote|pre)\b)", html.strip())


def _page(html: str) -> str:
    return f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>{html}</html>'


def _between(letter: Letter, quote: Callable[[str], str], answer: Callable[[P], str]) -> str:
    """The quotation, cut where answers stand in it."""
    assert letter.answers is not None
    quoted = _quoted_paragraphs(letter.answers.html)
    out, at = "", 0
    for number, words in letter.after:
        out += quote("".join(quoted[at:number])) + answer(words)
        at = number
    return out + (quote("".join(quoted[at:])) if quoted[at:] else "")


def _between_text(letter: Letter, answers: str, width: int = 0, flowed: bool = False) -> str:
    """The text of the letter answered, marked, with answers in it."""
    assert letter.answers is not None
    parts = letter.answers.text.strip("\n").split("\n\n")
    out, at = [], 0
    for number, words in letter.after:
        out += [_marked("\n\n".join(parts[at:number]), width), _text((words,), width=width)]
        at = number
    return answers + "\n".join([*out, _marked("\n\n".join(parts[at:]), width)] if parts[at:] else out) + "\n"


# --- programs --------------------------------------------------------------------------------------------------------


def gmail_web(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, bold="*", link="{0} <{1}>", bullet="   - ", width=76)
    html = f'<div dir="ltr">{_divs(letter.blocks)}</div>'
    if back:
        line = f"On Tue, Feb 3, 2026 at 6:02 PM {back.name} <{back.address}> wrote:"
        wrapped = textwrap.fill(line, 78, break_long_words=False)
        text = _between_text(letter, f"{text}\n{wrapped}\n\n", 76)
        style = 'class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"'
        shown = line.replace("<", "&lt;<a href='mailto:x'>").replace("> wrote", "</a>&gt; wrote").replace("'", '"')
        shown = shown.replace("mailto:x", f"mailto:{back.address}")
        quote = _between(
            letter, lambda part: f"<blockquote {style}>{part}</blockquote>", lambda words: f"{_divs((words,))}"
        )
        html += (
            '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
            f"{shown}<br></div>{quote}</div>"
        )
    return _mail(
        letter,
        "Message-ID: <CAF+x@mail.gmail.com>\n",
        "000000000000abc",
        [_part("text/plain", text, "utf-8", "quoted-printable"), _part("text/html", html, "utf-8", "quoted-printable")],
    )


def gmail_android(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, bold="*", bullet="   - ", width=76)
    html = _paragraphs(letter.blocks, '<p dir="ltr">{0}</p>\n')
    if back:
        line = f"On Tue, 3 Feb 2026, 18:02 {back.name}, <{back.address}> wrote:"
        text = _between_text(letter, f"{text}\n{line}\n\n", 76)
        shown = (
            f'On Tue, 3 Feb 2026, 18:02 {back.name}, &lt;<a href="mailto:{back.address}">{back.address}</a>&gt; wrote:'
        )
        style = 'class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"'
        quote = _between(
            letter, lambda part: f"<blockquote {style}>{part}</blockquote>", lambda words: _divs((words,), AUTO)
        )
        html = f'<div dir="auto">{_divs(letter.blocks, AUTO)}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{shown}<br></div>{quote}</div>'
    return _mail(
        letter,
        "",
        "000000000000def",
        [_part("text/plain", text, "utf-8", "base64"), _part("text/html", html, "utf-8", "base64")],
    )


def apple_mail(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, link="{0} <{1}>", bullet="• ")
    first, *rest = letter.blocks
    begin = _inline(first.lines[0]) if isinstance(first, P) else ""
    body = begin + "".join(f"<div>{_inline(line)}</div>" for line in (first.lines[1:] if isinstance(first, P) else ()))
    for block in rest:
        body += "<div><br></div>" if isinstance(block, P) else ""
        if isinstance(block, P):
            body += "".join(f"<div>{_inline(line)}</div>" for line in block.lines)
        else:
            body += f"<div>{_list(block, tag=OUTLINE)}</div>"
    if back:
        line = f"On 3 Feb 2026, at 18:02, {back.name} <{back.address}> wrote:"
        quoted = _between_text(letter, "", 0)
        text = f"{text}\n> {line}\n> \n{quoted}"
        parts = iter(
            [
                f'<div>On 3 Feb 2026, at 18:02, {back.name} &lt;{back.address}&gt; wrote:</div><br class="Apple-interchange-newline">'
            ]
        )
        quote = _between(
            letter,
            lambda part: f'<blockquote type="cite">{next(parts, "")}<div>{part}</div></blockquote>',
            lambda words: f"<div><br></div>{_divs((words,))}<br>",
        )
        body += (
            f"<div><br></div><div><br>{quote}</div><br>" if not letter.after else f"<div><br></div><div>{quote}</div>"
        )
    html = _page(
        f'<body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">{body}</body>'
    )
    return _mail(
        letter,
        "X-Mailer: Apple Mail (2.3774)\n",
        "Apple-Mail=_8E3B",
        [_part("text/plain", text, "utf-8", "quoted-printable"), _part("text/html", html, "utf-8", "quoted-printable")],
    )


def iphone(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, bullet="") + "\nSent from my iPhone\n"
    html = f'<div dir="ltr"></div>{_divs(letter.blocks, LTR)}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div>'
    if back:
        line = f"On 3 Feb 2026, at 18:02, {back.name} <{back.address}> wrote:"
        text += f"\n> {line}\n> \n{_between_text(letter, '')}"
        parts = iter(
            [f'<div dir="ltr">On 3 Feb 2026, at 18:02, {back.name} &lt;{back.address}&gt; wrote:<br><br></div>']
        )
        quote = _between(
            letter,
            lambda part: (
                f'<blockquote type="cite">{next(parts, "")}</blockquote><blockquote type="cite"><div dir="ltr">{part}</div></blockquote>'
                if not letter.after
                else f'<blockquote type="cite">{next(parts, "")}<div dir="ltr">{part}</div></blockquote>'
            ),
            lambda words: f'<div dir="ltr"><br></div>{_divs((words,))}<br>',
        )
        html += f'<div dir="ltr"><br>{quote}</div>'
    html = _page(f'<body dir="auto">{html}</body>')
    return _mail(
        letter,
        "X-Mailer: iPhone Mail (22F76)\n",
        "Apple-Mail-1A2B",
        [_part("text/plain", text, "utf-8", "quoted-printable"), _part("text/html", html, "utf-8", "quoted-printable")],
    )


def _outlook_block(back: Received, text: str, rule: str) -> str:
    return (
        f"{text}\n{rule}From: {back.name} <{back.address}>\nSent: Tuesday, February 3, 2026 6:02 PM\n"
        f"To: {back.own_name} <{back.own_address}>\nSubject: {back.subject}\n\n{back.text}"
    )


def outlook_classic(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, link="{0}<{1}>", bullet="  *   ")

    def paragraph(line: str) -> str:
        return f"<p class=MsoNormal><span lang=EN-US style='mso-fareast-language:EN-US'>{line}<o:p></o:p></span></p>\n"

    out = ""
    for number, block in enumerate(letter.blocks):
        out += "<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n" if number and isinstance(block, P) else ""
        if isinstance(block, P):
            out += "".join(paragraph(_inline(line)) for line in block.lines)
            continue
        for at, item in enumerate(block.items, 1):
            mark = f"{at}." if block.numbered else "·"
            out += (
                "<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>"
                f"<span style='font-family:Symbol'><span style='mso-list:Ignore'>{mark}<span style='font:7.0pt "
                f'"Times New Roman"\'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>{_inline(item)}<o:p></o:p></p>\n'
            )
    out += "<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n"
    if back:
        text = _outlook_block(back, text, "")
        out += (
            "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>"
            f"<span lang=EN-US>From:</span></b><span lang=EN-US> {back.name} &lt;{back.address}&gt; <br><b>Sent:</b> Tuesday, "
            f"February 3, 2026 6:02 PM<br><b>To:</b> {back.own_name} &lt;{back.own_address}&gt;<br><b>Subject:</b> {back.subject}"
            f"<o:p></o:p></span></p></div>\n<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n{_as_word(back.html)}"
        )
    html = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15">'
        '<style><!-- p.MsoNormal {margin:0cm;font-size:11.0pt;} --></style></head><body lang=DE link="#0563C1" '
        f"vlink=\"#954F72\" style='word-wrap:break-word'><div class=WordSection1>{out}</div></body></html>"
    )
    return _mail(
        letter,
        "Thread-Index: AdpX\nX-Mailer: Microsoft Outlook 16.0\n",
        "_000_AM0PR",
        [
            _part("text/plain", text, "windows-1252", "quoted-printable"),
            _part("text/html", html, "windows-1252", "quoted-printable"),
        ],
    )


def _as_word(html: str) -> str:
    """A received page, as Word saves it again."""
    html = re.sub(r"<p>", "<p class=MsoNormal><span lang=EN-US>", html).replace("</p>", "<o:p></o:p></span></p>")
    return re.sub(
        r"<blockquote[^>]*>",
        "<blockquote style='border:none;border-left:solid #CCCCCC 1.0pt;padding:0cm 0cm 0cm 6.0pt;margin-left:4.8pt'>",
        html,
    )


def outlook_new(letter: Letter) -> bytes:
    back = letter.answers
    style = 'class="elementToProof" style="font-family: Aptos, Calibri; font-size: 12pt; color: rgb(0, 0, 0);"'
    text = _text(letter.blocks, link="{0}<{1}>", bullet="  *   ")
    html = _divs(letter.blocks, f"<div {style}>\n{{0}}</div>\n", "<br>\n")
    if back:
        text = _outlook_block(back, text, "________________________________\n")
        html += (
            '<div id="appendonsend"></div>\n<hr style="display:inline-block;width:98%" tabindex="-1">\n<div id="divRplyFwdMsg" '
            'dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000"><b>From:</b> '
            f"{back.name} &lt;{back.address}&gt;<br>\n<b>Sent:</b> Tuesday, February 3, 2026 6:02 PM<br>\n<b>To:</b> "
            f"{back.own_name} &lt;{back.own_address}&gt;<br>\n<b>Subject:</b> {back.subject}</font>\n<div>&nbsp;</div>\n</div>\n"
            f'<div><div class="x_y">{_renamed(back.html)}</div></div>\n'
        )
    html = f'<html><head><style type="text/css" style="display:none;"> P {{margin-top:0;margin-bottom:0;}} </style></head><body dir="ltr">\n{html}</body>\n</html>\n'
    return _mail(
        letter,
        "Thread-Index: AdpY\n",
        "_000_DB9P",
        [_part("text/plain", text, "utf-8", "base64"), _part("text/html", html, "utf-8", "base64")],
    )


def _renamed(html: str) -> str:
    """A received page in Outlook: names of classes and ids get a prefix."""
    return re.sub(r'(class|id)="', r'\1="x_', html)


def outlook_phone(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, bullet="  *   ") + "\nGet Outlook for Android<https://aka.ms/AAb9ysg>\n"
    html = (
        _divs(letter.blocks, '<div dir="auto">{0}</div>\n')
        + '<div id="ms-outlook-mobile-signature" dir="auto"><div><br></div>Get <a href="https://aka.ms/AAb9ysg">Outlook for Android</a></div>\n'
    )
    if back:
        text = _outlook_block(back, text, "________________________________\n")
        html += (
            '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, '
            f'sans-serif" style="font-size:11pt" color="#000000"><b>From:</b> {back.name} &lt;{back.address}&gt;<br><b>Sent:</b> '
            f"Tuesday, February 3, 2026 6:02:11 PM<br><b>To:</b> {back.own_name} &lt;{back.own_address}&gt;<br><b>Subject:</b> "
            f"{back.subject}</font><div>&nbsp;</div></div>{_renamed(back.html)}"
        )
    html = f"<html><head></head><body>\n{html}</body></html>"
    return _mail(
        letter,
        "",
        "_000_PR3P",
        [_part("text/plain", text, "utf-8", "quoted-printable"), _part("text/html", html, "utf-8", "quoted-printable")],
    )


def thunderbird(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, bold="*", link="{0} <{1}>", bullet="  * ", width=72)
    out = _paragraphs(letter.blocks, "<p>{0}</p>\n    ", "<br>\n      ", "<li>{0}</li>\n      ")
    if back:
        line = f"Am 03.02.26 um 18:02 schrieb {back.name}:"
        text = _between_text(letter, f"{text}\n{line}\n", 72)
        quote = _between(
            letter,
            lambda part: f'<blockquote type="cite" cite="mid:ab@relay.example">\n      {part}\n    </blockquote>\n    ',
            lambda words: _paragraphs((words,), "<p>{0}</p>\n    "),
        )
        out += f'<div class="moz-cite-prefix">{line}<br>\n    </div>\n    {quote}'
    html = f'<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv="content-type" content="text/html; charset=UTF-8">\n  </head>\n  <body>\n    {out}</body>\n</html>\n'
    return _mail(
        letter,
        "User-Agent: Mozilla Thunderbird\nContent-Language: de-DE\n",
        "------------x0",
        [_part("text/plain", text, "UTF-8", "8bit", "; format=flowed"), _part("text/html", html, "UTF-8", "8bit")],
    )


def thunderbird_plain(letter: Letter) -> bytes:
    back = letter.answers
    text = _flowed(_text(letter.blocks, link="{1}", bullet="- "), 72)
    if back:
        text = _between_text(letter, f"{text}\nAm 03.02.26 um 18:02 schrieb {back.name}:\n")
    return _mail(
        letter, "User-Agent: Mozilla Thunderbird\n", "", [_part("text/plain", text, "UTF-8", "8bit", "; format=flowed")]
    )


def _flowed(text: str, width: int) -> str:
    """RFC 3676: a blank before each line end that a program put there."""
    lines = []
    for line in text.split("\n"):
        pieces = textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
        lines += [*(f"{piece} " for piece in pieces[:-1]), pieces[-1]]
    return "\n".join(lines)


def mutt(letter: Letter) -> bytes:
    text = _text(letter.blocks, link="{1}", bullet="- ", width=72)
    if letter.answers:
        text = _between_text(
            letter, f"{text}\nOn Tue, Feb 03, 2026 at 06:02:11PM +0000, {letter.answers.name} wrote:\n"
        )
    return _mail(letter, "", "", [_part("text/plain", text, "utf-8", "8bit")])


def k9(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, bullet="- ")
    html = _paragraphs(letter.blocks, "<div dir='auto'>{0}</div><br>", "<br>", lists_typed=True)
    if back:
        line = f"On 3 February 2026 18:02:11 UTC, {back.name} <{back.address}> wrote:"
        text = _between_text(letter, f"{text}\n{line}\n")
        quote = _between(
            letter,
            lambda part: (
                f'<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;">\n{part}</blockquote>'
            ),
            lambda words: _divs((words,)),
        )
        html += f'<br><br><div class="gmail_quote"><div dir="auto">{escape(line)}</div>{quote}</div>'
    html = f"<!DOCTYPE html><html><body>{html}</body></html>"
    return _mail(
        letter,
        "User-Agent: K-9 Mail for Android\n",
        "----K9X",
        [_part("text/plain", text, "utf-8", "quoted-printable"), _part("text/html", html, "utf-8", "quoted-printable")],
    )


def yahoo(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, bullet="   - ").replace("\n\n", "\n")
    html = f'<div class="ydp1yahoo-style-wrap" style="font-family:Helvetica Neue, Arial;font-size:16px;">{_divs(letter.blocks, SET_LTR)}</div>'
    if back:
        line = f"On Tuesday, February 3, 2026 at 06:02:11 PM GMT+1, {back.name} <{back.address}> wrote:"
        text += f"\n    {line}  \n \n {back.text}"
        html += (
            '<div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted"><div style="font-family:\'Helvetica Neue\', Helvetica, Arial;'
            f'font-size:13px;color:#26282a;">\n<div>\n{escape(line)}\n</div>\n<div><br></div>\n<div><br></div>\n<div><div '
            f'id="ydp2yiv1">{back.html}</div></div>\n</div>\n</div>'
        )
    return _mail(
        letter,
        "X-Mailer: WebService/1.1.22 YMailNorrin\n",
        "----=_Part_1_2.3",
        [
            _part("text/plain", text, "UTF-8", "quoted-printable"),
            _part("text/html", f"<html><head></head><body>{html}</body></html>", "UTF-8", "quoted-printable"),
        ],
    )


def proton(letter: Letter) -> bytes:
    back = letter.answers
    style = 'style="font-family: Arial, sans-serif; font-size: 14px;"'
    text = _text(letter.blocks, link="[{0}]({1})", bullet="- ")
    html = _divs(letter.blocks, f"<div {style}>{{0}}</div>")
    if back:
        line = f"On Tuesday, February 3rd, 2026 at 6:02 PM, {back.name} <{back.address}> wrote:"
        text = _between_text(letter, f"{text}\n{line}\n\n")
        shown = escape(line)
        quote = _between(
            letter,
            lambda part: (
                f'<blockquote class="protonmail_quote" type="cite">\n            {part}\n        </blockquote>'
            ),
            lambda words: _divs((words,)),
        )
        html += f'<div class="protonmail_quote">\n        {shown}<br>\n        {quote}<br>\n    </div>'
    return _mail(
        letter,
        "X-Pm-Message-ID: x\n",
        "b1=_x",
        [_part("text/plain", text, "utf-8", "base64"), _part("text/html", html, "utf-8", "base64")],
    )


def zoho(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, bullet="- ", width=76)
    html = _divs(letter.blocks)
    if back:
        line = f"---- On Tue, 03 Feb 2026 18:02:11 +0000 {back.name} <{back.address}> wrote ---"
        text += f"\n\n{line}\n\n{back.text}"
        quote = _between(
            letter,
            lambda part: f'<blockquote id="blockquote_zmail" style="margin: 0px;"><div>{part}</div></blockquote>',
            lambda words: _divs((words,)),
        )
        html += f'<div class="zmail_extra" style="z-index: 1;"><br><div id="Zm-_Id_-Sgn1">---- On Tue, 03 Feb 2026 18:02:11 +0000 <b>{back.name} &lt;<a href="mailto:{back.address}" target="_blank">{back.address}</a>&gt;</b> wrote ---<br></div><div><br></div>{quote}</div><div><br></div>'
    html = f'<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"><html><head><meta content="text/html;charset=UTF-8" http-equiv="Content-Type"></head><body ><div style="font-family: Verdana, Arial, Helvetica, sans-serif; font-size: 10pt;">{html}</div><br></body></html>'
    return _mail(
        letter,
        "X-Mailer: Zoho Mail\n",
        "----=_Part_9_9.9",
        [
            _part("text/plain", text, "UTF-8", "7bit" if text.isascii() else "quoted-printable"),
            _part("text/html", html, "UTF-8", "quoted-printable"),
        ],
    )


def em_client(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, bullet="- ")
    html = _divs(letter.blocks)
    if back:
        text += (
            "\n\n------ Original Message ------\n"
            + f'From "{back.name}" <{back.address}>\nTo "{back.own_name}" <{back.own_address}>\nDate 03.02.2026 18:02:11\nSubject {back.subject}\n\n{_marked(back.text)}\n'
        )
        html += f'<div><br></div>\n<div>------ Original Message ------</div>\n<div>From "{back.name}" &lt;<a href="mailto:{back.address}">{back.address}</a>&gt;</div>\n<div>To "{back.own_name}" &lt;<a href="mailto:{back.own_address}">{back.own_address}</a>&gt;</div>\n<div>Date 03.02.2026 18:02:11</div>\n<div>Subject {back.subject}</div><div><br></div>\n<div id="x1" class="plain"><blockquote cite="ab@relay.example" type="cite" class="cite2">\n{back.html}</blockquote></div>\n'
    html = f'<html><head>\n<style id="css_styles"> \nblockquote.cite {{ margin-left: 5px; }}</style></head><body>{html}</body></html>'
    return _mail(
        letter,
        "User-Agent: eM_Client/10.0\n",
        "------=_MB1",
        [_part("text/plain", text, "utf-8", "quoted-printable"), _part("text/html", html, "utf-8", "quoted-printable")],
    )


def gmx(letter: Letter) -> bytes:
    back = letter.answers
    body = _divs(letter.blocks, "<div>{0}</div>\n", "&nbsp;")
    html = f'<div style="font-family: Verdana;font-size: 12.0px;"><div>{body}</div>'
    if back:
        html += (
            '\n<div>&nbsp;\n<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid '
            '#C3D9E5; word-wrap: break-word;">\n<div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Dienstag, 03. Februar 2026 '
            f"um 18:02 Uhr<br/>\n<b>Von:</b>&nbsp;&quot;{back.name}&quot; &lt;{back.address}&gt;<br/>\n<b>An:</b>&nbsp;"
            f'{back.own_address}<br/>\n<b>Betreff:</b>&nbsp;{back.subject}</div>\n\n<div name="quoted-content">{back.html}</div>\n</div>\n</div>'
        )
    html = f"<html><head></head><body>{html}</div></body></html>\n"
    return _mail(letter, "X-UI-Sender-Class: 1\n", "", [_part("text/html", html, "UTF-8", "quoted-printable")])


def samsung(letter: Letter) -> bytes:
    back = letter.answers
    text = _text(letter.blocks, bullet="- ")
    html = _divs(letter.blocks, '<div dir="auto">{0}</div>')
    if back:
        fields = f"From: {back.name} <{back.address}>\nDate: 03/02/2026  18:02  (GMT+01:00)\nTo: {back.own_address}\nSubject: {back.subject}"
        text += f"\n-------- Original message --------\n{fields}\n\n{back.text}"
        lines = "".join(f"<div>{escape(line)} </div>" for line in fields.split("\n"))
        html += f'<div dir="auto"><br></div><div style="font-size:100%;color:#000000" dir="auto"><!-- originalMessage --><div>-------- Original message --------</div>{lines}<div><br></div></div>{back.html}'
    return _mail(
        letter,
        "",
        "--_com.samsung",
        [
            _part("text/plain", text, "utf-8", "base64"),
            _part(
                "text/html",
                f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body dir="auto">{html}</body></html>',
                "utf-8",
                "base64",
            ),
        ],
    )


def roundcube(letter: Letter) -> bytes:
    text = _text(letter.blocks, link="{1}", bullet="- ", width=72)
    if letter.answers:
        text = _between_text(letter, f"{text}\nOn 2026-02-03 18:02, {letter.answers.name} wrote:\n", 72)
    return _mail(letter, "User-Agent: Roundcube Webmail/1.6\n", "", [_part("text/plain", text, "UTF-8", "8bit")])


PROGRAMS: dict[str, Callable[[Letter], bytes]] = {
    "gmail-web": gmail_web,
    "gmail-android": gmail_android,
    "apple-mail": apple_mail,
    "iphone": iphone,
    "outlook-classic": outlook_classic,
    "outlook-new": outlook_new,
    "outlook-phone": outlook_phone,
    "thunderbird": thunderbird,
    "thunderbird-plain": thunderbird_plain,
    "mutt": mutt,
    "k9": k9,
    "yahoo": yahoo,
    "proton": proton,
    "zoho": zoho,
    "em-client": em_client,
    "gmx": gmx,
    "samsung": samsung,
    "roundcube": roundcube,
}
FLAT = frozenset({"zoho", "outlook-classic", "outlook-new", "outlook-phone", "yahoo", "em-client", "gmx", "samsung"})
"""Programs that do not mark the words below their header as quoted, or whose users answer above only."""
