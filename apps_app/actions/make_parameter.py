"""Makes a parameter out of what a source says literally."""

from collections.abc import Collection

from django.db import transaction

from apps_app.actions.locks import lock
from apps_app.actions.save_shared_resources import refuse_installed
from apps_app.actions.write_desired_state import refuse_new_faults, write_desired, write_secrets
from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.appspec.interpolation.parameterize import Literal, literals, same_as, with_parameter
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.secrets.secret_extraction import make_secret


@transaction.atomic
def make_parameter(
    application: Application,
    by: Actor,
    *,
    place: Literal,
    name: str,
    label: str = "",
    also: Collection[str] = (),
    secret: bool = False,
) -> tuple[str, ...]:
    """Declares `name` with the value at `place` as its default, and answers the components that refer to it now.

    `also`: addresses of other places with the same value. A secret one's value is sealed. Raises SpecError where the
    name is taken, and Refused where the place holds another value by now.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock(application)
    refuse_installed(application)
    before = application.desired_spec()
    component = before.components.get(place.path[1])
    if component is None or place not in tuple(literals(place.path[1], component)):
        raise Refused("Somebody else changed this meanwhile. Open the component again.")
    places = (place, *(literal for literal in same_as(before, place) if literal.address in also))
    after = with_parameter(before, name, Parameter(label=label), places)
    sealed: dict[str, str] = {}
    if secret:
        after, sealed[name] = make_secret(after, ("parameters", name), name)
    refuse_new_faults(before, after)
    changed = write_desired(application, after, by)
    write_secrets(application, sealed)
    data = {"parameter": name, "read by": list(changed)}
    audit.record(by, "made a parameter", application, url=application.get_absolute_url(), data=data)
    return changed
