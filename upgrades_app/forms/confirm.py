from __future__ import annotations

from django import forms

from upgrades_app.models import UpgradeRecord


class ConfirmForm(forms.Form):
    policy = forms.ChoiceField(
        label="If a step fails",
        choices=UpgradeRecord.Policy.choices,
        widget=forms.RadioSelect,
        initial=UpgradeRecord.Policy.ROLL_BACK,
    )
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=500,
        help_text="Shown on the upgrade record.",
    )
