from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from templates_app.models import AppTemplate
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import UNCONFIRMED, Status

KINDS = tuple((kind.value, kind.label) for kind in OperationKind)


class RecordFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """Filters of the record lists. Unconfirmed plans are only shown when filtered by status.

    `single`: records of one application, without the name and template filters.
    """

    q = django_filters.CharFilter(method="search")
    status = django_filters.ChoiceFilter(choices=Status, label="Status", empty_label="Any status")
    kind = django_filters.ChoiceFilter(choices=KINDS, label="Kind", empty_label="Any kind")
    template = django_filters.ChoiceFilter(field_name="template_label", label="Template", empty_label="Any template")
    by = django_filters.CharFilter(
        method="by_person", label="By", widget=forms.TextInput(attrs={"placeholder": "Anyone"})
    )
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

    def __init__(self, *args: Any, user: Any, single: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if single:
            del self.filters["q"], self.filters["template"]
            return
        names = AppTemplate.objects.visible_to(user).values_list("name", flat=True).distinct()
        self.filters["template"].extra["choices"] = [(name, name) for name in names]

    def filter_queryset(self, queryset: QuerySet[UpgradeRecord]) -> QuerySet[UpgradeRecord]:
        narrowed: QuerySet[UpgradeRecord] = super().filter_queryset(queryset)
        return narrowed if self.form.cleaned_data.get("status") else narrowed.exclude(status__in=UNCONFIRMED)

    def search(self, queryset: QuerySet[UpgradeRecord], name: str, value: str) -> QuerySet[UpgradeRecord]:
        return queryset.filter(Q(application_label__icontains=value) | Q(application__slug__icontains=value))

    def by_person(self, queryset: QuerySet[UpgradeRecord], name: str, value: str) -> QuerySet[UpgradeRecord]:
        return queryset.filter(Q(confirmed_by_label__iexact=value) | Q(created_by_label__iexact=value))
