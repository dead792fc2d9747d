"""An application told in a version's words: what it means stays."""

from typing import Any

import pytest

from templates_app.appspec.diff.diff import diff
from templates_app.appspec.interpolation.render import render
from templates_app.appspec.linking.equivalence import Held
from templates_app.appspec.linking.link import Attached, attach
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from tests.specs import WEB_AND_DB, WEB_ON_TLS, changed

LITERAL = parse(
    {
        "parameters": {"PG": {"secret": True}},
        "components": {
            "web": {
                "image": "shop/web:1.0",
                "env": {"DATABASE_URL": "postgres://shop:${PG}@db/shop", "WORKERS": "4", "OLD_CACHE_DIR": "/tmp/cache"},
                "ports": {"8000/tcp": {"8080": {}}},
                "depends_on": {"db": {"condition": "healthy"}},
            },
            "db": {**WEB_AND_DB.components["db"].plain, "env": {"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": "${PG}"}},
        },
        "volumes": {"data": {}},
    }
)
"""The shop as somebody wrote it by hand, with a password called otherwise."""


def attached(
    application: AppSpec = LITERAL,
    *,
    to: AppSpec = WEB_AND_DB,
    set_here: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
    runs: bool = False,
) -> Attached:
    held = Held(application, {"PG": "s3cret"} if set_here is None else set_here)
    return attach(to, held, held if runs else Held(), given or {}, sorted(application.components) if runs else [])


def changes(of: Attached, to: AppSpec = WEB_AND_DB) -> list[str]:
    return [f"{change.address}: {change.sentence()}" for change in diff(to, of.desired)]


def single_component(env: dict[str, Any], **fields: Any) -> AppSpec:
    return parse({"components": {"web": {"image": "shop/web:1.0", "env": env}}, **fields})


def test_at_rest_it_takes_the_versions_words_and_keeps_what_differs() -> None:
    linked_spec = attached()
    assert changes(linked_spec) == ["components.web.env.OLD_CACHE_DIR: env OLD_CACHE_DIR /var/cache/shop → /tmp/cache"]
    assert linked_spec.wanted == {"DB_PASSWORD": "s3cret", "WORKERS": "4"}
    assert linked_spec.inferred["WORKERS"].places == (("components", "web", "env", "WORKERS"),)
    assert linked_spec.applied == AppSpec()
    assert linked_spec.applied_values == {}


def test_what_runs_keeps_the_names_of_its_secrets() -> None:
    linked_spec = attached(runs=True)
    assert linked_spec.desired == linked_spec.applied
    assert linked_spec.wanted == linked_spec.applied_values == {"DB_PASSWORD": "s3cret", "WORKERS": "4"}
    before, after = (
        render(spec, {"WORKERS": "4", "WEB_IMAGE": "shop/web:1.0"}) for spec in (LITERAL, linked_spec.applied)
    )
    assert before.components == after.components
    assert "parameters.PG: parameter PG added: secret yes" in changes(linked_spec)


def test_a_literal_that_is_the_default_follows_the_version() -> None:
    linked_spec = attached(changed(LITERAL, "web", env={**LITERAL.components["web"].env, "WORKERS": "2"}))
    assert "WORKERS" not in linked_spec.wanted
    assert linked_spec.desired.components["web"].env["WORKERS"] == "${WORKERS}"


def test_another_value_of_a_fixed_parameter_opens_it() -> None:
    """The version decides the image; the application has its own, under the same name."""
    own = WEB_AND_DB.parameters["WEB_IMAGE"].model_copy(update={"default": "shop/web:0.9"})
    application = WEB_AND_DB.model_copy(update={"parameters": {**WEB_AND_DB.parameters, "WEB_IMAGE": own}})
    linked_spec = attached(application, set_here={"DB_PASSWORD": "x"})
    assert changes(linked_spec) == ["parameters.WEB_IMAGE.fixed: parameter WEB_IMAGE fixed yes → no"]
    assert linked_spec.wanted == {"DB_PASSWORD": "x", "WEB_IMAGE": "shop/web:0.9"}


def test_a_literal_image_stays_where_the_version_decides_another() -> None:
    linked_spec = attached(changed(LITERAL, "web", image="shop/web:1.0-hotfix"))
    assert "components.web.image: image ${WEB_IMAGE} → shop/web:1.0-hotfix" in changes(linked_spec)


def test_places_that_do_not_agree_are_left_to_the_operator() -> None:
    to = single_component({"A": "${LEVEL}", "B": "${LEVEL}"}, parameters={"LEVEL": {"default": "info"}})
    linked_spec = attached(single_component({"A": "debug", "B": "warn"}), to=to)
    assert [(parameter.value, parameter.places) for parameter in linked_spec.contradicting["LEVEL"]] == [
        ("debug", (("components", "web", "env", "A"),)),
        ("warn", (("components", "web", "env", "B"),)),
    ]
    assert linked_spec.wanted == {}
    assert changes(linked_spec, to) == [
        "components.web.env.A: env A ${LEVEL} → debug",
        "components.web.env.B: env B ${LEVEL} → warn",
    ]
    chosen = attached(single_component({"A": "debug", "B": "warn"}), to=to, given={"LEVEL": "debug"})
    assert chosen.wanted == {"LEVEL": "debug"}
    assert changes(chosen, to) == ["components.web.env.B: env B ${LEVEL} → warn"]


def test_an_inline_default_is_told_as_the_version_tells_it() -> None:
    to = single_component({"A": "${LEVEL:-info}"}, parameters={"LEVEL": {}})
    assert attached(single_component({"A": "info"}), to=to).desired == to
    assert attached(single_component({"A": "info"}), to=to).wanted == {}
    assert attached(single_component({"A": "debug"}), to=to).wanted == {"LEVEL": "debug"}


def test_a_default_of_the_version_does_not_reach_what_had_none() -> None:
    """Both say `${LEVEL:-info}`; only the version has a value for it."""
    to = single_component({"A": "${LEVEL:-info}", "B": "${LEVEL:-none}"}, parameters={"LEVEL": {"default": "debug"}})
    here = single_component({"A": "${LEVEL:-info}", "B": "${LEVEL:-none}"}, parameters={"LEVEL": {}})
    for runs in (False, True):
        linked_spec = attached(here, to=to, set_here={}, runs=runs)
        assert render(linked_spec.desired, {"LEVEL": "debug"}).components["web"].env == {"A": "info", "B": "none"}


def test_a_secret_never_becomes_a_plain_value() -> None:
    to = single_component({"A": "${TOKEN}"}, parameters={"TOKEN": {}})
    here = single_component({"A": "${KEY}"}, parameters={"KEY": {"secret": True}})
    linked_spec = attached(here, to=to, set_here={"KEY": "s3cret"})
    assert linked_spec.wanted == {}
    assert "s3cret" not in str(linked_spec)
    same = attached(
        single_component({"A": "${TOKEN}"}, parameters={"TOKEN": {"secret": True}}), to=to, set_here={"TOKEN": "s3cret"}
    )
    assert same.desired.parameters["TOKEN"].secret
    assert same.wanted == {"TOKEN": "s3cret"}


def test_a_literal_secret_is_moved_out_where_nothing_runs_and_known_where_it_does() -> None:
    to = single_component({"A": "${TOKEN}"}, parameters={"TOKEN": {"secret": True}})
    at_rest, running = (
        attached(single_component({"A": "hunter2"}), to=to),
        attached(single_component({"A": "hunter2"}), to=to, runs=True),
    )
    assert at_rest.desired == to
    assert running.applied.components["web"].env == {"A": "hunter2"}
    assert at_rest.wanted == running.wanted == {"TOKEN": "hunter2"}


def test_ports_paths_and_files_are_found_under_keys_with_references() -> None:
    to = changed(
        WEB_ON_TLS,
        "web",
        ports={"8443/tcp": {"${PORT:-8443}": {}}},
        mounts={"${HOME_DIR}/cache": {"kind": "tmpfs"}},
        config_files={"/etc/shop/tls.conf": {"content": "listen ${TLS_PORT};\ncost $$1\n", "interpolate": True}},
    )
    more = parse({"parameters": {"PORT": {}, "HOME_DIR": {"default": "/srv"}, "TLS_PORT": {"default": "443"}}})
    to = to.model_copy(update={"parameters": {**to.parameters, **more.parameters}})
    here = changed(
        WEB_ON_TLS,
        "web",
        ports={"8443/tcp": {"9443": {}}},
        mounts={"/srv/cache": {"kind": "tmpfs"}},
        config_files={"/etc/shop/tls.conf": {"content": "listen 8443;\ncost $1\n"}},
    )
    linked_spec, running = (attached(here, to=to, set_here={"DB_PASSWORD": "x"}, runs=runs) for runs in (False, True))
    assert linked_spec.desired == to
    assert linked_spec.wanted == running.wanted == {"DB_PASSWORD": "x", "PORT": "9443", "TLS_PORT": "8443"}
    assert {change.path[3] for change in diff(to, running.desired)} == {"/etc/shop/tls.conf"}, "a raw file is another"


def test_own_parameters_stay_while_they_are_used() -> None:
    here = single_component(
        {"A": "${OWN}", "B": "${LEVEL}"}, parameters={"OWN": {"default": "1"}, "LEVEL": {"default": "x"}}
    )
    to = single_component({"B": "${DEPTH}"}, parameters={"DEPTH": {"default": "x"}})
    assert attached(here, to=to, set_here={}).desired.parameters.keys() == {"DEPTH", "OWN"}


def test_what_is_still_to_come_finds_its_volume() -> None:
    to = parse({"components": {"web": {"image": "a"}}, "volumes": {"later": {"driver": "local"}}})
    assert attached(single_component({}), to=to).desired.volumes.keys() == {"later"}


def test_a_network_that_the_application_uses_undefined_stays_undefined() -> None:
    to = parse({"components": {"web": {"image": "shop/web:1.0"}}, "networks": {"default": {"driver": "overlay"}}})
    linked_spec = attached(single_component({}), to=to, runs=True)
    assert linked_spec.applied.networks == {}


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"NOTHING": "1"}, "there is no parameter NOTHING"),
        ({"WEB_IMAGE": "x"}, "is decided by the version"),
        ({"DB_PASSWORD": "other"}, "DB_PASSWORD has a value here"),
    ],
)
def test_refuses_values_that_cannot_be_set(given: dict[str, str], fault: str) -> None:
    with pytest.raises(SpecError, match=fault):
        attached(WEB_AND_DB, set_here={"DB_PASSWORD": "x"}, given=given)
