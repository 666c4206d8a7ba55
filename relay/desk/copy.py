"""COPY: all that relay has of the member, by mail."""

from __future__ import annotations

from dataclasses import replace

from relay.desk.request import Desk, Outcome, Request
from relay.letters.write import Letter
from relay.mentoring.exporting import FILE_NAME, Asking, copy_of, exported
from relay.model import Attachment
from relay.store import Acceptance, Happened


async def copy(desk: Desk, request: Request) -> Outcome:
    """Send the member their copy, in as many mails as it needs. Raises StoreError, StationeryError."""
    asking = Asking(desk.store, desk.writer.templates, desk.settings, request.now)
    made = await copy_of(request.member, asking, by_mail=True)
    count = len(made.archives)
    letters = [_mail(desk, request, archive, at, count) for at, archive in enumerate(made.archives, 1)]
    return Outcome(tuple(letters), (Happened(exported(request.member, request.now, operator=False)),))


def _mail(desk: Desk, request: Request, archive: bytes, at: int, count: int) -> Acceptance:
    """One mail with a part of the copy. Only the first has the id of the request, since an id is used once."""
    part, writer = request.first, desk.writer
    about = request.id if at == 1 else ""
    letter = Letter(
        "desk-copy",
        request.mailbox,
        part.pair.manner(part.side),
        {"at": at, "count": count},
        part.pair.id,
        about,
        side=part.side.other,
    )
    message, sender = writer.message(letter)
    name = FILE_NAME if count == 1 else FILE_NAME.replace(".", f"-{at}.")
    message = replace(message, attachments=(Attachment(archive, "application/zip", name),))
    return writer.owed(letter, writer.signed(message, writer.headers(letter, sender, request.now)), request.now)
