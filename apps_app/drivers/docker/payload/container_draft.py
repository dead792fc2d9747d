"""What a container is made from, while it comes together."""

from collections.abc import Callable
from dataclasses import dataclass, field

from apps_app.drivers.base import Part, Placement
from apps_app.drivers.docker.api.models import Tree
from templates_app.appspec.schema.component import ComponentSpec


@dataclass
class Making:
    """The documents of one container while they are made, and what stands in the way."""

    app: Placement
    key: str
    part: Part
    component: ComponentSpec
    config: Tree = field(default_factory=dict)
    host: Tree = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def tried[T, E](self, text: str, read: Callable[[], T], otherwise: E) -> T | E:
        """What is read; where it cannot be, `otherwise`, and why as a fault."""
        try:
            return read()
        except (ValueError, KeyError, TypeError) as error:
            self.faults.append(f"{text}: {error}")
            return otherwise
