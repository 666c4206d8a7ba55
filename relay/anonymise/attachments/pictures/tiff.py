"""Saves a TIFF again: its pages and their physical size, and no other tag (TIFF 6.0)."""

from __future__ import annotations

import io

from PIL import Image

from relay.anonymise.attachments.pictures.files import MAX_PIXELS, TOO_LARGE, opened
from relay.refusals import CannotAnonymise

MAX_PAGES = 200
_SAMPLES = 4 * MAX_PIXELS
# Tags of raw pictures: sub-files, and the version of a digital negative (DNG 1.7).
_RAW_TAGS = (330, 50706)
_RAW = "pictures in the raw format of a camera cannot be made anonymous; please send the picture as a JPEG"
_SMOOTH = frozenset(("L", "LA", "RGB", "RGBA", "CMYK"))
# Pages compressed as JPEG stay so; without loss they would exceed the size limit of letters.
_QUALITY = 92
_MODES = frozenset(("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB", "I", "I;16", "F"))


def clean_tiff(content: bytes) -> bytes:
    """All pages, upright, without loss except those compressed as JPEG. Raises CannotAnonymise for raw camera pictures
    and for too many or too large pages, and what Pillow raises for a damaged one."""
    # Pillow's TIFF module is large; it is loaded with the first picture that needs it.
    from PIL import ImageSequence, TiffImagePlugin

    with opened(content, ("TIFF",)) as picture:
        if not isinstance(picture, TiffImagePlugin.TiffImageFile) or any(tag in picture.tag_v2 for tag in _RAW_TAGS):
            raise CannotAnonymise(_RAW)
        if picture.n_frames > MAX_PAGES:
            raise CannotAnonymise(TOO_LARGE)
        pages, left = [], _SAMPLES
        for page in ImageSequence.Iterator(picture):
            left -= page.width * page.height * len(page.getbands())
            if left < 0 or page.width * page.height > MAX_PIXELS:
                raise CannotAnonymise(TOO_LARGE)
            pages.append(_bare(page))
    out = io.BytesIO()
    options = [_options(page) for page in pages]
    for page, wanted in zip(pages, options, strict=True):
        page.encoderinfo = wanted
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], **options[0])
    return out.getvalue()


def _bare(page: Image.Image) -> Image.Image:
    """The pixels of a page, its palette, and its physical size."""
    dpi, photographic = page.info.get("dpi"), page.info.get("compression") == "jpeg"
    # Loading turns the page upright (tag 274).
    page.load()
    if page.mode not in _MODES:
        page = page.convert("RGBA" if page.has_transparency_data else "RGB")
    bare = Image.frombytes(page.mode, page.size, page.tobytes())
    if page.mode == "P":
        bare.putpalette(page.getpalette("RGB") or [])
    if isinstance(dpi, tuple) and len(dpi) == 2 and all(0 < float(d) < 100_000 for d in dpi):
        bare.info["dpi"] = tuple(float(d) for d in dpi)
    bare.info["photographic"] = photographic
    return bare


def _options(page: Image.Image) -> dict[str, object]:
    options: dict[str, object] = {"compression": "group4" if page.mode == "1" else "tiff_lzw"}
    if page.info.get("photographic") and page.mode in ("L", "RGB"):
        options |= {"compression": "jpeg", "quality": _QUALITY}
    elif page.mode in _SMOOTH:
        # Differences between neighbours (TIFF 6.0, section 14) compress better.
        options["tiffinfo"] = {317: 2}
    if "dpi" in page.info:
        options["dpi"] = page.info["dpi"]
    return options
