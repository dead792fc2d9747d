"""PEP 440 versions: parsing, order, description, suggestions."""

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
class ParsedVersion:
    """A version as it was written, as it is read, and where it stands."""

    text: str
    version: Version
    sort_key: str

    @property
    def is_prerelease(self) -> bool:
        return self.version.is_prerelease


def parse_version(text: str) -> ParsedVersion:
    """The version in a text; a leading "v" and blanks around are fine. Raises VersionError."""
    desired = text.strip()
    if not desired:
        raise VersionError("a version is needed", "1.0")
    if len(desired) > MAX_LENGTH:
        raise VersionError(f"a version has at most {MAX_LENGTH} characters")
    try:
        version = Version(desired)
    except InvalidVersion:
        raise VersionError(f"'{desired}' is not a version", _find_nearest(desired)) from None
    return ParsedVersion(desired, version, _build_key(version))


def compute_sort_key(text: str) -> str:
    """ASCII whose bytes order as PEP 440 orders versions; the same for "1.0" and "1.0.0". Raises VersionError."""
    return parse_version(text).sort_key


def describe_version(text: str, newest: str | None) -> str:
    """How a version is read and against what: "1.4.2 post-release 1, newer than 1.4.2". Raises VersionError."""
    version = parse_version(text)
    if newest is None:
        return f"{_describe_parts(version.version)}, the first version"
    other = parse_version(newest)
    if version.sort_key == other.sort_key:
        return f"{_describe_parts(version.version)}, the same version as {other.text}"
    return f"{_describe_parts(version.version)}, {'newer' if version.sort_key > other.sort_key else 'older'} than {other.text}"


def suggest_versions(last: str | None) -> tuple[str, ...]:
    """What may come after the last version, the likeliest first, with as many parts and the same leading "v"."""
    if last is None:
        return ("1.0",)
    parsed_version = parse_version(last)
    version, lead = parsed_version.version, "v" if parsed_version.text.lower().startswith("v") else ""
    release = version.release
    if version.dev is not None:
        return (lead + _spell_version(version, release, with_pre=True),)
    plain = [_spell_version(version, _increment(release, place)) for place in reversed(range(len(release)))]
    if version.pre is not None:
        letter, number = version.pre
        plain = [f"{_spell_version(version, release)}{letter}{number + 1}", _spell_version(version, release)]
    return tuple(lead + text for text in plain)


def matches_specifier(specifier: str, version: str) -> bool:
    """Whether a version is in a specifier such as ">=1.0,<2"; a bare version means just that. Raises VersionError."""
    desired = specifier.strip()
    try:
        accepted = SpecifierSet(desired if re.match(r"[<>=!~]", desired) or not desired else f"=={desired}")
    except InvalidSpecifier:
        raise VersionError(f"'{specifier}' is not a version specifier such as '>=1.0,<2'") from None
    return accepted.contains(parse_version(version).version, prereleases=True)


def _build_key(version: Version) -> str:
    release = re.sub(r"(\.010)+$", "", "".join(f".{_encode_number(part)}" for part in version.release))
    return f"{_encode_number(version.epoch)}{release}{_END}{_encode_pre(version)}{_encode_post(version)}{_encode_dev(version)}{_encode_local(version)}"


def _encode_number(number: int) -> str:
    """Digits after their count, so that 9 stands before 10."""
    digits = str(number)
    return f"{len(digits):02d}{digits}"


def _encode_pre(version: Version) -> str:
    """A development release of a final version stands before all pre-releases, a final version after them."""
    if version.pre is not None:
        return f"{version.pre[0][0]}{_encode_number(version.pre[1])}"
    return "0" if version.dev is not None and version.post is None else "z"


def _encode_post(version: Version) -> str:
    return "0" if version.post is None else f"p{_encode_number(version.post)}"


def _encode_dev(version: Version) -> str:
    return "z" if version.dev is None else f"d{_encode_number(version.dev)}"


def _encode_local(version: Version) -> str:
    """Numbers stand after words; the end of a part stands before its continuation."""
    if version.local is None:
        return ""
    parts = version.local.split(".")
    return "+" + "".join(
        f"n{_encode_number(int(part))}{_END}" if part.isdecimal() else f"a{part}{_END}" for part in parts
    )


def _describe_parts(version: Version) -> str:
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


def _increment(release: tuple[int, ...], place: int) -> tuple[int, ...]:
    return (*release[:place], release[place] + 1, *(0 for _ in release[place + 1 :]))


def _spell_version(version: Version, release: tuple[int, ...], *, with_pre: bool = False) -> str:
    epoch = f"{version.epoch}!" if version.epoch else ""
    pre = "".join(map(str, version.pre)) if with_pre and version.pre is not None else ""
    post = f".post{version.post}" if with_pre and version.post is not None else ""
    return f"{epoch}{'.'.join(map(str, release))}{pre}{post}"


def _find_nearest(text: str) -> str:
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
        (spelled for candidate in candidates if len(candidate) <= MAX_LENGTH and (spelled := _normalize(candidate))), ""
    )


def _normalize(text: str) -> str:
    try:
        return str(Version(text))
    except InvalidVersion:
        return ""
