"""What is typed and chosen to publish an application."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from apps_app.publication.baseline import Source
from apps_app.publication.choices import Choices, Decision, NewTemplate
from apps_app.publication.credential_choices import suspects
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.explicit_names import explicit_names
from templates_app.models import AppTemplate

DECIDE, HIDE = "decide-", "hide-"


class PublishForm(forms.Form):
    name = forms.CharField(max_length=120, label="Template name")
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    scope = forms.ChoiceField(choices=AppTemplate.Scope, label="Offered to", initial=AppTemplate.Scope.TEAM)
    version = forms.CharField(max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}))
    alias = forms.CharField(required=False, max_length=80, widget=forms.TextInput(attrs={"placeholder": "Spring"}))
    notes = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="What whoever upgrades should know."
    )

    def __init__(self, *args: Any, template: AppTemplate | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template = template
        if template is not None:
            for name in ("name", "description", "scope"):
                del self.fields[name]

    def chosen_template(self) -> AppTemplate | NewTemplate:
        """The template's row, or what the new one is to be."""
        if self.template is not None:
            return self.template
        cleaned = self.cleaned_data
        return NewTemplate(cleaned["name"], cleaned["description"], cleaned["scope"])


def choices_of(data: QueryDict, source: Source, base: AppSpec | None) -> Choices:
    """What was chosen about components, parameters and credentials. Data that shows no choice is what is proposed."""
    if "chosen" not in data:
        return Choices(own_names=_proposes_own_names(source.spec, base))
    leave_out = unticked_of(data, source)
    if data.get("dependants") == "leave_out":
        leave_out = with_dependants(source.spec, leave_out)
    plain = frozenset(data.getlist("plain"))
    result = suspects(source.spec, source.values, base, source.sealed)
    hidden = {finding.name for finding in result if finding.address not in plain}
    decisions = {
        name: Decision(value)
        for prefix, known in ((DECIDE, source.spec.parameters.keys() - hidden), (HIDE, hidden))
        for name in known
        if (value := data.get(f"{prefix}{name}", "")) in list(Decision)
    }
    return Choices(leave_out, data.get("dependants") == "cut", decisions, plain, "own_names" in data)


def _proposes_own_names(spec: AppSpec, base: AppSpec | None) -> bool:
    """Unless the last version had them, and so its installations."""
    return not set(explicit_names(spec)) <= set(explicit_names(base or AppSpec()))


def unticked_of(data: QueryDict, source: Source) -> frozenset[str]:
    """The components whose box is not ticked."""
    return (
        frozenset(source.spec.components) - frozenset(data.getlist("components")) if "chosen" in data else frozenset()
    )


def with_dependants(spec: AppSpec, leave_out: frozenset[str]) -> frozenset[str]:
    """The left-out components and everything that needs one of them, however far."""
    while needing := frozenset(
        key
        for key, component in spec.components.items()
        if key not in leave_out and not leave_out.isdisjoint(component.depends_on)
    ):
        leave_out |= needing
    return leave_out
