"""Which RTF groups and words are kept, for text and formatting (Rich Text Format Specification 1.9.1)."""

from __future__ import annotations

# Programs skip an unknown group that begins with an asterisk: it is dropped unless listed here.
_KEPT_STARRED = frozenset(
    str.split("""
        shppict shpinst shptxt shpgrp fldinst bkmkstart bkmkend annotation atnid atnauthor atnref atnparent atrfstart
        atrfend listtable listoverridetable listpicture pn pnseclvl1 pnseclvl2 pnseclvl3 pnseclvl4 pnseclvl5 pnseclvl6
        pnseclvl7 pnseclvl8 pnseclvl9 footnote ftnsep ftnsepc aftnsep aftnsepc background cs ts ds falt panose picprop
        nesttableprops tblstylprop tsrowd do ud formfield ffname ffdeftext ffformat ffhelptext ffstattext ffl revtbl
        mmathPr moMath moMathPara moMathParaPr liststylename levelmarker
    """)
)
_GONE = frozenset(
    str.split("""
        info userprops generator rsidtbl filetbl nextfile template xmlnstbl datastore themedata colorschememapping
        latentstyles nonshppict datafield docvar operator author company manager title doccomm private comment
        atndate atntime atnicn fontemb fontfile blipuid blipname shprslt mailmerge passwordhash password wgrffmtfilter
        htmltag writereservation writereservhash protusertbl protstart protend xmlopen xmlattr fname fldtype
    """)
)
OBJECTS = frozenset(str.split("object *object objdata *objdata objclass *objclass *objalias *objsect *objtime"))
# Groups with authors of notes and changes, and their neutral replacement.
PEOPLE = {"*atnid": "A", "*atnauthor": "Author", "*revtbl": "Author;"}
_TELLING = frozenset(
    str.split("""
        revdttm revdttmdel crdate bliptag dxfrtext creatim revtim printim buptim version vern edmins nofpages nofwords
        nofchars nofcharsws id xmlclose docvar
    """)
)


def kept(destination: str) -> bool:
    """Whether a group with this destination is kept ("": none; "*name": programs may skip it)."""
    name = destination.removeprefix("*")
    if name in _GONE:
        return False
    return not destination.startswith("*") or name in _KEPT_STARRED


def telling_word(name: str) -> bool:
    """Whether a control word reveals a session or time. (\\rsidN, \\insrsidN and the like number editing sessions.)"""
    return name in _TELLING or name.startswith("rsid") or name.endswith("rsid")
