"""Every field of the document says once how people call it, and what its change costs."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from templates_app.appspec.schema import component, model
from templates_app.appspec.schema.component import Record
from templates_app.appspec.schema.field_meta import Impact, Is
from templates_app.appspec.schema.schema_tree import Shape, component_shape, document_shape, label
from templates_app.appspec.schema.serialize import tree

RECORDS = [
    kind
    for module in (component, model)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Record) and kind is not Record
]


def shape_at(path: tuple[str, ...]) -> Shape:
    shape = document_shape()
    for name in path:
        shape = shape.below(name)
    return shape


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_declares_its_label(record: type[BaseModel]) -> None:
    for name, info in record.model_fields.items():
        data = [item for item in info.metadata if isinstance(item, Is)]
        assert len(data) == 1, name
        assert data[0].label[:1].isupper(), name


def test_every_impact_has_a_sentence() -> None:
    assert all(impact.sentence for impact in Impact)


def leaves(shape: Shape, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Shape]]:
    if shape.is_leaf or shape.free:
        yield path, shape
    elif shape.items is not None:
        yield from leaves(shape.items, (*path, "*"))
    else:
        for name, below in shape.fields.items():
            yield from leaves(below, (*path, name))


def test_every_default_of_the_shape_is_the_models() -> None:
    plain = component.ComponentSpec().model_dump(mode="json")
    for path, shape in leaves(component_shape()):
        if "*" not in path:
            value = plain
            for name in path:
                value = value[name]
            assert shape.default == value, path


@pytest.mark.parametrize(
    "path",
    [
        ("components", "web", "command"),
        ("components", "web", "image"),
        ("components", "web", "entrypoint"),
        ("components", "web", "probes", "liveness"),
        ("parameters", "A", "choices"),
        ("networks", "n", "ipam"),
    ],
)
def test_what_merges_whole(path: tuple[str, ...]) -> None:
    assert shape_at(path).is_leaf


@pytest.mark.parametrize(
    "path",
    [
        ("components", "web", "env"),
        ("components", "web", "ports", "80/tcp"),
        ("components", "web", "engine", "ulimits"),
        ("components", "web", "resources"),
        ("volumes", "data", "labels"),
    ],
)
def test_what_is_walked_into(path: tuple[str, ...]) -> None:
    assert not shape_at(path).is_leaf


def test_what_the_document_does_not_know() -> None:
    with pytest.raises(KeyError):
        shape_at(("components", "web", "imag"))


def test_labels() -> None:
    assert label(("components", "web")) == "Component web"
    assert label(("components", "web", "env", "A")) == "Environment A"
    assert label(("components", "web", "mounts", "/d", "read_only")) == "Mounts /d Read only"
    assert label(("parameters", "A", "default")) == "Parameter A Default"
    assert label(("networks", "back")) == "Network back"


def test_an_empty_document_has_an_empty_plain_form() -> None:
    assert tree(model.AppSpec()) == {}
    assert document_shape() is document_shape()
