"""What the publishers said of the versions that an upgrade, or going back, passes."""

from __future__ import annotations

from templates_app.models import TemplateVersion


def notes_between(before: TemplateVersion | None, after: TemplateVersion | None) -> tuple[TemplateVersion, ...]:
    """Those with notes, newest first: above the lower one, up to the higher one; of an install that version alone."""
    if after is None:
        return ()
    rows = TemplateVersion.objects.published().filter(template=after.template_id).exclude(notes="")
    if before is None or before.template_id != after.template_id:
        result = rows.filter(pk=after.pk)
    else:
        low, high = sorted((before.sort_key, after.sort_key))
        result = rows.filter(sort_key__gt=low, sort_key__lte=high)
    return tuple(result.newest_first().select_related("template").defer("document"))
