"""Images with tags that are moved to newer builds, such as `latest`."""

from __future__ import annotations

from dataclasses import dataclass

from templates_app.appspec.presentation.published_view import render_published
from templates_app.appspec.schema.image_reference import ImageError, parse_image
from templates_app.appspec.schema.model import AppSpec


@dataclass(frozen=True, slots=True, order=True)
class MutableTag:
    """A component whose image may become another one under the same name."""

    key: str
    image: str
    tag: str

    def __str__(self) -> str:
        what = "mutable tag" if self.tag else "no tag (latest)"
        return f"{self.key}: {self.image}: {what}"


def is_mutable(image: str) -> bool:
    """Whether nothing in the reference says which build is meant: no digest, and a tag without a number, or none.

    A tag that begins with `latest` moves whatever follows. What is no image reference is another check's business.
    """
    try:
        read = parse_image(image)
    except ImageError:
        return False
    named = any(letter.isdigit() for letter in read.tag) and not read.tag.startswith("latest")
    return not read.digest and not named


def find_mutable_tags(spec: AppSpec) -> tuple[MutableTag, ...]:
    """The components of a document, read with its defaults, whose images move."""
    components = render_published(spec).components
    return tuple(
        MutableTag(key, components[key].image, parse_image(components[key].image).tag)
        for key in sorted(components)
        if is_mutable(components[key].image)
    )
