"""Logos and tags: what is uploaded or typed, and what is kept of it."""

import io
import struct
import zlib

import pytest
from PIL import Image

from templates_app.forms.logo import MOST_BYTES, LogoError, compute_logo_digest, read_logo
from templates_app.models.tags import TagError, parse_tags

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(size: tuple[int, int] = (300, 150), form: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    bytes_io = io.BytesIO()
    Image.new(mode, size, "red").save(bytes_io, format=form, **options)
    return bytes_io.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_kind_becomes_a_small_png(form: str) -> None:
    with Image.open(io.BytesIO(read_logo(picture(form=form)))) as file:
        assert (file.format, file.size, file.mode) == ("PNG", (128, 64), "RGBA")


def test_nothing_but_the_picture_is_kept() -> None:
    comment = b"<script>alert(1)</script>"
    chunk = b"tEXt" + b"Comment\0" + comment
    sent = picture()
    sent = sent[:33] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + sent[33:]
    assert comment in sent
    assert b"script" not in read_logo(sent + comment)


def test_the_same_picture_has_the_same_digest() -> None:
    assert compute_logo_digest(read_logo(picture())) == compute_logo_digest(read_logo(picture()))
    assert compute_logo_digest(read_logo(picture())) != compute_logo_digest(read_logo(picture((10, 10))))


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (SVG, "Unsupported logo format. Use PNG, JPEG, WebP or GIF."),
        (b"", "Unsupported logo format. Use PNG, JPEG, WebP or GIF."),
        (picture(form="BMP"), "Unsupported logo format. Use PNG, JPEG, WebP or GIF."),
        (picture()[:200], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * MOST_BYTES, r"Logos are limited to 1 MiB\."),
        (picture((5000, 1)), r"Logos are limited to 4096 pixels on each side\."),
    ],
    ids=["svg", "nothing", "bitmap", "cut off", "large file", "large picture"],
)
def test_everything_else_is_refused_in_words(sent: bytes, text: str) -> None:
    with pytest.raises(LogoError, match=text):
        read_logo(sent)


def test_tags_are_read_from_one_text() -> None:
    assert parse_tags("Web,  database web\nphp8.3") == ["database", "php8.3", "web"]
    assert parse_tags("") == []


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("a<b", r"“a<b” is not a tag: use letters, digits and single '-', '\.', '\+' between them, at most 30\."),
        ("-web", r"“-web” is not a tag: use letters, digits and single '-', '\.', '\+' between them, at most 30\."),
        ("x" * 31, "at most 30"),
        ("a b c d e f g h i j k", "At most 10"),
    ],
)
def test_what_is_no_tag_is_said(text: str, item: str) -> None:
    with pytest.raises(TagError, match=item):
        parse_tags(text)
