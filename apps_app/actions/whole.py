"""What an edit would do to the whole application, said before anything is written."""

from templates_app.spec.check import check
from templates_app.spec.errors import Fault, SpecError
from templates_app.spec.model import AppSpec


def refuse_new_faults(before: AppSpec, after: AppSpec) -> None:
    """Raises SpecError with every fault that the edit brings in; what was wrong before is not held against it."""
    known = set(check(before))
    brought = [fault for fault in check(after) if fault not in known]
    if brought:
        raise SpecError(brought)


def prefixed(faults: tuple[Fault, ...], key: str) -> tuple[tuple[str, str], ...]:
    """The faults as (path below the component, message); faults elsewhere keep their whole path."""
    stem = f"components.{key}."
    return tuple((fault.path.removeprefix(stem), fault.message) for fault in faults)
