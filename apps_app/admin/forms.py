from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django import forms
from django.db.models import Model

from apps_app.actions.audit_diff import describe_edits
from apps_app.actions.locks import lock_application
from apps_app.actions.write_desired_state import check_new_faults
from apps_app.models import Application
from config.errors import OperationRefused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


class PrettyJSONField(forms.JSONField):
    """A JSON field with indented text."""

    widget = forms.Textarea(attrs={"rows": 20, "cols": 100, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str | forms.fields.InvalidJSONInput):
            return value
        return "" if value is None else json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


class FixForm[M: Model](forms.ModelForm[M]):
    """A repair of an application that no operation has locked; `change_descriptions` go to the audit trail."""

    change_descriptions: Sequence[str] = ()

    def check_unlocked(self, application: Application | None) -> None:
        """Lock the application until the form is saved; adds an error if an operation holds the lock."""
        with self.attach_refusal(None):
            if application is not None:
                lock_application(application)

    @contextmanager
    def attach_refusal(self, field: str | None) -> Iterator[None]:
        """Add each fault of an OperationRefused to the field, or to the form if `field` is None."""
        try:
            yield
        except OperationRefused as refused:
            for fault in refused.faults or (refused.sentence,):
                self.add_error(field, fault)

    @contextmanager
    def attach_faults(self, field: str) -> Iterator[None]:
        """Add each fault of a SpecError to the field."""
        try:
            yield
        except SpecError as error:
            for fault in error.faults:
                self.add_error(field, str(fault))

    def record_changes(self, before: AppSpec, after: AppSpec, of: str = "") -> None:
        """Raise SpecError if the edit adds faults; otherwise keep its changes for the audit trail."""
        check_new_faults(before, after)
        self.change_descriptions = describe_edits(before, after, of=of)


def parse_or_none(application: Application) -> AppSpec | None:
    """Return the desired document, or None if it is invalid: then any repair is accepted."""
    try:
        return application.desired_spec()
    except OperationRefused:
        return None
