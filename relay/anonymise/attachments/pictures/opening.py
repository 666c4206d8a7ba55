"""Opens a picture with Pillow, with a limit on its pixels."""

from __future__ import annotations

import io

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
