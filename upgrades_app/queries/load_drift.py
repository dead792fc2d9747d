from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pydantic import JsonValue

from apps_app.drivers.base import ComponentPart, ComponentState, DriverError, LiveComponent, ObservedComponent
from apps_app.models import Application
from config.errors import OperationRefused
from templates_app.appspec.presentation.path_labels import describe_fault
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.serialize import compute_keyed_digest, to_plain
from upgrades_app.engine.drift.drift import AcceptedDrift, accept_live, build_drift_rows, build_side_part
from upgrades_app.engine.inputs.plan_rows import FieldRow
from upgrades_app.engine.inputs.planning_input import SpecSide
from upgrades_app.engine.inputs.rendered_side import render_side
from upgrades_app.queries.load_planning_input import get_applied_side, get_desired_side, open_driver


@dataclass(frozen=True)
class ComponentDrift:
    """Difference between a component's last applied state and its live state.

    `observed` is None if the component is missing, `live` if its fields cannot be read.
    """

    application: Application
    key: str
    applied: SpecSide
    desired: SpecSide
    part: ComponentPart
    observed: ObservedComponent | None
    live: LiveComponent | None
    stopped: bool

    @property
    def is_missing(self) -> bool:
        return self.observed is None or not self.observed.present

    @property
    def has_drifted(self) -> bool:
        """Whether the component exists and differs from what was applied."""
        return self.observed is not None and self.observed.present and self.observed.digest != self.part.digest

    @property
    def was_stopped_outside(self) -> bool:
        return self.observed is not None and self.observed.state is ComponentState.STOPPED and not self.stopped

    @property
    def is_acceptable(self) -> bool:
        """Whether the drift can be accepted; not for a component with a pending removal."""
        return bool(self.rows) and self.key in self.desired.spec.components

    @property
    def accepted(self) -> AcceptedDrift | None:
        """Both sides after acceptance; None if nothing differs or the live state cannot be expressed."""
        return self._acceptance[0]

    @cached_property
    def _acceptance(self) -> tuple[AcceptedDrift | None, str]:
        """The accepted drift, or the reason why it cannot be expressed as fields."""
        component = self.live.component if self.live is not None else None
        if self.live is None or component is None or component == self.part.component:
            return None, ""
        try:
            accepted = accept_live(self.applied, self.desired, self.key, self.live)
        except SpecError as error:
            return None, describe_fault(error.faults[0])
        faults = render_side(accepted.applied).faults
        return (None, describe_fault(faults[0])) if faults else (accepted, "")

    @cached_property
    def rows(self) -> tuple[FieldRow, ...]:
        return build_drift_rows(render_side(self.applied), self.accepted, self.key) if self.accepted is not None else ()

    @cached_property
    def other_differences(self) -> tuple[str, ...]:
        """Differences that no field can express or accept, one sentence each."""
        sentences = [
            *filter(None, [self._acceptance[1]]),
            *(self.live.other_differences if self.live is not None else ()),
        ]
        if self.has_drifted and not self.rows and not sentences and self.observed is not None:
            sentences = [self.observed.detail or "the target reports no details"]
        return tuple(map(_format_sentence, sentences))

    @property
    def digest(self) -> str:
        """Changes whenever the live or the applied state changes."""
        component = self.live.component if self.live is not None else None
        state: dict[str, JsonValue] = {
            "applied": self.part.digest,
            "live": to_plain(component) if component is not None else None,
        }
        return compute_keyed_digest(state, self.application.digest_key)


def load_drift(application: Application, key: str) -> ComponentDrift:
    """Read the live state of a component from its target.

    Raises OperationRefused if the target is unreachable or the component was never applied.
    """
    row = application.components.filter(key=key, applied__isnull=False).first()
    applied = get_applied_side(application)
    if row is None:
        raise OperationRefused(f"{key} has not been deployed yet.")
    try:
        part = build_side_part(applied, key, application.digest_key)
    except KeyError as error:
        raise OperationRefused(f"The last applied state of {key} cannot be read.") from error
    try:
        driver = open_driver(application)
        observed = driver.read(application.placement).get(key)
        live = driver.read_live(application.placement, {key: part}).get(key)
    except DriverError as error:
        raise OperationRefused(f"Target {application.target} is unreachable: {error}") from error
    return ComponentDrift(application, key, applied, get_desired_side(application), part, observed, live, row.stopped)


def describe_drift(drift: ComponentDrift) -> Iterator[str]:
    """Yield the overall state of the component, one sentence each."""
    if drift.is_missing:
        yield f"{drift.key} is missing on the target. It was removed outside Uplift."
    elif drift.has_drifted:
        yield f"{drift.key} was changed on the target after it was applied."
    else:
        yield f"{drift.key} matches the applied configuration."
    if drift.was_stopped_outside:
        yield "It is not running: it exited or was stopped outside Uplift."


def _format_sentence(text: str) -> str:
    """Capitalize and end a sentence; a leading identifier keeps its case."""
    is_identifier = not text.partition(" ")[0].isalpha()
    return f"{text if is_identifier else text[:1].upper() + text[1:]}."
