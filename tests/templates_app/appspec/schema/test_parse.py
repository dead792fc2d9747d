"""Plain data into documents: everything that is wrong is said at once, each with its place."""

import json
from typing import Any

import pytest

from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.parse import MAX_BYTES, parse_component, parse_spec, parse_spec_json
from templates_app.appspec.schema.serialize import compute_digest, compute_keyed_digest, to_canonical_json, to_plain
from tests.specs import DB_UPGRADED, WEB_AND_DB


def faults(data: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        parse_spec(data)
    return [str(fault) for fault in caught.value.faults]


def test_all_faults_come_at_once_with_their_paths() -> None:
    component = {
        "imag": "x",
        "replicas": "many",
        "env": {"A=B": "1", "": "2", "C": 3},
        "ports": {"80": {}},
        "mounts": {"/d": {"kind": "nfs", "size": "big"}},
        "probes": {"liveness": {}, "startup": {"tcp": 1, "shell": "x"}},
        "health_gate": {"deadline": "soon"},
        "config_files": {"/a": {"mode": "rw"}},
    }
    assert sorted(faults({"components": {"web": component, "a b": {}}, "format": 2})) == [
        (
            "components.a b: 'a b' has an invalid format: letters, digits, '.', '_' and '-', starting with a letter or digit, at most 63"
        ),
        "components.web.config_files./a.mode: 'rw' is not a mode such as 0444",
        "components.web.env.: must not be empty",
        "components.web.env.A=B: 'A=B' must not contain '='",
        "components.web.env.C: must be text",
        "components.web.health_gate.deadline: 'soon' is not a duration such as 30s or 1m30s",
        "components.web.imag: is not a known field",
        "components.web.mounts./d.kind: must be 'volume', 'tmpfs' or 'host'",
        "components.web.mounts./d.size: 'big' is not a size such as 512m or 2g",
        "components.web.ports.80: '80' has an invalid format",
        "components.web.probes.liveness: needs exactly one of command, shell, http or tcp",
        "components.web.probes.startup: needs exactly one of command, shell, http or tcp",
        "components.web.replicas: 'many' is not a whole number",
        "format: must be 1",
    ]


def test_a_component_alone_has_its_place_before_each_fault() -> None:
    with pytest.raises(SpecError, match=r"^components\.web\.replicas: 'x' is not a whole number$"):
        parse_component({"replicas": "x"}, "components.web")


@pytest.mark.parametrize(
    ("field", "provided", "read"),
    [
        ("replicas", "3", 3),
        ("replicas", "${N}", "${N}"),
        ("resources", {"memory_limit": "1.5g"}, {"memory_limit": 1610612736}),
        ("resources", {"cpu_limit": "0.5"}, {"cpu_limit": 0.5}),
        ("mounts", {"/d": {"read_only": "yes"}}, {"/d": {"read_only": True}}),
        ("mounts", {"/d": {"mode": 0o1777}}, {"/d": {"mode": "1777"}}),
        ("config_files", {"/a": {"mode": "0o440"}}, {"/a": {"mode": "0440"}}),
        ("stop", {"grace": "1m30s"}, {"grace": "1m30s"}),
        ("kind", "job", "job"),
    ],
)
def test_the_spellings_of_one_value_are_read_alike(field: str, provided: Any, read: Any) -> None:
    assert to_plain(parse_component({field: provided}))[field] == read


@pytest.mark.parametrize("number", ["nan", "inf", float("nan"), float("inf"), True, "1_0", "٣"])
def test_numbers_are_finite_and_plain(number: Any) -> None:
    with pytest.raises(SpecError, match="is not a number"):
        parse_component({"resources": {"cpu_limit": number}})


def test_a_job_runs_at_the_start_unless_it_says_so() -> None:
    assert parse_component({"kind": "job"}).run == "start"
    assert parse_component({"kind": "job", "run": "pre_upgrade"}).run == "pre_upgrade"


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null", "[]", '"x"', b"\xff\xfe\x00"])
def test_what_is_no_document(text: str | bytes) -> None:
    with pytest.raises(SpecError):
        parse_spec_json(text)


def test_a_document_has_a_largest_size() -> None:
    with pytest.raises(SpecError, match="larger than 8 MiB"):
        parse_spec_json(b" " * (MAX_BYTES + 1))


def test_the_canonical_form_is_one_text_for_one_document() -> None:
    shuffled = json.loads(to_canonical_json(WEB_AND_DB))
    shuffled["components"] = dict(reversed(shuffled["components"].items()))
    shuffled["components"]["db"]["replicas"] = 1
    assert to_canonical_json(parse_spec(shuffled)) == to_canonical_json(WEB_AND_DB)
    assert (
        to_canonical_json(parse_spec({"parameters": {"A": {"label": "ä"}}}))
        == '{"parameters":{"A":{"label":"ä"}}}'.encode()
    )


def test_digests_tell_documents_apart_and_keyed_ones_tell_nothing() -> None:
    assert compute_digest(WEB_AND_DB) != compute_digest(DB_UPGRADED)
    assert compute_digest(WEB_AND_DB).startswith("sha256:")
    assert compute_keyed_digest(WEB_AND_DB, b"salt") != compute_keyed_digest(WEB_AND_DB, b"other")
    assert compute_keyed_digest(WEB_AND_DB, b"salt") == compute_keyed_digest(to_plain(WEB_AND_DB), b"salt")


def test_a_copy_has_a_plain_form_of_its_own() -> None:
    before = WEB_AND_DB.components["db"]
    assert before.plain["image"] == "postgres:17"
    assert before.model_copy(update={"image": "postgres:18"}).plain["image"] == "postgres:18"
    assert before.plain["image"] == "postgres:17"
    assert before == parse_component(before.plain)
