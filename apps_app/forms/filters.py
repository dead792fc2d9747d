"""What the list of applications can be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from apps_app.models import Application, Target
from apps_app.states import APPLICATION_STATES
from config.accounts.models import Team, User
from templates_app.models import AppTemplate

SORTS = ("name", "team", "target", "template", "components", "state")


class ApplicationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.none(), empty_label="Any team", to_field_name="slug")
    target = django_filters.ModelChoiceFilter(queryset=Target.objects.none(), empty_label="Any target")
    template = django_filters.ModelChoiceFilter(
        queryset=AppTemplate.objects.none(),
        field_name="installation__template",
        empty_label="Any template",
        to_field_name="slug",
    )
    state = django_filters.ChoiceFilter(choices=APPLICATION_STATES, empty_label="Any state")
    sort = django_filters.OrderingFilter(
        fields=(
            ("name", "name"),
            ("team__name", "team"),
            ("target__slug", "target"),
            ("installation__template__name", "template"),
            ("component_count", "components"),
            ("state", "state"),
        )
    )

    class Meta:
        model = Application
        fields = ("team", "target")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["team"].queryset = self.filters["team"].extra["queryset"] = Team.objects.visible_to(user)
        self.filters["target"].extra["queryset"] = Target.objects.visible_to(user).select_related("team")
        self.filters["template"].extra["queryset"] = AppTemplate.objects.visible_to(user)

    def search(self, queryset: QuerySet[Application], name: str, value: str) -> QuerySet[Application]:
        return queryset.filter(Q(name__icontains=value) | Q(slug__icontains=value))
