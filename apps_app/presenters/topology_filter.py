from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from apps_app.presenters.topology_view import ComponentLineView
from apps_app.topology import Picture

FEW = 8
ZOOMS = (50, 100, 150)


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A link of the toolbar."""

    label: str
    query: str
    is_selected: bool


@dataclass(frozen=True, slots=True)
class TopologyFilter:
    """`q` is what to find; `zoom` the size in percent, 0 for what fits the page."""

    q: str = ""
    zoom: int = 0

    @classmethod
    def from_request(cls, requested: Mapping[str, str]) -> TopologyFilter:
        zoom = requested.get("zoom", "")
        return cls(requested.get("q", "").strip(), int(zoom) if zoom in map(str, ZOOMS) else 0)

    @property
    def query(self) -> str:
        """As a page's address carries it."""
        return urlencode({name: value for name, value in (("q", self.q), ("zoom", self.zoom)) if value})

    def apply(self, lines: Collection[ComponentLineView]) -> tuple[ComponentLineView, ...]:
        """The lines in a state of that name, or else with the text in their name, image or state; in any case."""
        text = self.q.casefold()
        alike = tuple(line for line in lines if text == line.state.label.casefold())
        return alike or tuple(
            line for line in lines if text in f"{line.key}\n{line.image}\n{line.state.label}".casefold()
        )

    def is_useful(self, lines: Sequence[ComponentLineView]) -> bool:
        """Whether there is enough to look through, or something was asked for already."""
        return len(lines) >= FEW or bool(self.query)

    def zooms(self) -> list[FilterChoice]:
        words = {0: "Fit", **{zoom: f"{zoom} %" for zoom in ZOOMS}}
        return [
            FilterChoice(word, TopologyFilter(self.q, zoom).query, zoom == self.zoom) for zoom, word in words.items()
        ]

    def states(self, lines: Collection[ComponentLineView]) -> list[FilterChoice]:
        """The states there are, each with how many are in it; none when all are alike."""
        counted = Counter(line.state.label for line in lines)
        if len(counted) < 2:
            return []
        return [
            FilterChoice(f"{word} {count}", TopologyFilter(word, self.zoom).query, self.q.casefold() == word.casefold())
            for word, count in counted.most_common()
        ]

    def scale(self, picture: Picture) -> tuple[int, int]:
        """Width and height the picture is shown at, in pixels."""
        return picture.width * (self.zoom or 100) // 100, picture.height * (self.zoom or 100) // 100
