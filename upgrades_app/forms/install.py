"""Where a version is installed, under which name, and with which values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from apps_app.models import Target
from config.accounts.models import Role, Team, User
from templates_app.spec.model import Parameter
from upgrades_app.engine.situation import Answers
from upgrades_app.forms.answers import read_answers


class InstallForm(forms.Form):
    """The values are named like a plan's questions, so that their answers are read the same way."""

    name = forms.CharField(label="Application name", max_length=120)
    target = forms.ModelChoiceField(
        label="Target", queryset=Target.objects.none(), empty_label="Choose where it is installed"
    )

    def __init__(
        self, data: QueryDict | None = None, *, user: User, parameters: dict[str, Parameter], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.posted = data or QueryDict()
        self.parameters = {name: one for name, one in sorted(parameters.items()) if not one.fixed}
        targets = Target.objects.filter(team__in=Team.objects.with_role(user, Role.OPERATOR)).select_related("team")
        self.fields["target"].queryset = targets  # type: ignore[attr-defined]  # a ModelChoiceField, as declared
        for name, parameter in self.parameters.items():
            self.fields[field_name(name, parameter)] = _field(name, parameter)

    def values(self) -> list[forms.BoundField]:
        """The fields of the parameters, in the order of their names."""
        return [self[field_name(name, one)] for name, one in self.parameters.items()]

    def answers(self) -> Answers:
        return read_answers(self.posted, self.parameters)

    def place(self, fault: str) -> None:
        """Puts a fault ("parameters.WORKERS: …") at the field it speaks of, or above them all."""
        path, _, message = fault.partition(": ")
        name = path.removeprefix("parameters.")
        known = field_name(name, self.parameters[name]) if name in self.parameters else None
        self.add_error(known, message if known else fault)


def field_name(name: str, parameter: Parameter) -> str:
    return f"{'secret' if _is_sealed(parameter) else 'value'}:{name}"


def _is_sealed(parameter: Parameter) -> bool:
    return parameter.secret or bool(parameter.generate)


def _field(name: str, parameter: Parameter) -> forms.Field:
    common: dict[str, Any] = {
        "label": parameter.label or name,
        "help_text": parameter.description or (name if parameter.label else ""),
        "required": parameter.required and not parameter.generate,
    }
    if _is_sealed(parameter):
        hint = "generated unless you type one" if parameter.generate else ""
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "placeholder": hint}, render_value=False)
        return forms.CharField(strip=False, widget=widget, **common)
    now = parameter.default or ""
    if parameter.choices:
        choices = [(one, one) for one in parameter.choices]
        if now not in parameter.choices:
            choices.insert(0, ("", "Choose"))
        return forms.ChoiceField(choices=choices, initial=now, **common)
    long = "\n" in now
    text = forms.Textarea(attrs={"class": "code", "rows": 3}) if long else forms.TextInput(attrs={"class": "code"})
    return forms.CharField(strip=False, initial=now, widget=text, **common)
