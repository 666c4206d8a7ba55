"""The programs that convert files, and how each is called inside its sandbox.

A program is never left to guess what it reads: the input form is named, so that a film that is really a playlist, or a
document that is really a web page, is not opened as one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from relay.model import ToConvert

# The file to convert is /job/input, the new one /job/result: an author's file name does not reach the program.

# On its first start with an empty profile LibreOffice only sets it up, and ends with 81 to be started again.
_OFFICE = """
export LD_LIBRARY_PATH=/usr/lib/libreoffice/program SAL_USE_VCLPLUGIN=svp
for start in 1 2; do
    /usr/lib/libreoffice/program/soffice.bin -env:UserInstallation=file:///job/profile --headless --norestore \\
        --nolockcheck --nodefault --nologo "--infilter={reader}" --convert-to "{extension}:{writer}" \\
        --outdir /job/new /job/input
    status=$?
    [ $status = 81 ] || break
done
[ ! -f /job/new/input.{extension} ] || mv /job/new/input.{extension} /job/result
"""
# Streams are copied, not encoded anew. What MP4 cannot hold, or relay's own check of MP4 does not know, goes to MKV.
_FILM = """
read_as='-protocol_whitelist file -f {form}'
to=mp4
for codec in $(ffprobe -v error $read_as -show_entries stream=codec_name -of csv=p=0 -i /job/input); do
    case $codec in h264|hevc|mpeg4|aac|mp3) ;; *) to=matroska ;; esac
done
ffmpeg -v error -nostdin -fflags +genpts $read_as -i /job/input -map '0:V?' -map '0:a?' -c copy -map_metadata -1 \\
    -map_chapters -1 -fflags +bitexact -flags +bitexact -f $to /job/result
status=$?
"""
_DOCUMENTS = {
    "doc": ("MS Word 97", "docx", "MS Word 2007 XML"),
    "xls": ("MS Excel 97", "xlsx", "Calc MS Excel 2007 XML"),
    "ppt": ("MS PowerPoint 97", "pptx", "Impress MS PowerPoint 2007 XML"),
}
_FILMS = {"avi": "avi", "asf": "asf", "flv": "flv", "mpeg": "mpeg"}


@dataclass(frozen=True, slots=True)
class Program:
    """A program that converts files. ``kinds``: the forms that it reads; ``needs``: files without which it does not
    run; ``package``: what to install on Debian."""

    name: str
    kinds: tuple[str, ...]
    files: str
    needs: tuple[str, ...]
    package: str
    script: Callable[[str], str]

    @property
    def found(self) -> bool:
        """Whether it is installed."""
        return all(shutil.which(path) is not None for path in self.needs)


def _office(kind: str) -> str:
    reader, extension, writer = _DOCUMENTS[kind]
    return _OFFICE.format(reader=reader, extension=extension, writer=writer)


PROGRAMS: tuple[Program, ...] = (
    Program(
        "LibreOffice",
        tuple(_DOCUMENTS),
        "old Office documents (.doc, .xls, .ppt)",
        ("/usr/lib/libreoffice/program/soffice.bin",),
        "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui",
        _office,
    ),
    Program(
        "FFmpeg",
        tuple(_FILMS),
        "films as AVI, WMV, FLV and MPEG",
        ("/usr/bin/ffmpeg", "/usr/bin/ffprobe"),
        "ffmpeg",
        lambda kind: _FILM.format(form=_FILMS[kind]),
    ),
)

KINDS = frozenset(kind for program in PROGRAMS for kind in program.kinds)
"""Every form that some program converts."""


def program_for(file: ToConvert) -> Program | None:
    """The program that converts a file; None for a form that none does."""
    return next((program for program in PROGRAMS if file.kind in program.kinds), None)
