"""One component as a form: what most of them need. Everything else it has is kept as it is."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict

from apps_app.forms.component_parts import env_of, initial_rows, mounts_of, needs_of, other_mounts, ports_of
from apps_app.forms.component_rows import Rows, kept, row_sets, sent_rows
from apps_app.forms.form_snapshot import Opened
from templates_app.appspec.interpolation.syntax import TextError, names
from templates_app.appspec.presentation.path_labels import place, steps
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.image_reference import ImageError, read_image
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.scalars import IN_WORDS, KEY_PATTERN
from templates_app.appspec.schema.serialize import tree

KEY = RegexValidator(rf"\A{KEY_PATTERN[1:-1]}\Z", f"{IN_WORDS[KEY_PATTERN].capitalize()}.")
_FIELDS = {"image": "image", "command": "command", "depends_on": "depends_on"}
_ROWS = {"env": ("env", "name"), "ports": ("ports", "port"), "mounts": ("volumes", "path")}
_IDENTITIES = (("env", ("name",)), ("ports", ("port", "published")), ("volumes", ("path",)))


class ComponentForm(forms.Form):
    key = forms.CharField(
        validators=[KEY],
        max_length=63,
        help_text="Its name among the components; others reach it under this name. It can be renamed later.",
    )
    image = forms.CharField(max_length=512, widget=forms.TextInput(attrs={"class": "code", "placeholder": "redis:7.4"}))
    command = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"class": "code"}),
        help_text="In place of the image's own; words as in a shell.",
    )
    depends_on = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    needed_by = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="Is needed by")
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, others: Sequence[str], new: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["depends_on"].choices = self.fields["needed_by"].choices = [(key, key) for key in others]  # type: ignore[attr-defined]  # both are choice fields
        if "\n" in str(self["command"].value() or ""):
            self.fields["command"].widget = forms.Textarea(attrs={"class": "code"})
        if not new:
            del self.fields["key"]

    def clean_image(self) -> str:
        image: str = self.cleaned_data["image"]
        try:
            if not names(image):
                read_image(image.replace("$$", "$"))
        except (ImageError, TextError) as error:
            raise forms.ValidationError(f"{error}.") from error
        return image

    def clean_command(self) -> tuple[str, ...] | None:
        text = self.cleaned_data["command"].replace("\r\n", "\n")
        try:
            return tuple(shlex.split(text)) or None
        except ValueError as error:
            raise forms.ValidationError(f"cannot be read: {str(error).lower()}") from error


class ComponentForms:
    """The form of a component with its rows, seen as one."""

    def __init__(
        self,
        spec: AppSpec,
        key: str = "",
        *,
        data: QueryDict | None = None,
        more: str = "",
    ) -> None:
        """`data` is what was sent; with `more` it is only shown again, with one more row of that set.

        What was sent is read over the component as the form was opened with it, not as others have it by now.
        """
        self.new = not key
        now = spec.components.get(key, ComponentSpec())
        self.opened = Opened.read(data.get("opened", "")) if data is not None else None
        self.original = self.opened.over(now) if self.opened is not None else now
        others = sorted(name for name in spec.components if name != key)
        self.neighbours = len(others)
        initial = _initial(spec, key, self.original)
        rows = initial_rows(self.original)
        bound = data if not more else None
        if data is not None and more:
            initial = {**{name: data.get(name) for name in initial}, **_lists(data), "key": data.get("key", "")}
            rows = sent_rows(data)
        self.form = ComponentForm(bound, others=others, new=self.new, initial=initial)
        self.rows = row_sets(rows, bound, key)
        if more in self.rows:
            self.rows[more].forms[len(rows[more])].focus()

    @property
    def key(self) -> str:
        return str(self.form.cleaned_data.get("key", ""))

    @property
    def wanted_by(self) -> tuple[str, ...] | None:
        """The components that shall need it."""
        return tuple(self.form.cleaned_data["needed_by"])

    @property
    def env(self) -> Rows:
        return self.rows["env"]

    @property
    def ports(self) -> Rows:
        return self.rows["ports"]

    @property
    def volumes(self) -> Rows:
        return self.rows["volumes"]

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.rows.values()), self._no_doubles()])

    def component(self) -> ComponentSpec:
        """The component as the form says it, with everything that the form does not show. Raises SpecError."""
        cleaned, before = self.form.cleaned_data, self.original
        unset: list[str] | None = [] if before.command == () else None
        return parse_component(
            {
                **tree(before),
                "image": cleaned["image"],
                "command": list(cleaned["command"]) if cleaned["command"] else unset,
                "env": env_of(self.env),
                "ports": ports_of(self.ports, before),
                "mounts": mounts_of(self.volumes, before),
                "depends_on": needs_of(cleaned["depends_on"], before),
            }
        )

    def place(self, fault: Fault, key: str) -> None:
        """Puts a fault at the field it speaks of."""
        at = steps(fault.path) or tuple(filter(None, [fault.path]))
        inside = at[2:] if at[:2] == ("components", key) else ()
        if inside and inside[0] in _FIELDS and inside[0] in self.form.fields:
            self.form.add_error(_FIELDS[inside[0]], fault.message)
        elif len(inside) > 1 and inside[0] in _ROWS and (row := self._row(inside[0], inside[1:])):
            row.add_error(_ROWS[inside[0]][1], fault.message)
        elif row := self._mounting(at):
            row.add_error("volume", fault.message)
        else:
            text = place(at).removeprefix(f"{key}, ")
            self.form.add_error(None, f"{text}: {fault.message}" if text else fault.message)

    def _mounting(self, at: tuple[str, ...]) -> forms.Form | None:
        """The row that mounts the volume which a fault speaks of."""
        if at[:1] != ("volumes",) or len(at) < 2:
            return None
        return next((form for form, values in kept(self.volumes) if values["volume"] == at[1]), None)

    def _row(self, name: str, at: tuple[str, ...]) -> forms.Form | None:
        rows, lead = _ROWS[name]
        fitting = [(form, values) for form, values in kept(self.rows[rows]) if values[lead] == at[0]]
        exact = [form for form, values in fitting if at[1:2] == (values.get("published"),)]
        several = exact or [form for form, _ in fitting]
        return several[-1] if several else None

    def _no_doubles(self) -> bool:
        good = True
        for name, leads in _IDENTITIES:
            observed: set[tuple[Any, ...]] = set()
            for form, values in kept(self.rows[name]):
                identity = tuple(values.get(lead) for lead in leads)
                if identity in observed:
                    form.add_error(leads[0], "is there twice")
                    good = False
                observed.add(identity)
        return good and self._no_other_mounts()

    def _no_other_mounts(self) -> bool:
        others = other_mounts(self.original)
        met = [(form, others[values["path"]]) for form, values in kept(self.volumes) if values["path"] in others]
        for form, kind in met:
            form.add_error("path", f"a {kind} mount lies there already")
        return not met


def _initial(spec: AppSpec, key: str, component: ComponentSpec) -> dict[str, Any]:
    needed_by = tuple(name for name, other in spec.components.items() if key and key in other.depends_on)
    return {
        "image": component.image,
        "command": shlex.join(component.command or ()),
        "depends_on": list(component.depends_on),
        "needed_by": list(needed_by),
        "opened": Opened(component, needed_by).sealed(),
    }


def _lists(data: QueryDict) -> dict[str, list[str]]:
    return {name: data.getlist(name) for name in ("depends_on", "needed_by")}
