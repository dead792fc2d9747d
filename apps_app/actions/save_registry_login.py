"""How a team's targets sign in to a registry: stored sealed, replaced, forgotten; never shown again."""

from __future__ import annotations

import re

from django.db import transaction

from apps_app.models import RegistryLogin
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role, Team
from config.accounts.sealing.sealed import Secret
from config.errors import Refused

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
_HUB = {"index.docker.io", "registry-1.docker.io", "hub.docker.com", "registry.hub.docker.com"}


@transaction.atomic
def save_login(by: Actor, *, team: Team, host: str, username: str, password: Secret) -> RegistryLogin:
    """The team's login at a registry, in place of the one it had there. Raises Refused for what is no host."""
    by.require(team, Role.OWNER)
    named = read_host(host)
    described = {"username": username.strip(), "password": password, "changed_by": by.name}
    login, added = RegistryLogin.objects.update_or_create(team=team, host=named, defaults=described)
    audit.record(by, "added" if added else "changed", login, team=team)
    return login


@transaction.atomic
def remove_login(login: RegistryLogin, by: Actor) -> None:
    """From now on the team's targets pull from there without a login."""
    by.require(login.team, Role.OWNER)
    audit.record(by, "removed", login, team=login.team)
    login.delete()


def read_host(text: str) -> str:
    """The host as image names have it: `https://index.docker.io/v1/` is docker.io. Raises Refused."""
    host = text.strip().lower().partition("://")[2] or text.strip().lower()
    host = host.partition("/")[0]
    if host in _HUB:
        return "docker.io"
    if not _HOST.fullmatch(host) or not ("." in host or ":" in host or host == "localhost"):
        raise Refused(
            f"'{text.strip()}' is no registry: write its host as in an image's name, like registry.example:5000."
        )
    return host
