"""Makes the writer and the templates that a verb needs to write letters."""

from __future__ import annotations

from relay.cli.session import Session
from relay.letters.templates import LetterTemplates
from relay.letters.write import Writer
from relay.message.write.dkim_sign import Signer
from relay.signing_keys import Mail


def writer_of(session: Session) -> Writer:
    """The writer for an open home. It is strict: a broken template stops the verb, because the operator can mend it."""
    settings, home = session.settings, session.home
    signer = Signer(settings.domain, home.dkim_keys(settings, Mail.PROGRAMME))
    return Writer(settings, templates_of(session), signer, strict=True)


def templates_of(session: Session) -> LetterTemplates:
    """The letter templates of an open home."""
    return LetterTemplates(session.home.templates, session.settings.programme.language)
