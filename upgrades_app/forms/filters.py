"""What the list of upgrade records can be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from templates_app.models import AppTemplate
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import NOT_BEGUN, Status

KINDS = (
    ("install", "Install"),
    ("upgrade", "Upgrade"),
    ("rollback", "Go back"),
    ("change", "Change"),
    ("uninstall", "Uninstall"),
)


class RecordFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """Plans that nobody confirmed are shown only where they are asked for."""

    q = django_filters.CharFilter(method="search")
    status = django_filters.ChoiceFilter(choices=Status, empty_label="Any status")
    kind = django_filters.ChoiceFilter(choices=KINDS, empty_label="Any kind")
    template = django_filters.ChoiceFilter(field_name="template_label", empty_label="Any template")
    by = django_filters.CharFilter(method="by_person")
    sort = django_filters.OrderingFilter(
        fields=(
            ("application_label", "application"),
            ("kind", "kind"),
            ("template_label", "template"),
            ("status", "status"),
            ("created_at", "created"),
            ("confirmed_by_label", "by"),
        )
    )

    class Meta:
        model = UpgradeRecord
        fields = ("status", "kind")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = AppTemplate.objects.visible_to(user).values_list("name", flat=True).distinct()
        self.filters["template"].extra["choices"] = [(name, name) for name in names]

    def filter_queryset(self, queryset: QuerySet[UpgradeRecord]) -> QuerySet[UpgradeRecord]:
        narrowed: QuerySet[UpgradeRecord] = super().filter_queryset(queryset)
        return narrowed if self.form.cleaned_data.get("status") else narrowed.exclude(status__in=NOT_BEGUN)

    def search(self, queryset: QuerySet[UpgradeRecord], name: str, value: str) -> QuerySet[UpgradeRecord]:
        return queryset.filter(Q(application_label__icontains=value) | Q(application__slug__icontains=value))

    def by_person(self, queryset: QuerySet[UpgradeRecord], name: str, value: str) -> QuerySet[UpgradeRecord]:
        return queryset.filter(Q(confirmed_by_label__iexact=value) | Q(created_by_label__iexact=value))
