"""What is installed from a template, as far as the catalogue has to know: it protects what is installed."""

from __future__ import annotations

from dataclasses import dataclass

from config.accounts.models import User
from templates_app.models import AppTemplate


@dataclass(frozen=True, slots=True)
class Usage:
    """Installations by name and address; `hidden` are those of teams that one may not see."""

    seen: tuple[tuple[str, str], ...]
    hidden: int

    @property
    def any(self) -> bool:
        return bool(self.seen or self.hidden)


def usage_of(template: AppTemplate, user: User | None) -> Usage:
    """Everything installed from it, at whatever version."""
    rows = template.installations.select_related("application").order_by("application__name", "pk")
    everyone = user is None or user.is_superuser
    mine = [row for row in rows if everyone or (user is not None and row.application.team_id in user.roles)]
    observed = tuple((row.application.name, row.application.get_absolute_url()) for row in mine)
    return Usage(observed, len(rows) - len(mine))


def used_by_others(template: AppTemplate) -> int:
    """How many teams beside its own have it installed."""
    teams = template.installations.exclude(application__team=template.team_id).order_by()
    return teams.values("application__team").distinct().count()
