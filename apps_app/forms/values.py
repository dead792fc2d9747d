"""Values of an application's parameters: one field each, a secret one never shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from apps_app.forms.edit_conflicts import Meanwhile
from apps_app.forms.value_conflicts import ANEW, State, mark, together
from config.accounts.sealing.sealed import DOTS, Secret
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.model import Parameter


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One parameter with its field, for the page."""

    name: str
    parameter: Parameter
    field: forms.BoundField
    default: forms.BoundField | None
    is_set: bool
    stand_in: str = ""
    anew: forms.BoundField | None = None


class ValuesForm(forms.Form):
    """An empty field of a secret leaves its value alone; ticking "follow the default" gives a value back."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        parameters: Mapping[str, Parameter],
        values: Mapping[str, Secret],
        stand_ins: Mapping[str, str] | None = None,
    ) -> None:
        """`stand_ins`: what the document uses while a parameter is left empty."""
        super().__init__(data)
        self.stand_ins = stand_ins or {}
        self.parameters = {name: item for name, item in sorted(parameters.items()) if not item.fixed}
        self.values = values
        self.now = State.of(self.parameters, values)
        self.typed: frozenset[str] = frozenset()
        self.meanwhile: Meanwhile | None = None
        self.fields["opened"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=self.now.sealed())
        for name, parameter in self.parameters.items():
            self.fields[f"value-{name}"] = _field(name, parameter, values.get(name), self.stand_ins.get(name, ""))
            if parameter.secret:
                self.fields[f"new-{name}"] = forms.BooleanField(required=False, label="Generate a new one")
            elif name in values:
                self.fields[f"default-{name}"] = forms.BooleanField(required=False, label=_default(parameter))

    def rows(self) -> list[ValueRow]:
        return [
            ValueRow(
                name,
                parameter,
                self[f"value-{name}"],
                self[f"default-{name}"] if f"default-{name}" in self.fields else None,
                name in self.values,
                self.stand_ins.get(name, ""),
                self[f"new-{name}"] if f"new-{name}" in self.fields else None,
            )
            for name, parameter in self.parameters.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.parameters:
            if cleaned.get(f"new-{name}") and cleaned.get(f"value-{name}"):
                self.add_error(f"value-{name}", "Type one, or have a new one generated.")
        opened = State.read(cleaned.get("opened", "")) or self.now
        mine = self._mine(opened, cleaned)
        self.typed, self.meanwhile = together(opened, mine, self.now, self.parameters, self.data)
        return cleaned

    def anew(self) -> list[str]:
        """The secrets of which a new one is wanted."""
        return [name for name in sorted(self.typed) if self.cleaned_data.get(f"new-{name}")]

    def changed(self) -> dict[str, str]:
        """What was typed and is not what holds already."""
        described = {*self.given_back(), *self.anew()}
        return {name: _text(self.cleaned_data, name) for name in sorted(self.typed) if name not in described}

    def given_back(self) -> list[str]:
        return [name for name in sorted(self.typed) if self.cleaned_data.get(f"default-{name}")]

    def _mine(self, opened: State, cleaned: Mapping[str, Any]) -> dict[str, str]:
        """What the form was opened with, with what was typed since."""
        mine = dict(opened.held)
        for name, parameter in self.parameters.items():
            text = _text(cleaned, name)
            if cleaned.get(f"default-{name}"):
                mine.pop(name, None)
            elif cleaned.get(f"new-{name}"):
                mine[name] = ANEW
            elif parameter.secret:
                mine |= {name: mark(name, text)} if text else {}
            elif text != opened.shown.get(name, ""):
                mine[name] = text
        return mine

    def place(self, fault: Fault) -> None:
        """Puts a fault at the field it speaks of."""
        field = f"value-{fault.path.removeprefix('parameters.')}"
        self.add_error(field if field in self.fields else None, fault.message if field in self.fields else said(fault))


def _field(name: str, parameter: Parameter, value: Secret | None, stand_in: str) -> forms.Field:
    label = parameter.label or name
    common: dict[str, Any] = {"required": False, "label": label, "help_text": parameter.description}
    if parameter.secret:
        shown = f"{DOTS} set; type to replace" if value is not None else "not set"
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "placeholder": shown})
        return forms.CharField(strip=False, widget=widget, **common)
    now = value.reveal() if value is not None else parameter.default or ""
    if parameter.choices:
        choices = [(choice, choice) for choice in parameter.choices]
        if now not in parameter.choices:
            choices.insert(0, (now, now or "not set"))
        return forms.ChoiceField(choices=choices, initial=now, **common)
    long = "\n" in now
    attrs = {"class": "code", "placeholder": stand_in}
    text = forms.Textarea(attrs={**attrs, "rows": 3}) if long else forms.TextInput(attrs=attrs)
    return forms.CharField(strip=False, initial=now, widget=text, **common)


def _text(cleaned: Mapping[str, Any], name: str) -> str:
    text: str = cleaned.get(f"value-{name}", "")
    return text.replace("\r\n", "\n")


def _default(parameter: Parameter) -> str:
    return f"Follow the default ({parameter.default})" if parameter.default else "Follow the default"
