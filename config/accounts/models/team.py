from __future__ import annotations

from django.db import models
from django.urls import reverse

from config.accounts.models.user import User


class Role(models.IntegerChoices):
    """What a member may do; each role may do all that the ones below it may."""

    VIEWER = 10, "Viewer"
    OPERATOR = 20, "Operator"
    PUBLISHER = 30, "Publisher"
    OWNER = 40, "Owner"

    @property
    def phrase(self) -> str:
        """ "an operator", "a viewer"."""
        return f"{'an' if self.label[0] in 'AEIOU' else 'a'} {self.label.lower()}"

    @property
    def plural(self) -> str:
        """ "operators", "viewers"."""
        return f"{self.label.lower()}s"


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: User | None) -> TeamQuerySet:
        """The user's teams; all of them for a superuser and for the system itself."""
        if user is None or user.is_superuser:
            return self.all()
        return self.filter(pk__in=user.roles)

    def with_role(self, user: User | None, role: Role) -> TeamQuerySet:
        """The teams in which the user has this role or a higher one."""
        if user is None or user.is_superuser:
            return self.all()
        return self.filter(pk__in=[team for team, held in user.roles.items() if held >= role])

    def owned_by(self, user: User) -> TeamQuerySet:
        """The teams that the user owns; all of them for a superuser."""
        return self.with_role(user, Role.OWNER)


class Team(models.Model):
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ("name", "slug")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:team", args=[self.slug])

    @property
    def team(self) -> Team:
        """So that guards and audit entries treat a team as everything that belongs to one."""
        return self


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role, default=Role.VIEWER)

    class Meta:
        ordering = ("team", "user")
        constraints = (models.UniqueConstraint(fields=("team", "user"), name="membership_unique"),)

    def __str__(self) -> str:
        return f"{self.user} is {self.get_role_display().lower()} of {self.team}"
