"""A Docker Engine: by its socket, by TCP with TLS, or by SSH."""

from apps_app.drivers.docker.api.address import address_faults, borrowed_from_server, published_at
from apps_app.drivers.docker.deploy.driver import DockerDriver, open_docker

__all__ = ["DockerDriver", "address_faults", "borrowed_from_server", "open_docker", "published_at"]
