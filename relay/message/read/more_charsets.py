"""Character sets of mail that Python does not have: of Vietnamese, Armenian and Georgian.

Sources: RFC 1456 (VISCII), TCVN 5712:1993, AST 34.002 (ARMSCII-8), and the tables of glibc for the two Georgian ones.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_ASCII = "".join(map(chr, range(0x80)))
_CONTROLS = "".join(map(chr, range(0x80, 0xA0)))


def _with(low: dict[int, str]) -> str:
    """ASCII, with letters in the place of some controls."""
    return "".join(low.get(code, chr(code)) for code in range(0x80))


_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_TCVN_LOW = {
    0x01: "Ú",
    0x02: "Ụ",
    0x04: "Ừ",
    0x05: "Ử",
    0x06: "Ữ",
    0x11: "Ứ",
    0x12: "Ự",
    0x13: "Ỳ",
    0x14: "Ỷ",
    0x15: "Ỹ",
    0x16: "Ý",
    0x17: "Ỵ",
}
_TABLES = {
    "viscii": (
        _with(_VISCII_LOW) + "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờở"
        "ịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉ"
        "đựòóôõỏọụùúũủýợỮ"
    ),
    "tcvn5712": (
        _with(_TCVN_LOW) + "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ\xa0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảã"
        "áạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợù"
        "ỖủũúụừửữứựỳỷỹýỵỐ"
    ),
    "armscii8": (
        _ASCII + _CONTROLS + "\xa0\ufffeև։)(»«—.՝,-֊…՜՛՞ԱաԲբԳգԴդԵեԶզԷէԸըԹթԺժԻիԼլԽխԾծԿկՀհՁձՂղՃճ"
        "ՄմՅյՆնՇշՈոՉչՊպՋջՌռՍսՎվՏտՐրՑցՒւՓփՔքՕօՖֆ՚\ufffe"
    ),
    "georgianps": (
        _ASCII + "\x80\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8d\x8e\x8f\x90‘’“”•–—˜™š›œ\x9d\x9eŸ\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·"
        "¸¹º»¼½¾¿აბგდევზჱთიკლმნჲოპჟრსტჳუფქღყშჩცძწჭხჴჯჰჵæçèéêëìíîï"
        "ðñòóôõö÷øùúûüýþÿ"
    ),
    "georgianacademy": (
        _ASCII + "\x80\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8d\x8e\x8f\x90‘’“”•–—˜™š›œ\x9d\x9eŸ\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·"
        "¸¹º»¼½¾¿აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶçèéêëìíîï"
        "ðñòóôõö÷øùúûüýþÿ"
    ),
}

LABELS = {
    "viscii": "viscii csviscii viscii111 viscii11 viscii1",
    "tcvn5712": "tcvn tcvn3 tcvn5712 tcvn57121 tcvn571211993",
    "armscii8": "armscii8 armscii",
    "georgianps": "georgianps geostd8",
    "georgianacademy": "georgianacademy",
}
"""Codec → its labels, as letters and digits."""


def _of_table(name: str) -> codecs.CodecInfo | None:
    """The codec of one of these names."""
    table = _TABLES.get(name)
    if table is None:
        return None
    encoding = codecs.charmap_build(table)

    def encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
        return codecs.charmap_encode(text, errors, encoding)

    def decode(octets: ReadableBuffer, errors: str = "strict") -> tuple[str, int]:
        return codecs.charmap_decode(octets, errors, table)

    return codecs.CodecInfo(encode, decode, name=name)


codecs.register(_of_table)
