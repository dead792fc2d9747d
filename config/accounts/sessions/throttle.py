"""So many wrong tries, then a pause: by name and address together, and more of them by each alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config.accounts.models import SignInAttempt

WINDOW = timedelta(minutes=15)
LIMITS = {"both": 5, "name": 50, "address": 50}
"""The high ones are for guesses spread over many addresses or many names; nobody locks others out by a few tries."""


class TooMany(Exception):
    """The tries of the last while are used up; `sentence` says when to try again."""

    def __init__(self, minutes: int) -> None:
        self.sentence = f"Too many tries. Try again in {minutes} minute{'' if minutes == 1 else 's'}."
        super().__init__(self.sentence)


def attempt(request: HttpRequest, name: str) -> SignInAttempt:
    """Counts a try before it is made, so that many at once are counted too. Raises TooMany, which is not a try."""
    SignInAttempt.objects.filter(at__lt=timezone.now() - WINDOW).delete()
    attempt = SignInAttempt.objects.create(name=digest_of(name), address=address_of(request))
    since = _over_limit(attempt)
    if since is not None:
        attempt.delete()
        left = since + WINDOW - timezone.now()
        raise TooMany(max(1, -int(-left.total_seconds() // 60)))
    return attempt


def forgive(attempt: SignInAttempt) -> None:
    """It was the right password: earlier tries of this person at this place no longer count."""
    SignInAttempt.objects.filter(name=attempt.name, address=attempt.address).delete()


def digest_of(name: str) -> str:
    return salted_hmac("uplift.sign-in", name.strip().casefold(), algorithm="sha256").hexdigest()


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, as our own proxy saw it; of IPv6 the network, since one machine has all of it."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    text = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(text)
    except ValueError:
        return text[:50]
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def _over_limit(attempt: SignInAttempt) -> datetime | None:
    """Since when the tries are too many; None while they are not."""
    tests = {
        "both": Q(name=attempt.name, address=attempt.address),
        "name": Q(name=attempt.name),
        "address": Q(address=attempt.address),
    }
    counts = {f"{name}_count": Count("pk", filter=test) for name, test in tests.items()}
    firsts = {f"{name}_since": Min("at", filter=test) for name, test in tests.items()}
    result = SignInAttempt.objects.filter(tests["name"] | tests["address"]).aggregate(**counts, **firsts)
    return next((result[f"{name}_since"] for name, limit in LIMITS.items() if result[f"{name}_count"] > limit), None)
