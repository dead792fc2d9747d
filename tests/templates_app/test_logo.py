"""Logos and tags: what is uploaded or typed, and what is kept of it."""

import io
import struct
import zlib

import pytest
from PIL import Image

from templates_app.forms.logo import MOST_BYTES, LogoError, digest_of, read_logo
from templates_app.models.tags import TagError, read_tags

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
    assert digest_of(read_logo(picture())) == digest_of(read_logo(picture()))
    assert digest_of(read_logo(picture())) != digest_of(read_logo(picture((10, 10))))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (SVG, "no image that can be a logo"),
        (b"", "no image that can be a logo"),
        (picture(form="BMP"), "no image that can be a logo"),
        (picture()[:200], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * MOST_BYTES, "at most 1 MiB"),
        (picture((5000, 1)), "at most 4096 pixels"),
    ],
    ids=["svg", "nothing", "bitmap", "cut off", "large file", "large picture"],
)
def test_everything_else_is_refused_in_words(sent: bytes, said: str) -> None:
    with pytest.raises(LogoError, match=said):
        read_logo(sent)


def test_tags_are_read_from_one_text() -> None:
    assert read_tags("Web,  database web\nphp8.3") == ["database", "php8.3", "web"]
    assert read_tags("") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a<b", "“a<b” is no tag"),
        ("-web", "is no tag"),
        ("x" * 31, "at most 30"),
        ("a b c d e f g h i j k", "At most 10"),
    ],
)
def test_what_is_no_tag_is_said(text: str, said: str) -> None:
    with pytest.raises(TagError, match=said):
        read_tags(text)
