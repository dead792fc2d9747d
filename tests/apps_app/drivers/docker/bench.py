"""The Docker Engine as a target of the contract suite, and what the engine's own API says about it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import docker

from apps_app.drivers.base import Driver, Placement
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.docker import engines

TEST_UIDS = ("11111111-aaaa", "22222222-bbbb")


class DockerBench:
    kind = "docker"
    keeps_unfinished = True

    def __init__(self, path: Path) -> None:
        engines.stand_ins()
        self.api = engines.api()
        self.clear()

    def driver(self) -> Driver:
        return open_driver("docker", {"address": engines.address(), "gate": "1s"}, "")

    def change_by_hand(self, app: Placement, key: str) -> None:
        for container in self.containers(app, key):
            network = next(iter(container["NetworkSettings"]["Networks"]))
            self.api.disconnect_container_from_network(container["Id"], network)

    def set_env_by_hand(self, app: Placement, key: str, **env: str) -> None:
        for container in self.containers(app, key):
            remade(
                self.api,
                container,
                Env=[*container["Config"]["Env"], *(f"{name}={text}" for name, text in env.items())],
            )

    def take_away_by_hand(self, app: Placement, key: str) -> None:
        for container in self.containers(app, key):
            self.api.remove_container(container["Id"], force=True)

    def readable(self) -> Iterator[bytes]:
        """All that the engine shows but the environment, which the document asks for, and the files inside."""
        for container in self.containers():
            del container["Config"]["Env"]
            yield json.dumps(container).encode()
            yield json.dumps(self.api.inspect_image(container["Image"])).encode()
            yield json.dumps(self.api.top(container["Id"]) if container["State"]["Running"] else {}).encode()
        yield json.dumps(self.api.volumes()).encode()
        yield json.dumps(self.api.networks()).encode()

    def containers(self, app: Placement | None = None, key: str = "") -> list[dict[str, Any]]:
        """As the engine shows them, those of an application or of the tests'."""
        desired = {"uplift.uid": app.uid} if app else {}
        desired |= {"uplift.key": key} if key else {}
        filters = {"label": [f"{name}={value}" for name, value in desired.items()] or ["uplift.uid"]}
        result = [
            self.api.inspect_container(container["Id"]) for container in self.api.containers(all=True, filters=filters)
        ]
        return [item for item in result if app or is_a_tests(item["Config"]["Labels"])]

    def clear(self) -> None:
        """Takes away everything of the tests' applications."""
        filters = {"label": ["uplift.uid"]}
        for container in self.containers():
            self.api.remove_container(container["Id"], force=True, v=True)
        for volume in self.api.volumes(filters=filters)["Volumes"] or []:
            if is_a_tests(volume["Labels"]):
                self.api.remove_volume(volume["Name"], force=True)
        for network in self.api.networks(filters=filters):
            if is_a_tests(network["Labels"]):
                self.api.remove_network(network["Id"])


def remade(api: docker.APIClient, item: Mapping[str, Any], **config: Any) -> str:
    """Another container in the place of this one, with its name, labels, networks and all else but this; its id."""
    api.remove_container(item["Id"], force=True)
    ends = {
        name: {"Aliases": [alias for alias in end["Aliases"] or [] if alias != item["Id"][:12]]}
        for name, end in item["NetworkSettings"]["Networks"].items()
    }
    data = {name: text for name, text in item["Config"].items() if name != "Hostname"}
    networking = {"NetworkingConfig": {"EndpointsConfig": ends}}
    document = {**data, "HostConfig": item["HostConfig"], **networking, **config}
    label = str(api.create_container_from_config(document, item["Name"].removeprefix("/"))["Id"])
    api.start(label)
    return label


def is_a_tests(labels: Mapping[str, str]) -> bool:
    uid = labels.get("uplift.uid", "")
    return uid in TEST_UIDS or uid.startswith("uid-") or uid == "other-uid"
