"""What a parameter is called that is made out of a literal, and where else it stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from templates_app.appspec.interpolation.parameterize import Literal, free_name, same_as
from templates_app.appspec.presentation.path_labels import place
from templates_app.appspec.schema.model import AppSpec


class ParameterForm(forms.Form):
    name = forms.RegexField(
        r"\A[A-Za-z_][A-Za-z0-9_]*\Z",
        max_length=120,
        widget=forms.TextInput(attrs={"class": "code"}),
        error_messages={"invalid": "Letters, digits and '_', not beginning with a digit."},
    )
    label = forms.CharField(max_length=120, required=False, help_text="What people read who install it.")
    also = forms.MultipleChoiceField(
        required=False, label="The same value stands here too", widget=forms.CheckboxSelectMultiple
    )
    secret = forms.BooleanField(required=False, help_text="Its value is sealed, and stands in no version.")

    def __init__(self, data: QueryDict | None = None, *, spec: AppSpec, literal: Literal, **kwargs: Any) -> None:
        """Equal values of the same variable are ticked: what is called alike is most often meant alike."""
        super().__init__(data, **kwargs)
        same = same_as(spec, literal)
        alike = [item.address for item in same if item.path[-1] == literal.path[-1] or item.path[2] == "image"]
        self.initial = {"name": free_name(spec, literal), "also": alike}
        self.fields["also"].choices = [(item.address, place(item.path)) for item in same]  # type: ignore[attr-defined]  # a choice field
        if not same:
            del self.fields["also"]
        if literal.path[2] == "image":
            del self.fields["secret"]
