"""What an application's containers are, field by field, against what they were made from."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from apps_app.drivers.base import Found, Part, Placement
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import container_name, network_name, volume_name
from apps_app.drivers.docker.api.models import Container, Tree
from apps_app.drivers.docker.api.models import Volume as There
from apps_app.drivers.docker.payload.builder import read_part
from apps_app.drivers.docker.state import networks, volumes
from apps_app.drivers.docker.state.annotations import read_marks
from apps_app.drivers.docker.state.container_decoder import Told, Words, expected
from apps_app.drivers.docker.state.namespace_sharing import is_orphan
from apps_app.drivers.docker.state.replica_set import Standing, grouped
from templates_app.appspec.diff.rebase_text import carried
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import Network, Volume
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import tree


class Comparing:
    """An application's containers at one moment, to be compared with parts."""

    def __init__(self, engine: Engine, app: Placement) -> None:
        self.engine, self.app = engine, app
        self.containers = engine.containers(uid=app.uid)
        self.images: dict[str, Tree] = {}

    def found(self, key: str, part: Part) -> Found | None:
        """None where there is nothing, and nothing to be said of it. Raises DriverError."""
        standing = self.standing(key)
        if not standing.acting:
            return self._none(key, part, standing)
        desired, faults = read_part(self.app, key, part)
        if desired is None:
            return Found(part.component, beside=faults)
        first = standing.acting[0]
        current_image, words = self._image(first.image_id), self._words(part)
        image = self._image(desired.image) or current_image
        try:
            now = words.told(key, first.document, current_image)
            was = words.told(key, expected(desired, image), image)
        except SpecError as error:
            return Found(part.component, beside=(f"{first.name} cannot be told in fields: {error.faults[0]}",))
        was.plain["replicas"], now.plain["replicas"] = desired.replicas, len(standing.acting)
        component = parse_component(carried(tree(part.component), was.plain, now.plain, str), f"components.{key}")
        return Found(component, *_definitions(now, words), tuple(self._beside(key, standing, was, now, words)))

    def standing(self, key: str) -> Standing:
        return Standing(self._grouped.get(key, ()), self._marks.get(key))

    @cached_property
    def _grouped(self) -> Mapping[str, tuple[Container, ...]]:
        return grouped(self.containers)

    @cached_property
    def _marks(self) -> Mapping[str, There]:
        return read_marks(self.engine, self.app)

    @cached_property
    def _engine(self) -> Tree:
        info = self.engine.info()
        return {"DefaultRuntime": info.runtime, "LoggingDriver": info.logging, "CgroupVersion": info.cgroups}

    def _words(self, part: Part) -> Words:
        keys = {container.id: container.labels.get(labels.KEY, "") for container in self.containers}
        mounted = {key: volume_name(self.app, key, volume) for key, volume in volumes.used(part).items()}
        joined = {key: network_name(self.app, key, network) for key, network in networks.used(part).items()}
        return Words(
            {**adoption_labels.volumes_of(self.engine, self.app), **mounted},
            {**adoption_labels.networks_of(self.engine, self.app), **joined},
            lambda text: keys.get(text, text if text in self._grouped else ""),
            self._engine,
        )

    def _image(self, name: str) -> Tree:
        if name not in self.images:
            self.images[name] = self.engine.inspect("image", name) or {}
        return self.images[name]

    def _none(self, key: str, part: Part, standing: Standing) -> Found | None:
        """No container of its own: perhaps somebody else's has its name."""
        if standing.mark is not None and standing.mark.labels.get(labels.REPLICAS) == "0":
            return Found(part.component)
        name = container_name(self.app, key, 1, str(part.component.engine.get("container_name") or ""))
        stranger = self.engine.container(name)
        if stranger is None or labels.is_ours(stranger.labels, self.app):
            return None
        return Found(None, beside=(f"the container {name} is there, and belongs to {volumes.owner(stranger.labels)}",))

    def _beside(self, key: str, standing: Standing, was: Told, now: Told, words: Words) -> Iterator[str]:
        ids = {item.id for item in self.containers}
        same_networks = was.plain.get("networks") == now.plain.get("networks")
        for container in standing.acting:
            yield from filter(
                None, [standing.name_drift(container), same_networks and standing.network_drift(container)]
            )
            if is_orphan(container, ids):
                yield f"{container.name} shares the network of a container that is gone"
        yield from (text for text in now.lost if text not in was.lost)
        yield from self._unlike(key, standing.acting, now, words)

    def _unlike(self, key: str, acting: Sequence[Container], now: Told, words: Words) -> Iterator[str]:
        """Replicas that are not as the first, which counts."""
        for container in acting[1:]:
            other = words.told(key, container.document, self._image(container.image_id)).plain
            if {**other, "replicas": now.plain["replicas"]} != now.plain:
                yield f"{container.name} is not as {acting[0].name}"


def found(engine: Engine, app: Placement, parts: Mapping[str, Part]) -> dict[str, Found]:
    """By key, what is there of these parts. Raises DriverError."""
    reader = Comparing(engine, app)
    described = {key: reader.found(key, part) for key, part in sorted(parts.items())}
    return {key: live for key, live in described.items() if live is not None}


def _definitions(now: Told, words: Words) -> tuple[dict[str, Volume], dict[str, Network]]:
    """What it uses and the application does not know is somebody else's."""
    return (
        {key: Volume(external=True, name=name) for key, name in now.around.volumes.items() if key not in words.volumes},
        {
            key: Network(external=True, name=name)
            for key, name in now.around.networks.items()
            if key not in words.networks
        },
    )
