"""Match components of an application with those of a version: by key, by image, or by choice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from templates_app.appspec.merge.rekey import find_key_conflicts
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.image_reference import ImageError, parse_image

BY_HAND = "chosen"
SAME_KEY = "same key"


@dataclass(frozen=True, slots=True)
class ComponentMatch:
    """A component of the version, the matching component of the application ("" if none), and the reason."""

    template_key: str
    key: str
    reason: str

    @property
    def is_matched(self) -> bool:
        return bool(self.key)


def match_components(
    version: Mapping[str, ComponentSpec], application: Mapping[str, ComponentSpec], by_hand: Mapping[str, str]
) -> tuple[ComponentMatch, ...]:
    """Every component of the version, in the order of their keys; each of the application stands for at most one.

    Both sides are rendered documents' components. `by_hand`: template key → key, or "" for none. Raises SpecError
    for what cannot be meant.
    """
    _check_choices(version, application, by_hand)
    result = {old: ComponentMatch(old, new, BY_HAND) for old, new in by_hand.items()}
    used = set(by_hand.values())
    for key in version.keys() - result.keys():
        if key in application and key not in used:
            result[key] = ComponentMatch(key, key, _match_by_key(version[key], application[key]))
    used |= {match.key for match in result.values()}
    open_ones = {key: component for key, component in version.items() if key not in result}
    rest = {key: component for key, component in application.items() if key not in used}
    result |= {key: _match_by_image(key, open_ones, rest) for key in open_ones}
    _check_unique(version, application, result)
    return tuple(result[key] for key in sorted(result))


def find_renames(matches: Iterable[ComponentMatch]) -> dict[str, str]:
    """Return template key → application key for components with different keys."""
    return {match.template_key: match.key for match in matches if match.is_matched and match.key != match.template_key}


def _match_by_key(version: ComponentSpec, application: ComponentSpec) -> str:
    ours, theirs = _get_repository(application), _get_repository(version)
    return SAME_KEY if ours == theirs or not ours or not theirs else f"{SAME_KEY}, but it runs {ours}, not {theirs}"


def _match_by_image(
    key: str, version: Mapping[str, ComponentSpec], application: Mapping[str, ComponentSpec]
) -> ComponentMatch:
    repository = _get_repository(version[key])
    here, existing = _match_by_repository(application)[repository], _match_by_repository(version)[repository]
    if not repository or not here:
        return ComponentMatch(key, "", "no component has this key or image")
    if len(here) == len(existing) == 1:
        return ComponentMatch(key, here[0], f"same image, {repository}")
    several = ", ".join(here) if len(here) > 1 else ", ".join(existing)
    return ComponentMatch(key, "", f"{several} run {repository}; choose one")


def _match_by_repository(components: Mapping[str, ComponentSpec]) -> dict[str, list[str]]:
    result: dict[str, list[str]] = defaultdict(list)
    for key, component in sorted(components.items()):
        result[_get_repository(component)].append(key)
    return result


def _get_repository(component: ComponentSpec) -> str:
    """Return the repository without its registry, so that a mirror equals its source."""
    try:
        return parse_image(component.image).repository.removeprefix("library/")
    except ImageError:
        return ""


def _check_choices(
    version: Mapping[str, ComponentSpec], application: Mapping[str, ComponentSpec], by_hand: Mapping[str, str]
) -> None:
    named = [key for key in by_hand.values() if key]
    twice = sorted({key for key in named if named.count(key) > 1})
    faults = [
        Fault(f"components.{key}", f"unknown component {key} in the version") for key in by_hand if key not in version
    ]
    faults += [Fault(f"components.{key}", f"unknown component {key}") for key in named if key not in application]
    faults += [Fault(f"components.{key}", f"{key} cannot be mapped to two components") for key in twice]
    if faults:
        raise SpecError(faults)


def _check_unique(
    version: Mapping[str, ComponentSpec], application: Mapping[str, ComponentSpec], result: Mapping[str, ComponentMatch]
) -> None:
    met = find_key_conflicts(version, find_renames(result.values()))
    own = [key for key, match in result.items() if not match.is_matched and key in application]
    faults = [
        Fault(
            f"components.{key}", f"the version has a component {key} too; choose the component that corresponds to it"
        )
        for key in sorted({*met, *own})
    ]
    if faults:
        raise SpecError(faults)
