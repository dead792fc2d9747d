"""What keeps a document from being used is said all at once, each with its place."""

from typing import Any

import pytest

from templates_app.appspec.interpolation.render import get_effective_values
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.schema.parse import parse_spec
from templates_app.appspec.validation.validate import find_missing_values, validate_spec, validate_values
from tests.specs import EMPTY, WEB_AND_DB, WEB_ON_TLS, WITH_REDIS, spec


def said(document: dict[str, Any], values: dict[str, str] | None = None) -> list[str]:
    return [str(fault) for fault in validate_spec(parse_spec(document), values)]


@pytest.mark.parametrize("good", [EMPTY, WEB_AND_DB, WEB_ON_TLS, WITH_REDIS])
def test_good_documents_have_no_fault(good: Any) -> None:
    assert validate_spec(good) == ()
    assert validate_spec(good, {**get_effective_values(good.parameters, {}), "DB_PASSWORD": "x"}) == ()


def test_what_is_named_must_be_there() -> None:
    component = {
        "depends_on": {"db": {}, "maybe": {"required": False}},
        "networks": {"back": {}, "default": {}},
        "mounts": {"/d": {"source": "data"}, "/anonymous": {}, "/h": {"kind": "host", "source": "/srv"}},
    }
    shares = {"network_mode": "service:gone"}
    assert said({"components": {"web": component, "side": shares}}) == [
        "components.web.depends_on.db: unknown component db",
        "components.web.networks.back: unknown network back",
        "components.web.mounts./d: unknown volume data",
        "components.side.network_mode: unknown component gone",
    ]


def test_a_path_in_a_container_begins_at_its_root() -> None:
    mounts = {path: {"source": "d"} for path in ("d:/data", "data", "/data", "${PLACE}/d", "C:\\data")}
    document = {"components": {"web": {"mounts": mounts}}, "volumes": {"d": {}}, "parameters": {"PLACE": {}}}
    assert said(document) == [
        f"components.web.mounts.{path}: {path} is not an absolute container path" for path in ("d:/data", "data")
    ]


def test_a_circle_is_named_and_every_circle_is_found() -> None:
    needs = {"a": ["b"], "b": ["c"], "c": ["a"], "x": ["x"], "p": [], "q": ["p"]}
    components: dict[str, Any] = {key: {"depends_on": {item: {} for item in those}} for key, those in needs.items()}
    assert sorted(said({"components": components})) == [
        "components.a.depends_on: circular dependency: a → b → c → a",
        "components.x.depends_on: circular dependency: x → x",
    ]


def test_sharing_a_network_is_waiting_too() -> None:
    components = {"a": {"network_mode": "service:b"}, "b": {"depends_on": {"a": {}}}}
    assert said({"components": components}) == ["components.a.depends_on: circular dependency: a → b → a"]


def ports(*bindings: tuple[str, str], replicas: int = 1) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for inside, binding in bindings:
        result.setdefault(inside, {})[binding] = {}
    return {"ports": result, "replicas": replicas}


@pytest.mark.parametrize(
    ("item", "other", "clash"),
    [
        (("80/tcp", "8080"), ("80/tcp", "8080"), True),
        (("80/tcp", "8080"), ("80/udp", "8080"), False),
        (("80/tcp", "127.0.0.1:8080"), ("80/tcp", "8080"), True),
        (("80/tcp", "127.0.0.1:8080"), ("80/tcp", "127.0.0.2:8080"), False),
        (("80/tcp", "[::1]:8080"), ("80/tcp", "0.0.0.0:8080"), True),
        (("8000-8010/tcp", "8000-8010"), ("80/tcp", "8005"), True),
        (("8000-8010/tcp", "8000-8010"), ("80/tcp", "8011"), False),
        (("80/tcp", "8000-8010"), ("81/tcp", "8005"), False),
        (("80/tcp", ""), ("81/tcp", ""), False),
        (("80/tcp", "127.0.0.1:"), ("81/tcp", "127.0.0.1:"), False),
        (("${P}/tcp", "${P}"), ("80/tcp", "80"), False),
    ],
)
def test_one_host_port_for_one(item: tuple[str, str], other: tuple[str, str], clash: bool) -> None:
    document = parse_spec({"parameters": {"P": {}}, "components": {"a": ports(item), "b": ports(other)}})
    assert bool(validate_spec(document)) is clash


def test_a_clash_says_both_places() -> None:
    document = {"components": {"a": ports(("80/tcp", "127.0.0.1:8080")), "b": ports(("90/tcp", "8080"))}}
    assert said(document) == [
        (
            "components.b.ports.90/tcp.8080: 8080/tcp is also published by a, port 80/tcp published as 127.0.0.1:8080"
        )
    ]


def test_a_clash_that_only_the_values_make() -> None:
    document = {
        "parameters": {"PORT": {}},
        "components": {"a": ports(("80/tcp", "${PORT}")), "b": ports(("80/tcp", "8080"))},
    }
    assert said(document) == []
    assert said(document, {"PORT": "8081"}) == []
    assert said(document, {"PORT": "8080"}) == [
        "components.b.ports.80/tcp.8080: 8080/tcp is also published by a, port 80/tcp published as 8080"
    ]


def test_what_is_no_port() -> None:
    document = {"components": {"a": ports(("x/tcp", "1"), ("80/tcp", "70000"), ("1-3/tcp", "1-2"))}}
    assert said(document) == [
        "components.a.ports.x/tcp: 'x' is not a port",
        "components.a.ports.80/tcp.70000: '70000' is not a port between 1 and 65535",
        "components.a.ports.1-3/tcp.1-2: 1-2 has a different number of ports than 1-3",
    ]


def test_replicas_cannot_share_a_host_port() -> None:
    crowded = {"components": {"a": ports(("80/tcp", "8080"), replicas=3)}}
    assert said(crowded) == ["components.a.ports.80/tcp.8080: 3 replicas cannot publish 8080/tcp"]
    assert said({"components": {"a": ports(("80/tcp", ""), ("81/tcp", "8000-8009"), replicas=3)}}) == []


def test_references_must_be_readable_and_known() -> None:
    document = {
        "parameters": {"KNOWN": {}},
        "components": {
            "web": {
                "env": {"A": "${KNOWN} ${UNKNOWN:-${ALSO}}", "B": "$ 5", "C": "$$HOME"},
                "config_files": {"/raw": {"content": "$x"}, "/in": {"content": "${X}", "interpolate": True}},
            }
        },
        "volumes": {"data": {"name": "${STAGE}-data"}},
    }
    assert said(document) == [
        "components.web.env.A: refers to unknown parameter ALSO",
        "components.web.env.A: refers to unknown parameter UNKNOWN",
        "components.web.env.B: '$' at character 1 does not start a reference; write '$$' for a literal dollar sign",
        "components.web.config_files./in.content: refers to unknown parameter X",
        "volumes.data.name: refers to unknown parameter STAGE",
    ]


def test_two_things_at_one_path() -> None:
    component = {
        "mounts": {"/data": {}, "/data/": {"kind": "tmpfs"}},
        "config_files": {"/etc/../data": {}, "/etc/a": {}},
    }
    assert said({"components": {"web": component}}) == [
        "components.web.mounts./data/: this path is already used by web, mount /data",
        "components.web.config_files./etc/../data: this path is already used by web, mount /data",
    ]


def test_a_container_has_a_name_of_its_own() -> None:
    named = {"engine": {"container_name": "the-one"}}
    other = {"engine": {"container_name": "another"}}
    assert said({"components": {"a": named, "b": other, "c": named, "d": {}}}) == [
        "components.c.engine.container_name: 'the-one' is also the container name of a; change one of them"
    ]


def test_values_are_looked_at_only_when_given() -> None:
    document = {
        "parameters": {
            "MUST": {"required": True, "label": "The name"},
            "SIZE": {"choices": ["s", "m"]},
            "KEY": {"choices": ["k"], "secret": True},
        }
    }
    assert said(document) == []
    assert said(document, {"SIZE": "xl", "KEY": "hidden"}) == [
        "parameters.MUST: The name needs a value",
        "parameters.SIZE: 'xl' is not one of s, m",
        "parameters.KEY: the value is not one of k",
    ]


def test_faults_of_rendering_are_said_as_well() -> None:
    document = {"parameters": {"N": {}}, "components": {"web": {"replicas": "${N}", "env": {"A": "${N:?}"}}}}
    assert said(document, {"N": "x"}) == ["components.web.replicas: 'x' is not a whole number"]
    assert said(document, {}) == [
        "components.web.env.A: N needs a value",
        "components.web.replicas: '' is not a whole number",
    ]


def test_a_document_holds_no_secret_and_no_default_beside_its_choices() -> None:
    document = {
        "parameters": {
            "A": {"secret": True, "default": "x"},
            "B": {"default": "z", "choices": ["x"]},
            "C": {"secret": True, "fixed": True},
        }
    }
    assert said(document) == [
        "parameters.A.default: a secret parameter cannot have a default, because documents contain no secrets",
        "parameters.B.default: 'z' is not one of x",
        "parameters.C.fixed: a secret cannot be fixed by the version",
    ]


def test_what_somebody_sets() -> None:
    parameters = {"FIXED": Parameter(fixed=True), "SIZE": Parameter(choices=("s", "m"))}
    provided = {"FIXED": "1", "SIZE": "xl", "NEVER": "1"}
    assert [str(fault) for fault in validate_values(parameters, provided)] == [
        "parameters.FIXED: is fixed by the version and cannot be set",
        "parameters.SIZE: 'xl' is not one of s, m",
        "parameters.NEVER: unknown parameter NEVER",
    ]
    assert validate_values(parameters, {"SIZE": "s"}) == ()


def test_a_publication_needs_images() -> None:
    assert [fault.path for fault in find_missing_values(spec(web={"image": "web:1"}, built={}))] == [
        "components.built.image"
    ]
