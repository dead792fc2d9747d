"""Another key for a component."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from apps_app.forms.component import KEY


class KeyForm(forms.Form):
    to = forms.CharField(validators=[KEY], max_length=63, label="Key", widget=forms.TextInput(attrs={"class": "code"}))
    understood = forms.BooleanField(
        label="I know that later versions of the template do not upgrade it any more",
        error_messages={"required": "Tick this."},
    )

    def __init__(self, data: QueryDict | None = None, *, ask: bool = False, **kwargs: Any) -> None:
        """`ask`: the tick is asked for."""
        super().__init__(data, **kwargs)
        if not ask:
            del self.fields["understood"]
