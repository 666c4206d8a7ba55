"""Proves RTF (Rich Text Format Specification 1.9.1): ASCII, listed destinations, neutral authors, no sessions."""

from __future__ import annotations

import re

from relay.anonymise.leak_check.forms.reading import Proof, need

# Groups that programs skip when they do not know them: only these.
_STARRED = frozenset(
    bytes.split(b"""
        shppict shpinst shptxt shpgrp fldinst bkmkstart bkmkend annotation atnid atnauthor atnref atnparent atrfstart
        atrfend listtable listoverridetable listpicture pn pnseclvl1 pnseclvl2 pnseclvl3 pnseclvl4 pnseclvl5 pnseclvl6
        pnseclvl7 pnseclvl8 pnseclvl9 footnote ftnsep ftnsepc aftnsep aftnsepc background cs ts ds falt panose picprop
        nesttableprops tblstylprop tsrowd do ud formfield ffname ffdeftext ffformat ffhelptext ffstattext ffl revtbl
        mmathPr moMath moMathPara moMathParaPr liststylename levelmarker
    """)
)
# Groups about people, places, programs and sessions, and embedded files.
_GONE = frozenset(
    bytes.split(b"""
        info userprops generator rsidtbl filetbl nextfile template xmlnstbl datastore themedata colorschememapping
        latentstyles nonshppict datafield docvar operator author company manager title doccomm private comment atndate
        atntime atnicn fontemb fontfile blipuid blipname shprslt mailmerge passwordhash password wgrffmtfilter htmltag
        writereservation writereservhash protusertbl protstart protend xmlopen xmlattr fname fldtype object objdata
        objclass objalias objsect objtime
    """)
)
# Words about times and sessions, and raw data.
_TELLING = frozenset(
    bytes.split(b"""
        revdttm revdttmdel crdate bliptag dxfrtext creatim revtim printim buptim version vern edmins nofpages nofwords
        nofchars nofcharsws id xmlclose docvar bin
    """)
)
_GROUP = re.compile(rb"(?<!\\)\{(?:\\\*)?\\([A-Za-z]{1,32})")
_STARTS = re.compile(rb"\\\*\\([A-Za-z]{1,32})")
_AUTHOR = re.compile(
    rb"\{\\\*\\(?:atnid (?:A|\{A\}|\s)*\}|atnauthor (?:Author|\s)*\}|revtbl (?:\{(?:Author;|\s)*\}|Author;|\s)*\})"
)
_OF_AUTHORS = re.compile(rb"\{\\\*\\(?:atnid|atnauthor|revtbl)(?![a-z])")
_WORD = re.compile(rb"\\([A-Za-z]{1,32})")
_PICTURE, _BRACE = re.compile(rb"(?<!\\)\{(?:\\\*)?\\pict(?![A-Za-z])"), re.compile(rb"[{}]")
_CONTROL_WORD = re.compile(rb"\\(?:[A-Za-z]{1,32}-?\d{0,10} ?|\*)|\s+")


def read_rtf(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for any other destination that programs skip, an author, a time, a session, and a picture that
    is not proven."""
    need(octets.startswith(b"{\\rtf") and octets.endswith(b"}") and octets.isascii(), "no RTF in ASCII")
    need(not re.search(rb"[\0-\x08\x0b-\x1f]", octets), "controls")
    plain = octets.replace(b"\\\\", b"  ")
    need(not _GONE.intersection(_GROUP.findall(plain)), "a group about people, places or programs")
    for word in set(_WORD.findall(plain)):
        need(word not in _TELLING and not word.startswith(b"rsid") and not word.endswith(b"rsid"), "a session")
    need(set(_STARTS.findall(plain)) <= _STARRED, "a destination that is not listed")
    need(len(_AUTHOR.findall(plain)) == len(_OF_AUTHORS.findall(plain)), "an author")
    for picture in _PICTURE.finditer(plain):
        content = bytes.fromhex(_data(plain, picture.end()).decode("ascii"))
        need(proof.inside(content) in ("jpeg", "png", "unknown"), "a picture that is not listed")


def _data(octets: bytes, at: int) -> bytes:
    """What stands in the group of a picture besides control words and groups."""
    parts: list[bytes] = []
    depth = 0
    for brace in _BRACE.finditer(octets, at):
        if not depth:
            parts.append(octets[at : brace.start()])
        depth += 1 if brace[0] == b"{" else -1
        at = brace.end()
        if depth < 0:
            break
    return _CONTROL_WORD.sub(b"", b"".join(parts))
