"""What changed, as an operator reads it."""

from typing import Any

import pytest

from templates_app.appspec.diff.diff import ComponentChange, compare, component_change, diff
from templates_app.appspec.diff.field_change import Symbol, shown
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from tests.specs import DB_UPGRADED, EMPTY, WEB_AND_DB, WEB_ON_TLS, WEB_RENAMED, WITH_REDIS, changed, spec


def read(before: AppSpec, after: AppSpec) -> list[str]:
    return [f"{change.symbol} {change.sentence()}" for change in diff(before, after)]


def web(**fields: Any) -> AppSpec:
    return spec(web=fields)


def only_change(before: AppSpec, after: AppSpec) -> ComponentChange:
    return component_change("web", before.components["web"], after.components["web"])


def test_the_shop_gets_redis() -> None:
    assert read(WEB_AND_DB, WITH_REDIS) == [
        "+ component redis added",
        "+ env CACHE_URL added: redis://redis:6379",
        "− env OLD_CACHE_DIR removed",
        "+ depends on redis added",
        "+ volume cache added",
    ]


def test_the_shop_goes_to_tls() -> None:
    assert read(WEB_AND_DB, WEB_ON_TLS) == [
        "− ports 8000/tcp removed",
        "+ ports 8443/tcp added: 8443",
        "+ config files /etc/shop/tls.conf added",
    ]


def test_another_key_is_another_component() -> None:
    assert read(WEB_AND_DB, WEB_RENAMED) == ["+ component shop added", "− component web removed"]


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        (web(image="redis:7"), web(image="redis:8"), ["~ image redis:7 → redis:8"]),
        (web(), web(image="redis:8"), ["+ image added: redis:8"]),
        (web(user="1000"), web(), ["− user removed"]),
        (web(), web(replicas=3), ["~ replicas 1 → 3"]),
        (web(replicas=3), web(), ["~ replicas 3 → 1"]),
        (web(command=["a", "b"]), web(command=["a", "c"]), ["~ command a b → a c"]),
        (web(command=["a"]), web(command=[]), ["~ command a → (empty)"]),
        (web(), web(command=[]), ["+ command added: (empty)"]),
        (web(env={"A": None}), web(env={"A": ""}), ["~ env A none → (empty)"]),
        (web(env={"A": "x" * 81}), web(env={"A": "y"}), ["~ env A changed"]),
        (web(), web(env={"A": "1\n2"}), ["+ env A added"]),
        (
            web(),
            web(mounts={"/d": {"source": "x", "read_only": True}}),
            ["+ mounts /d added: source x, read_only yes", "+ volume x added"],
        ),
        (web(mounts={"/d": {}}), web(mounts={"/d": {"read_only": True}}), ["~ mounts /d read only no → yes"]),
        (web(), web(resources={"memory_limit": "1k"}), ["+ resources memory limit added: 1024"]),
        (web(), web(health_gate={"deadline": "1m"}), ["~ health gate deadline 5m → 1m"]),
        (
            web(engine={"ulimits": {"nofile": 1}}),
            web(engine={"ulimits": {"nofile": 2}}),
            ["~ engine ulimits nofile 1 → 2"],
        ),
        (web(engine={"x": {}}), web(engine={"x": {"a": [{}]}}), ["+ engine x a added: [{}]"]),
        (web(), web(depends_on={"db": {"condition": "healthy"}}), ["+ depends on db added: condition healthy"]),
        (
            parse({"parameters": {"P": {"default": "2"}}}),
            parse({"parameters": {"P": {"default": "4", "fixed": True}, "Q": {}}}),
            ["~ parameter P default 2 → 4", "~ parameter P fixed no → yes", "+ parameter Q added"],
        ),
    ],
)
def test_sentences(before: AppSpec, after: AppSpec, sentences: list[str]) -> None:
    assert read(before, after) == sentences


def test_a_change_has_an_address_a_label_and_both_values() -> None:
    (change,) = diff(web(env={"LOG_LEVEL": "info"}), web(env={"LOG_LEVEL": "debug"}))
    assert change.address == "components.web.env.LOG_LEVEL"
    assert change.label == "Environment LOG_LEVEL"
    assert (change.before, change.after, change.impact) == ("info", "debug", Impact.RECREATE)


def test_labels_outside_components() -> None:
    before, after = (
        parse({"volumes": {"data": {}}}),
        parse({"volumes": {"data": {"driver": "nfs"}}, "networks": {"n": {}}}),
    )
    assert [change.label for change in diff(before, after)] == ["Volume data Driver", "Network n"]


def test_every_component_of_either_side_is_laid_out() -> None:
    laid = compare(WEB_AND_DB, WITH_REDIS).components
    assert [(change.key, change.symbol) for change in laid] == [
        ("db", Symbol.UNCHANGED),
        ("redis", Symbol.ADDED),
        ("web", Symbol.CHANGED),
    ]
    assert compare(EMPTY, EMPTY).changes == ()


def test_a_component_on_neither_side_is_an_error() -> None:
    with pytest.raises(ValueError, match="neither"):
        component_change("web", None, None)


@pytest.mark.parametrize(
    ("fields", "impact"),
    [
        ({"name": "Web"}, Impact.NONE),
        ({"depends_on": {"db": {}}}, Impact.NONE),
        ({"ports": {"80/tcp": {}}}, Impact.RECREATE),
        ({"replicas": 2}, Impact.IN_PLACE),
        ({"restart": "always"}, Impact.IN_PLACE),
        ({"resources": {"devices": ["x"]}}, Impact.RECREATE),
        ({"name": "Web", "replicas": 2}, Impact.IN_PLACE),
        ({"replicas": 2, "env": {"A": "1"}}, Impact.RECREATE),
    ],
)
def test_the_impact_is_the_greatest_of_the_fields(fields: dict[str, Any], impact: Impact) -> None:
    assert only_change(web(), web(**fields)).impact is impact


def test_renaming_a_port_costs_nothing() -> None:
    before, after = web(ports={"80/tcp": {"80": {}}}), web(ports={"80/tcp": {"80": {"name": "http"}}})
    assert only_change(before, after).impact is Impact.NONE


def test_coming_and_going_is_the_whole_component() -> None:
    came, went = (
        component_change("db", None, WEB_AND_DB.components["db"]),
        component_change("db", WEB_AND_DB.components["db"], None),
    )
    assert (came.symbol, came.impact, came.data_at_risk) == (Symbol.ADDED, Impact.RECREATE, "")
    assert (went.symbol, went.impact, went.data_at_risk) == (Symbol.REMOVED, Impact.RECREATE, "")


def risk(**fields: Any) -> str:
    after = changed(WEB_AND_DB, "db", **fields)
    return component_change("db", WEB_AND_DB.components["db"], after.components["db"]).data_at_risk


def test_data_is_at_risk_when_its_reader_changes() -> None:
    changes = compare(WEB_AND_DB, DB_UPGRADED).components
    assert changes[0].data_at_risk == "data in volume data: image postgres:17 → postgres:18"
    assert risk(user="999") == "data in volume data: user not set → 999"


def test_data_is_at_risk_when_it_would_be_left_behind() -> None:
    path = "/var/lib/postgresql/data"
    assert risk(mounts={path: {"source": "other"}}) == f"data in volume data: {path} is on other instead of data"
    assert risk(mounts={path: {"kind": "tmpfs"}}) == f"data in volume data: {path} is on a tmpfs instead of data"
    assert risk(mounts=None) == f"data in volume data: nothing is mounted at {path} any more"


def test_data_is_not_at_risk_without_need() -> None:
    assert risk(env={"POSTGRES_USER": "other"}) == ""
    assert risk(image="postgres:18", data_compatible=True) == ""
    assert only_change(web(image="a"), web(image="b")).data_at_risk == ""
    read_only = {"/d": {"source": "x", "read_only": True}}
    assert only_change(web(image="a", mounts=read_only), web(image="b", mounts=read_only)).data_at_risk == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (True, "yes"),
        ("", "(empty)"),
        ([], "(empty)"),
        (["a", 1], "a 1"),
        ({}, ""),
        ({"8080": {}, "81": {}}, "8080, 81"),
        ({"source": "data", "read_only": True}, "source data, read_only yes"),
        ({"a": [{"b": 1}]}, '{"a": [{"b": 1}]}'),
    ],
)
def test_values_for_people(value: Any, text: str) -> None:
    assert shown(value) == text
