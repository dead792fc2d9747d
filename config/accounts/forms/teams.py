"""Who is in a team, and what that one may do."""

from __future__ import annotations

from django import forms

from config.accounts.models import Role

MAY = {
    Role.VIEWER: "looks at everything of the team",
    Role.OPERATOR: "also installs, upgrades, changes and goes back",
    Role.PUBLISHER: "also publishes versions",
    Role.OWNER: "also keeps targets and members, and reads the audit trail",
}
ROLES = [(role.value, f"{role.label}: {MAY[role]}") for role in Role]


def name_field(label: str) -> forms.CharField:
    field = forms.CharField(label=label, max_length=150, help_text="The name that this person signs in with.")
    field.widget.attrs |= {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    return field


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(
        choices=ROLES, coerce=lambda text: Role(int(text)), widget=forms.RadioSelect, initial=Role.VIEWER.value
    )


class MemberForm(RoleForm):
    name = name_field("User name")
    field_order = ("name", "role")


class TeamForm(forms.Form):
    name = forms.CharField(max_length=120)
    owner = name_field("First owner")
