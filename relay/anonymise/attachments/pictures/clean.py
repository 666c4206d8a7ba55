"""Cleans pictures: the visible picture stays, metadata is removed."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import replace

from PIL import Image, UnidentifiedImageError

from relay.anonymise.attachments.cleaning import BrokenPicture, Cleaning
from relay.anonymise.attachments.pictures.files import (
    BROKEN,
    MAX_PIXELS,
    PILLOW_STUMBLES,
    TOO_LARGE,
    opened,
    orientation_of,
    renamed,
)
from relay.anonymise.attachments.pictures.gif import clean_gif
from relay.anonymise.attachments.pictures.icons import clean_icons
from relay.anonymise.attachments.pictures.jpeg import clean_jpeg
from relay.anonymise.attachments.pictures.netpbm import clean_netpbm
from relay.anonymise.attachments.pictures.png import clean_png, orientation_chunk
from relay.anonymise.attachments.pictures.tiff import clean_tiff
from relay.anonymise.attachments.pictures.webp import clean_webp
from relay.anonymise.attachments.sniff import family_of
from relay.anonymise.tally import Tally
from relay.model import Attachment
from relay.refusals import CannotAnonymise

MAX_FRAMES = 1000

_PLAIN = frozenset({"icons", "netpbm"})
_NETPBM = {
    "pbm": "image/x-portable-bitmap",
    "pgm": "image/x-portable-graymap",
    "ppm": "image/x-portable-pixmap",
    "pam": "image/x-portable-arbitrarymap",
}
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP")


def clean_image(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean one picture. JPEG, PNG, GIF and WebP keep their pixels bit for bit; TIFF is saved again without loss, BMP
    becomes PNG. Raises CannotAnonymise for a damaged or too large picture."""
    try:
        with warnings.catch_warnings():
            # Pillow warns about large and faulty pictures; our own limits apply here.
            warnings.simplefilter("ignore")
            family = family_of(attachment)
            if family in _PLAIN:
                return _plain(attachment, family, cleaning.tally)
            content, family = _cleaned(attachment.content, family, cleaning.tally)
            _verify(content)
    except (BrokenPicture, UnidentifiedImageError, struct.error, zlib.error, *PILLOW_STUMBLES) as error:
        raise CannotAnonymise(BROKEN) from error
    if content != attachment.content:
        cleaning.tally.add("picture-metadata")
    return replace(
        attachment, content=content, media_type=f"image/{family}", filename=renamed(attachment.filename, family)
    )


def _plain(attachment: Attachment, family: str, tally: Tally) -> Attachment:
    """An icon or a Netpbm picture, which is copied sample by sample."""
    content, media_type = attachment.content, "image/vnd.microsoft.icon"
    if family == "icons":
        content = clean_icons(content)
    else:
        content, kind = clean_netpbm(content)
        media_type = _NETPBM[kind]
    if content != attachment.content:
        tally.add("picture-metadata")
    return replace(attachment, content=content, media_type=media_type)


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
    elif family == "tiff":
        tally.add("picture-format")
        return clean_tiff(content), family
    else:
        tally.add("picture-format")
        return _as_png(content), "png"
    if orientation == 1:
        return clean, family
    # These formats have no minimal orientation tag, so the pixels are turned, without loss.
    tally.add("picture-format")
    return _turned(clean, orientation, family), family


def _verify(content: bytes) -> None:
    """Check that the result can be opened, and is not too large for mail programs."""
    with opened(content, _FORMATS) as picture:
        frames = getattr(picture, "n_frames", 1)
        if frames > MAX_FRAMES or frames * picture.width * picture.height > 4 * MAX_PIXELS:
            raise CannotAnonymise(TOO_LARGE)
        picture.verify()


def _as_png(content: bytes) -> bytes:
    with opened(content, _FORMATS) as picture:
        return _saved(picture, "png")


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
    with opened(content, _FORMATS) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            # No camera writes an animation that needs turning.
            return content
        turned = picture.transpose(turns[orientation])
        picture.close()
        return _saved(turned, family)


def _saved(picture: Image.Image, family: str) -> bytes:
    """Save without loss and without metadata. Closes the picture, so that a large one is not held twice."""
    if family == "png" and picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"):
        picture = picture.convert("RGB")
    palette = picture.getpalette("RGBA") if picture.mode == "P" else None
    pixels = picture.tobytes()
    picture.close()
    bare = Image.frombytes(picture.mode, picture.size, pixels)
    del pixels
    if palette is not None:
        bare.putpalette(palette, "RGBA")
    out = io.BytesIO()
    if family == "webp":
        bare.save(out, "WEBP", lossless=True, exact=True)
    else:
        bare.save(out, "PNG")
    return out.getvalue()
