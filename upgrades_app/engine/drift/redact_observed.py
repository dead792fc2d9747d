"""What is found on a target tells its secrets: what stands in the place of one, or looks like one, is sealed."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from pydantic import JsonValue

from templates_app.appspec.interpolation.render import secret_names
from templates_app.appspec.interpolation.syntax import names
from templates_app.appspec.interpolation.text_rewriter import Path, texts
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import tree
from templates_app.appspec.secrets.secret_extraction import Suspect, credentials, make_secret
from templates_app.appspec.validation.resource_usage import parameters_of
from upgrades_app.engine.inputs.planning_input import Side
from upgrades_app.engine.inputs.rendered_side import view

_NO_NAME = re.compile(r"[^A-Z0-9]+")


def sealed(spec: AppSpec, applied: Side, key: str) -> tuple[AppSpec, dict[str, str]]:
    """The document `spec` as it is on the target, without the secrets of this component, and their values.

    `applied` is as it was before. Raises SpecError for what cannot be made a secret.
    """
    known = {item.path for item in credentials(applied.spec)}
    secrets: dict[str, str] = {}
    for finding in _in_place_of_secrets(spec, applied, key):
        spec, secrets[finding.name] = make_secret(spec, finding.path, finding.name)
    for finding in credentials(spec, applied.secrets):
        if finding.path[:2] == ("components", key) and finding.path not in known:
            spec, value = make_secret(spec, finding.path, finding.name, finding.same)
            if finding.name not in applied.secrets:
                secrets[finding.name] = value
    return spec, secrets


def _in_place_of_secrets(spec: AppSpec, applied: Side, key: str) -> Iterator[Suspect]:
    """Texts that refer to no secret any more."""
    secret = secret_names(view(applied).raw.parameters)
    own, component = applied.spec.components[key], spec.components[key]
    now = dict(texts(component, keys=False))
    items = set(spec.parameters)
    used = parameters_of([*spec.components.values(), *spec.volumes.values(), *spec.networks.values()])
    described: set[Path] = set()
    for path, text in texts(own, keys=False):
        before = names(text) & secret if "$" in text else frozenset()
        places, sure = _places(own, component, path) if before else ((), False)
        for place in places:
            if place in described or not now.get(place) or now[place] == text or names(now[place]) & secret:
                continue
            alone = next(iter(before)) if sure and len(before) == 1 and not before & used else ""
            name = alone or _free_name(f"{key}_{place[-1]}", items)
            items.add(name)
            described.add(place)
            yield Suspect(("components", key, *place), name, "it stands where a secret stood")


def _places(own: ComponentSpec, component: ComponentSpec, path: Path) -> tuple[Sequence[Path], bool]:
    """Where what stood at this path may stand now, and whether that is sure: in a list that was put together anew it
    may be everything that is new in it."""
    was, now = _list_at(own, path[:-1]), _list_at(component, path[:-1])
    if was is None or now is None:
        return [path], True
    moves = [opcode for opcode in SequenceMatcher(None, was, now, autojunk=False).get_opcodes() if opcode[0] != "equal"]
    for _, start, end, first, last in moves:
        if start <= int(path[-1]) < end:
            sure = end - start == last - first == 1
            spans = [(first, last)] if sure else [(move[3], move[4]) for move in moves]
            return [(*path[:-1], str(n)) for span in spans for n in range(*span)], sure
    return (), True


def _list_at(part: ComponentSpec, path: Path) -> list[str] | None:
    here: JsonValue = tree(part)
    for step in path:
        here = here.get(step) if isinstance(here, dict) else None
    return [str(value) for value in here] if isinstance(here, list) else None


def _free_name(desired: str, used: set[str]) -> str:
    name = _NO_NAME.sub("_", desired.upper()).strip("_") or "SECRET"
    name = f"_{name}" if name[0].isdigit() else name
    text, count = name, 1
    while text in used:
        count += 1
        text = f"{name}_{count}"
    return text
