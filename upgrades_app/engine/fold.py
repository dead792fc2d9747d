"""What an application was before a run of records, with what was edited between them."""

from collections.abc import Sequence

from templates_app.spec.merge import Removal, merge
from upgrades_app.engine.situation import Side
from upgrades_app.engine.values import merge_values


def fold_back(records: Sequence[tuple[Side, Side]]) -> Side:
    """The side to return to, from (after, before) of each record since the last arrival there, newest first.

    Each record is taken back from what the later ones left; an edit made between two records stays. Raises
    ValueError without records.
    """
    if not records:
        raise ValueError("there is no record to go back over")
    (_, current), *older = records
    for after, before in older:
        current = _taken_back(after, current, before)
    return current


def _taken_back(after: Side, current: Side, before: Side) -> Side:
    removed: dict[str, Removal] = dict.fromkeys(after.spec.components.keys() - before.spec.components.keys(), "remove")
    return Side(
        merge(after.spec, current.spec, before.spec, removed=removed).spec,
        merge_values(after.values, current.values, before.values, {})[0],
        merge_values(after.secrets, current.secrets, before.secrets, {})[0],
    )
