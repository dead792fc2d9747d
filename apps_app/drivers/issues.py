"""Results of preflight checks: what a driver reports before an operation changes anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """Whether a preflight issue blocks the operation."""

    ERROR = "error"
    WARNING = "warning"


class IssueCode(StrEnum):
    """What a preflight check found. Each code has one message in `apps_app.presenters.preflight_messages`."""

    PORT_CONFLICT = "port_conflict"
    NAME_CONFLICT = "name_conflict"
    CONTAINER_NAME_REPLICAS = "container_name_replicas"
    OWNERSHIP_CONFLICT = "ownership_conflict"
    VOLUME_CONFLICT = "volume_conflict"
    VOLUME_MISSING = "volume_missing"
    VOLUME_CHANGED = "volume_changed"
    VOLUME_IN_USE = "volume_in_use"
    VOLUME_SHARED = "volume_shared"
    NETWORK_CONFLICT = "network_conflict"
    NETWORK_MISSING = "network_missing"
    NETWORK_IN_USE = "network_in_use"
    NETWORK_MODE_CONFLICT = "network_mode_conflict"
    PATH_MISSING = "path_missing"
    PATH_NOT_ABSOLUTE = "path_not_absolute"
    PATH_SHARED = "path_shared"
    IMAGE_NOT_SET = "image_not_set"
    IMAGE_UNAVAILABLE = "image_unavailable"
    IMAGE_NOT_FOUND = "image_not_found"
    IMAGE_PULL_FORBIDDEN = "image_pull_forbidden"
    IMAGE_PLATFORM = "image_platform"
    REGISTRY_LOGIN_MISSING = "registry_login_missing"
    REGISTRY_LOGIN_REJECTED = "registry_login_rejected"
    DISK_FULL = "disk_full"
    DISK_LOW = "disk_low"
    CONFIG_FILE_EXTERNAL = "config_file_external"
    CONFIG_FILE_PATH = "config_file_path"
    CONFIG_FILE_OWNER = "config_file_owner"
    CONFIG_FILE_IN_TMPFS = "config_file_in_tmpfs"
    CONFIG_FILE_IN_HOST_PATH = "config_file_in_host_path"
    CONFIG_FILE_READ_ONLY = "config_file_read_only"
    PROBE_UNREACHABLE = "probe_unreachable"
    MULTIPLE_PROBES = "multiple_probes"
    RESERVED_LABEL = "reserved_label"
    RESTART_NEVER_ENDS = "restart_never_ends"
    ENVIRONMENT_NOT_SET = "environment_not_set"
    UNSUPPORTED_FIELD = "unsupported_field"
    UNSUPPORTED_VALUE = "unsupported_value"
    UNSUPPORTED_BY_VERSION = "unsupported_by_version"
    INVALID_FIELD = "invalid_field"
    INVALID_SECRET_VALUE = "invalid_secret_value"  # noqa: S105  # a code
    FOLDER_UNMANAGED = "folder_unmanaged"
    FOLDER_UNREADABLE = "folder_unreadable"
    FOLDER_UNCOMMITTED = "folder_uncommitted"
    SERVICES_UNMANAGED = "services_unmanaged"
    SECRET_FILE_EXPOSED = "secret_file_exposed"  # noqa: S105  # a code
    GIT_PATH = "git_path"
    COMPOSE_ERROR = "compose_error"
    TARGET_ERROR = "target_error"


class HolderKind(StrEnum):
    """What holds a resource that cannot be shared."""

    APPLICATION = "application"
    CONTAINER = "container"
    PROCESS = "process"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a resource: an application's name (and its component), a container's name, or an unnamed process."""

    kind: HolderKind
    name: str = ""
    component: str = ""


@dataclass(frozen=True, slots=True)
class PreflightIssue:
    """One result of a preflight check.

    `component` is the component's key ("" for the whole application); `resource` names the port ("8080/tcp",
    "127.0.0.1:53/udp"), container, volume, network, path, image or field concerned; `holder` is who has it; `params`
    are the other named values of the message.
    """

    code: IssueCode
    severity: Severity = Severity.ERROR
    component: str = ""
    resource: str = ""
    holder: Holder | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def is_same_port(self, other: "PreflightIssue") -> bool:
        """Whether both are about one published port of one component, whatever address it is published at."""
        return self._port is not None and (self.component, self._port) == (other.component, other._port)

    @property
    def _port(self) -> tuple[str, str] | None:
        """Port number (or range) and protocol of "127.0.0.1:8080/tcp"."""
        if self.code is not IssueCode.PORT_CONFLICT:
            return None
        address, _, protocol = self.resource.rpartition("/")
        return address.rpartition(":")[2], protocol
