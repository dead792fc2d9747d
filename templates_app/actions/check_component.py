"""What synchronizing one component finds: its image as it will be pulled, or what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from templates_app.appspec.presentation.published_view import as_published
from templates_app.appspec.schema.image_reference import ImageError, read_image
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.validate import check, incomplete


@dataclass(frozen=True, slots=True)
class Found:
    """One component's result; `error` is empty where all is well."""

    image: str = ""
    digest: str = ""
    error: str = ""


class Examiner:
    """Looks at the components of one version; what concerns the whole document is read once."""

    def __init__(self, spec: AppSpec) -> None:
        self._spec = as_published(spec)
        self._faults = _by_component(spec)

    def examine(self, key: str) -> Found:
        """Validates the component and its image reference."""
        component = self._spec.components[key]
        faults = self._faults.get(key, [])
        try:
            reference = read_image(component.image)
        except ImageError as error:
            data = [] if not component.image else [f"image: {error}"]
            return Found(component.image, "", _sentence([*faults, *data]))
        return Found(str(reference), reference.digest, _sentence(faults))


def _by_component(spec: AppSpec) -> Mapping[str, list[str]]:
    """Faults by component. A key may hold dots, so the longest key that a path begins with is meant."""
    result: dict[str, list[str]] = {}
    keys = sorted(spec.components, key=len, reverse=True)
    for fault in (*check(spec), *incomplete(spec)):
        key = next((item for item in keys if fault.path.startswith(f"components.{item}.")), None)
        if key is not None:
            result.setdefault(key, []).append(f"{fault.path.removeprefix(f'components.{key}.')}: {fault.message}")
    return result


def _sentence(faults: list[str]) -> str:
    return "\n".join(faults)
