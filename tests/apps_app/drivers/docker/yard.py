"""The yard: a Redis with a volume and a web server with a port, which the tests upgrade on a real engine."""

import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker

from apps_app.drivers.base import Logins, Note, Placement
from apps_app.drivers.registry import open_driver
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from upgrades_app.engine.execution.apply import apply
from upgrades_app.engine.execution.run import Event, EventKind, Outcome, Run
from upgrades_app.engine.inputs.planning_input import Answers, Kind, Side, Situation
from upgrades_app.engine.planner import make_plan
from upgrades_app.engine.planning.plan import Plan

YARD = Placement("uid-of-yard", "yard")
SALT = b"the salt of the yard"
GATE = {"deadline": "4s", "minimum": "500ms"}


def free_port() -> int:
    with socket.socket() as item:
        item.bind(("127.0.0.1", 0))
        return int(item.getsockname()[1])


def document(port: int, *, web: dict[str, Any] | None = None, **more: dict[str, Any]) -> AppSpec:
    """The yard's document; `web` changes fields of web, other names are components more."""
    components: dict[str, Any] = {
        "db": {
            "image": "local/uplift-redis:7",
            "mounts": {"/data": {"source": "db-data"}},
            "probes": {"readiness": {"command": ["redis-cli", "ping"], "interval": "1s"}},
            "stop": {"grace": "5s"},
            "health_gate": GATE,
            "restart": "always",
        },
        "web": {
            "image": "local/uplift-web:1",
            "ports": {"8000/tcp": {f"127.0.0.1:{port}": {}}},
            "depends_on": {"db": {"condition": "healthy"}},
            "stop": {"grace": "2s"},
            "health_gate": GATE,
            **(web or {}),
        },
        **more,
    }
    used = {mount.get("source") for component in components.values() for mount in component.get("mounts", {}).values()}
    return parse({"format": 1, "components": components, "volumes": {name: {} for name in sorted(filter(None, used))}})


class Yard:
    """The yard on one engine, as its document was last applied."""

    def __init__(self, address: str, logins: Logins | None = None) -> None:
        self.api = docker.APIClient(base_url=address, version="auto")
        self.driver = open_driver("docker", {"address": address}, "", logins=logins)
        self.port = free_port()
        self.applied: AppSpec | None = None
        self.events: list[Event] = []
        self.runs = 0
        self.looks = False
        self.when: dict[EventKind, Any] = {}

    def document(self, **changes: Any) -> AppSpec:
        return document(self.port, **changes)

    def go(self, spec: AppSpec, **answers: Any) -> Outcome:
        """Install or upgrade by the road, with every risk accepted. What went well is applied from then on."""
        plan = self.plan(spec, **answers)
        self.events, self.runs = [], self.runs + 1
        note = Note("Change the yard", f"Record {self.runs}", "demo")
        run = Run(plan, SALT)
        outcome = apply(run, self.driver, YARD, note, self._report, clock=time, control=lambda: False)
        if outcome.status == "succeeded":
            self.applied = spec
        return outcome

    def plan(self, spec: AppSpec, **answers: Any) -> Plan:
        side = Side(self.applied) if self.applied is not None else Side()
        return make_plan(
            Situation(
                kind=Kind.CHANGE if self.applied is not None else Kind.INSTALL,
                application="yard",
                template="Yard",
                to_version="" if self.applied is not None else "1.0",
                desired=Side(spec) if self.applied is not None else Side(),
                applied=side,
                theirs=None if self.applied is not None else Side(spec),
                answers=Answers(**answers),
                observed=self.driver.read(YARD) if self.looks else None,
                salt=SALT,
            )
        )

    def _report(self, event: Event) -> None:
        self.events.append(event)
        if event.kind in self.when:
            self.when.pop(event.kind)()

    # What the engine's own API says

    def container(self, key: str, replica: int = 1) -> dict[str, Any]:
        result: dict[str, Any] = self.api.inspect_container(f"yard-{key}-{replica}")
        return result

    def ids(self) -> dict[str, str]:
        """Container ids by name, of all that there are of the yard."""
        filters = {"label": [f"uplift.uid={YARD.uid}"]}
        return {
            container["Names"][0][1:]: container["Id"] for container in self.api.containers(all=True, filters=filters)
        }

    def page(self) -> str:
        """What web answers at its published port; it may need a moment to listen."""
        end = time.monotonic() + 5
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=2) as answer:
                    return str(answer.read().decode().strip())
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def redis(self, *words: str, key: str = "db") -> str:
        """What the Redis of a component answers to a command."""
        created = self.api.exec_create(self.container(key)["Id"], ["redis-cli", *words])
        return str(self.api.exec_start(created["Id"]).decode().strip())

    @contextmanager
    def stranger(self, name: str, **host: Any) -> Iterator[str]:
        """A running container that is not Uplift's."""
        ports = list(host.get("port_bindings", {}))
        created = self.api.create_container(
            "local/uplift-web:1", name=name, ports=ports, host_config=self.api.create_host_config(**host)
        )["Id"]
        try:
            self.api.start(created)
            yield created
        finally:
            self.api.remove_container(created, force=True)

    def clear(self) -> None:
        filters = {"label": [f"uplift.uid={YARD.uid}"]}
        for container in self.api.containers(all=True, filters=filters):
            self.api.remove_container(container["Id"], force=True, v=True)
        for volume in self.api.volumes(filters=filters)["Volumes"] or []:
            self.api.remove_volume(volume["Name"], force=True)
        for network in self.api.networks(filters=filters):
            self.api.remove_network(network["Id"])
