"""base, ours, theirs → one document. Nothing local is lost silently: it is kept, or it is a conflict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from templates_app.appspec.diff.diff import same
from templates_app.appspec.merge.three_way import ABSENT, Choice, Decision, Judge, Source
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.model import AppSpec, Network, Parameter, Volume
from templates_app.appspec.schema.parse import parse_component, validated
from templates_app.appspec.schema.schema_tree import component_shape, document_shape
from templates_app.appspec.schema.serialize import Tree, tree
from templates_app.appspec.validation.resource_usage import parameters_of, uses_of

type Removal = Literal["keep", "remove"]
type Definitions = Literal["volumes", "networks"]

_DEFINITIONS: tuple[Definitions, ...] = ("volumes", "networks")


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged document, every place that was not the same on all three sides, and what is still to be answered.

    `removed` are components that theirs dropped and ours still has, without an answer; until there is one they stay.
    """

    spec: AppSpec
    decisions: tuple[Decision, ...]
    conflicts: tuple[Decision, ...]
    removed: tuple[str, ...]

    @property
    def is_settled(self) -> bool:
        return not self.conflicts and not self.removed


def merge(
    base: AppSpec,
    ours: AppSpec,
    theirs: AppSpec,
    choices: Mapping[str, Choice] | None = None,
    only: frozenset[str] | None = None,
    removed: Mapping[str, Removal] | None = None,
) -> Merge:
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
        choices: Mapping[str, Choice],
        only: frozenset[str] | None,
        removals: Mapping[str, Removal],
    ) -> None:
        self.base, self.ours, self.theirs = base, ours, theirs
        self.choices, self.only, self.removals = choices, only, removals
        self.judge = Judge(choices)
        self.unanswered: list[str] = []

    def merge(self) -> Merge:
        components = self._components()
        foreign, left = _foreign(components, self.theirs.components), self._left()
        later = {name: _uses(left, name) - _uses(components.values(), name) for name in _DEFINITIONS}
        volumes, about_volumes = self._section("volumes", Volume, _uses(foreign, "volumes"), later["volumes"])
        networks, about_networks = self._section("networks", Network, _uses(foreign, "networks"), later["networks"])
        definitions = [*_foreign(volumes, self.theirs.volumes), *_foreign(networks, self.theirs.networks)]
        parameters, about_parameters = self._section(
            "parameters",
            Parameter,
            parameters_of([*foreign, *definitions]),
            parameters_of(left) - parameters_of([*components.values(), *volumes.values(), *networks.values()]),
        )
        decisions = (*about_parameters, *self.judge.decisions, *about_volumes, *about_networks)
        return Merge(
            AppSpec(parameters=parameters, components=components, volumes=volumes, networks=networks),
            decisions,
            tuple(decision for decision in decisions if decision.source is Source.CONFLICT),
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
        source = Source.TEMPLATE if base is ours else Source.SAME if ours is theirs else Source.LOCAL
        result = theirs if source is Source.TEMPLATE else ours
        self._whole(key, source, base, ours, theirs, result)
        return result

    def _dropped(self, key: str, base: ComponentSpec, ours: ComponentSpec) -> ComponentSpec | None:
        answer = self.removals.get(key)
        if answer == "remove":
            self._whole(key, Source.TEMPLATE, base, ours, None, None)
            return None
        if answer is None:
            self.unanswered.append(key)
        self._whole(key, Source.LOCAL if answer else Source.QUESTION, base, ours, None, ours)
        return ours

    def _both(self, key: str, base: ComponentSpec | None, ours: ComponentSpec, theirs: ComponentSpec) -> ComponentSpec:
        alike = same(ours, theirs)
        if base is None and alike:
            self._whole(key, Source.SAME, None, ours, theirs, ours)
            return ours
        if base is not None and alike and same(base, ours):
            return ours
        path = ("components", key)
        base_tree = {} if base is None else tree(base)
        merged = self.judge.merged(path, base_tree, tree(ours), tree(theirs), component_shape())
        return _reused(merged, ours, theirs) or parse_component(merged, ".".join(path))

    def _whole(
        self,
        key: str,
        source: Source,
        base: ComponentSpec | None,
        ours: ComponentSpec | None,
        theirs: ComponentSpec | None,
        result: ComponentSpec | None,
    ) -> None:
        before, our_tree, their_tree, merged_tree = (
            ABSENT if side is None else tree(side) for side in (base, ours, theirs, result)
        )
        self.judge.note(("components", key), source, (before, our_tree, their_tree, merged_tree))

    def _left(self) -> list[ComponentSpec]:
        """The components of theirs that are not taken."""
        if self.only is None:
            return []
        return [component for key, component in self.theirs.components.items() if key not in self.only]

    def _section[R: Record](
        self, name: str, kind: type[R], needed: Iterable[str], later: frozenset[str]
    ) -> tuple[dict[str, R], list[Decision]]:
        """What is new there and `later`, for a component that is not taken, waits for that one."""
        base, ours, theirs = (getattr(side, name) for side in (self.base, self.ours, self.theirs))
        theirs = {key: part for key, part in theirs.items() if key in ours or key not in later} if later else theirs
        judge = Judge(self.choices, frozenset((name, key) for key in needed))
        merged = judge.merged((name,), _trees(base), _trees(ours), _trees(theirs), document_shape().below(name))
        parts = {
            key: _reused(value, ours.get(key), theirs.get(key)) or validated(kind, value, f"{name}.{key}")
            for key, value in merged.items()
        }
        return parts, judge.decisions


def _foreign[R: Record](parts: Mapping[str, R], theirs: Mapping[str, R]) -> list[R]:
    """The parts that are not as theirs has them."""
    return [part for key, part in parts.items() if key not in theirs or not same(part, theirs[key])]


def _trees(parts: Mapping[str, Record]) -> Tree:
    return {key: tree(part) for key, part in parts.items()}


def _reused[R: Record](merged: object, ours: R | None, theirs: R | None) -> R | None:
    return next((part for part in (ours, theirs) if part is not None and merged == tree(part)), None)


def _uses(components: Iterable[ComponentSpec], section: Definitions) -> frozenset[str]:
    return frozenset().union(*(getattr(uses_of(component), section) for component in components))
