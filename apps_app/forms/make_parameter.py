from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from templates_app.appspec.interpolation.parameterize import LiteralText, find_equal_literals, find_free_name
from templates_app.appspec.presentation.path_labels import describe_path
from templates_app.appspec.schema.model import AppSpec


class ParameterForm(forms.Form):
    name = forms.RegexField(
        r"\A[A-Za-z_][A-Za-z0-9_]*\Z",
        max_length=120,
        widget=forms.TextInput(attrs={"class": "code"}),
        error_messages={"invalid": "Letters, digits and '_'; must not start with a digit."},
    )
    label = forms.CharField(max_length=120, required=False, help_text="Shown at install.")
    also = forms.MultipleChoiceField(required=False, label="Also replace here", widget=forms.CheckboxSelectMultiple)
    secret = forms.BooleanField(required=False, help_text="The value is encrypted and not part of versions.")

    def __init__(self, data: QueryDict | None = None, *, spec: AppSpec, literal: LiteralText, **kwargs: Any) -> None:
        """Equal values of the same variable are ticked: what is called alike is most often meant alike."""
        super().__init__(data, **kwargs)
        same = find_equal_literals(spec, literal)
        alike = [item.address for item in same if item.path[-1] == literal.path[-1] or item.path[2] == "image"]
        self.initial = {"name": find_free_name(spec, literal), "also": alike}
        self.fields["also"].choices = [(item.address, describe_path(item.path)) for item in same]  # type: ignore[attr-defined]  # a choice field
        if not same:
            del self.fields["also"]
        if literal.path[2] == "image":
            del self.fields["secret"]
