"""The password once more, before what a session left open must not be enough for."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from config.accounts.models import User
from config.accounts.sessions import throttle

GRACE = timedelta(minutes=5)
KEY = "password_given_at"


def given_lately(request: HttpRequest) -> bool:
    """Whether this session was given the password within the last minutes."""
    at = request.session.get(KEY)
    return isinstance(at, int | float) and 0 <= timezone.now().timestamp() - at < GRACE.total_seconds()


@sensitive_variables()
def give(request: HttpRequest, password: str) -> bool:
    """Whether it is the user's password; the session remembers for a while that it was.

    Raises TooMany: a try here counts like one at the door.
    """
    user = cast("User", request.user)
    attempt = throttle.attempt(request, user.get_username())
    if not user.check_password(password):
        return False
    throttle.forgive(attempt)
    request.session[KEY] = timezone.now().timestamp()
    return True
