"""What a service's environment is: its env files, and above them what it says itself."""

from collections.abc import Mapping

from apps_app.sources.compose.dotenv import read_env
from apps_app.sources.compose.source import Report, Tree, as_list, as_map, is_name
from templates_app.spec.text import literal


def environment(
    name: str, service: Tree, files: Mapping[str, bytes], values: Mapping[str, str], report: Report
) -> dict[str, str | None]:
    """Names and texts. A name without a value refers to the variable of that name, where that has one."""
    found: dict[str, str | None] = {}
    for entry in as_list(service.get("env_file")):
        read = _read(name, "env_file", as_map(entry), files, values, report)
        found |= {key: literal(value) for key, value in read.items()}
    for key, value in as_map(service.get("environment")).items():
        if value is None:
            found[key] = _variable(key, values)
        else:
            found[key] = str(value)
    return found


def _variable(name: str, values: Mapping[str, str]) -> str | None:
    """A reference to the variable; its value where the name is none that a reference can hold."""
    if name not in values:
        return None
    return f"${{{name}}}" if is_name(name) else literal(values[name])


def labels(
    name: str, service: Tree, files: Mapping[str, bytes], values: Mapping[str, str], report: Report
) -> dict[str, str]:
    """Labels of label files, and above them those of the service."""
    found: dict[str, str] = {}
    for entry in as_list(service.get("label_file")):
        read = _read(name, "label_file", as_map(entry), files, values, report)
        found |= {literal(key): literal(value) for key, value in read.items()}
    return found | {key: str(value) for key, value in as_map(service.get("labels")).items()}


def _read(
    name: str, key: str, entry: Tree, files: Mapping[str, bytes], values: Mapping[str, str], report: Report
) -> dict[str, str]:
    path = str(entry.get("path"))
    if path in files:
        return read_env(path, files[path], values, raw=entry.get("format") == "raw")
    if entry.get("required", True) in (True, "true"):
        report.fault(f"services.{name}.{key}", f"{path} was not given: {report.advice.give}")
    else:
        report.notice(name, key, f"{path} was not given, and is not required")
    return {}
