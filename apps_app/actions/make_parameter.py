from collections.abc import Collection

from django.db import transaction

from apps_app.actions.locks import lock_application
from apps_app.actions.save_shared_resources import check_not_installed
from apps_app.actions.write_desired_state import check_new_faults, write_desired_state, write_secrets
from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.appspec.interpolation.parameterize import (
    LiteralText,
    find_equal_literals,
    find_literals,
    replace_literals,
)
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.secrets.secret_extraction import extract_secret


@transaction.atomic
def make_parameter(
    application: Application,
    by: Actor,
    *,
    place: LiteralText,
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
    application = lock_application(application)
    check_not_installed(application)
    before = application.desired_spec()
    component = before.components.get(place.path[1])
    if component is None or place not in tuple(find_literals(place.path[1], component)):
        raise OperationRefused("The component was changed by somebody else. Open it again.")
    places = (place, *(literal for literal in find_equal_literals(before, place) if literal.address in also))
    after = replace_literals(before, name, Parameter(label=label), places)
    sealed: dict[str, str] = {}
    if secret:
        after, sealed[name] = extract_secret(after, ("parameters", name), name)
    check_new_faults(before, after)
    changed = write_desired_state(application, after, by)
    write_secrets(application, sealed)
    data = {"parameter": name, "read by": list(changed)}
    audit.record(by, "made a parameter", application, url=application.get_absolute_url(), data=data)
    return changed
