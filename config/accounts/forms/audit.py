"""What the audit trail can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, override

import django_filters
from django import forms
from django.db.models import QuerySet

from config.accounts.auditing.descriptions import type_word
from config.accounts.models import AuditEntry, Team, User


class Offering(forms.TextInput):
    """A text that may be anything, with what is known already offered while one types; `offered` is set by the form."""

    template_name = "shell/offering.html"
    offered: Iterable[str] = ()

    @override
    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        result = super().get_context(name, value, attrs)
        result["widget"]["attrs"]["list"] = f"{name}-offered"
        return {**result, "offered": self.offered}


NARROWED = ("q", "app", "team", "who", "verb", "object", "since", "until")
LATELY, OFFERED = 2000, 300
"""How many of the newest entries say which names are offered while one types, and how many of those."""


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _words(placeholder: str, size: int) -> Offering:
    return Offering(attrs={"placeholder": placeholder, "size": size})


class AuditFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    q = django_filters.CharFilter(method="search")
    app = django_filters.CharFilter(method="of_application", label="Application", widget=_words("Any", 10))
    who = django_filters.CharFilter(field_name="actor", lookup_expr="iexact", label="Who", widget=_words("Anybody", 8))
    team = django_filters.ModelChoiceFilter(
        queryset=Team.objects.none(), label="Team", empty_label="Any team", to_field_name="slug"
    )
    verb = django_filters.ChoiceFilter(label="What was done", empty_label="Anything")
    object = django_filters.ChoiceFilter(field_name="object_type", label="To what", empty_label="Anything")
    since = django_filters.DateFilter(method="from_day", label="From", widget=_day())
    until = django_filters.DateFilter(method="to_day", label="To", widget=_day())

    class Meta:
        model = AuditEntry
        fields = ()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        observed = AuditEntry.objects.answered_for_by(user).order_by()
        pairs = list(observed.values_list("verb", "object_type").distinct())
        verbs, types = {verb for verb, _ in pairs}, {item for _, item in pairs}
        self.filters["verb"].extra["choices"] = [(verb, verb.capitalize()) for verb in sorted(verbs)]
        self.filters["object"].extra["choices"] = sorted(
            ((item, type_word(item).capitalize()) for item in types), key=lambda choice: choice[1]
        )
        owned = Team.objects.answered_for_by(user)
        if owned[1:2]:
            self.filters["team"].queryset = self.filters["team"].extra["queryset"] = owned
        else:
            del self.filters["team"]
        items = list(observed.order_by("-at", "-pk").values_list("application", "actor")[:LATELY])
        for place, name in enumerate(("app", "who")):
            newest = [fromkey for fromkey in dict.fromkeys(row[place] for row in items) if fromkey]
            self.form.fields[name].widget.offered = sorted(newest[:OFFERED])

    def search(self, queryset: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        return queryset.filter(label__icontains=value)

    def of_application(self, queryset: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        return queryset.filter(application=value.lower())

    def from_day(self, queryset: QuerySet[AuditEntry], name: str, value: date) -> QuerySet[AuditEntry]:
        return queryset.filter(at__gte=_midnight(value))

    def to_day(self, queryset: QuerySet[AuditEntry], name: str, value: date) -> QuerySet[AuditEntry]:
        """That whole day too."""
        return queryset.filter(at__lt=_midnight(value) + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
