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
    keys = {one.template_key: key_here(one) for one in rows if one.template_key != key_here(one)}
    for taken in clashes(version.spec.components, keys):
        known = next(old for old, new in keys.items() if new == taken)
        raise Refused(
            f"{version} brings a component {taken}, and here {taken} is what it calls {known}. "
            f"Rename {taken} in the next version, or install {version} as a new application."
        )
    return rekeyed(version.spec, keys)
