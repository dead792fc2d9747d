"""What is better done with a component before it is saved: each proposal is ticked already, and asked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.interpolation.syntax import names as names_in
from templates_app.appspec.interpolation.text_rewriter import Path, texts
from templates_app.appspec.presentation.path_labels import place
from templates_app.appspec.presentation.text import listed
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.schema.serialize import tree
from templates_app.appspec.secrets.credential_patterns import find_credential
from templates_app.appspec.secrets.credential_scanner import name_at
from templates_app.appspec.secrets.secret_extraction import Suspect, credentials
from templates_app.appspec.validation.resource_usage import parameters_of

_SECRET, _DECLARE, _VOLUME = "secret:", "declare:", "volume:"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One box to tick; `id` comes back when it was shown and when it was accepted."""

    id: str
    sentence: str
    reason: str
    hide: tuple[Suspect, ...] = field(default=(), repr=False)
    declare: Mapping[str, Parameter] = field(default_factory=dict)
    name_volume: Mapping[str, str] = field(default_factory=dict)


def proposals(
    spec: AppSpec, key: str, before: ComponentSpec, after: ComponentSpec, sealed: Mapping[str, str]
) -> tuple[Proposal, ...]:
    """Credentials that stand in plain, references to parameters that are not there yet, and volumes without a name.

    `spec` is the document before the edit, its parameters with the values that were set; `sealed` are the values of
    its secret parameters.
    """
    return (*_secrets(spec, key, before, after, sealed), *_parameters(spec, after), *_volumes(spec, key, before, after))


def unasked(result: tuple[Proposal, ...], data: QueryDict) -> tuple[Proposal, ...]:
    """The proposals when one of them was not shown yet; none when each was answered."""
    shown = set(data.getlist("shown"))
    return result if any(suggestion.id not in shown for suggestion in result) else ()


def accepted(result: Iterable[Proposal], data: QueryDict) -> list[Proposal]:
    """Those that were ticked."""
    ticked = set(data.getlist("accept"))
    return [suggestion for suggestion in result if suggestion.id in ticked]


def named(component: ComponentSpec, ticked: Iterable[Proposal]) -> ComponentSpec:
    """The component with its volumes named as was accepted."""
    names = {path: name for suggestion in ticked for path, name in suggestion.name_volume.items()}
    mounts = {
        path: mount.model_copy(update={"source": names[path]}) if path in names else mount
        for path, mount in component.mounts.items()
    }
    return component.model_copy(update={"mounts": mounts})


def _secrets(
    spec: AppSpec, key: str, before: ComponentSpec, after: ComponentSpec, sealed: Mapping[str, str]
) -> list[Proposal]:
    """One for each secret value, with all its places in the component; what stood there already is not asked again."""
    edited = spec.model_copy(update={"components": {**spec.components, key: after}})
    result: dict[str, list[Suspect]] = {}
    for finding in credentials(edited, sealed):
        if finding.path[:2] == ("components", key) or _brought(finding, spec, after):
            result.setdefault(finding.name, []).append(finding)
    return [
        _secret(name, key, several, known=name in sealed)
        for name, several in result.items()
        if any(_is_new(item, key, before, after) for item in several)
    ]


def _secret(name: str, key: str, several: list[Suspect], *, known: bool) -> Proposal:
    sentence = f"Use the secret parameter {name}" if known else f"Make {name} a secret parameter"
    places = [place(finding.path).removeprefix(f"{key}, ") for finding in several]
    reason = several[0].reason if len(several) == 1 else "the same value"
    return Proposal(f"{_SECRET}{name}", f"{sentence}: {listed(places)}", reason, hide=tuple(several))


def _brought(finding: Suspect, spec: AppSpec, after: ComponentSpec) -> bool:
    """Whether a parameter only looks like a credential because of where the component puts it."""
    if not finding.is_parameter or finding.name not in parameters_of([after]):
        return False
    return finding.path not in {other.path for other in credentials(spec)}


def _is_new(finding: Suspect, key: str, before: ComponentSpec, after: ComponentSpec) -> bool:
    if finding.is_parameter:
        return True
    return _text_at(before, finding.path[2:]) != _text_at(after, finding.path[2:])


def _text_at(component: ComponentSpec, path: Path) -> object:
    value: object = tree(component)
    for step in path:
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _parameters(spec: AppSpec, after: ComponentSpec) -> list[Proposal]:
    secret = _in_credentials(after)
    return [_parameter(name, secret=name in secret) for name in sorted(parameters_of([after]) - spec.parameters.keys())]


def _parameter(name: str, *, secret: bool) -> Proposal:
    return Proposal(
        f"{_DECLARE}{name}",
        f"Add the {'secret ' if secret else ''}parameter {name}",
        "It is referred to and not there yet; its value is set under Settings.",
        declare={name: Parameter(secret=secret, required=secret)},
    )


def _in_credentials(component: ComponentSpec) -> frozenset[str]:
    """The parameters that stand where a credential would."""
    result: frozenset[str] = frozenset()
    for path, text in texts(component, keys=False):
        span = find_credential(name_at(component, path), text) if "$" in text else None
        if span is not None:
            result |= _readable(text[span.start : span.end])
    return result


def _readable(text: str) -> frozenset[str]:
    try:
        return names_in(text)
    except TextError:
        return frozenset()


def _volumes(spec: AppSpec, key: str, before: ComponentSpec, after: ComponentSpec) -> list[Proposal]:
    used = set(spec.volumes) | {mount.source for mount in after.mounts.values()}
    result = []
    for path, mount in after.mounts.items():
        if mount.kind != "volume" or mount.source or path in before.mounts:
            continue
        name = volume_name(key, path, used)
        used.add(name)
        result.append(
            Proposal(
                f"{_VOLUME}{path}",
                f"Name the volume at {path} {name}",
                "Without a name its data cannot be found again once the component is replaced.",
                name_volume={path: name},
            )
        )
    return result


def volume_name(key: str, path: str, used: Iterable[str]) -> str:
    """`<key>-data`, else with the last part of the path, else with a number: the first that is free."""
    others = frozenset(used)
    last = "".join(
        letter if letter.isalnum() or letter in "._-" else "-" for letter in path.rstrip("/").rpartition("/")[2]
    )
    desired = [f"{key}-data", f"{key}-{last}", *(f"{key}-data-{number}" for number in range(2, len(others) + 4))]
    return next(name for name in desired if name not in others)
