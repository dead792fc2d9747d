"""Where lines leave and enter the borders of blocks between two rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apps_app.topology.blocks import Block
from apps_app.topology.order import Slot
from apps_app.topology.place import settle

INSET = 16
PORT_GAP = 12


@dataclass(slots=True)
class Net:
    """The lines of one trunk between two rows: they leave at `ports` above and enter at `pin` below."""

    trunk: str
    lower: Slot
    ports: dict[Slot, int] = field(default_factory=dict)
    pin: int = 0

    @property
    def left_port(self) -> int:
        return min(self.ports.values())

    @property
    def left(self) -> int:
        return min(self.pin, self.left_port)

    @property
    def right(self) -> int:
        return max(self.pin, *self.ports.values())

    @property
    def straight(self) -> bool:
        return self.left == self.right


def nets(
    pairs: Iterable[tuple[str, Slot, Slot]], middles: Mapping[Slot, int], blocks: Mapping[str, Block]
) -> list[Net]:
    """The nets of one gap, from (trunk, upper, lower) of each line in it, with their ends on the borders.

    A single line leaves and enters as straight down as the two borders allow; several meet in the middle.
    """
    result: dict[str, Net] = {}
    leaving: dict[Slot, dict[str, Net]] = {}
    entering: dict[Slot, list[Net]] = {}
    for trunk, upper, lower in pairs:
        if trunk not in result:
            result[trunk] = Net(trunk, lower)
            entering.setdefault(lower, []).append(result[trunk])
        leaving.setdefault(upper, {})[trunk] = result[trunk]
    for upper, those in leaving.items():
        aims = {trunk: middles[net.lower] for trunk, net in those.items()}
        for trunk, x in _spread(upper, aims, middles, blocks).items():
            those[trunk].ports[upper] = x
    for lower, ending in entering.items():
        aims = {net.trunk: middles[lower] if len(net.ports) > 1 else net.left_port for net in ending}
        for trunk, x in _spread(lower, aims, middles, blocks).items():
            result[trunk].pin = x
    return [result[trunk] for trunk in sorted(result)]


def _spread(
    slot: Slot, aims: Mapping[str, int], middles: Mapping[Slot, int], blocks: Mapping[str, Block]
) -> dict[str, int]:
    """Where on the border of `slot` each trunk ends: near what it aims at, and apart from each other."""
    if slot.passing:
        return dict.fromkeys(aims, middles[slot])
    ordered = sorted(aims, key=lambda trunk: (aims[trunk], trunk))
    half = blocks[slot.key].width / 2 - INSET
    gap = min(PORT_GAP, 2 * half / max(1, len(ordered) - 1))
    places = settle(
        [aims[trunk] for trunk in ordered],
        [1.0] * len(ordered),
        [gap * index for index in range(len(ordered))],
        (middles[slot] - half, middles[slot] + half),
    )
    return {trunk: round(x) for trunk, x in zip(ordered, places, strict=True)}
