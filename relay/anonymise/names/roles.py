"""Words of addresses and display names that name nobody: roles, devices, brands, what people call themselves."""

from __future__ import annotations

# Words that a local part of an address is made of without naming anybody.
ROLE_WORDS = frozenset(
    str.split("""
    account accounting accounts admin billing business careers contact customer director editor education email
    enquiries events finance garden gardening general hello helpdesk hospital hostmaster information inquiries library
    mailbox manager marketing member mentor mentoring message newsletter noreply office office orders people personal
    photography postmaster president private reception registration research sales school science secretary security
    service services student students studio support teacher teaching treasurer volunteer volunteers webmaster welcome
    """)
)

# Words of display names that say nothing about who somebody is: what people call themselves, their devices and mail.
NOT_A_PERSON = frozenset(
    str.split("""
    me myself self i you user guest owner home work private personal privat travail perso casa trabajo mum mom
    mummy dad daddy mama papa family the my mine a an of from and for at on main new old test unknown anonymous
    nobody someone info iphone ipad phone mobile android galaxy samsung huawei xiaomi pixel tablet laptop
    computer pc mac windows linux gmail googlemail google outlook hotmail microsoft exchange yahoo icloud apple
    proton protonmail gmx web aol mail email e account mailbox inbox relay alias reply replies no not do noreply
    donotreply list mailing mailer daemon online school college university class group club company firm ltd inc
    gmbh llc
    """)
)
