"""What becomes of a component that stays though its version dropped it."""

from collections.abc import Iterable, Mapping

from templates_app.spec.component import ComponentSpec
from templates_app.spec.errors import SpecError
from templates_app.spec.model import AppSpec
from templates_app.spec.render import effective, settled


def made_own(spec: AppSpec, keys: Iterable[str]) -> AppSpec:
    """The document with these components no longer following the version: what it decided for them stays as it was.

    The other side has them no more, so the values that it decides now (the tag of its images) are not for them.
    """
    keys = list(keys)
    decided = {name: one for name, one in spec.parameters.items() if one.fixed} if keys else {}
    if not decided:
        return spec
    values = effective(decided, {})
    own = {key: _settled(spec.components[key], values) for key in keys}
    return spec.model_copy(update={"components": {**spec.components, **own}})


def _settled(component: ComponentSpec, values: Mapping[str, str]) -> ComponentSpec:
    try:
        return settled(component, values)
    except SpecError:
        return component
