"""A side rendered with its values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from templates_app.appspec.interpolation.render import get_effective_values, render_spec
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import AppSpec, Parameter
from upgrades_app.engine.inputs.component_part import PartSpec, build_part_spec
from upgrades_app.engine.inputs.planning_input import SpecSide


@dataclass(frozen=True, slots=True)
class RenderedSide:
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


def render_side(side: SpecSide) -> RenderedSide:
    """Render a side. References to sealed parameters are kept."""
    raw = list_sealed(side.spec)
    values, secrets = split_effective_values(raw, side)
    try:
        spec = render_spec(raw, values)
    except SpecError as error:
        return RenderedSide(raw, raw, values, secrets, {}, error.faults)
    parts = {key: part for key in spec.components if (part := build_part_spec(spec, key)) is not None}
    return RenderedSide(raw, spec, values, secrets, parts)


def split_effective_values(raw: AppSpec, side: SpecSide) -> tuple[dict[str, str], dict[str, str]]:
    """Return the effective values and secrets of a sealed document, including its defaults."""
    known = get_effective_values(raw.parameters, {**side.values, **side.secrets})
    values = {name: text for name, text in known.items() if not _is_sealed(raw, name)}
    return values, {name: text for name, text in known.items() if name not in values}


def list_sealed(spec: AppSpec) -> AppSpec:
    """Return the document with every generated parameter marked as secret."""
    created = {
        name: parameter for name, parameter in spec.parameters.items() if parameter.generate and not parameter.secret
    }
    if not created:
        return spec
    secret: dict[str, Parameter] = {
        name: parameter.model_copy(update={"secret": True}) for name, parameter in created.items()
    }
    return spec.model_copy(update={"parameters": {**spec.parameters, **secret}})


def list_generated(rendered: RenderedSide) -> dict[str, str]:
    """Return the parameters to generate a value for, with the rule."""
    parameters = rendered.raw.parameters
    known = rendered.values.keys() | rendered.secrets.keys()
    return {
        name: parameters[name].generate
        for name in sorted(parameters)
        if parameters[name].generate and name not in known
    }


def _is_sealed(spec: AppSpec, name: str) -> bool:
    return name in spec.parameters and spec.parameters[name].secret
