"""Which applications were changed since a version was last published from them, told by the database."""

from __future__ import annotations

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, StringAgg, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import MD5, Cast, Coalesce, Concat

from apps_app.models import Application, Component, ReleaseRecord
from templates_app.models import TemplateVersion


def source_mark(application: Application) -> str:
    """Another one for every other document that is wanted."""
    mark: str = Application.objects.filter(pk=application.pk).values_list(_mark(), flat=True).get()
    return mark


def with_changed_since(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Each with `changed_since`: the version last published from it, where it is another one by now; else "".

    One that is being published again is told of as that, and one whose mark was never kept is not told of.
    """
    last = ReleaseRecord.objects.filter(
        application=OuterRef("pk"), cancelled_at__isnull=True, version__isnull=False
    ).newest_first()
    draft = Q(last_state=TemplateVersion.State.DRAFT)
    changed = Case(
        When(draft | Q(last_mark="") | Q(last_mark__isnull=True) | Q(last_mark=F("mark_now")), then=Value("")),
        default=Subquery(last.values("version_label")[:1]),
        output_field=CharField(),
    )
    return applications.alias(
        mark_now=_mark(),
        last_mark=Subquery(last.values("source_mark")[:1]),
        last_state=Subquery(last.values("version__state")[:1]),
    ).annotate(changed_since=changed)


def changed_since(application: Application) -> str:
    """The same of one."""
    result: str = with_changed_since(Application.objects.filter(pk=application.pk)).get().changed_since  # type: ignore[attr-defined]  # an annotation
    return result


def _mark() -> Combinable:
    """The documents as the database writes them: always in one order."""
    own = Component.objects.filter(application=OuterRef("pk"), desired__isnull=False)
    each = Concat("key", Value("="), Cast("desired", TextField()), output_field=TextField())
    joined = (
        own.order_by()
        .values("application")
        .annotate(whole=StringAgg(each, delimiter=Value("\n"), order_by="key", output_field=TextField()))
    )
    components = Coalesce(Subquery(joined.values("whole")), Value(""), output_field=TextField())
    return MD5(Concat(Cast("frame_desired", TextField()), Value("\n"), components, output_field=TextField()))
