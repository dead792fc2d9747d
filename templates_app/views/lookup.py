"""Which templates and versions somebody may look at."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from config.accounts.access.guards import fetch
from config.accounts.models import Role, User
from config.web import OperatorRequest
from templates_app.models import AppTemplate, TemplateVersion
from templates_app.models.template import AppTemplateQuerySet, TemplateVersionQuerySet


def listed_for(user: User) -> AppTemplateQuerySet:
    """The templates of one's own teams, and of others those that were published once."""
    rows = AppTemplate.objects.visible_to(user)
    if user.is_superuser:
        return rows
    published = TemplateVersion.objects.published().filter(template=OuterRef("pk"))
    return rows.filter(Q(team__in=list(user.roles)) | Exists(published))


def fetch_template(request: OperatorRequest, slug: str, role: Role = Role.VIEWER) -> AppTemplate:
    """Raises Http404 or Forbidden."""
    return fetch(request, listed_for(request.user).select_related("team"), role=role, slug=slug)


def versions_of(request: OperatorRequest, template: AppTemplate) -> TemplateVersionQuerySet:
    """All of them for the template's own team; drafts are nobody else's business."""
    versions = template.versions.newest_first()
    mine = request.user.is_superuser or template.team_id in request.user.roles
    return versions if mine else versions.published()


def fetch_version(request: OperatorRequest, template: AppTemplate, version: str) -> TemplateVersion:
    """Raises Http404."""
    result = versions_of(request, template).filter(version=version).select_related("created_by", "released_by").first()
    if result is None:
        raise Http404("There is no such version that you may see.")
    result.template = template
    return result
