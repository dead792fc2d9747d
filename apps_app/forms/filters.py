from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from apps_app.drivers.registry import KINDS
from apps_app.models import Application, RegistryLogin, Target
from apps_app.presenters.component_status import APPLICATION_STATES
from config.accounts.models import Team
from config.web import OperatorRequest
from templates_app.models import AppTemplate


def _list_teams(request: OperatorRequest) -> QuerySet[Team]:
    return Team.objects.visible_to(request.user)


def _list_targets(request: OperatorRequest) -> QuerySet[Target]:
    return Target.objects.visible_to(request.user)


def _list_templates(request: OperatorRequest) -> QuerySet[AppTemplate]:
    return AppTemplate.objects.visible_to(request.user)


class ApplicationFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    q = django_filters.CharFilter(method="search")
    team = django_filters.ModelChoiceFilter(queryset=_list_teams, empty_label="Any team", to_field_name="slug")
    target = django_filters.ModelChoiceFilter(queryset=_list_targets, empty_label="Any target")
    template = django_filters.ModelChoiceFilter(
        queryset=_list_templates,
        field_name="installation__template",
        label="Template",
        empty_label="Any template",
        to_field_name="slug",
    )
    state = django_filters.ChoiceFilter(choices=APPLICATION_STATES, label="State", empty_label="Any state")
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

    def search(self, queryset: QuerySet[Application], name: str, value: str) -> QuerySet[Application]:
        return queryset.filter(Q(name__icontains=value) | Q(slug__icontains=value))


class TargetFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    q = django_filters.CharFilter(field_name="slug", lookup_expr="icontains")
    team = django_filters.ModelChoiceFilter(queryset=_list_teams, empty_label="Any team", to_field_name="slug")
    kind = django_filters.ChoiceFilter(
        choices=[(kind.kind, kind.label) for kind in KINDS.values()], label="Kind", empty_label="Any kind"
    )
    sort = django_filters.OrderingFilter(
        fields=(("slug", "name"), ("kind", "kind"), ("team__name", "team"), ("used", "applications"))
    )

    class Meta:
        model = Target
        fields = ("team", "kind")


class RegistryLoginFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    q = django_filters.CharFilter(method="search")
    team = django_filters.ModelChoiceFilter(queryset=_list_teams, empty_label="Any team", to_field_name="slug")
    sort = django_filters.OrderingFilter(
        fields=(("host", "host"), ("username", "username"), ("team__name", "team"), ("changed_at", "changed"))
    )

    class Meta:
        model = RegistryLogin
        fields = ("team",)

    def search(self, queryset: QuerySet[RegistryLogin], name: str, value: str) -> QuerySet[RegistryLogin]:
        return queryset.filter(Q(host__icontains=value) | Q(username__icontains=value))
