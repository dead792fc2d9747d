"""The audit trail: who did what, to which, when; as a page and as a file for other programs."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from config.accounts.access.actor import Actor, Forbidden
from config.accounts.auditing.descriptions import Detail, details, type_word
from config.accounts.forms.audit import NARROWED, AuditFilter
from config.accounts.models import AuditEntry
from config.web import OperatorRequest, page_of, render_page

COLUMNS = ("at", "who", "team", "what", "object", "name", "application", "page", "details")
SHOWN = 6
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page shows it: `more` is what is folded."""

    entry: AuditEntry
    kind: str
    details: tuple[Detail, ...]
    more: tuple[Detail, ...]

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        described = details(entry.data)
        shown = SHOWN if len(described) > SHOWN + 1 else len(described)
        return cls(entry, type_word(entry.object_type), described[:shown], described[shown:])


@require_GET
def trail(request: OperatorRequest) -> HttpResponse:
    audit_filter = _found(request)
    page = page_of(request, audit_filter.qs)
    context = {
        "filter": audit_filter,
        "page": page,
        "lines": [Line.of(entry) for entry in page],
        "filtered": any(request.GET.get(name) for name in NARROWED),
    }
    return render_page(request, "accounts/audit.html", context, fragment="rows")


@require_GET
def export(request: OperatorRequest) -> HttpResponseBase:
    """The same entries as the page shows, all of them, oldest last; read from the database as they are sent."""
    rows = _found(request).qs.iterator(chunk_size=2000)
    headers = {"Content-Disposition": 'attachment; filename="uplift-audit.csv"'}
    return StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _found(request: OperatorRequest) -> AuditFilter:
    user = request.user
    if not Actor.of(user).owns_a_team:
        raise Forbidden("The audit trail is for owners of a team. An owner of your team can show it to you.")
    rows = AuditEntry.objects.answered_for_by(user).select_related("team").order_by("-at", "-pk")
    return AuditFilter(request.GET, queryset=rows, user=user)


class _Echo:
    """Hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(entries: Iterator[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for entry in entries:
        yield writer.writerow([plain(cell) for cell in _cells(entry)])


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    return (
        entry.at.isoformat(timespec="seconds"),
        entry.actor,
        entry.team.slug if entry.team else "",
        entry.verb,
        f"{type_word(entry.object_type)} {entry.object_id}",
        entry.label,
        entry.application,
        entry.url,
        "; ".join(map(str, details(entry.data))),
    )


def plain(cell: str) -> str:
    """Text that a spreadsheet does not take for a formula: whoever names an application could write one."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
