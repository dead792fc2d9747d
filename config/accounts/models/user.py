from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.utils.functional import cached_property


class User(AbstractUser):
    @cached_property
    def roles(self) -> dict[int, int]:
        """The role in each team, by the team's id; read once for each instance."""
        return {member.team_id: member.role for member in self.memberships.only("team_id", "role", "user_id")}
