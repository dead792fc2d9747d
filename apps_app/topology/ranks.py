from collections import Counter
from collections.abc import Mapping, Sequence

from apps_app.topology.graph import reverse_edges
from apps_app.topology.reduce import sort_topologically


def assign_ranks(targets: Mapping[str, Sequence[str]], widths: Mapping[str, int], limit: int) -> dict[str, int]:
    """The rank of every key of a graph without cycles; no rank is wider than `limit` allows.

    A rank that is full sends what comes next one further up.
    """
    ranks: dict[str, int] = {}
    filled: Counter[int] = Counter()
    for key in sort_topologically(targets):
        rank = max((ranks[target] + 1 for target in targets[key]), default=0)
        while filled[rank] and filled[rank] + widths[key] > limit:
            rank += 1
        ranks[key] = rank
        filled[rank] += widths[key]
    _shorten_arcs(targets, ranks, widths, filled, limit)
    return _close_gaps(ranks)


def _shorten_arcs(
    targets: Mapping[str, Sequence[str]],
    ranks: dict[str, int],
    widths: Mapping[str, int],
    filled: Counter[int],
    limit: int,
) -> None:
    """Moves what more keys depend on than it depends on itself up to the nearest of them."""
    sources = reverse_edges(targets)
    for key in reversed(sort_topologically(targets)):
        if len(sources[key]) <= len(targets[key]):
            continue
        rank = min(ranks[source] for source in sources[key]) - 1
        while rank > ranks[key] and filled[rank] and filled[rank] + widths[key] > limit:
            rank -= 1
        filled[ranks[key]] -= widths[key]
        ranks[key] = rank
        filled[rank] += widths[key]


def _close_gaps(ranks: Mapping[str, int]) -> dict[str, int]:
    closed = {rank: index for index, rank in enumerate(sorted(set(ranks.values())))}
    return {key: closed[rank] for key, rank in ranks.items()}
