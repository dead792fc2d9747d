"""What a container runs, as far as its image does not say so already."""

from pydantic import JsonValue

from apps_app.formats.docker_inspect.inspect_document import Container, Tree, number, rows, table, words
from templates_app.appspec.interpolation.syntax import literal

_TIMES = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}
_FOREIGN_LABELS = ("com.docker.compose.", "uplift.", "desktop.docker.io/")
_UNITS = (("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000))


def process(container: Container) -> Tree:
    """Command, environment, labels, check and stop settings, in the document's words."""
    tree: Tree = {**_command(container), **_texts(container)}
    if env := _environment(container):
        tree["env"] = env
    if own := _labels(container):
        tree["labels"] = own
    if stop := _stop(container):
        tree["stop"] = stop
    return tree


def checked(container: Container) -> tuple[Tree, Tree]:
    """The probes, and the engine's own words for a check that is the image's but for its times."""
    check, image = table(container.config.get("Healthcheck")), table(container.defaults.get("Healthcheck"))
    if not check or check == image:
        return {}, {}
    test = words(check.get("Test"))
    times: Tree = {
        name: duration(number(check.get(field))) for name, field in _TIMES.items() if _moved(check, image, field)
    }
    if _moved(check, image, "Retries"):
        times["retries"] = number(check.get("Retries"))
    if test[:1] == ["NONE"]:
        return {"readiness": {"disabled": True}}, {}
    if not test or test == words(image.get("Test")):
        return {}, {"healthcheck": times}
    if test[0] == "CMD-SHELL" and len(test) == 2:
        return {"readiness": {"shell": literal(test[1]), **times}}, {}
    if test[0] == "CMD":
        return {"readiness": {"command": [literal(word) for word in test[1:]], **times}}, {}
    return {}, {"healthcheck": {"test": [literal(word) for word in test], **times}}


def _moved(check: Tree, image: Tree, field: str) -> bool:
    return bool(number(check.get(field))) and check.get(field) != image.get(field)


def duration(nanoseconds: int) -> str:
    """90000000000 → "1m30s"."""
    text = ""
    for unit, size in _UNITS:
        count, nanoseconds = divmod(nanoseconds, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def _command(container: Container) -> Tree:
    """An entrypoint of its own switches the image's command off."""
    entrypoint, command = words(container.config.get("Entrypoint")), words(container.config.get("Cmd"))
    own = entrypoint != words(container.defaults.get("Entrypoint"))
    tree: Tree = {"entrypoint": _literals(entrypoint)} if own else {}
    if command if own else command != words(container.defaults.get("Cmd")):
        tree["command"] = _literals(command)
    return tree


def _literals(texts: list[str]) -> JsonValue:
    return [literal(text) for text in texts]


def _texts(container: Container) -> Tree:
    fields = {"User": "user", "WorkingDir": "working_dir"}
    return {
        name: literal(str(container.config[field]))
        for field, name in fields.items()
        if container.config.get(field) and container.config[field] != container.defaults.get(field)
    }


def _environment(container: Container) -> Tree:
    image = set(words(container.defaults.get("Env")))
    split = (entry.partition("=") for entry in words(container.config.get("Env")) if entry not in image)
    return {name: literal(value) if equals else None for name, equals, value in split if name}


def _labels(container: Container) -> Tree:
    image = table(container.defaults.get("Labels"))
    return {
        name: literal(str(value))
        for name, value in container.labels.items()
        if image.get(name) != value and not name.startswith(_FOREIGN_LABELS)
    }


def _stop(container: Container) -> Tree:
    tree: Tree = {}
    signal = container.config.get("StopSignal")
    if signal and signal != container.defaults.get("StopSignal"):
        tree["signal"] = str(signal)
    if container.config.get("StopTimeout") is not None:
        tree["grace"] = duration(number(container.config["StopTimeout"]) * 1_000_000_000)
    return tree


def exposed(container: Container) -> Tree:
    """Ports: those that are published, and those that only the container itself names."""
    tree: Tree = {port: {} for port in table(container.config.get("ExposedPorts"))}
    for port in table(container.defaults.get("ExposedPorts")):
        tree.pop(port, None)
    for port, bindings in table(container.host.get("PortBindings")).items():
        tree[port] = {_binding(table(binding)): {} for binding in rows(bindings)}
    return tree


def _binding(tree: Tree) -> str:
    address, port = str(tree.get("HostIp") or ""), str(tree.get("HostPort") or "")
    if not address:
        return port
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
