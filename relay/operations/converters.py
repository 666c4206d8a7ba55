"""relay check: which files other programs can convert here, and what is missing for the rest."""

from __future__ import annotations

from relay.operations.findings import Finding, fine, warn
from relay.settings import Settings
from relay.workers.converters.programs import PROGRAMS
from relay.workers.converters.sandbox import available, works


async def check_converters(settings: Settings) -> list[Finding]:
    """Which converters are installed, and whether a sandbox for them can be made. Without is no fault: files that are
    not converted are refused."""
    if settings.attachments.convert == "never":
        return [fine('files are not converted (attachments.convert is "never")')]
    if not any(program.found for program in PROGRAMS):
        names = " and ".join(program.name for program in PROGRAMS)
        return [fine(f"{names} are not installed: {_files()} are refused")]
    if not available():
        return [
            warn("bubblewrap is not installed, so no file is converted", "install it (Debian: apt install bubblewrap)")
        ]
    if not await works():
        return [
            warn(
                "no sandbox can be made here, so no file is converted",
                'allow user namespaces to relay: see docs/converters.md; or set attachments.convert = "never"',
            )
        ]
    return [
        fine(f"{program.name} converts {program.files}, in a sandbox")
        if program.found
        else fine(
            f"{program.name} is not installed: {program.files} are refused (Debian: apt install {program.package})"
        )
        for program in PROGRAMS
    ]


def _files() -> str:
    return ", ".join(program.files for program in PROGRAMS)
