"""Adds a place where applications run, or changes how it is reached."""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from pydantic import JsonValue

from apps_app.actions.target_identity import identity_of, refuse_elsewhere
from apps_app.drivers.registry import KINDS, place_of, validate_config
from apps_app.models import Busy, Target
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role, Team
from config.errors import Refused


def add_target(by: Actor, *, team: Team, slug: str, kind: str, config: Mapping[str, JsonValue]) -> Target:
    """A new target of `team`, which is asked who it is. Raises Refused with every fault of its configuration."""
    by.require(team, Role.OWNER)
    if Target.objects.filter(team=team, slug=slug).exists():
        raise Refused(f"{team.name} has a target {slug} already.")
    refuse_bad(kind, config)
    refuse_borrowed(by, kind, config)
    refuse_shared(kind, config)
    identity = identity_of(kind, config)
    with transaction.atomic():
        target = Target.objects.create(team=team, slug=slug, kind=kind, config=dict(config), identity=identity)
        audit.record(by, "created", target, team=team, url=target.get_absolute_url())
    return target


def change_target(target: Target, by: Actor, *, config: Mapping[str, JsonValue], elsewhere: bool = False) -> Target:
    """Stores another configuration; the applications that are there stay with the target.

    `elsewhere`: it is meant that it may lead to another engine. Raises Elsewhere where it does and that was not said,
    and Refused while a record of one of them is at work: it would go on in another place.
    """
    by.require(target.team, Role.OWNER)
    refuse_bad(target.kind, config)
    refuse_borrowed(by, target.kind, config)
    refuse_at_work(target)
    identity = identity_of(target.kind, config, target.secret.reveal())
    if dict(config) == target.config:
        identity = identity or target.identity
    elif not elsewhere:
        refuse_elsewhere(target, identity)
    return _changed(target, by, dict(config), identity)


@transaction.atomic
def _changed(target: Target, by: Actor, config: dict[str, JsonValue], identity: str) -> Target:
    target = Target.objects.select_for_update(of=("self",)).select_related("team").get(pk=target.pk)
    refuse_at_work(target)
    refuse_shared(target.kind, config, besides=target)
    fields = sorted(name for name in {*config, *target.config} if config.get(name) != target.config.get(name))
    target.config, target.identity = config, identity
    target.save(update_fields=["config", "identity"])
    audit.record(by, "changed", target, team=target.team, url=target.get_absolute_url(), data={"fields": fields})
    return target


def refuse_at_work(target: Target) -> None:
    """Raises Refused while anybody is at work on one of its applications."""
    busy = Busy.objects.at_work().filter(application__target=target).select_related("application").first()
    if busy is not None:
        raise Refused(f"{busy.label} of {busy.application} is at work on {target}.", url=busy.url)


def refuse_bad(kind: str, config: Mapping[str, JsonValue]) -> None:
    """Raises Refused with every fault that the driver finds."""
    faults = validate_config(kind, config, settings.TARGETS)
    if faults:
        raise Refused("This target cannot be used as it is described.", faults)


def refuse_borrowed(by: Actor, kind: str, config: Mapping[str, JsonValue]) -> None:
    """Who may start containers by this server's own socket or key has its rights: that is not a team's to give.

    Raises Refused unless the actor may do everything.
    """
    borrowed = KINDS[kind].borrows(config)
    if borrowed and by.user is not None and not by.user.is_superuser:
        raise Refused(f"This address uses {borrowed}: only a superuser may add or change such a target.")


def refuse_shared(kind: str, config: Mapping[str, JsonValue], besides: Target | None = None) -> None:
    """A folder is one target's alone: two would overwrite each other, and one team would read another's files."""
    place = place_of(kind, config, settings.TARGETS)
    if place is None:
        return
    others = Target.objects.filter(kind=kind)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    used = {
        place_of(kind, target.config, settings.TARGETS) for target in others if not validate_config(kind, target.config)
    }
    if any(path is not None and (path == place or path in place.parents or place in path.parents) for path in used):
        raise Refused("This folder is, holds, or lies in that of another target. Give it one of its own.")


@transaction.atomic
def remove_target(target: Target, by: Actor) -> None:
    """Nothing of what was written there changes. Raises Refused while an application has it as its target."""
    by.require(target.team, Role.OWNER)
    result = Target.objects.select_for_update(of=("self",)).filter(pk=target.pk).first()
    if result is None:
        raise Refused(f"{target} was removed meanwhile.")
    audit.record(by, "removed", result, team=target.team, data={"kind": result.kind})
    try:
        result.delete()
    except ProtectedError as error:
        raise Refused(f"{target} is in use.", url=target.get_absolute_url()) from error
