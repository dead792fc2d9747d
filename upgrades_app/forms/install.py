"""Where a version is installed, under which name, and with which values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict

from apps_app.models import Application, Target
from config.accounts.models import Role, Team, User
from templates_app.appspec.interpolation.render import stand_ins
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.port_remapping import literal
from templates_app.appspec.validation.ports import is_port
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.forms.answers import read_answers
from upgrades_app.forms.literal_ports import port_fields, port_name


class InstallForm(forms.Form):
    """The values and ports are named like a plan's questions, so that their answers are read the same way.

    `kept` are secrets that were given before, and stay where nothing is typed.
    """

    name = forms.CharField(label="Application name", max_length=120)
    target = forms.ModelChoiceField(
        label="Target", queryset=Target.objects.none(), empty_label="Choose where it is installed"
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        user: User,
        spec: AppSpec,
        kept: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.kept = dict(kept or {})
        self.posted = data or QueryDict()
        self.spec = spec
        self.parameters = {name: item for name, item in sorted(spec.parameters.items()) if not item.fixed}
        self.fields["target"].queryset = targets_of(user)  # type: ignore[attr-defined]  # a ModelChoiceField
        empty = stand_ins(spec)
        for name, parameter in self.parameters.items():
            self.fields[field_name(name, parameter)] = _field(name, parameter, empty.get(name, ""))
            if name in self.kept:
                _keep(self.fields[field_name(name, parameter)])
        self.port_fields = port_fields(spec, data)
        self.fields |= self.port_fields
        self.proposed: set[str] = set()

    def clean(self) -> dict[str, Any]:
        """Two host ports of one port stay two."""
        observed: set[tuple[str, str]] = set()
        for port in literal(self.spec):
            name = port_name(port.id)
            existing = (
                f"{port.component} {port.port}",
                port.binding_at(self.cleaned_data.get(name) or port.address.first),
            )
            if existing in observed:
                self.add_error(name, "Another host port of the same port has this number.")
            observed.add(existing)
        return self.cleaned_data

    def values(self) -> list[forms.BoundField]:
        """The fields of the parameters, in the order of their names."""
        return [self[field_name(name, parameter)] for name, parameter in self.parameters.items()]

    def ports(self) -> list[forms.BoundField]:
        """Those to be looked at: another one than the template's, or not in order."""
        return [self[name] for name in self.port_fields if self._stands_out(name)]

    def other_ports(self) -> list[forms.BoundField]:
        return [self[name] for name in self.port_fields if not self._stands_out(name)]

    def stay_with(self, application: Application) -> None:
        """For an application that is there: with its own team, and where something of it is already."""
        existing = {"pk": application.target_id} if application.was_ever_applied() else {"team": application.team_id}
        target: Any = self.fields["target"]
        target.queryset = target.queryset.filter(**existing)

    def answers(self) -> Answers:
        read = read_answers(self.posted, self.parameters)
        return replace(read, secrets={**self.kept, **read.secrets})

    def set_ports(self) -> Mapping[str, int]:
        """What the fields of ports hold now, posted or proposed, by the ports' ids."""
        held = {name.removeprefix("port:"): self._held(name) for name in self.port_fields}
        return {name: int(text) for name, text in held.items() if is_port(text)}

    def set_values(self) -> Mapping[str, str]:
        """What the fields of parameters that are no secret hold now, posted or proposed; an empty one sets nothing."""
        held = {
            name: self._held(field_name(name, parameter))
            for name, parameter in self.parameters.items()
            if not sealed(parameter)
        }
        return {name: text for name, text in held.items() if text}

    def _stands_out(self, name: str) -> bool:
        return name in self.proposed or name in self.errors or self._held(name) != str(self.port_fields[name].initial)

    def _held(self, known: str) -> str:
        """Not asked of the bound field, which would remember it."""
        if self.is_bound:
            return self.posted.get(known, "")
        return str(self.get_initial_for_field(self.fields[known], known) or "")

    def propose(self, known: str, text: str, why: str) -> None:
        """Puts another text into a field, and says why there."""
        self.proposed.add(known)
        if self.is_bound:
            self.posted = self.data = self.posted.copy()
            self.data[known] = text
        self.initial[known] = text
        field = self.fields[known]
        field.help_text = " ".join(filter(None, [str(field.help_text), why]))

    def keep_secrets(self) -> None:
        """What was typed into secret fields stays there when the form is shown in place of itself."""
        for name, parameter in self.parameters.items():
            if sealed(parameter):
                self.fields[field_name(name, parameter)].widget.attrs["hx-preserve"] = "true"

    def place(self, part: object) -> None:
        """Puts what is wrong at the field of the parameter it speaks of, or above them all."""
        name = part.path.removeprefix("parameters.") if isinstance(part, Fault) else ""
        known = field_name(name, self.parameters[name]) if name in self.parameters else None
        self.add_error(known, part.message if known and isinstance(part, Fault) else said(part))


def targets_of(user: User) -> Any:
    """The targets that somebody may install on."""
    return Target.objects.filter(team__in=Team.objects.with_role(user, Role.OPERATOR)).select_related("team")


def field_name(name: str, parameter: Parameter) -> str:
    return f"{'secret' if sealed(parameter) else 'value'}:{name}"


def sealed(parameter: Parameter) -> bool:
    return parameter.secret or bool(parameter.generate)


def _keep(field: forms.Field) -> None:
    field.required = False
    field.widget.attrs["placeholder"] = "set earlier, leave empty to keep"


def _field(name: str, parameter: Parameter, empty: str) -> forms.Field:
    """`empty` is what holds where it is used while nothing is typed."""
    common: dict[str, Any] = {
        "label": parameter.label or name,
        "help_text": " ".join(_help(name, parameter, empty)),
        "required": parameter.required and not parameter.generate,
    }
    if sealed(parameter):
        hint = "generated unless you type one" if parameter.generate else ""
        plain_id = f"secret-{name}"  # without the colon of its name, which no selector would find
        attrs = {"autocomplete": "new-password", "placeholder": hint, "id": plain_id}
        widget = forms.PasswordInput(attrs=attrs, render_value=False)
        return forms.CharField(strip=False, widget=widget, **common)
    now = parameter.default or ""
    if parameter.choices:
        choices = [(choice, choice) for choice in parameter.choices]
        if now not in parameter.choices:
            choices.insert(0, ("", "Choose"))
        return forms.ChoiceField(choices=choices, initial=now, **common)
    snapshot = {"class": "code", "placeholder": empty}
    text = forms.Textarea(attrs={**snapshot, "rows": 3}) if "\n" in now else forms.TextInput(attrs=snapshot)
    return forms.CharField(strip=False, initial=now, widget=text, **common)


def _help(name: str, parameter: Parameter, empty: str) -> list[str]:
    text = parameter.description or (name if parameter.label else "")
    return [*filter(None, [text]), *([f"{empty} when left empty."] if empty else [])]
