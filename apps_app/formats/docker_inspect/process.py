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


def process(one: Container) -> Tree:
    """Command, environment, labels, check and stop settings, in the document's words."""
    said: Tree = {**_command(one), **_texts(one)}
    if env := _environment(one):
        said["env"] = env
    if own := _labels(one):
        said["labels"] = own
    if stop := _stop(one):
        said["stop"] = stop
    return said


def checked(one: Container) -> tuple[Tree, Tree]:
    """The probes, and the engine's own words for a check that is the image's but for its times."""
    check, image = table(one.config.get("Healthcheck")), table(one.defaults.get("Healthcheck"))
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
    said = ""
    for unit, size in _UNITS:
        count, nanoseconds = divmod(nanoseconds, size)
        said += f"{count}{unit}" if count else ""
    return said or "0s"


def _command(one: Container) -> Tree:
    """An entrypoint of its own switches the image's command off."""
    entrypoint, command = words(one.config.get("Entrypoint")), words(one.config.get("Cmd"))
    own = entrypoint != words(one.defaults.get("Entrypoint"))
    said: Tree = {"entrypoint": _literals(entrypoint)} if own else {}
    if command if own else command != words(one.defaults.get("Cmd")):
        said["command"] = _literals(command)
    return said


def _literals(texts: list[str]) -> JsonValue:
    return [literal(text) for text in texts]


def _texts(one: Container) -> Tree:
    fields = {"User": "user", "WorkingDir": "working_dir"}
    return {
        name: literal(str(one.config[field]))
        for field, name in fields.items()
        if one.config.get(field) and one.config[field] != one.defaults.get(field)
    }


def _environment(one: Container) -> Tree:
    image = set(words(one.defaults.get("Env")))
    split = (entry.partition("=") for entry in words(one.config.get("Env")) if entry not in image)
    return {name: literal(value) if equals else None for name, equals, value in split if name}


def _labels(one: Container) -> Tree:
    image = table(one.defaults.get("Labels"))
    return {
        name: literal(str(value))
        for name, value in one.labels.items()
        if image.get(name) != value and not name.startswith(_FOREIGN_LABELS)
    }


def _stop(one: Container) -> Tree:
    said: Tree = {}
    signal = one.config.get("StopSignal")
    if signal and signal != one.defaults.get("StopSignal"):
        said["signal"] = str(signal)
    if one.config.get("StopTimeout") is not None:
        said["grace"] = duration(number(one.config["StopTimeout"]) * 1_000_000_000)
    return said


def exposed(one: Container) -> Tree:
    """Ports: those that are published, and those that only the container itself names."""
    found: Tree = {port: {} for port in table(one.config.get("ExposedPorts"))}
    for port in table(one.defaults.get("ExposedPorts")):
        found.pop(port, None)
    for port, bindings in table(one.host.get("PortBindings")).items():
        found[port] = {_binding(table(binding)): {} for binding in rows(bindings)}
    return found


def _binding(said: Tree) -> str:
    address, port = str(said.get("HostIp") or ""), str(said.get("HostPort") or "")
    if not address:
        return port
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
