"""The door: a name, a password, and a pause after too many wrong ones."""

from __future__ import annotations

from typing import Any, override

import structlog
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables

from config.accounts.sessions import throttle

logger = structlog.get_logger(__name__)


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "This name and password do not belong together. Both tell upper from lower case.",
        "inactive": "This account is not active.",
    }

    @override
    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username")
        if self.request is None or not name or not self.cleaned_data.get("password"):
            return super().clean()
        try:
            attempt = throttle.attempt(self.request, name)
        except throttle.TooMany as refusal:
            logger.warning("sign-in refused, too many tries", address=throttle.address_of(self.request))
            raise ValidationError(refusal.sentence, code="throttled") from None
        cleaned = super().clean()
        throttle.forgive(attempt)
        return cleaned
