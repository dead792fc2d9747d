from collections.abc import Mapping
from dataclasses import dataclass

from templates_app.appspec.presentation.published_view import render_published
from templates_app.appspec.schema.image_reference import ImageError, parse_image
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.validate import find_missing_values, validate_spec


@dataclass(frozen=True, slots=True)
class CheckedComponent:
    """One component's result; `error` is empty where all is well."""

    image: str = ""
    digest: str = ""
    error: str = ""


class ComponentChecker:
    """Looks at the components of one version; what concerns the whole document is read once."""

    def __init__(self, spec: AppSpec) -> None:
        self._spec = render_published(spec)
        self._faults = _faults_by_component(spec)

    def check(self, key: str) -> CheckedComponent:
        """Validates the component and its image reference."""
        component = self._spec.components[key]
        faults = self._faults.get(key, [])
        try:
            reference = parse_image(component.image)
        except ImageError as error:
            data = [] if not component.image else [f"image: {error}"]
            return CheckedComponent(component.image, "", _format_faults([*faults, *data]))
        return CheckedComponent(str(reference), reference.digest, _format_faults(faults))


def _faults_by_component(spec: AppSpec) -> Mapping[str, list[str]]:
    """Faults by component. A key may hold dots, so the longest key that a path begins with is meant."""
    result: dict[str, list[str]] = {}
    keys = sorted(spec.components, key=len, reverse=True)
    for fault in (*validate_spec(spec), *find_missing_values(spec)):
        key = next((item for item in keys if fault.path.startswith(f"components.{item}.")), None)
        if key is not None:
            result.setdefault(key, []).append(f"{fault.path.removeprefix(f'components.{key}.')}: {fault.message}")
    return result


def _format_faults(faults: list[str]) -> str:
    return "\n".join(faults)
