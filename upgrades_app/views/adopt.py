"""Adopt running containers: choose, review, confirm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.drivers.adoption import ManagedContainer, UnmanagedContainer
from apps_app.formats.docker_inspect.read import AdoptedDocument
from apps_app.models import Target
from apps_app.views.application_page import show_refusal
from apps_app.views.import_compose import group_notices
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, link_parameters, render_page
from templates_app.appspec.presentation.path_labels import describe_dotted_path, describe_fault
from templates_app.appspec.presentation.text import join_names, pluralize
from upgrades_app.actions.adopt import adopt as adopt_now
from upgrades_app.actions.adopt import (
    compute_adoption_digest,
    list_managed_elsewhere,
    list_unmanaged_containers,
    read_containers,
)
from upgrades_app.forms.adopt import AdoptForm


@dataclass(frozen=True, slots=True)
class EngineProject:
    """A Compose project on the target."""

    name: str
    services: tuple[str, ...]
    containers: int


@require_http_methods(["GET", "POST"])
def adopt(request: OperatorRequest, team: str, slug: str) -> HttpResponse:
    """Adopt a Compose project (`?project=`) or containers (`?container=` ids); without either, list them."""
    target = get_visible_object(
        request, Target.objects.select_related("team"), role=Role.OPERATOR, team__slug=team, slug=slug
    )
    context: dict[str, object] = {"target": target}
    try:
        unmanaged = list_unmanaged_containers(target)
        chosen = _select_containers(request, unmanaged)
        if not chosen:
            context["others"] = _describe_managed_elsewhere(list_managed_elsewhere(target))
            return render_page(request, "upgrades_app/adopt.html", {**context, **_list_projects(unmanaged)})
        form = AdoptForm(request.POST or None, initial={"name": _suggest_name(chosen)})
        if form.is_valid() and (answer := _adopt(request, target, form, chosen)) is not None:
            return answer
        context |= {
            "form": form,
            **_build_summary(read_containers(target, [container.id for container in chosen]), chosen),
        }
    except OperationRefused as refused:
        context["problems"] = [link_parameters(refused), *map(describe_fault, refused.parts)]
    return render_page(request, "upgrades_app/adopt.html", context)


def _select_containers(request: OperatorRequest, unmanaged: Sequence[UnmanagedContainer]) -> list[UnmanagedContainer]:
    project, ids = request.GET.get("project", ""), set(request.GET.getlist("container"))
    return [container for container in unmanaged if container.id in ids or (project and container.project == project)]


def _list_projects(unmanaged: Sequence[UnmanagedContainer]) -> dict[str, object]:
    by_project: dict[str, list[UnmanagedContainer]] = defaultdict(list)
    for container in unmanaged:
        by_project[container.project].append(container)
    single = by_project.pop("", [])
    projects = [
        EngineProject(name, tuple(sorted({item.service for item in several})), len(several))
        for name, several in sorted(by_project.items())
    ]
    return {"projects": projects, "single": single, "choosing": True}


def _describe_managed_elsewhere(others: Sequence[ManagedContainer]) -> str:
    """Return for example "12 containers are managed by another Uplift (applications blog and shop)"."""
    if not others:
        return ""
    many = sum(container.containers for container in others)
    names = join_names([container.slug or container.uid for container in others])
    prefix = f"{pluralize(many, 'container')} {'is' if many == 1 else 'are'} managed by another Uplift"
    return f"{prefix} ({'application' if len(others) == 1 else 'applications'} {names})."


def _suggest_name(chosen: Sequence[UnmanagedContainer]) -> str:
    return (chosen[0].project or chosen[0].name).replace("-", " ").capitalize()


def _adopt(
    request: OperatorRequest, target: Target, form: AdoptForm, chosen: Sequence[UnmanagedContainer]
) -> HttpResponse | None:
    try:
        application = adopt_now(
            Actor.from_user(request.user),
            target=target,
            name=form.cleaned_data["name"],
            containers=[container.id for container in chosen],
            source=_describe_source(chosen, target),
            digest=request.POST.get("digest", ""),
        )
    except OperationRefused as refused:
        show_refusal(form, refused)
        return None
    messages.success(request, f"{application} adopted. No containers were changed.")
    return redirect("apps:imported", application.slug)


def _describe_source(chosen: Sequence[UnmanagedContainer], target: Target) -> str:
    projects = {container.project for container in chosen}
    if len(projects) == 1 and "" not in projects:
        return f"project {projects.pop()} on {target}"
    return f"{len(chosen)} containers on {target}"


def _build_summary(adopted: AdoptedDocument, chosen: Sequence[UnmanagedContainer]) -> dict[str, object]:
    names = {container.id: container.name for container in chosen}
    notices = [asdict(notice) for notice in adopted.imported.notices]
    return {
        "components": [
            (key, component.image, [names.get(container, container[:12]) for container in adopted.containers[key]])
            for key, component in sorted(adopted.spec.components.items())
        ],
        "lost": group_notices([notice for notice in notices if notice["weight"] == "lost"]),
        "other": group_notices([notice for notice in notices if notice["weight"] != "lost"]),
        "credentials": [
            (describe_dotted_path(credential.path), credential) for credential in adopted.imported.credentials
        ],
        "digest": compute_adoption_digest(adopted),
    }
