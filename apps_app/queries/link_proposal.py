"""What attaching an application to a template version would make of it; nothing is stored and nothing changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import JsonValue

from apps_app.models import Application, Origin
from config.accounts.sealing.sealed import Secret
from config.errors import Refused
from templates_app.appspec.diff.diff import Comparison, compare
from templates_app.appspec.interpolation.render import render
from templates_app.appspec.linking.component_matching import Match, match, renames
from templates_app.appspec.linking.equivalence import Held, sealed_names
from templates_app.appspec.linking.link import Attached, attach
from templates_app.appspec.merge.rekey import rekeyed
from templates_app.appspec.presentation.published_view import as_published
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import digest
from templates_app.models import TemplateVersion


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody says: which component stands for which (template key → key, "" for none), which of those that are
    not here are left out for good, values of the version's parameters, and that it is meant though nothing matches."""

    components: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    although_unmatched: bool = False


@dataclass(frozen=True)
class Proposal:
    """`base` is the version under the application's keys."""

    application: Application
    version: TemplateVersion
    choices: Choices
    matches: tuple[Match, ...]
    base: AppSpec
    attached: Attached

    @property
    def sides(self) -> tuple[AppSpec, AppSpec]:
        """The version and the application, as far as components of the one stand for those of the other."""
        present = {match.key for match in self.matches if match.found}
        return _only(self.base, present), _only(self.attached.desired, present)

    @cached_property
    def comparison(self) -> Comparison:
        """The local changes: what the operator has otherwise than the version."""
        return compare(*self.sides)

    @property
    def own(self) -> tuple[str, ...]:
        """The components that stay the application's own."""
        return tuple(sorted(self.attached.desired.components.keys() - {match.key for match in self.matches}))

    @property
    def missing(self) -> tuple[str, ...]:
        """The version's components that the application does not have, by their template key."""
        return tuple(match.template_key for match in self.matches if not match.found)

    @property
    def matches_nothing(self) -> bool:
        """Whether no component of the application is one of the version's: most likely another template is meant."""
        return not any(match.found for match in self.matches)

    @property
    def changes(self) -> int:
        """How many places are local changes from now on."""
        return len(self.comparison.changes)

    @property
    def taken_over(self) -> tuple[str, ...]:
        """Sealed parameters whose value is known here already."""
        return tuple(sorted(self.attached.wanted.keys() & sealed_names(self.base.parameters)))

    @property
    def digest(self) -> str:
        """Moves when any of it does."""
        matched = dict[str, JsonValue](
            {match.template_key: match.key or self.state_of(match) for match in self.matches}
        )
        return digest({"version": self.version.digest, "desired": digest(self.attached.desired), "matches": matched})

    def state_of(self, match: Match) -> str:
        """What the installation remembers of a component of the version."""
        if match.found:
            return Origin.State.PRESENT
        left_out = match.template_key in self.choices.left_out
        return Origin.State.REMOVED_LOCALLY if left_out else Origin.State.DECLINED


def propose_attachment(application: Application, version: TemplateVersion, choices: Choices) -> Proposal:
    """Raises Refused with the reason there can be none, and with every fault of the choices."""
    refuse_attachment(application)
    if not version.is_released:
        raise Refused(
            f"{version} is {version.get_state_display().lower()}; an application is attached to a released one."
        )
    desired, applied = desired_side(application), applied_side(application)
    try:
        matches = match(as_published(version.spec).components, _as_it_reads(desired).components, choices.components)
        _refuse_left_out(matches, choices.left_out)
        base = rekeyed(version.spec, renames(matches))
        attached = attach(base, desired, applied, choices.values, touched(application))
    except SpecError as error:
        raise Refused(f"{application} cannot be attached to {version} like this.", error.faults) from error
    return Proposal(application, version, choices, matches, base, attached)


def refuse_unmatched(proposal: Proposal) -> None:
    """Raises Refused where nothing matches, and nobody has said that it is meant so."""
    if proposal.matches_nothing and not proposal.choices.although_unmatched:
        raise Refused(f"{nothing_matches(proposal)} Say which component is which, or choose another template.")


def nothing_matches(proposal: Proposal) -> str:
    """All that there is to say of such a comparison."""
    return f"Nothing of {proposal.application} matches {proposal.version}: no component is in both."


def refuse_attachment(application: Application) -> None:
    """Raises Refused for an application that is an installation already, or has nothing to attach."""
    installation = application.installed()
    if installation is not None:
        raise Refused(f"{application} is installed from {installation.template} already.")
    if not application.components.wanted().exists():
        raise Refused(f"{application} has no component, so there is nothing to attach. Install {application} instead.")


def touched(application: Application) -> frozenset[str]:
    """The components that are on the target, or may be."""
    if not application.was_ever_applied():
        return frozenset()
    rows = application.components.all()
    return frozenset(row.key for row in rows if row.applied is not None or row.applied_unknown)


def desired_side(application: Application) -> Held:
    rows = application.values.all()
    return Held(application.desired_spec(), _given((row.name, row.desired) for row in rows))


def applied_side(application: Application) -> Held:
    rows = application.values.all()
    return Held(application.applied_spec(), _given((row.name, row.applied) for row in rows))


def _given(rows: Iterable[tuple[str, Secret | None]]) -> dict[str, str]:
    return {name: value.reveal() for name, value in rows if value is not None}


def _as_it_reads(held: Held) -> AppSpec:
    try:
        return render(held.spec, held.values)
    except SpecError:
        return held.spec


def _refuse_left_out(matches: Iterable[Match], left_out: frozenset[str]) -> None:
    missing = {match.template_key for match in matches if not match.found}
    existing = sorted(left_out - missing)
    if existing:
        raise SpecError(
            Fault(f"components.{key}", f"{key} is not missing here, so it cannot be left out") for key in existing
        )


def _only(spec: AppSpec, keys: Collection[str]) -> AppSpec:
    return spec.model_copy(
        update={"components": {key: component for key, component in spec.components.items() if key in keys}}
    )
