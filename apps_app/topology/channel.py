"""The gap between two rows: on which height each net runs sideways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps_app.topology.ports import Net

ABOVE, BELOW = 16, 24
TRACK_GAP = 9
BESIDE = 8
NEAR = 6
NEVER = 1000


@dataclass(frozen=True, slots=True)
class Channel:
    """Nets by trunk; how far below the gap's beginning each runs, and how high the gap must be."""

    nets: Mapping[str, Net]
    depths: Mapping[str, int]
    height: int


def channel(nets: Sequence[Net]) -> Channel:
    """Tracks for the nets of a gap: few crossings, no two on each other, as few tracks as that allows."""
    tracks: list[tuple[Net, int]] = []
    for net in _ordered([net for net in nets if not net.straight]):
        alongside = [track for other, track in tracks if _overlap(net, other)]
        tracks.append((net, max(alongside, default=-1) + 1))
    depths = {net.trunk: ABOVE + track * TRACK_GAP for net, track in tracks}
    deepest = max(depths.values(), default=ABOVE)
    return Channel({net.trunk: net for net in nets}, depths, deepest + BELOW)


def _ordered(nets: list[Net]) -> list[Net]:
    """From top to bottom, neighbours swapped as long as that saves crossings."""
    nets.sort(key=lambda net: (net.left, net.right, net.trunk))
    for _ in nets:
        swapped = False
        for at in range(len(nets) - 1):
            upper, lower = nets[at], nets[at + 1]
            if _cost(lower, upper) < _cost(upper, lower):
                nets[at], nets[at + 1] = lower, upper
                swapped = True
        if not swapped:
            break
    return nets


def _cost(upper: Net, lower: Net) -> int:
    """Crossings when `upper` runs above `lower`; a line that would lie on another one weighs most."""
    passing = sum(upper.left < port < upper.right for port in lower.ports.values())
    crossing = passing + (lower.left < upper.pin < lower.right)
    return crossing + NEVER * any(abs(port - upper.pin) < NEAR for port in lower.ports.values())


def _overlap(net: Net, other: Net) -> bool:
    return net.left < other.right + BESIDE and other.left < net.right + BESIDE
