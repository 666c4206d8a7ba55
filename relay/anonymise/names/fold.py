"""Folds names and texts alike, so that disguises and spelling variants of a word match; each letter keeps its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

# Letters that Unicode does not decompose but people type either way (Soren for Søren), and Arabic letters that are
# written for one another. A Malayalam chillu letter is typed as the letter with a virama, a Hausa hooked letter without
# its hook. CJK keyboards type the ideographic full stop for a dot. Final Hebrew letters are another shape of the same
# letter; geresh and gershayim are typed as quotation marks.
_ALIKE = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n",
    "ə": "a", "ґ": "г", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه", "ے": "ي", "ٱ": "ا",
    "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ", "。": ".", "׳": "'", "״": '"', "־": "-",
    "ʼ": "'", "ʻ": "'", "ʹ": "'", "ʾ": "'", "ʿ": "'", "ˈ": "'", "ꞌ": "'", "’": "'", "‘": "'", "‛": "'", "′": "'",
    "´": "'", "‐": "-", "‑": "-",
    "ɓ": "b", "ɗ": "d", "ɖ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o", "ƒ": "f", "ʋ": "v", "ɣ": "g",
    "ൺ": "ണ", "ൻ": "ന", "ർ": "ര", "ൽ": "ല", "ൾ": "ള", "ൿ": "ക", "ੱ": "",
}  # fmt: skip

# Ethiopic syllables that sound alike and are interchanged in Amharic (ሐና, ኃና, ሀና): rows of seven vowels.
_SOUND_ALIKE = (("ሐ", "ሀ"), ("ኀ", "ሀ"), ("ሠ", "ሰ"), ("ዐ", "አ"), ("ፀ", "ጸ"))
# Letters of other shapes, which "fancy text" of social networks consists of and Unicode does not decompose.
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))
_ENCLOSED = (0x1F150, 0x1F170)  # white letters in black circles and squares, A to Z
_VOWELS = 7
# In the rows of h and of the glottal stop the first and the fourth vowel sound alike, too.
_FOURTH = 3

# Variants of Han characters that occur in names: older, simplified and Japanese ones.
_SHAPES = """
    辺邊邉边 斎齋斉齊齐 沢澤泽 島嶋嶌岛 崎﨑嵜碕 高髙 浜濱濵滨 広廣广 国國圀 桜櫻樱 竜龍龙 恵惠 徳德 真眞 瀬瀨濑
    条條 関關关 黒黑 栄榮荣 塩鹽盐 滝瀧泷 静靜 実實实 寿壽寿 万萬 富冨 峰峯 曽曾 増增 豊豐丰 円圓圆 渓溪 学學
    亀龜龟 鉄鐵铁 壮壯 剣劍剑 彦彥 穂穗 礼禮 来來 弥彌 宝寶 聡聰聪 薫薰 鶏雞鸡 歩步 晃晄 会會 団團 応應应 沖冲
    戸戶户 緑綠绿 陳陈 張张 劉刘 楊杨 趙赵 黃黄 吳吴 孫孙 馬马 羅罗 鄭郑 謝谢 韓韩 馮冯 蕭萧 鄧邓 許许 呂吕 蘇苏
    盧卢 蔣蒋 賈贾 葉叶 閻阎 鍾鐘钟 譚谭 鄒邹 陸陆 顧顾 錢钱 湯汤 喬乔 賀贺 賴赖 龔龚 龐庞 蘭兰 顏颜 嚴厳严 溫温
    蘆芦 魯鲁 韋韦 畢毕 聶聂 叢丛 莊荘庄 塗涂 時时 費费 紀纪 項项 陽阳 衛卫 單单 寧宁 閔闵 強强 華华 車车 饒饶
    鄔邬 暢畅 宮宫 簡简 婁娄 蓋盖 連连 欒栾 計计 竇窦 遲迟 藍蓝 鞏巩 練练 樂乐 興兴 戰战 傑杰 東东 長长 門门
    風风 飛飞 鳳凤 鴻鸿 鵬鹏 麗丽 貴贵 賢贤 遠远 達达 運运 進进 過过 銀银 銳锐 鋒锋 錦锦 鎮镇 雲云 電电 靈灵
    順顺 願愿 頌颂 頤颐 穎颖 騰腾 駿骏 驍骁 魚鱼 鳴鸣 鶴鹤 麥麦 點点 齡龄 義义 習习 書书 爾尔 亞亜亚 產产 億亿
    儀仪 倫伦 偉伟 傳传 優优 勝胜 勳勋勲 務务 動动 勁劲 區区 協协 雙双 變变 響响 啟启 喚唤 聖圣 堅坚 堯尧 壇坛
    夢梦 奮奋 姍姗 嬌娇 嫻娴 嬋婵 婭娅 嬰婴 審审 寬宽 將将 導导 巖巌岩 嶽岳 幹干 慶庆 憲宪 懷懐怀 戀恋 揚扬 擇择
    曉晓暁 曄晔 曇昙 朧胧 梟枭 棟栋 楓枫 槍枪 樺桦 機机 歡欢 歐欧 氣气 決决 淚泪 淵渊 漢汉 潔洁 濤涛 濟济済 瀟潇
    瀾澜 煥焕 煒炜 燁烨 愛爱 獻献 環环 瓊琼 瑩莹 璽玺 瑋玮 瓏珑 琺珐 畫画 療疗 發发 盡尽 碩硕 禎祯 種种 穩稳
    競竞 筆笔 節节 範范 純纯 紅红 紋纹 絲丝 結结 絢绚 絹绢 綺绮 維维 綸纶 綿绵 緒绪 緣缘 縈萦 織织 繡绣 續续
    繼继 羣群 翹翘 聯联 聲声 肅肃 腦脑 臨临 舉举 藝芸艺 莖茎 蓮莲 薩萨 薔蔷 蘊蕴 虛虚 號号 衆众 裝装 見见 規规
    覺觉 親亲 觀观 記记 詠咏 詩诗 語语 誠诚 誼谊 調调 論论 謙谦 講讲 識识 讓让 讚赞 貝贝 財财 貞贞 責责 質质
    輝辉 輪轮 軍军 軒轩 載载 農农 適适 選选 邁迈 鄉乡 釗钊 鈞钧 鈴铃 鈺钰 銘铭 錚铮 鍵键 鑑鉴 閃闪 開开 閎闳
    間间 閣阁 闊阔 陰阴 階阶 際际 隱隐 難难 雛雏 霽霁 韻韵 頡颉 題题 類类 飄飘 驊骅 驥骥 鯤鲲 鷗鸥 鷹鹰 鸞鸾
"""


def _alike() -> dict[str, str]:
    """The tables above as one: each letter with the representative of its group."""
    table = _ALIKE | _SMALL_CAPITALS
    table |= {chr(first + n): letter for first in _ENCLOSED for n, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
    for row, instead in _SOUND_ALIKE:
        table.update({chr(ord(row) + vowel): chr(ord(instead) + vowel) for vowel in range(_VOWELS)})
    for first in "ሀአ":
        table[chr(ord(first) + _FOURTH)] = first
    table.update({letter: table.get(one, one) for letter, one in list(table.items())})
    for shapes in _SHAPES.split():
        first = table.get(shapes[0], shapes[0])
        table.update({shape: first for shape in shapes if shape != first})
    return table


_ONE_FOR_ALL = _alike()

# Invisible characters that are not of category Cf: fillers, joiners and selectors; the Arabic tatweel.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\u0640")

# Indic marks that people leave out or write in two ways: nukta, virama.
_INDIC_LOOSE = frozenset(
    "\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
)
# Candrabindu is also written as anusvara, and so is a nasal letter before a consonant: पण्डित, पंडित.
_CANDRABINDU = {"\u0901": "\u0902", "\u0981": "\u0982", "\u0a01": "\u0a02", "\u0a81": "\u0a82", "\u0a70": "\u0a02"}
_NASAL = regex.compile("[ङञणनम](?=\u094d[क-ह])|[ঙঞণনম](?=\u09cd[ক-হ])|[ઙઞણનમ](?=\u0acd[ક-હ])")
_ANUSVARA = {"\u0900": "\u0902", "\u0980": "\u0982", "\u0a80": "\u0a82"}
# Characters that form a letter only together: Korean jamo, and kana with a separate voicing mark.
_COMPOSED = regex.compile(
    "[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]|[\u3040-\u30ff\uff66-\uff9d][\u3099\u309a\uff9e\uff9f]"
)

_ASCII_PUNCTUATION = {code: None for code in range(128) if not chr(code).isalnum()}
_NOT_LETTERS = regex.compile(r"[\W_]+")
_FOREIGN = regex.compile(r"[^\x00-\x7f]+")
_LETTER = regex.compile(r"[^\W_]")


def _accent(code: int) -> bool:
    """Whether it is a mark that people leave out: Latin accents, Hebrew points, Arabic vowel signs. (Thai and Indic
    vowel signs are not: without them it is another word.)"""
    return (
        0x300 <= code <= 0x36F
        or 0x483 <= code <= 0x489
        or 0x591 <= code <= 0x5BD
        or 0x5BF <= code <= 0x5C7
        or 0x610 <= code <= 0x61A
        or 0x64B <= code <= 0x65F
        or code == 0x670
        or 0x6D6 <= code <= 0x6ED
        or 0x1AB0 <= code <= 0x1AFF
        or 0x1DC0 <= code <= 0x1DFF
        or 0x20D0 <= code <= 0x20FF
        or 0xFE00 <= code <= 0xFE0F
        or 0xFE20 <= code <= 0xFE2F
        or 0xE0100 <= code <= 0xE01EF
    )


@lru_cache(maxsize=4096)  # per character; nothing of a text is kept
def _fold_character(character: str) -> str:
    if character < "\x80":
        return "'" if character == "`" else character.lower()
    if character in _INVISIBLE or character in _INDIC_LOOSE or unicodedata.category(character) == "Cf":
        return ""
    if character in _ONE_FOR_ALL:
        return _ONE_FOR_ALL[character]
    code = ord(character)
    if 0x3041 <= code <= 0x3096:
        return chr(code + 0x60)  # hiragana is folded to katakana
    if 0x0900 <= code <= 0x0DFF:
        return _CANDRABINDU.get(character, "".join(map(_loose, unicodedata.normalize("NFD", character))))
    whole = unicodedata.normalize("NFKC", character).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFKD", whole) if not _accent(ord(c)))
    bare = unicodedata.normalize("NFC", bare).casefold()
    return "".join(_ONE_FOR_ALL.get(c, c) for c in bare)


def _loose(character: str) -> str:
    return "" if character in _INDIC_LOOSE else character


@lru_cache(maxsize=4096)
def _settled(character: str) -> bool:
    """Whether folding or lower-casing its folded form again changes nothing."""
    whole = _fold_character(character)
    return whole.lower() == whole and all(_fold_character(each) == each for each in whole)


@dataclass(slots=True)
class Folded:
    """A skeleton ``text``; ``index`` maps each of its characters to its place in ``original`` (None: the same
    place)."""

    original: str
    text: str
    index: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original for the skeleton's [start, end), with the marks that belong to its last letter."""
        index = self.index
        first, last = (start, end) if index is None else (index[start], index[end - 1] + 1)
        original = self.original
        while last < len(original) and original[last] > "\x7f" and _belongs_before(original[last]):
            last += 1
        return first, last


@lru_cache(maxsize=1024)
def _belongs_before(character: str) -> bool:
    """Whether the character is a mark that belongs to the grapheme cluster before it (UAX 29 3)."""
    return (unicodedata.category(character) in ("Mn", "Mc", "Me") or character == "\u200d") and not _LETTER.match(
        _fold_character(character) or " "
    )


def fold(text: str) -> Folded:
    """Fold a text: compatibility forms, case, accents and invisible characters are removed. Linear in the text."""
    if text.isascii():
        low = text.lower()
        return Folded(text, low.replace("`", "'") if "`" in low else low, None)
    if _COMPOSED.search(text):
        return _fold_clusters(text)
    spelt = _NASAL.sub(_anusvara, text)
    foreign = set("".join(_FOREIGN.findall(spelt)))
    skeleton = _skeleton(spelt, foreign)
    odd = [character for character in foreign if len(_fold_character(character)) != 1]
    if not odd:
        return Folded(text, skeleton, None)
    index: list[int] = []
    at = 0
    for place in sorted(place for character in odd for place in _places(spelt, character)):
        index.extend(range(at, place))
        index.extend([place] * len(_fold_character(spelt[place])))
        at = place + 1
    index.extend(range(at, len(text)))
    return Folded(text, skeleton, index)


def _anusvara(nasal: regex.Match[str]) -> str:
    return _ANUSVARA[chr(ord(nasal[0]) & ~0x7F)]


def _fold_clusters(text: str) -> Folded:
    """The same for a text with letters of several characters (UAX 29): each cluster is composed first."""
    out: list[str] = []
    index: list[int] = []
    for cluster in regex.finditer(r"\X", text):
        whole = cluster[0]
        composed = unicodedata.normalize("NFKC", whole) if _COMPOSED.search(whole) else whole
        step = int(len(composed) == len(whole))
        for place, character in enumerate(composed):
            folded = _fold_character(character)
            out.append(folded)
            index.extend([cluster.start() + place * step] * len(folded))
    return Folded(text, "".join(out), index)


def skeleton_of(text: str) -> str:
    """The skeleton alone."""
    if text.isascii() and "`" not in text:
        return text.lower()
    return fold(text).text


def _skeleton(text: str, foreign: set[str]) -> str:
    """The text with each of the ``foreign`` characters folded, and ASCII in lower case."""
    if "`" in text or not all(map(_settled, foreign)):
        return text.translate({ord(character): _fold_character(character) for character in set(text)})
    for character in foreign:
        # No folded form is folded again, so the characters can be replaced one after another.
        instead = _fold_character(character)
        if instead != character:
            text = text.replace(character, instead)
    return text.lower()


def _places(text: str, character: str) -> Iterator[int]:
    place = text.find(character)
    while place >= 0:
        yield place
        place = text.find(character, place + 1)


def letters(skeleton: str) -> str:
    """Only the letters, their marks, and digits of a skeleton: what remains after any disguise by punctuation."""
    if skeleton.isalnum():
        return skeleton
    if skeleton.isascii():
        return skeleton.translate(_ASCII_PUNCTUATION)
    return _NOT_LETTERS.sub("", skeleton)


def letters_at(skeleton: str) -> tuple[str, list[int]]:
    """The same, with the place of each letter in the skeleton."""
    if skeleton.isascii():
        places = [place for place, character in enumerate(skeleton) if character.isalnum()]
    else:
        places = [found.start() for found in _LETTER.finditer(skeleton)]
    return "".join([skeleton[place] for place in places]), places


def is_letter(character: str) -> bool:
    """Whether it is a letter, a digit, or a mark that changes the word. False for ""."""
    return character.isalnum() or (character > "\x7f" and bool(_LETTER.match(character)))


def is_small(character: str) -> bool:
    """Whether it is a lower-case letter of a script that has capitals. Georgian letters count as lower-case ones since
    Unicode 11, but nobody begins a name with a capital there."""
    return character.islower() and not "\u10d0" <= character <= "\u10ff"
