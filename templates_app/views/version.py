"""One version: its document in people's words, and what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from config.accounts.access.actor import Actor
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.actions.change_state import change_state
from templates_app.appspec.interpolation.render import stand_ins
from templates_app.appspec.presentation.component_facts import (
    Fact,
    FactRow,
    FileFact,
    config_files,
    dependencies,
    facts,
)
from templates_app.appspec.presentation.published_view import as_published
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.forms.state import ReasonForm
from templates_app.models import TemplateVersion
from templates_app.views.lookup import fetch_template, fetch_version

STATES = {
    "deprecate": TemplateVersion.State.DEPRECATED,
    "withdraw": TemplateVersion.State.WITHDRAWN,
    "release": TemplateVersion.State.RELEASED,
}
ACTIONS = {
    TemplateVersion.State.RELEASED: (("deprecate", "Deprecate"), ("withdraw", "Withdraw")),
    TemplateVersion.State.DEPRECATED: (("release", "Release again"), ("withdraw", "Withdraw")),
    TemplateVersion.State.WITHDRAWN: (("release", "Release again"),),
    TemplateVersion.State.DRAFT: (),
}
HAPPENS = {
    "deprecate": ["It is offered to nobody new.", "What is installed at it stays as it is."],
    "withdraw": ["It can neither be installed nor upgraded to.", "What is installed at it stays as it is."],
    "release": ["It can be installed again, and is offered to every installation that is older."],
}


@dataclass(frozen=True, slots=True)
class ComponentFacts:
    """A component as the version's page shows it."""

    key: str
    image: str
    needs: tuple[FactRow, ...]
    facts: tuple[Fact, ...]
    files: tuple[FileFact, ...]

    @classmethod
    def of(cls, key: str, shown: ComponentSpec, written: ComponentSpec | None) -> ComponentFacts:
        return cls(key, shown.image, dependencies(shown), facts(shown, written), config_files(shown))


@require_GET
def version(request: OperatorRequest, slug: str, version: str) -> HttpResponse:
    template = fetch_template(request, slug)
    item = fetch_version(request, template, version)
    shown, written = as_published(item.spec), item.spec
    empty = stand_ins(written)
    context = {
        "template": template,
        "version": item,
        "components": [
            ComponentFacts.of(key, component, written.components.get(key))
            for key, component in sorted(shown.components.items())
        ],
        "parameters": [
            (name, parameter, empty.get(name, "")) for name, parameter in sorted(written.parameters.items())
        ],
        "volumes": sorted(written.volumes.items()),
        "networks": sorted(written.networks.items()),
        "document": json.dumps(item.document, indent=2, sort_keys=True, ensure_ascii=False),
        "actions": ACTIONS[TemplateVersion.State(item.state)],
        "may_install": Actor.of(request.user).holds(Role.OPERATOR),
        "may_publish": Actor.of(request.user).may(template.team, Role.PUBLISHER),
        "publication": _publication(item),
    }
    return render_page(request, "templates_app/version.html", context)


def _publication(version: TemplateVersion) -> str:
    """Where a draft is on its way, while the record of its publication is there."""
    record = getattr(version, "release_record", None) if version.is_draft else None
    return record.get_absolute_url() if record is not None else ""


@require_http_methods(["GET", "POST"])
def state(request: OperatorRequest, slug: str, version: str, action: str) -> HttpResponse:
    """Deprecate, withdraw, or release again: asked first, with the reason."""
    if action not in STATES:
        raise Http404("There is no such action.")
    template = fetch_template(request, slug, Role.PUBLISHER)
    item = fetch_version(request, template, version)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change_state(item, Actor.of(request.user), state=STATES[action], reason=form.cleaned_data["reason"])
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, f"{item} is {STATES[action].label.lower()}.")
        return redirect(item)
    label = dict(pair for pairs in ACTIONS.values() for pair in pairs)[action]
    context = {
        "title": f"{label}: {item}?",
        "happens": HAPPENS[action],
        "form": form,
        "submit": label,
        "danger": action == "withdraw",
        "cancel_url": item.get_absolute_url(),
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")
