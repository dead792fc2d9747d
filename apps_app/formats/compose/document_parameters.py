"""The variables that a document refers to become its parameters."""

from collections.abc import Iterator, Mapping

from apps_app.formats.compose.bind_mounts import Carrier
from apps_app.formats.compose.errors import Weight, refuse
from apps_app.formats.compose.source_file import Report
from templates_app.appspec.interpolation.syntax import Reference, references
from templates_app.appspec.interpolation.text_rewriter import texts
from templates_app.appspec.schema.component import Record
from templates_app.appspec.schema.model import AppSpec, Parameter

_LONGEST_NAME = 120


def parameters(spec: AppSpec, values: Mapping[str, str], carrier: Carrier) -> AppSpec:
    """The document with a parameter for every name it refers to: asked, and with the given value as default.

    Secret ones have no default: their values are with the carrier. A name is required where some reference demands it.
    """
    demanded: set[str] = set(carrier.demanded)
    result: set[str] = set()
    for reference in _references(spec):
        if len(reference.name) > _LONGEST_NAME:
            raise refuse(f"{reference.name[:20]}…", f"names of variables have at most {_LONGEST_NAME} characters here")
        result.add(reference.name)
        if reference.operator.endswith("?"):
            demanded.add(reference.name)
    created = {name: _parameter(name, values, carrier, required=name in demanded) for name in sorted(result)}
    return spec.model_copy(update={"parameters": created})


def note_open(spec: AppSpec, sealed: Mapping[str, str], report: Report) -> None:
    """Lists the parameters that must have a value and have none: nothing runs before they get one."""
    missing = [name for name, parameter in spec.parameters.items() if parameter.required and not parameter.default]
    reasons: dict[str, str] = {}
    for reference in _references(spec):
        if reference.operator.endswith("?"):
            text = "".join(part if isinstance(part, str) else part.source for part in reference.argument)
            reasons[reference.name] = reasons.get(reference.name) or text
    for name in missing:
        if not sealed.get(name):
            why = f": {reasons[name]}" if reasons.get(name) else ""
            action = report.advice.value.format(name=name)
            report.notice("", name, f"needs a value and has none{why}", action, Weight.OPEN)


def _parameter(name: str, values: Mapping[str, str], carrier: Carrier, *, required: bool) -> Parameter:
    if name in carrier.secrets or name in carrier.demanded:
        return Parameter(secret=True, required=required)
    return Parameter(default=values.get(name) or None if required else values.get(name), required=required)


def _references(spec: AppSpec) -> Iterator[Reference]:
    parts: list[Record] = [*spec.components.values(), *spec.volumes.values(), *spec.networks.values()]
    for part in parts:
        for _, text in texts(part):
            if "$" in text:
                yield from references(text)
