"""Gives a picture's file name the extension of what it is."""

from __future__ import annotations

_EXTENSIONS = {
    "jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "png": ("png", "apng"),
    "gif": ("gif",),
    "webp": ("webp",),
    "tiff": ("tiff", "tif"),
}
# Pictures that are never sent on as they are.
_OTHERS = ("bmp", "dib", "heic", "heif", "hif", "avif")


def renamed(filename: str | None, family: str) -> str | None:
    """The same name; with another extension when it has that of another kind of picture."""
    if filename is None:
        return None
    stem, dot, extension = filename.rpartition(".")
    low = extension.lower()
    if not dot or not stem or low in _EXTENSIONS[family]:
        return filename
    if low in _OTHERS or any(low in several for several in _EXTENSIONS.values()):
        return f"{stem}.{_EXTENSIONS[family][0]}"
    return filename
