"""Rows that one may add to a component: variables, ports, volumes. A row emptied or ticked away is gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict

from templates_app.appspec.schema.scalars import IN_WORDS, KEY_PATTERN

ANY = "any"
PASSED_ON = "Passed on"
VALUE_OR_PASSED_ON = "a value, or passed on from the host: not both"


def name_fault(name: str) -> str:
    """What is wrong with the name of a variable; "" where nothing is."""
    if "=" in name:
        return "must not hold '='"
    return f"'{name}' holds a blank; no program finds such a variable" if re.search(r"\s", name) else ""


class RowForm(forms.Form):
    """A row counts when its `lead` field is filled in."""

    lead = ""
    follow = ""
    need = ""
    gone = forms.BooleanField(required=False, label="Remove")

    def texts(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if not isinstance(field.field, forms.BooleanField)]

    def ticks(self) -> list[forms.BoundField]:
        """What one ticks; a row that was never filled in has nothing to remove."""
        ticks = [field for field in self.visible_fields() if isinstance(field.field, forms.BooleanField)]
        filled = bool(self[self.lead].value())
        return [field for field in reversed(ticks) if filled or field.name != "gone"]

    def focus(self) -> None:
        """The row is new: typing goes on in its first field."""
        self.fields[self.lead].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        missing = not cleaned.get(self.lead) and self.lead not in self.errors
        if cleaned.get(self.follow) and missing and not cleaned.get("gone"):
            self.add_error(self.lead, self.need)
        return cleaned


class EnvRow(RowForm):
    lead, follow, need = "name", "value", "needs a name"
    name = forms.CharField(required=False, max_length=200)
    value = forms.CharField(required=False, strip=False)
    passed_on = forms.BooleanField(required=False, label=PASSED_ON)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, name="Variable", value="Value")
        self.fields["name"].widget.attrs["placeholder"] = "LOG_LEVEL"
        self.fields["value"].widget.attrs["placeholder"] = "value"
        if "\n" in str(self["value"].value() or ""):
            self.fields["value"].widget = forms.Textarea(attrs={"rows": 3, "class": "code", "aria-label": "Value"})

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if fault := name_fault(name):
            raise forms.ValidationError(fault)
        return name

    def clean_value(self) -> str:
        value: str = self.cleaned_data["value"]
        return value.replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("passed_on") and cleaned.get("value") and not cleaned.get("gone"):
            self.add_error("value", VALUE_OR_PASSED_ON)
        return cleaned


class PortRow(RowForm):
    lead, follow, need = "port", "published", "needs the component's own port"
    port = forms.CharField(required=False, max_length=60)
    published = forms.CharField(required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, port="Port of the component", published="Published as")
        self.fields["port"].widget.attrs["placeholder"] = "6379"
        self.fields["published"].widget.attrs["placeholder"] = "not published"

    def clean_port(self) -> str:
        port: str = self.cleaned_data["port"]
        if not port or "$" in port:
            return port
        number, _, protocol = port.partition("/")
        if not number.isdigit() or not 0 < int(number) < 65536 or protocol not in {"", "tcp", "udp", "sctp"}:
            raise forms.ValidationError(f"'{port}' is not a port such as 6379 or 53/udp")
        return f"{int(number)}/{protocol or 'tcp'}"

    def clean_published(self) -> str:
        published: str = self.cleaned_data["published"]
        if published and "$" not in published and not _is_published(published):
            raise forms.ValidationError(f"'{published}' is not a port, an address with a port, or '{ANY}'")
        return published


class VolumeRow(RowForm):
    lead, follow, need = "path", "volume", "needs the path in the component"
    path = forms.CharField(required=False, max_length=400)
    volume = forms.CharField(required=False, max_length=63)
    read_only = forms.BooleanField(required=False, label="Read only")

    def __init__(self, *args: Any, component: str = "", **kwargs: Any) -> None:
        self.component = component
        super().__init__(*args, **kwargs)
        _label(self, path="Path in the component", volume="Volume")
        self.fields["path"].widget.attrs["placeholder"] = "/data"
        self.fields["volume"].widget.attrs["placeholder"] = f"{self.component}-data" if self.component else "redis-data"

    def clean_path(self) -> str:
        path: str = self.cleaned_data["path"]
        if path and not path.startswith(("/", "$")):
            raise forms.ValidationError(f"'{path}' must begin with '/'")
        return path

    def clean_volume(self) -> str:
        volume: str = self.cleaned_data["volume"]
        if volume.startswith(("/", "./", "../", "~")):
            raise forms.ValidationError(
                f"'{volume}' is a path of the host. Host paths: All fields → Mounts, kind Host."
            )
        if volume and "$" not in volume and not re.fullmatch(KEY_PATTERN, volume):
            raise forms.ValidationError(f"'{volume}' is not a name: {IN_WORDS[KEY_PATTERN]}.")
        return volume


ROWS: Mapping[str, type[RowForm]] = {"env": EnvRow, "ports": PortRow, "volumes": VolumeRow}
_EXTRA = {"env": 2, "ports": 1, "volumes": 1}

type Rows = BaseFormSet[RowForm]


def row_sets(
    initial: Mapping[str, Sequence[Mapping[str, object]]], data: QueryDict | None = None, component: str = ""
) -> dict[str, Rows]:
    """The three sets of rows of a component, bound to `data` where something was sent."""
    return {
        name: formset_factory(form, extra=_EXTRA[name], max_num=2000, absolute_max=2100)(
            data,
            prefix=name,
            initial=[dict(row) for row in initial.get(name, ())],
            form_kwargs={"component": component} if form is VolumeRow else {},
        )
        for name, form in ROWS.items()
    }


def sent_rows(data: QueryDict) -> dict[str, list[dict[str, object]]]:
    """What was filled in, as initial rows of a form that is shown again with more of them."""
    return {name: list(_sent(data, name, form)) for name, form in ROWS.items()}


def kept(rows: Rows) -> list[tuple[RowForm, dict[str, Any]]]:
    """The valid rows that are filled in and not ticked away, each with its form."""
    result = []
    for form in rows.forms:
        values = getattr(form, "cleaned_data", {})
        if values.get(form.lead) and not values.get("gone"):
            result.append((form, values))
    return result


def _sent(data: QueryDict, prefix: str, form: type[RowForm]) -> Iterable[dict[str, object]]:
    total = data.get(f"{prefix}-TOTAL_FORMS", "0")
    for index in range(min(int(total) if total.isdigit() else 0, 2000)):
        row: dict[str, object] = {name: data.get(f"{prefix}-{index}-{name}", "") for name in form.base_fields}
        if any(row.values()):
            yield row


def _is_published(text: str) -> bool:
    address, _, port = text.rpartition(":")
    if text == ANY:
        return True
    good = port == "" or re.fullmatch(r"\d{1,5}(-\d{1,5})?", port) is not None
    return good and bool(address or port) and " " not in text


def _label(form: forms.Form, **labels: str) -> None:
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs["aria-label"] = label
        form.fields[name].widget.attrs["class"] = "code"
