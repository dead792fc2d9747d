"""What the driver writes is what the reader of engines reads: every field, on a real engine."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps_app.drivers.docker.deploy.driver import DockerDriver
from apps_app.formats.docker_inspect.inspect_document import NUMBER, PROJECT, SERVICE, Found
from apps_app.formats.docker_inspect.read import read_engine
from templates_app.appspec.schema.parse import parse_component
from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.test_carrying import CARRIED, part, put
from tests.apps_app.drivers.docker.yard import Yard

pytestmark = pytest.mark.docker

OTHERWISE: dict[str, dict[str, Any]] = {
    "cpu": {"resources": {"cpu_limit": 0.5}},
    "deploy": {"restart": "always"},
    "aliases": {"networks": {"back": {"aliases": ["other"]}}},
    "shm_size": {"engine": {"shm_size": 32 << 20}},
}
"""Said in other words, and meaning the same."""
UNSAID = frozenset({"health_gate", "config_files"})
"""What an engine does not keep."""


@pytest.fixture
def yard() -> Iterator[Yard]:
    yard = Yard(engines.address())
    yard.clear()
    yield yard
    yard.clear()


@pytest.mark.parametrize("case", CARRIED)
def test_each_field_comes_back(case: str, yard: Yard) -> None:
    fields, _, _ = CARRIED[case]
    assert isinstance(yard.driver, DockerDriver)
    existing = put(yard, part(**fields))
    read = read_engine(_as_of_compose(yard.driver.look([existing["Id"]]))).spec.components["web"]
    data = OTHERWISE.get(case, fields)
    desired = parse_component({"image": "local/uplift-web:1", "stop": {"grace": "1s"}, **data}).plain
    result = {name: value for name, value in read.plain.items() if name not in UNSAID}
    assert result == {name: value for name, value in desired.items() if name not in UNSAID}


def _as_of_compose(documents: Any) -> Found:
    """The same things, as if Compose had started them and not Uplift."""
    for kind in ("networks", "volumes"):
        for document in documents[kind].values():
            key = (document["Labels"] or {}).get(f"uplift.{kind[:-1]}")
            document["Labels"] = {f"com.docker.compose.{kind[:-1]}": key, PROJECT: "yard"} if key else {}
    for document in documents["containers"]:
        own = {name: text for name, text in document["Config"]["Labels"].items() if not name.startswith("uplift.")}
        document["Config"]["Labels"] = {**own, PROJECT: "yard", SERVICE: "web", NUMBER: "1"}
    return Found(**{**documents, "containers": tuple(documents["containers"])})
