"""COPY: all that relay has of the member, by mail."""

from __future__ import annotations

from dataclasses import replace

from relay.desk.request import Desk, Outcome, Request
from relay.letters.write import Letter
from relay.mentoring.exporting import FILE_NAME, Asking, copy_of, exported
from relay.model import Attachment
from relay.policy.recipients import new_token, return_path
from relay.store import COPY, Acceptance, Happened


async def copy(desk: Desk, request: Request) -> Outcome:
    """Send the member their copy, in as many mails as it needs. Raises StoreError, StationeryError."""
    asking = Asking(desk.store, desk.writer.templates, desk.settings, request.now)
    made = await copy_of(request.member, asking)
    count = len(made.archives)
    letters = [_mail(desk, request, archive, at, count) for at, archive in enumerate(made.archives, 1)]
    return Outcome(tuple(letters), (Happened(exported(request.member, request.now, operator=False)),))


def _mail(desk: Desk, request: Request, archive: bytes, at: int, count: int) -> Acceptance:
    """One mail with a part of the copy. A report about it comes back to us: a server may not take mails that large."""
    part, writer = request.first, desk.writer
    about = request.id if at == 1 else f"{request.id}-{at}"
    letter = Letter(
        "desk-copy",
        request.mailbox,
        part.pair.manner(part.side),
        {"at": at, "count": count},
        part.pair.id,
        about,
        return_path=return_path(new_token(), desk.settings.domain),
        side=part.side.other,
        kind=COPY,
    )
    message, sender = writer.message(letter)
    name = FILE_NAME if count == 1 else FILE_NAME.replace(".", f"-{at}.")
    message = replace(message, attachments=(Attachment(archive, "application/zip", name),))
    owed = writer.owed(letter, writer.signed(message, writer.headers(letter, sender, request.now)), request.now)
    return replace(owed, deliveries=tuple(replace(one, notice=False) for one in owed.deliveries))
