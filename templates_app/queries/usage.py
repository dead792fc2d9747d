from __future__ import annotations

from dataclasses import dataclass

from config.accounts.models import User
from templates_app.models import AppTemplate


@dataclass(frozen=True, slots=True)
class TemplateUsage:
    """Installations by name and address; `hidden` are those of teams that one may not see."""

    visible: tuple[tuple[str, str], ...]
    hidden: int

    @property
    def is_used(self) -> bool:
        return bool(self.visible or self.hidden)


def count_usage(template: AppTemplate, user: User | None) -> TemplateUsage:
    """Everything installed from it, at whatever version."""
    rows = template.installations.select_related("application").order_by("application__name", "pk")
    everyone = user is None or user.is_superuser
    mine = [row for row in rows if everyone or (user is not None and row.application.team_id in user.roles)]
    observed = tuple((row.application.name, row.application.get_absolute_url()) for row in mine)
    return TemplateUsage(observed, len(rows) - len(mine))


def is_used_by_others(template: AppTemplate) -> int:
    """How many teams beside its own have it installed."""
    teams = template.installations.exclude(application__team=template.team_id).order_by()
    return teams.values("application__team").distinct().count()
