"""What the reader of a topology asked to see of it: some components among many, and how large."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from apps_app.presenters.topology_view import ComponentLine
from apps_app.topology import Picture

FEW = 8
ZOOMS = (50, 100, 150)


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of the toolbar."""

    word: str
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Lens:
    """`q` is what to find; `zoom` the size in percent, 0 for what fits the page."""

    q: str = ""
    zoom: int = 0

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Lens:
        zoom = asked.get("zoom", "")
        return cls(asked.get("q", "").strip(), int(zoom) if zoom in map(str, ZOOMS) else 0)

    @property
    def query(self) -> str:
        """As a page's address carries it."""
        return urlencode({name: value for name, value in (("q", self.q), ("zoom", self.zoom)) if value})

    def found(self, lines: Collection[ComponentLine]) -> tuple[ComponentLine, ...]:
        """The lines in a state of that name, or else with the text in their name, image or state; in any case."""
        text = self.q.casefold()
        alike = tuple(line for line in lines if text == line.state.word.casefold())
        return alike or tuple(
            line for line in lines if text in f"{line.key}\n{line.image}\n{line.state.word}".casefold()
        )

    def helps(self, lines: Sequence[ComponentLine]) -> bool:
        """Whether there is enough to look through, or something was asked for already."""
        return len(lines) >= FEW or bool(self.query)

    def zooms(self) -> list[Choice]:
        words = {0: "Fit", **{zoom: f"{zoom} %" for zoom in ZOOMS}}
        return [Choice(word, Lens(self.q, zoom).query, zoom == self.zoom) for zoom, word in words.items()]

    def states(self, lines: Collection[ComponentLine]) -> list[Choice]:
        """The states there are, each with how many are in it; none when all are alike."""
        counted = Counter(line.state.word for line in lines)
        if len(counted) < 2:
            return []
        return [
            Choice(f"{word} {count}", Lens(word, self.zoom).query, self.q.casefold() == word.casefold())
            for word, count in counted.most_common()
        ]

    def scaled(self, picture: Picture) -> tuple[int, int]:
        """Width and height the picture is shown at, in pixels."""
        return picture.width * (self.zoom or 100) // 100, picture.height * (self.zoom or 100) // 100
