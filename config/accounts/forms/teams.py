from __future__ import annotations

from django import forms

from config.accounts.models import Role

MAY = {
    Role.VIEWER: "can view everything of the team",
    Role.OPERATOR: "can also install, upgrade, change and roll back",
    Role.PUBLISHER: "can also publish versions",
    Role.OWNER: "can also manage targets and members and read the audit trail",
}
ROLES = [(role.value, f"{role.label}: {MAY[role]}") for role in Role]


def build_name_field(label: str) -> forms.CharField:
    field = forms.CharField(label=label, max_length=150, help_text="User name for sign-in.")
    field.widget.attrs |= {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    return field


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(
        choices=ROLES, coerce=lambda text: Role(int(text)), widget=forms.RadioSelect, initial=Role.VIEWER.value
    )


class MemberForm(RoleForm):
    name = build_name_field("User name")
    field_order = ("name", "role")


class TeamForm(forms.Form):
    name = forms.CharField(max_length=120)
    owner = build_name_field("First owner")
