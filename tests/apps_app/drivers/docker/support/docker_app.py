"""Test application "yard": Redis with a volume and a web server with a port, upgraded on a real engine."""

import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker

from apps_app.drivers.base import CredentialsByRegistry, OperationNote, Placement
from apps_app.drivers.registry import open_driver
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec
from upgrades_app.engine.execution.apply import apply_plan
from upgrades_app.engine.execution.run import EventKind, PlanRun, RunEvent, RunOutcome
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind, PlanningInput, SpecSide
from upgrades_app.engine.planner import build_plan
from upgrades_app.engine.planning.plan import Plan

APP = Placement("uid-of-yard", "yard")
SALT = b"the salt of the yard"
GATE = {"deadline": "4s", "minimum": "500ms"}


def free_port() -> int:
    with socket.socket() as item:
        item.bind(("127.0.0.1", 0))
        return int(item.getsockname()[1])


def document(port: int, *, web: dict[str, Any] | None = None, **more: dict[str, Any]) -> AppSpec:
    """Return the application's spec; `web` overrides fields of web, other names add components."""
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
    return parse_spec(
        {"format": 1, "components": components, "volumes": {name: {} for name in sorted(filter(None, used))}}
    )


class DockerApp:
    """The test application on one engine, with its last applied spec."""

    def __init__(self, address: str, logins: CredentialsByRegistry | None = None) -> None:
        self.api = docker.APIClient(base_url=address, version="auto")
        self.driver = open_driver("docker", {"address": address}, "", logins=logins)
        self.port = free_port()
        self.applied: AppSpec | None = None
        self.events: list[RunEvent] = []
        self.runs = 0
        self.uses_live_state = False
        self.when: dict[EventKind, Any] = {}

    def document(self, **changes: Any) -> AppSpec:
        return document(self.port, **changes)

    def deploy(self, spec: AppSpec, **answers: Any) -> RunOutcome:
        """Install or upgrade with every risk accepted; a successful run becomes the applied spec."""
        plan = self.plan(spec, **answers)
        self.events, self.runs = [], self.runs + 1
        note = OperationNote("Change the yard", f"Record {self.runs}", "demo")
        run = PlanRun(plan, SALT)
        outcome = apply_plan(run, self.driver, APP, note, self._report, clock=time, control=lambda: False)
        if outcome.status == "succeeded":
            self.applied = spec
        return outcome

    def plan(self, spec: AppSpec, **answers: Any) -> Plan:
        side = SpecSide(self.applied) if self.applied is not None else SpecSide()
        return build_plan(
            PlanningInput(
                kind=OperationKind.CHANGE if self.applied is not None else OperationKind.INSTALL,
                application="yard",
                template="Yard",
                to_version="" if self.applied is not None else "1.0",
                desired=SpecSide(spec) if self.applied is not None else SpecSide(),
                applied=side,
                theirs=None if self.applied is not None else SpecSide(spec),
                answers=Answers(**answers),
                observed=self.driver.read(APP) if self.uses_live_state else None,
                salt=SALT,
            )
        )

    def _report(self, event: RunEvent) -> None:
        self.events.append(event)
        if event.kind in self.when:
            self.when.pop(event.kind)()

    # State of the engine

    def container(self, key: str, replica: int = 1) -> dict[str, Any]:
        result: dict[str, Any] = self.api.inspect_container(f"yard-{key}-{replica}")
        return result

    def ids(self) -> dict[str, str]:
        """Return the ids of all containers of the application by name."""
        filters = {"label": [f"uplift.uid={APP.uid}"]}
        return {
            container["Names"][0][1:]: container["Id"] for container in self.api.containers(all=True, filters=filters)
        }

    def page(self) -> str:
        """Return the response of web at its published port, once it listens."""
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
        """Return the output of a redis-cli command in a component."""
        created = self.api.exec_create(self.container(key)["Id"], ["redis-cli", *words])
        return str(self.api.exec_start(created["Id"]).decode().strip())

    @contextmanager
    def run_unmanaged(self, name: str, **host: Any) -> Iterator[str]:
        """Run a container that Uplift does not manage."""
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
        filters = {"label": [f"uplift.uid={APP.uid}"]}
        for container in self.api.containers(all=True, filters=filters):
            self.api.remove_container(container["Id"], force=True, v=True)
        for volume in self.api.volumes(filters=filters)["Volumes"] or []:
            self.api.remove_volume(volume["Name"], force=True)
        for network in self.api.networks(filters=filters):
            self.api.remove_network(network["Id"])
