"""Three-way merge of parameter values."""

from collections.abc import Mapping
from dataclasses import dataclass

from templates_app.appspec.merge.three_way import SideChoice
from templates_app.appspec.schema.model import AppSpec, Parameter
from upgrades_app.engine.inputs.planning_input import OperationKind, PlanningInput


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
    choices: Mapping[str, SideChoice],
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


def apply_choices(
    planning_input: PlanningInput, spec: AppSpec, values: dict[str, str]
) -> tuple[AppSpec, dict[str, str], tuple[ValueConflict, ...]]:
    """Resolve values of parameters that the version now fixes: kept only where the operator chooses the local value."""
    was = planning_input.base.spec.parameters
    conflicts = []
    opened: dict[str, Parameter] = {}
    for name in [name for name in values if name in spec.parameters and spec.parameters[name].fixed]:
        parameter = spec.parameters[name]
        newly = name not in was or not was[name].fixed
        if planning_input.kind is OperationKind.UPGRADE and newly and values[name] != parameter.default:
            before = was[name].default if name in was else None
            conflict = ValueConflict(name, before, values[name], parameter.default, fixed=True)
            conflicts.append(conflict)
            if planning_input.answers.conflicts.get(conflict.id) != "theirs":
                opened[name] = parameter.model_copy(update={"fixed": False})
                continue
        del values[name]
    if opened:
        spec = spec.model_copy(update={"parameters": {**spec.parameters, **opened}})
    return spec, values, tuple(conflicts)


def keep_sealed(spec: AppSpec, secrets: Mapping[str, str]) -> tuple[AppSpec, dict[str, str]]:
    """Keep secret values sealed: a parameter that the version makes plain stays secret here; the value of one that the
    version fixes is dropped."""
    held = {name: text for name, text in secrets.items() if name in spec.parameters}
    opened = {name for name in held if not (spec.parameters[name].secret or spec.parameters[name].generate)}
    closed = {name: spec.parameters[name] for name in opened if not spec.parameters[name].fixed}
    if closed:
        sealed = {
            name: parameter.model_copy(update={"secret": True, "default": None}) for name, parameter in closed.items()
        }
        spec = spec.model_copy(update={"parameters": {**spec.parameters, **sealed}})
    return spec, {name: text for name, text in secrets.items() if name not in opened - closed.keys()}


def split_secrets(spec: AppSpec, provided: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Split the values of declared parameters into plain and sealed ones."""
    values: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for name in sorted(provided.keys() & spec.parameters.keys()):
        parameter = spec.parameters[name]
        (secrets if parameter.secret or parameter.generate else values)[name] = provided[name]
    return values, secrets
