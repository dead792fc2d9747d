"""What an edit would do to the whole application, said before anything is written."""

from templates_app.spec.check import check
from templates_app.spec.errors import SpecError
from templates_app.spec.model import AppSpec
from templates_app.spec.storable import refuse_unstorable


def refuse_new_faults(before: AppSpec, after: AppSpec) -> None:
    """Raises SpecError with every fault that the edit brings in; what was wrong before is not held against it.

    What could not even be read again is refused whatever was before.
    """
    refuse_unstorable(after)
    known = set(check(before))
    brought = [fault for fault in check(after) if fault not in known]
    if brought:
        raise SpecError(brought)
