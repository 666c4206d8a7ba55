"""Frequencies of non-ASCII letters by language, as lists in falling order: the data for guessing charsets."""

from __future__ import annotations

# Small letters; a capital counts as a rarer form of its small letter. Compiled from the alphabets.
LETTERS: dict[str, str] = {
    "de": "üäöß",
    "fr": "éèàêçôâîûùœëïüæ",
    "es": "óíáéñúü",
    "pt": "ãçáéíóêõúâàô",
    "it": "èàùòìé",
    "nl": "ëéïèöüê",
    "nordic": "äöåøæé",
    "is": "áíöéæúóðþý",
    "ca": "àéóèíòçúïü",
    "ga": "áéíóúâêîôŵŷ",
    "sq": "ëç",
    "pl": "łąęóżśćńź",
    "cs": "íáéěýřčžšůúťďňó",
    "sk": "áíéčšžýúťľôóďňäŕĺ",
    "hu": "áéöóőüíúű",
    "ro": "ăîâșțşţ",
    "hr": "čšžćđ",
    "tr": "ışüğçöâîû",
    "lt": "ėšžųįūąčę",
    "lv": "āīšēņūžļģčķ",
    "et": "äõüöšž",
    "mt": "ħżġċàĉĝĥĵŝŭ",
    "vi": "đ\u0301\u0300\u0323ư\u0309âêôơă\u0303áàéèíìóòúùýãõ",
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "uk": "оаинвітерслкудмпяьзгбчйхцжїюєшщфґ’",
    "be": "аінеорсклтдвумыяпзьцўбгчйжшхюэфё",
    "bg": "аиоетнрсвлкдпмзяугбчъщцжхюшфйь",
    "sr": "аоиенрсјтукдвмплбгзчшжћцхњђљфџ",
    "mk": "аоиетнрсвкдлпмујзбгшчцжќфхѓѕљњџ",
    "el": "αοιετσνηυρπκμλςόίάέύήώδγχθφωβξζψϊϋΐΰ",
    "he": "יוהלאמרבתנשדכעםקחפטןגזסצךףץ\u05b8\u05b7\u05b4\u05b0\u05b6\u05bc",
    "ar": "اليمنروتبةعدسفهكقأحجشطصىخإذئءزثضغؤظآ،؟؛ًٌٍَُِّْ",
    "fa": "اینردمهوتبسشکزگلفخعقجچپحطصآضظذغثئءأ،؟يك\u200c",
    "th": "ารนกอเงม่ยลว้ดทสตะปบคหัีไแจิพชขใืูุ็ำโถ์ึผธณฟซญศษภฉฏฎฐฒฑฌฬฮฝฆๆ",
}

# The characters that make up half of running text.
SIGNS: dict[str, str] = {
    "zh": (
        "的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她"
        "里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老"
        "从动两长姓名级班校师分数题第课书"
    ),
    "zh-Hant": (
        "的一是不了人我在有他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她"
        "裡後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老"
        "從動兩長姓名級班校師分數題第課書"
    ),
    "ja": "日一人年大中出会本学事生行私先者見今時分間手方何思気名前子点",
    "ko": (
        "이다는을가에의한고하지도로를은기사나어서리자대시아그인있해들것정수일라게전부장여면했상주오제보만"
        "구원과스성동적소유연비조국학문모생실선공안계무방중양단음관회습년월화요니씨름점까님입김박"
    ),
}

WESTERN = ("de", "fr", "es", "pt", "it", "nl", "nordic", "is", "ca", "ga", "sq")
CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "de")
BALTIC = ("lt", "lv", "et", "pl")
TURKISH = ("tr", "de", "fr")
CYRILLIC = ("ru", "uk", "bg", "be", "sr", "mk")

# Codec → its handicap in bits (the rarer, the higher), and the languages written in it.
CANDIDATES: dict[str, tuple[float, tuple[str, ...]]] = {
    "cp1252": (0, WESTERN),
    "cp1250": (1, CENTRAL),
    "cp1251": (0, CYRILLIC),
    "cp1253": (0, ("el",)),
    "cp1254": (1, TURKISH),
    "cp1255": (0, ("he",)),
    "cp1256": (0, ("ar", "fa")),
    "cp1257": (1, BALTIC),
    "cp1258": (2, ("vi",)),
    "cp874": (0, ("th",)),
    "gb18030": (0, ("zh", "zh-Hant")),
    "cp950": (0, ("zh-Hant",)),
    "cp932": (0, ("ja",)),
    "euc_jp": (0, ("ja",)),
    "cp949": (0, ("ko",)),
    "koi8_r": (1, ("ru", "bg")),
    "koi8_u": (1, ("uk", "be", "ru")),
    "iso8859_2": (3, CENTRAL),
    "iso8859_3": (8, ("mt", "tr")),
    "iso8859_4": (7, BALTIC),
    "iso8859_5": (6, CYRILLIC),
    "iso8859_6": (4, ("ar",)),
    "iso8859_7": (3, ("el",)),
    "iso8859_8": (4, ("he",)),
    "iso8859_9": (3, TURKISH),
    "iso8859_10": (9, ("nordic", "is", "et", "lv")),
    "iso8859_13": (4, BALTIC),
    "iso8859_14": (9, ("ga",)),
    "iso8859_15": (4, WESTERN),
    "iso8859_16": (5, ("ro", *CENTRAL)),
    "mac_roman": (4, WESTERN),
    "mac_cyrillic": (6, CYRILLIC),
    "mac_latin2": (6, CENTRAL),
    "mac_croatian": (10, ("hr",)),
    "mac_romanian": (10, ("ro",)),
    "mac_greek": (8, ("el",)),
    "mac_turkish": (8, TURKISH),
    "cp850": (10, WESTERN),
    "cp437": (10, WESTERN),
    "cp852": (10, CENTRAL),
    "cp866": (8, CYRILLIC),
    "cp737": (10, ("el",)),
    "cp775": (11, BALTIC),
    "cp857": (10, TURKISH),
    "cp862": (10, ("he",)),
}

# Codecs of file names in ZIPs made on Windows: the old code pages are common there (APPNOTE.TXT, appendix D).
OF_DOS = frozenset({"cp437", "cp850", "cp852", "cp866", "cp737", "cp775", "cp857", "cp862"})
