"""Versions by PEP 440: read, ordered, said in words, and suggested.

The sort key is a text whose bytes order as the versions do, so that a database orders without knowing the rules.
"""

import re
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

MAX_LENGTH = 64
_END = "!"
_PRE_NAMES = {"a": "alpha", "b": "beta", "rc": "release candidate"}
_WORDS = {
    "snapshot": ".dev0",
    "nightly": ".dev0",
    "hotfix": ".post",
    "patch": ".post",
    "p": ".post",
    "sp": ".post",
    "milestone": "a",
    "m": "a",
    "final": "",
    "release": "",
    "ga": "",
}


class VersionError(ValueError):
    """A text that is no version (or no specifier); `suggestion` is the nearest valid spelling or ""."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        self.message, self.suggestion = message, suggestion
        super().__init__(f"{message}; did you mean {suggestion}?" if suggestion else message)


@dataclass(frozen=True, slots=True)
class ReadVersion:
    """A version as it was written, as it is read, and where it stands."""

    text: str
    version: Version
    sort_key: str

    @property
    def is_prerelease(self) -> bool:
        return self.version.is_prerelease


def read(text: str) -> ReadVersion:
    """The version in a text; a leading "v" and blanks around are fine. Raises VersionError."""
    desired = text.strip()
    if not desired:
        raise VersionError("a version is needed", "1.0")
    if len(desired) > MAX_LENGTH:
        raise VersionError(f"a version has at most {MAX_LENGTH} characters")
    try:
        version = Version(desired)
    except InvalidVersion:
        raise VersionError(f"'{desired}' is not a version", _nearest(desired)) from None
    return ReadVersion(desired, version, _key(version))


def sort_key(text: str) -> str:
    """ASCII whose bytes order as PEP 440 orders versions; the same for "1.0" and "1.0.0". Raises VersionError."""
    return read(text).sort_key


def sentence(text: str, newest: str | None) -> str:
    """How a version is read and against what: "1.4.2 post-release 1, newer than 1.4.2". Raises VersionError."""
    version = read(text)
    if newest is None:
        return f"{_words(version.version)}, the first version"
    other = read(newest)
    if version.sort_key == other.sort_key:
        return f"{_words(version.version)}, the same version as {other.text}"
    return f"{_words(version.version)}, {'newer' if version.sort_key > other.sort_key else 'older'} than {other.text}"


def suggestions(last: str | None) -> tuple[str, ...]:
    """What may come after the last version, the likeliest first, with as many parts and the same leading "v"."""
    if last is None:
        return ("1.0",)
    parsed_version = read(last)
    version, lead = parsed_version.version, "v" if parsed_version.text.lower().startswith("v") else ""
    release = version.release
    if version.dev is not None:
        return (lead + _spelled(version, release, with_pre=True),)
    plain = [_spelled(version, _raised(release, place)) for place in reversed(range(len(release)))]
    if version.pre is not None:
        letter, number = version.pre
        plain = [f"{_spelled(version, release)}{letter}{number + 1}", _spelled(version, release)]
    return tuple(lead + text for text in plain)


def matches(specifier: str, version: str) -> bool:
    """Whether a version is in a specifier such as ">=1.0,<2"; a bare version means just that. Raises VersionError."""
    desired = specifier.strip()
    try:
        accepted = SpecifierSet(desired if re.match(r"[<>=!~]", desired) or not desired else f"=={desired}")
    except InvalidSpecifier:
        raise VersionError(f"'{specifier}' is not a choice of versions such as '>=1.0,<2'") from None
    return accepted.contains(read(version).version, prereleases=True)


def _key(version: Version) -> str:
    release = re.sub(r"(\.010)+$", "", "".join(f".{_number(part)}" for part in version.release))
    return f"{_number(version.epoch)}{release}{_END}{_pre(version)}{_post(version)}{_dev(version)}{_local(version)}"


def _number(number: int) -> str:
    """Digits after their count, so that 9 stands before 10."""
    digits = str(number)
    return f"{len(digits):02d}{digits}"


def _pre(version: Version) -> str:
    """A development release of a final version stands before all pre-releases, a final version after them."""
    if version.pre is not None:
        return f"{version.pre[0][0]}{_number(version.pre[1])}"
    return "0" if version.dev is not None and version.post is None else "z"


def _post(version: Version) -> str:
    return "0" if version.post is None else f"p{_number(version.post)}"


def _dev(version: Version) -> str:
    return "z" if version.dev is None else f"d{_number(version.dev)}"


def _local(version: Version) -> str:
    """Numbers stand after words; the end of a part stands before its continuation."""
    if version.local is None:
        return ""
    parts = version.local.split(".")
    return "+" + "".join(f"n{_number(int(part))}{_END}" if part.isdecimal() else f"a{part}{_END}" for part in parts)


def _words(version: Version) -> str:
    release = ".".join(map(str, version.release))
    words = [f"epoch {version.epoch}, {release}" if version.epoch else release]
    if version.pre is not None:
        words.append(f"{_PRE_NAMES[version.pre[0]]} {version.pre[1]}")
    if version.post is not None:
        words.append(f"post-release {version.post}")
    if version.dev is not None:
        words.append(f"development release {version.dev}")
    if version.local is not None:
        words.append(f"local build {version.local}")
    return " ".join(words)


def _raised(release: tuple[int, ...], place: int) -> tuple[int, ...]:
    return (*release[:place], release[place] + 1, *(0 for _ in release[place + 1 :]))


def _spelled(version: Version, release: tuple[int, ...], *, with_pre: bool = False) -> str:
    epoch = f"{version.epoch}!" if version.epoch else ""
    pre = "".join(map(str, version.pre)) if with_pre and version.pre is not None else ""
    post = f".post{version.post}" if with_pre and version.post is not None else ""
    return f"{epoch}{'.'.join(map(str, release))}{pre}{post}"


def _nearest(text: str) -> str:
    """The number that begins the text, with what follows it read as kindly as possible; "" where there is none."""
    match = re.search(r"\d+(?:[.,_\s-]+\d+)*", text)
    if match is None:
        return ""
    release = ".".join(re.findall(r"\d+", match[0]))
    rest = re.sub(r"[^a-z0-9]+", ".", text[match.end() :].lower()).strip(".")
    word = re.match(r"[a-z]*", rest)
    name = word[0] if word else ""
    after = rest[len(name) :].strip(".")
    known = _WORDS.get(name)
    ends = [] if known is None else [known + after if known not in {"", ".dev0"} else known]
    candidates = [*(release + end for end in ends), release + rest, f"{release}+{rest}", release]
    return next(
        (spelled for candidate in candidates if len(candidate) <= MAX_LENGTH and (spelled := _normal(candidate))), ""
    )


def _normal(text: str) -> str:
    try:
        return str(Version(text))
    except InvalidVersion:
        return ""
