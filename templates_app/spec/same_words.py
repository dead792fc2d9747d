"""A document told in another's words wherever both read the same: a text that became a reference is no change."""

from collections.abc import Mapping
from typing import override

from templates_app.spec.component import Record
from templates_app.spec.model import AppSpec
from templates_app.spec.overlay import overlaid
from templates_app.spec.reading import Alike, Held
from templates_app.spec.told import used_in


class _SameWords(Alike):
    """What does not read the same stays as it is written."""

    @override
    def __call__(self, new: str, old: str) -> bool:
        return new == old or super().__call__(new, old)

    @override
    def settled(self, old: str) -> str:
        return old


def in_words_of(ours: Held, other: Held) -> AppSpec:
    """`other` with the texts of `ours` where the target would get the same from both; a parameter that only stood in
    texts which are told otherwise now is left out."""
    alike = _SameWords(ours, other, strict=False)
    told = other.spec.model_copy(
        update={
            "components": _told(ours.spec.components, other.spec.components, "components", alike),
            "volumes": _told(ours.spec.volumes, other.spec.volumes, "volumes", alike),
            "networks": _told(ours.spec.networks, other.spec.networks, "networks", alike),
        }
    )
    idle = used_in(other.spec) - used_in(told) - ours.spec.parameters.keys()
    kept = {name: one for name, one in other.spec.parameters.items() if name not in idle}
    return told.model_copy(update={"parameters": kept})


def _told[R: Record](ours: Mapping[str, R], parts: Mapping[str, R], section: str, alike: Alike) -> dict[str, R]:
    return {key: overlaid(ours.get(key), part, section, alike) for key, part in parts.items()}
