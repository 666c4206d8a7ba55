"""What a verb writes letters with."""

from __future__ import annotations

from relay.cli.session import Session
from relay.letters.templates import LetterTemplates
from relay.letters.write import Writer
from relay.message.write.dkim_sign import Signer


def writer_of(session: Session) -> Writer:
    """The writer of an open home. Whoever types a verb can correct a template, so a broken one stops it."""
    settings, home = session.settings, session.home
    signer = Signer(settings.domain, home.dkim_keys(settings))
    return Writer(settings, templates_of(session), signer, strict=True)


def templates_of(session: Session) -> LetterTemplates:
    """The letters of an open home."""
    return LetterTemplates(session.home.templates, session.settings.programme.language)
