"""What a target shows of one component now, against what was applied: asked of the target itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pydantic import JsonValue

from apps_app.drivers.base import DriverError, Found, Observed, Part, State
from apps_app.models import Application
from config.errors import Refused
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.serialize import keyed_digest, tree
from upgrades_app.engine.drift.drift import Kept, found_rows, keep, part_of
from upgrades_app.engine.inputs.plan_rows import FieldRow
from upgrades_app.engine.inputs.planning_input import Side
from upgrades_app.engine.inputs.rendered_side import view
from upgrades_app.queries.load_planning_input import applied_side, desired_side, driver_of


@dataclass(frozen=True)
class Drift:
    """One component on its target. `observed` is None where it is not there, `found` where nothing can be told."""

    application: Application
    key: str
    applied: Side
    desired: Side
    part: Part
    observed: Observed | None
    found: Found | None
    stopped: bool

    @property
    def missing(self) -> bool:
        return self.observed is None or not self.observed.present

    @property
    def drifted(self) -> bool:
        """Whether it is there, and is not what was applied."""
        return self.observed is not None and self.observed.present and self.observed.digest != self.part.digest

    @property
    def stopped_by_others(self) -> bool:
        return self.observed is not None and self.observed.state is State.STOPPED and not self.stopped

    @property
    def keepable(self) -> bool:
        """Whether anything of it can be kept; not of what is removed here."""
        return bool(self.rows) and self.key in self.desired.spec.components

    @property
    def kept(self) -> Kept | None:
        """Both sides once it is kept; None where it is as it was applied, or cannot be told."""
        return self._told[0]

    @cached_property
    def _told(self) -> tuple[Kept | None, str]:
        """Or why it cannot be told in fields."""
        component = self.found.component if self.found is not None else None
        if self.found is None or component is None or component == self.part.component:
            return None, ""
        try:
            accepted = keep(self.applied, self.desired, self.key, self.found)
        except SpecError as error:
            return None, said(error.faults[0])
        faults = view(accepted.applied).faults
        return (None, said(faults[0])) if faults else (accepted, "")

    @cached_property
    def rows(self) -> tuple[FieldRow, ...]:
        return found_rows(view(self.applied), self.kept, self.key) if self.kept is not None else ()

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """What differs and no field says, or can be kept; each a sentence."""
        sentences = [*filter(None, [self._told[1]]), *(self.found.beside if self.found is not None else ())]
        if self.drifted and not self.rows and not sentences and self.observed is not None:
            sentences = [self.observed.detail or "the target does not say what differs"]
        return tuple(map(_whole, sentences))

    @property
    def digest(self) -> str:
        """Moves when it is something else on the target, or another was applied."""
        component = self.found.component if self.found is not None else None
        state: dict[str, JsonValue] = {
            "applied": self.part.digest,
            "found": tree(component) if component is not None else None,
        }
        return keyed_digest(state, self.application.key_of_digests)


def look_at(application: Application, key: str) -> Drift:
    """Asks the target, which may take its time. Raises Refused where it does not answer, and where nothing of the
    component was applied."""
    row = application.components.filter(key=key, applied__isnull=False).first()
    applied = applied_side(application)
    if row is None:
        raise Refused(f"Nothing of {key} is on a target yet.")
    try:
        applied_part = part_of(applied, key, application.key_of_digests)
    except KeyError as error:
        raise Refused(f"What was applied of {key} cannot be read any more.") from error
    try:
        driver = driver_of(application)
        observed = driver.read(application.placement).get(key)
        drifted = driver.found(application.placement, {key: applied_part}).get(key)
    except DriverError as error:
        raise Refused(f"The target {application.target} does not answer: {error}") from error
    return Drift(application, key, applied, desired_side(application), applied_part, observed, drifted, row.stopped)


def sentences(drift: Drift) -> Iterator[str]:
    """How it stands as a whole, in words."""
    if drift.missing:
        yield f"{drift.key} is not on the target any more: somebody took it away."
    elif drift.drifted:
        yield f"{drift.key} was changed on the target since it was applied."
    else:
        yield f"{drift.key} is on the target as it was applied."
    if drift.stopped_by_others:
        yield "It does not run: it ended, or was stopped there, and not from here."


def _whole(said: str) -> str:
    """As a sentence; a name that it begins with stays as it is."""
    is_identifier = not said.partition(" ")[0].isalpha()
    return f"{said if is_identifier else said[:1].upper() + said[1:]}."
