"""Values into documents, and documents into what a target gets."""

import pytest

from templates_app.appspec.interpolation.render import (
    effective,
    parameters_at,
    render,
    reveal,
    settled,
    used_parameters,
)
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.schema.parse import parse
from tests.specs import WEB_AND_DB, WEB_ON_TLS

PARAMETERS = {
    "FIXED": Parameter(default="one", fixed=True),
    "ASKED": Parameter(default="two"),
    "OPEN": Parameter(required=True),
}


def test_fixed_parameters_ignore_what_was_given_and_asked_ones_take_it() -> None:
    provided = {"FIXED": "mine", "ASKED": "mine", "UNKNOWN": "x"}
    assert effective(PARAMETERS, provided) == {"FIXED": "one", "ASKED": "mine"}


def test_an_asked_parameter_follows_its_default_until_it_is_set() -> None:
    assert effective(PARAMETERS, {}) == {"FIXED": "one", "ASKED": "two"}
    assert effective(PARAMETERS, {"ASKED": "", "OPEN": "x"}) == {"FIXED": "one", "ASKED": "", "OPEN": "x"}


def test_rendering_replaces_open_values_and_leaves_secrets() -> None:
    web = render(WEB_AND_DB, effective(WEB_AND_DB.parameters, {"WORKERS": "8"})).components["web"]
    assert web.image == "shop/web:1.0"
    assert web.env["WORKERS"] == "8"
    assert web.env["DATABASE_URL"] == "postgres://shop:${DB_PASSWORD}@db/shop"


def test_rendering_twice_is_rendering_once() -> None:
    values = {"WORKERS": "a$b", "WEB_IMAGE": "shop/web:1.0", "DB_PASSWORD": "must not be used"}
    once = render(WEB_AND_DB, values)
    assert once.components["web"].env["WORKERS"] == "a$$b"
    assert render(once, values) == once
    assert "must not be used" not in str(once)


def test_parts_without_references_stay_the_same_objects() -> None:
    rendered = render(WEB_ON_TLS, effective(WEB_ON_TLS.parameters, {}))
    assert rendered.volumes["data"] is WEB_ON_TLS.volumes["data"]


def test_a_raw_config_file_is_never_touched_and_an_interpolated_one_is() -> None:
    files = {
        "/raw": {"content": "cost $1 ${WORKERS} $$"},
        "/cooked": {"content": "workers=${WORKERS} $$", "interpolate": True},
        "/coded": {"content": "JHs=", "encoding": "base64", "interpolate": True},
    }
    document = parse({"parameters": {"WORKERS": {}}, "components": {"web": {"config_files": files}}})
    web = render(document, {"WORKERS": "2"}).components["web"]
    assert web.config_files["/raw"].content == "cost $1 ${WORKERS} $$"
    assert web.config_files["/cooked"].content == "workers=2 $$"
    plain = reveal(web, {})
    assert plain.config_files["/raw"].content == "cost $1 ${WORKERS} $$"
    assert plain.config_files["/cooked"].content == "workers=2 $"
    assert not plain.config_files["/cooked"].interpolate


def test_typed_fields_are_read_again_after_rendering() -> None:
    component = {
        "replicas": "${N}",
        "resources": {"memory_limit": "${MEMORY}"},
        "mounts": {"/d": {"read_only": "${RO}"}},
    }
    document = parse({"components": {"web": component}})
    web = render(document, {"N": "3", "MEMORY": "512m", "RO": "true"}).components["web"]
    assert (web.replicas, web.resources.memory_limit, web.mounts["/d"].read_only) == (3, 512 * 1024**2, True)


def test_all_faults_of_rendering_come_at_once() -> None:
    document = parse(
        {
            "components": {
                "web": {"replicas": "${N}", "env": {"A": "${MUST:?say it}", "B": "${", "${X}": "1", "${Y}": "2"}},
                "db": {"resources": {"memory_limit": "${M}"}},
            }
        }
    )
    with pytest.raises(SpecError) as caught:
        render(document, {"N": "many", "M": "huge", "X": "SAME", "Y": "SAME"})
    assert [str(fault) for fault in caught.value.faults] == [
        "components.web.env.A: MUST needs a value: say it",
        "components.web.env.B: '${' at character 1 is not followed by a name",
        "components.web.env.${Y}: is there twice: as 'SAME' too, once its references are replaced",
        "components.web.replicas: 'many' is not a whole number",
        "components.db.resources.memory_limit: 'huge' is not a size such as 512m or 2g",
    ]


def test_keys_are_rendered_too() -> None:
    document = parse({"components": {"web": {"ports": {"${PORT}/tcp": {"127.0.0.1:${PORT}": {}}}}}})
    ports = render(document, {"PORT": "80"}).components["web"].plain["ports"]
    assert ports == {"80/tcp": {"127.0.0.1:80": {}}}


def test_a_kept_secret_has_its_default_rendered() -> None:
    document = parse(
        {
            "parameters": {"TOKEN": {"secret": True}, "HOST": {}},
            "components": {"web": {"env": {"A": "${TOKEN:-at ${HOST}}", "B": "${HOST:-${TOKEN}}"}}},
        }
    )
    env = render(document, {"HOST": "h"}).components["web"].env
    assert env == {"A": "${TOKEN:-at h}", "B": "h"}
    assert render(document, {}).components["web"].env == {"A": "${TOKEN:-at }", "B": "${TOKEN}"}
    with pytest.raises(SpecError, match="cannot stand inside"):
        render(document, {"HOST": "a}b"})


def test_revealing_puts_secrets_in_and_makes_dollars_plain() -> None:
    web = render(WEB_AND_DB, {"WORKERS": "a$b", "WEB_IMAGE": "shop/web:1.0"}).components["web"]
    plain = reveal(web, {"DB_PASSWORD": "p$w$$d"})
    assert plain.env["DATABASE_URL"] == "postgres://shop:p$w$$d@db/shop"
    assert plain.env["WORKERS"] == "a$b"


def test_revealing_says_which_secret_is_demanded() -> None:
    component = parse({"components": {"web": {"env": {"A": "${TOKEN:?}"}}}}).components["web"]
    with pytest.raises(SpecError, match=r"env\.A: TOKEN needs a value"):
        reveal(component, {})


def test_used_parameters_and_where() -> None:
    web = WEB_AND_DB.components["web"]
    assert used_parameters(web) == {"WEB_IMAGE", "DB_PASSWORD", "WORKERS"}
    assert parameters_at(web, ("image",)) == {"WEB_IMAGE"}
    assert parameters_at(web, ("env", "WORKERS")) == {"WORKERS"}
    assert parameters_at(web, ("env", "NEVER")) == frozenset()


def test_settling_replaces_some_references_and_leaves_all_others_as_they_are_written() -> None:
    text = "${TAG}-${HOST:-${TAG}}-$$x-${DB_PASSWORD?}"
    component = parse({"components": {"web": {"image": "web:$TAG", "env": {"A": text}}}}).components["web"]
    now = settled(component, {"TAG": "1$0"})
    assert now.image == "web:1$$0"
    assert now.env["A"] == "1$$0-${HOST:-1$$0}-$$x-${DB_PASSWORD?}"
    assert used_parameters(now) == {"HOST", "DB_PASSWORD"}
