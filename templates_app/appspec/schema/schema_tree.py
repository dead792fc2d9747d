"""The fields of the document as a tree, read once from the models."""

import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from templates_app.appspec.schema.field_meta import FieldMeta, Impact
from templates_app.appspec.schema.model import AppSpec


@dataclass(frozen=True)
class SchemaNode:
    """What stands at one place of the document.

    A record has `fields`; a map has `items` (one shape for all its entries); `free` is plain JSON, walked where both
    sides are maps; a leaf has none of them. Atomic records and maps are treated as leaves. `default` is what a field
    of a record is where the plain form leaves it out.
    """

    label: str = ""
    impact: Impact = Impact.RECREATE
    atomic: bool = False
    free: bool = False
    fields: Mapping[str, "SchemaNode"] = field(default_factory=dict)
    items: "SchemaNode | None" = None
    renames: bool = False
    default: JsonValue = None

    @cached_property
    def is_record(self) -> bool:
        return bool(self.fields) and not self.atomic

    @cached_property
    def is_leaf(self) -> bool:
        return self.atomic or not (self.free or self.fields or self.items)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Return fields in display order: fields of a record as declared, entries of a map by name."""
        provided = set(names)
        known = [name for name in self.fields if name in provided]
        return known if len(known) == len(provided) else sorted(provided)

    def below(self, name: str) -> "SchemaNode":
        """Return the node one step down. Raises KeyError for an unknown field."""
        if self.free:
            return self
        return self.items if self.items is not None else self.fields[name]


@cache
def get_document_schema() -> SchemaNode:
    """Return the schema of a document."""
    return _build_record(AppSpec, FieldMeta("Application"))


@cache
def get_component_schema() -> SchemaNode:
    """Return the schema of a component."""
    return get_document_schema().fields["components"].below("")


def get_label(path: tuple[str, ...]) -> str:
    """Return the label of a path: "Environment LOG_LEVEL", "Parameter WORKERS Default"."""
    if path[:1] == ("components",) and len(path) > 2:
        return " ".join(_list_labels(get_component_schema(), path[2:]))
    return " ".join([_SINGULAR.get(path[0], path[0]), *_list_labels(get_document_schema().below(path[0]), path[1:])])


_SINGULAR = {"components": "Component", "parameters": "Parameter", "volumes": "Volume", "networks": "Network"}


def get_spoken_label(shape: SchemaNode, path: tuple[str, ...]) -> Iterator[str]:
    """The steps of a path below a shape: fields by their names with blanks, keys as they are."""
    for name in path:
        yield name.replace("_", " ") if shape.is_record else name
        shape = shape.below(name)


def _list_labels(shape: SchemaNode, path: tuple[str, ...]) -> Iterator[str]:
    for name in path:
        known = shape.fields.get(name)
        yield known.label if known is not None and known.label else name
        shape = shape.below(name)


def _build_record(model: type[BaseModel], meta: FieldMeta) -> SchemaNode:
    if meta.atomic:
        return SchemaNode(meta.label, meta.impact, atomic=True)
    fields = {
        name: replace(
            _build_node(info.annotation, _find_field_meta(info.metadata, FieldMeta(name, meta.impact))),
            default=_get_default(info),
        )
        for name, info in model.model_fields.items()
    }
    return SchemaNode(meta.label, meta.impact, fields=fields)


def _build_node(annotation: Any, meta: FieldMeta) -> SchemaNode:
    annotation, meta = _unwrap_annotation(annotation, meta)
    if meta.atomic:
        return SchemaNode(meta.label, meta.impact, atomic=True)
    if annotation is JsonValue:
        return SchemaNode(meta.label, meta.impact, free=True)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _build_record(annotation, meta)
    if get_origin(annotation) in (Mapping, typing.get_origin(typing.Mapping[str, str])):
        item = _build_node(get_args(annotation)[1], FieldMeta("", meta.impact))
        return SchemaNode(meta.label, meta.impact, items=item, renames=meta.renames)
    return SchemaNode(meta.label, meta.impact)


def _unwrap_annotation(annotation: Any, meta: FieldMeta) -> tuple[Any, FieldMeta]:
    """Remove `Annotated` and `| None`; the innermost metadata wins."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *metadata = get_args(annotation)
            meta = _find_field_meta(metadata, meta)
        elif get_origin(annotation) in (types.UnionType, typing.Union):
            rest = [part for part in get_args(annotation) if part is not type(None)]
            if len(rest) != 1:
                return str, meta
            annotation = rest[0]
        else:
            return annotation, meta


def _find_field_meta(metadata: list[Any], otherwise: FieldMeta) -> FieldMeta:
    return next((item for item in metadata if isinstance(item, FieldMeta)), otherwise)


def _get_default(info: FieldInfo) -> JsonValue:
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    if isinstance(default, tuple):
        return list(default)
    return default if isinstance(default, str | int | float) else None
