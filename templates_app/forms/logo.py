"""Logos: whatever image is uploaded, a small PNG of our own making is what is kept and served."""

import hashlib
import io
import warnings

from PIL import Image, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_BYTES = 1024 * 1024
LONGEST_SIDE = 4096
SIDE = 128


class LogoError(ValueError):
    """A sentence for the person who uploaded it."""


def read_logo(data: bytes) -> bytes:
    """The first picture of an uploaded image as a PNG of at most 128 × 128 pixels, without anything else that the
    file held. Raises LogoError."""
    if len(data) > MOST_BYTES:
        raise LogoError("A logo has at most 1 MiB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _made_small(data)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise LogoError("This is no image that can be a logo: take a PNG, JPEG, WebP or GIF.") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        if isinstance(error, LogoError):
            raise
        raise LogoError("This image is damaged.") from error


def digest_of(image: bytes) -> str:
    return hashlib.sha256(image).hexdigest()[:16]


def _made_small(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if max(image.size) > LONGEST_SIDE:
            raise LogoError(f"A logo has at most {LONGEST_SIDE} pixels on each side.")
        small = image.convert("RGBA")
    small.thumbnail((SIDE, SIDE))
    bytes_io = io.BytesIO()
    Image.frombytes("RGBA", small.size, small.tobytes()).save(bytes_io, format="PNG", optimize=True)
    return bytes_io.getvalue()
