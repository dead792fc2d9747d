from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.db.models import Count

from apps_app.models import Application
from config.accounts.models import User


@dataclass(frozen=True, slots=True)
class DisplayNames:
    """`shared`: the names that more than one of the applications has that somebody may see."""

    shared: frozenset[str]

    @classmethod
    def for_user(cls, user: User) -> Self:
        rows = Application.objects.visible_to(user).order_by().values("name").annotate(n=Count("pk")).filter(n__gt=1)
        return cls(frozenset(rows.values_list("name", flat=True)))

    def get_name(self, application: Application | None, label: str = "") -> str:
        """ "Shop", or "Shop (shop-2)"; `label` is what one that is gone was called."""
        if application is None:
            return label
        return f"{application.name} ({application.slug})" if application.name in self.shared else application.name
