"""A version's components under the keys that an installation has for them."""

from __future__ import annotations

from apps_app.models import Installation, Origin
from config.errors import Refused
from templates_app.appspec.merge.rekey import clashes, rekeyed
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import TemplateVersion


def key_here(origin: Origin) -> str:
    """What stands here for the template's component; its own key where nothing does."""
    return origin.template_key if origin.component is None else origin.component.key


def under_keys_here(installation: Installation, version: TemplateVersion) -> AppSpec:
    """The version's document. Raises Refused where a new component of it would take the key of another one."""
    rows = installation.origins.filter(component__isnull=False).select_related("component")
    keys = {origin.template_key: key_here(origin) for origin in rows if origin.template_key != key_here(origin)}
    for new_key in clashes(version.spec.components, keys):
        template_key = next(old for old, new in keys.items() if new == new_key)
        raise Refused(
            f"{version} brings a component {new_key}, and here {new_key} is what it calls {template_key}. "
            f"Rename {new_key} in the next version, or install {version} as a new application."
        )
    return rekeyed(version.spec, keys)
