from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from apps_app.models import Application, Target
from config.accounts.models import Role, Team, User
from upgrades_app.forms.install import list_install_targets

LINKED, INDEPENDENT = "keep", "independent"
COPIED, NEW = "copied", "new"


class CopyForm(forms.Form):
    name = forms.CharField(max_length=120)
    what = forms.ChoiceField(label="Type", widget=forms.RadioSelect)
    target = forms.ModelChoiceField(queryset=Target.objects.none(), required=False, empty_label="None (source only)")
    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), empty_label=None, help_text="The target must belong to this team."
    )
    secrets = forms.ChoiceField(
        choices=((COPIED, "Copy existing secrets"), (NEW, "Generate new secrets where possible")),
        widget=forms.RadioSelect,
        initial=COPIED,
    )

    def __init__(
        self, data: QueryDict | None = None, *, user: User, application: Application, typed: Mapping[str, Any]
    ) -> None:
        """`typed` holds the current input of a refreshed form."""
        installation = application.get_installation()
        start = {"name": f"{application.name} copy", "target": application.target_id, "team": application.team_id}
        super().__init__(data, initial={**start, "what": LINKED if installation else INDEPENDENT, **typed})
        self.fields["target"].queryset = list_install_targets(user)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["team"].queryset = Team.objects.with_role(user, Role.OPERATOR)  # type: ignore[attr-defined]  # so is this
        if installation is None:
            del self.fields["what"]
        else:
            linked = f"{installation.template.name} {installation.version_label}, upgradable like the original"
            choices = ((LINKED, linked), (INDEPENDENT, "Independent, not linked to the template"))
            self.fields["what"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if not application.values.desired().filter(secret=True).exists():
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
        if target is None and cleaned.get("what") == LINKED and "target" not in self.errors:
            self.add_error("target", "An upgradable copy needs a target.")
        return cleaned
