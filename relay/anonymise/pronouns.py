"""Pronouns by which a text speaks of its writer and to its reader, in some thirty languages."""

from __future__ import annotations

FIRST_PERSON = frozenset(
    str.split("""
    i i'm i've i'll i'd we we'll me my us our you your ich wir mir mich mein meine du dir dich je j'ai nous moi mon ma
    mes tu vous yo nosotros me mi mis tú usted io noi mio mia eu nós meu minha você ik wij we mij mijn jij jag vi mig
    min mitt du ja my mnie mój moja ty я мы мне меня мой моя вы ты ми мені мене мій ben biz bana benim sen mimi sisi
    wangu yangu saya kami kita aku anda tôi chúng bạn أنا نحن لي هل من ما أنت אני אנחנו לי שלי אתה את من ما شما میں
    ہم آپ मैं हम मेरे मेरा आप क्या
    """)
)
"""Pronouns of the first and second person."""
