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
    """An invalid image reference; the message describes the fault and the valid form."""


@dataclass(frozen=True, slots=True)
class ImageReference:
    """The parts of an image reference; missing parts are empty."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        name = f"{self.registry}/{self.repository}" if self.registry else self.repository
        tag = f":{self.tag}" if self.tag else ""
        return f"{name}{tag}{f'@{self.digest}' if self.digest else ''}"


def parse_image(text: str) -> ImageReference:
    """Parse an image reference. Raises ImageError."""
    if not text:
        raise ImageError("no image")
    if re.search(r"\s", text):
        raise ImageError(f"'{text}' contains a space")
    if "$" in text:
        raise ImageError(f"'{text}' contains a reference without a value")
    if _IDENTIFIER.fullmatch(text):
        raise ImageError("this is an image ID; use a repository, for example shop/web:1.0")
    name, _, digest = text.partition("@")
    name, tag = _parse_tag(name)
    registry, repository = _parse_registry(name)
    _check_repository(repository, name)
    if "@" in text:
        _check_digest(digest)
    return ImageReference(registry, repository, tag, digest)


def _parse_tag(name: str) -> tuple[str, str]:
    stem, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        return name, ""
    if not tag:
        raise ImageError(f"'{name}' ends in ':' without a tag; use repository:tag, for example redis:8")
    if not _TAG.fullmatch(tag):
        raise ImageError(f"'{tag}' is not a tag: use letters, digits, '_', '.' and '-' (at most 128)")
    return stem, tag


def _parse_registry(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    is_registry = slash and (any(sign in first for sign in ".:[") or first == "localhost" or first != first.lower())
    if not is_registry:
        return "", name
    if not _REGISTRY.fullmatch(first):
        raise ImageError(f"'{first}' is not a registry: use a host with an optional port, for example localhost:5000")
    return first, rest


def _check_repository(repository: str, name: str) -> None:
    if not repository:
        raise ImageError("the repository is missing; use repository:tag, for example redis:8")
    if len(name) > MAX_NAME:
        raise ImageError(f"the name has {len(name)} characters; at most {MAX_NAME} are allowed")
    for part in repository.split("/"):
        if _PART.fullmatch(part):
            continue
        if not part:
            raise ImageError(f"'{repository}' has an empty part between its slashes")
        if _PART.fullmatch(part.lower()):
            raise ImageError(f"'{repository}' must be lowercase:  {repository.lower()}")
        rule = "lowercase letters and digits, with single '.', '_' or '-' between them"
        raise ImageError(f"'{part}' cannot be part of a repository: {rule}")


def _check_digest(digest: str) -> None:
    algorithm, _, value = digest.partition(":")
    if not _DIGEST.fullmatch(digest):
        raise ImageError(f"'{digest}' is not a digest; use sha256: and 64 hexadecimal digits")
    number = _LENGTHS.get(algorithm)
    if number is not None and (len(value) != number or value != value.lower()):
        raise ImageError(f"a {algorithm} digest has {number} lowercase hexadecimal digits, not {len(value)}")
