"""The document's fields as a tree that diff, merge, forms and pages walk, read once from the models."""

import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from templates_app.appspec.schema.field_meta import Impact, Is
from templates_app.appspec.schema.model import AppSpec


@dataclass(frozen=True)
class Shape:
    """What stands at one place of the document.

    A record has `fields`; a map has `items` (one shape for all its entries); `free` is plain JSON, walked where both
    sides are maps; a leaf has none of them. Atomic records and maps are treated as leaves. `default` is what a field
    of a record is where the plain form leaves it out.
    """

    label: str = ""
    impact: Impact = Impact.RECREATE
    atomic: bool = False
    free: bool = False
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    items: "Shape | None" = None
    renames: bool = False
    default: JsonValue = None

    @cached_property
    def is_record(self) -> bool:
        return bool(self.fields) and not self.atomic

    @cached_property
    def is_leaf(self) -> bool:
        return self.atomic or not (self.free or self.fields or self.items)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """As people read them: a record's fields as the model declares them, a map's entries by name."""
        provided = set(names)
        known = [name for name in self.fields if name in provided]
        return known if len(known) == len(provided) else sorted(provided)

    def below(self, name: str) -> "Shape":
        """The shape one step down. Raises KeyError for what the document does not know."""
        if self.free:
            return self
        return self.items if self.items is not None else self.fields[name]


@cache
def document_shape() -> Shape:
    """The whole document's."""
    return _record(AppSpec, Is("Application"))


@cache
def component_shape() -> Shape:
    """One component's."""
    return document_shape().fields["components"].below("")


def label(path: tuple[str, ...]) -> str:
    """A place of the document in people's words: "Environment LOG_LEVEL", "Parameter WORKERS Default"."""
    if path[:1] == ("components",) and len(path) > 2:
        return " ".join(_labels(component_shape(), path[2:]))
    return " ".join([_SINGULAR.get(path[0], path[0]), *_labels(document_shape().below(path[0]), path[1:])])


_SINGULAR = {"components": "Component", "parameters": "Parameter", "volumes": "Volume", "networks": "Network"}


def spoken(shape: Shape, path: tuple[str, ...]) -> Iterator[str]:
    """The steps of a path below a shape: fields by their names with blanks, keys as they are."""
    for name in path:
        yield name.replace("_", " ") if shape.is_record else name
        shape = shape.below(name)


def _labels(shape: Shape, path: tuple[str, ...]) -> Iterator[str]:
    for name in path:
        known = shape.fields.get(name)
        yield known.label if known is not None and known.label else name
        shape = shape.below(name)


def _record(model: type[BaseModel], meta: Is) -> Shape:
    if meta.atomic:
        return Shape(meta.label, meta.impact, atomic=True)
    fields = {
        name: replace(_shape(info.annotation, _said(info.metadata, Is(name, meta.impact))), default=_default(info))
        for name, info in model.model_fields.items()
    }
    return Shape(meta.label, meta.impact, fields=fields)


def _shape(annotation: Any, meta: Is) -> Shape:
    annotation, meta = _unwrapped(annotation, meta)
    if meta.atomic:
        return Shape(meta.label, meta.impact, atomic=True)
    if annotation is JsonValue:
        return Shape(meta.label, meta.impact, free=True)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _record(annotation, meta)
    if get_origin(annotation) in (Mapping, typing.get_origin(typing.Mapping[str, str])):
        item = _shape(get_args(annotation)[1], Is("", meta.impact))
        return Shape(meta.label, meta.impact, items=item, renames=meta.renames)
    return Shape(meta.label, meta.impact)


def _unwrapped(annotation: Any, meta: Is) -> tuple[Any, Is]:
    """Takes `Annotated` and `| None` off; what stands nearest to the type speaks."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *metadata = get_args(annotation)
            meta = _said(metadata, meta)
        elif get_origin(annotation) in (types.UnionType, typing.Union):
            rest = [part for part in get_args(annotation) if part is not type(None)]
            if len(rest) != 1:
                return str, meta
            annotation = rest[0]
        else:
            return annotation, meta


def _said(metadata: list[Any], otherwise: Is) -> Is:
    return next((item for item in metadata if isinstance(item, Is)), otherwise)


def _default(info: FieldInfo) -> JsonValue:
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    if isinstance(default, tuple):
        return list(default)
    return default if isinstance(default, str | int | float) else None
