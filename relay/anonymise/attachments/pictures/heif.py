"""Converts HEIC and AVIF pictures to JPEG: upright, in sRGB (ISO/IEC 23008-12)."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import replace

import pi_heif
from PIL import Image, ImageCms, ImageOps

from relay.anonymise.attachments.cleaning import BrokenPicture, Cleaning
from relay.anonymise.attachments.pictures.colour_profiles import display_p3
from relay.anonymise.attachments.pictures.files import BROKEN, MAX_PIXELS, PILLOW_STUMBLES, TOO_LARGE, opened, renamed
from relay.model import Attachment
from relay.refusals import CannotAnonymise

_QUALITY = 92
_SEVERAL = "a file of several pictures (HEIC, AVIF) cannot be made anonymous; please send them one by one as JPEG"
_ITEM = re.compile(rb"infe(?=.)", re.DOTALL)
# Display P3 in coding-independent code points (ITU-T H.273).
_P3 = 12


def clean_heif(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """The picture as a JPEG, or as a PNG when parts are transparent. Raises CannotAnonymise when it is damaged or too
    large, or there are several in one file."""
    try:
        with warnings.catch_warnings():
            # Pillow warns about faulty pictures; our own limits apply here.
            warnings.simplefilter("ignore")
            picture = _upright(attachment.content)
            family = "png" if _is_transparent(picture) else "jpeg"
            content = _saved(picture, family)
    except (BrokenPicture, RuntimeError, *PILLOW_STUMBLES) as error:
        raise CannotAnonymise(BROKEN) from error
    cleaning.tally.add("picture-metadata")
    cleaning.tally.add("picture-format")
    return replace(
        attachment, content=content, media_type=f"image/{family}", filename=renamed(attachment.filename, family)
    )


def _upright(content: bytes) -> Image.Image:
    if b"avif" in content[8:40] or b"avis" in content[8:40]:
        with opened(content, ("AVIF",)) as picture:
            if getattr(picture, "n_frames", 1) > 1:
                raise CannotAnonymise(_SEVERAL)
            return _shared_colours(ImageOps.exif_transpose(picture), picture.info.get("icc_profile"))
    _check_item_names(content)
    file = pi_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)
    if len(file) > 1:
        raise CannotAnonymise(_SEVERAL)
    width, height = file.size
    if width * height > MAX_PIXELS:
        raise CannotAnonymise(TOO_LARGE)
    profile = file.info.get("icc_profile")
    if not profile and (file.info.get("nclx_profile") or {}).get("color_primaries") == _P3:
        profile = display_p3()
    # The library turns the picture itself, as the format requires; the orientation in EXIF is ignored.
    return _shared_colours(file.to_pillow(), profile)


def _check_item_names(content: bytes) -> None:
    """Raise BrokenPicture when types and names of items (ISO/IEC 14496-12 8.11.6) are not UTF-8: the HEIC library would
    crash."""
    for entry in _ITEM.finditer(content):
        size = int.from_bytes(content[entry.start() - 4 : entry.start()], "big")
        version = content[entry.end()]
        strings = entry.end() + 4 + (2 if version < 3 else 4) + 2
        try:
            content[strings : entry.start() - 4 + size].decode("utf-8")
        except UnicodeDecodeError as error:
            raise BrokenPicture from error


def _shared_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB. An invalid profile is ignored."""
    if picture.mode not in ("RGB", "RGBA"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if not profile:
        return picture
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return picture
    return turned or picture


def _is_transparent(picture: Image.Image) -> bool:
    if picture.mode != "RGBA":
        return False
    least, _ = picture.getchannel("A").getextrema()
    return isinstance(least, int | float) and least < 255


def _saved(picture: Image.Image, family: str) -> bytes:
    kept = picture if family == "png" else picture.convert("RGB")
    bare = Image.frombytes(kept.mode, kept.size, kept.tobytes())
    out = io.BytesIO()
    bare.save(out, "PNG") if family == "png" else bare.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
