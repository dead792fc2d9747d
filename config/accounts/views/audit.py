from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from config.accounts.access.actor import Actor, Forbidden
from config.accounts.auditing.descriptions import AuditDetail, describe_details, describe_type
from config.accounts.forms.audit import NARROWED, AuditFilter
from config.accounts.models import AuditEntry
from config.web import OperatorRequest, paginate, render_page

COLUMNS = ("at", "who", "team", "what", "object", "name", "application", "page", "details")
SHOWN = 6
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An entry as the page shows it: `more` is what is folded."""

    entry: AuditEntry
    kind: str
    details: tuple[AuditDetail, ...]
    more: tuple[AuditDetail, ...]

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        described = describe_details(entry.data)
        shown = SHOWN if len(described) > SHOWN + 1 else len(described)
        return cls(entry, describe_type(entry.object_type), described[:shown], described[shown:])


@require_GET
def list_entries(request: OperatorRequest) -> HttpResponse:
    audit_filter = _filter_entries(request)
    page = paginate(request, audit_filter.qs)
    context = {
        "filter": audit_filter,
        "page": page,
        "lines": [AuditLine.of(entry) for entry in page],
        "filtered": any(request.GET.get(name) for name in NARROWED),
    }
    return render_page(request, "accounts/audit.html", context, fragment="rows")


@require_GET
def export_entries(request: OperatorRequest) -> HttpResponseBase:
    """The same entries as the page shows, all of them, oldest last; read from the database as they are sent."""
    rows = _filter_entries(request).qs.iterator(chunk_size=2000)
    headers = {"Content-Disposition": 'attachment; filename="uplift-audit.csv"'}
    return StreamingHttpResponse(_build_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _filter_entries(request: OperatorRequest) -> AuditFilter:
    user = request.user
    if not Actor.from_user(user).owns_a_team:
        raise Forbidden("Only team owners can view the audit trail.")
    rows = AuditEntry.objects.owned_by(user).select_related("team").order_by("-at", "-pk")
    return AuditFilter(request.GET, queryset=rows, user=user)


class _Echo:
    """Hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _build_lines(entries: Iterator[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for entry in entries:
        yield writer.writerow([escape_formula(cell) for cell in _build_cells(entry)])


def _build_cells(entry: AuditEntry) -> tuple[str, ...]:
    return (
        entry.at.isoformat(timespec="seconds"),
        entry.actor,
        entry.team.slug if entry.team else "",
        entry.verb,
        f"{describe_type(entry.object_type)} {entry.object_id}",
        entry.label,
        entry.application,
        entry.url,
        "; ".join(map(str, describe_details(entry.data))),
    )


def escape_formula(cell: str) -> str:
    """Text that a spreadsheet does not take for a formula: whoever names an application could write one."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
