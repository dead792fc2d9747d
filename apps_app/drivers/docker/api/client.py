"""One Docker Engine, spoken to in its own documents: every method raises DriverError and nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Literal

import docker
from docker.utils import parse_repository_tag
from pydantic import JsonValue

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api.address import Address
from apps_app.drivers.docker.api.adoption_labels import adopted
from apps_app.drivers.docker.api.connection import PATIENCE, connect
from apps_app.drivers.docker.api.errors import is_missing, speaking
from apps_app.drivers.docker.api.labels import PREFIX
from apps_app.drivers.docker.api.models import Container, Image, Info, Listed, Network, Tree, Volume


class Engine:
    """Touches nothing before it is first asked for something."""

    def __init__(self, address: Address) -> None:
        self.address = address

    def said(self) -> AbstractContextManager[None]:
        return speaking(self.address.url)

    @cached_property
    def _api(self) -> docker.APIClient:
        with self.said():
            return connect(self.address)

    @property
    def api_version(self) -> tuple[int, int]:
        major, _, minor = self._api.api_version.partition(".")
        return int(major), int(minor)

    def info(self) -> Info:
        with self.said():
            return Info.model_validate(self._api.info())

    def inspect(self, kind: Literal["container", "image", "network", "volume"], name: str) -> Tree | None:
        """All that the engine says about a thing, in its own words."""
        inspect: Callable[[str], JsonValue] = getattr(self._api, f"inspect_{kind}")
        with self.said():
            value = _or_none(lambda: inspect(name))
        return value if isinstance(value, dict) else None

    # Containers

    def containers(self, **labels: str) -> tuple[Container, ...]:
        """All with these labels (`uid="…"` is the label uplift.uid), also those that do not run, in order of names;
        among them those that others started and that were taken in."""
        own = filter(None, (self.container(container.id) for container in self.listed(**labels)))
        return tuple(sorted((*own, *adopted(self, **labels)), key=lambda container: container.name))

    def listed(self, **labels: str) -> tuple[Listed, ...]:
        filters = {"label": [f"{PREFIX}{name}={value}" for name, value in labels.items()]}
        with self.said():
            result = self._api.containers(all=True, filters=filters)
        return tuple(sorted(map(Listed.model_validate, result), key=lambda container: container.name))

    def users_of(self, volume: str) -> tuple[Listed, ...]:
        """All containers that mount a volume, running or not, whoever's they are."""
        with self.said():
            result = self._api.containers(all=True, filters={"volume": [volume]})
        return tuple(sorted(map(Listed.model_validate, result), key=lambda container: container.name))

    def users_in(self, network: str) -> tuple[str, ...]:
        """The names of all containers that are in a network, running or not, whoever's they are."""
        with self.said():
            result = self._api.containers(all=True, filters={"network": [network]})
        return tuple(sorted(Listed.model_validate(item).name for item in result))

    def container(self, name: str) -> Container | None:
        with self.said():
            value = _or_none(lambda: self._api.inspect_container(name))
        return None if value is None else Container.model_validate(value)

    def create(self, name: str, config: Mapping[str, JsonValue], platform: str | None = None) -> str:
        with self.said():
            created: str = self._api.create_container_from_config(dict(config), name, platform)["Id"]
            return created

    def start(self, container: str) -> None:
        with self.said():
            self._api.start(container)

    def stop(self, container: str, grace: int | None = None) -> None:
        """Asks it to end; the container's own grace period holds where none is given."""
        with self.said():
            url = f"{self._url}/containers/{container}/stop"
            params = {} if grace is None else {"t": grace}
            self._raise(self._api.post(url, params=params, timeout=None))

    def restart(self, container: str) -> None:
        with self.said():
            self._raise(self._api.post(f"{self._url}/containers/{container}/restart", timeout=None))

    def rename(self, container: str, name: str) -> None:
        with self.said():
            self._api.rename(container, name)

    def update(self, container: str, settings: Mapping[str, JsonValue]) -> None:
        """Changes resources and the restart policy of a container that goes on running."""
        with self.said():
            url = f"{self._url}/containers/{container}/update"
            self._raise(self._api.post(url, json=dict(settings), timeout=PATIENCE))

    def remove(self, container: str) -> None:
        """Takes it away, running or not; its volumes stay."""
        try:
            with self.said():
                self._api.remove_container(container, force=True, v=False)
        except DriverError as error:
            if not is_missing(error):
                raise

    def logs(self, container: str, lines: int) -> bytes:
        with self.said():
            content: bytes = self._api.logs(container, stdout=True, stderr=True, tail=lines)
            return content

    def run(self, container: str, command: Sequence[str], timeout: float) -> tuple[int, str]:
        """Runs a command inside; its exit code and what it said."""
        with self.said():
            created = self._api.exec_create(container, list(command))
            output: bytes = self._api.exec_start(created["Id"])
            code = self._api.exec_inspect(created["Id"])["ExitCode"]
        return (1 if code is None else int(code)), output.decode(errors="replace").strip()

    # Files

    def has_path(self, container: str, path: str) -> bool:
        with self.said():
            url = f"{self._url}/containers/{container}/archive"
            answer = self._api.head(url, params={"path": path}, timeout=PATIENCE)
            if answer.status_code == 404:
                return False
            self._raise(answer)
            return True

    def put_archive(self, container: str, archive: bytes) -> None:
        """Unpacks a tar archive at the root; a directory is never replaced by a file."""
        with self.said():
            url = f"{self._url}/containers/{container}/archive"
            params = {"path": "/", "noOverwriteDirNonDir": "1"}
            self._raise(self._api.put(url, params=params, data=archive, timeout=PATIENCE))

    # Images

    def image(self, reference: str) -> Image | None:
        with self.said():
            value = _or_none(lambda: self._api.inspect_image(reference))
        return None if value is None else Image.model_validate(value)

    def in_registry(self, reference: str) -> Tree:
        """What the registry says about an image that is not here: its platforms."""
        with self.said():
            result: Tree = self._api.inspect_distribution(reference, auth_config=self._login(reference))
            return result

    def pull(self, reference: str, platform: str | None = None) -> Iterator[Mapping[str, JsonValue]]:
        """Brings an image, telling how far it is."""
        repository, tag = parse_repository_tag(reference)
        with self.said():
            yield from self._api.pull(
                repository,
                tag=tag or "latest",
                stream=True,
                decode=True,
                auth_config=self._login(reference),
                platform=platform,
            )

    def _login(self, reference: str) -> dict[str, str]:
        host = registry_of(reference)
        login = self.address.logins.get(host)
        return {"username": login.username, "password": login.password, "serveraddress": host} if login else {}

    # Volumes and networks

    def volumes(self, **labels: str) -> tuple[Volume, ...]:
        filters = {"label": [f"{PREFIX}{name}={value}" for name, value in labels.items()]}
        with self.said():
            result = self._api.volumes(filters=filters)["Volumes"] or []
        return tuple(sorted(map(Volume.model_validate, result), key=lambda volume: volume.name))

    def volume(self, name: str) -> Volume | None:
        with self.said():
            value = _or_none(lambda: self._api.inspect_volume(name))
        return None if value is None else Volume.model_validate(value)

    def create_volume(self, name: str, labels: Mapping[str, str], driver: str, options: Mapping[str, str]) -> None:
        with self.said():
            self._api.create_volume(name, driver=driver or "local", driver_opts=dict(options), labels=dict(labels))

    def remove_volume(self, name: str) -> None:
        try:
            with self.said():
                self._api.remove_volume(name)
        except DriverError as error:
            if not is_missing(error):
                raise

    def networks(self, **labels: str) -> tuple[Network, ...]:
        filters = {"label": [f"{PREFIX}{name}={value}" for name, value in labels.items()]}
        with self.said():
            result = self._api.networks(filters=filters)
        return tuple(sorted(map(Network.model_validate, result), key=lambda network: network.name))

    def network(self, name: str) -> Network | None:
        """The network of just this name: the engine itself would also take the beginning of an id."""
        with self.said():
            result = self._api.networks(names=[name])
        networks = map(Network.model_validate, result)
        return next((network for network in networks if network.name == name), None)

    def create_network(self, config: Mapping[str, JsonValue]) -> None:
        with self.said():
            self._raise(self._api.post(f"{self._url}/networks/create", json=dict(config), timeout=PATIENCE))

    def remove_network(self, network: str) -> None:
        with self.said():
            self._api.remove_network(network)

    def connect(self, network: str, container: str, endpoint: Mapping[str, JsonValue]) -> None:
        with self.said():
            body = {"Container": container, "EndpointConfig": dict(endpoint)}
            self._raise(self._api.post(f"{self._url}/networks/{network}/connect", json=body, timeout=PATIENCE))

    def disconnect(self, network: str, container: str) -> None:
        with self.said():
            self._api.disconnect_container_from_network(container, network, force=True)

    @property
    def _url(self) -> str:
        return f"{self._api.base_url}/v{self._api.api_version}"

    def _raise(self, answer: object) -> None:
        self._api._raise_for_status(answer)  # the library's way from an answer to its errors


def registry_of(reference: str) -> str:
    """The host of the registry that an image comes from: `docker.io` where it names none."""
    first, separator, _ = reference.partition("/")
    return first if separator and ("." in first or ":" in first or first == "localhost") else "docker.io"


def has_labels(existing: Mapping[str, str], desired: Mapping[str, str]) -> bool:
    """Whether a thing has these of our labels (`uid` is uplift.uid)."""
    return all(existing.get(f"{PREFIX}{name}") == value for name, value in desired.items())


def _or_none(inspect: Callable[[], JsonValue]) -> JsonValue | None:
    try:
        return inspect()
    except docker.errors.NotFound:
        return None
