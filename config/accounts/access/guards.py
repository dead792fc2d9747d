"""What every view fetches through: 404 for what one may not see, 403 for what one may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from django.db import models
from django.http import Http404

from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import Role, Team, User

if TYPE_CHECKING:
    from django.http import HttpRequest


class TeamScoped[M: models.Model](models.QuerySet[M]):
    """Rows that belong to a team, directly or by ``team_path`` (as ``application__team``)."""

    team_path: ClassVar[str] = "team"

    def visible_to(self, user: User | None) -> Self:
        """What the user's teams own; everything for a superuser and for the system itself."""
        if user is None or user.is_superuser:
            return self.all()
        return self.filter(**{f"{self.team_path}__in": list(user.roles)})


class _Visible[M: models.Model](Protocol):
    """A queryset, or a manager made of one, that knows what a user may see."""

    def visible_to(self, user: User | None, /) -> models.QuerySet[M]: ...


def fetch[M: models.Model](request: HttpRequest, queryset: _Visible[M], role: Role = Role.VIEWER, **lookup: Any) -> M:
    """The one object of ``lookup``. Raises ``Http404`` when the user may not see it, ``Forbidden`` (a 403) when the
    user may see it and has a lower role in its team."""
    actor = Actor.of(request.user)
    visible = queryset.visible_to(actor.user)
    m = visible.filter(**lookup).first()
    if m is None:
        raise Http404(f"There is no such {visible.model._meta.verbose_name} that you may see.")
    if role > Role.VIEWER:
        actor.require(team_of(m), role)
    return m


def require_somewhere(request: HttpRequest, role: Role, what: str) -> None:
    """Raises ``Forbidden`` for whoever holds this role, or a higher one, in no team; ``what`` is what they wanted."""
    actor = Actor.of(request.user)
    if not actor.user or not Team.objects.with_role(actor.user, role).exists():
        teams = Team.objects.visible_to(actor.user)
        raise Forbidden(f"Only {role.plural} of a team may {what}. {actor.standing(teams)}.")


def team_of(model: models.Model) -> Team:
    """The team that an object belongs to: its ``team``, as every guarded model has one."""
    team: Team = getattr(model, "team")  # noqa: B009  (the models' common attribute has no common class)
    return team
