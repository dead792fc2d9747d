"""Makes an application of what runs on a target already. Nothing of it is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import transaction
from django.db.models import F
from pydantic import JsonValue

from apps_app.actions.create_application import keep_application, new_application
from apps_app.actions.import_compose import ADOPTED, refuse_faults, summary
from apps_app.actions.refresh_observations import observe
from apps_app.actions.write_desired_state import write_desired, write_secrets
from apps_app.drivers.adoption import Adopter, Adopting, Owned, Stranger
from apps_app.drivers.base import DriverError
from apps_app.formats.docker_inspect.inspect_document import Found
from apps_app.formats.docker_inspect.read import Adopted, read_engine
from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.serialize import digest, tree
from upgrades_app.engine.inputs.component_part import part
from upgrades_app.engine.inputs.rendered_side import view
from upgrades_app.queries.load_planning_input import desired_side


def adopter_of(target: Target) -> Adopter:
    """Raises Refused for a target on which nobody else runs anything."""
    try:
        driver = target.driver()
    except DriverError as error:
        raise Refused(f"The target {target} cannot be used: {error}") from error
    if not isinstance(driver, Adopter):
        raise Refused(f"Nothing runs on {target} that could be taken in.")
    return driver


def strangers_on(target: Target) -> Sequence[Stranger]:
    """What could be taken in. Raises Refused where the target does not answer."""
    try:
        return adopter_of(target).strangers()
    except DriverError as error:
        raise Refused(f"The target {target} does not answer: {error}") from error


def others_on(target: Target) -> tuple[Owned, ...]:
    """Whose containers are there that no application of this database is. Raises Refused as `strangers_on` does."""
    try:
        owned = adopter_of(target).owned()
    except DriverError as error:
        raise Refused(f"The target {target} does not answer: {error}") from error
    known = {str(uid) for uid in Application.objects.values_list("uid", flat=True)}
    return tuple(container for container in owned if container.uid not in known)


def look_at(target: Target, containers: Sequence[str]) -> Adopted:
    """These containers, by id, as a document. Raises Refused with everything that keeps it from being one."""
    if not containers:
        raise Refused("Choose a project, or containers.")
    try:
        documents = adopter_of(target).look(containers)
        adopted = read_engine(_found(documents))
        refuse_faults(adopted.imported)
    except DriverError as error:
        raise Refused(f"It cannot be taken in: {error}") from error
    except SpecError as error:
        raise Refused("It cannot be taken in as it is.", error.faults) from error
    if not adopted.spec.components:
        raise Refused("Nothing of it can be taken in.", [str(notice) for notice in adopted.imported.notices])
    return adopted


def seen_digest(adopted: Adopted) -> str:
    """Moves when another container is meant, or one of them is another one now."""
    containers: dict[str, JsonValue] = {key: list[JsonValue](ids) for key, ids in adopted.containers.items()}
    return digest({"spec": digest(adopted.spec), "containers": containers})


def adopt(
    by: Actor, *, target: Target, name: str, containers: Sequence[str], source: str = "", seen: str = ""
) -> Application:
    """A source application on that target, whose components are these containers until they are changed.

    `seen`: the digest of what was looked at. Raises Refused, with nothing stored and nothing noted on the target.
    """
    by.require(target.team, Role.OPERATOR)
    adopted = look_at(target, containers)
    if seen and seen != seen_digest(adopted):
        raise Refused("What runs there has changed meanwhile. Look at it again.")
    to_be = new_application(by, team=target.team, name=name, target=target)
    application = _taken_in(to_be, by, adopter_of(target), adopted, source)
    observe(application)
    return application


@transaction.atomic
def _taken_in(application: Application, by: Actor, adopter: Adopter, adopted: Adopted, source: str) -> Application:
    """Noted on the target last of all: the rows are new, so nobody waits for them, and go again where it refuses."""
    keep_application(application, by)
    application.imported = tree(adopted.spec)
    application.save(update_fields=["imported"])
    write_desired(application, adopted.spec, by)
    write_secrets(application, adopted.imported.secrets)
    components = _as_applied(application, adopted)
    audit.record(by, ADOPTED, application, data=summary(adopted.imported, source))
    try:
        adopter.adopt(application.placement, components)
    except DriverError as error:
        raise Refused(f"It cannot be taken in: {error}") from error
    return application


def _as_applied(application: Application, adopted: Adopted) -> list[Adopting]:
    """What is wanted is there already; the parts as a plan would hand them to the driver."""
    application.components.update(applied=F("desired"))
    application.values.become_applied()
    application.frame_applied = application.frame_desired
    application.save(update_fields=["frame_applied"])
    rendered = view(desired_side(application))
    if rendered.faults:
        raise Refused("It cannot be taken in as it is.", rendered.faults)
    components = []
    for row in application.components.all():
        applied_part = part(rendered.parts[row.key], rendered.secrets, application.key_of_digests)
        row.applied_digest = applied_part.digest
        row.save(update_fields=["applied_digest"])
        components.append(Adopting(row.key, applied_part, adopted.containers[row.key]))
    return components


def _found(documents: Mapping[str, JsonValue]) -> Found:
    parts = cast("dict[str, Any]", dict(documents))
    return Found(**{**parts, "containers": tuple(parts["containers"])})
