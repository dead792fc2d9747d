"""Every field that the driver writes to a real engine is read back."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps_app.drivers.docker.deploy.driver import DockerDriver
from apps_app.formats.docker_inspect.inspect_document import NUMBER, PROJECT, SERVICE, InspectedEngine
from apps_app.formats.docker_inspect.read import read_engine
from templates_app.appspec.schema.parse import parse_component
from tests.apps_app.drivers.docker.support import engines
from tests.apps_app.drivers.docker.support.docker_app import DockerApp
from tests.apps_app.drivers.docker.test_payload_fields import FIELDS, apply_parts, part

pytestmark = pytest.mark.docker

NORMALIZED: dict[str, dict[str, Any]] = {
    "cpu": {"resources": {"cpu_limit": 0.5}},
    "deploy": {"restart": "always"},
    "aliases": {"networks": {"back": {"aliases": ["other"]}}},
    "shm_size": {"engine": {"shm_size": 32 << 20}},
}
"""Fields that are read back in an equivalent form."""
NOT_STORED = frozenset({"health_gate", "config_files"})
"""Fields that an engine does not store."""


@pytest.fixture
def docker_app() -> Iterator[DockerApp]:
    docker_app = DockerApp(engines.address())
    docker_app.clear()
    yield docker_app
    docker_app.clear()


@pytest.mark.parametrize("case", FIELDS)
def test_each_field_is_read_back(case: str, docker_app: DockerApp) -> None:
    fields, _, _ = FIELDS[case]
    assert isinstance(docker_app.driver, DockerDriver)
    existing = apply_parts(docker_app, part(**fields))
    read = read_engine(_as_of_compose(docker_app.driver.read_inspect_documents([existing["Id"]]))).spec.components[
        "web"
    ]
    data = NORMALIZED.get(case, fields)
    desired = parse_component({"image": "local/uplift-web:1", "stop": {"grace": "1s"}, **data}).plain
    result = {name: value for name, value in read.plain.items() if name not in NOT_STORED}
    assert result == {name: value for name, value in desired.items() if name not in NOT_STORED}


def _as_of_compose(documents: Any) -> InspectedEngine:
    """Return the documents with the labels of Compose instead of those of Uplift."""
    for kind in ("networks", "volumes"):
        for document in documents[kind].values():
            key = (document["Labels"] or {}).get(f"uplift.{kind[:-1]}")
            document["Labels"] = {f"com.docker.compose.{kind[:-1]}": key, PROJECT: "yard"} if key else {}
    for document in documents["containers"]:
        own = {name: text for name, text in document["Config"]["Labels"].items() if not name.startswith("uplift.")}
        document["Config"]["Labels"] = {**own, PROJECT: "yard", SERVICE: "web", NUMBER: "1"}
    return InspectedEngine(**{**documents, "containers": tuple(documents["containers"])})
