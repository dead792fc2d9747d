from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import JsonValue

from apps_app.models import Application, ComponentOrigin
from config.accounts.sealing.sealed import Secret
from config.errors import OperationRefused
from templates_app.appspec.diff.diff import SpecDiff, compare_specs
from templates_app.appspec.interpolation.render import render_spec
from templates_app.appspec.linking.component_matching import ComponentMatch, find_renames, match_components
from templates_app.appspec.linking.equivalence import ResolvedSide, find_sealed_names
from templates_app.appspec.linking.link import LinkedSpec, link_spec
from templates_app.appspec.merge.rekey import rename_components
from templates_app.appspec.presentation.published_view import render_published
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import compute_digest
from templates_app.models import TemplateVersion


@dataclass(frozen=True, slots=True)
class LinkChoices:
    """What somebody says: which component stands for which (template key → key, "" for none), which of those that are
    not here are left out for good, values of the version's parameters, and that it is meant though nothing matches."""

    components: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    although_unmatched: bool = False


@dataclass(frozen=True)
class LinkProposal:
    """`base` is the version under the application's keys."""

    application: Application
    version: TemplateVersion
    choices: LinkChoices
    matches: tuple[ComponentMatch, ...]
    base: AppSpec
    linked: LinkedSpec

    @property
    def sides(self) -> tuple[AppSpec, AppSpec]:
        """The version and the application, as far as components of the one stand for those of the other."""
        present = {match.key for match in self.matches if match.is_matched}
        return _select(self.base, present), _select(self.linked.desired, present)

    @cached_property
    def comparison(self) -> SpecDiff:
        """The local changes: what the operator has otherwise than the version."""
        return compare_specs(*self.sides)

    @property
    def own_components(self) -> tuple[str, ...]:
        """The components that stay the application's own."""
        return tuple(sorted(self.linked.desired.components.keys() - {match.key for match in self.matches}))

    @property
    def missing_components(self) -> tuple[str, ...]:
        """The version's components that the application does not have, by their template key."""
        return tuple(match.template_key for match in self.matches if not match.is_matched)

    @property
    def has_no_match(self) -> bool:
        """Whether no component of the application is one of the version's: most likely another template is meant."""
        return not any(match.is_matched for match in self.matches)

    @property
    def changes(self) -> int:
        """How many places are local changes from now on."""
        return len(self.comparison.changes)

    @property
    def adopted_values(self) -> tuple[str, ...]:
        """Sealed parameters whose value is known here already."""
        return tuple(sorted(self.linked.desired_values.keys() & find_sealed_names(self.base.parameters)))

    @property
    def digest(self) -> str:
        """Moves when any of it does."""
        matched = dict[str, JsonValue](
            {match.template_key: match.key or self.state_of(match) for match in self.matches}
        )
        return compute_digest(
            {"version": self.version.digest, "desired": compute_digest(self.linked.desired), "matches": matched}
        )

    def state_of(self, match: ComponentMatch) -> str:
        """What the installation remembers of a component of the version."""
        if match.is_matched:
            return ComponentOrigin.State.PRESENT
        left_out = match.template_key in self.choices.left_out
        return ComponentOrigin.State.REMOVED_LOCALLY if left_out else ComponentOrigin.State.DECLINED


def propose_link(application: Application, version: TemplateVersion, choices: LinkChoices) -> LinkProposal:
    """Raises OperationRefused with the reason there can be none, and with every fault of the choices."""
    check_linkable(application)
    if not version.is_released:
        raise OperationRefused(
            f"{version} is {version.get_state_display().lower()}; "
            "applications can only be linked to a released version."
        )
    desired, applied = get_desired_side(application), get_applied_side(application)
    try:
        matches = match_components(
            render_published(version.spec).components, _render(desired).components, choices.components
        )
        _check_left_out(matches, choices.left_out)
        base = rename_components(version.spec, find_renames(matches))
        attached = link_spec(base, desired, applied, choices.values, list_placed_components(application))
    except SpecError as error:
        raise OperationRefused(
            f"{application} cannot be linked to {version} with this mapping.", error.faults
        ) from error
    return LinkProposal(application, version, choices, matches, base, attached)


def check_all_matched(proposal: LinkProposal) -> None:
    """Raise OperationRefused if no component matches, unless the choices allow it."""
    if proposal.has_no_match and not proposal.choices.although_unmatched:
        raise OperationRefused(f"{describe_no_match(proposal)} Map the components, or choose another template.")


def describe_no_match(proposal: LinkProposal) -> str:
    """Return the message for a proposal without any matching component."""
    return f"No component of {proposal.application} matches {proposal.version}."


def check_linkable(application: Application) -> None:
    """Raise OperationRefused if the application is already installed from a template, or has no components."""
    installation = application.get_installation()
    if installation is not None:
        raise OperationRefused(f"{application} is already installed from {installation.template}.")
    if not application.components.desired().exists():
        raise OperationRefused(f"{application} has no components to link. Install {application} instead.")


def list_placed_components(application: Application) -> frozenset[str]:
    """Return the keys of the components that are, or may be, on the target."""
    if not application.was_ever_applied():
        return frozenset()
    rows = application.components.all()
    return frozenset(row.key for row in rows if row.applied is not None or row.applied_unknown)


def get_desired_side(application: Application) -> ResolvedSide:
    rows = application.values.all()
    return ResolvedSide(application.desired_spec(), _reveal_values((row.name, row.desired) for row in rows))


def get_applied_side(application: Application) -> ResolvedSide:
    rows = application.values.all()
    return ResolvedSide(application.applied_spec(), _reveal_values((row.name, row.applied) for row in rows))


def _reveal_values(rows: Iterable[tuple[str, Secret | None]]) -> dict[str, str]:
    return {name: value.reveal() for name, value in rows if value is not None}


def _render(side: ResolvedSide) -> AppSpec:
    try:
        return render_spec(side.spec, side.values)
    except SpecError:
        return side.spec


def _check_left_out(matches: Iterable[ComponentMatch], left_out: frozenset[str]) -> None:
    missing = {match.template_key for match in matches if not match.is_matched}
    existing = sorted(left_out - missing)
    if existing:
        raise SpecError(
            Fault(f"components.{key}", f"{key} exists in this application and cannot be left out") for key in existing
        )


def _select(spec: AppSpec, keys: Collection[str]) -> AppSpec:
    return spec.model_copy(
        update={"components": {key: component for key, component in spec.components.items() if key in keys}}
    )
