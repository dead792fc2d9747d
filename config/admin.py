"""The admin as a whole, and the jobs in it."""

from __future__ import annotations

from typing import Any, override

import procrastinate.contrib.django.admin as jobs
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from procrastinate.contrib.django.models import ProcrastinateJob

from config.accounts.access.actor import Actor
from config.accounts.auditing.audit import record

admin.site.site_header = admin.site.site_title = "Uplift administration"
admin.site.index_title = "Data fixes"
admin.site.unregister(ProcrastinateJob)


@admin.register(ProcrastinateJob)
class JobAdmin(jobs.ProcrastinateJobAdmin):
    """Jobs may be retried, cancelled and aborted here, and the audit trail tells of it."""

    list_filter = ["status", "task_name"]
    search_fields = ("task_name", "lock", "queueing_lock")
    show_full_result_count = False

    @override
    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        verb = f"{request.POST.get('action', '')} in admin"[:60]
        chosen = request.POST.getlist("_selected_action")
        answer = super().response_action(request, queryset, *args, **kwargs)
        if answer is not None and chosen and request.POST.get("action"):
            for job in ProcrastinateJob.objects.filter(pk__in=chosen):
                record(Actor.from_user(request.user), verb, job, label=f"{job.task_name} {job.pk}")
        return answer
