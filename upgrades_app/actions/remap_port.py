"""Publish one port of an application on another number: an edit like any other, applied by the next plan."""

from __future__ import annotations

from apps_app.actions.save_component import save_component
from apps_app.actions.set_values import set_values
from apps_app.models import Application
from apps_app.queries.rendered_spec import given_values
from config.accounts.access.actor import Actor
from config.errors import Refused
from templates_app.appspec.validation.port_remapping import Movable, movable, moved


def movable_ports(application: Application) -> dict[str, Movable]:
    """The ports as they are wanted now, by their id. Raises Refused where the document cannot be read."""
    return {port.id: port for port in movable(application.desired_spec(), given_values(application))}


def take_port(application: Application, by: Actor, *, at: str, port: int) -> Movable:
    """Sets the parameter that decides the port, else the port of the component itself. `at` is its id.

    Raises Refused where there is no such port any more, and SpecError where the whole would not hold together.
    """
    revisions = {row.key: row.revision for row in application.components.all()}
    item = movable_ports(application).get(at)
    if item is None:
        raise Refused("This port is not published like that any more. Look at it again.")
    after, values = moved(application.desired_spec(), given_values(application), {at: port})
    if values:
        set_values(application, by, values=values)
    else:
        component = after.components[item.component]
        save_component(application, by, key=item.component, component=component, revision=revisions.get(item.component))
    return item
