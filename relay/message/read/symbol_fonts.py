"""The signs that symbol fonts show in the place of letters: Wingdings shows "J" as a smile.

Source: the Unicode equivalents of Microsoft's symbol fonts (Unicode document L2/11-052R, and the tables of the package
dingbat-to-unicode 1.0.1, 2022). Arrows and shapes of blocks that telephones have no fonts for (U+1F780 to U+1F8FF,
U+2B60 to U+2BBF) are the nearest common ones.
"""

from __future__ import annotations

import re

_FIRST = 0x20

_SIGNS = {
    "symbol": (
        " !∀#∃%&∍()*+,−./0123456789:;<=>?"
        "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
        "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}~ "
        "                                "
        "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵"
        "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"
        "◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭ "
    ),
    "webdings": (
        " 🕷🕸🕲🕶🏆🎖🖇🗨🗩🗰🗱🌶🎗🙾🙼🗕🗖🗗⏴⏵⏶⏷⏪⏩⏮⏭⏸⏹⏺🗚🗳"
        "🛠🏗🏘🏙🏚🏜🏭🏛🏠🏖🏝🛣🔍🏔👁👂🏞🏕🛤🏟🛳🕬🕫🕨🔈🎔🎕🗬🙽🗭🗪🗫"
        "⮔✔🚲⬜🛡📦🛱⬛🚑🛈🛩🛰★🕴⬤🛥🚔🗘🗙❓🛲🚇🚍⛳⦸⊖🚭🗮⏐🗯🗲 "
        "🚹🚺🛉🛊🚼👽🏋⛷🏂🏌🏊🏄🏍🏎🚘🗠🛢💰🏷💳👪🗡🗢🗣✯🖄🖅🖃🖆🖹🖺🖻"
        "🕵🕰🖽🖾📋🗒🗓🕮📚🗞🗟🗃🗂🖼🎭🎜🎘🎙🎧💿🎞📷🎟🎬📽📹📾📻🎚🎛📺💻"
        "🖥🖦🖧🕹🎮🕻🕼📟🖁🖀🖨🖩🖿🖪🗜🔒🔓🗝📥📤🕳🌣🌤🌥🌦☁🌨🌧🌩🌪🌬🌫"
        "🌜🌡🛋🛏🍽🍸🛎🛍Ⓟ♿🛆🖈🎓🗤🗥🗦🗧🛪🐿🐦🐟🐕🐈🙬🙮🙭🙯🗺🌍🌏🌎🕊"
    ),
    "wingdings": (
        " 🖉✂✁👓🕭🕮🕯🕿✆🖂🖃📪📫📬📭🗀🗁🗎🗏🗐🗄⌛🖮🖰🖲🖳🖴🖫🖬✇✍"
        "🖎✌🖏👍👎☜☞☝☟🖐☺😐☹💣🕱🏳🏱✈☼🌢❄🕆✞🕈✠✡☪☯🕉☸♈♉"
        "♊♋♌♍♎♏♐♑♒♓🙰🙵●🔾■□◻❑❒⬧⧫◆❖⬥⌧⮹⌘🏵🏶🙶🙷▯"
        "🄋➀➁➂➃➄➅➆➇➈➉🄌➊➋➌➍➎➏➐➑➒➓🙢🙠🙡🙣🙞🙜🙝🙟∙•"
        "⬝○○○○◎🔿▪◻★★★★★★★⯐⌖⯎⯏⯑✪✰🕐🕑🕒🕓🕔🕕🕖🕗🕘"
        "🕙🕚🕛⮰⮱⮲⮳⮴⮵⮶⮷🙪🙫🙕🙔🙗🙖🙐🙑🙒🙓⌫⌦←➢↑↓←→↑↓←"
        "→↑↓↖↗↙↘⬅➔⬆⬇↖↗↙↘⇦⇨⇧⇩↔⇳↖↗↙↘🢬🢭✗✓☒☑ "
    ),
    "wingdings 2": (
        " 🖊🖋🖌🖍✄✀🕾🕽🗅🗆🗇🗈🗉🗊🗋🗌🗍📋🗑🗔🖵🖶🖷🖸🖭🖯🖱🖒🖓🖘🖙"
        "🖚🖛👈👉🖜🖝🖞🖟🖠🖡👆👇🖢🖣🖑✗✓☒☑⮽☒⮾⮿🛇⦸🙱🙴🙲🙳‽🙹🙺"
        "🙻🙦🙤🙥🙧🙚🙘🙙🙛⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿ "
        "☉🌕☽☾⸿✝🕇🕜🕝🕞🕟🕠🕡🕢🕣🕤🕥🕦🕧🙨🙩⋅●⦁●○○○○⊙⦿■"
        "■◾■□□□□□▣□□◆◆⬩⬥◇◇◈◇◇◆◆⬪⬧◊◇◖◗⯊⯋⯀⯁"
        "⬟⯂⬣⬢⯃⯄✚✚✚✚✚✚✚✕✕✕✕✕✕✕✱✱✱✱✱✱✱✱✱✱✱✱"
        "✱✱✱✱✱★★★★★★✶★★★★✹★★✯★★⯌⯍※⁂      "
    ),
    "wingdings 3": (
        " ←→↑↓↖↗↙↘←→↑↓↖↘↑↓↔↕←→↑↓⭍←→←→←→←→"
        "⮐⮑⮒⮓←←⭾⭿←→↑↓⮏⮍⮎⮌⭮⭯⎋⌤⌃⌥␣⍽⇪↑←→←→←→"
        "←→←→←→←→↑↓↖↗↙↘↔↕▲▼△▽◀▶◁▷◣◢◤◥▲▲▲ "
        "▲⯅⯆⯇⯈←→↑↓←→↑↓←→↑↓←→↑↓←→↑↓←→↑↓←→↑"
        "↓←→↑↓←→←→←→←🢜🢝🢞🢟→←→←→←→↑↓←→↑↓←→↑"
        "↓←→↑↓←→↑↓←→←→←→←→←→↑↓↖↗↙↘←→↑↓↖↗↙"
        "↘←→↑↓↖↗↙↘←→↑↓←→↑↓               "
    ),
}
"""The signs for the codes 0x20 to 0xFF by the font's name; a blank where the font shows none or only a blank."""

_ANSI = {
    ord(bytes((octet,)).decode("cp1252")): octet for octet in range(0x80, 0xA0) if octet not in b"\x81\x8d\x8f\x90\x9d"
}
"""Windows writes the codes 0x80 to 0x9F of a symbol font as the characters of Windows-1252."""

_PRIVATE = re.compile("[\uf020-\uf0ff]")


def symbol_font(family: str) -> str | None:
    """The symbol font that a ``font-family`` or ``face`` begins with, by its lower-case name; None for other fonts."""
    first = family.partition(",")[0].strip(" \t\r\n\"'").lower()
    return first if first in _SIGNS else None


def signs(text: str, font: str) -> str:
    """``text`` as ``font``, a name of ``symbol_font``, shows it. Characters it has no sign for stay."""
    return "".join([_sign(char, font) for char in text])


def private_signs(text: str) -> str:
    """``text`` with characters that Word writes for symbol fonts in the Unicode private use area (U+F020 to U+F0FF) as
    signs: the bullet of Symbol, and all others of Wingdings."""
    return _PRIVATE.sub(lambda char: _sign(char[0], "symbol" if char[0] == "\uf0b7" else "wingdings"), text)


def _sign(char: str, font: str) -> str:
    code = ord(char)
    code = code - 0xF000 if 0xF020 <= code <= 0xF0FF else _ANSI.get(code, code)
    sign = _SIGNS[font][code - _FIRST] if _FIRST < code <= 0xFF and code != 0xA0 else " "
    return char if sign == " " else sign
