"""The same document with components under other keys, and everything that names them following."""

from collections.abc import Mapping

from pydantic import JsonValue

from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.resource_usage import SHARES_NETWORK_OF

_SPACES = ("ipc", "pid", "uts", "cgroup")


def rekeyed(spec: AppSpec, keys: Mapping[str, str]) -> AppSpec:
    """`keys` says old key → new key; keys it does not name stay. Raises ValueError where two would meet.

    Host names inside texts stay as they are written: how components reach each other is for whoever wrote them.
    """
    moved = {old: new for old, new in keys.items() if old != new and old in spec.components}
    if not moved:
        return spec
    if met := clashes(spec.components, moved):
        raise ValueError(f"two components would be called {', '.join(met)}")
    components = {moved.get(key, key): _follows(component, moved) for key, component in spec.components.items()}
    return spec.model_copy(update={"components": components})


def clashes(components: Mapping[str, object], keys: Mapping[str, str]) -> tuple[str, ...]:
    """The keys at which two components would meet."""
    ends = [keys.get(key, key) for key in components]
    return tuple(sorted({end for end in ends if ends.count(end) > 1}))


def _follows(component: ComponentSpec, keys: Mapping[str, str]) -> ComponentSpec:
    update: dict[str, object] = {}
    if component.depends_on.keys() & keys.keys():
        update["depends_on"] = {keys.get(key, key): dependency for key, dependency in component.depends_on.items()}
    if (mode := _lender(component.network_mode, keys)) != component.network_mode:
        update["network_mode"] = mode
    engine = {name: _option(name, value, keys) for name, value in component.engine.items()}
    if engine != dict(component.engine):
        update["engine"] = engine
    return component.model_copy(update=update) if update else component


def _option(name: str, value: JsonValue, keys: Mapping[str, str]) -> JsonValue:
    if name in _SPACES and isinstance(value, str):
        return _lender(value, keys)
    if name == "volumes_from" and isinstance(value, list):
        return [_first(item, keys) if isinstance(item, str) else item for item in value]
    if name == "links" and isinstance(value, list):
        return [_link(item, keys) if isinstance(item, str) else item for item in value]
    return value


def _lender(text: str, keys: Mapping[str, str]) -> str:
    lender = text.removeprefix(SHARES_NETWORK_OF)
    return f"{SHARES_NETWORK_OF}{keys[lender]}" if text.startswith(SHARES_NETWORK_OF) and lender in keys else text


def _first(text: str, keys: Mapping[str, str]) -> str:
    key, colon, rest = text.partition(":")
    return f"{keys.get(key, key)}{colon}{rest}"


def _link(text: str, keys: Mapping[str, str]) -> str:
    """A link keeps the name by which the other one is reached."""
    key, _, alias = text.partition(":")
    return f"{keys[key]}:{alias or key}" if key in keys else text
