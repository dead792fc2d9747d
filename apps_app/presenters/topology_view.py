"""The components of an application as lines of a table and as nodes of the topology."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from apps_app.models import Application, Component, Installation, Origin
from apps_app.presenters.component_status import ComponentState, component_state
from apps_app.queries.pending_changes import reads, waiting_values
from apps_app.topology import Edge, Node, Picture, layout
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import TemplateVersion


@dataclass(frozen=True, slots=True)
class PortShown:
    """`8080 → 80/tcp`, with its link or why there is none."""

    text: str
    url: str = ""
    note: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """One component as a list shows it; `image` is rendered, and `applied_image` is there while it is another one."""

    key: str
    image: str
    state: ComponentState
    depends_on: tuple[str, ...]
    ports: tuple[str | PortShown, ...]
    url: str
    mark: str = ""
    job: bool = False
    volumes: int = 0
    applied_image: str = ""

    @property
    def tag(self) -> str:
        """The image as short as it still says which one: `redis:7`, or `redis:7 → 8` while 8 is not applied."""
        return self.moved_tag if self.applied_image else short_image(self.image)

    @property
    def moved_tag(self) -> str:
        return moved_tag(self.applied_image, self.image)


def short_image(image: str) -> str:
    """Name and tag of an image: `sentry:25.6` of `ghcr.io/getsentry/sentry:25.6@sha256:…`."""
    name, _, digest = image.partition("@")
    short = name.rpartition("/")[2]
    if digest and ":" not in short:
        return f"{short}@{digest[:15]}"
    return short or "no image"


def moved_tag(before: str, after: str) -> str:
    """`redis:7 → 8`, or both names where the tag does not say it."""
    old, new = short_image(before), short_image(after)
    if old == new:
        return f"{before} → {after}"
    same = before.partition("@")[0].rpartition(":")[0] == after.partition("@")[0].rpartition(":")[0]
    return f"{old} → {new.rpartition(':')[2] if same and ':' in new else new}"


def component_rows(application: Application) -> list[Component]:
    """Every component there is or was, by key, with what was last seen of it."""
    return list(application.components.select_related("observation").order_by("key"))


def component_lines(
    application: Application,
    rendered: AppSpec,
    applied: AppSpec | None = None,
    rows: Sequence[Component] | None = None,
    waiting: frozenset[str] | None = None,
) -> tuple[ComponentLine, ...]:
    """The rows, or all there are, as lines. Both documents have their values in place: as it is wanted, and as it was
    applied."""
    rows = component_rows(application) if rows is None else rows
    marks, values = new_marks(application), waiting_values(application) if waiting is None else waiting
    existing = applied.components if applied is not None else {}
    lines = []
    for row in rows:
        spec = rendered.components.get(row.key) or existing.get(row.key) or row.applied_spec
        if spec is not None:
            lines.append(_line(application, row, spec, existing.get(row.key), marks.get(row.key, ""), values))
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
    """`new in 1.1` by component key: what the version of the last upgrade has, and the one before it had not."""
    installation = application.installed()
    if installation is None or installation.version is None:
        return {}
    latest = _furthest(installation) or installation.version
    before = _keys_before(latest)
    if before is None:
        return {}
    arrived = installation.origins.filter(version=latest, state=Origin.State.PRESENT, component__isnull=False)
    keys = arrived.values_list("template_key", "component__key")
    return {key: f"new in {latest.version}" for template_key, key in keys if template_key not in before}


def _furthest(installation: Installation) -> TemplateVersion | None:
    """The version that only some of the components were taken to, where there is one."""
    if not installation.ahead:
        return None
    origins = installation.origins.filter(state=Origin.State.PRESENT)
    return TemplateVersion.objects.filter(origins__in=origins).newest_first().defer("document").first()


def _keys_before(version: TemplateVersion) -> frozenset[str] | None:
    """The components of the version before, without loading its document whole; None for the first."""
    older = TemplateVersion.objects.published().filter(template=version.template_id, sort_key__lt=version.sort_key)
    documents = older.newest_first().values_list("document__components", flat=True)[:1]
    return next((frozenset(components or ()) for components in documents), None)


def _line(
    application: Application,
    row: Component,
    spec: ComponentSpec,
    applied: ComponentSpec | None,
    mark: str,
    values: frozenset[str],
) -> ComponentLine:
    moved = applied is not None and (applied != spec or not values.isdisjoint(reads(spec)))
    return ComponentLine(
        key=row.key,
        image=spec.image,
        applied_image=applied.image if applied is not None and applied.image != spec.image else "",
        state=component_state(row, has_target=application.target_id is not None, moved=moved),
        depends_on=tuple(sorted(spec.depends_on)),
        ports=tuple(port_texts(spec)),
        url=reverse("apps:component", args=[application.slug, row.key]),
        mark=mark,
        job=spec.kind == "job",
        volumes=sum(mount.kind == "volume" for mount in spec.mounts.values()),
    )


def port_texts(spec: ComponentSpec) -> list[str]:
    """`8080 → 80/tcp` for what is published, `6379/tcp` for what only neighbours reach."""
    result: list[str] = []
    for port, bindings in sorted(spec.ports.items()):
        result.extend(port_text(binding, port) for binding in sorted(bindings))
        if not bindings:
            result.append(port)
    return result


def port_text(binding: str, port: str) -> str:
    return f"{binding or 'any'} → {port}"


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
