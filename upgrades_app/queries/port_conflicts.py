"""Host ports in use on a target, by other applications and by unmanaged workloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from apps_app.drivers.base import DriverError, Placement, ResourceKind
from apps_app.drivers.issues import Holder, HolderKind, IssueCode, PreflightIssue, Severity
from apps_app.models import Application, Component, Target, Value
from apps_app.queries.rendered_spec import get_set_values
from templates_app.appspec.interpolation.render import get_effective_values
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec
from templates_app.appspec.schema.serialize import JsonTree
from templates_app.appspec.validation.port_allocation import (
    HeldPort,
    PortAllocation,
    RequestedPort,
    list_requested_ports,
)
from templates_app.appspec.validation.port_remapping import RemappablePort, list_remappable_ports
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.engine.planning.plan import Plan


class _Row(NamedTuple):
    """Desired and applied ports of one component of another application."""

    application: int
    name: str
    key: str
    desired: JsonTree | None
    applied: JsonTree | None


def load_port_allocation(target: Target, exclude: Application | None = None) -> PortAllocation[Holder]:
    """Return all published addresses on the target. At most three queries and one driver call."""
    rows = _load_rows(target, exclude)
    with_references = {row.application for row in rows if "$" in f"{row.desired}{row.applied}"}
    ports = [*_list_published_ports(rows, _load_values(with_references))]
    try:
        return PortAllocation([*ports, *_list_unmanaged_ports(target, exclude)])
    except DriverError as error:
        return PortAllocation(ports, f"Ports of unmanaged containers on {target} are unknown: {error}")


def _list_unmanaged_ports(target: Target, exclude: Application | None) -> Iterator[HeldPort[Holder]]:
    """Raises DriverError if the target is unreachable."""
    no_placement = Placement(uid="", slug="")
    for resource in target.open_driver().list_used_resources(
        exclude.placement if exclude is not None else no_placement
    ):
        if resource.kind is ResourceKind.PORT:
            binding, _, protocol = resource.resource.rpartition("/")
            spec = _parse_component({"components": {"others": {"ports": {f"1/{protocol}": {binding: {}}}}}})
            yield from (HeldPort(port.address, resource.holder) for port in list_requested_ports(spec.components, {}))


def find_port_conflicts(
    spec: AppSpec, values: Mapping[str, str], allocation: PortAllocation[Holder]
) -> Iterator[tuple[RequestedPort, HeldPort[Holder]]]:
    """Yield each requested address that is already in use, with its holder."""
    for port in list_requested_ports(spec.components, get_effective_values(spec.parameters, values)):
        holder = allocation.find_conflict(port.address)
        if holder is not None:
            yield port, holder


class PortConflict(NamedTuple):
    """A requested address that is in use. `free_port` is the next available port; `shares_host` is false on a target
    that starts no containers, where the conflict matters only if both run on one host."""

    requested: RequestedPort
    issue: PreflightIssue
    free_port: int | None
    shares_host: bool = True
    is_new: bool = False


class PortConflicts(NamedTuple):
    """All port conflicts. `unreachable_notice` is set if unmanaged ports could not be read."""

    conflicts: tuple[PortConflict, ...] = ()
    unreachable_notice: str = ""


def build_port_conflicts(
    spec: AppSpec,
    values: Mapping[str, str],
    allocation: PortAllocation[Holder],
    *,
    starts_containers: bool,
    is_new: bool = False,
) -> PortConflicts:
    """Return every conflict with the next free port. `is_new`: the application is not installed yet."""
    conflicts = (
        PortConflict(
            port, _build_issue(port, held.holder), _find_free_port(port, allocation), starts_containers, is_new
        )
        for port, held in find_port_conflicts(spec, values, allocation)
    )
    return PortConflicts(tuple(conflicts), allocation.incomplete_reason)


def _build_issue(port: RequestedPort, holder: Holder) -> PreflightIssue:
    address = port.address
    return PreflightIssue(IssueCode.PORT_CONFLICT, Severity.WARNING, address.component, address.label, holder)


def load_plan_conflicts(application: Application, plan: Plan) -> PortConflicts:
    """Return the conflicts of a plan. The target is not contacted if no port is published."""
    is_published = any(any(component.ports.values()) for component in plan.target_spec.components.values())
    if application.target is None or plan.kind is OperationKind.UNINSTALL or not is_published:
        return PortConflicts()
    return build_port_conflicts(
        plan.target_spec,
        plan.values,
        load_port_allocation(application.target, exclude=application),
        starts_containers=plan.starts_containers,
        is_new=plan.kind is OperationKind.INSTALL,
    )


def _find_free_port(port: RequestedPort, allocation: PortAllocation[Holder]) -> int | None:
    return allocation.find_free(port.address.first, port.address.protocol)


def _load_rows(target: Target, exclude: Application | None) -> list[_Row]:
    others = Component.objects.filter(application__target=target).order_by("application__name", "application", "key")
    if exclude is not None:
        others = others.exclude(application=exclude)
    fields = ("application", "application__name", "key", "desired__ports", "applied__ports")
    return [row for row in map(_Row._make, others.values_list(*fields)) if row.desired or row.applied]


def _load_values(applications: Iterable[int]) -> dict[int, dict[str, str]]:
    """Return the effective non-secret values of these applications, by application id."""
    ids = list(applications)
    if not ids:
        return {}
    values: dict[int, dict[str, str]] = {}
    for value in Value.objects.desired().filter(application__in=ids, secret=False):
        if value.desired is not None:
            values.setdefault(value.application_id, {})[value.name] = value.desired.reveal()
    definitions = Application.objects.filter(pk__in=ids).values_list("pk", "definitions_desired__parameters")
    return {
        pk: get_effective_values(_parse_component({"parameters": parameters or {}}).parameters, values.get(pk, {}))
        for pk, parameters in definitions
    }


def _list_published_ports(rows: Iterable[_Row], values: Mapping[int, Mapping[str, str]]) -> Iterator[HeldPort[Holder]]:
    for row in rows:
        for ports in (row.desired, row.applied):
            spec = _parse_component({"components": {row.key: {"ports": ports or {}}}})
            for port in list_requested_ports(spec.components, values.get(row.application, {})):
                yield HeldPort(port.address, Holder(HolderKind.APPLICATION, row.name, row.key))


def _parse_component(document: JsonTree) -> AppSpec:
    try:
        return parse_spec(document)
    except SpecError:
        return AppSpec()


def load_remappable_ports(application: Application) -> dict[str, RemappablePort]:
    """Return the desired ports by id. Raises OperationRefused if the spec cannot be read."""
    return {port.id: port for port in list_remappable_ports(application.desired_spec(), get_set_values(application))}
