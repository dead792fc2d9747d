"""Desired container configuration, fully built before any change."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.labels import ContainerRole, container_name
from apps_app.drivers.docker.api.models import InspectTree
from templates_app.appspec.schema.component import ComponentSpec

type Endpoints = Mapping[str, InspectTree]

LIVE_FIELDS = ("NanoCpus", "CpuShares", "Memory", "MemorySwap", "MemoryReservation", "PidsLimit", "RestartPolicy")
"""Fields of the host configuration that the engine can change while the container runs."""
SHARED_NAMESPACES = ("NetworkMode", "IpcMode", "PidMode")
"""Fields of the host configuration that can join the namespace of another container."""


@dataclass(frozen=True, slots=True)
class InjectedFile:
    """A file that is written into the container before it starts."""

    path: str
    content: bytes
    mode: int = 0o444
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True, slots=True)
class DesiredContainer:
    """The desired container of one component.

    `config` has no names, labels and networks; `host` has no live fields. `body` is the digest of all that requires a
    new container, `config_digest` that of the container's expected inspect document.
    """

    app: Placement
    key: str
    digest: str
    component: ComponentSpec
    config: InspectTree
    host: InspectTree
    live: InspectTree
    endpoints: Endpoints
    files: tuple[InjectedFile, ...]
    replicas: int
    body: str = ""
    config_digest: str = ""

    @property
    def is_job(self) -> bool:
        return self.component.kind == "job"

    @property
    def image(self) -> str:
        return self.component.image

    @property
    def explicit_name(self) -> str:
        return str(self.component.engine.get("container_name") or "")

    @property
    def platform(self) -> str | None:
        value = self.component.engine.get("platform")
        return str(value) if value else None

    def build_name(self, replica: int, role: ContainerRole = ContainerRole.CURRENT) -> str:
        return container_name(self.app, self.key, replica, self.explicit_name) + role.value

    def can_run_alongside(self, image_volumes: frozenset[str]) -> bool:
        """Whether a new container may run alongside the current one: it publishes no port, writes to no volume or host
        path, shares no namespace, and its aliases can be assigned later."""
        published = any(self.component.ports.values())
        mounts = self.component.mounts
        writes = any(mount.kind != "tmpfs" and mount.read_only is not True for mount in mounts.values())
        fixed = any("IPAMConfig" in endpoint or "MacAddress" in endpoint for endpoint in self.endpoints.values())
        exclusive = {"IpcMode", "PidMode", "VolumesFrom", "Devices"} & self.host.keys()
        is_exclusive = writes or fixed or bool(exclusive) or bool(image_volumes - mounts.keys())
        return bool(self.endpoints) and not (self.is_job or published or is_exclusive)

    def build_labels(self, replica: int, run_id: str) -> dict[str, str]:
        """Return the container's labels: those of the component and those of Uplift."""
        return {
            **self.component.labels,
            **labels.build_owner_labels(self.app, key=self.key, replica=str(replica), replicas=str(self.replicas)),
            labels.DIGEST: self.digest,
            labels.BODY: self.body,
            labels.LIVE: _encode_json(self.live),
            labels.NAME: self.build_name(replica),
            labels.KIND: self.component.kind,
            labels.ENDPOINTS: _encode_json(dict(self.endpoints)),
            labels.RUN: run_id,
            labels.PROBE: self._encode_probe(),
            labels.SHARES_WITH: ",".join(sorted(set(map_shared_namespaces(self.host).values()))),
            labels.RESTARTS_WITH: ",".join(
                sorted(key for key, use in self.component.depends_on.items() if use.restart)
            ),
            **({labels.CONFIG_DIGEST: self.config_digest} if self.config_digest else {}),
        }

    def build_document(self, replica: int, run_id: str) -> InspectTree:
        """Return the body of the create request, without networks."""
        return {
            **self.config,
            "Labels": dict[str, JsonValue](self.build_labels(replica, run_id)),
            "HostConfig": {**self.host, **self.live},
        }

    def with_body(self) -> "DesiredContainer":
        """Return a copy with the body digest: slow and keyed, because it covers secrets and is stored in a label."""
        files = [[file.path, file.content.hex(), file.mode, file.uid, file.gid] for file in self.files]
        own = dict[str, JsonValue](self.component.labels)
        names: list[JsonValue] = [self.explicit_name, self.component.kind, self._encode_probe(), self.platform]
        text = _encode_json([self.config, self.host, dict(self.endpoints), files, own, names])  # type: ignore[list-item]  # lists of lists
        salt = hashlib.sha256(f"{self.app.uid}/{self.key}".encode()).digest()
        return replace(self, body=hashlib.scrypt(text.encode(), salt=salt, n=2**14, r=8, p=1, dklen=16).hex())

    def _encode_probe(self) -> str:
        """Return the HTTP or TCP probe as JSON: the driver runs it, because the engine cannot."""
        probes = [probe for probe in self.component.probes.values() if probe.http is not None or probe.tcp is not None]
        return _encode_json(probes[0].plain) if probes else ""


def map_shared_namespaces(host: Mapping[str, JsonValue]) -> dict[str, str]:
    """Return the fields of a host configuration that refer to a component's namespace, with its key."""
    data = {field: str(host.get(field) or "") for field in SHARED_NAMESPACES}
    return {field: name.removeprefix("service:") for field, name in data.items() if name.startswith("service:")}


def _encode_json(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
