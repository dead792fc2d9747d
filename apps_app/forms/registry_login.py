from __future__ import annotations

from django import forms
from django.http import QueryDict

from config.accounts.models import Role, Team, User
from config.accounts.sealing.sealed import Secret

HOST_HELP = "The host in image names: registry.example, registry.example:5000, or docker.io."
PASSWORD_HELP = "Password or access token. Stored encrypted and never shown again."  # noqa: S105  # words about it


class RegistryLoginForm(forms.Form):
    """The teams that the user owns; what the team has at that registry is replaced."""

    team = forms.ModelChoiceField(queryset=Team.objects.none(), empty_label=None)
    host = forms.CharField(
        label="Registry", max_length=255, help_text=HOST_HELP, widget=forms.TextInput(attrs={"class": "code"})
    )
    username = forms.CharField(label="User name", max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    password = forms.CharField(
        help_text=PASSWORD_HELP, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, data: QueryDict | None = None, *, user: User, initial: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["team"].queryset = Team.objects.with_role(user, Role.OWNER)  # type: ignore[attr-defined]  # a model choice

    def clean_password(self) -> Secret:
        return Secret(self.cleaned_data["password"])
