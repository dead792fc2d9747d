"""Seal secrets in a live component: values in the place of a secret, and values that look like credentials."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from pydantic import JsonValue

from templates_app.appspec.interpolation.render import get_secret_names
from templates_app.appspec.interpolation.syntax import find_names
from templates_app.appspec.interpolation.text_rewriter import Path, find_texts
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import to_plain
from templates_app.appspec.secrets.secret_extraction import CredentialFinding, extract_secret, find_credentials
from templates_app.appspec.validation.resource_usage import find_parameters
from upgrades_app.engine.inputs.planning_input import SpecSide
from upgrades_app.engine.inputs.rendered_side import render_side

_NO_NAME = re.compile(r"[^A-Z0-9]+")


def redact_observed(spec: AppSpec, applied: SpecSide, key: str) -> tuple[AppSpec, dict[str, str]]:
    """Return the live document with the secrets of this component as parameters, and their values.

    Raises SpecError for what cannot be made a secret.
    """
    known = {item.path for item in find_credentials(applied.spec)}
    secrets: dict[str, str] = {}
    for finding in _replace_secrets(spec, applied, key):
        spec, secrets[finding.name] = extract_secret(spec, finding.path, finding.name)
    for finding in find_credentials(spec, applied.secrets):
        if finding.path[:2] == ("components", key) and finding.path not in known:
            spec, value = extract_secret(spec, finding.path, finding.name, finding.same)
            if finding.name not in applied.secrets:
                secrets[finding.name] = value
    return spec, secrets


def _replace_secrets(spec: AppSpec, applied: SpecSide, key: str) -> Iterator[CredentialFinding]:
    """Yield texts that no longer refer to a secret."""
    secret = get_secret_names(render_side(applied).raw.parameters)
    own, component = applied.spec.components[key], spec.components[key]
    now = dict(find_texts(component, keys=False))
    items = set(spec.parameters)
    used = find_parameters([*spec.components.values(), *spec.volumes.values(), *spec.networks.values()])
    described: set[Path] = set()
    for path, text in find_texts(own, keys=False):
        before = find_names(text) & secret if "$" in text else frozenset()
        places, sure = _list_places(own, component, path) if before else ((), False)
        for place in places:
            if place in described or not now.get(place) or now[place] == text or find_names(now[place]) & secret:
                continue
            alone = next(iter(before)) if sure and len(before) == 1 and not before & used else ""
            name = alone or _find_free_name(f"{key}_{place[-1]}", items)
            items.add(name)
            described.add(place)
            yield CredentialFinding(("components", key, *place), name, "replaces a secret")


def _list_places(own: ComponentSpec, component: ComponentSpec, path: Path) -> tuple[Sequence[Path], bool]:
    """Return the paths where the value of this path may be now, and whether that is certain: in a changed list it may
    be any new item."""
    was, now = _get_list(own, path[:-1]), _get_list(component, path[:-1])
    if was is None or now is None:
        return [path], True
    moves = [opcode for opcode in SequenceMatcher(None, was, now, autojunk=False).get_opcodes() if opcode[0] != "equal"]
    for _, start, end, first, last in moves:
        if start <= int(path[-1]) < end:
            sure = end - start == last - first == 1
            spans = [(first, last)] if sure else [(move[3], move[4]) for move in moves]
            return [(*path[:-1], str(n)) for span in spans for n in range(*span)], sure
    return (), True


def _get_list(part: ComponentSpec, path: Path) -> list[str] | None:
    here: JsonValue = to_plain(part)
    for step in path:
        here = here.get(step) if isinstance(here, dict) else None
    return [str(value) for value in here] if isinstance(here, list) else None


def _find_free_name(desired: str, used: set[str]) -> str:
    name = _NO_NAME.sub("_", desired.upper()).strip("_") or "SECRET"
    name = f"_{name}" if name[0].isdigit() else name
    text, count = name, 1
    while text in used:
        count += 1
        text = f"{name}_{count}"
    return text
