"""Corrects the extension of a picture's file name."""

from __future__ import annotations

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
