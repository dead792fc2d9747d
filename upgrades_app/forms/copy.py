"""What a copy of an application is called, where it goes, and what comes along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from apps_app.models import Application, Target
from config.accounts.models import Role, Team, User
from upgrades_app.forms.install import targets_of

KEEP, INDEPENDENT = "keep", "independent"
COPIED, NEW = "copied", "new"


class CopyForm(forms.Form):
    name = forms.CharField(max_length=120)
    what = forms.ChoiceField(label="The copy is", widget=forms.RadioSelect)
    target = forms.ModelChoiceField(queryset=Target.objects.none(), required=False, empty_label="None: only a source")
    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), empty_label=None, help_text="Whose it is. A target belongs to its team."
    )
    secrets = forms.ChoiceField(
        choices=((COPIED, "Copied, sealed as they are"), (NEW, "Newly generated where the document says how")),
        widget=forms.RadioSelect,
        initial=COPIED,
    )

    def __init__(
        self, data: QueryDict | None = None, *, user: User, application: Application, typed: Mapping[str, Any]
    ) -> None:
        """`typed` is what stands in a form that is only shown again."""
        installation = application.installed()
        start = {"name": f"{application.name} copy", "target": application.target_id, "team": application.team_id}
        super().__init__(data, initial={**start, "what": KEEP if installation else INDEPENDENT, **typed})
        self.fields["target"].queryset = targets_of(user)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["team"].queryset = Team.objects.with_role(user, Role.OPERATOR)  # type: ignore[attr-defined]  # so is this
        if installation is None:
            del self.fields["what"]
        else:
            label = (
                f"An installation of {installation.template.name} {installation.reads}, to be upgraded like this one"
            )
            choices = ((KEEP, label), (INDEPENDENT, "An independent source, without its template"))
            self.fields["what"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if not application.values.wanted().filter(secret=True).exists():
            del self.fields["secrets"]

    @property
    def independent(self) -> bool:
        return bool(self.cleaned_data.get("what", INDEPENDENT) == INDEPENDENT)

    @property
    def new_secrets(self) -> bool:
        return bool(self.cleaned_data.get("secrets") == NEW)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        team, target = cleaned.get("team"), cleaned.get("target")
        if team and target and target.team_id != team.pk:
            self.add_error("target", f"This target belongs to team {target.team}.")
        if target is None and cleaned.get("what") == KEEP and "target" not in self.errors:
            self.add_error("target", "A copy that can be upgraded needs a target.")
        return cleaned
