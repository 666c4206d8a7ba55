"""Public mail providers: domains that identify nobody because many people share them."""

from __future__ import annotations

PUBLIC_PROVIDERS = frozenset(
    str.split("""
    gmail.com googlemail.com outlook.com outlook.de outlook.fr outlook.es hotmail.com hotmail.co.uk hotmail.fr
    hotmail.de hotmail.it hotmail.es live.com live.co.uk live.fr live.nl msn.com yahoo.com yahoo.co.uk yahoo.co.in
    yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.com.br yahoo.co.jp yahoo.ca ymail.com rocketmail.com aol.com icloud.com
    me.com mac.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tuta.io fastmail.com fastmail.fm hey.com
    zoho.com mail.com email.com gmx.de gmx.net gmx.com gmx.at gmx.ch web.de freenet.de t-online.de posteo.de mailbox.org
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it seznam.cz centrum.cz wp.pl o2.pl
    onet.pl interia.pl mail.ru inbox.ru bk.ru list.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net qq.com foxmail.com
    163.com 126.com sina.com sohu.com naver.com daum.net hanmail.net rediffmail.com bol.com.br uol.com.br terra.com.br
    btinternet.com sky.com virginmedia.com ntlworld.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net
    cox.net charter.net rogers.com shaw.ca bigpond.com optusnet.com.au xtra.co.nz telenet.be skynet.be ziggo.nl
    kpnmail.nl home.nl planet.nl bluewin.ch hispeed.ch telia.com hotmail.se hotmail.dk mail.dk online.no
    """)
)

# Domains that are equivalent, and in which dots in the local part are ignored.
GMAIL = frozenset({"gmail.com", "googlemail.com"})

# Second-level labels under country domains below which everybody registers (co.uk, com.au, ac.jp).
_SHARED_SECOND = frozenset(
    str.split("ac co com edu gob gouv gov gv id ltd me mil ne net nhs nom or org plc sch school")
)


def private_domains(domain: str) -> tuple[str, ...]:
    """The domains that identify the person with an address at ``domain``: it, and its registered parent domain. None
    for a public provider."""
    if domain in PUBLIC_PROVIDERS or "." not in domain:
        return ()
    labels = domain.split(".")
    shared = len(labels[-1]) == 2 and labels[-2] in _SHARED_SECOND
    parent = ".".join(labels[-3 if shared else -2 :])
    too_wide = (
        parent == domain or parent in PUBLIC_PROVIDERS or len(parent.split(".")[0]) < 4 or (shared and len(labels) < 3)
    )
    return (domain,) if too_wide else (domain, parent)
