"""Client of one Docker Engine. Every method raises DriverError and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import docker
from docker.utils import parse_repository_tag
from pydantic import JsonValue

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api.adoption_labels import inspect_adopted_containers
from apps_app.drivers.docker.api.connection import RESPONSE_TIMEOUT, EngineAddress, connect
from apps_app.drivers.docker.api.errors import is_missing, translate_errors
from apps_app.drivers.docker.api.labels import PREFIX
from apps_app.drivers.docker.api.models import (
    ContainerSummary,
    EngineContainer,
    EngineImage,
    EngineInfo,
    EngineNetwork,
    EngineVolume,
    InspectTree,
)

if TYPE_CHECKING:
    from apps_app.drivers.docker.api.snapshot import AnyEngine


class Engine:
    """Connects on the first request."""

    def __init__(self, address: EngineAddress) -> None:
        self.address = address

    def translated_errors(self) -> AbstractContextManager[None]:
        return translate_errors(self.address.url)

    @cached_property
    def _api(self) -> docker.APIClient:
        with self.translated_errors():
            return connect(self.address)

    @property
    def api_version(self) -> tuple[int, int]:
        major, _, minor = self._api.api_version.partition(".")
        return int(major), int(minor)

    def get_info(self) -> EngineInfo:
        with self.translated_errors():
            return EngineInfo.model_validate(self._api.info())

    def inspect(self, kind: Literal["container", "image", "network", "volume"], name: str) -> InspectTree | None:
        """Return the inspect document of a resource, or None."""
        inspect: Callable[[str], JsonValue] = getattr(self._api, f"inspect_{kind}")
        with self.translated_errors():
            value = _get_or_none(lambda: inspect(name))
        return value if isinstance(value, dict) else None

    # Containers

    def inspect_containers(self, **labels: str) -> tuple[EngineContainer, ...]:
        """Return all containers with these labels (`uid="…"` is the label uplift.uid), running or not, adopted ones
        included, ordered by name."""
        return inspect_with_adopted(self, **labels)

    def list_containers(self, **labels: str) -> tuple[ContainerSummary, ...]:
        with self.translated_errors():
            result = self._api.containers(all=True, filters=_build_filters(labels))
        return tuple(sorted(map(ContainerSummary.model_validate, result), key=lambda container: container.name))

    def list_volume_users(self, volume: str) -> tuple[ContainerSummary, ...]:
        """Return all containers that mount a volume, running or not, managed by Uplift or not."""
        with self.translated_errors():
            result = self._api.containers(all=True, filters={"volume": [volume]})
        return tuple(sorted(map(ContainerSummary.model_validate, result), key=lambda container: container.name))

    def list_network_users(self, network: str) -> tuple[str, ...]:
        """Return the names of all containers in a network, running or not, managed by Uplift or not."""
        with self.translated_errors():
            result = self._api.containers(all=True, filters={"network": [network]})
        return tuple(sorted(ContainerSummary.model_validate(item).name for item in result))

    def get_container(self, name: str) -> EngineContainer | None:
        with self.translated_errors():
            value = _get_or_none(lambda: self._api.inspect_container(name))
        return None if value is None else EngineContainer.model_validate(value)

    def create_container(self, name: str, config: Mapping[str, JsonValue], platform: str | None = None) -> str:
        with self.translated_errors():
            created: str = self._api.create_container_from_config(dict(config), name, platform)["Id"]
            return created

    def start(self, container: str) -> None:
        with self.translated_errors():
            self._api.start(container)

    def stop(self, container: str, grace: int | None = None) -> None:
        """Stop a container; `grace` in seconds, by default the container's own grace period."""
        with self.translated_errors():
            url = f"{self._url}/containers/{container}/stop"
            params = {} if grace is None else {"t": grace}
            self._raise(self._api.post(url, params=params, timeout=None))

    def restart(self, container: str) -> None:
        with self.translated_errors():
            self._raise(self._api.post(f"{self._url}/containers/{container}/restart", timeout=None))

    def rename(self, container: str, name: str) -> None:
        with self.translated_errors():
            self._api.rename(container, name)

    def update(self, container: str, settings: Mapping[str, JsonValue]) -> None:
        """Change resource limits and the restart policy of a running container."""
        with self.translated_errors():
            url = f"{self._url}/containers/{container}/update"
            self._raise(self._api.post(url, json=dict(settings), timeout=RESPONSE_TIMEOUT))

    def remove(self, container: str) -> None:
        """Remove a container, running or not, and keep its volumes."""
        try:
            with self.translated_errors():
                self._api.remove_container(container, force=True, v=False)
        except DriverError as error:
            if not is_missing(error):
                raise

    def read_logs(self, container: str, lines: int) -> bytes:
        with self.translated_errors():
            content: bytes = self._api.logs(container, stdout=True, stderr=True, tail=lines)
            return content

    def run_command(self, container: str, command: Sequence[str], timeout: float) -> tuple[int, str]:
        """Run a command in a container; return its exit code and output."""
        with self.translated_errors():
            created = self._api.exec_create(container, list(command))
            output: bytes = self._api.exec_start(created["Id"])
            code = self._api.exec_inspect(created["Id"])["ExitCode"]
        return (1 if code is None else int(code)), output.decode(errors="replace").strip()

    # Files

    def has_path(self, container: str, path: str) -> bool:
        with self.translated_errors():
            url = f"{self._url}/containers/{container}/archive"
            response = self._api.head(url, params={"path": path}, timeout=RESPONSE_TIMEOUT)
            if response.status_code == 404:
                return False
            self._raise(response)
            return True

    def put_archive(self, container: str, archive: bytes) -> None:
        """Extract a tar archive at the root; a directory is never replaced by a file."""
        with self.translated_errors():
            url = f"{self._url}/containers/{container}/archive"
            params = {"path": "/", "noOverwriteDirNonDir": "1"}
            self._raise(self._api.put(url, params=params, data=archive, timeout=RESPONSE_TIMEOUT))

    # Images

    def get_image(self, reference: str) -> EngineImage | None:
        with self.translated_errors():
            value = _get_or_none(lambda: self._api.inspect_image(reference))
        return None if value is None else EngineImage.model_validate(value)

    def inspect_registry_image(self, reference: str) -> InspectTree:
        """Return what the registry knows about an image: its platforms."""
        auth_config = self._build_auth_config(reference)
        with self.translated_errors():
            result: InspectTree = self._api.inspect_distribution(reference, auth_config=auth_config)
            return result

    def pull(self, reference: str, platform: str | None = None) -> Iterator[Mapping[str, JsonValue]]:
        """Pull an image and yield the progress messages of the engine."""
        repository, tag = parse_repository_tag(reference)
        with self.translated_errors():
            yield from self._api.pull(
                repository,
                tag=tag or "latest",
                stream=True,
                decode=True,
                auth_config=self._build_auth_config(reference),
                platform=platform,
            )

    def _build_auth_config(self, reference: str) -> dict[str, str]:
        host = parse_registry_host(reference)
        credentials = self.address.credentials.get(host)
        if credentials is None:
            return {}
        return {"username": credentials.username, "password": credentials.password, "serveraddress": host}

    # Volumes and networks

    def list_volumes(self, **labels: str) -> tuple[EngineVolume, ...]:
        with self.translated_errors():
            result = self._api.volumes(filters=_build_filters(labels))["Volumes"] or []
        return tuple(sorted(map(EngineVolume.model_validate, result), key=lambda volume: volume.name))

    def get_volume(self, name: str) -> EngineVolume | None:
        with self.translated_errors():
            value = _get_or_none(lambda: self._api.inspect_volume(name))
        return None if value is None else EngineVolume.model_validate(value)

    def create_volume(self, name: str, labels: Mapping[str, str], driver: str, options: Mapping[str, str]) -> None:
        with self.translated_errors():
            self._api.create_volume(name, driver=driver or "local", driver_opts=dict(options), labels=dict(labels))

    def remove_volume(self, name: str) -> None:
        try:
            with self.translated_errors():
                self._api.remove_volume(name)
        except DriverError as error:
            if not is_missing(error):
                raise

    def list_networks(self, **labels: str) -> tuple[EngineNetwork, ...]:
        with self.translated_errors():
            result = self._api.networks(filters=_build_filters(labels))
        return tuple(sorted(map(EngineNetwork.model_validate, result), key=lambda network: network.name))

    def get_network(self, name: str) -> EngineNetwork | None:
        """Return the network with exactly this name: the engine itself also matches prefixes of ids."""
        with self.translated_errors():
            result = self._api.networks(names=[name])
        networks = map(EngineNetwork.model_validate, result)
        return next((network for network in networks if network.name == name), None)

    def create_network(self, config: Mapping[str, JsonValue]) -> None:
        with self.translated_errors():
            self._raise(self._api.post(f"{self._url}/networks/create", json=dict(config), timeout=RESPONSE_TIMEOUT))

    def remove_network(self, network: str) -> None:
        with self.translated_errors():
            self._api.remove_network(network)

    def connect(self, network: str, container: str, endpoint: Mapping[str, JsonValue]) -> None:
        with self.translated_errors():
            body = {"Container": container, "EndpointConfig": dict(endpoint)}
            self._raise(self._api.post(f"{self._url}/networks/{network}/connect", json=body, timeout=RESPONSE_TIMEOUT))

    def disconnect(self, network: str, container: str) -> None:
        with self.translated_errors():
            self._api.disconnect_container_from_network(container, network, force=True)

    @property
    def _url(self) -> str:
        return f"{self._api.base_url}/v{self._api.api_version}"

    def _raise(self, response: object) -> None:
        self._api._raise_for_status(response)  # maps responses to the errors of the library


def parse_registry_host(reference: str) -> str:
    """Return the registry host of an image reference: `docker.io` where it has none."""
    first, separator, _ = reference.partition("/")
    return first if separator and ("." in first or ":" in first or first == "localhost") else "docker.io"


def has_labels(existing: Mapping[str, str], desired: Mapping[str, str]) -> bool:
    """Whether a resource has these labels (`uid` is uplift.uid)."""
    return all(existing.get(f"{PREFIX}{name}") == value for name, value in desired.items())


def inspect_with_adopted(engine: AnyEngine, **labels: str) -> tuple[EngineContainer, ...]:
    """Return the containers with these labels, adopted ones included, ordered by name."""
    own = filter(None, (engine.get_container(container.id) for container in engine.list_containers(**labels)))
    adopted = inspect_adopted_containers(engine, **labels)
    return tuple(sorted((*own, *adopted), key=lambda container: container.name))


def _build_filters(labels: Mapping[str, str]) -> dict[str, list[str]]:
    return {"label": [f"{PREFIX}{name}={value}" for name, value in labels.items()]}


def _get_or_none(inspect: Callable[[], JsonValue]) -> JsonValue | None:
    try:
        return inspect()
    except docker.errors.NotFound:
        return None
