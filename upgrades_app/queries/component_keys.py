from __future__ import annotations

from apps_app.models import ComponentOrigin, Installation
from config.errors import OperationRefused
from templates_app.appspec.merge.rekey import find_key_conflicts, rename_components
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import TemplateVersion


def get_installed_key(origin: ComponentOrigin) -> str:
    """Return the key of the installed component, or the template key if none is installed."""
    return origin.template_key if origin.component is None else origin.component.key


def rename_to_installed_keys(installation: Installation, version: TemplateVersion) -> AppSpec:
    """Return the version's spec with component keys renamed to the installed ones.

    Raises OperationRefused if a new component would collide with a renamed one.
    """
    rows = installation.origins.filter(component__isnull=False).select_related("component")
    keys = {
        origin.template_key: get_installed_key(origin)
        for origin in rows
        if origin.template_key != get_installed_key(origin)
    }
    for new_key in find_key_conflicts(version.spec.components, keys):
        template_key = next(old for old, new in keys.items() if new == new_key)
        raise OperationRefused(
            f"{version} adds component {new_key}, but its component {template_key} is already called {new_key} here. "
            f"Rename {new_key} in the next version, or install {version} as a new application."
        )
    return rename_components(version.spec, keys)
