"""Merge base, ours and theirs into one document; a local change is kept or becomes a conflict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from templates_app.appspec.diff.diff import is_equal
from templates_app.appspec.merge.three_way import ABSENT, MergeDecision, MergeSource, SideChoice, ThreeWayMerger
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.model import AppSpec, Network, Parameter, Volume
from templates_app.appspec.schema.parse import parse_component, validate_record
from templates_app.appspec.schema.schema_tree import get_component_schema, get_document_schema
from templates_app.appspec.schema.serialize import JsonTree, to_plain
from templates_app.appspec.validation.resource_usage import find_parameters, find_resource_usage

type Removal = Literal["keep", "remove"]
type Definitions = Literal["volumes", "networks"]

_DEFINITIONS: tuple[Definitions, ...] = ("volumes", "networks")


@dataclass(frozen=True, slots=True)
class SpecMerge:
    """The merged document, every place that was not the same on all three sides, and what is still to be answered.

    `removed` are components that theirs dropped and ours still has, without an answer; until there is one they stay.
    """

    spec: AppSpec
    decisions: tuple[MergeDecision, ...]
    conflicts: tuple[MergeDecision, ...]
    removed: tuple[str, ...]

    @property
    def is_settled(self) -> bool:
        return not self.conflicts and not self.removed


def merge_specs(
    base: AppSpec,
    ours: AppSpec,
    theirs: AppSpec,
    choices: Mapping[str, SideChoice] | None = None,
    only: frozenset[str] | None = None,
    removed: Mapping[str, Removal] | None = None,
) -> SpecMerge:
    """Merges three documents in time linear in their size.

    `choices` answers conflicts by their dotted path, `removed` says by key what becomes of components that theirs
    dropped. With `only`, other components stay as ours has them, and what only they would use waits with them. A
    component that ours removed stays removed. What theirs dropped and a component that is not theirs still uses (a
    parameter, volume or network) stays.
    """
    return _Merger(base, ours, theirs, choices or {}, only, removed or {}).merge()


class _Merger:
    def __init__(
        self,
        base: AppSpec,
        ours: AppSpec,
        theirs: AppSpec,
        choices: Mapping[str, SideChoice],
        only: frozenset[str] | None,
        removals: Mapping[str, Removal],
    ) -> None:
        self.base, self.ours, self.theirs = base, ours, theirs
        self.choices, self.only, self.removals = choices, only, removals
        self.judge = ThreeWayMerger(choices)
        self.unanswered: list[str] = []

    def merge(self) -> SpecMerge:
        components = self._components()
        foreign, left = _foreign_keys(components, self.theirs.components), self._left()
        later = {name: _find_uses(left, name) - _find_uses(components.values(), name) for name in _DEFINITIONS}
        volumes, about_volumes = self._section("volumes", Volume, _find_uses(foreign, "volumes"), later["volumes"])
        networks, about_networks = self._section(
            "networks", Network, _find_uses(foreign, "networks"), later["networks"]
        )
        definitions = [*_foreign_keys(volumes, self.theirs.volumes), *_foreign_keys(networks, self.theirs.networks)]
        parameters, about_parameters = self._section(
            "parameters",
            Parameter,
            find_parameters([*foreign, *definitions]),
            find_parameters(left) - find_parameters([*components.values(), *volumes.values(), *networks.values()]),
        )
        decisions = (*about_parameters, *self.judge.decisions, *about_volumes, *about_networks)
        return SpecMerge(
            AppSpec(parameters=parameters, components=components, volumes=volumes, networks=networks),
            decisions,
            tuple(decision for decision in decisions if decision.source is MergeSource.CONFLICT),
            tuple(self.unanswered),
        )

    def _components(self) -> dict[str, ComponentSpec]:
        sides = (self.base.components, self.ours.components, self.theirs.components)
        merged = {}
        for key in sorted(set().union(*sides)):
            base, ours, theirs = (side.get(key) for side in sides)
            is_used = self.only is None or key in self.only
            result = self._component(key, base, ours, theirs) if is_used else ours
            if result is not None:
                merged[key] = result
        return merged

    def _component(
        self, key: str, base: ComponentSpec | None, ours: ComponentSpec | None, theirs: ComponentSpec | None
    ) -> ComponentSpec | None:
        if ours is not None and theirs is not None:
            return self._both(key, base, ours, theirs)
        if base is not None and ours is not None:
            return self._dropped(key, base, ours)
        source = MergeSource.TEMPLATE if base is ours else MergeSource.SAME if ours is theirs else MergeSource.LOCAL
        result = theirs if source is MergeSource.TEMPLATE else ours
        self._whole(key, source, base, ours, theirs, result)
        return result

    def _dropped(self, key: str, base: ComponentSpec, ours: ComponentSpec) -> ComponentSpec | None:
        answer = self.removals.get(key)
        if answer == "remove":
            self._whole(key, MergeSource.TEMPLATE, base, ours, None, None)
            return None
        if answer is None:
            self.unanswered.append(key)
        self._whole(key, MergeSource.LOCAL if answer else MergeSource.QUESTION, base, ours, None, ours)
        return ours

    def _both(self, key: str, base: ComponentSpec | None, ours: ComponentSpec, theirs: ComponentSpec) -> ComponentSpec:
        alike = is_equal(ours, theirs)
        if base is None and alike:
            self._whole(key, MergeSource.SAME, None, ours, theirs, ours)
            return ours
        if base is not None and alike and is_equal(base, ours):
            return ours
        path = ("components", key)
        base_tree = {} if base is None else to_plain(base)
        merged = self.judge.merged(path, base_tree, to_plain(ours), to_plain(theirs), get_component_schema())
        return _reuse_component(merged, ours, theirs) or parse_component(merged, ".".join(path))

    def _whole(
        self,
        key: str,
        source: MergeSource,
        base: ComponentSpec | None,
        ours: ComponentSpec | None,
        theirs: ComponentSpec | None,
        result: ComponentSpec | None,
    ) -> None:
        tree, two, three, four = (ABSENT if side is None else to_plain(side) for side in (base, ours, theirs, result))
        self.judge.add_decision(("components", key), source, (tree, two, three, four))

    def _left(self) -> list[ComponentSpec]:
        """Return the components of theirs that are not selected."""
        if self.only is None:
            return []
        return [component for key, component in self.theirs.components.items() if key not in self.only]

    def _section[R: Record](
        self, name: str, kind: type[R], needed: Iterable[str], later: frozenset[str]
    ) -> tuple[dict[str, R], list[MergeDecision]]:
        """What is new there and `later`, for a component that is not taken, waits for that one."""
        base, ours, theirs = (getattr(side, name) for side in (self.base, self.ours, self.theirs))
        theirs = {key: part for key, part in theirs.items() if key in ours or key not in later} if later else theirs
        judge = ThreeWayMerger(self.choices, frozenset((name, key) for key in needed))
        merged = judge.merged(
            (name,), _plain_sides(base), _plain_sides(ours), _plain_sides(theirs), get_document_schema().below(name)
        )
        parts = {
            key: _reuse_component(value, ours.get(key), theirs.get(key))
            or validate_record(kind, value, f"{name}.{key}")
            for key, value in merged.items()
        }
        return parts, judge.decisions


def _foreign_keys[R: Record](parts: Mapping[str, R], theirs: Mapping[str, R]) -> list[R]:
    """Return the parts that differ from theirs."""
    return [part for key, part in parts.items() if key not in theirs or not is_equal(part, theirs[key])]


def _plain_sides(parts: Mapping[str, Record]) -> JsonTree:
    return {key: to_plain(part) for key, part in parts.items()}


def _reuse_component[R: Record](merged: object, ours: R | None, theirs: R | None) -> R | None:
    return next((part for part in (ours, theirs) if part is not None and merged == to_plain(part)), None)


def _find_uses(components: Iterable[ComponentSpec], section: Definitions) -> frozenset[str]:
    return frozenset().union(*(getattr(find_resource_usage(component), section) for component in components))
