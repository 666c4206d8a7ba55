"""The note in an archive that says which of its files were renamed or left out."""

from __future__ import annotations

from dataclasses import dataclass, field

_BEGINS = "Some files of this archive were changed on their way, so that nothing in it runs or is fetched by itself."
_RENAMED = "Renamed, so that they open as text (take .txt off again to use them):"
_LEFT_OUT = "Left out, because they open, run or fetch something by themselves:"


@dataclass(slots=True)
class ChangesNote:
    """Collects what is said in the note. All names are those in the new archive, without identities."""

    name: str = "NOTE-ABOUT-THESE-FILES.txt"
    _renamed: list[str] = field(default_factory=list)
    _out: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self._renamed or self._out)

    @property
    def left_out(self) -> int:
        """How many files were left out."""
        return len(self._out)

    def renames(self, old: str, path: str) -> None:
        """Note a file that is now called ``path``, if .txt was put behind its old name."""
        if path.lower().endswith(".txt") and not old.lower().endswith(".txt"):
            self._renamed.append(path)

    def leaves_out(self, path: str) -> None:
        """Note a file that would be called ``path``."""
        self._out.append(path)

    def text(self) -> str:
        """The note, one file a line, with the line ends that every system shows."""
        parts = [_BEGINS, *_listed(_RENAMED, self._renamed), *_listed(_LEFT_OUT, self._out)]
        return "\r\n\r\n".join(parts) + "\r\n"


def _listed(title: str, files: list[str]) -> list[str]:
    return ["\r\n".join((title, *(f"    {file}" for file in files)))] if files else []
