"""Taking in what runs on a target: choose, look at what it would be, do it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.drivers.adoption import Owned, Stranger
from apps_app.formats.docker_inspect.read import Adopted
from apps_app.models import Target
from apps_app.views.application_page import say_refusal
from apps_app.views.import_compose import grouped
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, linked, render_page
from templates_app.appspec.presentation.path_labels import said, spoken_place
from templates_app.appspec.presentation.text import counted, listed
from upgrades_app.actions.adopt import adopt as adopt_now
from upgrades_app.actions.adopt import look_at, others_on, seen_digest, strangers_on
from upgrades_app.forms.adopt import AdoptForm


@dataclass(frozen=True, slots=True)
class Project:
    """What Compose started together."""

    name: str
    services: tuple[str, ...]
    containers: int


@require_http_methods(["GET", "POST"])
def adopt(request: OperatorRequest, team: str, slug: str) -> HttpResponse:
    """`?project=` names one of Compose, `?container=` single ones by their id; without any, all are shown."""
    target = fetch(request, Target.objects.select_related("team"), role=Role.OPERATOR, team__slug=team, slug=slug)
    context: dict[str, object] = {"target": target}
    try:
        strangers = strangers_on(target)
        chosen = _chosen(request, strangers)
        if not chosen:
            context["others"] = _said_of_others(others_on(target))
            return render_page(request, "upgrades_app/adopt.html", {**context, **_offered(strangers)})
        form = AdoptForm(request.POST or None, initial={"name": _name(chosen)})
        if form.is_valid() and (answer := _taken_in(request, target, form, chosen)) is not None:
            return answer
        context |= {"form": form, **_shown(look_at(target, [container.id for container in chosen]), chosen)}
    except Refused as refused:
        context["problems"] = [linked(refused), *map(said, refused.parts)]
    return render_page(request, "upgrades_app/adopt.html", context)


def _chosen(request: OperatorRequest, strangers: Sequence[Stranger]) -> list[Stranger]:
    project, ids = request.GET.get("project", ""), set(request.GET.getlist("container"))
    return [container for container in strangers if container.id in ids or (project and container.project == project)]


def _offered(strangers: Sequence[Stranger]) -> dict[str, object]:
    by_project: dict[str, list[Stranger]] = defaultdict(list)
    for container in strangers:
        by_project[container.project].append(container)
    single = by_project.pop("", [])
    projects = [
        Project(name, tuple(sorted({item.service for item in several})), len(several))
        for name, several in sorted(by_project.items())
    ]
    return {"projects": projects, "single": single, "choosing": True}


def _said_of_others(others: Sequence[Owned]) -> str:
    """ "12 containers belong to another Uplift (applications blog and shop)"."""
    if not others:
        return ""
    many = sum(container.containers for container in others)
    names = listed([container.slug or container.uid for container in others])
    belong = f"{counted(many, 'container')} {'belongs' if many == 1 else 'belong'} to another Uplift"
    return f"{belong} ({'application' if len(others) == 1 else 'applications'} {names})."


def _name(chosen: Sequence[Stranger]) -> str:
    return (chosen[0].project or chosen[0].name).replace("-", " ").capitalize()


def _taken_in(
    request: OperatorRequest, target: Target, form: AdoptForm, chosen: Sequence[Stranger]
) -> HttpResponse | None:
    try:
        application = adopt_now(
            Actor.of(request.user),
            target=target,
            name=form.cleaned_data["name"],
            containers=[container.id for container in chosen],
            source=_source(chosen, target),
            seen=request.POST.get("seen", ""),
        )
    except Refused as refused:
        say_refusal(form, refused)
        return None
    messages.success(request, f"{application} is taken in. Nothing of it was touched.")
    return redirect("apps:imported", application.slug)


def _source(chosen: Sequence[Stranger], target: Target) -> str:
    projects = {container.project for container in chosen}
    if len(projects) == 1 and "" not in projects:
        return f"the project {projects.pop()} on {target}"
    return f"{len(chosen)} containers on {target}"


def _shown(adopted: Adopted, chosen: Sequence[Stranger]) -> dict[str, object]:
    names = {container.id: container.name for container in chosen}
    notices = [asdict(notice) for notice in adopted.imported.notices]
    return {
        "components": [
            (key, component.image, [names.get(container, container[:12]) for container in adopted.containers[key]])
            for key, component in sorted(adopted.spec.components.items())
        ],
        "lost": grouped([notice for notice in notices if notice["weight"] == "lost"]),
        "other": grouped([notice for notice in notices if notice["weight"] != "lost"]),
        "credentials": [(spoken_place(credential.path), credential) for credential in adopted.imported.credentials],
        "seen": seen_digest(adopted),
    }
