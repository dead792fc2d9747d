"""One side with its values put in: what the target would get, and what is compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from templates_app.appspec.interpolation.render import effective, render
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import AppSpec, Parameter
from upgrades_app.engine.inputs.component_part import PartSpec, part_spec
from upgrades_app.engine.inputs.planning_input import Side


@dataclass(frozen=True, slots=True)
class View:
    """`raw` is the document, with every generated parameter a secret; `spec` is it rendered (where that has `faults`:
    the raw one, and no parts); `values`, `secrets` are in effect."""

    raw: AppSpec
    spec: AppSpec
    values: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    parts: Mapping[str, PartSpec] = field(repr=False)
    faults: tuple[Fault, ...] = ()

    def digest(self, key: str, salt: bytes) -> str:
        """The keyed digest of a component as it would be reported, or "" where there is none."""
        return self.parts[key].digest(self.secrets, salt) if key in self.parts else ""


def view(side: Side) -> View:
    """Renders a side. References to sealed parameters stay."""
    raw = sealed(side.spec)
    values, secrets = in_effect(raw, side)
    try:
        spec = render(raw, values)
    except SpecError as error:
        return View(raw, raw, values, secrets, {}, error.faults)
    parts = {key: part for key in spec.components if (part := part_spec(spec, key)) is not None}
    return View(raw, spec, values, secrets, parts)


def in_effect(raw: AppSpec, side: Side) -> tuple[dict[str, str], dict[str, str]]:
    """The values that hold for a sealed document, the document's own among them; those of secrets apart."""
    known = effective(raw.parameters, {**side.values, **side.secrets})
    values = {name: text for name, text in known.items() if not _is_sealed(raw, name)}
    return values, {name: text for name, text in known.items() if name not in values}


def sealed(spec: AppSpec) -> AppSpec:
    """The document with every generated parameter a secret: what was made up once is kept like one."""
    created = {
        name: parameter for name, parameter in spec.parameters.items() if parameter.generate and not parameter.secret
    }
    if not created:
        return spec
    secret: dict[str, Parameter] = {
        name: parameter.model_copy(update={"secret": True}) for name, parameter in created.items()
    }
    return spec.model_copy(update={"parameters": {**spec.parameters, **secret}})


def to_generate(rendered: View) -> dict[str, str]:
    """Parameters to make up a value for, with the rule."""
    parameters = rendered.raw.parameters
    known = rendered.values.keys() | rendered.secrets.keys()
    return {
        name: parameters[name].generate
        for name in sorted(parameters)
        if parameters[name].generate and name not in known
    }


def _is_sealed(spec: AppSpec, name: str) -> bool:
    return name in spec.parameters and spec.parameters[name].secret
