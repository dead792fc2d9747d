"""Documents typed by hand: printed readably, parsed before they are saved, and held against the whole application."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.db.models import Model

from apps_app.actions.busy import refuse_if_busy
from apps_app.models import Application
from config.errors import Refused
from templates_app.spec.check import check
from templates_app.spec.errors import Fault, SpecError
from templates_app.spec.model import AppSpec


class PrettyJSONField(forms.JSONField):
    """JSON one can read and edit."""

    widget = forms.Textarea(attrs={"rows": 20, "cols": 100, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str | forms.fields.InvalidJSONInput):
            return value
        return "" if value is None else json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


class FixForm[M: Model](forms.ModelForm[M]):
    """A fix of something that no record is at work on."""

    def refuse_if_at_work(self, application: Application | None) -> None:
        with self.refusal_on(None):
            if application is not None:
                refuse_if_busy(application)

    @contextmanager
    def refusal_on(self, field: str | None) -> Iterator[None]:
        """What is refused inside is an error of the field, fault by fault; of the whole form without one."""
        try:
            yield
        except Refused as refused:
            for said in refused.faults or (refused.sentence,):
                self.add_error(field, said)

    def add_faults(self, field: str, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.add_error(field, str(fault))

    def add_new_faults(self, field: str, before: AppSpec, after: AppSpec) -> None:
        """What the fix breaks; what was wrong before may be mended one by one."""
        known = set(check(before))
        self.add_faults(field, [fault for fault in check(after) if fault not in known])


def read_or_none(application: Application) -> AppSpec | None:
    """What is wanted, or None where that is broken already: then every fix is better than none."""
    try:
        return application.desired_spec()
    except SpecError:
        return None
