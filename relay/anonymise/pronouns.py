"""Pronouns by which a text speaks of its writer and to its reader, in some sixty languages."""

from __future__ import annotations

_MOST_READ = 500  # characters

FIRST_PERSON = frozenset(
    str.split("""
    i i'm i've i'll i'd we we'll me my us our you your ich wir mir mich mein meine du dir dich je j'ai nous moi mon ma
    mes tu vous yo nosotros me mi mis tú usted io noi mio mia eu nós meu minha você ik wij we mij mijn jij jag vi mig
    min mitt du ja my mnie mój moja ty я мы мне меня мой моя вы ты ми мені мене мій ben biz bana benim sen mimi sisi
    wangu yangu saya kami kita aku anda tôi chúng bạn أنا نحن لي هل من ما أنت אני אנחנו לי שלי אתה את من ما شما میں
    ہم آپ मैं हम मेरे मेरा आप क्या mně můj vám vás tebe tobě jsem môj mňa som én engem nekem téged ön vagyok minä
    minua minulle minun sinä sinua sinulle sinun olen jeg meg mine deg dig dere oss mă îmi dumneavoastră εγώ μου εσύ
    σου εσείς σας εμείς μας είμαι аз съм вас вам мной тебе тебя вами aš mano mans jūs jaz ég þú þig mina
    minu sina sinu mulle mən mənim sən siz мен менің сіз mening ako akin ikaw kamu unë meu jo მე ჩემი თქვენ ես իմ դուք
    আমি আমার আমাকে তুমি তোমার আপনি আপনার আমরা मुझे मेरी हमारे हमारी तुम आपके आपको आपका मी माझा माझी तुम्ही म मेरो तपाईं
    હું મારો મારી તમે ਮੈਂ ਮੇਰਾ ਮੇਰੀ ਤੁਸੀਂ நான் என் எனக்கு நீங்கள் உங்கள் நாம் నేను నాకు మీరు మీకు ನಾನು ನನ್ನ ನೀವು
    ഞാൻ എന്റെ നിങ്ങൾ මම මගේ ඔබ میرا میری میرے تو 저는 나는 제가 내가 저도 우리 እኔ አንተ እናንተ waxaan aniga
    """)
)
"""Pronouns of the first and second person."""

SINGULAR = frozenset(
    str.split("""
    i i'm i've i'd me my mine ich mich mir mein meine meinem meinen meiner je j'ai moi mon ma mes yo mi mis mí io mio
    mia miei mie eu meu minha meus minhas ik mij mijn jag jeg ja mig meg min mitt mit mine minä minua minulle minun én
    engem nekem mám mně můj moje moja moją mój mnie mi mă îmi mea mele я мне меня мной мой моя моё мою моём мені мене
    мій моя аз мен мој ben bana benim εγώ μου saya aku tôi mimi wangu yangu langu أنا لي عندي אני לי שלי من مرا मैं मुझे मेरे
    मेरा मेरी আমি আমার আমাকে நான் என் میں میرے میرا میری
    """)
)
"""Pronouns of the first person singular: no firm says "I" in its notices."""

_UNSPACED = ("我", "私", "僕", "ぼく", "わたし", "ฉัน", "ผม", "제가", "나는", "내가")
_EDGES = " .,:;!?\"'’“”«»()。、，：؛،؟।"


def speaks_of_oneself(words: str) -> bool:
    """Whether a line holds a pronoun of the first person singular, with a blank around it or in a language without."""
    short = words[:_MOST_READ].casefold().replace("’", "'")
    return any(word.strip(_EDGES) in SINGULAR for word in short.split()) or any(one in short for one in _UNSPACED)
