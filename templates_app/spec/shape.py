"""The document's fields as a tree that diff, merge, forms and pages walk, read once from the models."""

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, JsonValue

from templates_app.spec.declare import Impact, Is
from templates_app.spec.model import AppSpec


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands at one place of the document.

    A record has `fields`; a map has `items` (one shape for all its entries); `free` is plain JSON, walked where both
    sides are maps; a leaf has none of them. Atomic records and maps are treated as leaves.
    """

    label: str = ""
    impact: Impact = Impact.RECREATE
    atomic: bool = False
    free: bool = False
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    items: "Shape | None" = None

    @property
    def is_leaf(self) -> bool:
        return self.atomic or not (self.free or self.fields or self.items)

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


def shape_at(path: tuple[str, ...]) -> Shape:
    """The shape at a path from the document's root. Raises KeyError."""
    shape = document_shape()
    for name in path:
        shape = shape.below(name)
    return shape


def _record(model: type[BaseModel], said: Is) -> Shape:
    if said.atomic:
        return Shape(said.label, said.impact, atomic=True)
    fields = {
        name: _shape(info.annotation, _said(info.metadata, inherited=said, name=name))
        for name, info in model.model_fields.items()
    }
    return Shape(said.label, said.impact, fields=fields)


def _shape(annotation: Any, said: Is) -> Shape:
    annotation, said = _unwrapped(annotation, said)
    if said.atomic:
        return Shape(said.label, said.impact, atomic=True)
    if annotation is JsonValue:
        return Shape(said.label, said.impact, free=True)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _record(annotation, said)
    if get_origin(annotation) in (Mapping, typing.get_origin(typing.Mapping[str, str])):
        item = _shape(get_args(annotation)[1], Is("", said.impact))
        return Shape(said.label, said.impact, items=item)
    return Shape(said.label, said.impact)


def _unwrapped(annotation: Any, said: Is) -> tuple[Any, Is]:
    """Takes `Annotated` and `| None` off; what stands nearest to the type speaks."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *metadata = get_args(annotation)
            said = _said(metadata, inherited=said, name=said.label)
        elif get_origin(annotation) in (types.UnionType, typing.Union):
            rest = [part for part in get_args(annotation) if part is not type(None)]
            if len(rest) != 1:
                return str, said
            annotation = rest[0]
        else:
            return annotation, said


def _said(metadata: list[Any], *, inherited: Is, name: str) -> Is:
    for one in metadata:
        if isinstance(one, Is):
            return one
    return Is(name, inherited.impact)
