"""The mailboxes of two members as files, and the lines that open them in mail programs to answer from."""

from __future__ import annotations

import mailbox
import shlex
from collections.abc import Iterator
from pathlib import Path

from lab.house import HOST


class Mailbox:
    """One member's mailbox, an mbox file (RFC 4155) in ``folder``, beside it settings files for mutt and s-nail."""

    def __init__(self, folder: Path, side: str, address: str, alias: str, port: int) -> None:
        self.side, self.address, self.alias, self._port = side, address, alias, port
        self.file = folder / f"{side}.mbox"
        self.file.touch()
        self._muttrc, self._mailrc = folder / f"{side}.muttrc", folder / f"{side}.mailrc"
        self._muttrc.write_text(self._for_mutt())
        self._mailrc.write_text(self._for_nail())

    def add(self, content: bytes) -> None:
        """Append a letter. The file is locked meanwhile (fcntl and dot lock, as mutt does)."""
        box = mailbox.mbox(self.file)
        box.lock()
        try:
            box.add(content.replace(b"\r\n", b"\n"))
            box.flush()
        finally:
            box.close()

    def opened_with(self) -> Iterator[tuple[str, str]]:
        """Programs, and the command line that opens this mailbox in each."""
        yield "mutt", f"mutt -n -F {shlex.quote(str(self._muttrc))}"
        yield "s-nail", f"MAILRC={shlex.quote(str(self._mailrc))} s-nail -n -f {shlex.quote(str(self.file))}"

    def _for_mutt(self) -> str:
        """Mutt 2 wants TLS unless ssl_force_tls is off; a demonstration on loopback has none."""
        return (
            f"set spoolfile='{self.file}' folder='{self.file.parent}' record='' postponed='{self.file}.postponed'\n"
            f"set from='{self.address}' realname='' use_from=yes envelope_from_address='{self.address}'\n"
            f"set use_envelope_from=yes smtp_url='smtp://{HOST}:{self._port}' ssl_force_tls=no ssl_starttls=no\n"
            "set smtp_authenticators='' copy=no move=no\n"
            f"alias partner {self.alias}\n"
        )

    def _for_nail(self) -> str:
        return (
            f"set v15-compat mta=smtp://{HOST}:{self._port} smtp-auth=none\n"
            f"set from={self.address} hostname=localhost sendwait hold keep\n"
            f"alias partner {self.alias}\n"
        )
