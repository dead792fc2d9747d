from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from apps_app.forms.component import KEY


class ComponentKeyForm(forms.Form):
    to = forms.CharField(validators=[KEY], max_length=63, label="Key", widget=forms.TextInput(attrs={"class": "code"}))
    understood = forms.BooleanField(
        label="I understand that template upgrades no longer include this component",
        error_messages={"required": "Tick this."},
    )

    def __init__(self, data: QueryDict | None = None, *, ask: bool = False, **kwargs: Any) -> None:
        """`ask`: the tick is asked for."""
        super().__init__(data, **kwargs)
        if not ask:
            del self.fields["understood"]
