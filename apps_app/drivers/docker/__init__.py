"""Docker Engine targets, reached by a socket, by TCP with TLS, or by SSH."""

from apps_app.drivers.docker.api.connection import find_address_errors, find_server_credential, get_published_host
from apps_app.drivers.docker.deploy.driver import DockerDriver, open_docker

__all__ = ["DockerDriver", "find_address_errors", "find_server_credential", "get_published_host", "open_docker"]
