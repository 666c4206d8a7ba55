"""Picture files: opening within limits, orientation in EXIF (EXIF 2.32, TIFF 6.0), file name extensions."""

from __future__ import annotations

import io
import struct

from PIL import Image

from relay.refusals import CannotAnonymise

MAX_PIXELS = 64_000_000
BROKEN = "a picture in this letter is damaged and cannot be made anonymous; please attach it again or leave it out"
TOO_LARGE = "a picture in this letter is too large to be made anonymous; please send a smaller one"
# Exceptions of Pillow's readers for damaged pictures.
PILLOW_STUMBLES = (OSError, ValueError, SyntaxError, EOFError, TypeError, ArithmeticError, LookupError, AttributeError)


def opened(content: bytes, formats: tuple[str, ...]) -> Image.Image:
    """The picture, not yet decoded. Raises CannotAnonymise when it is too large, and PILLOW_STUMBLES."""
    try:
        picture = Image.open(io.BytesIO(content), formats=formats)
    except Image.DecompressionBombError as error:
        raise CannotAnonymise(TOO_LARGE) from error
    if picture.width * picture.height > MAX_PIXELS:
        raise CannotAnonymise(TOO_LARGE)
    return picture


_ORIENTATION, _SHORT = 0x0112, 3


def orientation_of(tiff: bytes) -> int:
    """The orientation (1 to 8) in a TIFF block; 1 when there is none or it is invalid."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 14:
        return 1
    (first,) = struct.unpack_from(order + "L", tiff, 4)
    if first + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(order + "H", tiff, first)
    for entry in range(first + 2, min(first + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, _, value = struct.unpack_from(order + "HHLH", tiff, entry)
        if tag == _ORIENTATION and kind == _SHORT:
            return value if 1 <= value <= 8 else 1
    return 1


def minimal_exif(orientation: int) -> bytes:
    """A TIFF block with the orientation tag only."""
    return struct.pack(">2sHLHHHLHHL", b"MM", 42, 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)


_EXTENSIONS = {
    "jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "png": ("png", "apng"),
    "gif": ("gif",),
    "webp": ("webp",),
    "tiff": ("tiff", "tif"),
}
# Picture formats that are always converted.
_OTHERS = ("bmp", "dib", "heic", "heif", "hif", "avif")


def renamed(filename: str | None, family: str) -> str | None:
    """The name, with another extension if it has that of another picture format."""
    if filename is None:
        return None
    stem, dot, extension = filename.rpartition(".")
    low = extension.lower()
    if not dot or not stem or low in _EXTENSIONS[family]:
        return filename
    if low in _OTHERS or any(low in several for several in _EXTENSIONS.values()):
        return f"{stem}.{_EXTENSIONS[family][0]}"
    return filename
