"""Where applications run: a name, a kind, and what that kind needs to know."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from pydantic import JsonValue

from apps_app.drivers.registry import KINDS, Kind
from config.accounts.models import Role, Team, User

SLUG = RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9-]*\Z", "Letters, digits and '-', beginning with a letter or digit.")

ELSEWHERE = "elsewhere"


class TargetForm(forms.Form):
    """`kind` decides which fields there are; a changed target keeps name, team and kind."""

    slug = forms.CharField(
        label="Name", max_length=40, validators=[SLUG], help_text="Lower-case letters, digits and '-'."
    )
    team = forms.ModelChoiceField(queryset=Team.objects.none(), empty_label=None)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        kind: Kind,
        user: User | None = None,
        config: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.kind = kind
        if user is None:
            del self.fields["slug"], self.fields["team"]
        else:
            self.fields["team"].queryset = Team.objects.with_role(user, Role.OWNER)  # type: ignore[attr-defined]  # a model choice
        for field in kind.fields:
            self.fields[f"config-{field.name}"] = forms.CharField(
                label=field.label,
                help_text=field.help,
                required=field.required,
                initial=(config or {}).get(field.name, field.default),
                widget=forms.TextInput(attrs={"class": "code"}),
            )

    def ask_elsewhere(self) -> None:
        """From now on it can be said that another engine is meant."""
        self.fields[ELSEWHERE] = forms.BooleanField(required=False, label="Another engine is meant")

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        return slug

    def config(self) -> dict[str, JsonValue]:
        result = {field.name: self.cleaned_data[f"config-{field.name}"] for field in self.kind.fields}
        return {name: text for name, text in result.items() if text}


def offered_kinds() -> list[Kind]:
    return [kind for kind in KINDS.values() if kind.offered]
