"""Publish one port of an application on another host port, as a pending edit."""

from __future__ import annotations

from apps_app.actions.save_component import save_component
from apps_app.actions.set_values import set_values
from apps_app.models import Application
from apps_app.queries.rendered_spec import get_set_values
from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from templates_app.appspec.validation.port_remapping import RemappablePort, remap_ports
from upgrades_app.queries.port_conflicts import load_remappable_ports


def remap_port(application: Application, by: Actor, *, port_id: str, port: int) -> RemappablePort:
    """Set the parameter that defines the port, otherwise the port of the component.

    Raises OperationRefused if the port does not exist, and SpecError if the result is invalid.
    """
    revisions = {row.key: row.revision for row in application.components.all()}
    remappable = load_remappable_ports(application).get(port_id)
    if remappable is None:
        raise OperationRefused("This port is no longer published. Reload the page and try again.")
    after, values = remap_ports(application.desired_spec(), get_set_values(application), {port_id: port})
    if values:
        set_values(application, by, values=values)
    else:
        key = remappable.component
        save_component(application, by, key=key, component=after.components[key], revision=revisions.get(key))
    return remappable
