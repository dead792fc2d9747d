"""What a component is to be on the engine, complete before anything is touched."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.labels import Role, container_name
from apps_app.drivers.docker.api.models import Tree
from templates_app.appspec.schema.component import ComponentSpec

type Endpoints = Mapping[str, Tree]

LIVE = ("NanoCpus", "CpuShares", "Memory", "MemorySwap", "MemoryReservation", "PidsLimit", "RestartPolicy")
"""What the engine can change while the container runs."""
SHARED = ("NetworkMode", "IpcMode", "PidMode")
"""What a container can have together with another one."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to be put into the container before it starts."""

    path: str
    content: bytes
    mode: int = 0o444
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """One component in the engine's words: `config` without names, labels and networks, `host` without what is live."""

    app: Placement
    key: str
    digest: str
    component: ComponentSpec
    config: Tree
    host: Tree
    live: Tree
    endpoints: Endpoints
    files: tuple[File, ...]
    replicas: int
    body: str = ""
    made: str = ""

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

    def name(self, replica: int, role: Role = Role.CURRENT) -> str:
        return container_name(self.app, self.key, replica, self.explicit_name) + role.value

    def fits_beside(self, image_volumes: frozenset[str]) -> bool:
        """Whether a second one may run beside the first: it publishes no port, writes no volume and no host path, and
        has names that can be given to it later."""
        published = any(self.component.ports.values())
        mounts = self.component.mounts
        writes = any(mount.kind != "tmpfs" and mount.read_only is not True for mount in mounts.values())
        fixed = any("IPAMConfig" in endpoint or "MacAddress" in endpoint for endpoint in self.endpoints.values())
        lent = {"IpcMode", "PidMode", "VolumesFrom", "Devices"} & self.host.keys()
        alone = self.is_job or published or writes or fixed or bool(lent) or bool(image_volumes - mounts.keys())
        return bool(self.endpoints) and not alone

    def labelled(self, replica: int, run: str) -> dict[str, str]:
        """The container's labels: the component's own, and ours."""
        return {
            **self.component.labels,
            **labels.owned(self.app, key=self.key, replica=str(replica), replicas=str(self.replicas)),
            labels.DIGEST: self.digest,
            labels.BODY: self.body,
            labels.LIVE: _json(self.live),
            labels.NAME: self.name(replica),
            labels.KIND: self.component.kind,
            labels.ENDPOINTS: _json(dict(self.endpoints)),
            labels.RUN: run,
            labels.PROBE: self._probe(),
            labels.SHARES: ",".join(sorted(set(shared(self.host).values()))),
            labels.WAITS: ",".join(sorted(key for key, use in self.component.depends_on.items() if use.restart)),
            **({labels.MADE: self.made} if self.made else {}),
        }

    def document(self, replica: int, run: str) -> Tree:
        """What the engine creates a container from, but for its networks."""
        return {
            **self.config,
            "Labels": dict[str, JsonValue](self.labelled(replica, run)),
            "HostConfig": {**self.host, **self.live},
        }

    def with_body(self) -> "Wanted":
        """With the slow keyed digest of all that cannot be changed in a running container."""
        files = [[file.path, file.content.hex(), file.mode, file.uid, file.gid] for file in self.files]
        own = dict[str, JsonValue](self.component.labels)
        names: list[JsonValue] = [self.explicit_name, self.component.kind, self._probe(), self.platform]
        text = _json([self.config, self.host, dict(self.endpoints), files, own, names])  # type: ignore[list-item]  # lists of lists
        salt = hashlib.sha256(f"{self.app.uid}/{self.key}".encode()).digest()
        return replace(self, body=hashlib.scrypt(text.encode(), salt=salt, n=2**14, r=8, p=1, dklen=16).hex())

    def _probe(self) -> str:
        """The check that the driver makes itself, since the engine cannot."""
        probes = [probe for probe in self.component.probes.values() if probe.http is not None or probe.tcp is not None]
        return _json(probes[0].plain) if probes else ""


def shared(host: Mapping[str, JsonValue]) -> dict[str, str]:
    """The fields of a host document that name a component to share with → its key."""
    data = {field: str(host.get(field) or "") for field in SHARED}
    return {field: name.removeprefix("service:") for field, name in data.items() if name.startswith("service:")}


def _json(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
