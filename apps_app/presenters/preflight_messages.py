from apps_app.drivers.issues import Holder, HolderKind, IssueCode, PreflightIssue

_MESSAGES: dict[IssueCode, str] = {
    IssueCode.PORT_CONFLICT: "Port {resource} is in use by {holder}. Choose another port.",
    IssueCode.NAME_CONFLICT: (
        "The container name {resource} is in use by {holder}. Remove that container or choose another name."
    ),
    IssueCode.CONTAINER_NAME_REPLICAS: (
        "The container name {resource} is fixed, so only one replica is possible. Set replicas to 1 or remove the name."
    ),
    IssueCode.OWNERSHIP_CONFLICT: (
        "The name {resource} is in use on this target by another application. Choose another name."
    ),
    IssueCode.VOLUME_CONFLICT: (
        "The volume {resource} already exists and belongs to {holder}. Choose another name for the {renamed}, or "
        "remove the volume."
    ),
    IssueCode.VOLUME_MISSING: "The external volume {resource} does not exist. Create it first.",
    IssueCode.VOLUME_CHANGED: (
        "The volume {resource} exists with another driver or other options, which cannot be changed. Rename the volume."
    ),
    IssueCode.VOLUME_IN_USE: (
        "The volume {resource} is also used by {holder}. Remove that container first, or keep the volume."
    ),
    IssueCode.VOLUME_SHARED: "The volume {resource} is also used by {holder}.",
    IssueCode.NETWORK_CONFLICT: (
        "The network {resource} already exists and belongs to {holder}. Choose another name for the network."
    ),
    IssueCode.NETWORK_MISSING: "The external network {resource} does not exist. Create it first.",
    IssueCode.NETWORK_IN_USE: (
        "The network {resource} has a different {property}, which cannot be changed while {containers} use it. "
        "Give the network another name."
    ),
    IssueCode.NETWORK_MODE_CONFLICT: "network_mode {value} cannot be combined with networks. Remove one of them.",
    IssueCode.PATH_MISSING: "The host path {resource} mounted at {path} does not exist. Create it first.",
    IssueCode.PATH_NOT_ABSOLUTE: "The host path {resource} mounted at {path} is not absolute. Start it with /.",
    IssueCode.PATH_SHARED: "The host path {resource} is also used by {holder}.",
    IssueCode.IMAGE_NOT_SET: "No image is set. Set an image.",
    IssueCode.IMAGE_UNAVAILABLE: (
        "The image {resource} cannot be pulled: {reason}. Check that {registry} is reachable from the target."
    ),
    IssueCode.IMAGE_NOT_FOUND: "The image {resource} cannot be pulled: {reason}. Check the image name.",
    IssueCode.IMAGE_PULL_FORBIDDEN: (
        "The image {resource} is not on the target and pull_policy {policy} forbids pulling it. Load the image or "
        "change pull_policy."
    ),
    IssueCode.IMAGE_PLATFORM: (
        "The image {resource} is built for {platforms}, but the target is {actual}. Choose an image for {actual}."
    ),
    IssueCode.REGISTRY_LOGIN_MISSING: (
        "The image {resource} cannot be pulled: {registry} requires a login. Add one under Registry logins, or check "
        "the image name."
    ),
    IssueCode.REGISTRY_LOGIN_REJECTED: (
        "The image {resource} cannot be pulled: {registry} rejects the login of {username}. Change it under Registry "
        "logins, or check the image name."
    ),
    IssueCode.DISK_FULL: "The disk of the target is full ({free} free). Free up space.",
    IssueCode.DISK_LOW: "The disk of the target is almost full ({free} free).",
    IssueCode.CONFIG_FILE_EXTERNAL: (
        "The config file {resource} refers to the external config {name}, which a Docker Engine cannot store. Add the "
        "content of the file."
    ),
    IssueCode.CONFIG_FILE_PATH: "The path of the config file {resource} is not absolute. Start it with /.",
    IssueCode.CONFIG_FILE_OWNER: "The owner of the config file {resource} must be a numeric user and group ID.",
    IssueCode.CONFIG_FILE_IN_TMPFS: (
        "The config file {resource} is inside a tmpfs mount, which is empty at every start. Choose another path."
    ),
    IssueCode.CONFIG_FILE_IN_HOST_PATH: (
        "The config file {resource} is inside the host path {path}, which Uplift never writes to. Choose another path."
    ),
    IssueCode.CONFIG_FILE_READ_ONLY: (
        "The config file {resource} is on a file system that is read-only ({field}). Mount a writable volume there."
    ),
    IssueCode.PROBE_UNREACHABLE: (
        "The {probe} probe uses port {resource}, which is not reachable from Uplift. Publish the port, or use a "
        "command probe."
    ),
    IssueCode.MULTIPLE_PROBES: (
        "{probes} probes are set, but a Docker Engine supports one health check. Keep only the {preferred} probe."
    ),
    IssueCode.RESERVED_LABEL: "The label {resource} starts with {prefix}, which is reserved. Rename the label.",
    IssueCode.RESTART_NEVER_ENDS: "The restart policy {value} would run a job forever. Use on-failure or no.",
    IssueCode.ENVIRONMENT_NOT_SET: "{resource} has no value and is not set. A Docker Engine has no values to pass on.",
    IssueCode.UNSUPPORTED_FIELD: "{resource} is not supported by this target. Remove it.",
    IssueCode.UNSUPPORTED_VALUE: "{resource} does not support the value {value} on this target. Change it.",
    IssueCode.UNSUPPORTED_BY_VERSION: "{resource} requires Docker API {required}; this target has {actual}.",
    IssueCode.INVALID_FIELD: "{resource} is invalid: {reason}.",
    IssueCode.INVALID_SECRET_VALUE: "{resource} is invalid after its secrets are inserted. Check the secret values.",
    IssueCode.FOLDER_UNMANAGED: (
        "The folder {resource} in {repository} was not written by Uplift. Move it or choose another name."
    ),
    IssueCode.FOLDER_UNREADABLE: "The folder {resource} in {repository} cannot be read: {reason}. Restore it with Git.",
    IssueCode.FOLDER_UNCOMMITTED: "{resource} in {repository} has uncommitted changes. Commit or undo them.",
    IssueCode.SERVICES_UNMANAGED: (
        "{path} contains {resource}, not written by Uplift. Move them to a Compose file in another folder."
    ),
    IssueCode.SECRET_FILE_EXPOSED: (
        "The content of the secret file {resource} would be committed. Make it a secret parameter."
    ),
    IssueCode.GIT_PATH: "Git does not store the config file {resource}, because its path contains .git. Rename it.",
    IssueCode.COMPOSE_ERROR: "The component cannot be written as a Compose file: {reason}.",
    IssueCode.TARGET_ERROR: "{reason}",
}


def describe_issue(issue: PreflightIssue) -> str:
    """Return the message of an issue, prefixed with its component's key."""
    holder = describe_holder(issue.holder) if issue.holder is not None else ""
    message = _MESSAGES[issue.code].format(resource=issue.resource, holder=holder, **issue.params)
    if issue.code is IssueCode.PORT_CONFLICT and "free_port" in issue.params:
        message = f"{message.removesuffix('.')}, for example {issue.params['free_port']}."
    return f"{issue.component}: {message}" if issue.component else message


def describe_holder(holder: Holder) -> str:
    """Return a holder as the end of a sentence ("container legacy-web")."""
    match holder.kind:
        case HolderKind.APPLICATION:
            component = f" ({holder.component})" if holder.component else ""
            return f"application {holder.name}{component}" if holder.name else "another application"
        case HolderKind.CONTAINER:
            return f"container {holder.name}"
        case HolderKind.PROCESS:
            return "a process on the target host"
        case HolderKind.UNKNOWN:
            return "something that Uplift does not manage"
