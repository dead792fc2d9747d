"""Compare two documents field by field, in time linear in their size."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from templates_app.appspec.diff.data_risk import describe_data_risk
from templates_app.appspec.diff.field_change import FieldChange, Symbol
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.schema_tree import SchemaNode, get_component_schema, get_document_schema
from templates_app.appspec.schema.serialize import JsonTree, to_plain

type Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComponentChange:
    """One component on both sides; one side may be missing, not both. Unchanged components are included."""

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
        """Why the data may not survive the change, or ""."""
        return describe_data_risk(self.before, self.after) if self.symbol is Symbol.CHANGED else ""


@dataclass(frozen=True, slots=True)
class SpecDiff:
    """Two documents compared: every component of either side, and changed parameters, volumes and networks."""

    components: tuple[ComponentChange, ...]
    parameters: tuple[FieldChange, ...]
    volumes: tuple[FieldChange, ...]
    networks: tuple[FieldChange, ...]

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        inside = (change for component in self.components for change in component.changes)
        return (*self.parameters, *inside, *self.volumes, *self.networks)


def diff_specs(before: AppSpec, after: AppSpec) -> tuple[FieldChange, ...]:
    """Return every field that differs. An added or removed component is one change."""
    return compare_specs(before, after).changes


def compare_specs(before: AppSpec, after: AppSpec) -> SpecDiff:
    """Compare two documents component by component, in the order of their keys."""
    keys = sorted(before.components.keys() | after.components.keys())
    return SpecDiff(
        tuple(compare_component(key, before.components.get(key), after.components.get(key)) for key in keys),
        _compare_section("parameters", before.parameters, after.parameters),
        _compare_section("volumes", before.volumes, after.volumes),
        _compare_section("networks", before.networks, after.networks),
    )


def compare_component(key: str, before: ComponentSpec | None, after: ComponentSpec | None) -> ComponentChange:
    """Compare one component. Raises ValueError if it is missing on both sides."""
    path = ("components", key)
    if before is None:
        if after is None:
            raise ValueError(f"component {key} is missing on both sides")
        added = FieldChange(path, Symbol.ADDED, None, to_plain(after), Impact.RECREATE)
        return ComponentChange(key, Symbol.ADDED, None, after, (added,))
    if after is None:
        removed = FieldChange(path, Symbol.REMOVED, to_plain(before), None, Impact.RECREATE)
        return ComponentChange(key, Symbol.REMOVED, before, None, (removed,))
    if is_equal(before, after):
        return ComponentChange(key, Symbol.UNCHANGED, before, after, ())
    changes = tuple(_diff_values(path, to_plain(before), to_plain(after), get_component_schema(), []))
    return ComponentChange(key, Symbol.CHANGED if changes else Symbol.UNCHANGED, before, after, changes)


def is_equal(record: Record, other: Record) -> bool:
    """Return whether two parts are equal; uses their cached plain forms if both exist, which is faster."""
    if record is other:
        return True
    if "plain" in record.__dict__ and "plain" in other.__dict__:
        return record.plain == other.plain
    return record == other


def _compare_section(name: str, before: Mapping[str, Record], after: Mapping[str, Record]) -> tuple[FieldChange, ...]:
    old: JsonTree = {key: to_plain(part) for key, part in before.items()}
    new: JsonTree = {key: to_plain(part) for key, part in after.items()}
    return tuple(_diff_values((name,), old, new, get_document_schema().below(name), []))


def _diff_values(
    path: Path, before: JsonTree, after: JsonTree, shape: SchemaNode, result: list[FieldChange]
) -> list[FieldChange]:
    """Compare two records or maps. A missing field of a record equals its default; a missing key of a map is absent."""
    in_record = shape.is_record
    for name in shape.in_order(_differing_keys(before, after)):
        below, here = shape.below(name), (*path, name)
        old, new = before.get(name), after.get(name)
        if not below.is_leaf:
            if in_record:
                old, new = old or {}, new or {}
            if isinstance(old, dict) and isinstance(new, dict):
                _diff_values(here, old, new, below, result)
                continue
        if in_record:
            result.append(_build_change(here, before.get(name, below.default), after.get(name, below.default), below))
        else:
            symbol = _choose_symbol(name in before, name in after)
            result.append(FieldChange(here, symbol, old, new, below.impact))
    return result


def _differing_keys(before: JsonTree, after: JsonTree) -> list[str]:
    """Return the keys whose values differ. Null differs from a missing key."""
    if before.keys() != after.keys():
        names = before.keys() | after.keys()
        return [name for name in names if name not in before or name not in after or before[name] != after[name]]
    return [name for name, value in before.items() if value != after[name]]


def _build_change(path: Path, before: JsonValue, after: JsonValue, shape: SchemaNode) -> FieldChange:
    symbol = _choose_symbol(_has_value(before, shape.default), _has_value(after, shape.default))
    if symbol is Symbol.ADDED:
        return FieldChange(path, symbol, None, after, shape.impact)
    return FieldChange(path, symbol, before, None if symbol is Symbol.REMOVED else after, shape.impact)


def _has_value(value: JsonValue, default: JsonValue) -> bool:
    """Return whether a value is set: an empty default is not; "" is if the default is null."""
    return value != default or default not in (None, "", [])


def _choose_symbol(before: bool, after: bool) -> Symbol:
    if before == after:
        return Symbol.CHANGED
    return Symbol.ADDED if after else Symbol.REMOVED
