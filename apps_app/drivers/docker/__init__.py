"""A Docker Engine: by its socket, by TCP with TLS, or by SSH."""

from apps_app.drivers.docker.address import address_faults, borrowed_from_server, published_at
from apps_app.drivers.docker.driver import DockerDriver, open_docker

__all__ = ["DockerDriver", "address_faults", "borrowed_from_server", "open_docker", "published_at"]
