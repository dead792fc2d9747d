from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from apps_app.forms.edit_conflicts import EditConflicts
from apps_app.forms.value_conflicts import ANEW, ValueState, compute_revision, merge_values
from config.accounts.sealing.sealed import DOTS, Secret
from templates_app.appspec.presentation.path_labels import describe_fault
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
    fallback: str = ""
    generates: forms.BoundField | None = None


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
        self.now = ValueState.from_application(self.parameters, values)
        self.typed: frozenset[str] = frozenset()
        self.meanwhile: EditConflicts | None = None
        self.fields["opened"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=self.now.sealed())
        for name, parameter in self.parameters.items():
            self.fields[f"value-{name}"] = _build_field(name, parameter, values.get(name), self.stand_ins.get(name, ""))
            if parameter.secret:
                self.fields[f"new-{name}"] = forms.BooleanField(required=False, label="Generate a new value")
            elif name in values:
                self.fields[f"default-{name}"] = forms.BooleanField(required=False, label=_get_default(parameter))

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
                self.add_error(f"value-{name}", "Enter a value or generate one, not both.")
        opened = ValueState.read(cleaned.get("opened", "")) or self.now
        mine = self._own_value(opened, cleaned)
        self.typed, self.meanwhile = merge_values(opened, mine, self.now, self.parameters, self.data)
        return cleaned

    def generated_names(self) -> list[str]:
        """The secrets of which a new one is wanted."""
        return [name for name in sorted(self.typed) if self.cleaned_data.get(f"new-{name}")]

    def changed(self) -> dict[str, str]:
        """What was typed and is not what holds already."""
        described = {*self.unset_names(), *self.generated_names()}
        return {name: _get_text(self.cleaned_data, name) for name in sorted(self.typed) if name not in described}

    def unset_names(self) -> list[str]:
        return [name for name in sorted(self.typed) if self.cleaned_data.get(f"default-{name}")]

    def _own_value(self, opened: ValueState, cleaned: Mapping[str, Any]) -> dict[str, str]:
        """What the form was opened with, with what was typed since."""
        mine = dict(opened.stored)
        for name, parameter in self.parameters.items():
            text = _get_text(cleaned, name)
            if cleaned.get(f"default-{name}"):
                mine.pop(name, None)
            elif cleaned.get(f"new-{name}"):
                mine[name] = ANEW
            elif parameter.secret:
                mine |= {name: compute_revision(name, text)} if text else {}
            elif text != opened.displayed.get(name, ""):
                mine[name] = text
        return mine

    def find_field(self, fault: Fault) -> None:
        """Puts a fault at the field it speaks of."""
        field = f"value-{fault.path.removeprefix('parameters.')}"
        self.add_error(
            field if field in self.fields else None, fault.message if field in self.fields else describe_fault(fault)
        )


def _build_field(name: str, parameter: Parameter, value: Secret | None, stand_in: str) -> forms.Field:
    label = parameter.label or name
    common: dict[str, Any] = {"required": False, "label": label, "help_text": parameter.description}
    if parameter.secret:
        shown = f"{DOTS} set; enter a value to replace it" if value is not None else "not set"
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


def _get_text(cleaned: Mapping[str, Any], name: str) -> str:
    text: str = cleaned.get(f"value-{name}", "")
    return text.replace("\r\n", "\n")


def _get_default(parameter: Parameter) -> str:
    return f"Use default ({parameter.default})" if parameter.default else "Use default"
