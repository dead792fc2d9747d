from __future__ import annotations

import json
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from config.accounts.access.actor import Actor
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page
from templates_app.actions.change_state import change_state
from templates_app.appspec.interpolation.render import find_fallback_values
from templates_app.appspec.presentation.component_facts import (
    ComponentFact,
    FactRow,
    FileFact,
    describe_dependencies,
    list_config_files,
    list_facts,
)
from templates_app.appspec.presentation.published_view import render_published
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.forms.state import StateReasonForm
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
    "deprecate": ["It is not offered for new installations.", "Existing installations are not affected."],
    "withdraw": ["It cannot be installed or upgraded to.", "Existing installations are not affected."],
    "release": ["It can be installed and is offered to older installations."],
}


@dataclass(frozen=True, slots=True)
class ComponentFacts:
    """A component as the version's page shows it."""

    key: str
    image: str
    needs: tuple[FactRow, ...]
    facts: tuple[ComponentFact, ...]
    files: tuple[FileFact, ...]

    @classmethod
    def from_component(cls, key: str, shown: ComponentSpec, written: ComponentSpec | None) -> ComponentFacts:
        return cls(key, shown.image, describe_dependencies(shown), list_facts(shown, written), list_config_files(shown))


@require_GET
def show_version(request: OperatorRequest, slug: str, version: str) -> HttpResponse:
    template = fetch_template(request, slug)
    item = fetch_version(request, template, version)
    shown, written = render_published(item.spec), item.spec
    empty = find_fallback_values(written)
    context = {
        "template": template,
        "version": item,
        "components": [
            ComponentFacts.from_component(key, component, written.components.get(key))
            for key, component in sorted(shown.components.items())
        ],
        "parameters": [
            (name, parameter, empty.get(name, "")) for name, parameter in sorted(written.parameters.items())
        ],
        "volumes": sorted(written.volumes.items()),
        "networks": sorted(written.networks.items()),
        "document": json.dumps(item.document, indent=2, sort_keys=True, ensure_ascii=False),
        "actions": ACTIONS[TemplateVersion.State(item.state)],
        "may_install": Actor.from_user(request.user).has_any_role(Role.OPERATOR),
        "may_publish": Actor.from_user(request.user).has_role(template.team, Role.PUBLISHER),
        "publication": _build_publication(item),
    }
    return render_page(request, "templates_app/version.html", context)


def _build_publication(version: TemplateVersion) -> str:
    """Where a draft is on its way, while the record of its publication is there."""
    record = getattr(version, "release_record", None) if version.is_draft else None
    return record.get_absolute_url() if record is not None else ""


@require_http_methods(["GET", "POST"])
def change_version_state(request: OperatorRequest, slug: str, version: str, action: str) -> HttpResponse:
    """Deprecate, withdraw, or release again: asked first, with the reason."""
    if action not in STATES:
        raise Http404("Unknown action.")
    template = fetch_template(request, slug, Role.PUBLISHER)
    item = fetch_version(request, template, version)
    form = StateReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change_state(item, Actor.from_user(request.user), state=STATES[action], reason=form.cleaned_data["reason"])
        except OperationRefused as refused:
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
