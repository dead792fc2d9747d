"""Documents typed by hand: printed readably, parsed before they are saved, and held against the whole application."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django import forms
from django.db.models import Model

from apps_app.actions.audit_diff import edits
from apps_app.actions.locks import lock
from apps_app.actions.write_desired_state import refuse_new_faults
from apps_app.models import Application
from config.errors import Refused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


class PrettyJSONField(forms.JSONField):
    """JSON one can read and edit."""

    widget = forms.Textarea(attrs={"rows": 20, "cols": 100, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str | forms.fields.InvalidJSONInput):
            return value
        return "" if value is None else json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


class FixForm[M: Model](forms.ModelForm[M]):
    """A fix of something that no record is at work on; `said` are the sentences of what it changes in a document."""

    said: Sequence[str] = ()

    def refuse_if_at_work(self, application: Application | None) -> None:
        """The application stays locked until the fix is stored."""
        with self.refusal_on(None):
            if application is not None:
                lock(application)

    @contextmanager
    def refusal_on(self, field: str | None) -> Iterator[None]:
        """What is refused inside is an error of the field, fault by fault; of the whole form without one."""
        try:
            yield
        except Refused as refused:
            for fault in refused.faults or (refused.sentence,):
                self.add_error(field, fault)

    @contextmanager
    def faults_on(self, field: str) -> Iterator[None]:
        """Every fault of a document that is read inside is an error of its field."""
        try:
            yield
        except SpecError as error:
            for fault in error.faults:
                self.add_error(field, str(fault))

    def hold(self, before: AppSpec, after: AppSpec, of: str = "") -> None:
        """Raises SpecError with what the fix breaks, and notes what it changes for the audit trail."""
        refuse_new_faults(before, after)
        self.said = edits(before, after, of=of)


def read_or_none(application: Application) -> AppSpec | None:
    """What is wanted, or None where that is broken already: then every fix is better than none."""
    try:
        return application.desired_spec()
    except Refused:
        return None
