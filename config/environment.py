"""Reads the environment, and refuses what it does not understand in one sentence that names the variable."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

KNOWN = frozenset(
    {
        "UPLIFT_CHROMIUM",
        "UPLIFT_CI",
        "UPLIFT_DEBUG",
        "UPLIFT_DEMO",
        "UPLIFT_EMAIL_FROM",
        "UPLIFT_EMAIL_URL",
        "UPLIFT_HOSTS",
        "UPLIFT_HTTPS",
        "UPLIFT_LOG_FORMAT",
        "UPLIFT_LOG_LEVEL",
        "UPLIFT_ORIGINS",
        "UPLIFT_PROXY",
        "UPLIFT_SECRET_KEYS",
        "UPLIFT_SESSION_HOURS",
        "UPLIFT_TARGETS",
        "UPLIFT_TEST_COMPOSE",
        "UPLIFT_TEST_DOCKER",
        "UPLIFT_VAR",
    }
)
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
EMAIL_SCHEMES = ("smtp", "smtps", "smtp+starttls")


class InvalidVariable(ImproperlyConfigured):
    """A variable of the environment makes no sense; the message is one sentence for an operator."""


class Environment:
    """The variables of one process, read once, each by its type."""

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self._variables = variables
        unknown = sorted(name for name in variables if name.startswith("UPLIFT_") and name not in KNOWN)
        if unknown:
            raise InvalidVariable(f"{unknown[0]} is not a known variable. Known variables: {', '.join(sorted(KNOWN))}.")

    def text(self, name: str, default: str = "") -> str:
        return self._variables.get(name, "").strip() or default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value not in YES | NO:
            raise InvalidVariable(f"{name} is {value!r}; it must be yes or no (1, true, on; 0, false, off).")
        return value in YES

    def number(self, name: str, default: int, least: int = 1) -> int:
        value = self.text(name)
        if not value:
            return default
        if not value.isdecimal() or int(value) < least:
            raise InvalidVariable(f"{name} is {value!r}; it must be a whole number, {least} or more.")
        return int(value)

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of the choices; the first of them when the variable is not set."""
        value = self.text(name, choices[0])
        if value not in choices:
            raise InvalidVariable(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
        return value

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def folder(self, name: str, default: Path) -> Path:
        value = self.text(name)
        return Path(value).expanduser().resolve() if value else default

    def database(self, name: str) -> dict[str, object] | None:
        """Django's settings for a URL such as ``postgresql://user:password@host:5432/name?sslmode=require``."""
        value = self.text(name)
        if not value:
            return None
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError as error:
            raise InvalidVariable(f"{name} is not a URL: {error}.") from None
        database = unquote(parts.path.lstrip("/"))
        if parts.scheme not in ("postgres", "postgresql") or not database:
            raise InvalidVariable(f"{name} must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE.")
        options = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
            "PORT": str(port or ""),
            "OPTIONS": options,
        }

    def email(self, name: str) -> dict[str, object]:
        """Django's settings for ``smtp+starttls://user:password@host:587``.

        Without it no mail is sent: the links in it are secrets, and no log is the place for them.
        """
        value = self.text(name)
        if not value:
            return {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        parts = urlsplit(value)
        if parts.scheme not in EMAIL_SCHEMES or not parts.hostname:
            schemes = ", ".join(EMAIL_SCHEMES)
            raise InvalidVariable(f"{name} must be SCHEME://USER:PASSWORD@HOST:PORT; schemes: {schemes}.")
        return {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": parts.hostname,
                "port": parts.port or (465 if parts.scheme == "smtps" else 587),
                "username": unquote(parts.username or ""),
                "password": unquote(parts.password or ""),
                "use_tls": parts.scheme == "smtp+starttls",
                "use_ssl": parts.scheme == "smtps",
            },
        }
