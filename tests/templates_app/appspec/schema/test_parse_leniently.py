"""What can be read of a document that is broken in the database."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_leniently, parse_spec
from templates_app.appspec.schema.serialize import check_storable, to_plain
from tests.specs import WEB_AND_DB

PLAIN = json.loads(json.dumps(to_plain(WEB_AND_DB)))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def test_a_whole_document_is_read_whole() -> None:
    assert parse_leniently(PLAIN) == (WEB_AND_DB, ())


def test_a_volume_of_no_name_is_left_out_and_told() -> None:
    spec, faults = parse_leniently({**PLAIN, "volumes": {**PLAIN["volumes"], "/etc": {}}})
    assert spec == WEB_AND_DB
    assert [fault.path for fault in faults] == ["volumes./etc"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ports", {"x": {}}),
        ("replicas", "many"),
        ("probes", {"liveness": {"http": {}}}),
        ("bogus", 1),
        ("command", [1, 2]),
        ("mounts", "none"),
    ],
)
def test_one_bad_field_costs_only_that_field(field: str, value: object) -> None:
    web = {**PLAIN["components"]["web"], field: value}
    spec, faults = parse_leniently({**PLAIN, "components": {**PLAIN["components"], "web": web}})
    assert faults
    assert spec.components["web"].image == WEB_AND_DB.components["web"].image
    assert spec.components["db"] == WEB_AND_DB.components["db"]


@given(JSON, st.sampled_from(("parameters", "components", "volumes", "networks", "other")))
def test_nothing_is_too_broken_to_be_read(value: object, section: str) -> None:
    spec, faults = parse_leniently({**PLAIN, section: value})
    assert parse_spec(to_plain(spec)) == spec
    assert faults or parse_leniently({**PLAIN, section: value}).spec == parse_spec({**PLAIN, section: value})


@given(JSON)
def test_what_is_no_document_at_all_is_an_empty_one(value: object) -> None:
    assert parse_spec(to_plain(parse_leniently(value).spec)) == parse_leniently(value).spec


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_no_database_keeps_is_refused_at_its_place(text: str) -> None:
    web = WEB_AND_DB.components["web"].model_copy(update={"env": {"TEXT": text}})
    with pytest.raises(SpecError) as caught:
        check_storable(AppSpec(components={"web": web}))
    assert [fault.path for fault in caught.value.faults] == ["components.web.env.TEXT"]
