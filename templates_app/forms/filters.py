"""What the catalogue can be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from config.accounts.models import Team, User
from templates_app.models import AppTemplate


class CatalogueFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    q = django_filters.CharFilter(method="search")
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.none(), empty_label="Any team", to_field_name="slug")
    scope = django_filters.ChoiceFilter(choices=AppTemplate.Scope.choices, label="Offered to", empty_label="Anybody")
    tag = django_filters.ChoiceFilter(method="tagged", label="Tag", choices=(), empty_label="Any tag")
    sort = django_filters.OrderingFilter(
        fields=(
            ("name", "name"),
            ("team__name", "team"),
            ("version_count", "versions"),
            ("newest_at", "newest"),
            ("installation_count", "installations"),
        )
    )

    class Meta:
        model = AppTemplate
        fields = ("team", "scope")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["team"].queryset = self.filters["team"].extra["queryset"] = Team.objects.visible_to(user)
        tags = AppTemplate.objects.visible_to(user).annotate(tag=Func(F("tags"), function="unnest"))
        result = sorted(set(tags.order_by().values_list("tag", flat=True)))
        self.filters["tag"].extra["choices"] = [(tag, tag) for tag in result]
        if not result:
            del self.filters["tag"]

    def search(self, queryset: QuerySet[AppTemplate], name: str, value: str) -> QuerySet[AppTemplate]:
        q = Q(name__icontains=value) | Q(slug__icontains=value) | Q(description__icontains=value)
        words = Func(F("tags"), Value(" "), function="array_to_string", output_field=TextField())
        return queryset.alias(words=words).filter(q | Q(words__icontains=value))

    def tagged(self, queryset: QuerySet[AppTemplate], name: str, value: str) -> QuerySet[AppTemplate]:
        return queryset.filter(tags__contains=[value])
