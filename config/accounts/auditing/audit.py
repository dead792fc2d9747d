from collections.abc import Mapping
from typing import Any

from django.db import models

from config.accounts.access.actor import Actor
from config.accounts.models import AuditEntry, Team


def record(
    by: Actor,
    verb: str,
    obj: models.Model,
    *,
    team: Team | None = None,
    label: str = "",
    url: str = "",
    data: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Notes that ``by`` did ``verb`` ("published", "edited") to ``obj``; call it before a deletion, while it has a key.

    Team, label and URL are the object's own unless given. ``data`` is plain JSON; a ``Secret`` in it is an error.
    What it has under "said" are sentences for people, which then stand for the rest.
    """
    return AuditEntry.objects.create(
        user=by.user,
        actor=by.name,
        team=team or getattr(obj, "team", None),
        verb=verb,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        application=_get_application(obj),
        label=(label or str(obj))[:250],
        url=url or _get_url(obj),
        data=dict(data or {}),
    )


def _get_application(obj: models.Model) -> str:
    """The slug of the application that it is, or belongs to."""
    of = obj if obj._meta.model_name == "application" else getattr(obj, "application", None)
    return str(getattr(of, "slug", ""))


def _get_url(obj: models.Model) -> str:
    url = getattr(obj, "get_absolute_url", None)
    return str(url()) if url else ""
