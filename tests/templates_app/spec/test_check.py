"""What keeps a document from being used is said all at once, each with its place."""

from typing import Any

import pytest

from templates_app.appspec.interpolation.render import effective
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.validation.validate import check, check_given, incomplete
from tests.specs import EMPTY, WEB_AND_DB, WEB_ON_TLS, WITH_REDIS, spec


def said(document: dict[str, Any], values: dict[str, str] | None = None) -> list[str]:
    return [str(fault) for fault in check(parse(document), values)]


@pytest.mark.parametrize("good", [EMPTY, WEB_AND_DB, WEB_ON_TLS, WITH_REDIS])
def test_good_documents_have_no_fault(good: Any) -> None:
    assert check(good) == ()
    assert check(good, {**effective(good.parameters, {}), "DB_PASSWORD": "x"}) == ()


def test_what_is_named_must_be_there() -> None:
    component = {
        "depends_on": {"db": {}, "maybe": {"required": False}},
        "networks": {"back": {}, "default": {}},
        "mounts": {"/d": {"source": "data"}, "/anonymous": {}, "/h": {"kind": "host", "source": "/srv"}},
    }
    shares = {"network_mode": "service:gone"}
    assert said({"components": {"web": component, "side": shares}}) == [
        "components.web.depends_on.db: there is no component db",
        "components.web.networks.back: there is no network back",
        "components.web.mounts./d: there is no volume data",
        "components.side.network_mode: there is no component gone",
    ]


def test_a_path_in_a_container_begins_at_its_root() -> None:
    mounts = {path: {"source": "d"} for path in ("d:/data", "data", "/data", "${PLACE}/d", "C:\\data")}
    document = {"components": {"web": {"mounts": mounts}}, "volumes": {"d": {}}, "parameters": {"PLACE": {}}}
    assert said(document) == [
        f"components.web.mounts.{path}: {path} is no path in a container: it has to begin with /"
        for path in ("d:/data", "data")
    ]


def test_a_circle_is_named_and_every_circle_is_found() -> None:
    needs = {"a": ["b"], "b": ["c"], "c": ["a"], "x": ["x"], "p": [], "q": ["p"]}
    components: dict[str, Any] = {key: {"depends_on": {item: {} for item in those}} for key, those in needs.items()}
    assert sorted(said({"components": components})) == [
        "components.a.depends_on: the components wait for each other: a → b → c → a",
        "components.x.depends_on: the components wait for each other: x → x",
    ]


def test_sharing_a_network_is_waiting_too() -> None:
    components = {"a": {"network_mode": "service:b"}, "b": {"depends_on": {"a": {}}}}
    assert said({"components": components}) == [
        "components.a.depends_on: the components wait for each other: a → b → a"
    ]


def ports(*bindings: tuple[str, str], replicas: int = 1) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for inside, binding in bindings:
        result.setdefault(inside, {})[binding] = {}
    return {"ports": result, "replicas": replicas}


@pytest.mark.parametrize(
    ("port", "other", "clash"),
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
def test_one_host_port_for_one(port: tuple[str, str], other: tuple[str, str], clash: bool) -> None:
    document = parse({"parameters": {"P": {}}, "components": {"a": ports(port), "b": ports(other)}})
    assert bool(check(document)) is clash


def test_a_clash_says_both_places() -> None:
    document = {"components": {"a": ports(("80/tcp", "127.0.0.1:8080")), "b": ports(("90/tcp", "8080"))}}
    assert said(document) == [
        (
            "components.b.ports.90/tcp.8080: "
            "8080/tcp is published twice: a, port 80/tcp published as 127.0.0.1:8080 has it too"
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
        "components.b.ports.80/tcp.8080: 8080/tcp is published twice: a, port 80/tcp published as 8080 has it too"
    ]


def test_what_is_no_port() -> None:
    document = {"components": {"a": ports(("x/tcp", "1"), ("80/tcp", "70000"), ("1-3/tcp", "1-2"))}}
    assert said(document) == [
        "components.a.ports.x/tcp: 'x' is not a port",
        "components.a.ports.80/tcp.70000: '70000' is not a port between 1 and 65535",
        "components.a.ports.1-3/tcp.1-2: 1-2 has not as many ports as 1-3",
    ]


def test_replicas_cannot_share_a_host_port() -> None:
    crowded = {"components": {"a": ports(("80/tcp", "8080"), replicas=3)}}
    assert said(crowded) == ["components.a.ports.80/tcp.8080: 3 replicas cannot all publish 8080/tcp"]
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
        "components.web.env.A: refers to ALSO, which is no parameter of this document",
        "components.web.env.A: refers to UNKNOWN, which is no parameter of this document",
        "components.web.env.B: '$' at character 1 starts no reference; write '$$' for a dollar sign",
        "components.web.config_files./in.content: refers to X, which is no parameter of this document",
        "volumes.data.name: refers to STAGE, which is no parameter of this document",
    ]


def test_two_things_at_one_path() -> None:
    component = {
        "mounts": {"/data": {}, "/data/": {"kind": "tmpfs"}},
        "config_files": {"/etc/../data": {}, "/etc/a": {}},
    }
    assert said({"components": {"web": component}}) == [
        "components.web.mounts./data/: something lies at this path already: web, mount /data",
        "components.web.config_files./etc/../data: something lies at this path already: web, mount /data",
    ]


def test_a_container_has_a_name_of_its_own() -> None:
    named = {"engine": {"container_name": "the-one"}}
    other = {"engine": {"container_name": "another"}}
    assert said({"components": {"a": named, "b": other, "c": named, "d": {}}}) == [
        "components.c.engine.container_name: 'the-one' is the name of a's container too; give one of them another"
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
        "parameters.A.default: a secret parameter has no default: no document holds a secret",
        "parameters.B.default: 'z' is not one of x",
        "parameters.C.fixed: a secret cannot be decided by the version",
    ]


def test_what_somebody_sets() -> None:
    parameters = {"FIXED": Parameter(fixed=True), "SIZE": Parameter(choices=("s", "m"))}
    provided = {"FIXED": "1", "SIZE": "xl", "NEVER": "1"}
    assert [str(fault) for fault in check_given(parameters, provided)] == [
        "parameters.FIXED: is decided by the version and cannot be set",
        "parameters.SIZE: 'xl' is not one of s, m",
        "parameters.NEVER: there is no parameter NEVER",
    ]
    assert check_given(parameters, {"SIZE": "s"}) == ()


def test_a_publication_needs_images() -> None:
    assert [fault.path for fault in incomplete(spec(web={"image": "web:1"}, built={}))] == ["components.built.image"]
