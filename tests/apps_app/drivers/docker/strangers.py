"""What somebody else started on the engine, as Compose would have."""

from typing import Any

from tests.apps_app.drivers.docker.yard import Yard

PROJECT = "strangers"


class Strangers:
    """A Redis with a volume and two web servers, as Compose would have started them."""

    def __init__(self, yard: Yard) -> None:
        self.api, self.yard = yard.api, yard
        self.clear()
        labels = {"com.docker.compose.project": PROJECT}
        self.api.create_network(f"{PROJECT}_default", labels={**labels, "com.docker.compose.network": "default"})
        self.api.create_volume(f"{PROJECT}_data", labels={**labels, "com.docker.compose.volume": "data"})
        binds = [f"{PROJECT}_data:/data"]
        self.start("db", 1, "local/uplift-redis:7", host={"binds": binds}, volumes=["/data"], environment={"A": "1"})
        ports = {"port_bindings": {8000: ("127.0.0.1", yard.port)}}
        self.start("web", 1, "local/uplift-web:1", host=ports, ports=[8000])
        for n in (1, 2):
            self.start("worker", n, "local/uplift-web:1")

    def start(self, service: str, n: int, image: str, host: dict[str, Any] | None = None, **config: Any) -> None:
        name = f"{PROJECT}-{service}-{n}"
        labels = {
            "com.docker.compose.project": PROJECT,
            "com.docker.compose.service": service,
            "com.docker.compose.container-number": str(n),
        }
        end = self.api.create_endpoint_config(aliases=[service])
        self.api.create_container(
            image,
            name=name,
            labels=labels,
            host_config=self.api.create_host_config(network_mode=f"{PROJECT}_default", **(host or {})),
            networking_config=self.api.create_networking_config({f"{PROJECT}_default": end}),
            stop_timeout=1,
            **config,
        )
        self.api.start(name)

    def ids(self) -> dict[str, str]:
        filters = {"label": [f"com.docker.compose.project={PROJECT}"]}
        return {
            container["Names"][0][1:]: container["Id"] for container in self.api.containers(all=True, filters=filters)
        }

    def clear(self) -> None:
        for identity in self.ids().values():
            self.api.remove_container(identity, force=True)
        self.yard.clear()
        for network in self.api.networks(names=[f"{PROJECT}_default"]):
            self.api.remove_network(network["Id"])
        if any(volume["Name"] == f"{PROJECT}_data" for volume in self.api.volumes()["Volumes"] or []):
            self.api.remove_volume(f"{PROJECT}_data")
