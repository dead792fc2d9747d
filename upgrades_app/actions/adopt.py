"""Adopt running containers as a new application without changing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import transaction
from django.db.models import F
from pydantic import JsonValue

from apps_app.actions.create_application import build_application, save_new_application
from apps_app.actions.import_compose import ADOPTED, check_import_faults, summarize_import
from apps_app.actions.refresh_observations import refresh_observations
from apps_app.actions.write_desired_state import write_desired_state, write_secrets
from apps_app.drivers.adoption import AdoptedContainer, Adopter, ManagedContainer, UnmanagedContainer
from apps_app.drivers.base import DriverError
from apps_app.formats.docker_inspect.inspect_document import InspectedEngine
from apps_app.formats.docker_inspect.read import AdoptedDocument, read_engine
from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.serialize import compute_digest, to_plain
from upgrades_app.engine.inputs.component_part import build_part
from upgrades_app.engine.inputs.rendered_side import render_side
from upgrades_app.queries.load_planning_input import get_desired_side


def get_adopter(target: Target) -> Adopter:
    """Return the target's driver as an adopter. Raises OperationRefused if the target cannot be adopted from."""
    try:
        driver = target.open_driver()
    except DriverError as error:
        raise OperationRefused(f"Target {target} is unavailable: {error}") from error
    if not isinstance(driver, Adopter):
        raise OperationRefused(f"Target {target} does not run containers that can be adopted.")
    return driver


def list_unmanaged_containers(target: Target) -> Sequence[UnmanagedContainer]:
    """Return the containers that can be adopted. Raises OperationRefused if the target is unreachable."""
    try:
        return get_adopter(target).list_unmanaged_containers()
    except DriverError as error:
        raise OperationRefused(f"Target {target} is unreachable: {error}") from error


def list_managed_elsewhere(target: Target) -> tuple[ManagedContainer, ...]:
    """Return the containers managed by another Uplift. Raises OperationRefused if the target is unreachable."""
    try:
        owned = get_adopter(target).list_managed_containers()
    except DriverError as error:
        raise OperationRefused(f"Target {target} is unreachable: {error}") from error
    known = {str(uid) for uid in Application.objects.values_list("uid", flat=True)}
    return tuple(container for container in owned if container.uid not in known)


def read_containers(target: Target, containers: Sequence[str]) -> AdoptedDocument:
    """Convert these containers (ids) into a spec. Raises OperationRefused with every reason why that fails."""
    if not containers:
        raise OperationRefused("Choose a project or at least one container.")
    try:
        documents = get_adopter(target).read_inspect_documents(containers)
        adopted = read_engine(_parse_documents(documents))
        check_import_faults(adopted.imported)
    except DriverError as error:
        raise OperationRefused(f"The containers cannot be adopted: {error}") from error
    except SpecError as error:
        raise OperationRefused("The containers cannot be adopted.", error.faults) from error
    if not adopted.spec.components:
        reasons = [str(notice) for notice in adopted.imported.notices]
        raise OperationRefused("None of the containers can be adopted.", reasons)
    return adopted


def compute_adoption_digest(adopted: AdoptedDocument) -> str:
    """Changes whenever the chosen containers or their configuration change."""
    containers: dict[str, JsonValue] = {key: list[JsonValue](ids) for key, ids in adopted.containers.items()}
    return compute_digest({"spec": compute_digest(adopted.spec), "containers": containers})


def adopt(
    by: Actor, *, target: Target, name: str, containers: Sequence[str], source: str = "", digest: str = ""
) -> Application:
    """Create an application whose components are these containers.

    `digest` identifies the reviewed state. Raises OperationRefused without storing anything.
    """
    by.require(target.team, Role.OPERATOR)
    adopted = read_containers(target, containers)
    if digest and digest != compute_adoption_digest(adopted):
        raise OperationRefused("The containers changed. Review them and try again.")
    to_be = build_application(by, team=target.team, name=name, target=target)
    application = _create_application(to_be, by, get_adopter(target), adopted, source)
    refresh_observations(application)
    return application


@transaction.atomic
def _create_application(
    application: Application, by: Actor, adopter: Adopter, adopted: AdoptedDocument, source: str
) -> Application:
    """Create the rows, then mark the containers on the target; a failure there rolls the rows back."""
    save_new_application(application, by)
    application.imported = to_plain(adopted.spec)
    application.save(update_fields=["imported"])
    write_desired_state(application, adopted.spec, by)
    write_secrets(application, adopted.imported.secrets)
    components = _mark_applied(application, adopted)
    audit.record(by, ADOPTED, application, data=summarize_import(adopted.imported, source))
    try:
        adopter.adopt(application.placement, components)
    except DriverError as error:
        raise OperationRefused(f"The containers cannot be adopted: {error}") from error
    return application


def _mark_applied(application: Application, adopted: AdoptedDocument) -> list[AdoptedContainer]:
    """Mark everything as applied and return the containers for the driver."""
    application.components.update(applied=F("desired"))
    application.values.mark_applied()
    application.definitions_applied = application.definitions_desired
    application.save(update_fields=["definitions_applied"])
    rendered = render_side(get_desired_side(application))
    if rendered.faults:
        raise OperationRefused("The containers cannot be adopted.", rendered.faults)
    components = []
    for row in application.components.all():
        part = build_part(rendered.parts[row.key], rendered.secrets, application.digest_key)
        row.applied_digest = part.digest
        row.save(update_fields=["applied_digest"])
        components.append(AdoptedContainer(row.key, part, adopted.containers[row.key]))
    return components


def _parse_documents(documents: Mapping[str, JsonValue]) -> InspectedEngine:
    parts = cast("dict[str, Any]", dict(documents))
    return InspectedEngine(**{**parts, "containers": tuple(parts["containers"])})
