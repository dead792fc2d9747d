"""Lists that stay quick, and changes that leave an audit entry like everybody else's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, override

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import BinaryField, JSONField, Model, QuerySet
from django.http import HttpRequest

from config.accounts.access.actor import Actor
from config.accounts.auditing.audit import record
from config.accounts.models import Team
from config.accounts.sealing.sealed import SealedField

MOST = 10_000
SAID = "said"
HEAVY = (JSONField, SealedField, BinaryField)


class ShortPaginator[M: Model](Paginator[M]):
    """Counts no further than anybody pages: the whole of a long table is found by searching it."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[:MOST].count() if isinstance(rows, QuerySet) else len(rows)


class QuickAdmin[M: Model](admin.ModelAdmin[M]):
    """A list loads no document and no sealed value, of its own rows or of those beside them.

    What nobody may do here, whatever their rights, is said by `may_add`, `may_change` and `may_delete`.
    """

    may_add = may_change = may_delete = True
    paginator = ShortPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        rows = super().get_queryset(request)
        of_one = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        return rows if of_one else rows.defer(*self.heavy_fields())

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add and super().has_add_permission(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.may_change and super().has_change_permission(request, obj)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.may_delete and super().has_delete_permission(request, obj)

    def heavy_fields(self) -> Iterator[str]:
        list_or_tuple = self.list_select_related
        yield from _heavy(self.model, [])
        for path in list_or_tuple if isinstance(list_or_tuple, Sequence) else ():
            names = path.split("__")
            for depth in range(1, len(names) + 1):
                yield from _heavy(self.model, names[:depth])


def _heavy(model: type[Model], path: list[str]) -> Iterator[str]:
    for name in path:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]  # a path of relations
    for field in model._meta.concrete_fields:
        if isinstance(field, HEAVY):
            yield "__".join([*path, field.name])


class AuditedAdmin[M: Model](QuickAdmin[M]):
    """Whatever is added, changed or deleted here, rows of an inline among it, is in the audit trail.

    A form may have `said`: sentences of what it changes, where the names of fields say too little.
    """

    @override
    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        message = super().construct_change_message(request, form, formsets, add)
        data = list(getattr(form, "said", ()))
        return [*message, {SAID: data}] if data else message

    @override
    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> Any:
        _record(request, "added in admin", obj, message)
        return super().log_addition(request, obj, message)

    @override
    def log_change(self, request: HttpRequest, obj: M, message: Any) -> Any:
        if message:
            _record(request, "edited in admin", obj, message)
        return super().log_change(request, obj, message)

    @override
    def log_deletions(self, request: HttpRequest, queryset: QuerySet[M]) -> Any:
        for obj in queryset:
            _record(request, "deleted in admin", obj, [])
        return super().log_deletions(request, queryset)


class ReadOnlyAdmin[M: Model](QuickAdmin[M]):
    """An admin that only shows."""

    may_add = may_change = may_delete = False


def _record(request: HttpRequest, verb: str, obj: Model, message: Any) -> None:
    record(Actor.of(request.user), verb, obj, team=team_of(obj), data=_changes(message))


def team_of(obj: Model) -> Team | None:
    """The team that answers for a row: its own, or that of what it belongs to."""
    for name in ("team", "application", "installation", "template", "version", "record"):
        result = getattr(obj, name, None)
        if isinstance(result, Team):
            return result
        if isinstance(result, Model):
            return team_of(result)
    return None


def _changes(message: Any) -> dict[str, list[str]]:
    """The labels of changed fields, and the rows beside that were added, changed or deleted; what a form said of it."""
    result: dict[str, list[str]] = {}
    for item in message if isinstance(message, list) else []:
        for act, what in item.items():
            if act == SAID:
                result[SAID] = what
            elif "name" in what:
                text = f"{what['name']} {what['object']}"
                result.setdefault(act, []).append(f"{text}: {', '.join(what['fields'])}" if "fields" in what else text)
            else:
                result.setdefault("fields", []).extend(what.get("fields", []))
    return result
