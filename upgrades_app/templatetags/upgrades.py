"""Words of the upgrade pages."""

from __future__ import annotations

from django import template

from apps_app.models import Target

register = template.Library()


@register.filter
def where(target: Target | None) -> str:
    """ "git demo"; a target that is called like its kind is said once."""
    return "" if target is None else " ".join(dict.fromkeys([target.kind, target.slug]))
