"""Images by a tag that is moved on to the next build: an upgrade sees the same text and cannot tell that it changed."""

from __future__ import annotations

from dataclasses import dataclass

from templates_app.appspec.presentation.published_view import as_published
from templates_app.appspec.schema.image_reference import ImageError, read_image
from templates_app.appspec.schema.model import AppSpec


@dataclass(frozen=True, slots=True, order=True)
class MovingTag:
    """A component whose image may become another one under the same name."""

    key: str
    image: str
    tag: str

    def __str__(self) -> str:
        what = "a tag that moves" if self.tag else "no tag, which means latest"
        return f"{self.key}: {self.image}: {what}"


def moves(image: str) -> bool:
    """Whether nothing in the reference says which build is meant: no digest, and a tag without a number, or none.

    A tag that begins with `latest` moves whatever follows. What is no image reference is another check's business.
    """
    try:
        read = read_image(image)
    except ImageError:
        return False
    named = any(letter.isdigit() for letter in read.tag) and not read.tag.startswith("latest")
    return not read.digest and not named


def moving_tags(spec: AppSpec) -> tuple[MovingTag, ...]:
    """The components of a document, read with its defaults, whose images move."""
    components = as_published(spec).components
    return tuple(
        MovingTag(key, components[key].image, read_image(components[key].image).tag)
        for key in sorted(components)
        if moves(components[key].image)
    )
