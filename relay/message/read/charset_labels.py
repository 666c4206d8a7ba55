"""Maps charset labels of mail, misspelt ones too, to Python codecs.

Sources: WHATWG Encoding 4.2 (labels, and the codec that covers what is sent under each), the IANA character sets, the
code pages of Windows, and labels found in mail.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from encodings.aliases import aliases

from relay.message.read import more_charsets

_LONGEST = 100  # characters of a label

_COVERS = {
    "ascii": "utf-8",
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "big5": "cp950",
    "utf_8_sig": "utf-8",
}
"""Codec that a label names → the codec that covers what is actually sent under it."""

_NAMED = {
    "utf-8": """utf utf8mb3 utf8mb4 utf08 utf9 unicode11utf8 unicode20utf8 cesu8 usascii usascii7 usascii8 asciius
        ansix341968 ansix341986 iso646us default defaultcharset unknown unknown8bit xunknown 8bit 7bit 8bits 7bits none
        null binary auto undefined userdefined local system 65001 20127""",
    "cp1252": "ansi ansi1252 western westerneuropean westeurope iso88591windows31latin1 28591 latin",
    "iso8859_2": "28592 centraleuropean easteurope",
    "iso8859_3": "28593",
    "iso8859_4": "28594 baltic",
    "iso8859_5": "28595 isoir144",
    "iso8859_6": "28596",
    "iso8859_7": "28597",
    "iso8859_8": "28598 38598 iso88598i iso88598e visual logical",
    "cp1254": "28599 turkish",
    "iso8859_13": "28603",
    "iso8859_15": "28605 latin9 csisolatin9",
    "cp874": "thai dos874",
    "cp1258": "vietnamese",
    "koi8_r": "koi koi8 koi8r 20866",
    "koi8_u": "koi8ru 21866 ruscii",
    "cp1251": "win russian",
    "cp1125": "866u",
    "cp932": "japanese sjis mskanji sjisjp sjisopen sjis2 macjapanese 10001 windows31j",
    "euc_jp": "eucjp eucpkdfmtjapanese ujis eucjpms eucjpwin 51932 20932",
    "iso2022_jp": "iso2022jpms jis jiscode 50220 50221 50222",
    "gb18030": """gb gbk gb23121980 cngb euccn eucgb2312cn chinesesimplified simplifiedchinese macchinesesimp 10008
        54936""",
    "hz": "hzgb hzgb2312 52936",
    "cp950": "big5eten cnbig5 chinesetraditional traditionalchinese macchinesetrad 10002 big5tw",
    "cp949": "korean ksc5601 ksc56011987 ksc56011989 ksc mackorean 10003 51949 windows949 isoir149",
    "mac_roman": "mac macroman macintosh macosroman 10000",
    "mac_cyrillic": "maccyrillic macukrainian 10007 10017",
    "mac_latin2": "macce maccentraleurope maccentraleurroman maccenteuro 10029",
    "mac_greek": "macgreek 10006",
    "mac_turkish": "macturkish 10081",
    "mac_iceland": "macicelandic 10079",
    "mac_croatian": "maccroatian 10082",
    "mac_romanian": "macromanian 10010",
    "mac_arabic": "macarabic macfarsi 10004",
    "utf-16": "ucs2 iso10646ucs2 unicode iso10646 unicode11 unicodefeff 1200",
    "utf-16-be": "unicodefffe 1201 ucs2be",
    "utf-32": "ucs4 iso10646ucs4 12000",
    "cp037": "ebcdicus ebcdiccpus",
    "utf-7": "unicode11utf7 unicode20utf7 65000",
}
_WITHOUT_ALIAS = str.split("""
    cp720 cp737 cp856 cp874 cp875 cp1006 koi8_t koi8_u mac_arabic mac_croatian mac_farsi mac_romanian palmos
""")
_NO_CHARSET = frozenset(
    str.split(
        "base64_codec bz2_codec hex_codec mbcs quopri_codec rot_13 uu_codec zlib_codec unicodeescape rawunicodeescape"
    )
)
"""Python codecs that are no charsets of mail; some are quadratic, some execute escapes."""

_KNOWN = {
    **{
        re.sub(r"[^a-z0-9]", "", name): _COVERS.get(codec, codec)
        for name, codec in (*aliases.items(), *((one, one) for one in (*aliases.values(), *_WITHOUT_ALIAS)))
        if codec not in _NO_CHARSET
    },
    **{name: codec for codec, names in (_NAMED | more_charsets.LABELS).items() for name in names.split()},
}
"""Codecs by the letters and digits of their labels."""

_LONGEST_KNOWN = max(map(len, _KNOWN))
_LEFTOVER = re.compile(r"^(?:3d)?[\"'=\s]*(?:charset\s*=\s*(?:3d)?[\"'\s]*)?")
_VENDOR = re.compile(r"^(?:x|cs|ms|microsoft|x?ms(?=cp))+(?=[a-z0-9])")
_CODE_PAGE = re.compile(r"^(?:cp|ibm|ccsid|win|windows|dos|pc|oem|msdos|codepage|ansi|)0*(\d{3,5})(?!\d)")
_ISO = re.compile(r"^(?:iso|is0|isoiec)?8859(?:part)?0*(\d{1,2})(?!\d)")

_COMMON = dict.fromkeys(("utf-8", "UTF-8", "us-ascii", "US-ASCII"), "utf-8")
"""The most common labels, without a search."""


def codec_of(label: str) -> str | None:
    """The Python codec for a charset label (RFC 2046 4.1.2); None when it names no supported text encoding. A label
    that says nothing ("8bit", "none", "%charset%") is "utf-8": the same as none."""
    if label in _COMMON:
        return _COMMON[label]
    text = _LEFTOVER.sub("", unicodedata.normalize("NFKC", label[:_LONGEST]).lower().strip())
    for piece in (re.split(r"[;,]", text, maxsplit=1)[0], text.rpartition(".")[2]):
        bare = re.sub(r"[^a-z0-9]", "", piece)
        if bare in _NO_CHARSET:
            return None
        found = _found(bare) or _found(_VENDOR.sub("", bare))
        if found is not None:
            return codecs.lookup(found).name
    return None if re.search(r"\w", text) and not re.search(r"[%{}$<>]", text) else "utf-8"


def _found(bare: str) -> str | None:
    """The codec for a label's letters and digits, or for the beginning of them."""
    if bare in _KNOWN:
        return _KNOWN[bare]
    iso, page = _ISO.match(bare), _CODE_PAGE.match(bare)
    if iso:
        return _KNOWN.get(f"iso8859{iso[1]}")
    if page:
        return _KNOWN.get(f"cp{page[1]}", _KNOWN.get(page[1]))
    for end in range(min(len(bare), _LONGEST_KNOWN), 3, -1):
        # "ascii//ignore", "windows-1252http-equiv"; what goes on with a digit is another charset.
        if bare[:end] in _KNOWN and not bare[end : end + 1].isdigit():
            return _KNOWN[bare[:end]]
    return None
