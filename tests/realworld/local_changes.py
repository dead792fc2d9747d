"""What operators of the real chains change in their own installations, as places of the document and their values."""

from dataclasses import dataclass

from pydantic import JsonValue

from apps_app.actions.remove_component import remove_component
from apps_app.actions.save_component import save_component
from apps_app.models import Application
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import Tree, tree
from tests.realworld.chains import OPENTELEMETRY, SENTRY, Chain
from tests.upgrades_app.road import ADA

type Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocalChange:
    """Made while the installation was at `release`: what stands at `path` from then on; None: nothing."""

    release: str
    what: str
    path: Path
    value: JsonValue

    @property
    def key(self) -> str:
        return self.path[1]

    def __str__(self) -> str:
        return f"{self.what}: {'.'.join(self.path)}"

    def holds(self, spec: AppSpec) -> bool:
        """Whether the document says so still; of a component that is gone only its absence holds."""
        is_current = self.key in spec.components
        if len(self.path) == 2:
            return (tree(spec.components[self.key]) if is_current else None) == self.value
        return is_current and _at(tree(spec.components[self.key]), self.path[2:]) == self.value

    def make(self, application: Application) -> None:
        """As the operator does it, through the same actions as the pages."""
        spec = application.desired_spec()
        if len(self.path) == 2 and self.value is None:
            remove_component(application, ADA, key=self.key, cut=True)
            return
        row = application.components.filter(key=self.key).first()
        before = tree(spec.components[self.key]) if self.key in spec.components else {}
        component = parse_component(_with(before, self.path[2:], self.value))
        save_component(application, ADA, key=self.key, component=component, revision=row.revision if row else None)


def _at(value: JsonValue, path: Path) -> JsonValue:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _with(document: JsonValue, path: Path, value: JsonValue) -> JsonValue:
    if not path:
        return value
    inside: Tree = dict(document) if isinstance(document, dict) else {}
    inside[path[0]] = _with(inside.get(path[0]), path[1:], value)
    return {name: item for name, item in inside.items() if item is not None or name != path[0]}


_OF_SENTRY = (
    LocalChange("20.6.0", "env added", ("components", "web", "env", "LOCAL_REGION"), "eu"),
    LocalChange("20.6.0", "env changed", ("components", "zookeeper", "env", "ZOOKEEPER_LOG4J_ROOT_LOGLEVEL"), "ERROR"),
    LocalChange("20.6.0", "port added", ("components", "redis", "ports", "6379/tcp"), {"127.0.0.1:16379": {}}),
    LocalChange("20.6.0", "image overridden", ("components", "postgres", "image"), "postgres:9.6.24"),
    LocalChange(
        "21.6.0",
        "component added",
        ("components", "backup"),
        {
            "image": "restic/restic:0.16.4",
            "env": {"RESTIC_REPOSITORY": "/backup"},
            "mounts": {"/backup": {"source": "backup"}},
            "depends_on": {"postgres": {}},
        },
    ),
    LocalChange(
        "21.6.0", "command changed", ("components", "worker", "command"), ["run", "worker", "--concurrency", "4"]
    ),
    LocalChange("22.6.0", "mount added", ("components", "nginx", "mounts", "/etc/nginx/extra"), {"source": "extra"}),
    LocalChange("22.6.0", "env removed", ("components", "kafka", "env", "CONFLUENT_SUPPORT_METRICS_ENABLE"), None),
    LocalChange("23.6.0", "component removed", ("components", "geoipupdate"), None),
    LocalChange("24.6.0", "label added", ("components", "relay", "labels", "example.team"), "ops"),
)

_OF_OPENTELEMETRY = (
    LocalChange("1.5.0", "env added", ("components", "frontend", "env", "LOCAL_REGION"), "eu"),
    LocalChange("1.5.0", "env changed", ("components", "kafka", "env", "KAFKA_HEAP_OPTS"), "-Xmx1g -Xms1g"),
    LocalChange("1.5.0", "port added", ("components", "redis-cart", "ports", "9121/tcp"), {"127.0.0.1:19121": {}}),
    LocalChange("1.5.0", "image overridden", ("components", "grafana", "image"), "grafana/grafana:10.1.5"),
    LocalChange(
        "1.5.0",
        "component added",
        ("components", "mail"),
        {"image": "axllent/mailpit:v1.20", "ports": {"8025/tcp": {"127.0.0.1:18025": {}}}},
    ),
    LocalChange("1.5.0", "command changed", ("components", "jaeger", "command"), ["--memory.max-traces", "500"]),
    LocalChange("1.9.0", "mount added", ("components", "prometheus", "mounts", "/prometheus"), {"source": "metrics"}),
    LocalChange("1.9.0", "env removed", ("components", "otelcol", "env", "ENVOY_PORT"), None),
    LocalChange("1.9.0", "component removed", ("components", "frauddetectionservice"), None),
    LocalChange("1.9.0", "label added", ("components", "cartservice", "labels", "example.team"), "ops"),
)


def made_at(chain: Chain, release: str) -> tuple[LocalChange, ...]:
    """The local changes of this chain's operator at that release."""
    return tuple(change for change in _CHANGES[chain.project] if change.release == release)


_CHANGES = {SENTRY.project: _OF_SENTRY, OPENTELEMETRY.project: _OF_OPENTELEMETRY}
