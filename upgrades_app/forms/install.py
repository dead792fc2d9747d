"""Form to install a template version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict

from apps_app.models import Application, Target
from config.accounts.models import Role, Team, User
from templates_app.appspec.interpolation.render import find_fallback_values
from templates_app.appspec.presentation.path_labels import describe_fault
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.port_remapping import get_literal_port
from templates_app.appspec.validation.ports import is_port
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.forms.answers import parse_answers
from upgrades_app.forms.literal_ports import build_port_fields, get_port_field_name


class InstallForm(forms.Form):
    """Name, target, values and ports of an install. Fields are named like plan questions.

    `saved_secrets` are kept where the field is left empty.
    """

    name = forms.CharField(label="Application name", max_length=120)
    target = forms.ModelChoiceField(label="Target", queryset=Target.objects.none(), empty_label="Choose a target")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        user: User,
        spec: AppSpec,
        saved_secrets: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.saved_secrets = dict(saved_secrets or {})
        self.posted = data or QueryDict()
        self.spec = spec
        self.parameters = {name: item for name, item in sorted(spec.parameters.items()) if not item.fixed}
        self.fields["target"].queryset = list_install_targets(user)  # type: ignore[attr-defined]  # a ModelChoiceField
        empty = find_fallback_values(spec)
        for name, parameter in self.parameters.items():
            self.fields[build_field_name(name, parameter)] = _build_field(name, parameter, empty.get(name, ""))
            if name in self.saved_secrets:
                _make_optional(self.fields[build_field_name(name, parameter)])
        self.port_fields = build_port_fields(spec, data)
        self.fields |= self.port_fields
        self.suggested: set[str] = set()

    def clean(self) -> dict[str, Any]:
        """Reject the same host port twice for one container port."""
        bindings: set[tuple[str, str]] = set()
        for port in get_literal_port(self.spec):
            name = get_port_field_name(port.id)
            binding = (
                f"{port.component} {port.port}",
                port.binding_at(self.cleaned_data.get(name) or port.address.first),
            )
            if binding in bindings:
                self.add_error(name, "This host port is already used for the same container port.")
            bindings.add(binding)
        return self.cleaned_data

    def list_value_fields(self) -> list[forms.BoundField]:
        """Return the parameter fields, sorted by name."""
        return [self[build_field_name(name, parameter)] for name, parameter in self.parameters.items()]

    def list_changed_port_fields(self) -> list[forms.BoundField]:
        """Return the port fields that differ from the template or have errors."""
        return [self[name] for name in self.port_fields if self._is_prominent(name)]

    def list_default_port_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.port_fields if not self._is_prominent(name)]

    def restrict_target(self, application: Application) -> None:
        """Offer only targets an existing application can use: its team's, or its own once deployed."""
        existing = {"pk": application.target_id} if application.was_ever_applied() else {"team": application.team_id}
        target: Any = self.fields["target"]
        target.queryset = target.queryset.filter(**existing)

    def get_answers(self) -> Answers:
        read = parse_answers(self.posted, self.parameters)
        return replace(read, secrets={**self.saved_secrets, **read.secrets})

    def get_ports(self) -> Mapping[str, int]:
        """Return the current host ports, by port id."""
        texts = {name.removeprefix("port:"): self._get_text(name) for name in self.port_fields}
        return {name: int(text) for name, text in texts.items() if is_port(text)}

    def get_values(self) -> Mapping[str, str]:
        """Return the current non-secret values, without empty ones."""
        texts = {
            name: self._get_text(build_field_name(name, parameter))
            for name, parameter in self.parameters.items()
            if not is_sealed(parameter)
        }
        return {name: text for name, text in texts.items() if text}

    def _is_prominent(self, name: str) -> bool:
        return (
            name in self.suggested or name in self.errors or self._get_text(name) != str(self.port_fields[name].initial)
        )

    def _get_text(self, field_name: str) -> str:
        """Return the current text without caching it on the bound field."""
        if self.is_bound:
            return self.posted.get(field_name, "")
        return str(self.get_initial_for_field(self.fields[field_name], field_name) or "")

    def suggest_value(self, field_name: str, text: str, reason: str) -> None:
        """Put a suggested value into a field and explain it in the help text."""
        self.suggested.add(field_name)
        if self.is_bound:
            self.posted = self.data = self.posted.copy()
            self.data[field_name] = text
        self.initial[field_name] = text
        field = self.fields[field_name]
        field.help_text = " ".join(filter(None, [str(field.help_text), reason]))

    def preserve_secret_fields(self) -> None:
        """Keep typed secrets when htmx replaces the form."""
        for name, parameter in self.parameters.items():
            if is_sealed(parameter):
                self.fields[build_field_name(name, parameter)].widget.attrs["hx-preserve"] = "true"

    def add_fault(self, part: object) -> None:
        """Add a fault to the field of its parameter, or to the form."""
        name = part.path.removeprefix("parameters.") if isinstance(part, Fault) else ""
        known = build_field_name(name, self.parameters[name]) if name in self.parameters else None
        self.add_error(known, part.message if known and isinstance(part, Fault) else describe_fault(part))


def list_install_targets(user: User) -> Any:
    """Return the targets a user can install on."""
    return Target.objects.filter(team__in=Team.objects.with_role(user, Role.OPERATOR)).select_related("team")


def build_field_name(name: str, parameter: Parameter) -> str:
    return f"{'secret' if is_sealed(parameter) else 'value'}:{name}"


def is_sealed(parameter: Parameter) -> bool:
    return parameter.secret or bool(parameter.generate)


def _make_optional(field: forms.Field) -> None:
    field.required = False
    field.widget.attrs["placeholder"] = "already set; leave empty to keep"


def _build_field(name: str, parameter: Parameter, empty: str) -> forms.Field:
    """`empty` is the fallback used while the field is empty."""
    common: dict[str, Any] = {
        "label": parameter.label or name,
        "help_text": " ".join(_build_help(name, parameter, empty)),
        "required": parameter.required and not parameter.generate,
    }
    if is_sealed(parameter):
        hint = "generated if empty" if parameter.generate else ""
        plain_id = f"secret-{name}"  # a colon would break CSS selectors
        attrs = {"autocomplete": "new-password", "placeholder": hint, "id": plain_id}
        widget = forms.PasswordInput(attrs=attrs, render_value=False)
        return forms.CharField(strip=False, widget=widget, **common)
    now = parameter.default or ""
    if parameter.choices:
        choices = [(choice, choice) for choice in parameter.choices]
        if now not in parameter.choices:
            choices.insert(0, ("", "Choose"))
        return forms.ChoiceField(choices=choices, initial=now, **common)
    attrs = {"class": "code", "placeholder": empty}
    text = forms.Textarea(attrs={**attrs, "rows": 3}) if "\n" in now else forms.TextInput(attrs=attrs)
    return forms.CharField(strip=False, initial=now, widget=text, **common)


def _build_help(name: str, parameter: Parameter, empty: str) -> list[str]:
    text = parameter.description or (name if parameter.label else "")
    return [*filter(None, [text]), *([f"Default if empty: {empty}."] if empty else [])]
