"""Recognises files that open, run or fetch something by themselves, by name and by content: they never pass.

What is known of them stands in files.toml, with sources; the first octets are those of their formats.
"""

from __future__ import annotations

import re
import unicodedata

from relay.anonymise.attachments.acting.table import Kind, table
from relay.anonymise.attachments.acting.xml_head import Head, head_of
from relay.anonymise.attachments.cleaning import ACTS, ActsByItself
from relay.message.read import charset_guess as charset
from relay.model import Attachment

_BEGINNINGS = (
    b"MZ",  # DOS and Windows
    b"\x7fELF",
    *(b"\xca\xfe\xba\xbe", b"\xca\xfe\xd0\x0d"),  # Java; Mach-O for several processors
    *(b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf"),  # Mach-O
    *(b"dex\n", b"\0asm", b"\x1bLua", b"BC\xc0\xde"),
    b"L\0\0\0\x01\x14\x02\0",  # a Windows shortcut (MS-SHLLINK 2.1)
    *(b"ITSF", b"?_\x03\x00", b"regf"),
    *(b"!<arch>", b"\xed\xab\xee\xdb", b"xar!", b"hsqs"),  # packages
    *(b"conectix", b"vhdxfile", b"MSWIM\0\0\0", b"KDMV", b"QFI\xfb"),  # disks
    *(b"FWS", b"CWS", b"ZWS"),
    b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d",  # OneNote, which holds files that run
    *(b"Cr24", b"\x00\x01\x00\x00Standard Jet DB", b"\x00\x01\x00\x00Standard ACE DB", b"!BDN"),
)
_ISO_MARK, _ISO_AT = b"CD001", 32769
_DMG_MARK, _DMG_FROM_END = b"koly", 512
# An alias of macOS, and a property list or bookmark with one.
_ALIAS = b"book\0\0\0\0mark"
# A list of records in the SYLK format, which Excel opens as a table, formulas and all, whatever its name.
_SYLK = re.compile(r"ID;P[^\n]{0,200}\n(?:(?:[BCEFOPW]|N[UNE])(?:;[^\n]{0,2000})?\n)")
# A web query of Excel: its version, and an address.
_WEB_QUERY = re.compile(r"WEB\n1\n[a-z]{2,10}:", re.IGNORECASE)
_SETUP = re.compile(r"\[version\]\n(?:[^\n\[]{0,200}\n){0,9}?\s{0,20}signature\s{0,9}=", re.IGNORECASE)
_LINKED = re.compile(r"<dict>\s{0,99}<key>URL</key>", re.IGNORECASE)
_STREAM = re.compile(r"[^\s/]{0,3}:|[\\/]")
_READ = 8192

# Families whose files the cleaner makes anew, although their endings are those of files that act: a chart of
# OpenDocument (.odc), a certificate that a program put into a mail.
_MADE_ANEW = frozenset({"opendocument", "office", "crypto", "fork", "elsewhere"})


def refuse_what_acts(attachment: Attachment, family: str) -> None:
    """Raises ActsByItself for a program, package, disk image, shortcut, script, playlist or query, by its name or its
    content; ``family`` is that of its content."""
    kind = None if family in _MADE_ANEW else _by_name(attachment.filename)
    if kind is None and family == "unknown":
        kind = _by_octets(attachment.content)
    if kind is None and family in ("text", "html", "flatoffice"):
        kind = _by_text(attachment.content[: 2 * _READ])
    if kind is not None:
        raise ActsByItself(ACTS + kind.instead, attachment.filename or "")


def extension_of(filename: str | None) -> str:
    """The ending by which a system opens a file, in lower case, "" for none. Blanks, dots and invisible characters at
    the end do not count, nor does a name of a stream behind a colon (Windows: Naming Files, Paths, and Namespaces)."""
    name = unicodedata.normalize("NFKC", filename or "")
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Zl", "Zp"))
    stem, dot, extension = name.rstrip(" .").lower().rpartition(".")
    if ":" in extension:
        extension = extension.partition(":")[0].rstrip(" .")
    elif ":" in stem and "/" not in stem and "\\" not in stem:
        # a.hta:b.txt is stream b.txt of a.hta
        before = stem.rpartition(":")[0].rstrip(" .")
        if before.rpartition(".")[2] in table().by_extension:
            extension = before.rpartition(".")[2]
    return extension if dot else ""


def _by_name(filename: str | None) -> Kind | None:
    known = table()
    name = (filename or "").replace("\\", "/").rpartition("/")[2].strip(" .").lower()
    if name in ("desktop.ini", "autorun.inf"):
        return known.by_extension["lnk"]
    return known.by_extension.get(extension_of(filename))


def _by_octets(content: bytes) -> Kind | None:
    if (
        content.startswith(_BEGINNINGS)
        or content[_ISO_AT:].startswith(_ISO_MARK)
        or content[-_DMG_FROM_END:].startswith(_DMG_MARK)
    ):
        return table().programs
    if content.startswith(_ALIAS) or (content.startswith(b"bplist00") and b"SURL" in content[:_READ]):
        return table().by_extension["lnk"]
    return None


def _by_text(content: bytes) -> Kind | None:
    text = charset.beginning(content).lstrip("\ufeff \t\r\n").replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("<"):
        head = head_of(text)
        return _by_root(head, text) if head else None
    known = table()
    if _SYLK.match(text) or _WEB_QUERY.match(text):
        return known.by_extension["iqy"]
    if _SETUP.match(text):
        return known.by_extension["inf"]
    start = _without_remarks(text)
    return next((kind for kind in known.kinds if kind.first_lines and start.startswith(kind.first_lines)), None)


def _by_root(head: Head, text: str) -> Kind | None:
    known = table()
    for kind in known.kinds:
        within = kind.roots.get(head.root)
        if within is not None and within in head.namespace:
            return kind
    linked = head.root == "plist" and _LINKED.search(text, len(head.prolog))
    return known.by_extension["webloc"] if linked else None


def _without_remarks(text: str) -> str:
    """The text in lower case from its first line that is no remark of an INI file."""
    for line in text.lower().split("\n"):
        bare = line.strip()
        if bare and not (bare.startswith((";", "#")) and not bare.startswith("#extm3u")):
            return bare
    return ""
