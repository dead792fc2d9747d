"""What was set for parameters, merged three ways: kept, taken, or a conflict."""

from collections.abc import Mapping
from dataclasses import dataclass

from templates_app.appspec.merge.three_way import Choice
from templates_app.appspec.schema.model import AppSpec, Parameter
from upgrades_app.engine.inputs.planning_input import Kind, Situation


@dataclass(frozen=True, slots=True)
class ValueConflict:
    """A value that both sides set differently; `fixed`: the version decides it from now on."""

    name: str
    base: str | None
    ours: str | None
    theirs: str | None
    fixed: bool = False
    secret: bool = False

    @property
    def id(self) -> str:
        return f"values.{self.name}"


def merge_values(
    base: Mapping[str, str],
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
    choices: Mapping[str, Choice],
    *,
    secret: bool = False,
) -> tuple[dict[str, str], tuple[ValueConflict, ...]]:
    """The three-way merge of what was set; an undecided conflict stays ours. Also returns every conflict."""
    merged: dict[str, str] = {}
    conflicts = []
    for name in sorted(base.keys() | ours.keys() | theirs.keys()):
        was, mine, other = base.get(name), ours.get(name), theirs.get(name)
        chosen = other if mine == was else mine
        if other not in (was, mine) and mine != was:
            conflict = ValueConflict(name, was, mine, other, secret=secret)
            conflicts.append(conflict)
            chosen = other if choices.get(conflict.id) == "theirs" else mine
        if chosen is not None:
            merged[name] = chosen
    return merged, tuple(conflicts)


def decided_values(
    situation: Situation, spec: AppSpec, values: dict[str, str]
) -> tuple[AppSpec, dict[str, str], tuple[ValueConflict, ...]]:
    """Values that their operator set and that the version decides from now on: kept only where the operator says so."""
    was = situation.base.spec.parameters
    conflicts = []
    opened: dict[str, Parameter] = {}
    for name in [name for name in values if name in spec.parameters and spec.parameters[name].fixed]:
        parameter = spec.parameters[name]
        newly = name not in was or not was[name].fixed
        if situation.kind is Kind.UPGRADE and newly and values[name] != parameter.default:
            before = was[name].default if name in was else None
            conflict = ValueConflict(name, before, values[name], parameter.default, fixed=True)
            conflicts.append(conflict)
            if situation.answers.conflicts.get(conflict.id) != "theirs":
                opened[name] = parameter.model_copy(update={"fixed": False})
                continue
        del values[name]
    if opened:
        spec = spec.model_copy(update={"parameters": {**spec.parameters, **opened}})
    return spec, values, tuple(conflicts)


def still_sealed(spec: AppSpec, secrets: Mapping[str, str]) -> tuple[AppSpec, dict[str, str]]:
    """What was given as a secret never comes into the open: where the version asks for it openly now, it stays secret
    here, and where the version decides it now, it goes."""
    held = {name: text for name, text in secrets.items() if name in spec.parameters}
    opened = {name for name in held if not (spec.parameters[name].secret or spec.parameters[name].generate)}
    closed = {name: spec.parameters[name] for name in opened if not spec.parameters[name].fixed}
    if closed:
        sealed = {
            name: parameter.model_copy(update={"secret": True, "default": None}) for name, parameter in closed.items()
        }
        spec = spec.model_copy(update={"parameters": {**spec.parameters, **sealed}})
    return spec, {name: text for name, text in secrets.items() if name not in opened - closed.keys()}


def apart(spec: AppSpec, provided: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was set for declared parameters, apart by whether it has to be kept sealed."""
    values: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for name in sorted(provided.keys() & spec.parameters.keys()):
        parameter = spec.parameters[name]
        (secrets if parameter.secret or parameter.generate else values)[name] = provided[name]
    return values, secrets
