from __future__ import annotations

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, StringAgg, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import MD5, Cast, Coalesce, Concat

from apps_app.models import Application, Component, ReleaseRecord
from templates_app.models import TemplateVersion


def compute_source_digest(application: Application) -> str:
    """Return a digest of the desired document: it changes whenever the document changes."""
    digest: str = Application.objects.filter(pk=application.pk).values_list(_compute_digest(), flat=True).get()
    return digest


def annotate_unpublished(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Annotate `changed_since`: the label of the version last published, if the application changed since; else "".

    It is "" too while a publication is a draft, and where the last publication has no source digest.
    """
    last = ReleaseRecord.objects.filter(
        application=OuterRef("pk"), cancelled_at__isnull=True, version__isnull=False
    ).newest_first()
    draft = Q(last_state=TemplateVersion.State.DRAFT)
    changed = Case(
        When(
            draft | Q(last_digest="") | Q(last_digest__isnull=True) | Q(last_digest=F("current_digest")), then=Value("")
        ),
        default=Subquery(last.values("version_label")[:1]),
        output_field=CharField(),
    )
    return applications.alias(
        current_digest=_compute_digest(),
        last_digest=Subquery(last.values("source_digest")[:1]),
        last_state=Subquery(last.values("version__state")[:1]),
    ).annotate(changed_since=changed)


def get_changed_since(application: Application) -> str:
    """Return `changed_since` of a single application."""
    result: str = annotate_unpublished(Application.objects.filter(pk=application.pk)).get().changed_since  # type: ignore[attr-defined]  # an annotation
    return result


def _compute_digest() -> Combinable:
    """Build the digest expression; PostgreSQL prints JSONB keys in a fixed order."""
    own = Component.objects.filter(application=OuterRef("pk"), desired__isnull=False)
    each = Concat("key", Value("="), Cast("desired", TextField()), output_field=TextField())
    joined = (
        own.order_by()
        .values("application")
        .annotate(text=StringAgg(each, delimiter=Value("\n"), order_by="key", output_field=TextField()))
    )
    components = Coalesce(Subquery(joined.values("text")), Value(""), output_field=TextField())
    return MD5(Concat(Cast("definitions_desired", TextField()), Value("\n"), components, output_field=TextField()))
