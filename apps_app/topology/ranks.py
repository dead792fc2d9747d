"""Ranks: rank 0 is the row at the bottom, what depends stands above what it needs."""

from collections import Counter
from collections.abc import Mapping, Sequence

from apps_app.topology.graph import backwards
from apps_app.topology.reduce import topological


def assign(targets: Mapping[str, Sequence[str]], widths: Mapping[str, int], limit: int) -> dict[str, int]:
    """The rank of every key of a graph without cycles; no rank is wider than `limit` allows.

    A rank that is full sends what comes next one further up.
    """
    ranks: dict[str, int] = {}
    filled: Counter[int] = Counter()
    for key in topological(targets):
        rank = max((ranks[target] + 1 for target in targets[key]), default=0)
        while filled[rank] and filled[rank] + widths[key] > limit:
            rank += 1
        ranks[key] = rank
        filled[rank] += widths[key]
    _shorten(targets, ranks, widths, filled, limit)
    return _without_gaps(ranks)


def _shorten(
    targets: Mapping[str, Sequence[str]],
    ranks: dict[str, int],
    widths: Mapping[str, int],
    filled: Counter[int],
    limit: int,
) -> None:
    """Moves what more keys depend on than it depends on itself up to the nearest of them."""
    sources = backwards(targets)
    for key in reversed(topological(targets)):
        if len(sources[key]) <= len(targets[key]):
            continue
        rank = min(ranks[source] for source in sources[key]) - 1
        while rank > ranks[key] and filled[rank] and filled[rank] + widths[key] > limit:
            rank -= 1
        filled[ranks[key]] -= widths[key]
        ranks[key] = rank
        filled[rank] += widths[key]


def _without_gaps(ranks: Mapping[str, int]) -> dict[str, int]:
    closed = {rank: index for index, rank in enumerate(sorted(set(ranks.values())))}
    return {key: closed[rank] for key, rank in ranks.items()}
