"""One component as a form: what most of them need. Everything else it has is kept as it is."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict

from apps_app.forms.rows import ANY, Rows, kept, row_sets, sent_rows
from templates_app.spec.component import ComponentSpec
from templates_app.spec.dump import tree
from templates_app.spec.errors import Fault
from templates_app.spec.model import AppSpec
from templates_app.spec.parse import parse_component

KEY = RegexValidator(
    r"\A[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}\Z",
    "Letters, digits, '.', '_' and '-', beginning with a letter or digit, at most 63.",
)
_FIELDS = {"image": "image", "command": "command", "depends_on": "depends_on"}
_ROWS = {"env": ("env", "name"), "ports": ("ports", "port"), "mounts": ("volumes", "path")}


class ComponentForm(forms.Form):
    key = forms.CharField(
        validators=[KEY],
        max_length=63,
        help_text="Its name among the components; others reach it under this name. It stays for ever.",
    )
    image = forms.CharField(max_length=512, widget=forms.TextInput(attrs={"class": "code", "placeholder": "redis:7.4"}))
    command = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"class": "code"}),
        help_text="In place of the image's own; words as in a shell.",
    )
    depends_on = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    needed_by = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, others: Sequence[str], new: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["depends_on"].choices = self.fields["needed_by"].choices = [(key, key) for key in others]  # type: ignore[attr-defined]  # both are choice fields
        if "\n" in str(self["command"].value() or ""):
            self.fields["command"].widget = forms.Textarea(attrs={"class": "code"})
        if not new:
            del self.fields["key"]

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
        revision: int | None = None,
        data: QueryDict | None = None,
        more: str = "",
    ) -> None:
        """`data` is what was sent; with `more` it is only shown again, with one more row."""
        self.new = not key
        self.original = spec.components.get(key, ComponentSpec())
        others = sorted(name for name in spec.components if name != key)
        self.neighbours = len(others)
        initial = {**_initial(spec, key, self.original), "revision": revision}
        rows = initial_rows(self.original)
        bound = data if not more else None
        if data is not None and more:
            initial = {**{name: data.get(name) for name in initial}, **_lists(data), "key": data.get("key", "")}
            rows = sent_rows(data)
        self.form = ComponentForm(bound, others=others, new=self.new, initial=initial)
        self.rows = row_sets(rows, bound)

    @property
    def key(self) -> str:
        return str(self.form.cleaned_data.get("key", ""))

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
        document: dict[str, Any] = dict(tree(self.original))
        cleaned = self.form.cleaned_data
        document |= {"image": cleaned["image"], "env": self._env(), "ports": self._ports(), "mounts": self._mounts()}
        document["command"] = list(cleaned["command"]) if cleaned["command"] else self._no_command()
        needs = self._was("depends_on")
        document["depends_on"] = {name: needs.get(name, {}) for name in cleaned["depends_on"]}
        return parse_component(document)

    def place(self, fault: Fault, key: str) -> None:
        """Puts a fault at the field it speaks of."""
        path = fault.path.removeprefix(f"components.{key}.")
        first, _, rest = path.partition(".")
        if first in _FIELDS and first in self.form.fields:
            self.form.add_error(first, fault.message)
        elif first in _ROWS and (row := self._row(first, rest)):
            row.add_error(_ROWS[first][1], fault.message)
        else:
            self.form.add_error(None, f"{path}: {fault.message}" if path else fault.message)

    def _row(self, name: str, rest: str) -> forms.Form | None:
        rows, lead = _ROWS[name]
        fitting = [
            form
            for form, values in kept(self.rows[rows])
            if rest == values[lead] or rest.startswith(f"{values[lead]}.")
        ]
        return fitting[-1] if fitting else None

    def _no_doubles(self) -> bool:
        good = True
        for name, leads in (("env", ("name",)), ("ports", ("port", "published")), ("volumes", ("path",))):
            seen: set[tuple[Any, ...]] = set()
            for form, values in kept(self.rows[name]):
                identity = tuple(values.get(lead) for lead in leads)
                if identity in seen:
                    form.add_error(leads[0], "is there twice")
                    good = False
                seen.add(identity)
        return good and self._no_other_mounts()

    def _no_other_mounts(self) -> bool:
        others = {path: mount.kind for path, mount in self.original.mounts.items() if mount.kind != "volume"}
        met = [(form, others[values["path"]]) for form, values in kept(self.volumes) if values["path"] in others]
        for form, kind in met:
            form.add_error("path", f"a {kind} mount lies there already")
        return not met

    def _no_command(self) -> list[str] | None:
        return [] if self.original.command == () else None

    def _was(self, name: str) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", tree(self.original).get(name) or {})

    def _env(self) -> dict[str, str | None]:
        was = self.original.env
        rows = (values for _, values in kept(self.env))
        return {
            row["name"]: None if not row["value"] and was.get(row["name"], "") is None else row["value"] for row in rows
        }

    def _ports(self) -> dict[str, Any]:
        was = self._was("ports")
        ports: dict[str, dict[str, Any]] = {}
        for _, row in kept(self.ports):
            bindings = ports.setdefault(row["port"], {})
            if row["published"]:
                binding = "" if row["published"] == ANY else row["published"]
                bindings[binding] = was.get(row["port"], {}).get(binding, {})
        return ports

    def _mounts(self) -> dict[str, Any]:
        was = self._was("mounts")
        mounts = {path: mount for path, mount in was.items() if self.original.mounts[path].kind != "volume"}
        for _, row in kept(self.volumes):
            before = was.get(row["path"], {})
            read_only = before.get("read_only") if isinstance(before.get("read_only"), str) else row["read_only"]
            mounts[row["path"]] = {**before, "kind": "volume", "source": row["volume"], "read_only": read_only}
        return mounts


def initial_rows(component: ComponentSpec) -> dict[str, list[dict[str, object]]]:
    """A component's variables, ports and volumes as rows."""
    ports: list[dict[str, object]] = []
    for port, bindings in component.ports.items():
        ports += [{"port": port, "published": binding or ANY} for binding in bindings] or [{"port": port}]
    volumes = [
        {"path": path, "volume": mount.source, "read_only": mount.read_only is True}
        for path, mount in component.mounts.items()
        if mount.kind == "volume"
    ]
    return {
        "env": [{"name": name, "value": value or ""} for name, value in component.env.items()],
        "ports": ports,
        "volumes": volumes,
    }


def _initial(spec: AppSpec, key: str, component: ComponentSpec) -> dict[str, Any]:
    return {
        "image": component.image,
        "command": shlex.join(component.command or ()),
        "depends_on": list(component.depends_on),
        "needed_by": [name for name, other in spec.components.items() if key and key in other.depends_on],
    }


def _lists(data: QueryDict) -> dict[str, list[str]]:
    return {name: data.getlist(name) for name in ("depends_on", "needed_by")}
