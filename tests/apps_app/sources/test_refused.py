"""What is no Compose project is refused in words for a person, all faults at once, quickly."""

import pytest

from apps_app.formats.compose.errors import ComposeError
from apps_app.formats.compose.read import read_compose

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def faults(text: str | bytes, **others: str) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    files = {"compose.yaml": content} | {f"{name}.yaml": other.encode() for name, other in others.items()}
    with pytest.raises(ComposeError) as caught:
        read_compose(files, "compose.yaml")
    return [str(fault) for fault in caught.value.faults]


def service(text: str) -> str:
    return f"services:\n  web: {{image: x, {text}}}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services:\n  web: [\n", "compose.yaml, line 3: this is not YAML"),
        ("services:\n\tweb: x\n", "compose.yaml, line 2: this is not YAML"),
        (b"services: {web: {image: \xff}}", "compose.yaml is not UTF-8 text (byte 25)"),
        ("services: \0", "compose.yaml: this is not YAML"),
        ("- a\n", "the top level must be a map"),
        ("", "services: there are none"),
        ("services: {}\n", "services: there are none"),
        ("services:\n  1: {image: x}\n", "services: a key must be text; put it in quotes (compose.yaml, line 2)"),
        ("a: &a [*a]\n", "'*a' refers to no anchor that ends before it"),
        ("x: &x 5\nservices: {web: {<<: *x}}\n", "'<<' merges maps only"),
        (BOMB, "more than 200,000 values once its aliases are followed"),
        ("x: " + "[" * 3000, "nested deeper than 100 levels"),
        ("x: " + "{a: " * 3000, "nested deeper than 100 levels"),
        (b" " * (8 * 1024 * 1024 + 1), "compose.yaml is larger than 8 MiB"),
        (service("portz: []"), "services.web.portz: is not a key that Compose knows here; did you mean 'ports'?"),
        (service("ports: {a: 1}"), "services.web.ports: is a map; it must be a list"),
        (service("volumes: [{type: bindd}]"), 'services.web.volumes.0.type: is "bindd"; it must be one of bind'),
        (service("volumes: [{source: x}]"), "services.web.volumes.0: lacks 'type'"),
        (service("environment: "), "services.web.environment: is empty"),
        ("services: {'a b': {image: x}}\n", "services.a b: is not a name that Compose allows"),
        ("services: {_a: {image: x}}\n", "services._a: a name starts with a letter or digit"),
        (service("command: '$ x'"), "services.web.command: '$' at character 1 starts no reference"),
        (service("command: 'a \"b'"), "services.web.command: has a quote that is not closed"),
        (service("ports: ['99999:80']"), "services.web.ports: '99999:80'"),
        (service("ports: ['1-3:1-2']"), "pairs 3 ports of the host with 2 of the container"),
        (service("ports: ['300.1.1.1:80:80']"), "'300.1.1.1' is not an IP address"),
        (service("ports: ['80/icmp']"), "'icmp' is not one of tcp, udp, sctp"),
        (service("ports: ['1-60000']"), "is a range of 60000 ports"),
        (service("volumes: ['${NOWHERE}:/x']"), "has an empty part between its colons"),
        (service("volumes: ['data:/d']"), "the volume 'data' is not defined under volumes"),
        (service("volumes: ['/a:/x', '/b:/x/']"), "services.web.volumes: two mounts at /x"),
        (service("networks: [n]"), "the network 'n' is not defined under networks"),
        (service("secrets: [s]"), "'s' is not defined under secrets"),
        (service("depends_on: [db]"), "there is no service 'db'"),
        (service("env_file: no.env"), "services.web.env_file: no.env was not given"),
        (service("shm_size: much"), "services.web.shm_size: 'much' is not a size"),
        (service("mem_limit: lots"), "services.web.resources.memory_limit"),
        (service("init: perhaps"), "services.web.init: 'perhaps' is not true or false"),
        (service("healthcheck: {test: [curl]}"), "must start with CMD, CMD-SHELL or NONE"),
        (service("network_mode: host, networks: [default]"), "services.web.network_mode: cannot stand beside networks"),
        (service("mem_limit: 1g, deploy: {resources: {limits: {memory: 2g}}}"), "says another value than deploy"),
        (service("container_name: one, scale: 2"), "can be given to one container only"),
        ("secrets: {s: {environment: 'a b'}}\n" + service("secrets: [s]"), "secrets.s.environment: 'a b' is no name"),
        (service("image: '${" + "A" * 121 + "}'").replace("image: x, ", ""), "have at most 120 characters"),
        ("services: {web: {command: x}}\n", "services.web: has neither an image nor a build"),
        (service("extends: {service: web}"), "services.web.extends: goes in a circle: web → web"),
        (service("extends: nobody"), "there is no service 'nobody' in compose.yaml"),
        (service("extends: {service: a, file: no.yaml}"), "the file no.yaml was not given"),
        ("include: [compose.yaml]\n" + service("init: true"), "include: goes in a circle"),
        ("include: [no.yaml]\n" + service("init: true"), "the file no.yaml was not given"),
    ],
)
def test_fault_is_said_with_its_place(text: str | bytes, said: str) -> None:
    assert said in "\n".join(faults(text))


def test_all_faults_are_said_at_once() -> None:
    misspelt = "is not a key that Compose knows here; did you mean"
    assert faults(service("portz: [], enviroment: {}, command: {a: 1}") + "servcies: {}\n") == [
        f"servcies: {misspelt} 'services'? (compose.yaml, line 3)",
        "services.web.command: is a map; it must be a list or nothing or text (compose.yaml, line 2)",
        f"services.web.enviroment: {misspelt} 'environment'? (compose.yaml, line 2)",
        f"services.web.portz: {misspelt} 'ports'? (compose.yaml, line 2)",
    ]


def test_key_that_is_there_twice_is_a_fault() -> None:
    assert faults("services:\n  web: {image: a}\n  web: {image: b}\n") == [
        "services.web: is there twice (compose.yaml, line 3)"
    ]


def test_circle_through_two_files_is_found() -> None:
    other = "services: {b: {extends: {service: web, file: compose.yaml}, image: y}}\n"
    assert "goes in a circle" in faults(service("extends: {service: b, file: other.yaml}"), other=other)[0]
    assert "goes in a circle" in faults("include: [other.yaml]\n", other="include: [compose.yaml]\n")[0]


def test_inactive_service_that_is_needed_is_a_fault() -> None:
    text = "services:\n  web: {image: x, depends_on: [db]}\n  db: {image: y, profiles: [off]}\n"
    assert faults(text) == ["services.web.depends_on: there is no service 'db'"]
    assert set(read_compose({"c.yaml": text.encode()}, "c.yaml", profiles=["off"]).spec.components) == {"web", "db"}


def test_env_file_of_the_import_is_refused_with_its_line() -> None:
    with pytest.raises(ComposeError, match=r"\.env, line 2: 'not a name' is not a name followed by '='"):
        read_compose({"c.yaml": service("init: true").encode()}, "c.yaml", b"A=1\nnot a name=2\n")
