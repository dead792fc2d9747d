"""Which component of an application stands for which of a version: by key, then by image, then as somebody says."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from templates_app.appspec.merge.rekey import clashes
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.image_reference import ImageError, read_image

BY_HAND = "as you said"
SAME_KEY = "same key"


@dataclass(frozen=True, slots=True)
class Match:
    """A version's component, the application's that stands for it ("" where there is none), and why."""

    template_key: str
    key: str
    reason: str

    @property
    def found(self) -> bool:
        return bool(self.key)


def match(
    version: Mapping[str, ComponentSpec], application: Mapping[str, ComponentSpec], by_hand: Mapping[str, str]
) -> tuple[Match, ...]:
    """Every component of the version, in the order of their keys; each of the application stands for at most one.

    Both sides are rendered documents' components. `by_hand`: template key → key, or "" for none. Raises SpecError
    for what cannot be meant.
    """
    _refuse(version, application, by_hand)
    result = {old: Match(old, new, BY_HAND) for old, new in by_hand.items()}
    used = set(by_hand.values())
    for key in version.keys() - result.keys():
        if key in application and key not in used:
            result[key] = Match(key, key, _same_key(version[key], application[key]))
    used |= {match.key for match in result.values()}
    open_ones = {key: component for key, component in version.items() if key not in result}
    rest = {key: component for key, component in application.items() if key not in used}
    result |= {key: _by_image(key, open_ones, rest) for key in open_ones}
    _refuse_clashes(version, application, result)
    return tuple(result[key] for key in sorted(result))


def renames(matches: Iterable[Match]) -> dict[str, str]:
    """Template key → the application's, where they are not the same."""
    return {match.template_key: match.key for match in matches if match.found and match.key != match.template_key}


def _same_key(version: ComponentSpec, application: ComponentSpec) -> str:
    ours, theirs = _repository(application), _repository(version)
    return SAME_KEY if ours == theirs or not ours or not theirs else f"{SAME_KEY}, but it runs {ours}, not {theirs}"


def _by_image(key: str, version: Mapping[str, ComponentSpec], application: Mapping[str, ComponentSpec]) -> Match:
    repository = _repository(version[key])
    here, existing = _by_repository(application)[repository], _by_repository(version)[repository]
    if not repository or not here:
        return Match(key, "", "nothing here has its key or its image")
    if len(here) == len(existing) == 1:
        return Match(key, here[0], f"same image, {repository}")
    several = ", ".join(here) if len(here) > 1 else ", ".join(existing)
    return Match(key, "", f"{several} run {repository}: say which it is")


def _by_repository(components: Mapping[str, ComponentSpec]) -> dict[str, list[str]]:
    result: dict[str, list[str]] = defaultdict(list)
    for key, component in sorted(components.items()):
        result[_repository(component)].append(key)
    return result


def _repository(component: ComponentSpec) -> str:
    """Without the registry: a mirror of an image is that image."""
    try:
        return read_image(component.image).repository.removeprefix("library/")
    except ImageError:
        return ""


def _refuse(
    version: Mapping[str, ComponentSpec], application: Mapping[str, ComponentSpec], by_hand: Mapping[str, str]
) -> None:
    named = [key for key in by_hand.values() if key]
    twice = sorted({key for key in named if named.count(key) > 1})
    faults = [
        Fault(f"components.{key}", f"the version has no component {key}") for key in by_hand if key not in version
    ]
    faults += [
        Fault(f"components.{key}", f"there is no component {key} here") for key in named if key not in application
    ]
    faults += [Fault(f"components.{key}", f"{key} cannot stand for two components") for key in twice]
    if faults:
        raise SpecError(faults)


def _refuse_clashes(
    version: Mapping[str, ComponentSpec], application: Mapping[str, ComponentSpec], result: Mapping[str, Match]
) -> None:
    met = clashes(version, renames(result.values()))
    own = [key for key, match in result.items() if not match.found and key in application]
    faults = [
        Fault(f"components.{key}", f"the version has a component {key} too; say which one here stands for it")
        for key in sorted({*met, *own})
    ]
    if faults:
        raise SpecError(faults)
