"""Cleans pictures: what they show stays, what they tell besides goes."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import replace

from PIL import Image, ImageOps, UnidentifiedImageError

from relay.anonymise.attachments.broken import BrokenPicture
from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.exif import orientation_of
from relay.anonymise.attachments.gif import clean_gif
from relay.anonymise.attachments.jpeg import clean_jpeg
from relay.anonymise.attachments.png import clean_png, orientation_chunk
from relay.anonymise.attachments.sniff import family_of
from relay.anonymise.attachments.webp import clean_webp
from relay.anonymise.tally import Tally
from relay.model import Attachment
from relay.refusals import CannotAnonymise

MAX_PIXELS = 64_000_000
MAX_FRAMES = 1000

_EXTENSIONS = {
    "jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "png": ("png", "apng"),
    "gif": ("gif",),
    "webp": ("webp",),
}
_BROKEN = "a picture in this letter is damaged and cannot be made anonymous; please attach it again or leave it out"
_TOO_LARGE = "a picture in this letter is too large to be made anonymous; please send a smaller one"
_PAGES = "pictures of several pages (TIFF) cannot be made anonymous; please send the pages one by one as JPEG or PNG"
# What Pillow's readers raise over damaged pictures.
_PILLOW_STUMBLES = (OSError, ValueError, SyntaxError, EOFError, TypeError, ArithmeticError, LookupError, AttributeError)
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP")


def clean_image(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean one picture. JPEG, PNG, GIF and WebP keep their pixels bit for bit; TIFF and BMP become PNG. Raises
    CannotAnonymise for a broken, too large or many-paged picture."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of large and sloppy pictures; here the limits are ours.
            warnings.simplefilter("ignore")
            content, family = _cleaned(attachment.content, family_of(attachment), cleaning.tally)
            _verify(content)
    except (BrokenPicture, UnidentifiedImageError, struct.error, zlib.error, *_PILLOW_STUMBLES) as error:
        raise CannotAnonymise(_BROKEN) from error
    if content != attachment.content:
        cleaning.tally.add("picture-metadata")
    return replace(
        attachment, content=content, media_type=f"image/{family}", filename=_renamed(attachment.filename, family)
    )


def _cleaned(content: bytes, family: str, tally: Tally) -> tuple[bytes, str]:
    if family == "jpeg":
        return clean_jpeg(content), family
    if family == "gif":
        return clean_gif(content), family
    if family == "png":
        clean, orientation = clean_png(content), orientation_of(orientation_chunk(content))
    elif family == "webp":
        clean, exif = clean_webp(content)
        orientation = orientation_of(exif)
    else:
        tally.add("picture-format")
        return _as_png(content), "png"
    if orientation == 1:
        return clean, family
    # There is no small place for the orientation here, so the pixels are turned; nothing of them is lost.
    tally.add("picture-format")
    return _turned(clean, orientation, family), family


def _open(content: bytes) -> Image.Image:
    """Open a picture, bounded."""
    try:
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise CannotAnonymise(_TOO_LARGE) from error
    if picture.width * picture.height > MAX_PIXELS:
        raise CannotAnonymise(_TOO_LARGE)
    return picture


def _verify(content: bytes) -> None:
    """A reader's program must be able to open what we made, and must not choke on it."""
    with _open(content) as picture:
        frames = getattr(picture, "n_frames", 1)
        if frames > MAX_FRAMES or frames * picture.width * picture.height > 4 * MAX_PIXELS:
            raise CannotAnonymise(_TOO_LARGE)
        picture.verify()


def _as_png(content: bytes) -> bytes:
    with _open(content) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            raise CannotAnonymise(_PAGES)
        upright = ImageOps.exif_transpose(picture)
        return _saved(upright, "png")


def _turned(content: bytes, orientation: int, family: str) -> bytes:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    with _open(content) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            # No camera writes an animation that lies on its side.
            return content
        return _saved(picture.transpose(turns[orientation]), family)


def _saved(picture: Image.Image, family: str) -> bytes:
    """Save without loss, with no word of where the picture came from."""
    if family == "png" and picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"):
        picture = picture.convert("RGB")
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    if picture.mode == "P":
        bare.putpalette(picture.getpalette("RGBA") or [], "RGBA")
    out = io.BytesIO()
    if family == "webp":
        bare.save(out, "WEBP", lossless=True, exact=True)
    else:
        bare.save(out, "PNG")
    return out.getvalue()


def _renamed(filename: str | None, family: str) -> str | None:
    """The file name with the extension of what the picture is."""
    if filename is None:
        return None
    stem, dot, extension = filename.rpartition(".")
    if dot and extension.lower() in _EXTENSIONS[family]:
        return filename
    known = {
        "tif",
        "tiff",
        "bmp",
        "dib",
        "dat",
        "bin",
        "heic",
        *(e for several in _EXTENSIONS.values() for e in several),
    }
    if not (dot and stem and extension.lower() in known):
        stem = filename
    return f"{stem}.{_EXTENSIONS[family][0]}"
