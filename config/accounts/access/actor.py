"""Who acts: a person, or a command run by the operating system's user."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.text import get_text_list

from config.accounts.models import Role, Team, User

if TYPE_CHECKING:
    from collections.abc import Iterable


class Forbidden(PermissionDenied):
    """The actor may see this and may not do it; ``sentence`` says what role it takes."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Actor:
    """``user`` is None for a command that the operating system's user ran: that one may do everything."""

    user: User | None
    name: str

    @classmethod
    def of(cls, user: User | AnonymousUser) -> Self:
        if not isinstance(user, User):
            raise Forbidden("Log in first.")
        return cls(user, user.get_username())

    @classmethod
    def system(cls, name: str | None = None) -> Self:
        return cls(None, name or _os_user())

    def __str__(self) -> str:
        return self.name

    def may(self, team: Team, role: Role) -> bool:
        if self.user is None or self.user.is_superuser:
            return True
        return self.user.roles.get(team.pk, 0) >= role

    def require(self, team: Team, role: Role) -> None:
        """Raises ``Forbidden`` when the actor's role in the team is lower."""
        if not self.may(team, role):
            raise Forbidden(f"{self.standing([team])}; this takes {role.phrase}.")

    def require_superuser(self) -> None:
        """Raises ``Forbidden`` unless the actor may do everything."""
        if self.user is not None and not self.user.is_superuser:
            raise Forbidden(f"{self.name} is not a superuser.")

    def standing(self, teams: Iterable[Team]) -> str:
        """ "You are a viewer of team Default", of those of the teams that the actor is a member of."""
        roles = self.user.roles if self.user is not None else {}
        held = [f"{Role(roles[team.pk]).phrase} of team {team.name}" for team in teams if team.pk in roles]
        return f"You are {get_text_list(held, 'and')}" if held else "You are no member of a team here"

    @property
    def owns_a_team(self) -> bool:
        """Whether the actor answers for a team; who may do everything answers for all."""
        return self.holds(Role.OWNER)

    def holds(self, role: Role) -> bool:
        """Whether the actor has this role, or a higher one, in some team."""
        if self.user is None or self.user.is_superuser:
            return True
        return any(held >= role for held in self.user.roles.values())

    def teams(self, role: Role) -> Iterable[Team]:
        """The teams in which the actor has this role or a higher one."""
        return Team.objects.with_role(self.user, role)


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "system"
