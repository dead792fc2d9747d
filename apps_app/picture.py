"""The components of an application as lines of a table and as nodes of the topology."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.urls import reverse

from apps_app.models import Application, Component, Origin
from apps_app.states import ComponentState, component_state
from apps_app.topology import Edge, Node, Picture, layout
from templates_app.models import TemplateVersion
from templates_app.spec.component import ComponentSpec
from templates_app.spec.model import AppSpec


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """One component as a list shows it; `image` is rendered."""

    key: str
    image: str
    state: ComponentState
    depends_on: tuple[str, ...]
    ports: tuple[str, ...]
    url: str
    mark: str = ""
    job: bool = False
    volumes: int = 0

    @property
    def tag(self) -> str:
        """The image as short as it still says which one: `redis:7`."""
        name = self.image.partition("@")[0]
        return name.rpartition("/")[2] or "no image"


def component_lines(application: Application, desired: AppSpec, rendered: AppSpec) -> tuple[ComponentLine, ...]:
    """Every component there is or was, by key. `rendered` is `desired` with its values in place."""
    rows = application.components.select_related("observation").order_by("key")
    marks = new_marks(application)
    lines = []
    for row in rows:
        spec = rendered.components.get(row.key) or row.applied_spec
        if spec is not None:
            lines.append(_line(application, row, spec, marks.get(row.key, "")))
    return tuple(lines)


def picture(lines: Collection[ComponentLine], conditions: Mapping[str, ComponentSpec]) -> Picture:
    """The placed topology of the lines."""
    nodes = [_node(line) for line in lines]
    edges = [
        Edge(line.key, other, conditions[line.key].depends_on[other].condition if line.key in conditions else "")
        for line in lines
        for other in line.depends_on
    ]
    return layout(nodes, edges)


def new_marks(application: Application) -> dict[str, str]:
    """`new in 1.1` by component key: what the installed version has and the one published before it had not."""
    installation = application.installed()
    if installation is None or installation.version is None:
        return {}
    before = _keys_before(installation.version)
    if before is None:
        return {}
    arrived = installation.origins.filter(version=installation.version_id, state=Origin.State.PRESENT)
    keys = arrived.filter(component__isnull=False).values_list("template_key", "component__key")
    return {key: f"new in {installation.version.version}" for template_key, key in keys if template_key not in before}


def _keys_before(version: TemplateVersion) -> frozenset[str] | None:
    """The components of the version before, without loading its document whole; None for the first."""
    older = TemplateVersion.objects.published().filter(template=version.template_id, sort_key__lt=version.sort_key)
    documents = older.newest_first().values_list("document__components", flat=True)[:1]
    return next((frozenset(components or ()) for components in documents), None)


def _line(application: Application, row: Component, spec: ComponentSpec, mark: str) -> ComponentLine:
    return ComponentLine(
        key=row.key,
        image=spec.image,
        state=component_state(row, has_target=application.target_id is not None),
        depends_on=tuple(sorted(spec.depends_on)),
        ports=tuple(port_texts(spec)),
        url=reverse("apps:component", args=[application.slug, row.key]),
        mark=mark,
        job=spec.kind == "job",
        volumes=sum(mount.kind == "volume" for mount in spec.mounts.values()),
    )


def port_texts(spec: ComponentSpec) -> list[str]:
    """`8080 → 80/tcp` for what is published, `6379/tcp` for what only neighbours reach."""
    found: list[str] = []
    for port, bindings in sorted(spec.ports.items()):
        found.extend(f"{binding or 'any'} → {port}" for binding in sorted(bindings))
        if not bindings:
            found.append(port)
    return found


def _node(line: ComponentLine) -> Node:
    facts = []
    if line.job:
        facts.append("job")
    if line.volumes:
        facts.append(f"{line.volumes} volume{'s' if line.volumes > 1 else ''}")
    return Node(
        key=line.key,
        title=line.key,
        subtitle=line.tag,
        state=line.state.word,
        symbol=line.state.symbol,
        tone=line.state.tone,
        mark=line.mark,
        href=line.url,
        facts=tuple(facts),
    )
