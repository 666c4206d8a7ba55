"""Recognises footers of programs, providers, virus scanners, mailing lists and firms."""

from __future__ import annotations

from relay.anonymise.appended.program_lines import is_program_line
from relay.anonymise.appended.service_lines import is_service_line
from relay.anonymise.appended.stamps import is_stamp
from relay.anonymise.appended.tickets import is_ticket_line
from relay.anonymise.appended.tool_lines import is_tool_line


def is_footer_line(words: str) -> bool:
    """Whether a mail program, a provider, a virus scanner, a mailing list or a firm added this line."""
    return (
        is_program_line(words)
        or is_stamp(words)
        or is_tool_line(words)
        or is_ticket_line(words)
        or is_service_line(words)
    )
