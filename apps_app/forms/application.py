from __future__ import annotations

from typing import Any, cast

from django import forms

from apps_app.models import Application, Target
from config.accounts.models import Role, Team, User


class NewApplicationForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="The slug for commands is derived from the name.")
    team = forms.ModelChoiceField(queryset=Team.objects.none(), empty_label=None)
    target = forms.ModelChoiceField(
        queryset=Target.objects.none(),
        required=False,
        empty_label="None (source application only)",
        help_text="Where the application runs. You can set it later.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.with_role(user, Role.OPERATOR)
        _target_choices(self, "team", teams)
        _target_choices(self, "target", Target.objects.filter(team__in=teams).select_related("team"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        team, target = cleaned.get("team"), cleaned.get("target")
        if team and target and target.team_id != team.pk:
            self.add_error("target", f"This target belongs to team {target.team}.")
        return cleaned


class SettingsForm(forms.Form):
    name = forms.CharField(max_length=120)
    target = forms.ModelChoiceField(
        queryset=Target.objects.none(), required=False, empty_label="None (source application only)"
    )

    def __init__(self, *args: Any, application: Application, target_is_fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"name": application.name, "target": application.target_id}
        _target_choices(self, "target", Target.objects.filter(team=application.team_id))
        self.fields["target"].disabled = target_is_fixed
        if target_is_fixed:
            self.fields["target"].help_text = "The target cannot be changed after the first deployment."


def _target_choices(form: forms.Form, name: str, rows: Any) -> None:
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows
