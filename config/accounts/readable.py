"""Audit entries in people's words."""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps


def type_word(object_type: str) -> str:
    """ "upgrade record" for `upgrades_app.upgraderecord`; what no longer exists is named as it was."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type.rpartition(".")[2]


def details(data: Mapping[str, object]) -> str:
    """ "member: ada · role: Viewer"; what is empty is left out."""
    return " · ".join(
        f"{name.replace('_', ' ')}: {_text(value)}" for name, value in sorted(data.items()) if _has(value)
    )


def _has(value: object) -> bool:
    return value not in (None, "", [], {})


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
