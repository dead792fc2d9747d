from __future__ import annotations

from django import template

from apps_app.models import Target

register = template.Library()


@register.filter
def format_target(target: Target | None) -> str:
    """Return kind and slug, for example "git demo", without repetition."""
    return "" if target is None else " ".join(dict.fromkeys([target.kind, target.slug]))
