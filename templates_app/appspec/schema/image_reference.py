"""An image reference by the distribution project's grammar: `[registry/]repository[:tag][@digest]`.

The rules are those of github.com/distribution/reference: a first part with a dot, a colon or "localhost" is a registry.
"""

import re
from dataclasses import dataclass

MAX_NAME = 255
_REGISTRY = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(?::\d+)?"
)
_PART = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
_LENGTHS = {"sha256": 64, "sha512": 128}
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")


class ImageError(ValueError):
    """A text that is no image reference; the message says what is wrong with it and what would be right."""


@dataclass(frozen=True, slots=True)
class ImageReference:
    """What an image reference says; parts that it leaves out are empty."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        name = f"{self.registry}/{self.repository}" if self.registry else self.repository
        tag = f":{self.tag}" if self.tag else ""
        return f"{name}{tag}{f'@{self.digest}' if self.digest else ''}"


def read_image(text: str) -> ImageReference:
    """The parts of an image reference. Raises ImageError."""
    if not text:
        raise ImageError("there is no image")
    if re.search(r"\s", text):
        raise ImageError(f"'{text}' holds a blank; an image reference has none")
    if "$" in text:
        raise ImageError(f"'{text}' holds a reference that this version gives no value")
    if _IDENTIFIER.fullmatch(text):
        raise ImageError("this is the identifier of an image on one engine; name its repository, as in shop/web:1.0")
    name, _, digest = text.partition("@")
    name, tag = _tag(name)
    registry, repository = _registry(name)
    _check_repository(repository, name)
    if "@" in text:
        _check_digest(digest)
    return ImageReference(registry, repository, tag, digest)


def _tag(name: str) -> tuple[str, str]:
    stem, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        return name, ""
    if not tag:
        raise ImageError(f"'{name}' ends in ':' without a tag; it reads repository:tag, as in redis:8")
    if not _TAG.fullmatch(tag):
        raise ImageError(f"'{tag}' is no tag: it holds more than letters, digits, '_', '.' and '-' (at most 128)")
    return stem, tag


def _registry(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    is_registry = slash and (any(sign in first for sign in ".:[") or first == "localhost" or first != first.lower())
    if not is_registry:
        return "", name
    if not _REGISTRY.fullmatch(first):
        raise ImageError(f"'{first}' is no registry: it is a host with an optional port, as ghcr.io or localhost:5000")
    return first, rest


def _check_repository(repository: str, name: str) -> None:
    if not repository:
        raise ImageError("the repository is missing; an image reads repository:tag, as in redis:8")
    if len(name) > MAX_NAME:
        raise ImageError(f"the name has {len(name)} characters; at most {MAX_NAME} are allowed")
    for part in repository.split("/"):
        if _PART.fullmatch(part):
            continue
        if not part:
            raise ImageError(f"'{repository}' has an empty part between its slashes")
        if _PART.fullmatch(part.lower()):
            raise ImageError(f"'{repository}' holds capital letters; a repository is small: {repository.lower()}")
        rule = "small letters and digits, with single '.', '_' or '-' between them"
        raise ImageError(f"'{part}' cannot be part of a repository: {rule}")


def _check_digest(digest: str) -> None:
    algorithm, _, value = digest.partition(":")
    if not _DIGEST.fullmatch(digest):
        raise ImageError(f"'{digest}' is no digest; it reads sha256: and 64 hexadecimal digits")
    number = _LENGTHS.get(algorithm)
    if number is not None and (len(value) != number or value != value.lower()):
        raise ImageError(f"a {algorithm} digest has {number} small hexadecimal digits, this one has {len(value)}")
