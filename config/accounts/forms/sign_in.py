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
        "invalid_login": "Wrong user name or password. Both are case-sensitive.",
        "inactive": "This account is inactive.",
    }

    @override
    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username")
        if self.request is None or not name or not self.cleaned_data.get("password"):
            return super().clean()
        try:
            attempt = throttle.record_attempt(self.request, name)
        except throttle.TooManyAttempts as refusal:
            logger.warning("sign-in blocked, too many attempts", address=throttle.get_address(self.request))
            raise ValidationError(refusal.sentence, code="throttled") from None
        cleaned = super().clean()
        throttle.clear_attempts(attempt)
        return cleaned
