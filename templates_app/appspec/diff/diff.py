"""What differs between two documents, place by place, in time linear in their size."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from templates_app.appspec.diff.data_risk import data_at_risk
from templates_app.appspec.diff.field_change import FieldChange, Symbol
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.schema_tree import Shape, component_shape, document_shape
from templates_app.appspec.schema.serialize import Tree, tree

type Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComponentChange:
    """One component on both sides; either may be missing, never both. Equal ones are kept as unchanged."""

    key: str
    symbol: Symbol
    before: ComponentSpec | None
    after: ComponentSpec | None
    changes: tuple[FieldChange, ...]

    @property
    def impact(self) -> Impact:
        return max((change.impact for change in self.changes), default=Impact.NONE)

    @property
    def data_at_risk(self) -> str:
        """Why its data may not survive, or ""."""
        return data_at_risk(self.before, self.after) if self.symbol is Symbol.CHANGED else ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two documents laid side by side: every component of either, and what changed around them."""

    components: tuple[ComponentChange, ...]
    parameters: tuple[FieldChange, ...]
    volumes: tuple[FieldChange, ...]
    networks: tuple[FieldChange, ...]

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        inside = (change for component in self.components for change in component.changes)
        return (*self.parameters, *inside, *self.volumes, *self.networks)


def diff(before: AppSpec, after: AppSpec) -> tuple[FieldChange, ...]:
    """Every place that differs. A whole component that came or went is one change."""
    return compare(before, after).changes


def compare(before: AppSpec, after: AppSpec) -> Comparison:
    """Both documents component by component, in the order of their keys, with their changes."""
    keys = sorted(before.components.keys() | after.components.keys())
    return Comparison(
        tuple(component_change(key, before.components.get(key), after.components.get(key)) for key in keys),
        _section("parameters", before.parameters, after.parameters),
        _section("volumes", before.volumes, after.volumes),
        _section("networks", before.networks, after.networks),
    )


def component_change(key: str, before: ComponentSpec | None, after: ComponentSpec | None) -> ComponentChange:
    """One component on both sides. Raises ValueError where it is on neither."""
    path = ("components", key)
    if before is None:
        if after is None:
            raise ValueError(f"component {key} is on neither side")
        added = FieldChange(path, Symbol.ADDED, None, tree(after), Impact.RECREATE)
        return ComponentChange(key, Symbol.ADDED, None, after, (added,))
    if after is None:
        removed = FieldChange(path, Symbol.REMOVED, tree(before), None, Impact.RECREATE)
        return ComponentChange(key, Symbol.REMOVED, before, None, (removed,))
    if same(before, after):
        return ComponentChange(key, Symbol.UNCHANGED, before, after, ())
    changes = tuple(_walk(path, tree(before), tree(after), component_shape(), []))
    return ComponentChange(key, Symbol.CHANGED if changes else Symbol.UNCHANGED, before, after, changes)


def same(record: Record, other: Record) -> bool:
    """Whether two parts are equal; by their plain forms where these exist already, which is faster."""
    if record is other:
        return True
    if "plain" in record.__dict__ and "plain" in other.__dict__:
        return record.plain == other.plain
    return record == other


def _section(name: str, before: Mapping[str, Record], after: Mapping[str, Record]) -> tuple[FieldChange, ...]:
    old: Tree = {key: tree(part) for key, part in before.items()}
    new: Tree = {key: tree(part) for key, part in after.items()}
    return tuple(_walk((name,), old, new, document_shape().below(name), []))


def _walk(path: Path, before: Tree, after: Tree, shape: Shape, result: list[FieldChange]) -> list[FieldChange]:
    """Two records or two maps. What a record leaves out is its default, what a map leaves out is absent."""
    in_record = shape.is_record
    for name in shape.in_order(_differing(before, after)):
        below, here = shape.below(name), (*path, name)
        old, new = before.get(name), after.get(name)
        if not below.is_leaf:
            if in_record:
                old, new = old or {}, new or {}
            if isinstance(old, dict) and isinstance(new, dict):
                _walk(here, old, new, below, result)
                continue
        if in_record:
            result.append(_field(here, before.get(name, below.default), after.get(name, below.default), below))
        else:
            symbol = _symbol(name in before, name in after)
            result.append(FieldChange(here, symbol, old, new, below.impact))
    return result


def _differing(before: Tree, after: Tree) -> list[str]:
    """A null is not the same as nothing."""
    if before.keys() != after.keys():
        names = before.keys() | after.keys()
        return [name for name in names if name not in before or name not in after or before[name] != after[name]]
    return [name for name, value in before.items() if value != after[name]]


def _field(path: Path, before: JsonValue, after: JsonValue, shape: Shape) -> FieldChange:
    symbol = _symbol(_says(before, shape.default), _says(after, shape.default))
    if symbol is Symbol.ADDED:
        return FieldChange(path, symbol, None, after, shape.impact)
    return FieldChange(path, symbol, before, None if symbol is Symbol.REMOVED else after, shape.impact)


def _says(value: JsonValue, default: JsonValue) -> bool:
    """An empty default says nothing; everything else is a value, "" too where the default is null."""
    return value != default or default not in (None, "", [])


def _symbol(before: bool, after: bool) -> Symbol:
    if before == after:
        return Symbol.CHANGED
    return Symbol.ADDED if after else Symbol.REMOVED
