"""What is found on a target, laid over the texts that Uplift keeps: references stay, secrets are sealed, edits wait."""

from typing import Any

import pytest

from apps_app.drivers.base import Found
from templates_app.appspec.schema.model import Parameter, Volume
from templates_app.appspec.schema.parse import parse_component
from tests.specs import WEB_AND_DB, changed
from upgrades_app.engine.drift.drift import Kept, found_rows, keep
from upgrades_app.engine.inputs.planning_input import Side
from upgrades_app.engine.inputs.rendered_side import view

SECRETS = {"DB_PASSWORD": "Zq7-very-secret"}
APPLIED = Side(WEB_AND_DB, {"WORKERS": "8"}, SECRETS)


def found(key: str = "web", **fields: Any) -> Found:
    """The component as it is applied, rendered, with these fields otherwise."""
    existing = view(APPLIED).spec.components[key].plain
    return Found(parse_component({**existing, **fields}))


def kept(live: Found, desired: Side = APPLIED, key: str = "web") -> Kept:
    return keep(APPLIED, desired, key, live)


def sentences(drift: Kept, key: str = "web") -> list[str]:
    return [row.sentence() for row in found_rows(view(APPLIED), drift, key)]


def env(**more: str) -> dict[str, str]:
    return {**{name: text or "" for name, text in view(APPLIED).spec.components["web"].env.items()}, **more}


def test_what_does_not_differ_keeps_its_references() -> None:
    drift = kept(found(user="1000"))
    assert drift.applied.spec == changed(WEB_AND_DB, "web", user="1000")
    assert drift.desired.spec == drift.applied.spec
    assert sentences(drift) == ["user added: 1000"]


def test_what_differs_is_text_of_its_own() -> None:
    drift = kept(found(image="shop/web:2.0", env=env(WORKERS="16")))
    web = drift.applied.spec.components["web"]
    assert (web.image, web.env["WORKERS"]) == ("shop/web:2.0", "16")
    assert sentences(drift) == ["image shop/web:1.0 → shop/web:2.0", "env WORKERS 8 → 16"]


def test_a_key_with_a_reference_stays_and_moves() -> None:
    spec = changed(WEB_AND_DB, "web", ports={"8000/tcp": {"${PORT}": {}}, "9000/tcp": {"${PORT}1": {}}})
    spec = spec.model_copy(update={"parameters": {**spec.parameters, "PORT": Parameter(default="80")}})
    applied = Side(spec, secrets=SECRETS)
    existing = view(applied).spec.components["web"].plain
    ports: dict[str, Any] = {"8000/tcp": {"80": {}}, "9000/tcp": {"802": {}}}
    drift = keep(applied, applied, "web", Found(parse_component({**existing, "ports": ports})))
    assert drift.applied.spec.components["web"].plain["ports"] == {"8000/tcp": {"${PORT}": {}}, "9000/tcp": {"802": {}}}


def test_another_value_where_a_secret_stood_is_sealed_under_a_name_of_its_own() -> None:
    """The password is also the database's, which is as it was."""
    drift = kept(found(env=env(DATABASE_URL="postgres://shop:An0ther-secret@db/shop")))
    assert drift.secrets == {"WEB_DATABASE_URL": "An0ther-secret"}
    assert drift.applied.spec.components["web"].env["DATABASE_URL"] == "postgres://shop:${WEB_DATABASE_URL}@db/shop"
    assert drift.desired.spec.parameters["WEB_DATABASE_URL"].secret
    assert "An0ther" not in "".join(sentences(drift))
    assert drift.applied.secrets["DB_PASSWORD"] == "Zq7-very-secret"


def test_the_only_place_of_a_secret_gets_its_new_value() -> None:
    alone = changed(WEB_AND_DB, "web", env={"TOKEN": "${API_TOKEN}"})
    alone = alone.model_copy(update={"parameters": {**alone.parameters, "API_TOKEN": Parameter(secret=True)}})
    applied = Side(alone, secrets={**SECRETS, "API_TOKEN": "old-T0ken-value"})
    live = Found(parse_component({**view(applied).spec.components["web"].plain, "env": {"TOKEN": "new-T0ken-value"}}))
    drift = keep(applied, applied, "web", live)
    assert drift.applied.spec == alone
    assert drift.secrets == {"API_TOKEN": "new-T0ken-value"}
    assert drift.desired.secrets["API_TOKEN"] == "new-T0ken-value"
    rows = found_rows(view(applied), drift, "web")
    assert [row.sentence() for row in rows] == ["secret API_TOKEN •••••• → another value"]


@pytest.mark.parametrize("text", ["Zq7-very-secret", "postgres://shop:Zq7-very-secret@other/shop"])
def test_a_secret_that_was_copied_elsewhere_is_a_reference_again(text: str) -> None:
    drift = kept(found(env=env(COPY=text)))
    assert "Zq7-very-secret" not in f"{drift.applied.spec}{drift.desired.spec}"
    assert "Zq7-very-secret" not in "".join(sentences(drift))


def test_what_looks_like_a_credential_is_sealed() -> None:
    drift = kept(found(env=env(API_TOKEN="ghp_16C7e42F292c6912E7710c838347Ae178B4a")))
    assert drift.secrets == {"API_TOKEN": "ghp_16C7e42F292c6912E7710c838347Ae178B4a"}
    assert sentences(drift) == ["env API_TOKEN added: ••••••"]


@pytest.mark.parametrize(
    ("was", "now", "kept_as", "secrets"),
    [
        pytest.param(["${API_TOKEN}"], ["-v", "${API_TOKEN}"], ["-v", "${API_TOKEN}"], {}, id="moved on"),
        pytest.param(
            ["--token", "${API_TOKEN}"],
            ["-v", "--token", "new"],
            ["-v", "--token", "${API_TOKEN}"],
            {"API_TOKEN": "new"},
            id="moved on, and another",
        ),
        pytest.param(
            ["${API_TOKEN}"],
            ["-v", "new"],
            ["${WEB_0}", "${WEB_1}"],
            {"WEB_0": "-v", "WEB_1": "new"},
            id="nobody knows which",
        ),
        pytest.param(
            ["${API_TOKEN}", "x"], ["x", "new"], ["x", "${WEB_1}"], {"WEB_1": "new"}, id="none where one stood"
        ),
    ],
)
def test_a_secret_in_a_command_that_was_put_together_anew(
    was: list[str], now: list[str], kept_as: list[str], secrets: dict[str, str]
) -> None:
    spec = changed(WEB_AND_DB, "web", command=was)
    spec = spec.model_copy(update={"parameters": {**spec.parameters, "API_TOKEN": Parameter(secret=True)}})
    applied = Side(spec, secrets={**SECRETS, "API_TOKEN": "old"})
    live = Found(parse_component({**view(applied).spec.components["web"].plain, "command": now}))
    drift = keep(applied, applied, "web", live)
    assert drift.applied.spec.components["web"].plain["command"] == kept_as
    assert drift.secrets == secrets
    assert "new" not in "".join(row.sentence() for row in found_rows(view(applied), drift, "web"))


def test_an_edit_that_waits_stays_and_is_told() -> None:
    edited = Side(changed(WEB_AND_DB, "web", image="shop/web:3.0"), APPLIED.values, SECRETS)
    drift = kept(found(image="shop/web:2.0", user="1000"), edited)
    assert drift.applied.spec.components["web"].image == "shop/web:2.0"
    web = drift.desired.spec.components["web"]
    assert (web.image, web.user) == ("shop/web:3.0", "1000")
    assert [decision.path for decision in drift.edited] == [("components", "web", "image")]
    assert "yours, edited here too" in sentences(drift)[0]


def test_what_others_edit_meanwhile_is_left_alone() -> None:
    edited = Side(changed(WEB_AND_DB, "db", image="postgres:18"), APPLIED.values, SECRETS)
    drift = kept(found(user="1000"), edited)
    assert drift.desired.spec.components["db"].image == "postgres:18"
    assert drift.applied.spec.components["db"].image == "postgres:17"


def test_a_volume_that_it_uses_there_comes_along() -> None:
    live = found(mounts={"/more": {"source": "other"}})
    drift = kept(Found(live.component, {"other": Volume(external=True, name="other")}))
    assert drift.desired.spec.volumes["other"] == Volume(external=True, name="other")
    assert drift.applied.spec.volumes == drift.desired.spec.volumes


def test_a_port_that_is_published_elsewhere_is_one_change() -> None:
    assert sentences(kept(found(ports={"8000/tcp": {"8081": {}}}))) == ["ports 8000/tcp 8080 → 8081"]
    assert sentences(kept(found(image="shop/web:2", ports={"8000/tcp": {"8081": {}}}, user="1")))[::2] == [
        "image shop/web:1.0 → shop/web:2",
        "ports 8000/tcp 8080 → 8081",
    ]
    assert sentences(kept(found(ports={"8000/tcp": {}}))) == ["ports 8000/tcp removed"]
    assert sentences(kept(found(ports={"8000/tcp": {"8080": {}, "8081": {}}}))) == ["ports 8000/tcp added: 8081"]
