"""Places of a document in operators' words."""

import pytest
from hypothesis import given

from templates_app.appspec.interpolation.text_rewriter import find_texts
from templates_app.appspec.presentation.path_labels import describe_dotted_path, describe_fault, describe_path
from templates_app.appspec.schema.errors import Fault, join_path
from tests.templates_app.appspec.strategies import specs

WORDS = {
    "components.web": "component web",
    "components.web.image": "web, image",
    "components.web.ports.8080/tcp": "web, port 8080/tcp",
    "components.my.app.ports.80/tcp.127.0.0.1:8081": "my.app, port 80/tcp published as 127.0.0.1:8081",
    "components.web.ports.80/tcp.8080.mode": "web, port 80/tcp published as 8080, mode",
    "components.web.env.A.B": "web, variable A.B",
    "components.web.config_files./etc/app.conf.content": "web, config file /etc/app.conf",
    "components.web.mounts./data.size": "web, mount /data, size",
    "components.web.depends_on": "web, depends on",
    "components.web.depends_on.db": "web, dependency on db",
    "components.web.command.2": "web, command, word 3",
    "components.web.probes.liveness": "web, probe liveness",
    "components.web.probes.liveness.shell": "web, probe liveness",
    "components.web.resources.memory_limit": "web, resources, memory limit",
    "components.web.labels.com.example.x": "web, label com.example.x",
    "parameters.WORKERS": "parameter WORKERS",
    "volumes.data.driver": "volume data, driver",
    "services.web.portz": "services.web.portz",
    "compose.yaml, line 3": "compose.yaml, line 3",
}


@pytest.mark.parametrize(("path", "words"), WORDS.items())
def test_a_dotted_place_in_words(path: str, words: str) -> None:
    assert describe_dotted_path(path) == words


def test_a_fault_says_its_place_in_words() -> None:
    assert (
        describe_fault(Fault("components.web.ports.x/tcp", "'x' is not a port")) == "web, port x/tcp: 'x' is not a port"
    )
    assert describe_fault(Fault("", "there are none")) == "there are none"
    assert describe_fault("a sentence") == "a sentence"


@given(specs())
def test_no_place_of_a_component_is_left_without_words(spec) -> None:  # type: ignore[no-untyped-def]
    for key, component in spec.components.items():
        for inside, _ in find_texts(component, keys=False):
            path = ("components", key, *inside)
            assert describe_dotted_path(join_path(path)) == describe_path(path)
            assert "components." not in describe_path(path)
