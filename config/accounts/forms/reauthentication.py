from __future__ import annotations

from typing import Any, override

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.views.decorators.debug import sensitive_variables

from config.accounts.sessions import reauthentication, throttle


class ReauthenticationForm(forms.Form):
    """Valid when the session was given the password lately, or is given it now; asks only where it must."""

    password = forms.CharField(
        label="Your password",
        help_text="Required once every five minutes.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: QueryDict | None, *, request: HttpRequest) -> None:
        super().__init__(data)
        self.request = request
        if reauthentication.is_recently_authenticated(request):
            del self.fields["password"]

    @override
    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" not in cleaned:
            return cleaned
        try:
            right = reauthentication.mark_authenticated(self.request, cleaned.pop("password"))
        except throttle.TooManyAttempts as refusal:
            raise ValidationError(refusal.sentence, code="throttled") from None
        if not right:
            self.add_error("password", "Wrong password.")
        return cleaned
